//! Which recordings are wanted: those of calls that a query finds, or named ones, one after the other.

use std::collections::VecDeque;

use crate::{
    cli::{Failure, calls::Source},
    client::{CallsQuery, Client},
    wire::{CallBody, RecordingBody},
};

/// One thing that was asked for.
pub(super) enum Item {
    Recording(Box<CallBody>, Box<RecordingBody>),
    /// An id that nothing has.
    Missing(String),
}

/// All that was asked for, in flat memory.
pub(super) struct Wanted<'a> {
    client: &'a Client,
    from: From<'a>,
    /// Of the call read last.
    ready: VecDeque<Item>,
}

enum From<'a> {
    Query { q: String, source: Box<Source<'a>> },
    Ids(VecDeque<String>),
}

impl<'a> Wanted<'a> {
    /// # Errors
    /// For a wrong query, and when the place is out of reach.
    pub async fn found(client: &'a Client, q: String) -> Result<Self, Failure> {
        let source = Source::open(client, CallsQuery::new(&q), None).await?;
        Ok(Self { client, from: From::Query { q, source: Box::new(source) }, ready: VecDeque::new() })
    }

    pub fn named(client: &'a Client, ids: Vec<String>) -> Self {
        Self { client, from: From::Ids(ids.into()), ready: VecDeque::new() }
    }

    /// How many there are, where that is worth asking; none: unknown.
    pub async fn total(&self, somebody_looks: bool) -> Option<u64> {
        match &self.from {
            From::Query { q, .. } if somebody_looks => {
                self.client.totals(&CallsQuery::new(q)).await.ok().map(|totals| totals.recordings)
            }
            _ => None,
        }
    }

    /// # Errors
    /// When the place is out of reach.
    pub async fn next(&mut self) -> Result<Option<Item>, Failure> {
        while self.ready.is_empty() {
            match &mut self.from {
                From::Query { source, .. } => {
                    let Some(line) = source.next().await? else { return Ok(None) };
                    let call: CallBody = serde_json::from_str(&line)
                        .map_err(|why| Failure::failed(format!("the server's answer is not a call: {why}")))?;
                    self.ready.extend(recordings(call, None));
                }
                From::Ids(ids) => {
                    let Some(id) = ids.pop_front() else { return Ok(None) };
                    match super::call_of(self.client, &id).await? {
                        None => self.ready.push_back(Item::Missing(id)),
                        Some(call) => self.ready.extend(recordings(call, Some(&id))),
                    }
                }
            }
        }
        Ok(self.ready.pop_front())
    }
}

/// The recordings of a call; only the one that `id` names, if it names one.
fn recordings(mut call: CallBody, id: Option<&str>) -> Vec<Item> {
    let mut recordings = std::mem::take(&mut call.recordings);
    if let Some(id) = id
        && recordings.iter().any(|recording| recording.id == id)
    {
        recordings.retain(|recording| recording.id == id);
    }
    recordings.into_iter().map(|recording| Item::Recording(Box::new(call.clone()), Box::new(recording))).collect()
}
