//! Answers of a server that did not do what it was asked: a problem in its words, or that it is no callreel at all.
//!
//! Nothing of what it says reaches a terminal as it came, and an address that it names is never followed.

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode, header};

use super::{ApiResponse, ClientError, Result};
use crate::{domain::clean, wire::Problem};

/// Bytes of a problem; the rest is not read.
const LONGEST: usize = 64 * 1024;

/// Characters of a problem's words.
const DETAIL: usize = 1_000;

const PROBLEM: &str = "application/problem+json";

/// Gives an answer that is none of those.
pub(super) async fn accepted(mut response: ApiResponse) -> Result<ApiResponse> {
    let status = response.status;
    if status.is_success() {
        return Ok(response);
    }
    if response.is_near() || is_of(&response.headers, PROBLEM) {
        return Err(ClientError::Problem(problem(status, &beginning(&mut response).await)));
    }
    Err(match status {
        status if status.is_redirection() => {
            let place = response.headers.get(header::LOCATION).map(|place| String::from_utf8_lossy(place.as_bytes()));
            let place = clean::line(place.as_deref().unwrap_or("another address"), 200);
            response.unreachable(format!(
                "it leads on to {place} instead of answering, which is never followed; if that is the server, name it"
            ))
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => response
            .unreachable(format!("what stands before the server answered {status}; is `callreel serve` running behind it?")),
        // The HTTP of our server itself, which says no more.
        StatusCode::BAD_REQUEST
        | StatusCode::REQUEST_TIMEOUT
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::URI_TOO_LONG
        | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            if !response.headers.contains_key(header::CONTENT_TYPE) =>
        {
            ClientError::Problem(problem(status, b""))
        }
        _ => stranger(&response),
    })
}

/// Gives an answer only if it is of this type; over a line, what is of another one came from somebody else.
pub(super) fn of_type(response: ApiResponse, wanted: &str) -> Result<ApiResponse> {
    if response.is_near() || response.status == StatusCode::NO_CONTENT || is_of(&response.headers, wanted) {
        return Ok(response);
    }
    Err(stranger(&response))
}

fn is_of(headers: &HeaderMap, wanted: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

fn stranger(response: &ApiResponse) -> ClientError {
    let kind = response.headers.get(header::CONTENT_TYPE).map(|kind| String::from_utf8_lossy(kind.as_bytes()));
    let kind = kind.map_or_else(String::new, |kind| format!(" with {}", clean::line(&kind, 60)));
    response
        .unreachable(format!("this is no callreel server: it answered {}{kind}; check address, port and path", response.status))
}

/// As much of a body as a problem may have.
async fn beginning(response: &mut ApiResponse) -> Bytes {
    let mut whole = Vec::new();
    while let Some(Ok(part)) = response.body.next().await {
        whole.extend_from_slice(&part);
        if whole.len() > LONGEST {
            break;
        }
    }
    Bytes::from(whole)
}

fn problem(status: StatusCode, bytes: &[u8]) -> Problem {
    let told = serde_json::from_slice::<Problem>(bytes).unwrap_or_else(|_| Problem {
        kind: "unknown".to_owned(),
        title: status.canonical_reason().unwrap_or("Failed").to_owned(),
        ..Problem::default()
    });
    let mut detail = clean::line(&told.detail, DETAIL);
    if detail.trim().is_empty() {
        detail = format!("the server answered {status} without saying why");
    }
    // What the status line says counts; a body may say anything.
    Problem { kind: clean::line(&told.kind, 60), title: clean::line(&told.title, 200), status: status.as_u16(), detail, ..told }
}
