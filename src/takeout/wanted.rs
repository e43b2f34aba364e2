//! Which recordings are wanted: those of calls that a query finds, or named ones, one after the other.

use std::collections::VecDeque;

use super::{Lines, TakeError};
use crate::{
    client::{CallsQuery, Client, ClientError},
    domain::{length::Tenths, recording::RecordingState},
    wire::{CallBody, RecordingBody},
};

/// One thing that was asked for.
pub(super) enum Item {
    Recording(Box<CallBody>, Box<RecordingBody>),
    /// A clip, told as a recording is.
    Clip(Box<CallBody>, Box<RecordingBody>),
    /// An id that nothing has.
    Missing(String),
}

/// All that was asked for, in flat memory.
pub struct Wanted<'a> {
    client: &'a Client,
    from: From<'a>,
    /// Of the call read last.
    ready: VecDeque<Item>,
}

enum From<'a> {
    Query { q: String, source: Box<Lines<'a>> },
    Ids(VecDeque<String>),
}

impl<'a> Wanted<'a> {
    /// # Errors
    /// For a wrong query, and when the place is out of reach.
    pub async fn found(client: &'a Client, q: String) -> Result<Self, TakeError> {
        let source = Lines::open(client, CallsQuery::new(&q), None).await?;
        Ok(Self { client, from: From::Query { q, source: Box::new(source) }, ready: VecDeque::new() })
    }

    pub fn named(client: &'a Client, ids: Vec<String>) -> Self {
        Self { client, from: From::Ids(ids.into()), ready: VecDeque::new() }
    }

    /// How many there are, where that is worth asking; none: unknown.
    pub(super) async fn total(&mut self, somebody_looks: bool) -> Option<u64> {
        match &self.from {
            From::Query { q, .. } if somebody_looks => {
                self.client.totals(&CallsQuery::new(q)).await.ok().map(|totals| totals.recordings)
            }
            _ => None,
        }
    }

    /// # Errors
    /// When the place is out of reach.
    pub(super) async fn next(&mut self) -> Result<Option<Item>, TakeError> {
        while self.ready.is_empty() {
            match &mut self.from {
                From::Query { source, .. } => {
                    let Some(line) = source.next().await? else { return Ok(None) };
                    let call: CallBody = serde_json::from_str(&line)
                        .map_err(|why| TakeError::Failed(format!("the server's answer is not a call: {why}")))?;
                    self.ready.extend(recordings(call, None));
                }
                From::Ids(ids) => {
                    let Some(id) = ids.pop_front() else { return Ok(None) };
                    match call_of(self.client, &id).await? {
                        None => self.ready.push_back(clip(self.client, &id).await?.unwrap_or(Item::Missing(id))),
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

/// The call that has this id, or whose recording has it; none if nothing has.
async fn call_of(client: &Client, id: &str) -> Result<Option<CallBody>, TakeError> {
    match client.call(id).await {
        Ok(detail) => return Ok(Some(detail.call)),
        Err(ClientError::Problem(problem)) if problem.status == 404 || problem.status == 400 => {}
        Err(error) => return Err(error.into()),
    }
    let query = CallsQuery { limit: Some(1), ..CallsQuery::new(format!("id:{}", crate::domain::query::quote(id))) };
    match client.calls(&query).await {
        Ok(page) => Ok(page.items.into_iter().next()),
        // An id that cannot even be asked for is one that nothing has.
        Err(ClientError::Problem(problem)) if problem.status == 400 => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The clip that has this id; none if nothing has.
async fn clip(client: &Client, id: &str) -> Result<Option<Item>, TakeError> {
    let clip = match client.clip(id).await {
        Ok(clip) => clip,
        Err(ClientError::Problem(problem)) if problem.status == 404 || problem.status == 400 => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let call = client.call(&clip.call).await?.call;
    let told = RecordingBody {
        id: clip.id,
        mode: None,
        offset_s: None,
        length_s: Tenths::from_seconds(clip.until_s - clip.from_s),
        channels: clip.channels,
        format: clip.format,
        bytes: clip.bytes,
        sha256: clip.sha256,
        state: RecordingState::Stored,
        copies: Vec::new(),
    };
    Ok(Some(Item::Clip(Box::new(call), Box::new(told))))
}
