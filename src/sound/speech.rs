//! Who speaks when: a voice detector on each side.
//!
//! `earshot` (16 kHz, 16 ms frames, threshold 0.5) keeps 97 to 98 % of synthetic speech and finds 94 % of the pauses on a
//! quiet line; at 5 dB above pink noise it finds half of the pauses only, which is what [`Detected::noisy`] tells. It takes
//! music for speech: where the call's events say hold, whoever asks leaves that out.

use earshot::Detector;

use super::resample::Resampler;
use crate::domain::turns::Detected;

/// Hz and samples of a frame of the detector.
const RATE: u32 = 16_000;
const FRAME: usize = 256;
const FRAME_MS: u32 = 16;
const THRESHOLD: f32 = 0.5;
/// The detector looks at 48 ms at once and needs some of what follows: it is this late.
const LATE_MS: u32 = 16;
/// Shorter gaps belong to what is said; shorter sounds are no speech.
const GAP_MS: u32 = 200;
const WORD_MS: u32 = 120;
/// Mean square of what is too quiet to be heard as speech: -62 dBFS.
const INAUDIBLE: f32 = 6.3e-7;
/// Speech less than this above the noise, and noise louder than that, cannot be told apart well.
const NOISY_BY_DB: f64 = 9.0;
const NOISE_DB: f64 = -50.0;

/// What was found on each channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sides(pub Vec<Detected>);

/// Listens to a sound while it is decoded.
pub(super) struct Listener {
    channels: usize,
    sides: Vec<Side>,
    one: Vec<i16>,
}

struct Side {
    detector: Box<Detector>,
    resampler: Resampler,
    wave: Vec<f32>,
    /// A frame each: whether it is speech.
    speech: Vec<bool>,
    /// How often which level was met, in steps of 1 dB down from 0: of all frames that are not digital silence.
    levels: [u32; 100],
    /// Mean squares of the frames of speech, summed up, and how many.
    power: (f64, u32),
}

impl Listener {
    pub(super) fn new(channels: u8, rate: u32) -> Self {
        let side = || Side {
            detector: Detector::default_boxed(),
            resampler: Resampler::quick(1, rate, RATE),
            wave: Vec::new(),
            speech: Vec::new(),
            levels: [0; 100],
            power: (0.0, 0),
        };
        Self { channels: channels.into(), sides: (0..channels).map(|_| side()).collect(), one: Vec::new() }
    }

    /// Takes interleaved samples.
    pub(super) fn push(&mut self, samples: &[i16]) {
        for (channel, side) in self.sides.iter_mut().enumerate() {
            self.one.clear();
            self.one.extend(samples.iter().skip(channel).step_by(self.channels));
            side.resampler.push(&self.one, &mut side.wave);
            side.listen();
        }
    }

    pub(super) fn finish(self) -> Sides {
        let finish = |mut side: Side| {
            side.resampler.finish(&mut side.wave);
            // The last frame is filled up, and one more lets the detector see what came last.
            side.wave.resize(side.wave.len().div_ceil(FRAME) * FRAME, 0.0);
            side.listen();
            side.found()
        };
        Sides(self.sides.into_iter().map(finish).collect())
    }
}

impl Side {
    fn listen(&mut self) {
        let mut frames = self.wave.chunks_exact_mut(FRAME);
        let mut done = 0;
        for frame in &mut frames {
            frame.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
            let score = self.detector.predict_f32(frame);
            let power = mean_square(frame);
            let speaks = score >= THRESHOLD && power > INAUDIBLE;
            self.speech.push(speaks);
            if power > 1e-10 {
                let step = (-10.0 * f64::from(power).log10()).clamp(0.0, 99.0) as usize;
                self.levels[step] += 1;
            }
            if speaks {
                self.power.0 += f64::from(power);
                self.power.1 += 1;
            }
            done += FRAME;
        }
        self.wave.drain(..done);
    }

