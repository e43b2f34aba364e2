//! A call: one conversation, or the attempt at one, seen from the company.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    id::CallId,
    length::Tenths,
    receipt::{Receipt, Taken},
    recording::{Recording, RecordingMode},
};

/// Makes an enum whose values have one lower-case word each, used on the wire, in SQL and in queries.
#[macro_export]
macro_rules! word_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $number:literal $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant = $number),+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word for screens, queries and the wire.
            pub const fn word(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// The number that the database holds.
            pub const fn code(self) -> i64 { self as i64 }
            pub const fn from_code(code: i64) -> Option<Self> { match code { $($number => Some(Self::$variant),)+ _ => None } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.word()) }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let words = [$($word),+];
                let kind = utoipa::openapi::schema::Type::String;
                utoipa::openapi::ObjectBuilder::new().schema_type(kind).enum_values(Some(words)).into()
            }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> { match word { $($word => Ok(Self::$variant),)+ _ => Err(()) } }
        }
    };
}

word_enum!(
    /// Which way the call went, seen from the company.
    Direction { Out = 0 "out", In = 1 "in", Internal = 2 "internal" }
);
word_enum!(
    /// How an incoming call came in.
    Route { Direct = 0 "direct", Ivr = 1 "ivr", Queue = 2 "queue" }
);
word_enum!(
    /// What became of the call.
    Outcome {
        /// An extension and the other party talked.
        Answered = 0 "answered",
        /// Incoming or internal, nobody answered.
        Missed = 1 "missed",
        /// Outgoing, nobody answered.
        Unanswered = 2 "unanswered",
        /// The caller left the queue.
        Abandoned = 3 "abandoned",
        /// Busy, or declined.
        Busy = 4 "busy",
        /// Could not be placed.
        Failed = 5 "failed",
    }
);
word_enum!(
    /// What happened at one moment of a call.
    TimelineKind {
        Start = 0 "start", Ring = 1 "ring", Menu = 2 "menu", Queue = 3 "queue", Answer = 4 "answer", Bridge = 5 "bridge",
        Leave = 6 "leave", Hold = 7 "hold", Unhold = 8 "unhold", Transfer = 9 "transfer", Feature = 10 "feature",
        Park = 11 "park", Pickup = 12 "pickup", Hangup = 13 "hangup", End = 14 "end",
    }
);

/// A telephone number or extension as the exchange gave it, and in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Number {
    /// As received, cleaned of control characters only.
    pub raw: String,
    /// E.164 with `+` where the country is known; an extension or short code as it is.
    pub canonical: String,
}

/// One channel that the exchange made for the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Leg {
    pub channel: String,
    pub unique_id: String,
    /// The extension, when the channel is one of ours.
    pub extension: Option<String>,
    pub number: Option<String>,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub start: Timestamp,
    #[serde(serialize_with = "crate::domain::instant::serialize_option")]
    pub answered: Option<Timestamp>,
    #[serde(serialize_with = "crate::domain::instant::serialize_option")]
    pub end: Option<Timestamp>,
    /// Q.850 hang-up cause (ITU-T Q.850), where known.
    pub cause: Option<i32>,
}

/// One moment of the call, in the order of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TimelineEvent {
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub at: Timestamp,
    pub kind: TimelineKind,
    /// Extension or number it concerns.
    pub party: Option<String>,
    /// Queue, application, feature code or cause.
    pub detail: Option<String>,
}

/// One call as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub id: CallId,
    pub source_ids: Vec<String>,
    pub start: Timestamp,
    /// The start is known to the whole second only.
    pub start_whole_second: bool,
    /// The first bridge; none if nobody talked or it is not known.
    pub answered: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub direction: Direction,
    pub route: Option<Route>,
    pub outcome: Outcome,
    /// None: withheld or unknown.
    pub from: Option<Number>,
    pub to: Option<Number>,
    pub reached: Option<Number>,
    pub customer: Option<String>,
    pub extension: Option<String>,
    pub extensions: Vec<String>,
    pub agent: Option<String>,
    pub group: Option<String>,
    pub projects: Vec<String>,
    pub queue: Option<String>,
    pub wait: Option<Tenths>,
    pub talk: Option<Tenths>,
    /// An upper bound, where the talk time itself cannot be known.
    pub talk_at_most: Option<Tenths>,
    pub on_hold: Option<Tenths>,
    pub duration: Option<Tenths>,
    pub cost: Option<Money>,
    pub case: Option<String>,
    pub tags: Vec<String>,
    pub flagged: bool,
    pub has_note: bool,
    pub recordings: Vec<Recording>,
    pub legs: u32,
}

impl Call {
    /// The number of the other side: who called us, or whom we called.
    pub fn other_party(&self) -> Option<&Number> {
        match self.direction {
            Direction::In => self.from.as_ref(),
            Direction::Out => self.to.as_ref(),
            Direction::Internal => self.to.as_ref().or(self.reached.as_ref()),
        }
    }

    pub fn recording_mode(&self) -> Option<RecordingMode> {
        self.recordings.first().and_then(|recording| recording.mode)
    }
}

/// An amount in minor units of a currency (ISO 4217).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    pub minor: i64,
    pub currency: String,
}

/// A call with everything that is read only when one call is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct CallDetail {
    pub call: Call,
    pub legs: Vec<Leg>,
    pub timeline: Vec<TimelineEvent>,
    pub notes: Vec<Note>,
    /// The call's own changes, oldest first.
    pub history: Vec<HistoryEntry>,
    /// What was heard of its recordings, newest first.
    pub receipts: Vec<Receipt>,
    /// Who took sound of it away, newest first.
    pub taken: Vec<Taken>,
}

/// A note at a call, or at a position of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Note {
    pub id: String,
    pub author: String,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub created: Timestamp,
    #[serde(serialize_with = "crate::domain::instant::serialize_option")]
    pub edited: Option<Timestamp>,
    /// Seconds from the start of the recording, in tenths; none for the whole call.
    pub at: Option<Tenths>,
    pub text: String,
    /// Raised by one at each edit; what `If-Match` compares.
    pub version: i64,
}

/// One line of a call's history: who did what to it, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HistoryEntry {
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub at: Timestamp,
    pub who: String,
    pub did: String,
    pub detail: Option<String>,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.canonical)
    }
}

impl FromStr for Number {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self { raw: text.to_owned(), canonical: text.to_owned() })
    }
}
