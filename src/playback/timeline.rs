//! Which place of the recording is heard when so many frames of a stream have been heard: with speed, loops, skipped
//! silence and a following recording the two run apart.

use std::collections::VecDeque;

use super::feed::{Bend, Came};

/// Why a mark is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Came(Came),
    /// The next recording begins.
    Next,
}

/// From this frame of the stream on, the recording is at `place` and advances `speed` frames a frame; until then it went to
/// `before`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) stream: f64,
    pub(super) before: f64,
    pub(super) place: f64,
    pub(super) speed: f64,
    pub(super) why: Why,
}

/// Marks of one stream, oldest first; never empty.
#[derive(Debug)]
pub(super) struct Timeline {
    marks: VecDeque<Mark>,
}

impl Timeline {
    /// The stream's frame `stream` is the recording's frame `place`.
    pub(super) fn starting(stream: u64, place: f64, speed: f64) -> Self {
        let why = Why::Came(Came::Begun);
        Self { marks: VecDeque::from([Mark { stream: stream as f64, before: place, place, speed, why }]) }
    }

    /// What a feed told, whose output began at the stream's frame `base`. Its beginning is known already.
    pub(super) fn bend(&mut self, base: u64, bend: &Bend) {
        if bend.came != Came::Begun {
            let (stream, why) = (base as f64 + bend.output, Why::Came(bend.came));
            self.mark(Mark { stream, before: bend.before, place: bend.place, speed: bend.speed, why });
        }
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        self.marks.push_back(mark);
    }

    /// The recording's frame at the stream's frame `heard`, within what [`Self::passed`] has come to.
    pub(super) fn place(&self, heard: f64) -> f64 {
        let Some(mark) = self.marks.front() else { return 0.0 };
        let place = mark.place + (heard - mark.stream).max(0.0) * mark.speed;
        // Not beyond what the next mark says, or the position would jump back there.
        self.marks.get(1).map_or(place, |next| place.min(next.before.max(mark.place)))
    }

    /// The next mark that was passed at the stream's frame `heard`; it is the first from now on.
    pub(super) fn passed(&mut self, heard: f64) -> Option<Mark> {
        let next = self.marks.get(1).copied().filter(|next| next.stream <= heard)?;
        self.marks.pop_front();
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_and_skips_move_the_place() {
        let mut timeline = Timeline::starting(100, 1000.0, 2.0);
        let skip = |output, before, place, speed| Bend { output, before, place, speed, came: Came::Skipped };
        timeline.bend(100, &skip(50.0, 1100.0, 1500.0, 2.0));
        timeline.bend(100, &skip(100.0, 1600.0, 1600.0, 1.0));
        let places = [0.0, 100.0, 120.0, 150.0, 175.0, 210.0].map(|heard| {
            while timeline.passed(heard).is_some() {}
            timeline.place(heard)
        });
        assert_eq!(places, [1000.0, 1000.0, 1040.0, 1500.0, 1550.0, 1610.0]);
    }

    #[test]
    fn a_mark_is_passed_once_and_the_place_waits_for_it() {
        let mut timeline = Timeline::starting(0, 0.0, 1.0);
        let looped = Bend { output: 100.0, before: 100.0, place: 40.0, speed: 1.0, came: Came::Looped };
        timeline.bend(0, &looped);
        assert_eq!((timeline.passed(99.0), timeline.place(99.0), timeline.place(150.0)), (None, 99.0, 100.0));
        let mark = timeline.passed(110.0).unwrap();
        assert_eq!((mark.before, mark.place, timeline.passed(110.0), timeline.place(110.0)), (100.0, 40.0, None, 50.0));
    }
}
