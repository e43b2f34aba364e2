//! Who one is, whether anything changed, the company's settings.

use axum::{Json, extract::State, http::StatusCode};

use serde::Deserialize;

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, Params},
    },
    service::Service,
    wire::{Company, Indexing, Revision, WhoAmI},
};

pub(in crate::server) async fn who_am_i(State(service): State<Service>, Acting(actor): Acting) -> Body<WhoAmI> {
    let me = service.who_am_i(&actor).await?;
    Ok(Json(WhoAmI {
        permissions: me.actor.permissions(),
        via: me.actor.origin.via,
        name: me.actor.name,
        role: me.actor.role,
        company: me.company,
        until: me.until,
        place: me.place,
        read_only: me.read_only,
    }))
}

#[derive(Deserialize)]
pub(in crate::server) struct Known {
    after: Option<String>,
}

/// The revision; with `after`, once it is another, or after half a minute.
pub(in crate::server) async fn revision(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(known): Params<Known>,
) -> Body<Revision> {
    let revised = match known.after {
        None => service.revision(&actor).await?,
        Some(after) => service.revision_after(&actor, &after).await?,
    };
    let indexing = revised.indexing.map(|(done, all)| Indexing { done, all });
    Ok(Json(Revision { revision: revised.revision, calls: revised.calls, indexing }))
}

pub(in crate::server) async fn show(State(service): State<Service>, Acting(actor): Acting) -> Body<Company> {
    Ok(Json(service.who_am_i(&actor).await?.company))
}

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(company): extract::Json<Company>,
) -> Answer<StatusCode> {
    service.set_company(&actor, company).await?;
    Ok(StatusCode::NO_CONTENT)
}
