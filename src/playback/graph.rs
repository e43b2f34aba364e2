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

use super::{Feed, Side, feed::Bend};
use crate::sound::{Decoder, SoundError};

/// What plays, ready to be pulled as 16-bit samples.
pub(super) struct Graph {
    shared: Arc<Mutex<Shared>>,
    mixed: MixerSource,
    channels: NonZeroU16,
    rate: NonZeroU32,
}

struct Shared {
    feed: Feed,
    failed: Option<SoundError>,
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
        let feed = Feed::new(decoder);
        let channels = u16::try_from(feed.channels()).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN);
        let rate = NonZeroU32::new(feed.rate()).unwrap_or(NonZeroU32::MIN);
        let shared = Arc::new(Mutex::new(Shared { feed, failed: None }));
        let mixed = mix(&shared, channels, rate);
        Self { shared, mixed, channels, rate }
    }

    pub(super) fn rate(&self) -> u32 {
        self.rate.get()
    }

    pub(super) fn channels(&self) -> u8 {
        u8::try_from(self.channels.get()).unwrap_or(1)
    }

    /// Goes to a frame; nothing of before is heard any more.
    pub(super) fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        let mut shared = lock(&self.shared);
        shared.failed = None;
        shared.feed.seek(frame)?;
        drop(shared);
        self.mixed = mix(&self.shared, self.channels, self.rate);
        Ok(())
    }

    pub(super) fn set_speed(&self, speed: f32) {
        lock(&self.shared).feed.set_speed(speed);
    }

    pub(super) fn set_side(&self, side: Side) {
        lock(&self.shared).feed.set_side(side);
    }

    pub(super) fn set_skip_silence(&self, skip: bool) {
        lock(&self.shared).feed.set_skip_silence(skip);
    }

    pub(super) fn speed(&self) -> f32 {
        lock(&self.shared).feed.speed()
    }

    pub(super) fn take_bends(&self) -> Vec<Bend> {
        lock(&self.shared).feed.take_bends()
    }

    /// Up to `frames` frames at a volume; fewer at the end. A failure of the decoder is told after what came before it.
    pub(super) fn pull(&mut self, frames: usize, volume: f32, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        let channels = usize::from(self.channels.get());
        let wanted = frames * channels;
        let before = samples.len();
        samples.extend(self.mixed.by_ref().take(wanted).map(|sample| (sample * volume * 32768.0).round() as i16));
        let got = (samples.len() - before) / channels;
        samples.truncate(before + got * channels);
        if got > 0 {
            return Ok(got);
        }
        let failed = lock(&self.shared).failed.take();
        failed.map_or(Ok(0), Err)
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
            match shared.feed.pull(&mut self.block) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    shared.failed = Some(error);
                    return None;
                }
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
            while graph.pull(1000, 1.0, &mut samples).unwrap() > 0 {}
            let expected: Vec<i16> = (0..9000 * i32::from(channels)).map(|n| (n * 7919) as i16).collect();
            assert!(samples == expected, "{channels} channels: {} of {}", samples.len(), expected.len());
        }
    }

    #[test]
    fn a_seek_begins_at_its_frame_and_volume_scales() {
        let mut graph = Graph::new(decoder(2));
        let mut samples = Vec::new();
        graph.pull(10, 1.0, &mut samples).unwrap();
        graph.seek(8998).unwrap();
        samples.clear();
        assert_eq!(graph.pull(1000, 0.5, &mut samples), Ok(2));
        let whole: Vec<f32> = (17_996..18_000).map(|n| f32::from((n * 7919) as i16)).collect();
        assert!(samples.iter().zip(&whole).all(|(half, whole)| (f32::from(*half) - whole / 2.0).abs() <= 0.5));
    }
}
