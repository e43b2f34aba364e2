//! The waveform of a recording, computed once and stored with it; parts of it exactly.

use super::{Decoder, SoundError, speech::Sides};

/// Peaks of a whole sound, for storing: `bins` of 100 ms a channel, each the largest magnitude.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPeaks {
    pub channels: u8,
    pub rate: u32,
    pub frames: u64,
    /// One list a channel, one value a bin: 0 silence, 255 full scale in dB from -50 to 0.
    pub bins: Vec<Vec<u8>>,
    /// Who speaks when, once somebody has asked for it: finding it takes some four times as long.
    pub speech: Option<Sides>,
}

const VERSION: u8 = 2;
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
        Self::heard(decoder, false)
    }

    /// As [`Self::compute`], and finds the speech as well.
    ///
    /// # Errors
    /// As [`Self::compute`].
    pub fn with_speech(decoder: &mut dyn Decoder) -> Result<Self, SoundError> {
        Self::heard(decoder, true)
    }

    fn heard(decoder: &mut dyn Decoder, speech: bool) -> Result<Self, SoundError> {
        let (channels, rate) = (decoder.facts().channels, decoder.facts().rate);
        let mut meter = Meter::new(channels, rate);
        let mut listener = speech.then(|| super::speech::Listener::new(channels, rate));
        let mut samples = Vec::new();
        decoder.seek(0)?;
        loop {
            samples.clear();
            match decoder.read(&mut samples) {
                Ok(0) => break,
                Err(error) if meter.frames == 0 => return Err(error),
                Err(_) => break,
                Ok(_) => {}
            }
            meter.push(&samples);
            if let Some(listener) = &mut listener {
                listener.push(&samples);
            }
        }
        let mut peaks = meter.finish();
        peaks.speech = listener.map(super::speech::Listener::finish);
        Ok(peaks)
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.rate.max(1))
    }

    /// Version, channels, rate and frames (little-endian), the number of bins, the bins channel by channel, then the speech
    /// if it is known.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, self.channels];
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend(self.frames.to_le_bytes());
        bytes.extend((self.bins.first().map_or(0, Vec::len) as u32).to_le_bytes());
        self.bins.iter().for_each(|bins| bytes.extend(bins));
        if let Some(speech) = &self.speech {
            bytes.extend(speech.to_bytes());
        }
        bytes
    }

    /// `None` for what another version wrote, or for what is no such thing: compute it again.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, values) = bytes.split_at_checked(18)?;
        let (&[version, channels], numbers) = head.split_first_chunk()?;
        let (rate, numbers) = numbers.split_first_chunk()?;
        let (frames, count) = numbers.split_first_chunk()?;
        let (rate, frames) = (u32::from_le_bytes(*rate), u64::from_le_bytes(*frames));
        let count = u32::from_le_bytes(count.try_into().ok()?) as usize;
        if version != VERSION || !(1..=8).contains(&channels) || rate == 0 {
            return None;
        }
        let (bins, speech) = values.split_at_checked(count.checked_mul(channels.into())?)?;
        let bins = (0..usize::from(channels)).map(|channel| bins[channel * count..(channel + 1) * count].to_vec()).collect();
        let speech = if speech.is_empty() { None } else { Some(Sides::from_bytes(speech, channels)?) };
        Some(Self { channels, rate, frames, bins, speech })
    }

    /// `width` columns a channel, each the largest of its bins.
    pub fn columns(&self, width: usize) -> Vec<Vec<u8>> {
        self.bins.iter().map(|bins| columns(bins, width)).collect()
    }

    /// The same of a part, from the bins that are kept; none where a column would be finer than a bin, so that the part must
    /// be decoded ([`part`]).
    pub fn columns_between(&self, [from, until]: [f64; 2], width: usize) -> Option<Vec<Vec<u8>>> {
        if (until - from) * (BINS as f64) < width as f64 {
            return None;
        }
        let bin = |seconds: f64| (seconds * BINS as f64).max(0.0);
        let all = self.bins.first().map_or(0, Vec::len);
        let (first, last) = ((bin(from).floor() as usize).min(all), (bin(until).ceil() as usize).min(all));
        Some(self.bins.iter().map(|bins| columns(bins.get(first..last).unwrap_or_default(), width)).collect())
    }
}

