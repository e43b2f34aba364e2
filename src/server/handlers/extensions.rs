//! Extensions.

use axum::{Json, extract::State, http::StatusCode};

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::Extension,
};

pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Extension>> {
    Ok(Json(service.extensions(&actor).await?))
}

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(number): Pieces<String>,
    extract::Json(extension): extract::Json<Extension>,
) -> Body<Vec<String>> {
    if extension.number != number {
        return Err(Refused::bad("the extension of the address and of the body differ"));
    }
    Ok(Json(service.put_extension(&actor, extension).await?))
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(number): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_extension(&actor, &number).await?;
    Ok(StatusCode::NO_CONTENT)
}
