//! How a request travels: into a router of this process, or over the network.

use std::{
    error::Error,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

use super::{ClientError, Result, ServerAddress, address::Line, answer, pin::Pinned, trouble};
use crate::{domain::clean, wire::Problem};

/// How long a line may take to come about.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

/// How long a server may think before it answers; the long question for news takes half a minute by itself.
const ANSWER: Duration = Duration::from_secs(75);

/// How long a body that has begun may stay silent; streams of events say something every 15 seconds.
const SILENCE: Duration = Duration::from_secs(60);

/// Bytes a second that a body to send may count on, beside [`ANSWER`].
const SLOWEST: u64 = 16 * 1024;

/// An unused line is given up before a server does so, which closes it after a minute.
const POOLED: Duration = Duration::from_secs(45);

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

/// A request whose body is made while it is sent, with its length told before.
pub(super) type StreamedRequest = http::Request<(ApiBody, u64)>;

pub(super) enum Transport {
    InProcess(InProcess),
    Network(Box<Network>),
}

/// A server at the other end of a line.
pub(super) struct Network {
    address: ServerAddress,
    http: reqwest::Client,
    pinned: Option<Arc<Pinned>>,
    /// When somebody was at the keys last; none: of a program without keys.
    attended: std::sync::Mutex<Option<Instant>>,
}

/// Nobody asks for what is asked so long after the last key.
const ATTENDED: Duration = Duration::from_secs(60);

/// Keeps what a program asks by itself from counting as use of its session.
const UNASKED: &str = "callreel-unasked";

/// An answer whose body has not been read.
pub struct ApiResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: ApiBody,
    /// The server that it came from; none: this very process.
    place: Option<String>,
}