    fn found(&self) -> Detected {
        let talk = words(&self.speech);
        let level_db = (self.power.1 > 0 && !talk.is_empty()).then(|| 10.0 * (self.power.0 / f64::from(self.power.1)).log10());
        let floor = self.level_below(0.1);
        let loud = level_db.or_else(|| self.level_below(0.9));
        let noisy = floor.zip(loud).is_some_and(|(floor, loud)| floor > NOISE_DB && loud - floor < NOISY_BY_DB);
        let seconds = |[from, until]: [u32; 2]| [f64::from(from) / 1000.0, f64::from(until) / 1000.0];
        let tenth = |level: f64| (level * 10.0).round() / 10.0;
        Detected { talk: talk.into_iter().map(seconds).collect(), level_db: level_db.map(tenth), noisy }
    }

    /// The level in dBFS that this share of the frames stays below.
    fn level_below(&self, share: f64) -> Option<f64> {
        let all: u32 = self.levels.iter().sum();
        let mut left = (f64::from(all) * share).ceil() as u32;
        self.levels.iter().enumerate().rev().filter(|_| all > 0).find_map(|(step, count)| {
            left = left.saturating_sub(*count);
            (left == 0).then_some(-(step as f64))
        })
    }
}

fn mean_square(frame: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    for eight in frame.chunks_exact(8) {
        for (lane, sample) in lanes.iter_mut().zip(eight) {
            *lane += sample * sample;
        }
    }
    lanes.iter().sum::<f32>() / frame.len().max(1) as f32
}

/// Spans of speech in milliseconds: gaps are closed first, then what is too short is dropped.
fn words(speech: &[bool]) -> Vec<[u32; 2]> {
    let mut words: Vec<[u32; 2]> = Vec::new();
    for (number, _) in speech.iter().enumerate().filter(|(_, speaks)| **speaks) {
        let begin = (number as u32).saturating_mul(FRAME_MS).saturating_sub(LATE_MS);
        match words.last_mut() {
            Some(last) if begin.saturating_sub(last[1]) < GAP_MS => last[1] = begin + FRAME_MS,
            _ => words.push([begin, begin + FRAME_MS]),
        }
    }
    words.retain(|[from, until]| until - from >= WORD_MS);
    words
}

impl Sides {
    /// For each side: noisy (0 or 1), level in tenths of a dB (`i16::MIN`: none), number of spans, the spans in milliseconds;
    /// all little-endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for side in &self.0 {
            bytes.push(u8::from(side.noisy));
            let level = side.level_db.map_or(i16::MIN, |level| (level * 10.0).round() as i16);
            bytes.extend(level.to_le_bytes());
            bytes.extend((side.talk.len() as u32).to_le_bytes());
            let milliseconds = |seconds: &f64| ((seconds * 1000.0).round() as u32).to_le_bytes();
            side.talk.iter().flatten().for_each(|seconds| bytes.extend(milliseconds(seconds)));
        }
        bytes
    }

    pub(super) fn from_bytes(mut bytes: &[u8], channels: u8) -> Option<Self> {
        let mut sides = Vec::new();
        for _ in 0..channels {
            let (&[noisy, low, high], rest) = bytes.split_first_chunk()?;
            let (count, rest) = rest.split_first_chunk()?;
            let size = (u32::from_le_bytes(*count) as usize).checked_mul(8)?;
            let (spans, rest) = rest.split_at_checked(size)?;
            let seconds = |bytes: &[u8]| Some(f64::from(u32::from_le_bytes(bytes.try_into().ok()?)) / 1000.0);
            let talk = spans.chunks_exact(8).map(|span| Some([seconds(&span[..4])?, seconds(&span[4..])?]));
            let level = i16::from_le_bytes([low, high]);
            sides.push(Detected {
                talk: talk.collect::<Option<_>>()?,
                level_db: (level != i16::MIN).then(|| f64::from(level) / 10.0),
                noisy: noisy == 1,
            });
            bytes = rest;
        }
        bytes.is_empty().then_some(Self(sides))
    }
}

#[cfg(test)]
mod tests;
