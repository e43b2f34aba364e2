//! The waveform of a recording, computed once and stored with it.

use super::{Decoder, SoundError};

/// Peaks of a whole sound, for storing: `bins` of 100 ms a channel, each the largest magnitude.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPeaks {
    pub channels: u8,
    pub rate: u32,
    pub frames: u64,
    /// One list a channel, one value a bin: 0 silence, 255 full scale in dB from -50 to 0.
    pub bins: Vec<Vec<u8>>,
}

const VERSION: u8 = 1;
/// Bins a second.
const BINS: u64 = 10;
/// What is drawn as silence.
const FLOOR_DB: f64 = -50.0;

impl StoredPeaks {
    /// Decodes the whole sound from its beginning.
    ///
    /// # Errors
    /// When the sound cannot be read at all; a damaged end only shortens it.
    pub fn compute(decoder: &mut dyn Decoder) -> Result<Self, SoundError> {
        let (channels, rate) = (usize::from(decoder.facts().channels), decoder.facts().rate);
        let mut bins = vec![Vec::new(); channels];
        let mut largest = vec![0_u16; channels];
        let (mut frames, mut samples) = (0_u64, Vec::new());
        // Bin b ends at frame (b + 1) * rate / 10, also where the rate is no multiple of ten.
        let mut bin_end = bin_start(1, rate);
        decoder.seek(0)?;
        loop {
            samples.clear();
            match decoder.read(&mut samples) {
                Ok(0) => break,
                Err(error) if frames == 0 => return Err(error),
                Err(_) => break,
                Ok(_) => {}
            }
            let mut rest = samples.as_slice();
            while !rest.is_empty() {
                let here = usize::try_from(bin_end - frames).unwrap_or(usize::MAX).min(rest.len() / channels);
                let (now, later) = rest.split_at(here * channels);
                measure(now, channels, &mut largest);
                frames += here as u64;
                rest = later;
                if frames == bin_end {
                    close(&mut bins, &mut largest);
                    bin_end = bin_start(bins[0].len() as u64 + 1, rate);
                }
            }
        }
        if frames > bin_start(bins.first().map_or(0, Vec::len) as u64, rate) {
            close(&mut bins, &mut largest);
        }
        Ok(Self { channels: channels as u8, rate, frames, bins })
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.rate.max(1))
    }

    /// Version, channels, rate and frames (little-endian), then the bins channel by channel.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, self.channels];
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend(self.frames.to_le_bytes());
        self.bins.iter().for_each(|bins| bytes.extend(bins));
        bytes
    }

    /// `None` for what another version wrote, or for what is no such thing: compute it again.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, values) = bytes.split_at_checked(14)?;
        let (&[version, channels], numbers) = head.split_first_chunk()?;
        let (rate, frames) = numbers.split_first_chunk()?;
        let (rate, frames) = (u32::from_le_bytes(*rate), u64::from_le_bytes(frames.try_into().ok()?));
        if version != VERSION || !(1..=8).contains(&channels) || values.len() % usize::from(channels) != 0 || rate == 0 {
            return None;
        }
        let count = values.len() / usize::from(channels);
        let bins =
            if count == 0 { vec![Vec::new(); channels.into()] } else { values.chunks_exact(count).map(<[u8]>::to_vec).collect() };
        Some(Self { channels, rate, frames, bins })
    }

    /// `width` columns a channel, each the largest of its bins.
    pub fn columns(&self, width: usize) -> Vec<Vec<u8>> {
        self.bins.iter().map(|bins| columns(bins, width)).collect()
    }
}

/// Column c covers the bins `[c*n/width, (c+1)*n/width)`, at least one.
fn columns(bins: &[u8], width: usize) -> Vec<u8> {
    let edge = |column: usize| (column as u128 * bins.len() as u128 / width.max(1) as u128) as usize;
    (0..width)
        .map(|column| {
            let (from, to) = (edge(column), edge(column + 1));
            bins.get(from..to.max(from + 1)).and_then(|bins| bins.iter().max()).copied().unwrap_or(0)
        })
        .collect()
}

const fn bin_start(bin: u64, rate: u32) -> u64 {
    bin * rate as u64 / BINS
}

/// Raises `largest` by these interleaved samples; mono and stereo in lanes, so that it vectorises.
fn measure(samples: &[i16], channels: usize, largest: &mut [u16]) {
    let lanes = match channels {
        1 | 2 | 4 | 8 => 8,
        other => other,
    };
    let mut peak = [0_u16; 8];
    let mut blocks = samples.chunks_exact(lanes);
    for block in &mut blocks {
        for (peak, sample) in peak.iter_mut().zip(block) {
            *peak = (*peak).max(sample.unsigned_abs());
        }
    }
    for (peak, sample) in peak.iter_mut().zip(blocks.remainder()) {
        *peak = (*peak).max(sample.unsigned_abs());
    }
    for (lane, peak) in peak.iter().enumerate().take(lanes) {
        let side = &mut largest[lane % channels];
        *side = (*side).max(*peak);
    }
}

fn close(bins: &mut [Vec<u8>], largest: &mut [u16]) {
    for (bins, largest) in bins.iter_mut().zip(largest) {
        bins.push(level(*largest));
        *largest = 0;
    }
}

/// A magnitude (0 to 32768) in dB of full scale, -50 to 0 spread over 0 to 255.
fn level(magnitude: u16) -> u8 {
    if magnitude == 0 {
        return 0;
    }
    let decibels = 20.0 * (f64::from(magnitude) / 32768.0).log10();
    ((decibels - FLOOR_DB) / -FLOOR_DB * 255.0).clamp(0.0, 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_are_spread_from_silence_to_full_scale() {
        let at = |decibels: f64| level((32768.0 * 10_f64.powf(decibels / 20.0)).round() as u16);
        assert_eq!([level(0), at(-60.0), at(-50.0), at(-25.0), at(0.0), level(32768)], [0, 0, 0, 128, 255, 255]);
    }

    #[test]
    fn columns_cover_every_bin_and_stretch_few() {
        assert_eq!(columns(&[1, 9, 2, 3, 8, 4], 3), [9, 3, 8]);
        assert_eq!(columns(&[5, 7], 5), [5, 5, 5, 7, 7]);
        assert_eq!(columns(&[], 3), [0, 0, 0]);
        assert_eq!(columns(&[1], 0), [0_u8; 0]);
    }

    #[test]
    fn bytes_come_back_and_nonsense_does_not() {
        let peaks = StoredPeaks { channels: 2, rate: 8000, frames: 2400, bins: vec![vec![1, 2, 3], vec![4, 5, 6]] };
        let bytes = peaks.to_bytes();
        assert_eq!(bytes.len(), 20);
        assert_eq!(StoredPeaks::from_bytes(&bytes), Some(peaks));
        assert_eq!(StoredPeaks::from_bytes(&bytes[..19]), None);
        assert_eq!(StoredPeaks::from_bytes(&bytes[..5]), None);
        let mut newer = bytes;
        newer[0] = 9;
        assert_eq!(StoredPeaks::from_bytes(&newer), None);
    }
}
