//! Customers.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, Params, Pieces},
    },
    service::Service,
    wire::Customer,
};

#[derive(Deserialize)]
pub(in crate::server) struct Asked {
    /// Part of a name.
    #[serde(default)]
    q: String,
    limit: Option<usize>,
}

/// All, or those whose name has a text in it.
pub(in crate::server) async fn list(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
) -> Body<Vec<Customer>> {
    Ok(Json(match (asked.q.trim(), asked.limit) {
        ("", None) => service.customers(&actor).await?,
        (text, limit) => service.customers_like(&actor, text, limit.unwrap_or(usize::MAX)).await?,
    }))
}

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(customer): extract::Json<Customer>,
) -> Body<Customer> {
    Ok(Json(service.put_customer(&actor, customer).await?))
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_customer(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
