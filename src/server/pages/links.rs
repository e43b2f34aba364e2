//! Permanent links for other systems, such as a customer file: they ask for sign-in, then lead to a recording or a call.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    html,
    shares::{cookie, origin, sent, set_cookie, zone},
    sounds,
};
use crate::{
    domain::{access::Credentials, actor::Actor},
    server::error::Refused,
    service::{Begins, Linked, Service, ServiceError},
    wire::CallBody,
};

/// Of the cookie that holds a session's token, for these pages only.
const COOKIE: &str = "callreel_session";

/// Who asks.
enum Who {
    /// By a token of their own, by the socket: not by a page.
    Program(Box<Actor>),
    Person(Box<Actor>),
    Nobody,
}

async fn who(service: &Service, extensions: &Extensions, headers: &HeaderMap) -> Result<Who, ServiceError> {
    if let Some(actor) = extensions.get::<Actor>() {
        return Ok(Who::Program(Box::new(actor.clone())));
    }
    let Some(token) = cookie(headers, COOKIE) else { return Ok(Who::Nobody) };
    match service.actor_of_token(token, origin(extensions)).await {
        Ok(actor) => Ok(Who::Person(Box::new(actor))),
        Err(ServiceError::NotSignedIn(_)) => Ok(Who::Nobody),
        Err(error) => Err(error),
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("json") && !accept.contains("html")
}

pub(super) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Response {
    match who(&service, &extensions, &headers).await {
        Ok(Who::Program(actor)) => to_api(&service, &actor, &id).await,
        Ok(Who::Person(actor)) => match service.linked(&actor, &id).await {
            Ok(linked) => page(&service, &id, linked).await,
            Err(error) => sounds::failure(error).await,
        },
        Ok(Who::Nobody) if wants_json(&headers) => {
            let refused =
                Refused::new(StatusCode::UNAUTHORIZED, "not-signed-in", "sign in first: no valid token came with the request");
            challenged(html::closed(refused.into_response()))
        }
        Ok(Who::Nobody) => challenged(asking(StatusCode::UNAUTHORIZED, "")),
        Err(error) => sounds::failure(error).await,
    }
}

fn challenged(mut response: Response) -> Response {
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// Programs are led to the API.
async fn to_api(service: &Service, actor: &Actor, id: &str) -> Response {
    let (noun, id) = match service.linked(actor, id).await {
        Ok(Linked::Call(detail)) => ("calls", detail.call.id.0),
        Ok(Linked::Recording(recording, _)) => ("recordings", recording.id.0),
        Err(error) => return html::closed(Refused::from(error).into_response()),
    };
    let path = format!("/api/v1/{noun}/{id}");
    let mut response = (StatusCode::SEE_OTHER, Json(serde_json::json!({"path": path}))).into_response();
    if let Ok(location) = HeaderValue::from_str(&path) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    html::closed(response)
}

async fn page(service: &Service, id: &str, linked: Linked) -> Response {
    let zone = zone(service).await;
    let (call, recordings) = match linked {
        Linked::Call(detail) => {
            let recordings = detail.call.recordings.clone();
            (Some(CallBody::from(detail.call)), recordings)
        }
        Linked::Recording(recording, detail) => (detail.map(|detail| CallBody::from(detail.call)), vec![*recording]),
    };
    let mut body = String::new();
    let title = call.as_ref().map_or_else(|| "A recording".to_owned(), |call| headline(call, &zone));
    if let Some(call) = &call {
        let facts = [call.agent.as_deref(), call.group.as_deref(), call.case.as_deref()];
        let facts: Vec<String> = facts.into_iter().flatten().map(html::escaped).collect();
        if !facts.is_empty() {
            body.push_str(&format!("<p>{}</p>\n", facts.join(" · ")));
        }
    }
    for (number, recording) in recordings.iter().enumerate() {
        let source = format!("/r/{}/audio/{}", html::escaped(id), html::escaped(&recording.id.0));
        body.push_str(&html::sound(&format!("Recording {}", number + 1), recording.length.0 as f64 / 10.0, &source));
    }
    if recordings.is_empty() {
        body.push_str("<p>This call has no recording.</p>\n");
    }
    body.push_str("<form method=\"post\"><input type=\"hidden\" name=\"leave\" value=\"1\"><button>Sign out</button></form>\n");
    html::page(StatusCode::OK, &title, &body)
}

/// `7 Nov 2026, 14:21 (CET): 601 → +48…, Kovács Ágnes`; without the right to see numbers they are masked already.
fn headline(call: &CallBody, zone: &jiff::tz::TimeZone) -> String {
    let start = call.start.to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M (%Z)").to_string();
    let party = |number: &Option<String>| number.clone().unwrap_or_else(|| "withheld".to_owned());
    let name = call.customer.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    format!("{start}: {} → {}{name}", party(&call.from), party(&call.to))
}

fn asking(status: StatusCode, problem: &str) -> Response {
    let problem = if problem.is_empty() { String::new() } else { format!("<p class=\"error\">{problem}</p>\n") };
    let body = format!(
        "{problem}<form method=\"post\"><label>Name<input name=\"user\" autocomplete=\"username\" required autofocus \
         maxlength=\"200\"></label><label>Password<input type=\"password\" name=\"password\" \
         autocomplete=\"current-password\" required maxlength=\"1024\"></label><button>Sign in</button></form>\n"
    );
    html::page(status, "Sign in", &body)
}

#[derive(Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    user: String,
    #[serde(default)]
    password: String,
    /// Anything: sign out.
    leave: Option<String>,
}

/// Name and password were sent, or somebody leaves.
pub(super) async fn sign_in(
    State(service): State<Service>,
    uri: Uri,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(told) = sent::<Told>(&headers, &body) else { return html::nothing().await };
    if told.leave.is_some() {
        if let Ok(Who::Person(actor)) = who(&service, &extensions, &headers).await
            && let Some(session) = actor.origin.session.clone()
            && let Err(error) = service.end_session(&actor, &session).await
        {
            return sounds::failure(error).await;
        }
        return back(&extensions, &uri, "");
    }
    let credentials = Credentials { user: told.user, password: told.password };
    match service.sign_in(credentials, origin(&extensions)).await {
        Ok(session) => back(&extensions, &uri, &session.token),
        Err(ServiceError::NotSignedIn(_)) => {
            challenged(asking(StatusCode::UNAUTHORIZED, "This name and password do not sign in here."))
        }
        Err(error) => sounds::failure(error).await,
    }
}

/// Back to the link, with this session.
fn back(extensions: &Extensions, uri: &Uri, token: &str) -> Response {
    let mut response = html::closed(StatusCode::SEE_OTHER.into_response());
    if let Ok(location) = HeaderValue::from_str(uri.path()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if let Some(cookie) = set_cookie(extensions, COOKIE, token, "/r") {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// The sound of a recording of the link.
pub(super) async fn audio(
    State(service): State<Service>,
    Path((_, recording)): Path<(String, String)>,
    method: Method,
    extensions: Extensions,
    headers: HeaderMap,
) -> Response {
    let actor = match who(&service, &extensions, &headers).await {
        Ok(Who::Person(actor) | Who::Program(actor)) => actor,
        Ok(Who::Nobody) => return challenged(asking(StatusCode::UNAUTHORIZED, "")),
        Err(error) => return sounds::failure(error).await,
    };
    let continues = sounds::begins(&headers) == Begins::On;
    match service.sounding(&actor, &recording, continues).await {
        Ok(sounding) => match sounds::answer(&recording, sounding, &method, &headers, async |_: &_| Ok(())).await {
            Ok(response) => response,
            Err(refused) => html::closed(refused.into_response()),
        },
        Err(ServiceError::NotAllowed { .. }) => {
            html::page(StatusCode::FORBIDDEN, "Not allowed", "<p>You may see this call, but not listen to it.</p>\n")
        }
        Err(error) => sounds::failure(error).await,
    }
}
