//! The API, without a socket and over one.

mod asking;
mod audited;
mod calls;
mod changes;
mod clips;
mod conformance;
mod document;
mod events;
mod host;
mod jobs;
mod many;
mod matrix;
mod numbers;
pub mod oidc;
mod once;
mod openapi;
mod places;
mod problems;
mod quiet;
mod rights;
mod secrets;
mod shares;
mod sound;
mod streams;

use bytes::Bytes;
use callreel::{
    domain::{
        actor::{Actor, Origin, Permission, Scope},
        audit::AuditEntry,
    },
    server::{LocalApi, local_api, router},
};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt;

use crate::common::host::TestHost;

/// An answer read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Checks that this is a problem of this status and type, and gives it.
    fn problem(&self, status: u16, kind: &str) -> serde_json::Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], kind, "{problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()) && problem["title"].is_string(), "{problem}");
        problem
    }
}

/// One request to `/api/v1` + `path`.
async fn ask(api: &LocalApi, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = http::Request::builder().method(method).uri(format!("/api/v1{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, body) = api(request.body(body.as_bytes().to_vec()).expect("a request")).await.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(api: &LocalApi, path: &str) -> Answer {
    ask(api, Method::GET, path, &[], "").await
}

/// The API as this actor.
fn api_of(test: &TestHost, actor: Actor) -> LocalApi {
    local_api(router(test.host.service().clone()), actor)
}

fn actor(name: &str, permissions: &[Permission], scope: Scope) -> Actor {
    let origin = Origin { via: "http".to_owned(), ..Origin::default() };
    Actor::with(name, "test", permissions, scope, origin)
}

/// All audit entries so far.
async fn audit(test: &TestHost) -> Vec<AuditEntry> {
    test.host.store().audit(None, 10_000).await.expect("audit")
}

/// `(did, outcome)` of the entries after the first `known`.
async fn audited_since(test: &TestHost, known: usize) -> Vec<(String, String)> {
    audit(test).await.into_iter().skip(known).map(|entry| (entry.did, entry.outcome)).collect()
}

/// Ids of the calls that have recordings, and of their first recordings, newest first.
async fn recorded(api: &LocalApi) -> Vec<(String, String, String)> {
    let page = get(api, "/calls?q=is:recorded&limit=500").await.json();
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let items = page["items"].as_array().expect("items").iter();
    items
        .flat_map(|call| {
            let recordings = call["recordings"].as_array().expect("recordings").iter();
            recordings
                .map(|recording| (text(&call["id"]), text(&recording["id"]), text(&recording["format"])))
                .collect::<Vec<_>>()
        })
        .collect()
}
