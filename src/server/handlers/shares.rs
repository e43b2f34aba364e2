//! Shares: made, listed, revoked. What they lead to is no operation of the API ([`crate::server::pages`]).

use axum::{Json, extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::{
        Problem,
        access::{MadeShare, Share, ShareDraft},
    },
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke))
}

/// Shares, newest first: one's own, with the right `users` or `audit` everybody's.
#[utoipa::path(get, path = "/shares", tag = "shares", responses((status = 200, description = "The shares", body = Vec<Share>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Share>> {
    Ok(Json(service.shares(&actor).await?))
}

/// Shares recordings and clips with somebody without an account; the link is told this once.
#[utoipa::path(post, path = "/shares", tag = "shares", request_body = ShareDraft, responses((status = 201, description = "The share with its link", body = MadeShare), (status = 409, description = "There is nothing to hear of one of them", body = Problem, content_type = "application/problem+json")))]
pub(in crate::server) async fn make(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(draft): extract::Json<ShareDraft>,
) -> Answer<(StatusCode, Json<MadeShare>)> {
    Ok((StatusCode::CREATED, Json(service.make_share(&actor, draft).await?)))
}

/// Ends a share for good: one's own, with the right `users` anybody's.
#[utoipa::path(delete, path = "/shares/{share}", tag = "shares", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn revoke(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Answer<StatusCode> {
    service.revoke_share(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
