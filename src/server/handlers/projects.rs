//! Projects.

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

/// All projects.
#[utoipa::path(get, path = "/projects", tag = "projects", responses((status = 200, description = "The projects", body = Vec<Named>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Named>> {
    Ok(Json(service.projects(&actor).await?))
}

/// Makes a project, or changes its remark.
#[utoipa::path(put, path = "/projects/{name}", tag = "projects", request_body = Named, responses((status = 204, description = "Done")))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    extract::Json(project): extract::Json<Named>,
) -> Answer<StatusCode> {
    if project.name != name {
        return Err(Refused::other_name("the project of the address and of the body differ"));
    }
    service.put_project(&actor, project).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a project.
#[utoipa::path(delete, path = "/projects/{name}", tag = "projects", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_project(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
