//! A sound, or a part of it, as a file of another format: cut and converted in one pass and in flat memory.

mod mp3;
mod opus;
#[cfg(test)]
mod tests;
mod wav;

use std::io::{Seek, SeekFrom, Write};

use super::{Decoder, SoundError};

/// A format that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// 16-bit PCM at the source's rate and channels.
    Wav,
    /// 32 kbit/s a channel up to 24 kHz, 64 above.
    Mp3,
    /// Ogg Opus, 16 kbit/s a channel.
    Opus,
}

impl Target {
    /// `wav`, `mp3` or `opus`.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Wav, Self::Mp3, Self::Opus].into_iter().find(|target| target.suffix() == word)
    }

    /// The word for it, and the suffix of its files.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
            Self::Opus => "opus",
        }
    }

    /// Its media type (RFC 3003, RFC 7845).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Mp3 => "audio/mpeg",
            Self::Opus => "audio/ogg; codecs=opus",
        }
    }

    /// Such as the format of a recording: `wav/pcm`, `mp3`, `ogg/opus`.
    pub const fn format(self) -> &'static str {
        match self {
            Self::Wav => "wav/pcm",
            Self::Mp3 => "mp3",
            Self::Opus => "ogg/opus",
        }
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// At the source's rate.
    pub frames: u64,
    pub bytes: u64,
    /// Why the sound ends before the place that was asked for, where it could not be read so far. Also set when the
    /// decoder was stopped from outside: whoever stops it should not keep the file.
    pub ended_early: Option<SoundError>,
}

/// What a file can be written to: the head of some formats is known at the end only.
pub trait Output: Write + Seek {}
impl<T: Write + Seek> Output for T {}

/// One format: takes interleaved samples, then writes its end.
trait Encoder {
    fn push(&mut self, samples: &[i16], out: &mut dyn Output) -> Result<(), SoundError>;
    fn finish(&mut self, out: &mut dyn Output) -> Result<(), SoundError>;
}

/// Writes the frames from `from_frame` to before `until_frame` (none: to the end) at the place where `out` stands.
///
/// # Errors
/// When nothing can be read there, when the format cannot hold the sound, or when it cannot be written.
pub fn encode(
    decoder: &mut dyn Decoder,
    from_frame: u64,
    until_frame: Option<u64>,
    target: Target,
    out: &mut dyn Output,
) -> Result<Encoded, SoundError> {
    let (channels, rate) = (decoder.facts().channels, decoder.facts().rate);
    let begin = out.stream_position().map_err(unwritable)?;
    let mut encoder: Box<dyn Encoder> = match target {
        Target::Wav => Box::new(wav::Wav::begin(channels, rate, out)?),
        Target::Mp3 => Box::new(mp3::Mp3::begin(channels, rate, out)?),
        Target::Opus => Box::new(opus::Opus::begin(channels, rate, out)?),
    };
    decoder.seek(from_frame)?;
    let mut left = until_frame.map_or(u64::MAX, |until| until.saturating_sub(from_frame));
    let (mut frames, mut samples, mut ended_early) = (0, Vec::new(), None);
    while left > 0 {
        samples.clear();
        let read = match decoder.read(&mut samples) {
            Ok(0) => break,
            Ok(read) => (read as u64).min(left),
            Err(error) if frames == 0 => return Err(error),
            Err(error) => {
                ended_early = Some(error);
                break;
            }
        };
        samples.truncate(usize::try_from(read).unwrap_or(usize::MAX).saturating_mul(channels.into()));
        encoder.push(&samples, out)?;
        frames += read;
        left -= read;
    }
    if frames == 0 {
        return Err(SoundError(format!("there is no sound from {}", super::length_words(from_frame, rate))));
    }
    encoder.finish(out)?;
    out.flush().map_err(unwritable)?;
    let end = out.seek(SeekFrom::End(0)).map_err(unwritable)?;
    Ok(Encoded { frames, bytes: end - begin, ended_early })
}

fn unwritable(error: std::io::Error) -> SoundError {
    SoundError(format!("the converted sound cannot be written: {error}"))
}

/// The lowest of these rates that holds a sound of this rate, or the highest there is.
fn rate_for(rate: u32, known: &[u32]) -> u32 {
    known.iter().copied().find(|known| *known >= rate).or(known.last().copied()).unwrap_or(rate)
}

fn two_at_most(channels: u8, format: &str) -> Result<(), SoundError> {
    match channels {
        1 | 2 => Ok(()),
        more => Err(SoundError(format!("{format} holds two channels and the sound has {more}; convert it to wav"))),
    }
}
