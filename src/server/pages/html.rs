//! A page as text, and the headers that all of them have.

use std::fmt::Write;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, tz::TimeZone};

use crate::domain::{clean, length::Tenths};

/// Characters of a title or name.
const LONGEST: usize = 300;

const STYLE: &str = "body{margin:0 auto;padding:1rem;max-width:42rem;font:1rem/1.5 system-ui,sans-serif;color:#1b1b1b;\
background:#fff}h1{font-size:1.3rem;overflow-wrap:anywhere}section{margin:1.2rem 0;padding-top:1rem;border-top:1px solid #bbb}\
audio{display:block;width:100%;margin-top:.5rem}label{display:block;margin:.8rem 0}input{display:block;box-sizing:border-box;\
width:100%;padding:.5rem;font:inherit}button{padding:.5rem 1.2rem;font:inherit}.error{font-weight:bold}.quiet{color:#555}\
@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#161616}.quiet{color:#aaa}section{border-color:#555}}";

/// Text that stands for itself in HTML, in text and in attributes alike; on one line and without what acts on a screen.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for character in clean::line(text, LONGEST).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A whole page; `title` is escaped here, `body` is HTML.
pub(super) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let mut bytes = [0_u8; 16];
    // Without randomness the page comes without its style: nothing else depends on it.
    let nonce = getrandom::fill(&mut bytes).ok().map(|()| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    });
    let title = escaped(title);
    let style = nonce.as_ref().map(|nonce| format!("<style nonce=\"{nonce}\">{STYLE}</style>")).unwrap_or_default();
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title>{style}</head>\n<body><main>\n<h1>{title}</h1>\n{body}</main></body></html>\n"
    );
    let mut response = (status, text).into_response();
    let style_source = nonce.map_or_else(|| "'none'".to_owned(), |nonce| format!("'nonce-{nonce}'"));
    let policy = format!(
        "default-src 'none'; media-src 'self'; style-src {style_source}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    closed(response)
}

/// The headers that everything here has: nothing is kept, guessed, or told elsewhere.
pub(super) fn closed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    response
}

/// What does not exist, or not any more, or not for this person: all look the same.
pub(super) async fn nothing() -> Response {
    page(StatusCode::NOT_FOUND, "Nothing here", "<p>There is nothing here, or not any more.</p>\n")
}

/// `7 Nov 2026, 14:21 (CET)`.
pub(super) fn instant(at: Timestamp, zone: &TimeZone) -> String {
    escaped(&at.to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M (%Z)").to_string())
}

/// One sound with its player.
pub(super) fn sound(heading: &str, length_s: f64, source: &str) -> String {
    format!(
        "<section><p>{heading} · {}</p>\n<audio controls preload=\"none\" src=\"{source}\"></audio></section>\n",
        Tenths::from_seconds(length_s).clock()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stands_for_itself() {
        assert_eq!(escaped("<script>\"'&\u{1b}\u{202e}"), "&lt;script&gt;&quot;&#39;&amp;\u{fffd}\u{fffd}");
        assert!(escaped(&"x".repeat(10_000)).chars().count() <= LONGEST);
    }

    #[test]
    fn every_page_has_its_own_nonce_and_no_script() {
        let policy = |response: &Response| response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
        let (one, other) = (page(StatusCode::OK, "a", ""), page(StatusCode::OK, "a", ""));
        assert_ne!(policy(&one), policy(&other));
        assert!(policy(&one).starts_with("default-src 'none';") && !policy(&one).contains("unsafe"));
    }
}
