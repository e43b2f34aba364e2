//! The audit log.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    domain::{audit::COLUMNS, whole},
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, Params},
        rows::{self, Form},
    },
    service::{AuditRequest, Service},
    wire::{AuditEntry, AuditReport, Checkpoint, Page},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(check, compare)).routes(routes!(checkpoints, sign))
}

/// What of the log is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct Asked {
    /// Terms `who: did: object: where: session: date: after: before:` and words; empty: all entries.
    #[serde(default)]
    q: String,
    /// `seq` (the oldest first) or `-seq`; empty: the query's own `sort:`, or the oldest first.
    #[serde(default)]
    sort: String,
    /// A cursor: what stands behind it.
    after: Option<String>,
    /// Entries of a page; 50 without.
    #[serde(default, deserialize_with = "whole::text::<_, _, 1, 500>")]
    #[param(value_type = Option<u64>, minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// True: only what the asker did, which needs no right.
    mine: Option<bool>,
    /// Of a stream: JSON names of fields, parted by commas.
    #[serde(default)]
    columns: String,
}

/// What is checked.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct AskedCheck {
    /// The number of an entry, or a date as queries write it: what lies before is not checked.
    since: Option<String>,
}

/// Which checkpoints.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct AskedCheckpoints {
    /// Those behind this entry.
    #[serde(default, deserialize_with = "whole::text::<_, _, 0, { whole::MOST }>")]
    #[param(value_type = Option<u64>, minimum = 0)]
    after: Option<i64>,
}

/// What the log is compared with.
#[derive(Deserialize, ToSchema)]
pub(in crate::server) struct Comparison {
    /// Checkpoints that were kept elsewhere, oldest first.
    checkpoints: Vec<Checkpoint>,
    /// The number of an entry, or a date as queries write it: what lies before is not checked.
    #[serde(default)]
    since: Option<String>,
}

/// A page of the log; or, as `Accept` asks, everything that matches as a stream.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Asked), responses((status = 200, description = "A page of the log; or, as `Accept` asks, everything that matches as a stream of lines: NDJSON (one entry a line) or CSV (a header line, then one entry a line)", content((Page<AuditEntry> = "application/json"), (String = "application/x-ndjson"), (String = "text/csv")))))]
pub(in crate::server) async fn list(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
    headers: HeaderMap,
) -> Answer<Response> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let form = Form::asked(accept, &asked.columns, COLUMNS)?;
    let after = match asked.after.as_deref() {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|_| Refused::bad("this cursor is not of this list; begin again without it"))?),
    };
    let request = AuditRequest { q: asked.q, sort: asked.sort, limit: asked.limit, after, mine: asked.mine == Some(true) };
    if let Some(form) = form {
        let entries = service.stream_audit(&actor, request, form.word()).await?;
        return Ok(rows::answer(entries, form));
    }
    let listed = service.audit(&actor, request).await?;
    let next = listed.items.last().filter(|_| listed.more).map(|entry| entry.seq.to_string());
    Ok(Json(Page { items: listed.items, next, previous: None, total: listed.total }).into_response())
}

/// Computes the whole log again, and compares it with the checkpoints that this machine has.
#[utoipa::path(get, path = "/audit/check", tag = "audit", params(AskedCheck), responses((status = 200, description = "What was found", body = AuditReport)))]
pub(in crate::server) async fn check(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<AskedCheck>,
) -> Body<AuditReport> {
    Ok(Json(service.check_audit(&actor, asked.since.as_deref(), None).await?))
}

/// Computes the whole log again, and compares it with checkpoints that were kept elsewhere.
#[utoipa::path(post, path = "/audit/check", tag = "audit", request_body = Comparison, responses((status = 200, description = "What was found", body = AuditReport)))]
pub(in crate::server) async fn compare(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(comparison): extract::Json<Comparison>,
) -> Body<AuditReport> {
    Ok(Json(service.check_audit(&actor, comparison.since.as_deref(), Some(comparison.checkpoints)).await?))
}

/// The signed checkpoints, oldest first.
#[utoipa::path(get, path = "/audit/checkpoints", tag = "audit", params(AskedCheckpoints), responses((status = 200, description = "The checkpoints", body = Vec<Checkpoint>)))]
pub(in crate::server) async fn checkpoints(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<AskedCheckpoints>,
) -> Body<Vec<Checkpoint>> {
    Ok(Json(service.checkpoints(&actor, asked.after.unwrap_or(0)).await?))
}

/// Signs the log as it is now.
#[utoipa::path(post, path = "/audit/checkpoints", tag = "audit", responses((status = 201, description = "The new checkpoint", body = Checkpoint)))]
pub(in crate::server) async fn sign(
    State(service): State<Service>,
    Acting(actor): Acting,
) -> Answer<(StatusCode, Json<Checkpoint>)> {
    Ok((StatusCode::CREATED, Json(service.make_checkpoint(&actor).await?)))
}
