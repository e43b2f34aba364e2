//! Customers.

use axum::{Json, extract::State, http::StatusCode};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::Customer,
};

pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Customer>> {
    Ok(Json(service.customers(&actor).await?))
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
