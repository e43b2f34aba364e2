//! Numbers, and who is behind them.

use axum::{Json, extract::State};

use super::Body;
use crate::{
    server::extract::{Acting, Pieces},
    service::Service,
    wire::NumberBody,
};

pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(number): Pieces<String>,
) -> Body<NumberBody> {
    Ok(Json(service.number(&actor, &number).await?))
}