/// Decodes from one frame to before another and draws that: `width` columns a channel, each the largest magnitude of its
/// own frames, exactly. Column c has the frames `[c*n/width, (c+1)*n/width)` of the part's n, at least one.
///
/// # Errors
/// When that place cannot be read.
pub fn part(decoder: &mut dyn Decoder, [from, until]: [u64; 2], width: usize) -> Result<Vec<Vec<u8>>, SoundError> {
    let channels = usize::from(decoder.facts().channels);
    let frames = until.saturating_sub(from);
    // More columns than frames: some frames are drawn more than once.
    let own = (width as u64).min(frames).max(1);
    let end = |column: u64| (u128::from(column + 1) * u128::from(frames) / u128::from(own)) as u64;
    let (mut drawn, mut largest) = (vec![Vec::new(); channels], vec![0_u16; channels]);
    let (mut at, mut column, mut samples) = (0, 0, Vec::new());
    decoder.seek(from)?;
    while at < frames {
        samples.clear();
        match decoder.read(&mut samples) {
            Ok(0) => break,
            Err(error) if at == 0 => return Err(error),
            Err(_) => break,
            Ok(_) => {}
        }
        let mut rest = samples.as_slice();
        while !rest.is_empty() && at < frames {
            let here = usize::try_from(end(column) - at).unwrap_or(usize::MAX).min(rest.len() / channels);
            let (now, later) = rest.split_at(here * channels);
            measure(now, channels, &mut largest);
            at += here as u64;
            rest = later;
            if at == end(column) {
                close(&mut drawn, &mut largest);
                column += 1;
            }
        }
    }
    // The sound was shorter than it said: what is missing is silent.
    while column < own {
        close(&mut drawn, &mut largest);
        column += 1;
    }
    Ok(drawn.iter().map(|drawn| columns(drawn, width)).collect())
}

/// Raises peaks bin by bin.
struct Meter {
    channels: usize,
    rate: u32,
    frames: u64,
    bins: Vec<Vec<u8>>,
    largest: Vec<u16>,
    /// Bin b ends at frame (b + 1) * rate / 10, also where the rate is no multiple of ten.
    bin_end: u64,
}

impl Meter {
    fn new(channels: u8, rate: u32) -> Self {
        let channels = usize::from(channels);
        Self {
            channels,
            rate,
            frames: 0,
            bins: vec![Vec::new(); channels],
            largest: vec![0; channels],
            bin_end: bin_start(1, rate),
        }
    }

    fn push(&mut self, samples: &[i16]) {
        let mut rest = samples;
        while rest.len() >= self.channels {
            let here = usize::try_from(self.bin_end - self.frames).unwrap_or(usize::MAX).min(rest.len() / self.channels);
            let (now, later) = rest.split_at(here * self.channels);
            measure(now, self.channels, &mut self.largest);
            self.frames += here as u64;
            rest = later;
            if self.frames == self.bin_end {
                close(&mut self.bins, &mut self.largest);
                self.bin_end = bin_start(self.bins[0].len() as u64 + 1, self.rate);
            }
        }
    }

