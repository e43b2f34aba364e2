//! Hearing a recording while it is still coming: pieces through the API, kept in memory or in a cache of a bounded size.
//!
//! ```text
//!  player ── decoder ── Source (Read + Seek, waits) ◄── Shared ◄── fetch (async): ranges of 256 kB, where the player is first
//!                                                        │
//!                                                        └── cache: one file a hash, whole and compared
//! ```
//!
//! The first request asks for the first piece, and is the one that the server audits; a sound that is in the cache is asked for
//! in the same way, so that whoever may no longer hear it hears nothing.

mod cache;
mod fetch;
mod shared;
mod source;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use cache::Cache;

use crate::{
    client::{Client, ClientError},
    sound::{self, Decoder, SoundError},
};
use shared::Shared;
use source::{Source, Streamed};

/// Why a recording cannot be heard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Sound(#[from] SoundError),
    #[error("it could not be opened: {0}")]
    Stopped(String),
}

/// Opens a recording as soon as its beginning is there; the rest follows while it is heard, and nothing more comes once the
/// decoder is dropped. `name`: its suffix tells how headerless sound is to be read. The cache is left alone where the bytes come
/// from a database on this machine.
///
/// # Errors
/// When the recording may not be heard, cannot be reached, or cannot be decoded.
pub async fn open(client: &Client, recording: &str, name: &str, cache: Option<&Cache>) -> Result<Box<dyn Decoder>, ListenError> {
    open_with(client, recording, name, cache.filter(|_| !client.is_in_process())).await
}

async fn open_with(client: &Client, recording: &str, name: &str, cache: Option<&Cache>) -> Result<Box<dyn Decoder>, ListenError> {
    let name = name.to_owned();
    let begun = match fetch::begin(client, recording).await {
        // There is no first byte: what is empty says so itself.
        Err(ClientError::Problem(problem)) if problem.status == 416 => {
            return Ok(sound::open(Box::new(std::io::Cursor::new(Vec::new())), 0, &name)?);
        }
        begun => begun?,
    };
    if let (Some(cache), Some(hash)) = (cache, begun.hash.clone().filter(|_| begun.may_keep)) {
        let (cache, length) = (cache.clone(), begun.length);
        let kept = blocking(move || cache.take(&hash, length)).await?;
        if let Some(file) = kept {
            return blocking(move || sound::open(Box::new(file), begun.length, &name)).await?.map_err(ListenError::Sound);
        }
    }
    let keeping = match (cache, &begun.hash) {
        (Some(cache), Some(hash)) if begun.may_keep => {
            let (cache, hash, length) = (cache.clone(), hash.clone(), begun.length);
            blocking(move || cache.begin(&hash, length)).await?
        }
        _ => None,
    };
    let length = begun.length;
    let shared = Arc::new(Shared::new(length));
    let task = tokio::spawn(fetch::run(client.clone(), recording.to_owned(), begun, keeping, Arc::clone(&shared)));
    let source = Source::new(Arc::clone(&shared), task.abort_handle());
    let decoder = blocking(move || sound::open(Box::new(source), length, &name)).await??;
    Ok(Box::new(Streamed::new(decoder, shared)))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ListenError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ListenError::Stopped(error.to_string()))
}
