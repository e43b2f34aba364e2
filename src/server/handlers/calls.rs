//! Lists, counts, totals, facets, one call.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    domain::{
        column,
        list::{Count, Share, Summary, Totals},
        whole,
    },
    server::{
        cursor,
        error::{Answer, Refused},
        extract::{Acting, Params, Pieces},
        rows::{self, Form},
    },
    service::{ListRequest, Service},
    wire,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(count))
        .routes(routes!(totals))
        .routes(routes!(facets))
        .routes(routes!(summary))
        .routes(routes!(breakdown))
        .routes(routes!(show))
}

/// What a list is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct Asked {
    /// In the query language; empty: all calls.
    #[serde(default)]
    q: String,
    /// A field such as `talk_s`, or `-talk_s`; empty: the query's own `sort:`, or newest first.
    #[serde(default)]
    sort: String,
    /// Calls of a page; 50 without.
    #[serde(default, deserialize_with = "whole::text::<_, _, 1, 500>")]
    #[param(value_type = Option<u64>, minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// A cursor: the page behind it.
    after: Option<String>,
    /// A cursor: the page before it; `end`: the last page.
    before: Option<String>,
    /// False leaves the total out, and does not wait for it.
    total: Option<bool>,
    /// Of a stream: JSON names of fields, parted by commas.
    #[serde(default)]
    columns: String,
}

/// What is counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct AskedCount {
    /// In the query language; empty: all calls.
    #[serde(default)]
    q: String,
    /// Stop at so many.
    #[serde(default, deserialize_with = "whole::text::<_, _, 0, { whole::MOST }>")]
    #[param(value_type = Option<u64>, minimum = 0)]
    at_most: Option<u64>,
}

/// What is summed up.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct AskedTotals {
    /// In the query language; empty: all calls.
    #[serde(default)]
    q: String,
}

/// What is counted by its values.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct AskedParts {
    /// In the query language; empty: all calls.
    #[serde(default)]
    q: String,
    /// JSON names of fields, parted by commas; a breakdown goes by one.
    #[serde(default)]
    #[param(required = true, pattern = "\\S")]
    by: String,
}

/// What is counted by its values beside the sums.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct AskedBy {
    /// In the query language; empty: all calls.
    #[serde(default)]
    q: String,
    /// JSON names of fields, parted by commas; without: those of lists.
    #[serde(default)]
    by: String,
}

/// A page, or everything as a stream where `Accept` asks for one.
#[utoipa::path(get, path = "/calls", tag = "calls", params(Asked), responses((status = 200, description = "A page of calls; or, as `Accept` asks, everything that matches as a stream of lines: NDJSON (one call a line) or CSV (a header line, then one call a line)", content((wire::Page<wire::CallBody> = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"))), (status = 409, description = "The cursor is of another list: another database, another order, or changed", body = wire::Problem, content_type = "application/problem+json")))]
pub(in crate::server) async fn list(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
    headers: HeaderMap,
) -> Answer<Response> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if let Some(form) = Form::asked(accept, &asked.columns, column::COLUMNS)? {
        if form.is_ids() {
            let ids = service.stream_ids(&actor, &asked.q, &asked.sort, form.word()).await?;
            return Ok(rows::answer(ids, form));
        }
        let calls = service.stream(&actor, &asked.q, &asked.sort, form.word()).await?;
        return Ok(rows::answer(calls, form));
    }
    let database = service.store().database_id().to_owned();
    let (before, after) = (asked.before.filter(|text| !text.is_empty()), asked.after.filter(|text| !text.is_empty()));
    let both = before.is_some() && after.is_some();
    let (text, backwards) = match (after, before) {
        (Some(after), _) => (Some(after), false),
        // The last page: a list is read from its end as well.
        (None, Some(before)) if before == "end" => (None, true),
        (None, Some(before)) => (Some(before), true),
        (None, None) => (None, false),
    };
    let after = match text {
        Some(text) => Some(cursor::decode(&database, service.sort(&actor, &asked.q, &asked.sort).await?, &text)?),
        None => None,
    };
    if both {
        return Err(Refused::bad("name `after` or `before`, not both"));
    }
    let request =
        ListRequest { q: asked.q, sort: asked.sort, limit: asked.limit, after, backwards, no_total: asked.total == Some(false) };
    let listed = service.calls(&actor, request).await?;
    let text =
        |cursor: Option<crate::domain::list::Cursor>| cursor.and_then(|cursor| cursor::encode(&database, listed.sort, &cursor));
    let page = wire::Page {
        next: text(listed.page.next),
        previous: text(listed.page.previous),
        items: listed.page.items.into_iter().map(wire::CallBody::from).collect(),
        total: listed.total,
    };
    Ok(Json(page).into_response())
}

/// How many calls match.
#[utoipa::path(get, path = "/calls/count", tag = "calls", params(AskedCount), responses((status = 200, description = "The count", body = Count)))]
pub(in crate::server) async fn count(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<AskedCount>,
) -> Body<Count> {
    Ok(Json(service.count(&actor, &asked.q, asked.at_most).await?))
}

/// Sums over what matches.
#[utoipa::path(get, path = "/calls/totals", tag = "calls", params(AskedTotals), responses((status = 200, description = "The sums", body = Totals)))]
pub(in crate::server) async fn totals(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<AskedTotals>,
) -> Body<Totals> {
    Ok(Json(service.totals(&actor, &asked.q).await?))
}

/// How often each value of some fields occurs among what matches.
#[utoipa::path(get, path = "/calls/facets", tag = "calls", params(AskedParts), responses((status = 200, description = "Values by field", body = wire::Facets)))]
pub(in crate::server) async fn facets(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<AskedParts>,
) -> Body<wire::Facets> {
    Ok(Json(service.facets(&actor, &asked.q, &asked.by).await?.into_iter().collect()))
}

/// Sums, values of fields, calls by hour of the week and by day, in one pass.
#[utoipa::path(get, path = "/calls/summary", tag = "calls", params(AskedBy), responses((status = 200, description = "The summary", body = wire::SummaryBody)))]
pub(in crate::server) async fn summary(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<AskedBy>,
) -> Body<wire::SummaryBody> {
    let Summary { totals, facets, hours, days } = service.summary(&actor, &asked.q, &asked.by).await?;
    Ok(Json(wire::SummaryBody { totals, facets: facets.into_iter().collect(), hours, days }))
}

/// The sums of each value of one field.
#[utoipa::path(get, path = "/calls/breakdown", tag = "calls", params(AskedParts), responses((status = 200, description = "Sums by value, most calls first; hours, days and lengths in their order", body = Vec<Share>)))]
pub(in crate::server) async fn breakdown(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<AskedParts>,
) -> Body<Vec<Share>> {
    Ok(Json(service.breakdown(&actor, &asked.q, &asked.by).await?))
}

/// One call by public id or source id, with legs, timeline, notes and history.
#[utoipa::path(get, path = "/calls/{call}", tag = "calls", responses((status = 200, description = "The call", body = wire::CallDetailBody)))]
pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
) -> Body<wire::CallDetailBody> {
    Ok(Json(service.call(&actor, &call).await?.into()))
}
