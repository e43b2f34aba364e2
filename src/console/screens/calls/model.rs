//! State of the calls list.

use std::collections::BTreeSet;

use super::{Chips, Choice, CustomerPage, Facets, List, Marks, TotalsPage};
use crate::{
    console::{asking::QueryLine, desk::Desk, ears::Ears, effect::Values},
    domain::{
        list::Count,
        query::{Node, Operand, Sort, SortField, parse},
    },
    wire,
};

/// Calls a day from which on days get headings.
const CALLS_A_DAY: usize = 3;

/// Everything that the list shows.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    pub query: QueryLine,
    pub chips: Chips,
    pub facets: Facets,
    /// The order that was asked for; none: the query's own, or newest first.
    pub sort: Option<Sort>,
    pub list: List,
    /// The columns that were chosen.
    pub choice: Choice,
    /// How many match; none while it is not known.
    pub count: Option<Count>,
    /// Sums over what matches, and the query that they and the exact count are of.
    pub totals: Option<Box<wire::Totals>>,
    pub figured: Option<String>,
    /// The query that the sums are of, also after others wrote: like the count, they stay until they are read anew.
    pub summed: Option<String>,
    /// All calls that one may see.
    pub all: Option<Count>,
    pub marks: Marks,
    /// Where a range of marks began.
    pub range: Option<usize>,
    /// The call that was looked at last, with everything that is read only then.
    pub detail: Option<Box<wire::CallDetailBody>>,
    pub peaks: Option<wire::Peaks>,
    /// Waveform of the part of a recording that is enlarged.
    pub zoomed: Option<wire::Peaks>,
    /// Who speaks when in the recording on the screen.
    pub speech: Option<Box<wire::Speech>>,
    /// What the calls come to, while it is looked at.
    pub totals_page: Option<Box<TotalsPage>>,
    /// Everything of the number under the cursor, while it is open.
    pub customer: Option<Box<CustomerPage>>,
    /// The call that is being read in full, or was last.
    pub asked: Option<String>,
    /// The call that was pressed on with the mouse.
    pub clicked: Option<String>,
    /// The call that was looked at is not there any more.
    pub gone: bool,
    /// The box that tells why a call was recorded opens as soon as the call is read.
    pub wants_why: bool,
    /// The call under the cursor fills the screen.
    pub opened: bool,
    /// When the cursor last came to another call, and whether its pausing is being waited for.
    pub stepped: jiff::Timestamp,
    pub looking: bool,
    /// Revision of the data that the list shows, and how many calls came since.
    pub revision: Option<String>,
    pub new_calls: u64,
    /// Calls that came while one looked: they have a sign until one stood on them.
    pub fresh: BTreeSet<String>,
    /// How many of them were put above what the list began with.
    pub above: usize,
    pub ears: Ears,
    /// Clips of a call, once they were read.
    pub clips: Option<(String, Vec<wire::Clip>)>,
    /// How many calls there were before a change that is being counted.
    pub known: Option<u64>,
    /// The line was away: what others did meanwhile is loaded as soon as it is known that they did.
    pub catches_up: bool,
    /// Names for completion, once they were asked for.
    pub values: Option<Values>,
    /// Saved views, once they were read; and that they came just now.
    pub views: Option<Vec<wire::View>>,
    pub views_came: bool,
    /// The first page has come, and what can wait for it was asked for.
    pub begun: bool,
    /// Where the first page is to begin and the cursor to stand, remembered or asked for.
    pub goal: Goal,
    pub refused: Option<String>,
}

/// An act on calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Flag,
    Tags,
    Case,
    Note,
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
    /// What is loaded anew: the cursor of the page behind it, how the rows went on below the cursor, and the line of the
    /// screen on which it stood.
    pub again: Option<Again>,
}

/// Where the list stood before it was loaded anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// Cursor before which the rows are read; `end` for the last of the list.
    pub before: String,
    pub below: Vec<String>,
    pub line: usize,
}

impl Calls {
    /// Clips of the call under the cursor, as far as they were read.
    pub fn current_clips(&self) -> &[wire::Clip] {
        let current = self.current().map(|call| call.id.as_str());
        self.clips.as_ref().filter(|(call, _)| Some(call.as_str()) == current).map_or(&[], |(_, clips)| clips.as_slice())
    }

    /// The order as the API takes it; empty: the query's own.
    pub fn sort_word(&self) -> String {
        self.sort.map_or_else(String::new, |sort| {
            let minus = if sort.descending { "-" } else { "" };
            format!("{minus}{}", sort.field)
        })
    }

    /// The order that the list stands in: the one asked for, else the query's own, else newest first.
    pub fn order(&self) -> Sort {
        self.sort.or_else(|| sort_in(&self.query.applied)).unwrap_or_default()
    }

    /// Rows of different days are parted by headings where the list goes by time, unless all are of today, or
    /// days are so many that the headings would be half of what is seen: the date stands in the rows then.
    pub fn head(&mut self, desk: &Desk) {
        let today = desk.zone.to_datetime(desk.now).date();
        let by_time = self.order().field == SortField::Start && self.list.rows().any(|row| row.day != today);
        let headed = by_time && self.list.rows().count() >= self.list.days() * CALLS_A_DAY;
        self.list.set_headed(headed);
    }

    /// As [`Self::sort_word`], the query's own order included: for lists that are not asked for by the query.
    pub fn sort_or_own(&self) -> String {
        let order = self.order();
        if order == Sort::default() {
            String::new()
        } else {
            format!("{}{}", if order.descending { "-" } else { "" }, order.field)
        }
    }

    pub fn set_sort_word(&mut self, word: &str) {
        let (field, descending) = word.strip_prefix('-').map_or((word, false), |field| (field, true));
        self.sort = field.parse::<SortField>().ok().map(|field| Sort { field, descending });
    }

    pub fn current(&self) -> Option<&wire::CallBody> {
        self.list.current().map(|row| &row.call)
    }

    /// Count and totals of the query that runs are known.
    pub fn is_figured(&self) -> bool {
        self.totals.is_some() && self.figured.as_ref() == Some(&self.query.applied)
    }

    /// The call that the strip tells of: on a dear line the one looked at last, until the cursor has paused on another.
    pub fn told(&self, remote: bool) -> Option<&wire::CallBody> {
        let current = self.current()?;
        let looked = self.detail.as_deref().filter(|_| remote).map(|detail| &detail.call).filter(|call| call.id != current.id);
        looked.or(Some(current))
    }

    /// The detail of the call under the cursor, once it is there.
    pub fn current_detail(&self) -> Option<&wire::CallDetailBody> {
        let current = self.current()?;
        self.detail.as_deref().filter(|detail| detail.call.id == current.id)
    }
}

/// What `sort:` in a query asks for.
fn sort_in(query: &str) -> Option<Sort> {
    fn find(node: &Node) -> Option<Sort> {
        match node {
            Node::And(parts) => parts.iter().find_map(find),
            Node::Field(term) if term.name == "sort" => match term.operands.as_slice() {
                [Operand::One(value)] => Sort::parse(&value.text).ok(),
                _ => None,
            },
            _ => None,
        }
    }
    parse(query).ok()?.root.as_ref().and_then(find)
}
