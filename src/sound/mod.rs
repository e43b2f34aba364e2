//! Reads sound formats, writes some, computes peaks; knows no device.
//!
//! | what | read by | seeking |
//! | --- | --- | --- |
//! | WAV with PCM 8/16/24/32, float, A-law, mu-law; Sun audio | `riff`, `au`, `pcm`: sizes are clamped to the file | exact |
//! | WAV with GSM 6.10 ("wav49"), G.722, IMA and Microsoft ADPCM; headerless GSM and G.722 | `blocks` with `gsm` (bit-identical with libgsm), `g722`, `adpcm` | exact |
//! | headerless `.raw .sln* .alaw .ulaw .gsm .g722` | `raw`: by name only, since probing makes noise of anything; refused or warned of where the bytes cannot be that | exact |
//! | MP3 | `mp3` (symphonia) | exact |
//! | FLAC | `flac` (symphonia) | exact |
//! | Ogg Vorbis | `ogg` and `stream`, packets by symphonia | exact |
//! | Ogg Opus, 48 kHz | `ogg` and `stream`, packets by rusty-opus | position exact, the coder's memory settled 80 ms before |
//! | others | refused with the name of the coding | |
//!
//! What a file says of itself is never believed: lengths are clamped to the file, nothing is allocated by a number in it, and
//! a read that yields nothing is bounded by the file. Foreign decoders run under `guarded`. Ours and symphonia contain no
//! `unsafe` code, and what they allocate is bounded: MP3 by its frames, FLAC since it is given one block of metadata made
//! here. rusty-opus is fast by `unsafe`, and a Vorbis header may claim gigabytes of tables: both decode in a child with limits
//! ([`apart`]). All of it is tried by `tests/hostile.rs` and under `ulimit -v` by the integration suite.

mod adpcm;
pub mod apart;
mod au;
mod blocks;
mod bounded;
mod coding;
mod encode;
mod flac;
mod g722;
mod gsm;
mod join;
mod mp3;
mod ogg;
mod packets;
mod pcm;
mod peaks;
mod raw;
mod resample;
mod riff;
mod sniff;
mod speech;
mod stream;
#[cfg(test)]
mod tests;
mod write;

use std::{
    io::{Read, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
};

pub use bounded::{Bounded, Stop};
pub use encode::{Encoded, Output, Target, encode};
pub use join::join;
pub use peaks::{StoredPeaks, part};
pub use resample::Resampler;
pub use speech::Sides;
pub use write::{wav_header, write_wav};

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

impl SoundFacts {
    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.rate.max(1))
    }

    /// Nothing can be heard: a file of 0 or 44 bytes, as a PBX leaves when a call ends before its sound.
    pub const fn is_empty(&self) -> bool {
        self.frames == 0
    }
}

/// An opened sound: interleaved 16-bit samples at the source's own rate and channels.
pub trait Decoder: Send {
    fn facts(&self) -> &SoundFacts;
    /// Appends some frames, interleaved; `Ok(0)` at the end. The number is of frames.
    ///
    /// # Errors
    /// When the rest cannot be read.
    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError>;
    /// Goes to a frame exactly; beyond the end, to the end.
    ///
    /// # Errors
    /// When the place cannot be reached.
    fn seek(&mut self, frame: u64) -> Result<(), SoundError>;
    /// What the next [`Self::read`] would have to wait for, such as bytes that are still on a line; none: nothing. A player
    /// asks before it reads, so that it is never stuck.
    fn waits(&mut self) -> Option<String> {
        None
    }
    /// Whether `facts().frames` is the very number that [`Self::read`] gives; MP3 only estimates it.
    fn length_is_exact(&self) -> bool {
        true
    }
}

/// Opens a sound by its content; headerless ones by `name`'s suffix (`.raw`: s16le, 8 kHz, stereo).
///
/// A header without sound is no error: it has no frames and says so in its warning.
///
/// # Errors
/// [`SoundError`] naming what the file is and why it cannot be played.
pub fn open(source: Box<dyn Source>, length: u64, name: &str) -> Result<Box<dyn Decoder>, SoundError> {
    sniff::open(source, length, name)
}

/// Foreign decoding of foreign bytes: a panic in it is an error of this file.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, SoundError> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| SoundError("this file is damaged in a way that cannot be decoded".to_owned()))
}

/// A length for people: `6 s`, `0.3 s`, `12:03`.
fn length_words(frames: u64, rate: u32) -> String {
    let seconds = frames as f64 / f64::from(rate.max(1));
    if seconds < 1.0 {
        format!("{seconds:.1} s")
    } else if seconds < 100.0 {
        format!("{seconds:.0} s")
    } else {
        crate::domain::length::Tenths::from_seconds(seconds).clock()
    }
}

/// What every reader says of a sound that has a header and nothing after it.
const NO_SOUND: &str = "no sound was written";
