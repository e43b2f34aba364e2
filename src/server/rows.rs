//! A stream of calls as NDJSON or CSV.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::error::{Answer, Refused};
use crate::{
    domain::{call::Call, column},
    service::CallStream,
    wire::CallBody,
};

/// Bytes after which a chunk leaves.
const CHUNK: usize = 64 * 1024;

/// How rows are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Ndjson,
    /// With these columns.
    Csv(Vec<&'static str>),
}

impl Form {
    /// What `Accept` asks for, if it asks for a stream. `columns` are JSON names parted by commas.
    pub(super) fn asked(accept: Option<&str>, columns: &str) -> Answer<Option<Self>> {
        let accepts = |kind: &str| {
            accept.is_some_and(|accept| accept.split(',').any(|part| part.split(';').next().unwrap_or_default().trim() == kind))
        };
        if accepts("application/x-ndjson") {
            return Ok(Some(Self::Ndjson));
        }
        if !accepts("text/csv") {
            return Ok(None);
        }
        let mut chosen = Vec::new();
        for name in columns.split(',').filter(|name| !name.trim().is_empty()) {
            chosen.push(column::column_among(name, column::COLUMNS, "column").map_err(Refused::bad)?);
        }
        Ok(Some(Self::Csv(if chosen.is_empty() { column::COLUMNS.to_vec() } else { chosen })))
    }

    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv(_) => "csv",
        }
    }

    const fn content_type(&self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv(_) => "text/csv; charset=utf-8; header=present",
        }
    }

    fn header(&self) -> Vec<u8> {
        match self {
            Self::Ndjson => Vec::new(),
            Self::Csv(columns) => record(columns.iter().map(|column| (*column).to_owned())),
        }
    }

    fn row(&self, call: Call) -> Vec<u8> {
        let call = CallBody::from(call);
        match self {
            Self::Ndjson => {
                let mut line = serde_json::to_vec(&call).unwrap_or_default();
                line.push(b'\n');
                line
            }
            Self::Csv(columns) => record(columns.iter().map(|column| call.csv_cell(column).unwrap_or_default())),
        }
    }
}

fn record(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

/// Where the stream stands: rows of a batch not written yet, bytes not sent yet.
struct Rows {
    calls: CallStream,
    form: Form,
    batch: std::vec::IntoIter<Call>,
    bytes: Vec<u8>,
    ended: bool,
}

impl Rows {
    async fn chunk(mut self) -> Option<(Result<Bytes, crate::service::ServiceError>, Self)> {
        while !self.ended {
            for call in self.batch.by_ref() {
                self.bytes.extend_from_slice(&self.form.row(call));
                if self.bytes.len() >= CHUNK {
                    let chunk = Bytes::from(std::mem::take(&mut self.bytes));
                    return Some((Ok(chunk), self));
                }
            }
            // What is ready leaves before the next page is waited for.
            if !self.bytes.is_empty() {
                let chunk = Bytes::from(std::mem::take(&mut self.bytes));
                return Some((Ok(chunk), self));
            }
            match self.calls.next().await {
                Some(Ok(batch)) => self.batch = batch.into_iter(),
                Some(Err(error)) => {
                    self.ended = true;
                    return Some((Err(error), self));
                }
                None => self.ended = true,
            }
        }
        None
    }
}

/// The streamed answer. It fails in the middle if the database does: a cut answer is never a short list.
pub(super) fn answer(calls: CallStream, form: Form) -> Response {
    let content_type = HeaderValue::from_static(form.content_type());
    let rows = Rows { calls, bytes: form.header(), form, batch: Vec::new().into_iter(), ended: false };
    let mut response = Body::from_stream(stream::unfold(rows, Rows::chunk)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
