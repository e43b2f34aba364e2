//! From the decoder to what is heard: silence left out, one side alone, another speed. Works in frames of the recording's
//! own rate and channels.

use std::num::{NonZeroU16, NonZeroU32};

use super::Side;
use crate::sound::{Decoder, SoundError};

/// Quieter than -45 dBFS is silence.
const SILENT: u16 = 184;
/// Silence shorter than this stays.
const SKIP_MS: u64 = 1_500;
/// What is left of a skipped silence on each side.
const KEEP_MS: u64 = 150;
/// Silence is judged in pieces of this length.
const WINDOW_MS: u64 = 10;

/// A change in how output maps to the recording, at an output frame counted from the last seek.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bend {
    pub output: f64,
    pub place: f64,
    pub speed: f64,
}

/// The recording as it will be heard.
pub struct Feed {
    decoder: Box<dyn Decoder>,
    channels: usize,
    rate: u32,
    side: Side,
    speed: f32,
    skip_silence: bool,
    stretch: Option<wsola::TimeStretch>,
    /// Decoded and not yet judged.
    decoded: Vec<i16>,
    /// The recording's frame of `decoded[0]`.
    place: u64,
    /// Silence that may turn out to be long; its first frame is `place - quiet.len() / channels`.
    quiet: Vec<i16>,
    /// Frames of the present silence that were dropped already.
    dropped: u64,
    /// Frames handed to output since the last seek.
    output: f64,
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
            side: Side::Both,
            speed: 1.0,
            skip_silence: false,
            stretch: None,
            decoded: Vec::new(),
            place: 0,
            quiet: Vec::new(),
            dropped: 0,
            output: 0.0,
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

    pub const fn speed(&self) -> f32 {
        self.speed
    }

    pub const fn set_side(&mut self, side: Side) {
        self.side = side;
    }

    pub const fn set_skip_silence(&mut self, skip: bool) {
        self.skip_silence = skip;
    }

