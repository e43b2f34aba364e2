//! Waveforms: computed once from the sound, stored, served at any width.

use super::{AudioUse, Result, Service, ServiceError, audio::blocking};
use crate::{
    domain::{
        actor::Actor,
        recording::{Recording, suffix_of},
    },
    sound::{self, StoredPeaks},
};

/// Columns of one waveform.
pub const WIDTH_LIMIT: usize = 10_000;

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
    /// # Errors
    /// As [`Service::audio`]; and where the sound cannot be decoded.
    pub async fn peaks(&self, actor: &Actor, id: &str, width: usize) -> Result<Waveform> {
        if width == 0 || width > WIDTH_LIMIT {
            return Err(ServiceError::Invalid(format!("width is 1 to {WIDTH_LIMIT} columns")));
        }
        let recording = self.allowed_recording(actor, id, AudioUse::Peaks).await?;
        let key = recording.id.0.clone();
        let known = self.store().peaks(key.clone()).await?.and_then(|bytes| StoredPeaks::from_bytes(&bytes));
        let peaks = match known {
            Some(peaks) => peaks,
            None => {
                let peaks = self.computed(&recording).await?;
                self.store().set_peaks(key, peaks.to_bytes()).await?;
                peaks
            }
        };
        // Drawing the same waveform again (each time the row is under the cursor) is one look, not many.
        self.audit_audio(actor, &recording, AudioUse::Peaks, true).await?;
        let length_s = if peaks.rate == 0 { 0.0 } else { peaks.frames as f64 / f64::from(peaks.rate) };
        Ok(Waveform {
            length_s,
            from_s: 0.0,
            until_s: length_s,
            channels: peaks.channels,
            levels: peaks.columns(width),
            recording: recording.id.0,
        })
    }

    async fn computed(&self, recording: &Recording) -> Result<StoredPeaks> {
        let (file, bytes) = self.open_any_copy(recording).await?;
        let name = format!("{}.{}", recording.id, suffix_of(&recording.format, recording.channels));
        let id = recording.id.clone();
        blocking(move || {
            let mut decoder = sound::open(Box::new(file), bytes, &name)?;
            StoredPeaks::compute(decoder.as_mut())
        })
        .await?
        .map_err(|error| ServiceError::Gone(format!("recording {id} cannot be drawn: {error}")))
    }
}
