//! The same change to many calls at once.

use axum::{Json, extract::State};

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::extract::{self, Acting},
    service::Service,
    wire::{Changed, Changes},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(make))
}

/// The same change to at most 1,000 calls at once, in one transaction.
#[utoipa::path(post, path = "/calls/changes", tag = "changes", request_body = Changes, responses((status = 200, description = "What changed, and what was there before", body = Changed)))]
pub(in crate::server) async fn make(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(changes): extract::Json<Changes>,
) -> Body<Changed> {
    Ok(Json(service.change(&actor, changes).await?))
}
