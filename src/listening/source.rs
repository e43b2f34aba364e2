//! The player's side: a file that is still coming.

use std::{
    io::{Read, Seek, SeekFrom},
    sync::Arc,
};

use tokio::task::AbortHandle;

use super::shared::Shared;
use crate::sound::{Decoder, SoundError, SoundFacts};

/// Reads what has come and waits for what has not. Dropping it ends the fetching.
pub(super) struct Source {
    shared: Arc<Shared>,
    task: AbortHandle,
    position: u64,
}

impl Source {
    pub(super) const fn new(shared: Arc<Shared>, task: AbortHandle) -> Self {
        Self { shared, task, position: 0 }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.shared.read(self.position, buffer)?;
        self.position += count as u64;
        self.shared.goes_to(self.position);
        Ok(count)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.shared.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position =
            target.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::InvalidInput, "a place before the beginning"))?;
        self.shared.goes_to(self.position);
        Ok(self.position)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.shared.close();
        self.task.abort();
    }
}

/// A decoder that knows what it would have to wait for.
pub(super) struct Streamed {
    decoder: Box<dyn Decoder>,
    shared: Arc<Shared>,
}

impl Streamed {
    pub(super) const fn new(decoder: Box<dyn Decoder>, shared: Arc<Shared>) -> Self {
        Self { decoder, shared }
    }
}

impl Decoder for Streamed {
    fn facts(&self) -> &SoundFacts {
        self.decoder.facts()
    }

    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        self.decoder.read(samples)
    }

    fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.decoder.seek(frame)
    }

    fn waits(&mut self) -> Option<String> {
        self.shared.waits()
    }

    fn length_is_exact(&self) -> bool {
        self.decoder.length_is_exact()
    }
}