    /// 1.0 bypasses the stretcher, so that the sound is untouched.
    pub fn set_speed(&mut self, speed: f32) {
        let speed = if speed.is_finite() { speed.clamp(*super::SPEEDS.start(), *super::SPEEDS.end()) } else { 1.0 };
        if (speed - self.speed).abs() < f32::EPSILON {
            return;
        }
        self.speed = speed;
        if (speed - 1.0).abs() < 0.001 {
            self.stretch = None;
        } else if let Some(stretch) = &mut self.stretch {
            stretch.set_tempo(speed);
        } else {
            let config = wsola::Config { hop_ms: 10.0, search_ms: 10.0 };
            let channels = u16::try_from(self.channels).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN);
            let rate = NonZeroU32::new(self.rate).unwrap_or(NonZeroU32::MIN);
            self.stretch = wsola::TimeStretch::with_config(rate, channels, config).ok();
            if let Some(stretch) = &mut self.stretch {
                stretch.set_tempo(speed);
            }
        }
        self.bend(self.place.saturating_sub((self.quiet.len() / self.channels) as u64));
    }

    /// Goes to a frame of the recording; what was on its way is dropped.
    ///
    /// # Errors
    /// When the decoder cannot go there.
    pub fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.decoder.seek(frame)?;
        self.decoded.clear();
        self.quiet.clear();
        self.bends.clear();
        if let Some(stretch) = &mut self.stretch {
            stretch.reset();
        }
        self.place = frame;
        self.dropped = 0;
        self.output = 0.0;
        self.finished = false;
        self.bend(frame);
        Ok(())
    }

    /// Changes since the last call.
    pub fn take_bends(&mut self) -> Vec<Bend> {
        std::mem::take(&mut self.bends)
    }

    /// Appends some frames, interleaved, full scale 1.0; `Ok(false)` at the end.
    ///
    /// # Errors
    /// When the rest cannot be decoded.
    pub fn pull(&mut self, out: &mut Vec<f32>) -> Result<bool, SoundError> {
        while !self.finished {
            let before = out.len();
            self.decoded.clear();
            let count = self.decoder.read(&mut self.decoded)?;
            if count == 0 {
                self.finish(out);
            } else {
                let decoded = std::mem::take(&mut self.decoded);
                self.judge(&decoded, out);
                self.decoded = decoded;
            }
            if out.len() > before {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn frames(&self, milliseconds: u64) -> u64 {
        (u64::from(self.rate) * milliseconds / 1000).max(1)
    }

    fn bend(&mut self, place: u64) {
        self.bends.push(Bend { output: self.output, place: place as f64, speed: f64::from(self.speed) });
    }

    /// Passes sound on, holds silence back until it is known to be short.
    fn judge(&mut self, decoded: &[i16], out: &mut Vec<f32>) {
        if !self.skip_silence && self.quiet.is_empty() {
            self.emit(decoded, out);
            self.place += (decoded.len() / self.channels) as u64;
            return;
        }
        let window = self.frames(WINDOW_MS) as usize * self.channels;
        for piece in decoded.chunks(window) {
            self.place += (piece.len() / self.channels) as u64;
            if self.skip_silence && piece.iter().all(|sample| sample.unsigned_abs() < SILENT) {
                self.quiet.extend_from_slice(piece);
                self.shorten(out);
            } else {
                self.release(out);
                self.emit(piece, out);
            }
        }
    }

    /// Once a silence is long: its beginning is passed on, the middle dropped, the last of it kept back.
    fn shorten(&mut self, out: &mut Vec<f32>) {
        let keep = self.frames(KEEP_MS) as usize * self.channels;
        if self.dropped == 0 {
            if self.quiet.len() < self.frames(SKIP_MS) as usize * self.channels {
                return;
            }
            let head: Vec<i16> = self.quiet.drain(..keep).collect();
            self.emit(&head, out);
        }
        let surplus = self.quiet.len().saturating_sub(keep);
        self.quiet.drain(..surplus);
        self.dropped += (surplus / self.channels) as u64;
    }

    /// Passes on what is held back of a silence, now that it is over.
    fn release(&mut self, out: &mut Vec<f32>) {
        if self.quiet.is_empty() {
            return;
        }
        let quiet = std::mem::take(&mut self.quiet);
        if self.dropped > 0 {
            // `place` is already behind the piece after the silence, which is one window at most.
            let held = (quiet.len() / self.channels) as u64 + self.frames(WINDOW_MS);
            self.bend(self.place.saturating_sub(held));
            self.dropped = 0;
        }
        self.emit(&quiet, out);
    }

    fn finish(&mut self, out: &mut Vec<f32>) {
        self.finished = true;
        self.release(out);
        if let Some(mut stretch) = self.stretch.take() {
            stretch.set_draining();
            self.stretched(&mut stretch, out);
            stretch.reset();
            self.stretch = Some(stretch);
        }
    }

    /// One side alone, then the stretcher.
    fn emit(&mut self, samples: &[i16], out: &mut Vec<f32>) {
        let scaled = |sample: i16| f32::from(sample) / 32768.0;
        let from = out.len();
        match (self.side, self.channels) {
            (Side::Both, _) | (_, 1) => out.extend(samples.iter().copied().map(scaled)),
            (side, channels) => {
                let chosen = usize::from(side == Side::Right);
                let frames = samples.chunks_exact(channels);
                out.extend(frames.flat_map(|frame| std::iter::repeat_n(scaled(frame[chosen]), channels)));
            }
        }
        if let Some(mut stretch) = self.stretch.take() {
            stretch.push(&out[from..]);
            out.truncate(from);
            self.stretched(&mut stretch, out);
            self.stretch = Some(stretch);
        } else {
            self.output += ((out.len() - from) / self.channels) as f64;
        }
    }

    fn stretched(&mut self, stretch: &mut wsola::TimeStretch, out: &mut Vec<f32>) {
        let mut block = vec![0.0; stretch.min_output_buff_size() * 4];
        while let Ok(count) = stretch.pull(&mut block) {
            out.extend_from_slice(&block[..count]);
            self.output += (count / self.channels) as f64;
            if count < block.len() {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::sound;

    /// Stereo at 8 kHz: one second of tone, `silence` seconds of nothing, one second of tone.
    fn feed(silence: usize) -> Feed {
        let tone = |n: usize| ((n as f32 * 0.3).sin() * 8000.0) as i16;
        let frames = (2 + silence) * 8000;
        let mut bytes = sound::wav_header(2, 8000, frames as u64).to_vec();
        for n in 0..frames {
            let loud = n < 8000 || n >= frames - 8000;
            let left = if loud { tone(n) } else { 0 };
            bytes.extend(left.to_le_bytes());
            bytes.extend((left / 2).to_le_bytes());
        }
        let length = bytes.len() as u64;
        Feed::new(sound::open(Box::new(Cursor::new(bytes)), length, "a.wav").unwrap())
    }

    fn all(feed: &mut Feed) -> Vec<f32> {
        let mut out = Vec::new();
        while feed.pull(&mut out).unwrap() {}
        out
    }

    #[test]
    fn a_plain_feed_changes_nothing_and_a_side_is_heard_on_both() {
        let whole = all(&mut feed(0));
        assert_eq!(whole.len(), 32_000);
        let mut left = feed(0);
        left.set_side(Side::Left);
        assert!(all(&mut left).chunks(2).zip(whole.chunks(2)).all(|(solo, both)| solo == [both[0], both[0]]));
        let mut right = feed(0);
        right.set_side(Side::Right);
        assert!(all(&mut right).chunks(2).zip(whole.chunks(2)).all(|(solo, both)| solo == [both[1], both[1]]));
    }

    #[test]
    fn long_silence_shrinks_to_three_hundred_milliseconds_and_places_follow() {
        let mut feed = feed(5);
        feed.seek(0).unwrap();
        feed.set_skip_silence(true);
        let out = all(&mut feed);
        let frames = out.len() / 2;
        assert!((18_300..18_500).contains(&frames), "{frames}");
        let bends = feed.take_bends();
        assert_eq!((bends[0].place, bends.len()), (0.0, 2));
        // The end of the output is the end of the recording.
        let end = bends[1].place + (frames as f64 - bends[1].output);
        assert!((end - 56_000.0).abs() < 161.0, "{end}");
    }

    #[test]
    fn short_silence_stays_as_it_is() {
        let whole = all(&mut feed(1));
        let mut skipping = feed(1);
        skipping.set_skip_silence(true);
        assert_eq!(all(&mut skipping), whole);
    }

    #[test]
    fn speed_changes_the_length_and_not_the_pitch() {
        for speed in [0.5, 1.5, 2.0, 3.0] {
            let mut feed = feed(0);
            feed.set_speed(speed);
            let out = all(&mut feed);
            let frames = out.len() / 2;
            let wanted = (16_000.0 / speed) as usize;
            assert!(frames.abs_diff(wanted) < 500, "{speed}: {frames} for {wanted}");
            // Crossings of zero a second tell the pitch of a tone.
            let left: Vec<f32> = out.iter().copied().step_by(2).collect();
            let crossings = left.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
            let pitch = crossings as f32 / frames as f32 / 2.0 * 8000.0;
            assert!((pitch - 382.0).abs() < 8.0, "{speed}: {pitch} Hz");
            assert!(out.chunks_exact(2).all(|pair| (pair[0] - pair[1] * 2.0).abs() < 0.001), "both sides share one shift");
        }
    }
}
