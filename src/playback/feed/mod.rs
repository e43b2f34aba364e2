//! From the decoder to what is heard: loop, silence left out, levels, sides, another speed. Works in frames of the
//! recording's own rate and channels.

mod level;
mod mixing;
mod silence;
#[cfg(test)]
mod tests;

use std::num::{NonZeroU16, NonZeroU32};

use super::{Side, SilenceRule};
use crate::sound::{Decoder, SoundError};
use level::Level;
use mixing::Mixing;
use silence::Silence;

/// A shorter loop would be a tone.
const SHORTEST_LOOP_MS: u64 = 50;
/// Before the levels of the sides are known, so much before and after a place is listened to.
const LOOK_BACK_S: u64 = 4;
const LOOK_AHEAD_S: u64 = 2;

/// Why what is heard is somewhere else in the recording from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// After a seek, or at the beginning.
    Begun,
    /// Silence was left out.
    Skipped,
    /// From B back to A.
    Looped,
}

/// From an output frame (counted from the last seek) on, the recording is at `place`; until then it went to `before`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bend {
    pub output: f64,
    pub before: f64,
    pub place: f64,
    pub speed: f64,
    pub came: Came,
}

/// What pulling gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pulled {
    Some,
    /// Nothing yet, for it was silence that is left out; pull again.
    Working,
    /// Nothing yet: the decoder waits for this.
    Waiting(String),
    End,
}

/// The recording as it will be heard.
pub struct Feed {
    decoder: Box<dyn Decoder>,
    channels: usize,
    rate: u32,
    speed: f32,
    stretch: Option<wsola::TimeStretch>,
    silence: Option<Silence>,
    mixing: Mixing,
    level: Option<Level>,
    /// First frame, and the frame behind the last.
    looped: Option<[u64; 2]>,
    decoded: Vec<i16>,
    /// The frame that the decoder gives next.
    place: u64,
    /// The frame that is heard next if nothing is left out.
    next: u64,
    came: Came,
    /// Frames of the recording that went to the stretcher (or past it) since the last seek.
    fed: u64,
    bends: Vec<Bend>,
    finished: bool,
}

impl Feed {
    /// Begins at the decoder's beginning.
    pub fn new(decoder: Box<dyn Decoder>) -> Self {
        let (channels, rate) = (usize::from(decoder.facts().channels.max(1)), decoder.facts().rate.max(1));
        Self {
            decoder,
            channels,
            rate,
            speed: 1.0,
            stretch: None,
            silence: None,
            mixing: Mixing::default(),
            level: None,
            looped: None,
            decoded: Vec::new(),
            place: 0,
            next: 0,
            came: Came::Skipped,
            fed: 0,
            bends: Vec::new(),
            finished: false,
        }
    }

    pub const fn channels(&self) -> usize {
        self.channels
    }

    pub const fn rate(&self) -> u32 {
        self.rate
    }

    /// The recording's frame behind the last one that was handed out.
    pub const fn next_frame(&self) -> u64 {
        self.next
    }

    pub const fn speed(&self) -> f32 {
        self.speed
    }

    pub const fn set_side(&mut self, side: Side) {
        self.mixing.side = side;
    }

    /// Left and right change places.
    pub const fn set_swap(&mut self, swap: bool) {
        self.mixing.swap = swap;
    }

    /// -1.0 left alone, 1.0 right alone; the other loudspeaker is turned down, nothing gets louder.
    pub const fn set_balance(&mut self, balance: f32) {
        self.mixing.balance = balance;
    }

    /// Brings the speech of each side to the same level; in force from the next seek on.
    pub fn set_normalise(&mut self, normalise: bool) {
        if !normalise {
            self.level = None;
        } else if self.level.is_none() {
            self.level = Some(Level::new(self.rate, self.channels));
        }
    }

    /// Leaves out silence; in force from the next seek on.
    pub fn set_skip_silence(&mut self, rule: Option<SilenceRule>) {
        self.silence = rule.map(|rule| Silence::new(rule, self.rate, self.channels));
    }

    /// From A to B, in frames, again and again; who is behind B already plays to the end. A loop too short to be heard as
    /// one is none.
    pub fn set_loop(&mut self, looped: Option<[u64; 2]>) {
        let shortest = u64::from(self.rate) * SHORTEST_LOOP_MS / 1000;
        self.looped = looped.filter(|[from, until]| until.saturating_sub(*from) >= shortest.max(1));
    }

    /// 1.0 bypasses the stretcher, so that the sound is untouched; in force from the next seek on.
    pub const fn set_speed(&mut self, speed: f32) {
        if speed.is_finite() {
            self.speed = speed.clamp(*super::SPEEDS.start(), *super::SPEEDS.end());
        }
    }

