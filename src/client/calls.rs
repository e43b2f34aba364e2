//! Calls: lists, counts, totals, facets, one call, and what people add to calls.

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use http::{Method, header};
use serde::{Deserialize, Serialize};

use super::{ApiResponse, Client, ClientError, Result, answer::of_type, piece};
use crate::wire;

/// What a list of calls asks for. Empty fields are left out of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallsQuery {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub q: String,
    /// `talk_s`, `-talk_s`; empty: the query's own `sort:` or newest first.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sort: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// A cursor, or `end` for the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Of a count: stop at so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
    /// Of a first page: false leaves its total out, and so does not wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<bool>,
    /// Of facets: JSON names parted by commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Of a stream: JSON names parted by commas; empty: everything. `id` alone is quick.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub columns: String,
}

/// A streamed export: CSV or NDJSON bytes as they come.
pub struct Exported {
    answer: ApiResponse,
    /// Came, and not given out as lines yet.
    part: Bytes,
}

/// Public ids of calls as they come.
pub struct Ids {
    lines: Exported,
    rest: Vec<u8>,
}

#[derive(Deserialize)]
struct OnlyId {
    id: String,
}

impl Ids {
    /// The next id; none at the end.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let Some(line) = self.lines.next_line(&mut self.rest).await? else { return Ok(None) };
        let OnlyId { id } =
            serde_json::from_slice(&line).map_err(|why| ClientError::Answer(format!("a line of the list is no id: {why}")))?;
        Ok(Some(id))
    }

    /// The next ids, at most so many; fewer only at the end.
    pub async fn some(&mut self, most: usize) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        while ids.len() < most
            && let Some(id) = self.next().await?
        {
            ids.push(id);
        }
        Ok(ids)
    }
}

impl CallsQuery {
    pub fn new(q: impl Into<String>) -> Self {
        Self { q: q.into(), ..Self::default() }
    }
}

impl Client {
    pub async fn calls(&self, query: &CallsQuery) -> Result<wire::Page<wire::CallBody>> {
        self.get("/calls", query).await
    }

    /// Exact, unless `at_most` stops it.
    pub async fn count(&self, query: &CallsQuery) -> Result<wire::Count> {
        self.get("/calls/count", query).await
    }

    pub async fn totals(&self, query: &CallsQuery) -> Result<wire::Totals> {
        self.get("/calls/totals", query).await
    }

    pub async fn facets(&self, query: &CallsQuery) -> Result<wire::Facets> {
        self.get("/calls/facets", query).await
    }

    /// Count, sums, facets (`by` empty: those that lists show) and hours of the week in one.
    pub async fn summary(&self, query: &CallsQuery) -> Result<wire::SummaryBody> {
        self.get("/calls/summary", query).await
    }

    /// The sums of what matches for each value of one field (`query.by`), most calls first; days, hours and weekdays in
    /// their order.
    pub async fn breakdown(&self, query: &CallsQuery) -> Result<Vec<wire::Share>> {
        self.get("/calls/breakdown", query).await
    }

    /// Does the same to many calls at once, in one transaction. Gives what was there before.
    pub async fn change(&self, changes: &wire::Changes) -> Result<wire::Changed> {
        self.send(Method::POST, "/calls/changes", changes).await
    }

    /// Everything of an outside number, or of the customer behind it.
    pub async fn number(&self, number: &str) -> Result<wire::NumberBody> {
        self.get(&format!("/numbers/{}", piece(number)), &()).await
    }

    /// Everything that matches, as NDJSON (one [`wire::CallBody`] a line), up to a bound fixed at the start.
    pub async fn export(&self, query: &CallsQuery) -> Result<Exported> {
        self.exported(query, "application/x-ndjson").await
    }

    /// As [`Self::export`], as CSV with a header line.
    pub async fn export_csv(&self, query: &CallsQuery) -> Result<Exported> {
        self.exported(query, "text/csv").await
    }

    async fn exported(&self, query: &CallsQuery, form: &'static str) -> Result<Exported> {
        self.exported_from("/calls", query, form).await
    }

    pub(super) async fn exported_from(
        &self,
        path: &str,
        query: &(impl Serialize + Sync),
        form: &'static str,
    ) -> Result<Exported> {
        let mut request = self.request(Method::GET, path, query)?;
        request.headers_mut().insert(header::ACCEPT, header::HeaderValue::from_static(form));
        let answer = of_type(self.transport.send(request).await?, form)?;
        Ok(Exported { answer, part: Bytes::new() })
    }

