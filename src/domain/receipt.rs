//! Receipts: which seconds of a recording somebody heard, and how.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word_enum;

word_enum!(
    /// Which side was heard.
    HeardSide { Both = 0 "both", Left = 1 "left", Right = 2 "right" }
);

/// A stretch that was heard without a break at one speed; seconds of the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    pub from_s: f64,
    pub until_s: f64,
    /// 0.5 to 3.
    pub speed: f64,
    pub side: HeardSide,
}

/// What a player reports: some stretches of one recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptDraft {
    pub heard: Vec<Heard>,
}

/// What is kept of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    pub recording: String,
    pub who: String,
    /// When the report came.
    #[serde(serialize_with = "super::instant::serialize")]
    pub at: Timestamp,
    #[serde(flatten)]
    pub heard: Heard,
}
