//! What was heard, gathered and reported: at pauses and ends, and now and then between them. Reports are writes: they are
//! awaited when somebody leaves, and what cannot be reported never disturbs listening.

use jiff::{SignedDuration, Timestamp};

use crate::{
    client::ClientError,
    console::{desk::Desk, effect::Write},
    domain::receipt::HeardSide,
    playback::Side,
    wire::{Heard, ReceiptDraft},
};

/// Longest that something heard waits for its report while it plays on.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// Sounds whose recordings are known: what was heard of one is told after the next was loaded.
const SOUNDS: usize = 16;
/// Stretches that wait while reports fail; the oldest goes first.
const WAITING: usize = 2_000;
/// Seconds between two stretches that are one.
const GAP_S: f64 = 0.06;

/// What waits to be reported.
#[derive(Clone, Debug, Default)]
pub struct HeardLog {
    sounds: Vec<(u64, String)>,
    waiting: Vec<(String, Heard)>,
    since: Option<Timestamp>,
    /// That reports fail was said.
    said: bool,
}

impl HeardLog {
    /// A sound of a recording begins.
    pub(super) fn plays(&mut self, generation: u64, recording: &str) {
        if self.sounds.len() == SOUNDS {
            self.sounds.remove(0);
        }
        self.sounds.push((generation, recording.to_owned()));
    }

    fn recording(&self, generation: u64) -> Option<&str> {
        self.sounds.iter().rev().find(|(known, _)| *known == generation).map(|(_, recording)| recording.as_str())
    }

    fn add(&mut self, recording: String, heard: Heard) {
        if let Some((last, before)) = self.waiting.last_mut()
            && *last == recording
            && before.speed == heard.speed
            && before.side == heard.side
            && (0.0..GAP_S).contains(&(heard.from_s - before.until_s).abs())
        {
            before.until_s = heard.until_s;
            return;
        }
        if self.waiting.len() == WAITING {
            self.waiting.remove(0);
        }
        self.waiting.push((recording, heard));
    }
}

/// The player tells what came out of the loudspeaker.
pub(super) fn told(desk: &mut Desk, generation: u64, (from, until): (f64, f64), speed: f32, side: Side) {
    let Some(recording) = desk.deck.heard.recording(generation).map(ToOwned::to_owned) else { return };
    let (from_s, until_s) = (from.max(0.0), until.max(0.0));
    if until_s > from_s {
        let side = match side {
            Side::Both => HeardSide::Both,
            Side::Left => HeardSide::Left,
            Side::Right => HeardSide::Right,
        };
        // A speed is what was asked for, not what a float makes of it.
        let speed = (f64::from(speed) * 1000.0).round() / 1000.0;
        desk.deck.heard.add(recording, Heard { from_s, until_s, speed, side });
        let now = desk.now;
        desk.deck.heard.since.get_or_insert(now);
    }
    let goes_on = desk.deck.is_active() && generation == desk.deck.generation;
    let patient = desk.deck.heard.since.is_none_or(|since| desk.now.duration_since(since) < PATIENCE);
    if !(goes_on && patient) {
        report(desk);
    }
    if desk.deck.farewell && generation == desk.deck.generation {
        desk.deck.farewell = false;
    }
}

/// Reports what waits.
pub(super) fn report(desk: &mut Desk) {
    if desk.up() && !desk.online() {
        return;
    }
    desk.deck.heard.since = None;
    let mut drafts: Vec<(String, ReceiptDraft)> = Vec::new();
    for (recording, heard) in std::mem::take(&mut desk.deck.heard.waiting) {
        match drafts.iter_mut().find(|(known, _)| *known == recording) {
            Some((_, draft)) => draft.heard.push(heard),
            None => drafts.push((recording, ReceiptDraft { heard: vec![heard] })),
        }
    }
    for (recording, draft) in drafts {
        desk.write(Write::Receipt { recording, draft });
    }
}

/// A report was answered. What was refused for good is dropped; what did not arrive waits for the next.
pub fn sent(desk: &mut Desk, recording: String, draft: ReceiptDraft, result: Result<(), &ClientError>) {
    match result {
        Ok(()) => desk.deck.heard.said = false,
        Err(error) => {
            tracing::warn!("what was heard of {recording} is not reported: {error}");
            if !std::mem::replace(&mut desk.deck.heard.said, true) {
                desk.warn("receipt-failed", &[("why", &error.to_string())]);
            }
            if error.problem().is_none_or(|problem| problem.status >= 500) {
                for heard in draft.heard {
                    desk.deck.heard.add(recording.clone(), heard);
                }
            }
        }
    }
}
