//! Extensions.

use axum::{Json, extract::State, http::StatusCode};

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::Extension,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(set, remove))
}

/// Phones and seats.
#[utoipa::path(get, path = "/extensions", tag = "extensions", responses((status = 200, description = "The extensions", body = Vec<Extension>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Extension>> {
    Ok(Json(service.extensions(&actor).await?))
}

/// Makes or changes an extension; groups and projects that it names are made.
#[utoipa::path(put, path = "/extensions/{number}", tag = "extensions", request_body = Extension, responses((status = 200, description = "Names of the groups and projects that were made", body = Vec<String>)))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(number): Pieces<String>,
    extract::Json(extension): extract::Json<Extension>,
) -> Body<Vec<String>> {
    if extension.number != number {
        return Err(Refused::other_name("the extension of the address and of the body differ"));
    }
    Ok(Json(service.put_extension(&actor, extension).await?))
}

/// Removes an extension; its calls stay.
#[utoipa::path(delete, path = "/extensions/{number}", tag = "extensions", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(number): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_extension(&actor, &number).await?;
    Ok(StatusCode::NO_CONTENT)
}
