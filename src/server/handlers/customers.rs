//! Customers.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;

use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    domain::whole,
    server::{
        error::Answer,
        extract::{self, Acting, Params, Pieces},
    },
    service::Service,
    wire::Customer,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, set)).routes(routes!(remove))
}

/// Which customers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct Asked {
    /// Part of a name.
    #[serde(default)]
    q: String,
    /// At most so many.
    #[serde(default, deserialize_with = "whole::text::<_, _, 1, { whole::MOST }>")]
    #[param(value_type = Option<u64>, minimum = 1)]
    limit: Option<usize>,
}

/// All, or those whose name has a text in it.
#[utoipa::path(get, path = "/customers", tag = "customers", params(Asked), responses((status = 200, description = "The customers", body = Vec<Customer>)))]
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

/// Makes a customer (no id), or changes one.
#[utoipa::path(post, path = "/customers", tag = "customers", request_body = Customer, responses((status = 200, description = "The customer as it is now", body = Customer)))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(customer): extract::Json<Customer>,
) -> Body<Customer> {
    Ok(Json(service.put_customer(&actor, customer).await?))
}

/// Removes a customer; their calls stay.
#[utoipa::path(delete, path = "/customers/{id}", tag = "customers", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_customer(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
