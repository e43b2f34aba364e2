//! What is measured, one file a kind.

mod cost;
mod decode;
mod far;
mod keys;
mod load;
mod peaks;
mod seeks;
mod start;
mod stretch;

use super::{corpus::Corpus, table::Line};

pub struct GoalOf {
    pub name: &'static str,
    pub measure: fn(&Corpus) -> anyhow::Result<Vec<Line>>,
}

pub const GOALS: &[GoalOf] = &[
    GoalOf { name: "start", measure: start::measure },
    GoalOf { name: "keys", measure: keys::measure },
    GoalOf { name: "far", measure: far::measure },
    GoalOf { name: "cost", measure: cost::measure },
    GoalOf { name: "peaks", measure: peaks::measure },
    GoalOf { name: "decode", measure: decode::measure },
    GoalOf { name: "stretch", measure: stretch::measure },
    GoalOf { name: "load", measure: load::measure },
    GoalOf { name: "seeks", measure: seeks::measure },
];

/// Runs of what takes a moment.
const RUNS: usize = 7;
