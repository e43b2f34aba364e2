//! Where recordings were left, so that they go on there.

/// Recordings whose places are kept; the oldest goes first.
const KEPT: usize = 500;
/// Seconds from either end that are the same as the end.
const EDGE_S: f64 = 5.0;

/// Places by recording, the newest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places(Vec<(String, f64)>);

impl Places {
    /// Keeps a place in seconds; what was hardly begun or is heard to its end begins again the next time.
    pub fn keep(&mut self, recording: &str, at: f64, length: f64) {
        self.forget(recording);
        if at >= EDGE_S && at <= length - EDGE_S {
            if self.0.len() == KEPT {
                self.0.remove(0);
            }
            self.0.push((recording.to_owned(), at));
        }
    }

    pub fn forget(&mut self, recording: &str) {
        self.0.retain(|(known, _)| known != recording);
    }

    /// The place in a recording of this length, in seconds.
    pub fn of(&self, recording: &str, length: f64) -> Option<f64> {
        let place = self.0.iter().find(|(known, _)| known == recording).map(|(_, at)| *at);
        place.filter(|at| *at <= length - EDGE_S)
    }

    /// As they are remembered: `01JR… 72.5`.
    pub fn memory(&self) -> Vec<String> {
        self.0.iter().map(|(recording, at)| format!("{recording} {at:.1}")).collect()
    }

    /// What cannot be read is left out.
    pub fn remembered(lines: &[String]) -> Self {
        let place = |line: &String| {
            let (recording, at) = line.rsplit_once(' ')?;
            let at: f64 = at.parse().ok()?;
            (at.is_finite() && at >= EDGE_S).then(|| (recording.to_owned(), at))
        };
        Self(lines.iter().rev().take(KEPT).rev().filter_map(place).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_between_the_ends_and_come_back() {
        let mut places = Places::default();
        places.keep("a", 72.54, 200.0);
        places.keep("b", 3.0, 200.0);
        places.keep("c", 197.0, 200.0);
        assert_eq!(places.memory(), ["a 72.5"]);
        places.keep("b", 30.0, 200.0);
        places.keep("a", 80.0, 200.0);
        assert_eq!(places.memory(), ["b 30.0", "a 80.0"], "newest last, each once");
        let again = Places::remembered(&[places.memory(), vec!["x".to_owned(), "y NaN".to_owned(), "z 1".to_owned()]].concat());
        assert_eq!((again.of("a", 200.0), again.of("a", 82.0), again.of("z", 200.0)), (Some(80.0), None, None));
        places.keep("a", 199.0, 200.0);
        assert_eq!(places.of("a", 200.0), None, "heard to the end");
        (0..600).for_each(|number| places.keep(&format!("r{number}"), 10.0, 100.0));
        assert_eq!(places.memory().len(), KEPT);
        assert_eq!(places.of("r599", 100.0), Some(10.0));
    }
}
