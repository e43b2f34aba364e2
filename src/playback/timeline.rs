//! Which place of the recording is heard when so many frames of a stream have been heard: with speed and skipped silence
//! the two run apart.

use std::collections::VecDeque;

/// From this frame of the stream on, the recording is at `place` and advances `speed` frames a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mark {
    stream: f64,
    place: f64,
    speed: f64,
}

/// Marks of one stream, oldest first; never empty.
#[derive(Debug)]
pub(super) struct Timeline {
    marks: VecDeque<Mark>,
}

impl Timeline {
    /// The stream's frame `stream` is the recording's frame `place`.
    pub(super) fn starting(stream: u64, place: f64, speed: f64) -> Self {
        Self { marks: VecDeque::from([Mark { stream: stream as f64, place, speed }]) }
    }

    /// From `stream` on, the recording is somewhere else or goes at another speed.
    pub(super) fn mark(&mut self, stream: f64, place: f64, speed: f64) {
        self.marks.push_back(Mark { stream, place, speed });
    }

    /// The recording's frame at the stream's frame `heard`; marks behind it are forgotten.
    pub(super) fn place(&mut self, heard: f64) -> f64 {
        while self.marks.get(1).is_some_and(|next| next.stream <= heard) {
            self.marks.pop_front();
        }
        let mark = self.marks.front().copied().unwrap_or(Mark { stream: heard, place: 0.0, speed: 1.0 });
        let place = mark.place + (heard - mark.stream).max(0.0) * mark.speed;
        // Not beyond what the next mark says, or the position would jump back there.
        self.marks.get(1).map_or(place, |next| if next.place >= mark.place { place.min(next.place) } else { place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_and_skips_move_the_place() {
        let mut timeline = Timeline::starting(100, 1000.0, 2.0);
        timeline.mark(150.0, 1500.0, 2.0);
        timeline.mark(200.0, 1600.0, 1.0);
        assert_eq!(
            [0.0, 100.0, 120.0, 150.0, 175.0, 210.0].map(|heard| timeline.place(heard)),
            [1000.0, 1000.0, 1040.0, 1500.0, 1550.0, 1610.0]
        );
    }
}