    /// Goes to a frame of the recording; what was on its way is dropped.
    ///
    /// # Errors
    /// When the decoder cannot go there.
    pub fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.learn(frame)?;
        self.decoder.seek(frame)?;
        self.decoded.clear();
        self.bends.clear();
        if let Some(silence) = &mut self.silence {
            silence.forget();
        }
        self.stretch = if (self.speed - 1.0).abs() < 0.001 { None } else { self.stretcher() };
        self.place = frame;
        self.next = frame;
        self.came = Came::Skipped;
        self.fed = 0;
        self.finished = false;
        self.bend(frame, Came::Begun);
        Ok(())
    }

    fn stretcher(&self) -> Option<wsola::TimeStretch> {
        let config = wsola::Config { hop_ms: 10.0, search_ms: 10.0 };
        let channels = u16::try_from(self.channels).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN);
        let rate = NonZeroU32::new(self.rate).unwrap_or(NonZeroU32::MIN);
        let mut stretch = wsola::TimeStretch::with_config(rate, channels, config).ok()?;
        stretch.set_tempo(self.speed);
        Some(stretch)
    }

    /// Listens to the sound around a place, if nothing is known of the levels yet. Nothing waits for that.
    fn learn(&mut self, frame: u64) -> Result<(), SoundError> {
        let Some(level) = self.level.as_mut().filter(|level| level.is_new()) else { return Ok(()) };
        let rate = u64::from(self.rate);
        self.decoder.seek(frame.saturating_sub(LOOK_BACK_S * rate))?;
        let most = ((LOOK_BACK_S.min(frame / rate) + LOOK_AHEAD_S) * rate) as usize * self.channels;
        self.decoded.clear();
        while self.decoded.len() < most && self.decoder.waits().is_none() {
            if self.decoder.read(&mut self.decoded).unwrap_or(0) == 0 {
                break;
            }
        }
        level.learn(&self.decoded);
        Ok(())
    }

    /// Changes since the last call.
    pub fn take_bends(&mut self) -> Vec<Bend> {
        std::mem::take(&mut self.bends)
    }

    /// Appends some frames, interleaved, full scale 1.0; `Ok(false)` at the end. Waits for what the decoder waits for.
    ///
    /// # Errors
    /// When the rest cannot be decoded.
    pub fn pull(&mut self, out: &mut Vec<f32>) -> Result<bool, SoundError> {
        while !self.finished {
            let before = out.len();
            self.step(out)?;
            if out.len() > before {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// As [`Self::pull`], but comes back after `most` decoded frames, and where the decoder would have to wait.
    ///
    /// # Errors
    /// When the rest cannot be decoded.
    pub fn pull_some(&mut self, out: &mut Vec<f32>, most: usize) -> Result<Pulled, SoundError> {
        let before = out.len();
        let mut decoded = 0;
        while !self.finished {
            if let Some(why) = self.decoder.waits() {
                return Ok(Pulled::Waiting(why));
            }
            decoded += self.step(out)?;
            if out.len() > before {
                return Ok(Pulled::Some);
            }
            if decoded >= most {
                return Ok(Pulled::Working);
            }
        }
        Ok(Pulled::End)
    }

    /// Decodes once; gives the frames that it read.
    fn step(&mut self, out: &mut Vec<f32>) -> Result<usize, SoundError> {
        let mut decoded = std::mem::take(&mut self.decoded);
        decoded.clear();
        let count = self.decoder.read(&mut decoded)?;
        // Reaching B goes to A; a loop beyond the end ends there.
        let turns = self.looped.filter(|[from, until]| {
            self.place < *until && (self.place + count as u64 >= *until || (count == 0 && self.place > *from))
        });
        let taken = turns.map_or(count, |[_, until]| count.min((until - self.place) as usize));
        self.judge(&decoded[..taken * self.channels], out);
        self.place += taken as u64;
        self.decoded = decoded;
        if let Some([from, _]) = turns {
            self.release(out);
            self.decoder.seek(from)?;
            self.place = from;
            self.came = Came::Looped;
        } else if count == 0 {
            self.finish(out);
        }
        Ok(count)
    }

    fn bend(&mut self, place: u64, came: Came) {
        let speed = f64::from(self.speed);
        let output = self.fed as f64 / if self.stretch.is_some() { speed } else { 1.0 };
        self.bends.push(Bend { output, before: self.next as f64, place: place as f64, speed, came });
    }

    fn judge(&mut self, samples: &[i16], out: &mut Vec<f32>) {
        match self.silence.take() {
            None => self.emit(samples, self.place, out),
            Some(mut silence) => {
                silence.judge(samples, self.place, |piece, place| self.emit(piece, place, out));
                self.silence = Some(silence);
            }
        }
    }

    /// What is held back of a silence is heard after all: it ends here.
    fn release(&mut self, out: &mut Vec<f32>) {
        if let Some(mut silence) = self.silence.take() {
            silence.release(self.place, &mut |piece, place| self.emit(piece, place, out));
            self.silence = Some(silence);
        }
    }

    fn finish(&mut self, out: &mut Vec<f32>) {
        self.finished = true;
        self.release(out);
        if let Some(mut stretch) = self.stretch.take() {
            stretch.set_draining();
            stretched(&mut stretch, out);
            stretch.reset();
            self.stretch = Some(stretch);
        }
    }

    /// Levels, sides, then the stretcher.
    fn emit(&mut self, samples: &[i16], place: u64, out: &mut Vec<f32>) {
        if samples.is_empty() {
            return;
        }
        if place != self.next {
            self.bend(place, self.came);
        }
        self.came = Came::Skipped;
        let frames = (samples.len() / self.channels) as u64;
        self.next = place + frames;
        self.fed += frames;
        let from = out.len();
        out.extend(samples.iter().map(|sample| f32::from(*sample) / 32768.0));
        if let Some(level) = &mut self.level {
            level.apply(&mut out[from..]);
        }
        self.mixing.mix(&mut out[from..], self.channels);
        if let Some(stretch) = &mut self.stretch {
            stretch.push(&out[from..]);
            out.truncate(from);
            stretched(stretch, out);
        }
    }
}

fn stretched(stretch: &mut wsola::TimeStretch, out: &mut Vec<f32>) {
    let mut block = vec![0.0; stretch.min_output_buff_size() * 4];
    while let Ok(count) = stretch.pull(&mut block) {
        out.extend_from_slice(&block[..count]);
        if count < block.len() {
            break;
        }
    }
}
