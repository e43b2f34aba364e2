//! Errors as `application/problem+json` (RFC 9457).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{domain::clean, service::ServiceError, wire::Problem};

/// Characters of a detail; it may quote foreign text.
const DETAIL: usize = 1_000;

/// An answer that says what failed.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Problem);

/// Result of every handler.
pub(super) type Answer<T> = Result<T, Refused>;

impl Refused {
    pub(super) fn new(status: StatusCode, kind: &str, detail: impl Into<String>) -> Self {
        Self(Problem {
            kind: kind.to_owned(),
            title: status.canonical_reason().unwrap_or("Failed").to_owned(),
            status: status.as_u16(),
            detail: clean::line(&detail.into(), DETAIL),
            ..Problem::default()
        })
    }

    /// A parameter or body that makes no sense.
    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", detail)
    }

    /// A body that names another thing than the address (RFC 9110, 9.3.4).
    pub(super) fn other_name(detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }
}

impl From<ServiceError> for Refused {
    fn from(error: ServiceError) -> Self {
        use ServiceError as E;
        let (status, kind) = match &error {
            E::Query(_) => (StatusCode::BAD_REQUEST, "query"),
            E::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid"),
            E::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            E::NotFound(_) => (StatusCode::NOT_FOUND, "not-found"),
            E::NotAllowed { .. } | E::Forbidden(_) => (StatusCode::FORBIDDEN, "not-allowed"),
            E::NotSignedIn(_) => (StatusCode::UNAUTHORIZED, "not-signed-in"),
            E::SignInAgain(_) => (StatusCode::FORBIDDEN, "sign-in-again"),
            E::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
            E::ReadOnly(_) => (StatusCode::FORBIDDEN, "read-only"),
            E::NotAudited(_) => (StatusCode::SERVICE_UNAVAILABLE, "not-audited"),
            E::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            E::Changed(_) => (StatusCode::PRECONDITION_FAILED, "changed"),
            E::Gone(_) => (StatusCode::CONFLICT, "no-sound"),
            E::Damaged(_) => (StatusCode::CONFLICT, "damaged"),
            E::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            E::Storage(_) => (StatusCode::INTERNAL_SERVER_ERROR, "storage"),
            E::Interrupted => (StatusCode::SERVICE_UNAVAILABLE, "interrupted"),
        };
        let mut refused = Self::new(status, kind, error.to_string());
        match error {
            E::Query(query) => {
                refused.0.position = Some(query.position);
                refused.0.length = Some(query.length);
            }
            E::Busy(_) => refused.0.retry_after = Some(1),
            E::TooMany { retry_after_s, .. } => refused.0.retry_after = Some(retry_after_s),
            E::NotAudited(why) => tracing::error!(%why, "audit"),
            E::Storage(why) => tracing::error!(%why, "storage"),
            _ => {}
        }
        refused
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.0.retry_after;
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

pub(super) async fn no_such_path() -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "no-such-path", "there is nothing at this address")
}

pub(super) async fn no_such_method() -> Refused {
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", "this address does not take this method")
}
