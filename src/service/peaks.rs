//! Waveforms: computed once from the sound, stored, served at any width; parts of them down to the sample.

use super::{AudioUse, Result, Service, ServiceError};
use crate::{
    domain::{actor::Actor, recording::Recording},
    sound::{self, StoredPeaks},
};

/// Columns of one waveform.
pub const WIDTH_LIMIT: usize = 10_000;
/// Seconds that are decoded again for columns finer than what is stored.
const FINE_LIMIT_S: f64 = 600.0;

/// A waveform of so many columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Waveform {
    pub recording: String,
    pub length_s: f64,
    pub from_s: f64,
    pub until_s: f64,
    pub channels: u8,
    /// One list a channel, each of the width asked for; 0 is silence, 255 full scale.
    pub levels: Vec<Vec<u8>>,
}

impl Service {
    /// `from` and `until`: seconds; none: the beginning, the end. Behind the end means the end.
    ///
    /// # Errors
    /// As [`Service::audio`]; and where the sound cannot be decoded, or the part makes no sense.
    pub async fn peaks(&self, actor: &Actor, id: &str, width: usize, [from, until]: [Option<f64>; 2]) -> Result<Waveform> {
        let (recording, _) = self.allowed_recording(actor, id, AudioUse::Peaks).await?;
        if width == 0 || width > WIDTH_LIMIT {
            return Err(ServiceError::Invalid(format!("width is 1 to {WIDTH_LIMIT} columns")));
        }
        let begin = from.unwrap_or(0.0);
        // What is no number is neither.
        if !(begin >= 0.0 && begin.is_finite()) || until.is_some_and(|until| !(until > begin && until.is_finite())) {
            let why = "the part ends before it begins, or begins before the recording; from and until are seconds";
            return Err(ServiceError::Invalid(why.to_owned()));
        }
        let peaks = self.stored_peaks(&recording, false).await?;
        let length_s = peaks.seconds();
        if begin > 0.0 && begin >= length_s {
            let why = format!("{begin} s lies behind the end: recording {} is {length_s:.1} s long", recording.id);
            return Err(ServiceError::Invalid(why));
        }
        let end = until.map_or(length_s, |until| until.min(length_s));
        let levels = if from.is_none() && until.is_none() {
            peaks.columns(width)
        } else {
            match peaks.columns_between([begin, end], width) {
                Some(levels) => levels,
                None => self.fine(&recording, &peaks, [begin, end], width).await?,
            }
        };
        // Drawing the same waveform again (each time the row is under the cursor) is one look, not many.
        self.audit_audio(actor, &recording, AudioUse::Peaks, true).await?;
        let (from_s, until_s, channels) = (begin, end, peaks.channels);
        Ok(Waveform { length_s, from_s, until_s, channels, levels, recording: recording.id.0 })
    }

    async fn fine(
        &self,
        recording: &Recording,
        peaks: &StoredPeaks,
        [from, until]: [f64; 2],
        width: usize,
    ) -> Result<Vec<Vec<u8>>> {
        if until - from > FINE_LIMIT_S {
            let why =
                format!("columns finer than 0.1 s are drawn for {FINE_LIMIT_S} s at once; ask for less, or for fewer columns");
            return Err(ServiceError::Invalid(why));
        }
        let frame = |seconds: f64| (seconds * f64::from(peaks.rate)).round() as u64;
        let frames = [frame(from), frame(until)];
        self.decode(recording, "drawn", move |decoder| sound::part(decoder, frames, width)).await
    }

    /// What is kept of a recording, with its speech where that is asked for; made now if nobody has before. The waveform
    /// alone takes a fraction of the time.
    pub(super) async fn stored_peaks(&self, recording: &Recording, speech: bool) -> Result<StoredPeaks> {
        if let Some(peaks) = self.known_peaks(recording, speech).await? {
            return Ok(peaks);
        }
        let turn = self.inner.decoding.turn(&recording.id.0);
        let _turn = turn.lock().await;
        if let Some(peaks) = self.known_peaks(recording, speech).await? {
            return Ok(peaks);
        }
        let what = if speech { "searched for speech" } else { "drawn" };
        let peaks = self
            .decode(
                recording,
                what,
                move |decoder| {
                    if speech { StoredPeaks::with_speech(decoder) } else { StoredPeaks::compute(decoder) }
                },
            )
            .await?;
        self.store().set_peaks(recording.id.0.clone(), peaks.to_bytes()).await?;
        Ok(peaks)
    }

    async fn known_peaks(&self, recording: &Recording, speech: bool) -> Result<Option<StoredPeaks>> {
        let known = self.store().peaks(recording.id.0.clone()).await?.and_then(|bytes| StoredPeaks::from_bytes(&bytes));
        Ok(known.filter(|peaks| !speech || peaks.speech.is_some()))
    }
}