impl Transport {
    pub(super) fn network(address: ServerAddress) -> Result<Self> {
        let unreachable = |why: String| ClientError::Unreachable { place: shown(&address), why };
        let failed = |error: &(dyn Error + 'static)| unreachable(clean::line(&error.to_string(), 300));
        let pinned = address.fingerprint().filter(|_| address.is_tls()).map(Pinned::wanting);
        // No proxy of the environment and no redirects: secrets go to the server that was named and nowhere else.
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(POOLED)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        if let Line::Socket(path) = address.line() {
            builder = builder.unix_socket(path.as_path());
        }
        if let Some(pinned) = &pinned {
            builder = builder.tls_backend_preconfigured(pinned.configuration().map_err(|error| failed(&error))?);
        }
        let http = builder.build().map_err(|error| failed(&error))?;
        Ok(Self::Network(Box::new(Network { address, http, pinned, attended: std::sync::Mutex::new(None) })))
    }

    /// Somebody pressed a key.
    pub(super) fn attend(&self) {
        if let Self::Network(network) = self {
            *network.attended.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// What the person should know although everything works.
    pub(super) fn warning(&self) -> Option<String> {
        match self {
            Self::InProcess(_) => None,
            Self::Network(network) => network.pinned.as_ref()?.warning(),
        }
    }

    /// Sends one request. An answer of 400 and above becomes [`ClientError::Problem`].
    pub(super) async fn send(&self, request: ApiRequest) -> Result<ApiResponse> {
        let response = match self {
            Self::InProcess(router) => router.ask(request).await,
            Self::Network(network) => {
                let (parts, body) = request.into_parts();
                let bytes = body.len() as u64;
                network.send(http::Request::from_parts(parts, body.into()), bytes).await?
            }
        };
        answer::accepted(response).await
    }

    /// As [`Self::send`], for what does not fit into memory. In this process it is collected: what is sent there could as well
    /// be read from its files.
    pub(super) async fn send_streamed(&self, request: StreamedRequest) -> Result<ApiResponse> {
        let (parts, (mut body, bytes)) = request.into_parts();
        let response = match self {
            Self::InProcess(router) => {
                let mut whole = Vec::new();
                while let Some(part) = body.next().await {
                    whole.extend_from_slice(&part.map_err(ClientError::Answer)?);
                }
                router.ask(http::Request::from_parts(parts, whole)).await
            }
            Self::Network(network) => {
                let stream = body.map(|part| part.map_err(std::io::Error::other));
                network.send(http::Request::from_parts(parts, reqwest::Body::wrap_stream(stream)), bytes).await?
            }
        };
        answer::accepted(response).await
    }
}

impl InProcess {
    async fn ask(&self, request: ApiRequest) -> ApiResponse {
        let (parts, body) = (self.0)(request).await.into_parts();
        let stream = body.into_data_stream().map(|part| part.map_err(|error| error.to_string())).fuse();
        ApiResponse { status: parts.status, headers: parts.headers, body: Box::pin(stream), place: None }
    }
}

impl Network {
    async fn send(&self, request: http::Request<reqwest::Body>, bytes: u64) -> Result<ApiResponse> {
        let place = shown(&self.address);
        let unreachable = |why: String| ClientError::Unreachable { place: place.clone(), why };
        let (parts, body) = request.into_parts();
        let patience = ANSWER + Duration::from_secs(bytes / SLOWEST);
        let mut call =
            self.http.request(parts.method, format!("{}{}", self.address.base(), parts.uri)).headers(parts.headers).body(body);
        if let Some(token) = self.address.token() {
            call = call.bearer_auth(token);
        }
        let attended = *self.attended.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if attended.is_some_and(|last| last.elapsed() > ATTENDED) {
            call = call.header(UNASKED, "1");
        }
        let answer = match tokio::time::timeout(patience, call.send()).await {
            Err(_) => return Err(unreachable(format!("no answer for {} seconds", patience.as_secs()))),
            Ok(Err(error)) => {
                let mismatch = self.pinned.as_ref().and_then(|pinned| pinned.mismatch(&self.address));
                return Err(unreachable(mismatch.unwrap_or_else(|| trouble::unreachable(&error, &self.address))));
            }
            Ok(Ok(answer)) => answer,
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        let parts = Box::pin(answer.bytes_stream());
        let stream = futures_util::stream::unfold(Some(parts), |parts| async {
            let mut parts = parts?;
            match tokio::time::timeout(SILENCE, parts.next()).await {
                Err(_) => Some((Err(format!("silent for {} seconds", SILENCE.as_secs())), None)),
                Ok(None) => None,
                Ok(Some(Err(error))) => Some((Err(trouble::broken(&error)), None)),
                Ok(Some(Ok(part))) => Some((Ok(part), Some(parts))),
            }
        });
        Ok(ApiResponse { status, headers, body: Box::pin(stream), place: Some(place) })
    }
}

impl ApiResponse {
    /// An answer of this very process.
    #[cfg(test)]
    pub(super) fn near(body: ApiBody) -> Self {
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body, place: None }
    }

    /// It came from this very process: nothing in between can have changed it.
    pub(super) const fn is_near(&self) -> bool {
        self.place.is_none()
    }

    /// That what answered is not the server, or that its answer broke off; of an answer of this very process, that it failed.
    pub fn unreachable(&self, why: String) -> ClientError {
        match &self.place {
            Some(place) => ClientError::Unreachable { place: place.clone(), why },
            None => ClientError::Problem(Problem { kind: "storage".to_owned(), status: 500, detail: why, ..Problem::default() }),
        }
    }

    pub(super) async fn collect(mut self) -> Result<(StatusCode, Bytes)> {
        let mut whole = Vec::new();
        while let Some(part) = self.body.next().await {
            match part {
                Ok(part) => whole.extend_from_slice(&part),
                Err(why) => return Err(self.unreachable(why)),
            }
        }
        Ok((self.status, Bytes::from(whole)))
    }
}

/// An address as it may be shown.
pub(super) fn shown(address: &ServerAddress) -> String {
    clean::line(address.url(), 200)
}
