//! From what a request shows to the person who acts.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use super::peer::Peer;
use crate::{
    domain::actor::{Actor, Origin},
    server::error::Refused,
    service::Service,
};

/// Headers by which other programs tell who somebody is. Nobody is believed here; they do not even get in.
const IDENTITIES: &[&str] =
    &["actor", "x-actor", "x-user", "x-remote-user", "remote-user", "x-forwarded-user", "x-callreel-actor"];

/// A token is shorter.
const LONGEST_TOKEN: usize = 1_024;

/// Takes out of a request what only we may put in.
pub(super) fn strip(parts: &mut Parts) {
    parts.extensions = axum::http::Extensions::new();
    for name in IDENTITIES {
        parts.headers.remove(HeaderName::from_static(name));
    }
}

/// What is open to everybody: health, the document, signing in, shares.
pub(super) fn is_open(method: &Method, path: &str) -> bool {
    match path {
        "/health/live" | "/health/ready" | "/api/v1/openapi.json" => true,
        "/api/v1/sessions" | "/api/v1/sessions/device" => *method == Method::POST,
        _ if path.starts_with("/api/v1/sessions/device/") => *method == Method::POST,
        _ => path.starts_with("/s/"),
    }
}

/// By which a program says that nobody at its keys asked for this.
const UNASKED: &str = "callreel-unasked";

/// What keeps no session from going idle: what programs ask again and again by themselves, and what they say so of.
pub(super) fn is_unasked(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let watches = matches!(path, "/api/v1/revision" | "/api/v1/events" | "/api/v1/sessions" | "/api/v1/whoami");
    *method == Method::GET && watches || headers.contains_key(UNASKED)
}

/// Who acts; none: nobody said so, which the router refuses where somebody is needed.
pub(super) async fn actor(
    service: &Service,
    peer: &Peer,
    headers: &HeaderMap,
    origin: Origin,
    unasked: bool,
) -> Result<Option<Actor>, Box<Response>> {
    let mut shown = headers.get_all(header::AUTHORIZATION).iter();
    let outcome = match (shown.next(), shown.next()) {
        (None, _) => match peer {
            Peer::Network { .. } => return Ok(None),
            Peer::Socket { login, owner, .. } => service.actor_of_login(login, *owner, origin).await,
        },
        (Some(value), None) => match token(value) {
            Some(token) if unasked => service.actor_looking_on(token, origin).await,
            Some(token) => service.actor_of_token(token, origin).await,
            None => return Err(refused(unreadable())),
        },
        (Some(_), Some(_)) => return Err(refused(unreadable())),
    };
    outcome.map(Some).map_err(|error| refused(Refused::from(error)))
}

fn unreadable() -> Refused {
    Refused::new(StatusCode::UNAUTHORIZED, "not-signed-in", "the header Authorization must be: Bearer TOKEN")
}

fn token(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let plausible = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= LONGEST_TOKEN;
    plausible.then_some(token)
}

fn refused(problem: Refused) -> Box<Response> {
    let mut response = problem.into_response();
    if response.status() == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    Box::new(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearers_are_tokens() {
        let read = |text: &'static str| token(&HeaderValue::from_static(text)).map(ToOwned::to_owned);
        assert_eq!(read("Bearer abc"), Some("abc".to_owned()));
        assert_eq!(read("bearer  abc "), Some("abc".to_owned()));
        for wrong in ["", "Bearer", "Bearer ", "Basic YTpi", "abc"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_programs_ask_by_themselves_is_no_use_of_a_session() {
        let (none, said) = (HeaderMap::new(), [(HeaderName::from_static(UNASKED), HeaderValue::from_static("1"))]);
        for path in ["/api/v1/revision", "/api/v1/events", "/api/v1/sessions", "/api/v1/whoami"] {
            assert!(is_unasked(&Method::GET, path, &none), "{path}");
        }
        assert!(!is_unasked(&Method::POST, "/api/v1/sessions", &none) && !is_unasked(&Method::GET, "/api/v1/calls", &none));
        assert!(is_unasked(&Method::GET, "/api/v1/calls", &said.into_iter().collect()));
    }

    #[test]
    fn what_is_open_is_a_short_list() {
        let open = |method: Method, path| is_open(&method, path);
        assert!(open(Method::POST, "/api/v1/sessions") && !open(Method::GET, "/api/v1/sessions"));
        assert!(open(Method::POST, "/api/v1/sessions/device/x") && !open(Method::DELETE, "/api/v1/sessions/device"));
        assert!(open(Method::GET, "/s/abc") && open(Method::GET, "/health/live"));
        for shut in ["/api/v1/sessions/x", "/api/v1/calls", "/metrics", "/r/1", "/s", "/api/v1/openapi.json/x"] {
            assert!(!open(Method::POST, shut), "{shut}");
        }
    }
}
