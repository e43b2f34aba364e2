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

/// What the rows of a table are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Most calls first; days, hours and weekdays as they follow each other.
    #[default]
    Own,
    Talk,
    Missed,
    Answered,
}

impl Order {
    const fn next(self) -> Self {
        match self {
            Self::Own => Self::Talk,
            Self::Talk => Self::Missed,
            Self::Missed => Self::Answered,
            Self::Answered => Self::Own,
        }
    }

    /// The column that the rows stand by, as its heading is called.
    const fn word(self) -> &'static str {
        match self {
            Self::Own => "",
            Self::Talk => "talk",
            Self::Missed => "missed",
            Self::Answered => "answered",
        }
    }

    /// The largest stand first.
    fn key(self, totals: &wire::Totals) -> i128 {
        match self {
            Self::Own => 0,
            Self::Talk => -i128::from(totals.talk_s.0),
            Self::Missed => -i128::from(totals.missed),
            Self::Answered => -(i128::from(totals.answered) * 1_000_000 / i128::from(totals.calls.max(1))),
        }
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
    order: Order,
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

    /// Rows of the table that is shown, in its order.
    fn rows(&self) -> Vec<&wire::Share> {
        let mut rows: Vec<&wire::Share> = self.shares.get(&self.part).into_iter().flatten().collect();
        rows.sort_by_cached_key(|share| self.order.key(&share.totals));
        rows
    }
}
