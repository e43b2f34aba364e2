//! State of the calls list.

use super::{List, Marks, QueryLine};
use crate::{
    console::effect::Values,
    domain::{
        list::Count,
        query::{Sort, SortField},
    },
    wire,
};

/// Everything that the list shows.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    pub query: QueryLine,
    /// The order that was asked for; none: the query's own, or newest first.
    pub sort: Option<Sort>,
    pub list: List,
    /// How many match; none while it is not known.
    pub count: Option<Count>,
    /// All calls that one may see.
    pub all: Option<Count>,
    pub marks: Marks,
    /// Where a range of marks began.
    pub range: Option<usize>,
    /// The call under the cursor with everything that is read only when it is looked at.
    pub detail: Option<Box<wire::CallDetailBody>>,
    pub peaks: Option<wire::Peaks>,
    /// Revision of the data that the list shows, and how many calls came since.
    pub revision: Option<String>,
    pub new_calls: u64,
    /// How many calls there were before a change that is being counted.
    pub known: Option<u64>,
    /// Names for completion.
    pub values: Values,
    /// Where the first page is to begin and the cursor to stand, remembered or asked for.
    pub goal: Goal,
    pub refused: Option<String>,
}

/// Where a first page goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goal {
    /// Cursor after which the page begins.
    pub after: Option<String>,
    /// Call that the cursor shall stand on.
    pub on: Option<String>,
    /// The end of the list is wanted.
    pub last: bool,
}

impl Calls {
    /// The order as the API takes it; empty: the query's own.
    pub fn sort_word(&self) -> String {
        self.sort.map_or_else(String::new, |sort| {
            let minus = if sort.descending { "-" } else { "" };
            format!("{minus}{}", sort.field)
        })
    }

    pub fn set_sort_word(&mut self, word: &str) {
        let (field, descending) = word.strip_prefix('-').map_or((word, false), |field| (field, true));
        self.sort = field.parse::<SortField>().ok().map(|field| Sort { field, descending });
    }

    pub fn current(&self) -> Option<&wire::CallBody> {
        self.list.current().map(|row| &row.call)
    }

    /// Marked calls, else the one under the cursor. None if the marks are a query.
    pub fn targets(&self) -> Option<Vec<String>> {
        match &self.marks {
            Marks::Query(_) => None,
            Marks::Calls(calls) => Some(calls.iter().cloned().collect()),
            Marks::None => Some(self.current().map(|call| call.id.clone()).into_iter().collect()),
        }
    }

    /// The detail of the call under the cursor, once it is there.
    pub fn current_detail(&self) -> Option<&wire::CallDetailBody> {
        let current = self.current()?;
        self.detail.as_deref().filter(|detail| detail.call.id == current.id)
    }
}
