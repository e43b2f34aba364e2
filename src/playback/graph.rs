//! The feed as a source of rodio, mixed at its own rate and channels.

use std::{
    num::{NonZeroU16, NonZeroU32},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rodio::{
    Source,
    mixer::{MixerSource, mixer},
};

use super::{
    Feed, Side, SilenceRule,
    feed::{Bend, Pulled},
    limiter::Limiter,
};
use crate::sound::{Decoder, SoundError};

/// Sound that takes the place of other sound begins so softly that the joint does not click.
const FADE_MS: u32 = 4;
/// Frames decoded at a time while nothing is heard of them: commands are looked at in between.
const AT_ONCE: usize = 80_000;

/// What plays, ready to be pulled as 16-bit samples.
pub(super) struct Graph {
    shared: Arc<Mutex<Shared>>,
    mixed: MixerSource,
    channels: NonZeroU16,
    rate: NonZeroU32,
    frames: u64,
    limiter: Limiter,
    /// Frames of the fade that are still to come.
    fade: u32,
}

struct Shared {
    feed: Feed,
    /// Why the source gave nothing more.
    stopped: Option<Result<Pulled, SoundError>>,
}

/// What one pull gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// So many frames.
    Frames(usize),
    /// None yet; pull again at once.
    Working,
    /// None yet; it waits for this.
    Waiting(String),
    End,
}

/// How everything is heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) volume: f32,
    pub(super) speed: f32,
    pub(super) side: Side,
    pub(super) swap: bool,
    pub(super) balance: f32,
    pub(super) normalise: bool,
    pub(super) silence: Option<SilenceRule>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { volume: 1.0, speed: 1.0, side: Side::Both, swap: false, balance: 0.0, normalise: false, silence: None }
    }
}

/// The feed, seen by rodio.
struct FeedSource {
    shared: Arc<Mutex<Shared>>,
    block: Vec<f32>,
    at: usize,
    channels: NonZeroU16,
    rate: NonZeroU32,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Graph {
    pub(super) fn new(decoder: Box<dyn Decoder>) -> Self {
        let frames = if decoder.length_is_exact() { decoder.facts().frames } else { u64::MAX };
        let feed = Feed::new(decoder);
        let channels = u16::try_from(feed.channels()).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN);
        let rate = NonZeroU32::new(feed.rate()).unwrap_or(NonZeroU32::MIN);
        let shared = Arc::new(Mutex::new(Shared { feed, stopped: None }));
        let mixed = mix(&shared, channels, rate);
        Self { shared, mixed, channels, rate, frames, limiter: Limiter::new(rate.get()), fade: 0 }
    }

    pub(super) fn rate(&self) -> u32 {
        self.rate.get()
    }

    pub(super) fn channels(&self) -> u8 {
        u8::try_from(self.channels.get()).unwrap_or(1)
    }

    /// The frame of a second; not beyond the end.
    pub(super) fn frame_of(&self, seconds: f64) -> u64 {
        let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
        ((seconds * f64::from(self.rate())).round() as u64).min(self.frames)
    }

    /// Goes to a frame; nothing of before is heard any more. `fade`: it begins softly, for something else was just heard.
    pub(super) fn seek(&mut self, frame: u64, fade: bool) -> Result<(), SoundError> {
        let mut shared = lock(&self.shared);
        shared.stopped = None;
        shared.feed.seek(frame)?;
        drop(shared);
        self.mixed = mix(&self.shared, self.channels, self.rate);
        self.limiter = Limiter::new(self.rate());
        self.fade = if fade { self.fade_frames() } else { 0 };
        Ok(())
    }

    fn fade_frames(&self) -> u32 {
        self.rate() * FADE_MS / 1000
    }

    /// In force from the next seek on.
    pub(super) fn set(&self, settings: &Settings) {
        let feed = &mut lock(&self.shared).feed;
        feed.set_speed(settings.speed);
        feed.set_side(settings.side);
        feed.set_swap(settings.swap);
        feed.set_balance(settings.balance);
        feed.set_normalise(settings.normalise);
        feed.set_skip_silence(settings.silence);
    }

    /// In seconds.
    pub(super) fn set_loop(&self, looped: Option<(f64, f64)>) {
        let looped = looped.map(|(from, until)| [self.frame_of(from), self.frame_of(until)]);
        lock(&self.shared).feed.set_loop(looped);
    }

    pub(super) fn speed(&self) -> f32 {
        lock(&self.shared).feed.speed()
    }

    pub(super) fn take_bends(&self) -> Vec<Bend> {
        lock(&self.shared).feed.take_bends()
    }

    /// The recording's frame behind the last one that was pulled and passed on.
    pub(super) fn written_until(&self) -> f64 {
        lock(&self.shared).feed.next_frame() as f64
    }

