//! Which requests are one playback: a player asks for many parts of one sound.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};

/// Playbacks that are remembered.
const REMEMBERED: usize = 4_096;
/// A player that looked at the first bytes comes back for the whole within this time.
const PROBED: SignedDuration = SignedDuration::from_secs(60);
/// Pauses within a playback, beside twice its length.
const PAUSES: SignedDuration = SignedDuration::from_mins(10);

/// How a request for sound begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// From the first byte on.
    Whole,
    /// Only the first few bytes: some players look at them first.
    Probe,
    /// In the middle: most likely of a playback that goes on.
    On,
}

/// Who plays what: share, number of its thing, address and program.
pub(in crate::service) type Playing = (String, usize, String);

#[derive(Clone, Copy)]
struct Playback {
    began: Timestamp,
    until: Timestamp,
    probed: bool,
}

/// What the shares remember between requests.
pub(in crate::service) struct Shared {
    playbacks: Mutex<HashMap<Playing, Playback>>,
    longest_days: AtomicU32,
}

impl Default for Shared {
    fn default() -> Self {
        Self { playbacks: Mutex::default(), longest_days: AtomicU32::new(super::LONGEST_DAYS) }
    }
}

impl Shared {
    pub(super) fn longest_days(&self) -> u32 {
        self.longest_days.load(Ordering::Relaxed)
    }

    pub(super) fn set_longest_days(&self, days: u32) {
        self.longest_days.store(days.max(1), Ordering::Relaxed);
    }

    /// Whether a request belongs to a playback that was counted.
    pub(super) fn goes_on(&self, playing: &Playing, begins: Begins, now: Timestamp) -> bool {
        let mut playbacks = self.playbacks.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(playback) = playbacks.get_mut(playing).filter(|playback| now < playback.until) else { return false };
        let lately = playback.probed && now.duration_since(playback.began) < PROBED;
        match begins {
            Begins::On => true,
            Begins::Probe => lately,
            Begins::Whole => {
                playback.probed = false;
                lately
            }
        }
    }

    /// A playback was counted.
    pub(super) fn began(&self, playing: Playing, begins: Begins, now: Timestamp, length_s: f64) {
        let mut playbacks = self.playbacks.lock().unwrap_or_else(PoisonError::into_inner);
        if playbacks.len() >= REMEMBERED {
            playbacks.retain(|_, playback| now < playback.until);
            if playbacks.len() >= REMEMBERED {
                playbacks.clear();
            }
        }
        // At half speed, with pauses.
        let length = SignedDuration::try_from_secs_f64(2.0 * length_s.clamp(0.0, 1e6)).unwrap_or(PAUSES);
        let until = now.checked_add(length).and_then(|end| end.checked_add(PAUSES)).unwrap_or(Timestamp::MAX);
        playbacks.insert(playing, Playback { began: now, until, probed: begins == Begins::Probe });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_playback_are_one_and_a_second_one_is_another() {
        let (shared, now) = (Shared::default(), Timestamp::UNIX_EPOCH);
        let playing = || ("h-1".to_owned(), 0, "10.0.0.1".to_owned());
        let seconds = |seconds| now + SignedDuration::from_secs(seconds);
        assert!(!shared.goes_on(&playing(), Begins::On, now), "nothing began");
        shared.began(playing(), Begins::Whole, now, 60.0);
        assert!(shared.goes_on(&playing(), Begins::On, seconds(700)), "a pause");
        assert!(!shared.goes_on(&playing(), Begins::Whole, seconds(1)), "from the first byte again");
        assert!(!shared.goes_on(&playing(), Begins::On, seconds(721)), "nobody listens that long");
        shared.began(playing(), Begins::Probe, now, 60.0);
        assert!(shared.goes_on(&playing(), Begins::Whole, seconds(2)), "the player looked first");
        assert!(!shared.goes_on(&playing(), Begins::Whole, seconds(3)), "once");
        assert!(!shared.goes_on(&("h-1".to_owned(), 1, "10.0.0.1".to_owned()), Begins::On, now), "another recording");
        assert!(!shared.goes_on(&("h-1".to_owned(), 0, "10.0.0.2".to_owned()), Begins::On, now), "somebody else");
    }
}
