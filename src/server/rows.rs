//! A stream of calls as NDJSON or CSV.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::error::{Answer, Refused};
use crate::{
    domain::{audit::AuditEntry, call::Call, column::column_among, id::CallId},
    service::Batches,
    wire::{CallBody, csv_line},
};

/// Bytes after which a chunk leaves.
const CHUNK: usize = 64 * 1024;

/// How rows are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// With these columns; without any the whole calls.
    Ndjson(Vec<&'static str>),
    /// With these columns.
    Csv(Vec<&'static str>),
}

impl Form {
    /// What `Accept` asks for, if it asks for a stream. `columns` are JSON names parted by commas, of those that there are.
    pub(super) fn asked(accept: Option<&str>, columns: &str, there: &'static [&'static str]) -> Answer<Option<Self>> {
        let accepts = |kind: &str| {
            accept.is_some_and(|accept| accept.split(',').any(|part| part.split(';').next().unwrap_or_default().trim() == kind))
        };
        let ndjson = accepts("application/x-ndjson");
        let mut chosen = Vec::new();
        for name in columns.split(',').filter(|name| !name.trim().is_empty()) {
            chosen.push(column_among(name, there, "column").map_err(Refused::bad)?);
        }
        if !ndjson && !accepts("text/csv") {
            return Ok(None);
        }
        Ok(Some(match (ndjson, chosen.is_empty()) {
            (true, _) => Self::Ndjson(chosen),
            (false, true) => Self::Csv(there.to_vec()),
            (false, false) => Self::Csv(chosen),
        }))
    }

    /// Whether ids are all that is wanted.
    pub(super) fn is_ids(&self) -> bool {
        matches!(self, Self::Ndjson(columns) if columns == &["id"])
    }

    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Ndjson(_) => "ndjson",
            Self::Csv(_) => "csv",
        }
    }

    const fn content_type(&self) -> &'static str {
        match self {
            Self::Ndjson(_) => "application/x-ndjson",
            Self::Csv(_) => "text/csv; charset=utf-8; header=present",
        }
    }

    fn header(&self) -> Vec<u8> {
        match self {
            Self::Ndjson(_) => Vec::new(),
            Self::Csv(columns) => format!("{}\r\n", columns.join(",")).into_bytes(),
        }
    }
}

/// What becomes a line of a stream.
pub(super) trait Line: Send + 'static {
    /// Writes it with its line break.
    fn write(self, form: &Form, into: &mut Vec<u8>);
}

impl Line for Call {
    fn write(self, form: &Form, into: &mut Vec<u8>) {
        let call = CallBody::from(self);
        match form {
            Form::Ndjson(columns) => {
                let line = if columns.is_empty() { serde_json::to_vec(&call) } else { call.json(columns) };
                into.extend(line.unwrap_or_default());
                into.push(b'\n');
            }
            Form::Csv(columns) => {
                call.csv(columns, into);
                into.extend_from_slice(b"\r\n");
            }
        }
    }
}

impl Line for AuditEntry {
    fn write(self, form: &Form, into: &mut Vec<u8>) {
        match form {
            Form::Ndjson(columns) if columns.is_empty() => {
                into.extend(serde_json::to_vec(&self).unwrap_or_default());
                into.push(b'\n');
            }
            Form::Ndjson(columns) => {
                let whole = serde_json::to_value(&self).unwrap_or_default();
                let part: serde_json::Map<_, _> =
                    columns.iter().map(|column| ((*column).to_owned(), whole[*column].clone())).collect();
                into.extend(serde_json::to_vec(&part).unwrap_or_default());
                into.push(b'\n');
            }
            Form::Csv(columns) => {
                csv_line(columns.iter().map(|column| self.cell(column).unwrap_or_default()), into);
                into.extend_from_slice(b"\r\n");
            }
        }
    }
}

impl Line for CallId {
    /// `{"id":"…"}`; an id needs no escapes.
    fn write(self, _form: &Form, into: &mut Vec<u8>) {
        into.extend_from_slice(b"{\"id\":\"");
        into.extend_from_slice(self.0.as_bytes());
        into.extend_from_slice(b"\"}\n");
    }
}

/// Where the stream stands: rows of a batch not written yet, bytes not sent yet.
struct Rows<T> {
    source: Batches<T>,
    form: Form,
    batch: std::vec::IntoIter<T>,
    bytes: Vec<u8>,
    ended: bool,
}

impl<T: Line> Rows<T> {
    async fn chunk(mut self) -> Option<(Result<Bytes, crate::service::ServiceError>, Self)> {
        while !self.ended {
            for row in self.batch.by_ref() {
                row.write(&self.form, &mut self.bytes);
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
            match self.source.next().await {
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
pub(super) fn answer<T: Line>(source: Batches<T>, form: Form) -> Response {
    let content_type = HeaderValue::from_static(form.content_type());
    let rows = Rows { source, bytes: form.header(), form, batch: Vec::new().into_iter(), ended: false };
    let mut response = Body::from_stream(stream::unfold(rows, Rows::chunk)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
