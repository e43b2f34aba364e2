//! Every operation of the API, and the OpenAPI document made from them.
//!
//! A noun's file has `routes()`, which names its handlers by `routes!`: their `#[utoipa::path]` puts them into the document.
//! Paths stand here without the prefix `/api/v1`, the document has them in full.

use axum::routing::{get, post, put};
use utoipa_axum::router::OpenApiRouter;

use super::handlers::{
    audit, calls, cases, changes, clips, collections, company, customers, extensions, flags, groups, notes, numbers, projects,
    recordings, tags, views,
};
use crate::service::Service;

/// The operations below `/api/v1`.
pub(super) fn api() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
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
}
