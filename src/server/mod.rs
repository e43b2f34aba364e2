//! Router, state, errors and thin handlers: extract, call the service, map to wire.
//!
//! [`router`] is a function of the service. It trusts only an [`Actor`](crate::domain::actor::Actor) among the request's
//! extensions, which whoever stands in front of it (a listener that checks tokens, or [`local_api`]) sets anew on every
//! request; without one it answers 401. Time-outs, limits, TLS and sign-in belong in front of it.

mod cursor;
pub mod document;
mod error;
mod extract;
pub mod front;
mod guard;
mod handlers;
mod limits;
mod local;
mod needs;
mod pages;
mod range;
mod routes;
mod rows;

pub use local::{LocalAnswer, LocalApi, LocalBody, LocalRequest, local_api};
pub use pages::OverTls;

use axum::{Router, extract::DefaultBodyLimit, middleware};

use crate::service::Service;

/// Most bytes of a JSON body.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// The API over one database.
pub fn router(service: Service) -> Router {
    let (api, _) = routes::api().split_for_parts();
    // Some of its paths have operations of others too, which say what to do with other methods.
    let (open, _) = routes::open().split_for_parts();
    let (itself, _) = document::itself().split_for_parts();
    let (beside, _) = document::beside().split_for_parts();
    let api = api
        .fallback(error::no_such_path)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(middleware::from_fn(guard::signed_in))
        // What is merged behind that layer needs nobody to be signed in.
        .merge(open)
        .merge(itself.method_not_allowed_fallback(error::no_such_method));
    Router::new()
        .nest("/api/v1", api)
        .merge(pages::routes())
        .merge(beside.method_not_allowed_fallback(error::no_such_method))
        .fallback(error::no_such_path)
        // Of paths that have open operations only.
        .method_not_allowed_fallback(error::no_such_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::whole))
        .with_state(service)
}
