//! Who one is, whether anything changed, the company's settings.

use axum::{Json, extract::State, http::StatusCode};

use serde::Deserialize;

use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    domain::actor::Permission,
    server::{
        error::Answer,
        extract::{self, Acting, Params},
    },
    service::Service,
    wire::{Company, Indexing, Revision, WhoAmI},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(who_am_i)).routes(routes!(revision)).routes(routes!(show, set))
}

/// Who one is, and what one may do here.
#[utoipa::path(get, path = "/whoami", tag = "company", responses((status = 200, description = "Oneself", body = WhoAmI)))]
pub(in crate::server) async fn who_am_i(State(service): State<Service>, Acting(actor): Acting) -> Body<WhoAmI> {
    let me = service.who_am_i(&actor).await?;
    Ok(Json(WhoAmI {
        permissions: me.actor.permissions(),
        sees: me.actor.scope(Permission::See).words(),
        signed_in: me.signed_in.to_owned(),
        via: me.actor.origin.via,
        name: me.actor.name,
        role: me.actor.role,
        company: me.company,
        until: me.until,
        place: me.place,
        read_only: me.read_only,
    }))
}

/// What is known already.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct Known {
    /// A revision.
    after: Option<String>,
}

/// The revision; with `after`, once it is another, or after half a minute.
#[utoipa::path(get, path = "/revision", tag = "company", params(Known), responses((status = 200, description = "The revision", body = Revision)))]
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

/// The company's settings.
#[utoipa::path(get, path = "/company", tag = "company", responses((status = 200, description = "The settings", body = Company)))]
pub(in crate::server) async fn show(State(service): State<Service>, Acting(actor): Acting) -> Body<Company> {
    Ok(Json(service.who_am_i(&actor).await?.company))
}

/// Changes the company's settings.
#[utoipa::path(put, path = "/company", tag = "company", request_body = Company, responses((status = 204, description = "Done")))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(company): extract::Json<Company>,
) -> Answer<StatusCode> {
    service.set_company(&actor, company).await?;
    Ok(StatusCode::NO_CONTENT)
}
