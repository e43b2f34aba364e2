//! Sound for players in pages.

use axum::{
    http::{HeaderMap, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};

use super::html;
use crate::{
    server::{
        error::{Answer, Refused},
        handlers::sound::{AskedSound, Kept, kept},
    },
    service::{Begins, ServiceError, Sound, Sounding},
};

/// Players that look first look at fewer bytes.
const PROBE: u64 = 1_024;

/// How a request begins, by its range.
pub(super) fn begins(headers: &HeaderMap) -> Begins {
    let range =
        headers.get(header::RANGE).and_then(|value| value.to_str().ok()).and_then(|text| text.trim().strip_prefix("bytes="));
    match range.and_then(|range| range.trim().split_once('-')) {
        Some(("", _)) => Begins::On,
        Some((first, last)) => match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
            (Ok(0), Ok(last)) if last < PROBE => Begins::Probe,
            (Ok(0), _) | (Err(_), _) => Begins::Whole,
            _ => Begins::On,
        },
        None => Begins::Whole,
    }
}

/// The sound, whole or a range of it; `counted` runs before the first byte leaves.
pub(super) async fn answer(
    name: &str,
    sounding: Sounding,
    method: &Method,
    headers: &HeaderMap,
    counted: impl AsyncFnOnce(&Sounding) -> Result<(), ServiceError>,
) -> Answer<Response> {
    let facts = Kept {
        id: name.to_owned(),
        format: sounding.format.clone(),
        channels: sounding.channels,
        bytes: sounding.bytes,
        sha256: sounding.tag.clone(),
    };
    let open = async |_continues: bool| {
        counted(&sounding).await?;
        Ok(Sound::Here(sounding.file))
    };
    Ok(html::closed(kept(&AskedSound::to_hear(), &facts, method, headers, open).await?))
}

/// What a page says of a failure: nothing but that there is nothing, unless it passes by itself.
pub(super) async fn failure(error: ServiceError) -> Response {
    match error {
        ServiceError::TooMany { retry_after_s, .. } => {
            let body = format!("<p class=\"error\">Too many wrong tries. Try again in {retry_after_s} seconds.</p>\n");
            let mut response = html::page(axum::http::StatusCode::TOO_MANY_REQUESTS, "Please wait", &body);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
            response
        }
        ServiceError::Busy(_) | ServiceError::Storage(_) | ServiceError::Interrupted => {
            html::closed(Refused::from(error).into_response())
        }
        _ => html::nothing().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_tell_how_a_playback_begins() {
        let of = |range: &'static str| begins(&HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(range))]));
        assert_eq!(begins(&HeaderMap::new()), Begins::Whole);
        for (range, expected) in [
            ("bytes=0-", Begins::Whole),
            ("bytes=0-1", Begins::Probe),
            ("bytes=0-65535", Begins::Whole),
            ("bytes=4096-", Begins::On),
            ("bytes=-100", Begins::On),
            ("nonsense", Begins::Whole),
            ("bytes=x-", Begins::Whole),
        ] {
            assert_eq!(of(range), expected, "{range}");
        }
    }
}
