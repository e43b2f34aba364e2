//! Tags.

use axum::{Json, extract::State, http::StatusCode};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{Acting, Pieces},
    },
    service::Service,
    wire::Used,
};

pub(in crate::server) async fn add(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces((call, tag)): Pieces<(String, String)>,
) -> Answer<StatusCode> {
    service.set_tag(&actor, &call, &tag, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces((call, tag)): Pieces<(String, String)>,
) -> Answer<StatusCode> {
    service.set_tag(&actor, &call, &tag, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Used>> {
    let tags = service.tags(&actor).await?;
    Ok(Json(tags.into_iter().map(|(name, calls)| Used { name, calls }).collect()))
}
