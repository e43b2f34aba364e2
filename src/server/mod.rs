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
mod rows;

pub use local::{LocalAnswer, LocalApi, LocalBody, LocalRequest, local_api};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post, put},
};

use crate::service::Service;
use handlers::{
    audit, calls, cases, changes, clips, collections, company, customers, extensions, flags, groups, health, notes, numbers,
    projects, recordings, tags, views,
};

/// Most bytes of a JSON body.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// The API over one database.
pub fn router(service: Service) -> Router {
    let api = Router::new()
        .route("/whoami", get(company::who_am_i))
        .route("/revision", get(company::revision))
        .route("/company", get(company::show).put(company::set))
        .route("/calls", get(calls::list))
        .route("/calls/count", get(calls::count))
        .route("/calls/totals", get(calls::totals))
        .route("/calls/facets", get(calls::facets))
        .route("/calls/summary", get(calls::summary))
        .route("/calls/changes", post(changes::make))
        .route("/calls/breakdown", get(calls::breakdown))
        .route("/calls/{call}", get(calls::show))
        .route("/calls/{call}/notes", post(notes::add))
        .route("/calls/{call}/tags/{tag}", put(tags::add).delete(tags::remove))
        .route("/calls/{call}/case", put(cases::set))
        .route("/calls/{call}/flag", put(flags::set).delete(flags::remove))
        .route("/notes/{note}", put(notes::edit).delete(notes::remove))
        .route("/numbers/{number}", get(numbers::show))
        .route("/tags", get(tags::list))
        .route("/cases", get(cases::list))
        .route("/recordings/{recording}", get(recordings::show))
        .route("/recordings/{recording}/audio", get(recordings::audio))
        .route("/recordings/{recording}/peaks", get(recordings::peaks))
        .route("/recordings/{recording}/speech", get(recordings::speech))
        .route("/recordings/{recording}/receipts", get(recordings::receipts).post(recordings::heard))
        .route("/clips", get(clips::list).post(clips::make))
        .route("/clips/{clip}", get(clips::show).delete(clips::remove))
        .route("/clips/{clip}/audio", get(clips::audio))
        .route("/collections", get(collections::list))
        .route("/collections/{name}", get(collections::show).put(collections::set).delete(collections::remove))
        .route("/collections/{name}/items", post(collections::put))
        .route("/collections/{name}/items/{kind}/{id}", axum::routing::delete(collections::take))
        .route("/extensions", get(extensions::list))
        .route("/extensions/{number}", put(extensions::set).delete(extensions::remove))
        .route("/groups", get(groups::list))
        .route("/groups/{name}", put(groups::set).delete(groups::remove))
        .route("/projects", get(projects::list))
        .route("/projects/{name}", put(projects::set).delete(projects::remove))
        .route("/customers", get(customers::list).post(customers::set))
        .route("/customers/{id}", axum::routing::delete(customers::remove))
        .route("/views", get(views::list))
        .route("/views/{name}", put(views::set).delete(views::remove))
        .route("/audit", get(audit::list))
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
