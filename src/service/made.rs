//! Sound that is made for somebody: a stretch of a recording or clip, or another format of it. It lies in a file without a
//! name until it has left.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    path::Path,
};

use super::{AudioUse, Result, Service, ServiceError};
use crate::{
    domain::{actor::Actor, recording::suffix_of},
    sound::{self, Decoder, Target},
};

/// What of a sound is wanted, and in which format.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Making {
    /// Seconds; none: from the beginning.
    pub from_s: Option<f64>,
    /// Seconds; none: to the end. Behind the end means the end.
    pub until_s: Option<f64>,
    /// None: WAV.
    pub target: Option<Target>,
}

/// Sound ready to leave; the audit row is committed.
pub struct Made {
    /// Of the recording or clip that it was made of.
    pub id: String,
    /// At its beginning.
    pub file: File,
    pub bytes: u64,
    pub target: Target,
}

/// A sound that was cut.
pub(super) struct Cut {
    pub file: File,
    pub bytes: u64,
    pub channels: u8,
    pub from_s: f64,
    pub until_s: f64,
}

impl Making {
    /// None where the sound is wanted as it is.
    ///
    /// # Errors
    /// For a stretch that ends before it begins, and for an unknown format.
    pub fn of(from_s: Option<f64>, until_s: Option<f64>, convert: Option<&str>) -> Result<Option<Self>> {
        let target = match convert.filter(|word| !word.is_empty()) {
            None => None,
            Some(word) => Some(Target::parse(word).ok_or_else(|| {
                ServiceError::Invalid(format!(
                    "there is no format \"{}\"; there are wav, mp3 and opus",
                    super::limits::short(word)
                ))
            })?),
        };
        if from_s.is_none() && until_s.is_none() && target.is_none() {
            return Ok(None);
        }
        let from = from_s.unwrap_or(0.0);
        // What is no number is neither.
        if !(from >= 0.0 && from.is_finite()) || until_s.is_some_and(|until| !(until > from && until.is_finite())) {
            return Err(ServiceError::Invalid(
                "the stretch ends before it begins, or begins before the recording; from and until are seconds".to_owned(),
            ));
        }
        Ok(Some(Self { from_s, until_s, target }))
    }

    /// Our words for the audit and for people: `10 s to 20.5 s, as mp3`.
    pub fn words(&self) -> String {
        let stretch = match (self.from_s, self.until_s) {
            (None, None) => "whole".to_owned(),
            (from, Some(until)) => format!("{} s to {} s", rounded(from.unwrap_or(0.0)), rounded(until)),
            (Some(from), None) => format!("{} s to the end", rounded(from)),
        };
        format!("{stretch}, as {}", self.target.unwrap_or(Target::Wav).suffix())
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

impl Service {
    /// Cuts or converts a recording.
    ///
    /// # Errors
    /// As [`Service::audio`]; and where the stretch lies behind the end or the sound cannot be decoded.
    pub async fn audio_made(&self, actor: &Actor, id: &str, r#use: AudioUse, making: Making) -> Result<Made> {
        let (recording, _) = self.allowed_recording(actor, id, r#use).await?;
        let opened = self.open_any_copy(&recording).await?;
        let name = format!("{}.{}", recording.id, suffix_of(&recording.format, recording.channels));
        let cut = self.cut(opened, name, making).await?;
        let id = recording.id.0;
        self.audit_use(actor, r#use.did(), &id, r#use, Some(making.words())).await?;
        Ok(Made { id, file: cut.file, bytes: cut.bytes, target: making.target.unwrap_or(Target::Wav) })
    }

    /// Makes it, in a file without a name.
    pub(super) async fn cut(&self, opened: (File, u64), name: String, making: Making) -> Result<Cut> {
        let room = self.vault()?.root().to_owned();
        self.decode_open(opened, name, move |decoder| cut(decoder, making, &room)).await?
    }
}

/// A file that remembers why it could not be written: a disk's failure is not the sound's.
struct Written<'a> {
    file: &'a mut File,
    failed: Option<String>,
}

impl Write for Written<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).inspect_err(|why| {
            if why.kind() != io::ErrorKind::Interrupted {
                self.failed = Some(format!("the sound that is made cannot be written: {why}"));
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Written<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

fn cut(decoder: &mut dyn Decoder, making: Making, room: &Path) -> Result<Cut> {
    let (rate, channels) = (f64::from(decoder.facts().rate.max(1)), decoder.facts().channels);
    let frame = |seconds: f64| (seconds * rate).round() as u64;
    let from = frame(making.from_s.unwrap_or(0.0));
    let length = decoder.facts().frames;
    if from >= length && decoder.length_is_exact() {
        let (begin, length) = (making.from_s.unwrap_or(0.0), decoder.facts().seconds());
        return Err(ServiceError::Invalid(if length > 0.0 {
            format!("{begin} s lies behind the end: the sound is {length:.1} s long")
        } else {
            "there is no sound in it".to_owned()
        }));
    }
    // Beside the recordings, where there is room for sound; it has no name and goes with its last reader.
    let mut made = tempfile::tempfile_in(room)
        .or_else(|_read_only| tempfile::tempfile())
        .map_err(|error| ServiceError::Storage(format!("no room for the sound that is made: {error}")))?;
    let until = making.until_s.map(frame);
    let target = making.target.unwrap_or(Target::Wav);
    let mut out = Written { file: &mut made, failed: None };
    let encoded = match (sound::encode(decoder, from, until, target, &mut out), out.failed) {
        (Err(_), Some(why)) => {
            return Err(ServiceError::Storage(format!(
                "{why}; nothing was made: free some space or check the disk, and try again"
            )));
        }
        (outcome, _) => outcome?,
    };
    if let Some(why) = encoded.ended_early {
        tracing::warn!(%why, "what was made ends early");
    }
    Seek::rewind(&mut made).map_err(|error| ServiceError::Storage(format!("the sound that was made: {error}")))?;
    let seconds = |frames: u64| rounded(frames as f64 / rate);
    Ok(Cut { file: made, bytes: encoded.bytes, channels, from_s: seconds(from), until_s: seconds(from + encoded.frames) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_understood_or_refused() {
        assert_eq!(Making::of(None, None, None).expect("nothing"), None);
        assert_eq!(Making::of(None, None, Some("")).expect("nothing"), None);
        let words = |from, until, convert| Making::of(from, until, convert).expect("something").expect("something").words();
        assert_eq!(words(Some(10.0), Some(20.5), Some("mp3")), "10 s to 20.5 s, as mp3");
        assert_eq!(words(None, Some(1.0 / 3.0), None), "0 s to 0.333 s, as wav");
        assert_eq!(words(Some(5.0), None, Some("opus")), "5 s to the end, as opus");
        assert_eq!(words(None, None, Some("wav")), "whole, as wav");
        for (from, until, convert) in [
            (Some(2.0), Some(2.0), None),
            (Some(3.0), Some(2.0), None),
            (Some(-1.0), None, None),
            (Some(f64::NAN), None, None),
            (None, Some(f64::NAN), None),
            (None, Some(f64::INFINITY), None),
            (None, Some(0.0), None),
            (None, None, Some("exe")),
        ] {
            assert!(Making::of(from, until, convert).is_err(), "{from:?} {until:?} {convert:?}");
        }
    }
}
