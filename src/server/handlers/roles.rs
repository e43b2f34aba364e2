//! Roles.

use axum::{Json, extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::access::Role,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(set, remove))
}

/// All roles with the right `users`, else one's own.
#[utoipa::path(get, path = "/roles", tag = "roles", responses((status = 200, description = "The roles", body = Vec<Role>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Role>> {
    Ok(Json(service.roles(&actor).await?))
}

/// Makes or changes a role.
#[utoipa::path(put, path = "/roles/{name}", tag = "roles", request_body = Role, responses((status = 204, description = "Done")))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    extract::Json(role): extract::Json<Role>,
) -> Answer<StatusCode> {
    if role.name != name {
        return Err(Refused::other_name("the role of the address and of the body differ"));
    }
    service.put_role(&actor, role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a role, or sets a built-in one back to what it was.
#[utoipa::path(delete, path = "/roles/{name}", tag = "roles", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_role(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
