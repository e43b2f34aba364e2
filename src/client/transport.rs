//! How a request travels: into a router of this process, or over the network.

use std::{error::Error, future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

use super::{ClientError, Result};
use crate::wire::Problem;

/// A request with its whole body.
pub type ApiRequest = http::Request<Vec<u8>>;

/// A streamed body of either transport.
pub type ApiBody = Pin<Box<dyn Stream<Item = std::result::Result<Bytes, String>> + Send>>;

/// The boxed body of an in-process answer.
type RouterBody = http_body_util::combinators::UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;
type RouterAnswer = Pin<Box<dyn Future<Output = http::Response<RouterBody>> + Send>>;

/// A router as a function: what `main` hands to [`super::Client::in_process`], with the acting person already set.
#[derive(Clone)]
pub struct InProcess(Arc<dyn Fn(ApiRequest) -> RouterAnswer + Send + Sync>);

impl InProcess {
    pub fn new(call: impl Fn(ApiRequest) -> RouterAnswer + Send + Sync + 'static) -> Self {
        Self(Arc::new(call))
    }
}

pub(super) enum Transport {
    InProcess(InProcess),
    Network { base: String, token: Option<String>, http: reqwest::Client },
}

/// An answer whose body has not been read.
pub struct ApiResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: ApiBody,
}

impl Transport {
    pub(super) fn network(base: &str, token: Option<String>) -> Result<Self> {
        let unreachable = |why: String| ClientError::Unreachable { place: base.to_owned(), why };
        if !base.starts_with("http://") && !base.starts_with("https://") {
            return Err(unreachable("an address begins with http:// or https://".to_owned()));
        }
        let http = reqwest::Client::builder()
            .connect_timeout(std::time::Duration::from_secs(10))
            .build()
            .map_err(|error| unreachable(chain(&error)))?;
        Ok(Self::Network { base: base.trim_end_matches('/').to_owned(), token, http })
    }

    /// Sends one request. An answer of 400 and above becomes [`ClientError::Problem`].
    pub(super) async fn send(&self, request: ApiRequest) -> Result<ApiResponse> {
        let response = match self {
            Self::InProcess(router) => {
                let (parts, body) = (router.0)(request).await.into_parts();
                let stream = body.into_data_stream().map(|part| part.map_err(|error| error.to_string())).fuse();
                ApiResponse { status: parts.status, headers: parts.headers, body: Box::pin(stream) }
            }
            Self::Network { base, token, http } => {
                let (parts, body) = request.into_parts();
                let mut call = http.request(parts.method, format!("{base}{}", parts.uri)).headers(parts.headers).body(body);
                if let Some(token) = token {
                    call = call.bearer_auth(token);
                }
                let answer =
                    call.send().await.map_err(|error| ClientError::Unreachable { place: base.clone(), why: chain(&error) })?;
                let (status, headers) = (answer.status(), answer.headers().clone());
                let stream = answer.bytes_stream().map(|part| part.map_err(|error| chain(&error))).fuse();
                ApiResponse { status, headers, body: Box::pin(stream) }
            }
        };
        if response.status.is_client_error() || response.status.is_server_error() {
            let (status, bytes) = response.collect().await?;
            return Err(problem(status, &bytes));
        }
        Ok(response)
    }
}

impl ApiResponse {
    pub(super) async fn collect(mut self) -> Result<(StatusCode, Bytes)> {
        let mut whole = Vec::new();
        while let Some(part) = self.body.next().await {
            let part = part.map_err(|why| ClientError::Unreachable { place: "the server".to_owned(), why })?;
            whole.extend_from_slice(&part);
        }
        Ok((self.status, Bytes::from(whole)))
    }
}

fn problem(status: StatusCode, bytes: &[u8]) -> ClientError {
    ClientError::Problem(serde_json::from_slice(bytes).unwrap_or_else(|_| Problem {
        kind: "unknown".to_owned(),
        title: status.canonical_reason().unwrap_or("Failed").to_owned(),
        status: status.as_u16(),
        detail: format!("the server answered {status} without saying why"),
        ..Problem::default()
    }))
}

/// The whole chain of causes: the outermost sentence alone hides why.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
