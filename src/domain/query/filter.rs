//! A query with every date resolved and every view expanded: what the store, the column index and the naive filter run.
//!
//! One meaning of NOT everywhere: a term on an unknown value is false, and its negation true.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        call::{Direction, Outcome, Route},
        clean::fold,
        recording::RecordingMode,
    },
    word_enum,
};

/// A boolean expression over calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every call.
    All,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Is(Predicate),
}

/// From (inclusive) to until (exclusive); none is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// From and to, both inclusive; none is open. Tenths of a second, or bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub from: Option<i64>,
    pub to: Option<i64>,
}

/// Which party a term is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `from`, `to` or `reached`.
    Any,
    From,
    /// `to` or `reached`.
    To,
}

/// A fragment of a number: digits with an optional leading `+`, matched against the canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPattern {
    /// Alternatives, such as `0601` and its national form `+48601`: any may match.
    pub fragments: Vec<NumberFragment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberFragment {
    pub digits: String,
    /// Must stand at the start of the number.
    pub from_start: bool,
    /// Must stand at its end.
    pub to_end: bool,
}

/// Matches any extension that took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionPattern {
    Exact(String),
    /// Compared as numbers of equal length; both ends inclusive.
    Range(String, String),
    Prefix(String),
}

/// Names that are meant; case and accents do not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamePattern {
    Whole(String),
    /// Begins with this.
    Beginning(String),
    /// Has this in it.
    Part(String),
}

impl NamePattern {
    /// Whether a name is meant.
    pub fn fits(&self, name: &str) -> bool {
        let name = fold(name);
        match self {
            Self::Whole(text) => name == fold(text),
            Self::Beginning(text) => name.starts_with(&fold(text)),
            Self::Part(text) => name.contains(&fold(text)),
        }
    }
}

/// Bit `1 << n` for n days after Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekdays(pub u8);

word_enum!(
    /// States that `is:` asks for beyond outcomes.
    Is { Recorded = 0 "recorded", Unrecorded = 1 "unrecorded", Flagged = 2 "flagged", Lost = 3 "lost" }
);
word_enum!(
    /// What `has:` asks for.
    Has { Recording = 0 "recording", Note = 1 "note", Tag = 2 "tag", Case = 3 "case" }
);

/// One test of one call. Text is folded (case, accents) before comparing.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Start of the call.
    Time(TimeRange),
    /// Minutes after midnight in the company's zone, from inclusive, to exclusive; from > to runs over midnight.
    TimeOfDay {
        from: u16,
        to: u16,
    },
    Weekday(Weekdays),
    Number(Side, NumberPattern),
    /// Part of the customer's name, of the agent's name or label at that side.
    PartyName(Side, String),
    CustomerName(NamePattern),
    Extension(ExtensionPattern),
    /// An agent of any extension that took part.
    Agent(NamePattern),
    Group(NamePattern),
    Queue(NamePattern),
    Project(NamePattern),
    Direction(Direction),
    Route(Route),
    Outcome(Outcome),
    Is(Is),
    Has(Has),
    Mode(RecordingMode),
    Talk(Range),
    Wait(Range),
    OnHold(Range),
    /// Sum of the lengths of the call's recordings.
    RecordingLength(Range),
    /// Sum of their bytes.
    Size(Range),
    Case(NamePattern),
    Tag(NamePattern),
    /// Each word begins a word of one note.
    Note(String),
    /// Public id of the call, of one of its recordings, or a source id.
    Id(String),
    /// A place that holds a copy.
    On(NamePattern),
    /// Somebody heard some of one of its recordings. Of receipts and downloads only those of `only`, where that is said.
    HeardBy {
        name: NamePattern,
        only: Option<String>,
    },
    /// Somebody downloaded or exported one of its recordings, or a clip of one.
    DownloadedBy {
        name: NamePattern,
        only: Option<String>,
    },
    /// It stands in a collection that `who` sees, itself or by a clip. Nobody (empty) sees those that everybody reads.
    In {
        name: NamePattern,
        who: String,
    },
    /// Bare text: in customer names, agents, queues, tags or notes.
    Text(String),
}

word_enum!(
    /// What a list can be ordered by.
    SortField {
        Start = 0 "start", From = 1 "from", To = 2 "to", Customer = 3 "customer", Extension = 4 "extension", Agent = 5 "agent",
        Direction = 6 "direction", Route = 7 "route", Outcome = 8 "outcome", Wait = 9 "wait_s", Talk = 10 "talk_s",
        OnHold = 11 "on_hold_s", Duration = 12 "duration_s", Cost = 13 "cost", RecordingLength = 14 "recorded_s", Size = 15 "bytes",
        Queue = 16 "queue", Case = 17 "case", Group = 18 "group", Answered = 19 "answered", End = 20 "end",
        Reached = 21 "reached", TalkAtMost = 22 "talk_at_most_s", Mode = 23 "mode", Flagged = 24 "flagged", Legs = 25 "legs",
    }
);

/// An order of the list; ties and unknowns go by time, unknowns last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    pub field: SortField,
    pub descending: bool,
}

impl Default for Sort {
    /// Newest first.
    fn default() -> Self {
        Self { field: SortField::Start, descending: true }
    }
}

impl Filter {
    /// Whether what it finds tells which projects a call belongs to.
    pub fn asks_for_projects(&self) -> bool {
        match self {
            Self::All => false,
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::asks_for_projects),
            Self::Not(part) => part.asks_for_projects(),
            Self::Is(predicate) => matches!(predicate, Predicate::Project(_)),
        }
    }

    /// With only these projects meant by its terms; another is as one that there is not.
    #[must_use]
    pub fn among_projects(self, known: &std::collections::HashSet<String>) -> Self {
        let all = |parts: Vec<Self>| parts.into_iter().map(|part| part.among_projects(known)).collect();
        match self {
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(part) => Self::Not(Box::new(part.among_projects(known))),
            Self::Is(Predicate::Project(pattern)) => {
                let meant = known.iter().filter(|name| pattern.fits(name));
                Self::Or(meant.map(|name| Self::Is(Predicate::Project(NamePattern::Whole(name.clone())))).collect())
            }
            other => other,
        }
    }

    /// For whom it runs: they see their collections and those they read; and of what was heard and downloaded, what they did
    /// themselves, unless they may know of `everybody`.
    #[must_use]
    pub fn asked_by(self, by: &str, everybody: bool) -> Self {
        let all = |parts: Vec<Self>| parts.into_iter().map(|part| part.asked_by(by, everybody)).collect();
        let only = || (!everybody).then(|| by.to_owned());
        match self {
            Self::All => Self::All,
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(part) => Self::Not(Box::new(part.asked_by(by, everybody))),
            Self::Is(Predicate::HeardBy { name, .. }) => Self::Is(Predicate::HeardBy { name, only: only() }),
            Self::Is(Predicate::DownloadedBy { name, .. }) => Self::Is(Predicate::DownloadedBy { name, only: only() }),
            Self::Is(Predicate::In { name, .. }) => Self::Is(Predicate::In { name, who: by.to_owned() }),
            Self::Is(other) => Self::Is(other),
        }
    }
}
