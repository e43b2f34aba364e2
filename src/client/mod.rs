//! The API's client: one method an operation, two transports, errors translated once.
//!
//! [`Client::in_process`] takes the very router that a server would listen with (handed in by `main`);
//! [`Client::network`] speaks HTTP. Everything above behaves the same over both.

mod address;
mod answer;
mod audit;
mod backup;
mod calls;
mod certificate;
mod clips;
mod directory;
mod error;
mod events;
mod imports;
mod jobs;
mod people;
mod pin;
mod recordings;
mod shares;
mod transport;
mod trouble;

pub use address::ServerAddress;
pub use audit::AuditQuery;
pub use backup::BackupQuery;
pub use calls::{CallsQuery, Exported, Ids};
pub use error::ClientError;
pub use events::Events;
pub use imports::{ImportFile, ImportForm};
pub use pin::key_of;
pub use recordings::{AudioQuery, AudioUse};
pub use transport::{ApiBody, ApiRequest, ApiResponse, InProcess};
pub use trouble::UNTRUSTED;

use std::sync::Arc;

use http::{Method, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::wire;
use transport::Transport;

/// Speaks the API. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
}

/// Result of every operation.
pub type Result<T> = std::result::Result<T, ClientError>;

impl Client {
    /// Calls the router without a socket.
    pub fn in_process(router: InProcess) -> Self {
        Self { transport: Arc::new(Transport::InProcess(router)) }
    }

    /// Speaks HTTP to `base` (such as `http://127.0.0.1:8400` or `unix:/run/x.sock`), with an optional bearer token.
    ///
    /// # Errors
    /// When the address is none, or the token could be read on the way.
    pub fn network(base: &str, token: Option<String>) -> Result<Self> {
        let address = ServerAddress::parse(base).and_then(|address| match token {
            None => Ok(address),
            Some(token) => address.with_token(token),
        });
        Self::connect(address.map_err(|why| ClientError::Unreachable { place: base.to_owned(), why })?)
    }

    /// Somebody is at the keys of this program now. What it asks more than a minute later it asks by itself: that keeps no
    /// session from going idle. Programs that never say so are taken at every request as asked.
    pub fn attend(&self) {
        self.transport.attend();
    }

    /// Speaks HTTP to a server. Nothing travels yet.
    ///
    /// # Errors
    /// When this machine cannot speak to anybody.
    pub fn connect(address: ServerAddress) -> Result<Self> {
        Ok(Self { transport: Arc::new(Transport::network(address)?) })
    }

    /// What the person should know although everything works: the pinned certificate has expired.
    pub fn warning(&self) -> Option<String> {
        self.transport.warning()
    }

    /// The database is opened by this very program; nothing travels.
    pub fn is_in_process(&self) -> bool {
        matches!(*self.transport, Transport::InProcess(_))
    }

    pub async fn who_am_i(&self) -> Result<wire::WhoAmI> {
        self.get("/whoami", &()).await
    }

    /// Tells whether anything changed since the last call.
    pub async fn revision(&self) -> Result<wire::Revision> {
        self.get("/revision", &()).await
    }

    /// Waits until the revision is another than `known`, for half a minute at most; then tells it.
    pub async fn revision_after(&self, known: &str) -> Result<wire::Revision> {
        self.get("/revision", &[("after", known)]).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &(impl Serialize + Sync)) -> Result<T> {
        self.json(self.request(Method::GET, path, query)?, None).await
    }

    async fn send<T: DeserializeOwned>(&self, method: Method, path: &str, body: &(impl Serialize + Sync)) -> Result<T> {
        self.json(self.request(method, path, &())?, Some(body_of(body)?)).await
    }

    /// As [`Self::send`] by POST; what is sent again with the same key is done once.
    async fn send_once<T: DeserializeOwned>(&self, path: &str, body: &(impl Serialize + Sync), key: &str) -> Result<T> {
        let mut request = self.request(Method::POST, path, &())?;
        request.headers_mut().insert("idempotency-key", header_value(key)?);
        self.json(request, Some(body_of(body)?)).await
    }

    async fn send_if_match<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync),
        version: i64,
    ) -> Result<T> {
        let mut request = self.request(method, path, &())?;
        request.headers_mut().insert(header::IF_MATCH, header_value(&format!("\"{version}\""))?);
        self.json(request, Some(body_of(body)?)).await
    }

    async fn json<T: DeserializeOwned>(&self, mut request: ApiRequest, body: Option<Vec<u8>>) -> Result<T> {
        if let Some(body) = body {
            request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            *request.body_mut() = body;
        }
        let response = answer::of_type(self.transport.send(request).await?, "application/json")?;
        let (status, bytes) = response.collect().await?;
        let bytes = if status == StatusCode::NO_CONTENT { bytes::Bytes::from_static(b"null") } else { bytes };
        serde_json::from_slice(&bytes).map_err(|error| ClientError::Answer(error.to_string()))
    }

    fn request(&self, method: Method, path: &str, query: &impl Serialize) -> Result<ApiRequest> {
        let query = serde_urlencoded::to_string(query).map_err(|error| ClientError::Answer(error.to_string()))?;
        if path.ends_with('/') || path.contains("//") {
            return Err(refused("an id or a name is empty; name what is meant"));
        }
        if query.len() > LONGEST_QUERY {
            return Err(refused("the query is too long; save parts of it as views and write view:NAME"));
        }
        let question_mark = if query.is_empty() { "" } else { "?" };
        http::Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}{question_mark}{query}"))
            .body(Vec::new())
            .map_err(|error| ClientError::Answer(error.to_string()))
    }
}

fn body_of(body: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(body).map_err(|error| ClientError::Answer(error.to_string()))
}

fn header_value(text: &str) -> Result<header::HeaderValue> {
    text.parse().map_err(|_| ClientError::Answer("a header cannot say this".to_owned()))
}

/// Bytes of a query string, encoded; an address holds hardly more (`http::Uri`: 65,534).
const LONGEST_QUERY: usize = 60_000;

/// What the API need not be asked about, in its words.
fn refused(detail: &str) -> ClientError {
    let (kind, title) = ("invalid".to_owned(), "Not valid".to_owned());
    ClientError::Problem(wire::Problem { kind, title, status: 400, detail: detail.to_owned(), ..wire::Problem::default() })
}

/// One piece of a path, percent-encoded.
fn piece(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => encoded.push(char::from(byte)),
            b'.' if text != "." && text != ".." => encoded.push('.'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
