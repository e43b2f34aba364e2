//! Tokens for scripts and other systems.

use axum::{Json, extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::access::{MadeToken, Token, TokenDraft},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke))
}

/// All tokens with the right `users`, else one's own; without their secrets.
#[utoipa::path(get, path = "/tokens", tag = "tokens", responses((status = 200, description = "The tokens", body = Vec<Token>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Token>> {
    Ok(Json(service.tokens(&actor).await?))
}

/// Makes a token.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = TokenDraft,
    responses((status = 201, description = "The token; the only time that its secret is told", body = MadeToken)))]
pub(in crate::server) async fn make(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(draft): extract::Json<TokenDraft>,
) -> Answer<(StatusCode, Json<MadeToken>)> {
    Ok((StatusCode::CREATED, Json(service.make_token(&actor, draft).await?)))
}

/// Revokes a token for good.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn revoke(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Answer<StatusCode> {
    service.revoke_token(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
