//! What handlers take from a request, with our own errors.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;

use super::{
    error::{Answer, Refused},
    needs,
};
use crate::{
    domain::actor::Actor,
    service::{Service, ServiceError},
};

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

fn is_json(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.strip_prefix("application/").is_some_and(|rest| rest.ends_with("+json"))
}

/// A JSON body.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequest<Service> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, service: &Service) -> Answer<Self> {
        let needs = needs::of(&request);
        match Self::read(request).await {
            Ok(body) => Ok(body),
            Err(wrong) => {
                needs::check(service, needs).await?;
                Err(wrong)
            }
        }
    }
}

impl<T: DeserializeOwned> Json<T> {
    async fn read(request: Request) -> Answer<Self> {
        if let Some(kind) = request.headers().get(header::CONTENT_TYPE).filter(|kind| !is_json(kind)) {
            let kind = kind.to_str().unwrap_or("another type");
            return Err(Refused::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                format!("the body is {kind}; send application/json"),
            ));
        }
        let bytes = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(failed) if failed.status() == StatusCode::PAYLOAD_TOO_LARGE => Refused::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                format!("a body has at most {} bytes", super::BODY_LIMIT),
            ),
            other => Refused::bad(format!("the body cannot be read: {other}")),
        })?;
        // A list would be read as the fields in their order.
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            return Err(Refused::bad("the body cannot be read: it is a list, and an object is wanted"));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Refused::bad(format!("the body cannot be read: {error}")))
    }
}

/// The version that was seen.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "told in the document; read by `version`")]
pub(super) struct IfMatch {
    /// The version that was seen, as `"7"`.
    #[param(rename = "If-Match", pattern = "^(\"[1-9][0-9]{0,14}\"|[1-9][0-9]{0,14})$")]
    if_match: String,
}

/// The version that was seen, of what may have to be made.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "told in the document; read by `version`")]
pub(super) struct IfMatchOrNew {
    /// The version that was seen, as `"7"`; 0 where nothing is there yet. Without it a view or collection is only made, and an
    /// account set as it is said, whatever it was.
    #[param(rename = "If-Match", pattern = "^(\"[0-9]{1,15}\"|[0-9]{1,15})$")]
    if_match: Option<String>,
}

/// The key by which a request that is sent again is told from a new one; none where none was given.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Answer<Option<&str>> {
    let key = headers.get("idempotency-key").map(header::HeaderValue::to_str).transpose();
    key.map_err(|_| Refused::bad("Idempotency-Key holds more than plain ASCII"))
}

/// A version that nothing has.
const NEVER: i64 = -1;

/// The version that must be seen; without one, one that nothing has, so that [`Seen::told`] refuses what is there, but whoever
/// may not or names nothing hears of that first.
pub(super) struct Seen {
    pub(super) version: i64,
    refused: Option<Refused>,
}

impl Seen {
    /// Of what must be there.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let nothing = || Refused::bad("If-Match is not a version: they begin at 1");
        match version(headers).and_then(|version| if version > 0 { Ok(version) } else { Err(nothing()) }) {
            Ok(version) => Self { version, refused: None },
            Err(refused) => Self { version: NEVER, refused: Some(refused) },
        }
    }

    /// Of what may have to be made: without `If-Match` it is only made.
    pub(super) fn or_new(headers: &HeaderMap) -> Self {
        match headers.get(header::IF_MATCH).map(|_| version(headers)) {
            None | Some(Ok(0)) => Self { version: 0, refused: None },
            Some(_) => Self::of(headers),
        }
    }

    /// What was done; or what is wrong with `If-Match`, where only that stood in the way.
    pub(super) fn told<T>(self, done: Result<T, ServiceError>) -> Answer<T> {
        match (self.refused, done) {
            (Some(refused), Err(ServiceError::Changed(_))) => Err(refused),
            (_, done) => Ok(done?),
        }
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
    let digits = !number.is_empty() && number.len() <= 15 && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| digits).ok_or_else(|| Refused::bad("If-Match is not a version"))
}
