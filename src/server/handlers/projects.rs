//! Projects.

use axum::{Json, extract::State, http::StatusCode};

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::Named,
};

pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Named>> {
    Ok(Json(service.projects(&actor).await?))
}

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    extract::Json(project): extract::Json<Named>,
) -> Answer<StatusCode> {
    if project.name != name {
        return Err(Refused::bad("the project of the address and of the body differ"));
    }
    service.put_project(&actor, project).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_project(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
