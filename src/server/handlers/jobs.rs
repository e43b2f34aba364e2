//! Long work of the server.

use axum::{Json, extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{Acting, Pieces},
    },
    service::Service,
    wire::Job,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, cancel))
}

/// One's own jobs, or everybody's with the right `storage`; newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", responses((status = 200, description = "The jobs", body = Vec<Job>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Job>> {
    Ok(Json(service.jobs(&actor).await?))
}

/// How a job stands.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", responses((status = 200, description = "The job", body = Job)))]
pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<Job> {
    Ok(Json(service.job(&actor, &id).await?))
}

/// Ends a job at its next safe place; it stays to be looked at.
#[utoipa::path(delete, path = "/jobs/{id}", tag = "jobs", responses((status = 204, description = "It was asked to end")))]
pub(in crate::server) async fn cancel(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Answer<StatusCode> {
    service.cancel_job(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
