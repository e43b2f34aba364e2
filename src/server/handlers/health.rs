//! Health: `live` while the program runs, `ready` while the database answers. Open to everybody; tells nothing else.

use axum::{extract::State, http::StatusCode};

use crate::{
    server::error::{Answer, Refused},
    service::Service,
};

/// Whether the program runs.
#[utoipa::path(get, path = "/health/live", tag = "health", security(()), responses((status = 200, description = "It runs", body = String, content_type = "text/plain")))]
pub(in crate::server) async fn live() -> &'static str {
    "live\n"
}

/// Whether the database answers.
#[utoipa::path(get, path = "/health/ready", tag = "health", security(()), responses((status = 200, description = "It answers", body = String, content_type = "text/plain")))]
pub(in crate::server) async fn ready(State(service): State<Service>) -> Answer<&'static str> {
    match service.store().revision().await {
        Ok(_) if service.store().has_failed() => {
            Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "the disk fails; the log says why"))
        }
        Ok(_) => Ok("ready\n"),
        Err(_) => {
            Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "the database does not answer now; the log says why"))
        }
    }
}
