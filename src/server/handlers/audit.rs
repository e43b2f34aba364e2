//! The audit log.

use axum::{Json, extract::State};
use serde::Deserialize;

use super::Body;
use crate::{
    server::{
        error::Refused,
        extract::{Acting, Params},
    },
    service::{PAGE_LIMIT, Service},
    wire::{AuditEntry, Page},
};

#[derive(Deserialize)]
pub(in crate::server) struct Asked {
    after: Option<String>,
    limit: Option<usize>,
}

/// Oldest first; `next` is null once there is nothing more.
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
