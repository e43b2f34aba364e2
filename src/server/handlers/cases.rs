//! Cases.

use axum::{Json, extract::State, http::StatusCode};

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::extract::{Acting, Pieces},
    server::{error::Answer, extract},
    service::Service,
    wire::{CaseDraft, Used},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(set)).routes(routes!(list))
}

/// Ties the call to a case; null unties it.
#[utoipa::path(put, path = "/calls/{call}/case", tag = "cases", request_body = CaseDraft, responses((status = 204, description = "Done")))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
    extract::Json(draft): extract::Json<CaseDraft>,
) -> Answer<StatusCode> {
    service.set_case(&actor, &call, draft.case.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cases in use, with how many calls they have.
#[utoipa::path(get, path = "/cases", tag = "cases", responses((status = 200, description = "The cases", body = Vec<Used>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Used>> {
    let cases = service.cases(&actor).await?;
    Ok(Json(cases.into_iter().map(|(name, calls)| Used { name, calls }).collect()))
}
