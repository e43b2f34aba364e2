//! What the calls come to that are filtered, or marked: sums, a chart of the days, and tables by agent, extension, group,
//! queue, hour and weekday.

mod chart;
mod sums;
#[cfg(test)]
mod tests;
mod update;
mod view;

pub use sums::cost;
pub use update::{act, answered, open};
pub use view::view;

use std::collections::BTreeMap;

use crate::{client::CallsQuery, wire};

/// What the sums are parted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    #[default]
    Day,
    Agent,
    Extension,
    Group,
    Queue,
    Hour,
    Weekday,
}

impl Part {
    pub const ALL: &'static [Self] =
        &[Self::Day, Self::Agent, Self::Extension, Self::Group, Self::Queue, Self::Hour, Self::Weekday];

    /// The JSON name of its field.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Agent => "agent",
            Self::Extension => "extension",
            Self::Group => "group",
            Self::Queue => "queue",
            Self::Hour => "hour",
            Self::Weekday => "weekday",
        }
    }

    fn next(self, by: isize) -> Self {
        let at = Self::ALL.iter().position(|part| *part == self).unwrap_or(0);
        let count = isize::try_from(Self::ALL.len()).unwrap_or(1);
        let to = (isize::try_from(at).unwrap_or(0) + by).rem_euclid(count);
        usize::try_from(to).ok().and_then(|to| Self::ALL.get(to)).copied().unwrap_or_default()
    }
}

/// Which calls the sums are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What is filtered.
    Filtered,
    /// So many marked calls.
    Marked(usize),
    /// Everything that a query matches is marked.
    MarkedQuery,
}

/// The box while it is open.
#[derive(Clone, Debug)]
pub struct TotalsPage {
    pub scope: Scope,
    /// Queries that give the calls, no call twice.
    queries: Vec<String>,
    part: Part,
    summary: Option<Box<wire::SummaryBody>>,
    shares: BTreeMap<Part, Vec<wire::Share>>,
    /// The row under the cursor.
    at: usize,
    refused: Option<String>,
}

impl TotalsPage {
    fn asked(&self, by: &str) -> Vec<CallsQuery> {
        let query = |q: &String| CallsQuery { by: by.to_owned(), ..CallsQuery::new(q.clone()) };
        self.queries.iter().map(query).collect()
    }

    /// Rows of the table that is shown.
    fn rows(&self) -> &[wire::Share] {
        self.shares.get(&self.part).map_or(&[], Vec::as_slice)
    }
}
