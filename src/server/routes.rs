//! Every operation of the API, and the OpenAPI document made from them.
//!
//! A noun's file has `routes()`, which names its handlers by `routes!`: their `#[utoipa::path]` puts them into the document.
//! Paths stand there without the prefix `/api/v1`, the document has them in full. What is the same for all operations (who must
//! be signed in, which errors there are, pieces of paths) is added by [`super::document`].

use utoipa_axum::router::OpenApiRouter;

use super::handlers::{
    audit, backup, calls, cases, changes, clips, collections, company, customers, events, extensions, flags, groups, imports,
    jobs, notes, numbers, projects, recordings, roles, sessions, shares, tags, tokens, users, views,
};
use crate::service::Service;

/// The operations below `/api/v1`.
pub(super) fn api() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .merge(audit::routes())
        .merge(backup::routes())
        .merge(calls::routes())
        .merge(cases::routes())
        .merge(changes::routes())
        .merge(clips::routes())
        .merge(collections::routes())
        .merge(company::routes())
        .merge(customers::routes())
        .merge(events::routes())
        .merge(extensions::routes())
        .merge(flags::routes())
        .merge(groups::routes())
        .merge(imports::routes())
        .merge(jobs::routes())
        .merge(notes::routes())
        .merge(numbers::routes())
        .merge(projects::routes())
        .merge(recordings::routes())
        .merge(roles::routes())
        .merge(sessions::routes())
        .merge(shares::routes())
        .merge(tags::routes())
        .merge(tokens::routes())
        .merge(users::routes())
        .merge(views::routes())
}

/// The operations below `/api/v1` that need nobody to be signed in.
pub(super) fn open() -> OpenApiRouter<Service> {
    OpenApiRouter::new().merge(sessions::open())
}
