//! Router, state, errors and thin handlers: extract, call the service, map to wire.
//!
//! [`router`] is a function of the service. It trusts only an [`Actor`](crate::domain::actor::Actor) among the request's
//! extensions, which whoever stands in front of it (a listener that checks tokens, or [`local_api`]) sets anew on every
//! request; without one it answers 401. Time-outs, limits, TLS and sign-in belong in front of it.

mod cursor;
mod error;
mod extract;
mod guard;
mod handlers;
mod local;
mod range;
mod routes;
mod rows;

pub use local::{LocalAnswer, LocalApi, LocalBody, LocalRequest, local_api};

use axum::{Router, extract::DefaultBodyLimit, middleware, routing::get};

use crate::service::Service;
use handlers::health;

/// Most bytes of a JSON body.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// The API over one database.
pub fn router(service: Service) -> Router {
    let (api, _) = routes::api().split_for_parts();
    let api = api
        .fallback(error::no_such_path)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(middleware::from_fn(guard::signed_in));
    Router::new()
        .nest("/api/v1", api)
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(error::no_such_path)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::whole))
        .with_state(service)
}
