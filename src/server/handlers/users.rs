//! Accounts.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, IfMatchOrNew, Pieces},
    },
    service::Service,
    wire::access::{User, UserDraft},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, set, remove)).routes(routes!(set_password))
}

/// A password as it shall be.
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::server) struct Password {
    /// At least 12 characters; null: no sign-in by password.
    #[serde(default)]
    password: Option<String>,
    /// The one before, for changing one's own.
    #[serde(default)]
    old: Option<String>,
}

/// All accounts with the right `users`, else one's own.
#[utoipa::path(get, path = "/users", tag = "users", responses((status = 200, description = "The accounts", body = Vec<User>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<User>> {
    Ok(Json(service.users(&actor).await?))
}

/// One account.
#[utoipa::path(get, path = "/users/{name}", tag = "users", responses((status = 200, description = "The account", body = User)))]
pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Body<User> {
    Ok(Json(service.user(&actor, &name).await?))
}

/// Makes or changes an account; with `If-Match` only if it still is that version, 0 only if there is none.
#[utoipa::path(put, path = "/users/{name}", tag = "users", request_body = UserDraft,
    params(IfMatchOrNew),
    responses((status = 200, description = "The account as it is now", body = User)))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
    extract::Json(draft): extract::Json<UserDraft>,
) -> Body<User> {
    let version = headers.contains_key(header::IF_MATCH).then(|| extract::version(&headers)).transpose()?;
    Ok(Json(service.put_user(&actor, &name, draft, version).await?))
}

/// Removes an account; its sessions and tokens end.
#[utoipa::path(delete, path = "/users/{name}", tag = "users", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_user(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets a password, or takes it away; the user's other sessions end.
#[utoipa::path(put, path = "/users/{name}/password", tag = "users", request_body = Password,
    responses((status = 204, description = "Done")))]
pub(in crate::server) async fn set_password(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    extract::Json(body): extract::Json<Password>,
) -> Answer<StatusCode> {
    service.set_password(&actor, &name, body.password, body.old).await?;
    Ok(StatusCode::NO_CONTENT)
}
