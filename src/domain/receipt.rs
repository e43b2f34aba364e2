//! Receipts: which seconds of a recording somebody heard, and how.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word_enum;

word_enum!(
    /// Which side was heard.
    HeardSide { Both = 0 "both", Left = 1 "left", Right = 2 "right" }
);

/// A stretch that was heard without a break at one speed; seconds of the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Heard {
    pub from_s: f64,
    pub until_s: f64,
    /// 0.5 to 3.
    pub speed: f64,
    pub side: HeardSide,
}

/// What a player reports: some stretches of one recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReceiptDraft {
    pub heard: Vec<Heard>,
}

/// What is kept of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receipt {
    pub recording: String,
    pub who: String,
    /// When the report came.
    #[serde(serialize_with = "super::instant::serialize")]
    pub at: Timestamp,
    #[serde(flatten)]
    pub heard: Heard,
}

/// Somebody took sound of a call away; from the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Taken {
    pub recording: String,
    /// Where a clip of it was taken.
    pub clip: Option<String>,
    pub who: String,
    #[serde(serialize_with = "super::instant::serialize")]
    pub at: Timestamp,
    /// The audit's word: one of [`TAKEN`].
    pub did: String,
    /// Such as the stretch and the form; null: the whole as it is kept.
    pub detail: Option<String>,
}

/// The audit's words for sound that left: what `downloaded-by:` asks for. Exports join them with the drives.
pub const TAKEN: [&str; 3] = ["recording.download", "clip.download", "recording.export"];

/// Slowest and fastest speed at which something can have been heard.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.5..=3.0;

/// Most stretches of one report.
pub const STRETCHES: usize = 1_000;

/// A gap of this many seconds between two stretches is none: players tell positions in whole blocks of samples.
pub const GAP_S: f64 = 0.05;

impl Heard {
    /// Whether `later` goes on where this ends, in the same way.
    pub fn goes_on(&self, later: &Self) -> bool {
        self.side == later.side && (self.speed - later.speed).abs() < 0.005 && (self.until_s - later.from_s).abs() <= GAP_S
    }
}

impl ReceiptDraft {
    /// The same with stretches that follow on one another made one.
    pub fn joined(self) -> Self {
        let mut heard: Vec<Heard> = Vec::new();
        for later in self.heard {
            match heard.last_mut() {
                Some(before) if before.goes_on(&later) => before.until_s = later.until_s,
                _ => heard.push(later),
            }
        }
        Self { heard }
    }

    /// What is wrong with it for a recording of this length, if anything is.
    ///
    /// # Errors
    /// A sentence that names the stretch.
    pub fn check(&self, length_s: f64) -> Result<(), String> {
        if self.heard.len() > STRETCHES {
            return Err(format!("one report holds at most {STRETCHES} stretches; send the others in a further one"));
        }
        for Heard { from_s, until_s, speed, .. } in &self.heard {
            let told = format!("the stretch from {from_s} s to {until_s} s");
            // What is no number is none of these.
            if !(*from_s >= 0.0 && until_s > from_s) {
                return Err(format!("{told} ends before it begins, or begins before the recording"));
            }
            if *until_s > length_s + 1.0 {
                return Err(format!("{told} lies behind the end: the recording is {length_s:.1} s long"));
            }
            if !SPEEDS.contains(speed) {
                return Err(format!("{told} cannot have been heard at speed {speed}: speeds go from 0.5 to 3"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(from_s: f64, until_s: f64, speed: f64, side: HeardSide) -> Heard {
        Heard { from_s, until_s, speed, side }
    }

    #[test]
    fn stretches_that_go_on_are_one() {
        let both = HeardSide::Both;
        let draft = ReceiptDraft {
            heard: vec![
                heard(0.0, 10.0, 1.0, both),
                heard(10.02, 20.0, 1.0, both),
                heard(20.0, 25.0, 1.5, both),
                heard(25.0, 26.0, 1.5, HeardSide::Left),
                heard(3.0, 4.0, 1.5, HeardSide::Left),
            ],
        };
        let joined: Vec<(f64, f64)> = draft.joined().heard.iter().map(|heard| (heard.from_s, heard.until_s)).collect();
        assert_eq!(joined, [(0.0, 20.0), (20.0, 25.0), (25.0, 26.0), (3.0, 4.0)]);
    }

    #[test]
    fn impossible_stretches_are_refused() {
        let of = |from_s, until_s, speed| ReceiptDraft { heard: vec![heard(from_s, until_s, speed, HeardSide::Both)] };
        for good in [of(0.0, 60.9, 1.0), of(59.0, 60.0, 0.5), of(0.0, 0.1, 3.0), ReceiptDraft { heard: vec![] }] {
            assert_eq!(good.check(60.0), Ok(()), "{good:?}");
        }
        for bad in [
            of(-1.0, 2.0, 1.0),
            of(2.0, 2.0, 1.0),
            of(3.0, 2.0, 1.0),
            of(0.0, 61.1, 1.0),
            of(0.0, 1.0, 0.4),
            of(0.0, 1.0, 3.1),
            of(f64::NAN, 1.0, 1.0),
            of(0.0, f64::INFINITY, 1.0),
            of(0.0, 1.0, f64::NAN),
            ReceiptDraft { heard: vec![heard(0.0, 1.0, 1.0, HeardSide::Both); STRETCHES + 1] },
        ] {
            assert!(bad.check(60.0).is_err(), "{bad:?}");
        }
    }
}
