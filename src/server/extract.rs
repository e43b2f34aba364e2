//! What handlers take from a request, with our own errors.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;

use super::error::{Answer, Refused};
use crate::domain::actor::Actor;

/// Who acts.
pub(super) struct Acting(pub(super) Actor);

impl<S: Sync> FromRequestParts<S> for Acting {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        let actor = parts.extensions.get::<Actor>().cloned();
        actor.map(Self).ok_or_else(|| Refused::new(StatusCode::UNAUTHORIZED, "not-signed-in", "sign in first"))
    }
}

/// Pieces of the path.
pub(super) struct Pieces<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Pieces<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let Path(pieces) = Path::<T>::from_request_parts(parts, state)
            .await
            .map_err(|error| Refused::bad(format!("the address cannot be read: {error}")))?;
        Ok(Self(pieces))
    }
}

/// Parameters after the question mark; unknown ones are left alone.
pub(super) struct Params<T>(pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default())
            .map(Self)
            .map_err(|error| Refused::bad(format!("the parameters cannot be read: {error}")))
    }
}

/// A JSON body.
pub(super) struct Json<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(failed) if failed.status() == StatusCode::PAYLOAD_TOO_LARGE => Refused::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                format!("a body has at most {} bytes", super::BODY_LIMIT),
            ),
            other => Refused::bad(format!("the body cannot be read: {other}")),
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Refused::bad(format!("the body cannot be read: {error}")))
    }
}

/// The version that `If-Match: "7"` names.
pub(super) fn version(headers: &HeaderMap) -> Answer<i64> {
    let missing = || {
        Refused::new(
            StatusCode::PRECONDITION_REQUIRED,
            "version-missing",
            "say which version you saw: If-Match: \"VERSION\", so that nobody's change is overwritten",
        )
    };
    let value = headers.get(header::IF_MATCH).ok_or_else(missing)?;
    let text = value.to_str().unwrap_or_default().trim();
    let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    number.parse().map_err(|_| Refused::bad("If-Match is not a version"))
}
