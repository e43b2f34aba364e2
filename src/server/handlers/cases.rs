//! Cases.

use axum::{Json, extract::State, http::StatusCode};

use super::Body;
use crate::{
    server::extract::{Acting, Pieces},
    server::{error::Answer, extract},
    service::Service,
    wire::{CaseDraft, Used},
};

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
    extract::Json(draft): extract::Json<CaseDraft>,
) -> Answer<StatusCode> {
    service.set_case(&actor, &call, draft.case.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Used>> {
    let cases = service.cases(&actor).await?;
    Ok(Json(cases.into_iter().map(|(name, calls)| Used { name, calls }).collect()))
}
