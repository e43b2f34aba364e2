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
    wire::access::{Credentials, NewSession, Session},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// What needs nobody to be signed in.
pub(in crate::server) fn open() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(begin))
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
