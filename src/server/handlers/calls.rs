//! Lists, counts, totals, facets, one call.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::Body;
use crate::{
    domain::list::{Count, Share, Summary, Totals},
    server::{
        cursor,
        error::{Answer, Refused},
        extract::{Acting, Params, Pieces},
        rows::{self, Form},
    },
    service::{ListRequest, Service},
    wire,
};

#[derive(Deserialize)]
pub(in crate::server) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    sort: String,
    limit: Option<usize>,
    after: Option<String>,
    before: Option<String>,
    at_most: Option<u64>,
    total: Option<bool>,
    #[serde(default)]
    by: String,
    #[serde(default)]
    columns: String,
}

/// A page, or everything as a stream where `Accept` asks for one.
pub(in crate::server) async fn list(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
    headers: HeaderMap,
) -> Answer<Response> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if let Some(form) = Form::asked(accept, &asked.columns)? {
        if form.is_ids() {
            let ids = service.stream_ids(&actor, &asked.q, &asked.sort, form.word()).await?;
            return Ok(rows::answer(ids, form));
        }
        let calls = service.stream(&actor, &asked.q, &asked.sort, form.word()).await?;
        return Ok(rows::answer(calls, form));
    }
    let database = service.store().database_id().to_owned();
    let (text, backwards) = match (asked.after.filter(|text| !text.is_empty()), asked.before.filter(|text| !text.is_empty())) {
        (Some(_), Some(_)) => return Err(Refused::bad("name `after` or `before`, not both")),
        (Some(after), None) => (Some(after), false),
        // The last page: a list is read from its end as well.
        (None, Some(before)) if before == "end" => (None, true),
        (None, Some(before)) => (Some(before), true),
        (None, None) => (None, false),
    };
    let after = match text {
        Some(text) => Some(cursor::decode(&database, service.sort(&actor, &asked.q, &asked.sort).await?, &text)?),
        None => None,
    };
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

pub(in crate::server) async fn count(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
) -> Body<Count> {
    Ok(Json(service.count(&actor, &asked.q, asked.at_most).await?))
}

pub(in crate::server) async fn totals(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
) -> Body<Totals> {
    Ok(Json(service.totals(&actor, &asked.q).await?))
}

pub(in crate::server) async fn facets(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
) -> Body<wire::Facets> {
    Ok(Json(service.facets(&actor, &asked.q, &asked.by).await?.into_iter().collect()))
}

pub(in crate::server) async fn summary(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
) -> Body<wire::SummaryBody> {
    let Summary { totals, facets, hours, days } = service.summary(&actor, &asked.q, &asked.by).await?;
    Ok(Json(wire::SummaryBody { totals, facets: facets.into_iter().collect(), hours, days }))
}

pub(in crate::server) async fn breakdown(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
) -> Body<Vec<Share>> {
    Ok(Json(service.breakdown(&actor, &asked.q, &asked.by).await?))
}

pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
) -> Body<wire::CallDetailBody> {
    Ok(Json(service.call(&actor, &call).await?.into()))
}
