//! Groups.

use axum::{Json, extract::State, http::StatusCode};

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::Named,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(set, remove))
}

/// All groups.
#[utoipa::path(get, path = "/groups", tag = "groups", responses((status = 200, description = "The groups", body = Vec<Named>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Named>> {
    Ok(Json(service.groups(&actor).await?))
}

/// Makes a group, or changes its remark.
#[utoipa::path(put, path = "/groups/{name}", tag = "groups", request_body = Named, responses((status = 204, description = "Done")))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    extract::Json(group): extract::Json<Named>,
) -> Answer<StatusCode> {
    if group.name != name {
        return Err(Refused::other_name("the group of the address and of the body differ"));
    }
    service.put_group(&actor, group).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a group.
#[utoipa::path(delete, path = "/groups/{name}", tag = "groups", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_group(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