    /// The public ids of everything that matches, in list order, in flat memory: quick, as nothing else is read.
    pub async fn ids(&self, query: &CallsQuery) -> Result<Ids> {
        let query = CallsQuery { columns: "id".to_owned(), ..query.clone() };
        Ok(Ids { lines: self.export(&query).await?, rest: Vec::new() })
    }

    /// One call by public id or source id.
    pub async fn call(&self, id: &str) -> Result<wire::CallDetailBody> {
        self.get(&format!("/calls/{}", piece(id)), &()).await
    }

    pub async fn add_note(&self, call: &str, draft: &wire::NoteDraft) -> Result<wire::Note> {
        self.send(Method::POST, &format!("/calls/{}/notes", piece(call)), draft).await
    }

    /// As [`Self::add_note`]; however often it is sent with the same key, there is one note.
    pub async fn add_note_once(&self, call: &str, draft: &wire::NoteDraft, key: &str) -> Result<wire::Note> {
        self.send_once(&format!("/calls/{}/notes", piece(call)), draft, key).await
    }

    /// Fails with status 412 if somebody else changed it since `version`.
    pub async fn edit_note(&self, note: &str, version: i64, draft: &wire::NoteDraft) -> Result<wire::Note> {
        self.send_if_match(Method::PUT, &format!("/notes/{}", piece(note)), draft, version).await
    }

    pub async fn remove_note(&self, note: &str, version: i64) -> Result<()> {
        self.send_if_match(Method::DELETE, &format!("/notes/{}", piece(note)), &(), version).await
    }

    pub async fn add_tag(&self, call: &str, tag: &str) -> Result<()> {
        self.send(Method::PUT, &format!("/calls/{}/tags/{}", piece(call), piece(tag)), &()).await
    }

    pub async fn remove_tag(&self, call: &str, tag: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/calls/{}/tags/{}", piece(call), piece(tag)), &()).await
    }

    /// Ties the call to a case, or unties it.
    pub async fn set_case(&self, call: &str, case: Option<&str>) -> Result<()> {
        let body = wire::CaseDraft { case: case.map(ToOwned::to_owned) };
        self.send(Method::PUT, &format!("/calls/{}/case", piece(call)), &body).await
    }

    pub async fn set_flag(&self, call: &str, flagged: bool) -> Result<()> {
        let method = if flagged { Method::PUT } else { Method::DELETE };
        self.send(method, &format!("/calls/{}/flag", piece(call)), &()).await
    }

    pub async fn tags(&self) -> Result<Vec<wire::Used>> {
        self.get("/tags", &()).await
    }

    pub async fn cases(&self) -> Result<Vec<wire::Used>> {
        self.get("/cases", &()).await
    }
}

impl Exported {
    /// The next bytes as they come, or none at the end.
    pub async fn next_part(&mut self) -> Result<Option<Bytes>> {
        let part = self.answer.body.next().await.transpose();
        part.map_err(|why| self.answer.unreachable(format!("the list broke off: {why}")))
    }

    /// The next line without its line break, or none at the end. `rest` keeps the beginning of a line whose end has not come.
    pub async fn next_line(&mut self, rest: &mut Vec<u8>) -> Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.part) {
                let mut line = std::mem::take(rest);
                line.extend_from_slice(&self.part.split_to(end));
                self.part.advance(1);
                return Ok(Some(line));
            }
            rest.extend_from_slice(&self.part);
            self.part.clear();
            match self.answer.body.next().await {
                Some(Ok(part)) => self.part = part,
                Some(Err(why)) => return Err(self.answer.unreachable(format!("the list broke off: {why}"))),
                None if rest.is_empty() => return Ok(None),
                None => return Ok(Some(std::mem::take(rest))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_whole_however_the_bytes_come() {
        let text = b"first\n\nthird line\nlast";
        for size in 1..=text.len() {
            let parts: Vec<_> = text.chunks(size).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
            let mut exported =
                Exported { answer: ApiResponse::near(Box::pin(futures_util::stream::iter(parts))), part: Bytes::new() };
            let (mut rest, mut lines) = (Vec::new(), Vec::new());
            while let Some(line) = exported.next_line(&mut rest).await.expect("line") {
                lines.push(String::from_utf8(line).expect("text"));
            }
            assert_eq!(lines, ["first", "", "third line", "last"], "in parts of {size}");
        }
    }
}
