//! Pages for browsers: what a share leads to (`/s/SECRET`), and permanent links that ask for sign-in (`/r/ID`).
//!
//! They need nobody to be signed in and check by themselves. Plain: no script, nothing from elsewhere, nothing kept.

mod html;
mod links;
mod shares;
mod sounds;

use axum::{Router, routing::get};

use crate::service::Service;

/// Whoever stands in front of the router puts it among a request's extensions where the line is encrypted: cookies are then
/// for such lines only.
#[derive(Clone, Copy, Debug)]
pub struct OverTls;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/s/{secret}", get(shares::show).post(shares::unlock))
        .route("/s/{secret}/audio/{number}", get(shares::audio))
        .route("/r/{id}", get(links::show).post(links::sign_in))
        .route("/r/{id}/audio/{recording}", get(links::audio))
        .method_not_allowed_fallback(html::nothing)
}
