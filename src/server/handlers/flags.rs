//! Flags.

use axum::{extract::State, http::StatusCode};

use crate::{
    server::{
        error::Answer,
        extract::{Acting, Pieces},
    },
    service::Service,
};

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
) -> Answer<StatusCode> {
    service.set_flag(&actor, &call, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
) -> Answer<StatusCode> {
    service.set_flag(&actor, &call, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
