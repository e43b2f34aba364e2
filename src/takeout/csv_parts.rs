//! A list as the bytes of a CSV file, as the API gives them: rows that nobody here has to take apart.

use super::TakeError;
use crate::client::{CallsQuery, Client, Exported};

/// Parts of a CSV file with plain line breaks, in flat memory.
pub struct CsvParts {
    export: Exported,
    lines: u64,
}

impl CsvParts {
    /// `columns` are JSON names, empty for all.
    ///
    /// # Errors
    /// For a wrong query, and when the place is out of reach.
    pub async fn open(client: &Client, query: CallsQuery, columns: &[&'static str]) -> Result<Self, TakeError> {
        let query = CallsQuery { columns: columns.join(","), ..query };
        let export = client.export_csv(&query).await.map_err(|error| TakeError::of_query(&query.q, error))?;
        Ok(Self { export, lines: 0 })
    }

    /// The next bytes; none at the end. Only line breaks are told apart: cells have none.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, TakeError> {
        let Some(part) = self.export.next_part().await? else { return Ok(None) };
        let mut plain = Vec::with_capacity(part.len());
        let mut rest: &[u8] = &part;
        while let Some(end) = memchr::memchr2(b'\r', b'\n', rest) {
            plain.extend_from_slice(&rest[..end]);
            if rest[end] == b'\n' {
                plain.push(b'\n');
                self.lines += 1;
            }
            rest = &rest[end + 1..];
        }
        plain.extend_from_slice(rest);
        Ok(Some(plain))
    }

    /// Rows so far, without the header.
    pub const fn rows(&self) -> u64 {
        self.lines.saturating_sub(1)
    }
}
