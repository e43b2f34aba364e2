//! Groups.

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
    Ok(Json(service.groups(&actor).await?))
}

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    extract::Json(group): extract::Json<Named>,
) -> Answer<StatusCode> {
    if group.name != name {
        return Err(Refused::bad("the group of the address and of the body differ"));
    }
    service.put_group(&actor, group).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_group(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
