//! What a share leads to: a page with a player for somebody without an account.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, de::DeserializeOwned};

use super::{OverTls, html, sounds};
use crate::{
    domain::actor::Origin,
    service::{Opened, Player, Service, ServiceError, SharedSound},
};

/// Of the cookie that shows who knew the passphrase.
const COOKIE: &str = "callreel_share";

/// Bytes of a form.
const FORM: usize = 16 * 1024;

/// Where a request comes from, as whoever stands in front says.
pub(super) fn origin(extensions: &Extensions) -> Origin {
    let known = extensions.get::<Origin>().cloned();
    let acting = || extensions.get::<crate::domain::actor::Actor>().map(|actor| actor.origin.clone());
    known.or_else(acting).unwrap_or_default()
}

/// A value among the request's cookies.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|pair| pair.1)
}

/// Another cookie for this path and below, gone with the browser's window.
pub(super) fn set_cookie(extensions: &Extensions, name: &str, value: &str, path: &str) -> Option<HeaderValue> {
    let secure = if extensions.get::<OverTls>().is_some() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path={path}; HttpOnly; SameSite=Strict{secure}")).ok()
}

/// Whether a form was sent from a page of another place: browsers tell.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) if origin != "null" => {
            text("host").is_some_and(|host| origin.split_once("://").is_none_or(|(_, from)| from != host))
        }
        _ => false,
    }
}

/// What a form of ours was filled in with; none: another form, or a page of another place sent it.
pub(super) fn sent<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Option<T> {
    if is_from_elsewhere(headers) || body.len() > FORM {
        return None;
    }
    serde_urlencoded::from_bytes(body).ok()
}

/// Which program asks, and what it shows.
fn player<'a>(origin: &'a Origin, headers: &'a HeaderMap) -> Player<'a> {
    let program = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Player { origin, program, unlocked: cookie(headers, COOKIE) }
}

pub(super) async fn zone(service: &Service) -> TimeZone {
    let company = service.store().company().await.map(|company| company.zone).unwrap_or_default();
    TimeZone::get(&company).unwrap_or(TimeZone::UTC)
}

pub(super) async fn show(
    State(service): State<Service>,
    Path(secret): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Response {
    let origin = origin(&extensions);
    match service.open_share(&secret, player(&origin, &headers)).await {
        Ok(Opened::Locked) => asking(""),
        Ok(Opened::Page { title, until, sounds }) => {
            let zone = zone(&service).await;
            let body: String = sounds.iter().map(|sound| told(sound, &secret, &zone)).collect();
            let body = format!("{body}<p class=\"quiet\">Available until {}.</p>\n", html::instant(until, &zone));
            let title = title.unwrap_or_else(|| if sounds.len() == 1 { "A recording" } else { "Recordings" }.to_owned());
            html::page(StatusCode::OK, &title, &body)
        }
        Err(error) => sounds::failure(error).await,
    }
}

fn told(sound: &SharedSound, secret: &str, zone: &TimeZone) -> String {
    let what = if sound.is_clip { "Part of a call" } else { "Call" };
    let heading = match sound.start {
        Some(start) => format!("{what}, {}", html::instant(start, zone)),
        None => what.to_owned(),
    };
    html::sound(&heading, sound.length_s, &format!("/s/{}/audio/{}", html::escaped(secret), sound.number))
}

fn asking(problem: &str) -> Response {
    let problem = if problem.is_empty() { String::new() } else { format!("<p class=\"error\">{problem}</p>\n") };
    let body = format!(
        "{problem}<form method=\"post\"><label>Passphrase<input type=\"password\" name=\"passphrase\" autocomplete=\"off\" \
         required autofocus maxlength=\"200\"></label><button>Open</button></form>\n"
    );
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::FORBIDDEN };
    html::page(status, "A passphrase is needed", &body)
}

#[derive(Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    passphrase: String,
}

/// The passphrase was sent.
pub(super) async fn unlock(
    State(service): State<Service>,
    Path(secret): Path<String>,
    extensions: Extensions,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let origin = origin(&extensions);
    let Some(Told { passphrase }) = sent(&headers, &body) else { return html::nothing().await };
    match service.unlock_share(&secret, passphrase, &origin).await {
        Ok(Some(unlocked)) => {
            let path = uri.path();
            let mut response = html::closed(StatusCode::SEE_OTHER.into_response());
            if let Ok(location) = HeaderValue::from_str(path) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            if let Some(cookie) = set_cookie(&extensions, COOKIE, &unlocked, path) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Ok(None) => asking("That is not the passphrase."),
        Err(error) => sounds::failure(error).await,
    }
}

/// The sound of one thing of the share.
pub(super) async fn audio(
    State(service): State<Service>,
    Path((secret, number)): Path<(String, String)>,
    method: Method,
    extensions: Extensions,
    headers: HeaderMap,
) -> Response {
    let (origin, begins) = (origin(&extensions), sounds::begins(&headers));
    let player = player(&origin, &headers);
    let answer = async {
        let number: usize = number.parse().map_err(|_| ServiceError::NotFound(String::new()))?;
        let sounding = service.shared_sound(&secret, number, begins, player).await?;
        let counted = async |sounding: &_| service.play_shared(sounding, begins, player).await;
        Ok(sounds::answer(&format!("recording-{}", number + 1), sounding, &method, &headers, counted).await)
    };
    match answer.await {
        Ok(Ok(response)) => response,
        Ok(Err(refused)) if refused.0.status == 404 => html::nothing().await,
        Ok(Err(refused)) => html::closed(refused.into_response()),
        Err(error) => sounds::failure(error).await,
    }
}
