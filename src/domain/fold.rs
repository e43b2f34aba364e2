//! What an exchange adaptor hands over: a call folded from all its records.

use jiff::Timestamp;

use super::{
    call::{Direction, Leg, Number, Outcome, Route, TimelineEvent},
    length::Tenths,
};

/// One call as the records of the exchange tell it. Unknown stays `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldedCall {
    /// The linkedid and every uniqueid of the call; the first is the linkedid (or the first uniqueid where none is known).
    pub source_ids: Vec<String>,
    pub start: Timestamp,
    pub start_whole_second: bool,
    pub answered: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub direction: Direction,
    pub route: Option<Route>,
    pub outcome: Outcome,
    pub from: Option<Number>,
    pub to: Option<Number>,
    pub reached: Option<Number>,
    /// The caller's name as the exchange gave it, cleaned.
    pub caller_name: Option<String>,
    pub extension: Option<String>,
    pub extensions: Vec<String>,
    pub queue: Option<String>,
    pub wait: Option<Tenths>,
    pub talk: Option<Tenths>,
    pub talk_at_most: Option<Tenths>,
    pub on_hold: Option<Tenths>,
    pub duration: Option<Tenths>,
    /// How many channels but Local ones; may exceed `legs.len()` never.
    pub leg_count: u32,
    pub legs: Vec<Leg>,
    pub timeline: Vec<TimelineEvent>,
    /// The records read, normalised and encoded by the adaptor; opaque to the store, which compresses it.
    pub records: Vec<u8>,
}
