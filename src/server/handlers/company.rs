//! Who one is, whether anything changed, the company's settings.

use axum::{Json, extract::State, http::StatusCode};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting},
    },
    service::Service,
    wire::{Company, Revision, WhoAmI},
};

pub(in crate::server) async fn who_am_i(State(service): State<Service>, Acting(actor): Acting) -> Body<WhoAmI> {
    let me = service.who_am_i(&actor).await?;
    Ok(Json(WhoAmI {
        name: me.actor.name,
        role: me.actor.role,
        permissions: me.actor.permissions,
        company: me.company,
        place: me.place,
        read_only: me.read_only,
    }))
}

pub(in crate::server) async fn revision(State(service): State<Service>, Acting(actor): Acting) -> Body<Revision> {
    let revised = service.revision(&actor).await?;
    Ok(Json(Revision { revision: revised.revision, calls: revised.calls }))
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