    /// Up to `frames` frames at a volume; fewer at the end. A failure of the decoder is told after what came before it.
    pub(super) fn pull(&mut self, frames: usize, volume: f32, samples: &mut Vec<i16>) -> Result<Got, SoundError> {
        let channels = usize::from(self.channels.get());
        let mut pulled: Vec<f32> = self.mixed.by_ref().take(frames * channels).map(|sample| sample * volume).collect();
        let got = pulled.len() / channels;
        pulled.truncate(got * channels);
        for frame in pulled.chunks_exact_mut(channels) {
            if self.fade > 0 {
                let gain = 1.0 - self.fade as f32 / self.fade_frames().max(1) as f32;
                frame.iter_mut().for_each(|sample| *sample *= gain);
                self.fade -= 1;
            }
            self.limiter.limit(frame);
        }
        samples.extend(pulled.iter().map(|sample| (sample * 32768.0).round() as i16));
        if got > 0 {
            return Ok(Got::Frames(got));
        }
        let stopped = lock(&self.shared).stopped.take();
        let got = match stopped.transpose()? {
            Some(Pulled::Working) => Got::Working,
            Some(Pulled::Waiting(why)) => Got::Waiting(why),
            Some(Pulled::Some | Pulled::End) | None => return Ok(Got::End),
        };
        // The mixer let its source go when that had nothing.
        self.mixed = mix(&self.shared, self.channels, self.rate);
        Ok(got)
    }
}

/// A mixer with the feed as its only source. A new one after each seek drops what the old one held.
fn mix(shared: &Arc<Mutex<Shared>>, channels: NonZeroU16, rate: NonZeroU32) -> MixerSource {
    let (input, mixed) = mixer(channels, rate);
    input.add(FeedSource { shared: Arc::clone(shared), block: Vec::new(), at: 0, channels, rate });
    mixed
}

impl Iterator for FeedSource {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.at == self.block.len() {
            self.block.clear();
            self.at = 0;
            let mut shared = lock(&self.shared);
            let pulled = shared.feed.pull_some(&mut self.block, AT_ONCE);
            if pulled != Ok(Pulled::Some) {
                shared.stopped = Some(pulled);
                return None;
            }
        }
        let sample = self.block.get(self.at).copied();
        self.at += 1;
        sample
    }
}

impl Source for FeedSource {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> NonZeroU16 {
        self.channels
    }

    fn sample_rate(&self) -> NonZeroU32 {
        self.rate
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::sound;

    fn decoder(channels: u8) -> Box<dyn Decoder> {
        let mut bytes = sound::wav_header(channels, 8000, 9000).to_vec();
        (0..9000 * i32::from(channels)).for_each(|n| bytes.extend(((n * 7919) as i16).to_le_bytes()));
        let length = bytes.len() as u64;
        sound::open(Box::new(Cursor::new(bytes)), length, "a.wav").unwrap()
    }

    #[test]
    fn rodio_passes_samples_through_unchanged() {
        for channels in [1, 2, 3] {
            let mut graph = Graph::new(decoder(channels));
            let mut samples = Vec::new();
            while graph.pull(1000, 1.0, &mut samples).unwrap() != Got::End {}
            let expected: Vec<i16> = (0..9000 * i32::from(channels)).map(|n| (n * 7919) as i16).collect();
            assert!(samples == expected, "{channels} channels: {} of {}", samples.len(), expected.len());
        }
    }

    #[test]
    fn a_seek_begins_at_its_frame_and_volume_scales() {
        let mut graph = Graph::new(decoder(2));
        let mut samples = Vec::new();
        graph.pull(10, 1.0, &mut samples).unwrap();
        graph.seek(8998, false).unwrap();
        samples.clear();
        assert_eq!(graph.pull(1000, 0.5, &mut samples), Ok(Got::Frames(2)));
        let whole: Vec<f32> = (17_996..18_000).map(|n| f32::from((n * 7919) as i16)).collect();
        assert!(samples.iter().zip(&whole).all(|(half, whole)| (f32::from(*half) - whole / 2.0).abs() <= 0.5));
    }

    #[test]
    fn what_replaces_other_sound_begins_softly() {
        let mut graph = Graph::new(decoder(1));
        graph.seek(100, true).unwrap();
        let mut samples = Vec::new();
        graph.pull(200, 1.0, &mut samples).unwrap();
        let whole = |n: usize| (((n + 100) as i32 * 7919) as i16) as f32;
        assert_eq!(samples[0], 0);
        assert!((f32::from(samples[16]) - whole(16) / 2.0).abs() < 2.0);
        assert!((40..200).all(|n| f32::from(samples[n]) == whole(n)));
    }
}
