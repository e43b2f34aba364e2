//! Numbers, and who is behind them.

use axum::{Json, extract::State};

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::extract::{Acting, Pieces},
    service::Service,
    wire::NumberBody,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Everything of a number in any form, or of the customer who has it.
#[utoipa::path(get, path = "/numbers/{number}", tag = "numbers", responses((status = 200, description = "Who is behind it, and what there was with them", body = NumberBody)))]
pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(number): Pieces<String>,
) -> Body<NumberBody> {
    Ok(Json(service.number(&actor, &number).await?))
}
