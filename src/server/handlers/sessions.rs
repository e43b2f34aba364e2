//! Sessions; beginning one is open to everybody.

use axum::{Extension, Json, extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    domain::actor::Origin,
    server::{
        error::Answer,
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::access::{Credentials, DeviceSignIn, NewSession, Session},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// What needs nobody to be signed in.
pub(in crate::server) fn open() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(ask_for_code)).routes(routes!(with_code))
}

/// Everybody's sessions with the right `users`, else one's own.
#[utoipa::path(get, path = "/sessions", tag = "sessions",
    responses((status = 200, description = "The sessions", body = Vec<Session>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Session>> {
    Ok(Json(service.sessions(&actor).await?))
}

/// Signs in by name and password.
#[utoipa::path(post, path = "/sessions", tag = "sessions", security(()), request_body = Credentials, responses(
    (status = 201, description = "The session; the only time that its token is told", body = NewSession),
    (status = 401, description = "This name and password do not sign in here; the same for unknown names",
        content_type = "application/problem+json", body = crate::wire::Problem)))]
pub(in crate::server) async fn begin(
    State(service): State<Service>,
    origin: Option<Extension<Origin>>,
    extract::Json(credentials): extract::Json<Credentials>,
) -> Answer<(StatusCode, Json<NewSession>)> {
    let origin = origin.map(|Extension(origin)| origin).unwrap_or_default();
    Ok((StatusCode::CREATED, Json(service.sign_in(credentials, origin).await?)))
}

/// Begins a sign-in through the company's identity provider: a code to type at a browser (RFC 8628).
#[utoipa::path(post, path = "/sessions/device", tag = "sessions", security(()), responses(
    (status = 202, description = "What to type, and where; ask with the id how it stands", body = DeviceSignIn),
    (status = 404, description = "This server has no identity provider",
        content_type = "application/problem+json", body = crate::wire::Problem)))]
pub(in crate::server) async fn ask_for_code(State(service): State<Service>) -> Answer<(StatusCode, Json<DeviceSignIn>)> {
    Ok((StatusCode::ACCEPTED, Json(service.begin_device_sign_in().await?)))
}

/// How a sign-in through the identity provider stands; once the code was typed, the session.
#[utoipa::path(post, path = "/sessions/device/{id}", tag = "sessions", security(()), responses(
    (status = 201, description = "The session; the only time that its token is told", body = NewSession),
    (status = 202, description = "Nobody has typed the code yet: null"),
    (status = 401, description = "The provider let nobody in, or calls them by a name without an account here",
        content_type = "application/problem+json", body = crate::wire::Problem)))]
pub(in crate::server) async fn with_code(
    State(service): State<Service>,
    origin: Option<Extension<Origin>>,
    Pieces(id): Pieces<String>,
) -> Answer<(StatusCode, Json<Option<NewSession>>)> {
    let origin = origin.map(|Extension(origin)| origin).unwrap_or_default();
    let session = service.device_sign_in(&id, origin).await?;
    let status = if session.is_some() { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    Ok((status, Json(session)))
}

/// Ends a session; `current` is the one that asks.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn end(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Answer<StatusCode> {
    service.end_session(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
