//! Reads sound formats, computes peaks; knows no device.

use std::io::{Read, Seek};

/// Why a file cannot be heard, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SoundError(pub String);

/// Anything sound can be read from.
pub trait Source: Read + Seek + Send + Sync {}
impl<T: Read + Seek + Send + Sync> Source for T {}

/// What is known of a sound before it is decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundFacts {
    /// `wav/pcm`, `wav/alaw`, `wav/mulaw`, `mp3`, `raw/s16le` …
    pub format: String,
    pub channels: u8,
    /// Hz.
    pub rate: u32,
    /// Frames (samples a channel); from the file, clamped to what is there.
    pub frames: u64,
    /// Such as `ends early: 6 s of 48 s`; for the screen.
    pub warning: Option<String>,
}

/// An opened sound: interleaved 16-bit samples at the source's own rate and channels.
pub trait Decoder: Send {
    fn facts(&self) -> &SoundFacts;
    /// Appends some frames, interleaved; `Ok(0)` at the end.
    ///
    /// # Errors
    /// When the rest cannot be read.
    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError>;
    /// Goes to a frame exactly.
    ///
    /// # Errors
    /// When the place cannot be reached.
    fn seek(&mut self, frame: u64) -> Result<(), SoundError>;
}

/// Opens a sound by its content; headerless ones by `name`'s suffix (`.raw`: s16le, 8 kHz, stereo).
///
/// # Errors
/// [`SoundError`] naming what the file is and why it cannot be played.
pub fn open(source: Box<dyn Source>, length: u64, name: &str) -> Result<Box<dyn Decoder>, SoundError> {
    let _ = (source, length, name);
    todo!("sound")
}

/// Peaks of a whole sound, for storing: `bins` of 100 ms a channel, each the largest magnitude.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPeaks {
    pub channels: u8,
    pub rate: u32,
    pub frames: u64,
    /// One list a channel, one value a bin: 0 silence, 255 full scale in dB from -50 to 0.
    pub bins: Vec<Vec<u8>>,
}

impl StoredPeaks {
    /// # Errors
    /// When the sound cannot be read at all; a damaged end only shortens it.
    pub fn compute(decoder: &mut dyn Decoder) -> Result<Self, SoundError> {
        let _ = decoder;
        todo!("sound")
    }
    pub fn to_bytes(&self) -> Vec<u8> {
        todo!("sound")
    }
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let _ = bytes;
        todo!("sound")
    }
    /// `width` columns a channel, each the largest of its bins.
    pub fn columns(&self, width: usize) -> Vec<Vec<u8>> {
        let _ = width;
        todo!("sound")
    }
}

/// A headerless or any sound as a WAV file (16-bit PCM at the source's rate and channels).
///
/// # Errors
/// When it cannot be read or written.
pub fn write_wav(decoder: &mut dyn Decoder, out: &mut dyn std::io::Write) -> Result<u64, SoundError> {
    let _ = (decoder, out);
    todo!("sound")
}