    fn finish(mut self) -> StoredPeaks {
        if self.frames > bin_start(self.bins.first().map_or(0, Vec::len) as u64, self.rate) {
            close(&mut self.bins, &mut self.largest);
        }
        StoredPeaks { channels: self.channels as u8, rate: self.rate, frames: self.frames, bins: self.bins, speech: None }
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
    use crate::domain::turns::Detected;

    /// Squares of these magnitudes, a list a channel, as a WAV file.
    fn squares(rate: u32, magnitudes: &[Vec<i16>]) -> Box<dyn Decoder> {
        let frames = magnitudes[0].len();
        let mut bytes = crate::sound::wav_header(magnitudes.len() as u8, rate, frames as u64).to_vec();
        for frame in 0..frames {
            for side in magnitudes {
                let sign = if frame % 2 == 0 { 1 } else { -1 };
                bytes.extend((side[frame] * sign).to_le_bytes());
            }
        }
        let length = bytes.len() as u64;
        crate::sound::open(Box::new(std::io::Cursor::new(bytes)), length, "a.wav").unwrap()
    }

    /// What each column must show, frame by frame.
    fn by_hand(side: &[i16], [from, until]: [usize; 2], width: usize) -> Vec<u8> {
        let frames = until - from;
        (0..width)
            .map(|column| {
                let (first, last) = (column * frames / width, ((column + 1) * frames / width).max(column * frames / width + 1));
                (first..last)
                    .filter_map(|frame| side.get(from + frame))
                    .map(|sample| level(sample.unsigned_abs()))
                    .max()
                    .unwrap_or(0)
            })
            .collect()
    }

    #[test]
    fn a_part_is_drawn_exactly() {
        let mut random = fastrand::Rng::with_seed(5);
        let sides: Vec<Vec<i16>> =
            (0..2).map(|_| (0..30_000).map(|_| random.i16(0..=i16::MAX) >> random.u8(0..12)).collect()).collect();
        let mut decoder = squares(8_000, &sides);
        for [from, until, width] in
            [[0, 30_000, 80], [123, 20_456, 333], [9_999, 10_099, 100], [500, 540, 100], [29_990, 30_040, 10], [7, 8, 3]]
        {
            let drawn = part(&mut *decoder, [from as u64, until as u64], width).unwrap();
            let wanted: Vec<Vec<u8>> = sides.iter().map(|side| by_hand(side, [from, until], width)).collect();
            assert_eq!(drawn, wanted, "{from} to {until}, {width} columns");
        }
    }

    #[test]
    fn bins_are_those_of_a_part_as_wide() {
        for rate in [8_000, 11_025, 16_000] {
            let side: Vec<i16> = (0..rate as usize * 3 + 77).map(|frame| (frame * 7 % 30_000) as i16).collect();
            let mut decoder = squares(rate, std::slice::from_ref(&side));
            let peaks = StoredPeaks::compute(&mut *decoder).unwrap();
            assert_eq!((peaks.bins[0].len(), peaks.frames), (31, side.len() as u64));
            assert_eq!(peaks.bins[0][..30], part(&mut *decoder, [0, u64::from(rate) * 3], 30).unwrap()[0]);
            assert_eq!(peaks.columns_between([1.0, 2.0], 10).unwrap()[0], peaks.bins[0][10..20]);
            assert_eq!(peaks.columns_between([1.0, 2.0], 5).unwrap()[0], columns(&peaks.bins[0][10..20], 5));
            assert_eq!(peaks.columns_between([1.0, 2.0], 11), None);
        }
    }

    #[test]
    fn a_full_square_and_a_sine_show_their_levels_in_their_own_lanes() {
        let sine = |frame: usize| ((frame as f64 * 0.3).sin() * 16_384.0).round().abs() as i16;
        let left: Vec<i16> = (0..8_000).map(|frame| if frame < 4_000 { i16::MAX } else { 0 }).collect();
        let right: Vec<i16> = (0..8_000).map(|frame| if frame < 4_000 { 0 } else { sine(frame) }).collect();
        let peaks = StoredPeaks::compute(&mut *squares(8_000, &[left, right])).unwrap();
        assert_eq!(peaks.columns(4), [[255, 255, 0, 0], [0, 0, level(16_384), level(16_384)]]);
    }

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
        let bins = vec![vec![1, 2, 3], vec![4, 5, 6]];
        let mut peaks = StoredPeaks { channels: 2, rate: 8000, frames: 2400, bins, speech: None };
        let bytes = peaks.to_bytes();
        assert_eq!(bytes.len(), 24);
        assert_eq!(StoredPeaks::from_bytes(&bytes), Some(peaks.clone()));
        assert_eq!(StoredPeaks::from_bytes(&bytes[..23]), None);
        assert_eq!(StoredPeaks::from_bytes(&bytes[..5]), None);
        let side = Detected { talk: vec![[0.25, 1.5], [2.0, 7.125]], level_db: Some(-21.3), noisy: true };
        peaks.speech = Some(Sides(vec![side, Detected::default()]));
        let known = peaks.to_bytes();
        assert_eq!(StoredPeaks::from_bytes(&known), Some(peaks));
        for length in 25..known.len() {
            assert_eq!(StoredPeaks::from_bytes(&known[..length]), None);
        }
        let mut newer = bytes;
        newer[0] = 9;
        assert_eq!(StoredPeaks::from_bytes(&newer), None);
    }
}
