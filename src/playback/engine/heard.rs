//! What came out of the loudspeaker: the place that is heard now, and the stretches that were heard.

use super::{Engine, Event, State};
use crate::playback::{feed::Came, timeline::Why};

/// Stretches are told so often at least, in seconds of listening.
const EVERY: f64 = 10.0;
/// Shorter stretches, in seconds of the recording, are nothing that anybody heard.
const SHORTEST: f64 = 0.005;

/// Where the present stretch began, in frames of the recording.
#[derive(Default)]
pub(super) struct Ledger {
    from: f64,
}

impl Ledger {
    pub(super) const fn begin(&mut self, place: f64) {
        self.from = place;
    }
}

impl Engine {
    /// Tells the stretch that ended at `until`; the next one begins there.
    pub(super) fn tell_heard(&mut self, until: f64) {
        let rate = self.rate();
        let from = self.ledger.from;
        if until - from < SHORTEST * rate {
            return;
        }
        self.ledger.from = until;
        if self.tracks.is_empty() {
            return;
        }
        let (speed, side, generation) = (self.applied.speed, self.applied.side, self.generation());
        self.tell(Event::Heard { generation, from: from / rate, until: until / rate, speed, side });
    }

    /// Moves the place on to what is heard now; tells what was passed on the way.
    pub(super) fn advance(&mut self) {
        let now = self.now();
        let rate = self.rate();
        let running = self.state == State::Running;
        let Some(frames) = self.line.as_ref().map(|line| line.heard_at(now, running, rate)) else { return };
        self.advance_to(frames);
    }

    pub(super) fn advance_to(&mut self, frames: f64) {
        while let Some(mark) = self.line.as_mut().and_then(|line| line.timeline.passed(frames)) {
            self.tell_heard(mark.before);
            match mark.why {
                Why::Next => self.next_is_heard(mark.place),
                Why::Came(came) => {
                    self.ledger.begin(mark.place);
                    if came == Came::Skipped {
                        let (generation, rate) = (self.generation(), self.rate());
                        let (from, until) = (mark.before / rate, mark.place / rate);
                        self.tell(Event::Skipped { generation, from, until });
                    }
                }
            }
        }
        if let Some(line) = &self.line {
            self.place = line.timeline.place(frames);
        }
        if (self.place - self.ledger.from) / self.rate() / f64::from(self.applied.speed) >= EVERY {
            self.tell_heard(self.place);
        }
    }

    /// The first track ended in the loudspeaker and the second began.
    fn next_is_heard(&mut self, place: f64) {
        let ended = self.generation();
        self.tracks.pop_front();
        self.tell(Event::Ended { generation: ended });
        self.ledger.begin(place);
        self.tell(Event::Playing { generation: self.generation() });
    }

    /// Moves the place on and tells the stretch so far: something is about to break it.
    pub(super) fn settle_heard(&mut self) {
        if self.line.is_none() {
            return;
        }
        self.advance();
        let now = self.now();
        let running = self.state == State::Running;
        let rate = self.rate();
        if let Some(line) = &mut self.line {
            line.freeze(now, running, rate);
        }
        self.tell_heard(self.place);
    }
}
