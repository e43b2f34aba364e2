//! Codings that pack so many frames into so many bytes: GSM, G.722, ADPCM. Reading, seeking and short ends are the same.

use std::io::SeekFrom;

use super::{Decoder, NO_SOUND, SoundError, SoundFacts, Source, pcm::read_full};

/// Frames aimed at by one read.
const FRAMES: usize = 4096;

/// One coding and the state of its decoder.
pub(super) trait BlockCodec: Send {
    /// Bytes of a whole block; more than 0.
    fn bytes(&self) -> usize;
    /// Frames in a block of so many bytes; fewer than [`Self::bytes`] where the file ends.
    fn frames(&self, bytes: usize) -> usize;
    /// Blocks to decode before a place, so that it sounds as if all before it had been decoded.
    fn settle(&self) -> u64 {
        0
    }
    /// Forgets what was decoded.
    fn reset(&mut self) {}
    /// Appends the samples of one block, [`Self::frames`] of its length, interleaved.
    fn decode(&mut self, block: &[u8], samples: &mut Vec<i16>);
}

/// Where blocks lie in a source.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// Frames in so many bytes.
pub(super) fn frames_in(codec: &dyn BlockCodec, length: u64) -> u64 {
    let block = codec.bytes().max(1) as u64;
    let rest = usize::try_from(length % block).unwrap_or(0);
    length / block * codec.frames(codec.bytes()) as u64 + codec.frames(rest) as u64
}

/// Reads blocks.
pub(super) struct Blocks {
    source: Box<dyn Source>,
    codec: Box<dyn BlockCodec>,
    stretch: Stretch,
    facts: SoundFacts,
    /// Next frame to hand out.
    at: u64,
    /// Next block to decode.
    block: u64,
    bytes: Vec<u8>,
    decoded: Vec<i16>,
}

impl Blocks {
    /// `facts` without the number of frames, which is counted here.
    pub(super) fn new(source: Box<dyn Source>, codec: Box<dyn BlockCodec>, stretch: Stretch, mut facts: SoundFacts) -> Self {
        facts.frames = frames_in(&*codec, stretch.length);
        if facts.frames == 0 {
            facts.warning = Some(NO_SOUND.to_owned());
        }
        Self { source, codec, stretch, facts, at: 0, block: 0, bytes: Vec::new(), decoded: Vec::new() }
    }

    fn per_block(&self) -> u64 {
        self.codec.frames(self.codec.bytes()).max(1) as u64
    }
}

impl Decoder for Blocks {
    fn facts(&self) -> &SoundFacts {
        &self.facts
    }

    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        let (size, per_block) = (self.codec.bytes(), self.per_block());
        let channels = usize::from(self.facts.channels);
        while self.at < self.facts.frames {
            let place = self.block * size as u64;
            let left = usize::try_from(self.stretch.length.saturating_sub(place)).unwrap_or(usize::MAX);
            let wanted = (FRAMES / per_block as usize).max(1) * size;
            self.bytes.resize(wanted.min(left), 0);
            let got = self
                .source
                .seek(SeekFrom::Start(self.stretch.offset + place))
                .and_then(|_| read_full(&mut *self.source, &mut self.bytes))
                .map_err(|error| SoundError(format!("the sound cannot be read further: {error}")))?;
            if got == 0 {
                return Ok(0);
            }
            self.decoded.clear();
            self.bytes[..got].chunks(size).for_each(|block| self.codec.decode(block, &mut self.decoded));
            let start = self.block * per_block;
            self.block += got.div_ceil(size) as u64;
            let end = (start + (self.decoded.len() / channels) as u64).min(self.facts.frames);
            if end > self.at {
                let (first, last) = ((self.at - start) as usize, (end - start) as usize);
                samples.extend_from_slice(&self.decoded[first * channels..last * channels]);
                self.at = end;
                return Ok(last - first);
            }
            if got < self.bytes.len() {
                return Ok(0);
            }
        }
        Ok(0)
    }

    fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.at = frame.min(self.facts.frames);
        self.block = (self.at / self.per_block()).saturating_sub(self.codec.settle());
        self.codec.reset();
        Ok(())
    }
}
