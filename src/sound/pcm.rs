//! Samples that lie in the file one after the other: WAV and headerless sound.

use std::io::{self, SeekFrom};

use super::{Decoder, SoundError, SoundFacts, Source, coding::Coding};

/// Frames a read.
const FRAMES: usize = 4096;

/// Reads [`Coding`]s from a stretch of the source.
pub(super) struct Pcm {
    source: Box<dyn Source>,
    coding: Coding,
    offset: u64,
    open_end: bool,
    facts: SoundFacts,
    /// Next frame.
    at: u64,
    buffer: Vec<u8>,
}

impl Pcm {
    pub(super) const fn new(source: Box<dyn Source>, coding: Coding, offset: u64, open_end: bool, facts: SoundFacts) -> Self {
        // A place that no read has reached yet, so that the first read seeks.
        Self { source, coding, offset, open_end, facts, at: 0, buffer: Vec::new() }
    }

    fn block(&self) -> usize {
        self.coding.size() * usize::from(self.facts.channels)
    }
}

impl Decoder for Pcm {
    fn facts(&self) -> &SoundFacts {
        &self.facts
    }

    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        let block = self.block();
        let left = if self.open_end { u64::MAX } else { self.facts.frames.saturating_sub(self.at) };
        let wanted = FRAMES.min(usize::try_from(left).unwrap_or(FRAMES));
        if wanted == 0 {
            return Ok(0);
        }
        self.buffer.resize(wanted * block, 0);
        let place = self.offset + self.at * block as u64;
        let got = self
            .source
            .seek(SeekFrom::Start(place))
            .and_then(|_| read_full(&mut *self.source, &mut self.buffer))
            .map_err(|error| SoundError(format!("the sound cannot be read further: {error}")))?;
        let frames = got / block;
        self.coding.decode(&self.buffer[..frames * block], samples);
        self.at += frames as u64;
        Ok(frames)
    }

    fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.at = frame.min(self.facts.frames);
        Ok(())
    }

    fn length_is_exact(&self) -> bool {
        !self.open_end
    }
}

/// Reads until the buffer is full or the file ends.
pub(super) fn read_full(source: &mut dyn Source, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
