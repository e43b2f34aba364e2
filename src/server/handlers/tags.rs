//! Tags.

use axum::{Json, extract::State, http::StatusCode};

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{Acting, Pieces},
    },
    service::Service,
    wire::Used,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(add, remove)).routes(routes!(list))
}

/// Adds a tag to a call.
#[utoipa::path(put, path = "/calls/{call}/tags/{tag}", tag = "tags", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn add(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces((call, tag)): Pieces<(String, String)>,
) -> Answer<StatusCode> {
    service.set_tag(&actor, &call, &tag, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a tag off a call.
#[utoipa::path(delete, path = "/calls/{call}/tags/{tag}", tag = "tags", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces((call, tag)): Pieces<(String, String)>,
) -> Answer<StatusCode> {
    service.set_tag(&actor, &call, &tag, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tags in use, with how many calls carry them.
#[utoipa::path(get, path = "/tags", tag = "tags", responses((status = 200, description = "The tags", body = Vec<Used>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Used>> {
    let tags = service.tags(&actor).await?;
    Ok(Json(tags.into_iter().map(|(name, calls)| Used { name, calls }).collect()))
}
