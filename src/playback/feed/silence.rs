//! Leaves out long silence: sound is passed on, silence is held back until it is known to be short.

use crate::playback::SilenceRule;

/// What is left of a skipped silence on each side.
const KEEP_MS: u64 = 150;
/// Silence is judged in pieces of this length.
const WINDOW_MS: u64 = 10;

/// The state of the silence that is being met.
pub(super) struct Silence {
    channels: usize,
    /// A sample of this size is sound.
    loud: u16,
    /// Samples of all channels.
    least: usize,
    keep: usize,
    window: usize,
    /// Silence that may turn out to be long; ends at the place that was judged last.
    held: Vec<i16>,
    /// The present silence is long: its beginning was passed on, and all but the last of it is dropped.
    long: bool,
}

impl Silence {
    pub(super) fn new(rule: SilenceRule, rate: u32, channels: usize) -> Self {
        let samples = |seconds: f64| ((f64::from(rate) * seconds).round() as usize).max(1) * channels;
        let at_least = if rule.at_least.is_finite() { rule.at_least.clamp(0.7, 5.0) } else { SilenceRule::default().at_least };
        let below = if rule.below_db.is_finite() { rule.below_db.clamp(-90.0, -10.0) } else { SilenceRule::default().below_db };
        Self {
            channels,
            loud: (32768.0 * 10_f32.powf(below / 20.0)).ceil() as u16,
            least: samples(f64::from(at_least)),
            keep: samples(KEEP_MS as f64 / 1000.0),
            window: samples(WINDOW_MS as f64 / 1000.0),
            held: Vec::new(),
            long: false,
        }
    }

    pub(super) fn forget(&mut self) {
        self.held.clear();
        self.long = false;
    }

    /// Judges samples whose first frame is `place`; what is to be heard goes to `pass` with its own place.
    pub(super) fn judge(&mut self, samples: &[i16], place: u64, mut pass: impl FnMut(&[i16], u64)) {
        let mut at = place;
        for piece in samples.chunks(self.window) {
            if piece.iter().all(|sample| sample.unsigned_abs() < self.loud) {
                self.held.extend_from_slice(piece);
                at += (piece.len() / self.channels) as u64;
                self.shorten(at, &mut pass);
            } else {
                self.release(at, &mut pass);
                pass(piece, at);
                at += (piece.len() / self.channels) as u64;
            }
        }
    }

    /// Once it is long, only its beginning and its end are kept.
    fn shorten(&mut self, end: u64, pass: &mut impl FnMut(&[i16], u64)) {
        if !self.long {
            if self.held.len() < self.least {
                return;
            }
            self.long = true;
            let begun = end - (self.held.len() / self.channels) as u64;
            pass(&self.held[..self.keep], begun);
            self.held.drain(..self.keep);
        }
        let surplus = self.held.len().saturating_sub(self.keep);
        self.held.drain(..surplus);
    }

    /// The silence ends at the frame `end`: passes on what is held back of it.
    pub(super) fn release(&mut self, end: u64, pass: &mut impl FnMut(&[i16], u64)) {
        if !self.held.is_empty() {
            pass(&self.held, end - (self.held.len() / self.channels) as u64);
        }
        self.forget();
    }
}
