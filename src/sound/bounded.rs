//! Decoding that ends: by the clock, or when nobody waits for it any more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::{Decoder, SoundError, SoundFacts};

/// Ends decoding from outside.
#[derive(Debug)]
pub struct Stop {
    until: Instant,
    asked: AtomicBool,
    struck: AtomicBool,
}

impl Stop {
    /// Decoding may go on for so long.
    pub fn after(time: Duration) -> Arc<Self> {
        Arc::new(Self { until: Instant::now() + time, asked: AtomicBool::new(false), struck: AtomicBool::new(false) })
    }

    /// Nobody waits for it any more.
    pub fn now(&self) {
        self.asked.store(true, Relaxed);
    }

    /// Whether decoding was ended: what was made of it is not the whole.
    pub fn struck(&self) -> bool {
        self.struck.load(Relaxed)
    }

    fn strikes(&self) -> bool {
        let strikes = self.asked.load(Relaxed) || Instant::now() >= self.until;
        if strikes {
            self.struck.store(true, Relaxed);
        }
        strikes
    }
}

/// A decoder that can be stopped between two reads.
pub struct Bounded {
    decoder: Box<dyn Decoder>,
    stop: Arc<Stop>,
}

impl Bounded {
    pub const fn new(decoder: Box<dyn Decoder>, stop: Arc<Stop>) -> Self {
        Self { decoder, stop }
    }
}

impl Decoder for Bounded {
    fn facts(&self) -> &SoundFacts {
        self.decoder.facts()
    }

    fn read(&mut self, samples: &mut Vec<i16>) -> Result<usize, SoundError> {
        if self.stop.strikes() {
            return Err(SoundError("decoding was ended".to_owned()));
        }
        self.decoder.read(samples)
    }

    fn seek(&mut self, frame: u64) -> Result<(), SoundError> {
        self.decoder.seek(frame)
    }

    fn length_is_exact(&self) -> bool {
        self.decoder.length_is_exact()
    }
}
