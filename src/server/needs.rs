//! What a body's operation takes, as far as it must be known where the body cannot be read: who may not do it at all hears that,
//! whatever they sent. Everything else is decided by the service.

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
};

use super::error::Answer;
use crate::{
    domain::actor::{Actor, Permission as P},
    service::Service,
};

/// A right, the audit's word for the act, and what is to be done in words.
type Needed = (P, &'static str, &'static str);

/// By method and path. What is not here takes no right that is known beforehand, such as setting one's own password.
const NEEDS: &[(Method, &str, Needed)] = &[
    (Method::POST, "/audit/check", (P::Audit, "audit.check", "check the audit log")),
    (Method::POST, "/calls/changes", (P::Note, "calls.change", "change calls")),
    (Method::POST, "/calls/{call}/notes", (P::Note, "note.add", "write notes")),
    (Method::PUT, "/calls/{call}/case", (P::Note, "case.set", "tie calls to cases")),
    (Method::POST, "/clips", (P::Download, "clip.add", "cut clips")),
    (Method::PUT, "/collections/{name}", (P::See, "calls.read", "see calls")),
    (Method::POST, "/collections/{name}/items", (P::See, "calls.read", "see calls")),
    (Method::PUT, "/company", (P::Directory, "company.set", "change the company's settings")),
    (Method::POST, "/customers", (P::Directory, "customer.set", "change customers")),
    (Method::PUT, "/extensions/{number}", (P::Directory, "extension.set", "change extensions")),
    (Method::PUT, "/groups/{name}", (P::Directory, "group.set", "change groups")),
    (Method::PUT, "/notes/{note}", (P::Note, "note.edit", "write notes")),
    (Method::PUT, "/projects/{name}", (P::Directory, "project.set", "change projects")),
    (Method::POST, "/recordings/{recording}/receipts", (P::Listen, "receipt.add", "play recordings")),
    (Method::PUT, "/roles/{name}", (P::Users, "role.set", "manage roles")),
    (Method::POST, "/shares", (P::Share, "share.add", "share recordings")),
    (Method::PUT, "/users/{name}", (P::Users, "user.set", "manage accounts")),
    (Method::PUT, "/views/{name}", (P::See, "calls.read", "see calls")),
];

/// Whom a request comes from, and what it needs.
pub(super) fn of(request: &Request) -> Option<(Actor, Needed)> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let (.., needed) = NEEDS.iter().find(|(method, of, _)| *method == *request.method() && *of == path)?;
    Some((request.extensions().get::<Actor>()?.clone(), *needed))
}

/// Refuses and writes down who lacks the right.
pub(super) async fn check(service: &Service, needs: Option<(Actor, Needed)>) -> Answer<()> {
    let Some((actor, (permission, did, what))) = needs else { return Ok(()) };
    Ok(service.require(&actor, permission, did, what, None).await?)
}
