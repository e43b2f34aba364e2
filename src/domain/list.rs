//! What lists of calls ask for and give back.

use serde::{Deserialize, Serialize};

use super::{
    call::{Call, Money},
    length::Tenths,
    query::{Filter, Sort},
};

/// Where a page goes on: the sort value (none for time) and the key of the last row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub value: Option<i64>,
    pub text: Option<String>,
    pub key: i64,
}

/// One page of calls, asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    pub filter: Filter,
    pub sort: Sort,
    pub limit: usize,
    pub after: Option<Cursor>,
    /// Read away from the cursor towards the beginning; the page still comes in list order.
    pub backwards: bool,
}

/// One page of calls, given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    pub items: Vec<Call>,
    pub next: Option<Cursor>,
    pub previous: Option<Cursor>,
}

/// A count that may have stopped early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Count {
    pub count: u64,
    /// False: there are at least so many.
    pub exact: bool,
}

/// Sums over what is filtered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Totals {
    pub calls: u64,
    pub answered: u64,
    /// Missed and abandoned together.
    pub missed: u64,
    pub unanswered: u64,
    pub talk_s: Tenths,
    pub cost: Vec<Money>,
    pub recordings: u64,
    pub recorded_s: Tenths,
    pub bytes: u64,
}

impl Totals {
    /// Adds the sums of other calls.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.answered += other.answered;
        self.missed += other.missed;
        self.unanswered += other.unanswered;
        self.talk_s.0 += other.talk_s.0;
        self.recordings += other.recordings;
        self.recorded_s.0 += other.recorded_s.0;
        self.bytes += other.bytes;
        for cost in &other.cost {
            match self.cost.iter_mut().find(|known| known.currency == cost.currency) {
                Some(known) => known.minor += cost.minor,
                None => self.cost.push(cost.clone()),
            }
        }
    }
}

/// Everything that a list says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    pub totals: Totals,
    /// Values of each field asked for, by its JSON name.
    pub facets: Vec<(String, Vec<FacetCount>)>,
    /// Calls by hour of the week in the company's zone: 168, Monday 00:00 first.
    pub hours: Vec<u64>,
    /// Days of the company's zone on which there were calls, oldest first.
    pub days: Vec<DayCount>,
}

/// Calls of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DayCount {
    pub day: jiff::civil::Date,
    pub calls: u64,
}

/// The sums of those calls that share one value; `value` none: unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SumsOfValue)]
pub struct Share {
    pub value: Option<String>,
    #[serde(flatten)]
    pub totals: Totals,
}

/// How often one value occurs; `value` none: unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FacetCount {
    pub value: Option<String>,
    pub count: u64,
}
