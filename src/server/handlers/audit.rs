//! The audit log.

use axum::{Json, extract::State};
use serde::Deserialize;

use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    domain::whole,
    server::{
        error::Refused,
        extract::{Acting, Params},
    },
    service::{PAGE_LIMIT, Service},
    wire::{AuditEntry, Page},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What of the log is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct Asked {
    /// A cursor: what stands behind it.
    after: Option<String>,
    /// Entries of a page; 50 without.
    #[serde(default, deserialize_with = "whole::text::<_, _, 1, 500>")]
    #[param(value_type = Option<u64>, minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// Oldest first; `next` is null once there is nothing more.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Asked), responses((status = 200, description = "A page of the log", body = Page<AuditEntry>)))]
pub(in crate::server) async fn list(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
) -> Body<Page<AuditEntry>> {
    let limit = asked.limit.unwrap_or(PAGE_LIMIT / 10);
    if limit == 0 || limit > PAGE_LIMIT {
        return Err(Refused::bad(format!("limit is 1 to {PAGE_LIMIT}")));
    }
    let after = match asked.after.as_deref() {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|_| Refused::bad("this cursor is not of this list; begin again without it"))?),
    };
    let items = service.audit(&actor, after, limit).await?;
    let next = if items.len() == limit { items.last().map(|entry| entry.seq.to_string()) } else { None };
    Ok(Json(Page { items, next, previous: None, total: None }))
}
