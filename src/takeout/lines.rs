//! Where the lines of a list come from: a stream of everything, or pages where a limit or a cursor is given.

use std::collections::VecDeque;

use super::TakeError;
use crate::client::{CallsQuery, Client, Exported};

/// The API gives no longer pages.
const PAGE: usize = 500;

/// Calls as JSON, one at a time, in flat memory.
pub enum Lines<'a> {
    All {
        export: Exported,
        rest: Vec<u8>,
    },
    Pages {
        client: &'a Client,
        query: CallsQuery,
        left: Option<usize>,
        page: VecDeque<String>,
        next: Option<String>,
        begun: bool,
    },
}

impl<'a> Lines<'a> {
    /// # Errors
    /// For a wrong query, and when the place is out of reach.
    pub async fn open(client: &'a Client, query: CallsQuery, limit: Option<usize>) -> Result<Self, TakeError> {
        if limit.is_none() && query.after.is_none() {
            let export = client.export(&query).await.map_err(|error| TakeError::of_query(&query.q, error))?;
            return Ok(Self::All { export, rest: Vec::new() });
        }
        let mut source = Self::Pages { client, query, left: limit, page: VecDeque::new(), next: None, begun: false };
        // A wrong query must be told before anything is written.
        source.turn().await?;
        Ok(source)
    }

    /// The next call; none at the end.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn next(&mut self) -> Result<Option<String>, TakeError> {
        match self {
            Self::All { export, rest } => match export.next_line(rest).await? {
                Some(line) => String::from_utf8(line)
                    .map(Some)
                    .map_err(|_| TakeError::Failed("the server's answer is not UTF-8 text".to_owned())),
                None => Ok(None),
            },
            Self::Pages { .. } => {
                self.turn().await?;
                let Self::Pages { page, left, .. } = self else { return Ok(None) };
                let line = page.pop_front();
                if let (Some(left), true) = (left, line.is_some()) {
                    *left -= 1;
                }
                Ok(line)
            }
        }
    }

    /// Where the list goes on behind the limit.
    pub fn cursor(&self) -> Option<&str> {
        match self {
            Self::All { .. } => None,
            Self::Pages { next, .. } => next.as_deref(),
        }
    }

    /// Reads the next page if this one is used up.
    async fn turn(&mut self) -> Result<(), TakeError> {
        let Self::Pages { client, query, left, page, next, begun } = self else { return Ok(()) };
        if !page.is_empty() || *left == Some(0) || (*begun && next.is_none()) {
            return Ok(());
        }
        if *begun {
            query.after.clone_from(next);
        }
        query.limit = Some(left.unwrap_or(PAGE).min(PAGE));
        let answer = client.calls(query).await.map_err(|error| TakeError::of_query(&query.q, error))?;
        *begun = true;
        *next = answer.next;
        for call in &answer.items {
            let line =
                serde_json::to_string(call).map_err(|why| TakeError::Failed(format!("a call cannot be written: {why}")))?;
            page.push_back(line);
        }
        Ok(())
    }
}
