//! Flags.

use axum::{extract::State, http::StatusCode};

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    server::{
        error::Answer,
        extract::{Acting, Pieces},
    },
    service::Service,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(set, remove))
}

/// Flags a call.
#[utoipa::path(put, path = "/calls/{call}/flag", tag = "flags", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
) -> Answer<StatusCode> {
    service.set_flag(&actor, &call, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the flag off a call.
#[utoipa::path(delete, path = "/calls/{call}/flag", tag = "flags", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
) -> Answer<StatusCode> {
    service.set_flag(&actor, &call, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
