//! What a filter asks of one call, gathered in one place: the naive meaning of the language, which the store's SQL must equal.

use jiff::{Timestamp, tz::TimeZone};

use super::filter::{
    ExtensionPattern, Filter, Has, Is, NamePattern, NumberFragment, NumberPattern, Predicate, Range, Side, TimeRange,
};
use crate::domain::{
    call::{Direction, Outcome, Route},
    clean::fold,
    clip::sees,
    length::Tenths,
    recording::{RecordingMode, RecordingState},
};

/// Everything that any [`Predicate`] needs to know of one call. Texts stand as stored; they are folded when compared.
#[derive(Clone, Debug, PartialEq)]
pub struct CallFacts {
    pub id: String,
    pub source_ids: Vec<String>,
    pub start: Timestamp,
    pub direction: Direction,
    pub route: Option<Route>,
    pub outcome: Outcome,
    /// Canonical numbers of the three parties; none: withheld or unknown.
    pub from: Option<String>,
    pub to: Option<String>,
    pub reached: Option<String>,
    /// Customer's name if the outside party is the caller; agent and label if an extension of ours is.
    pub from_names: Vec<String>,
    /// The same for `to` and `reached` together.
    pub to_names: Vec<String>,
    pub customer: Option<String>,
    /// All that took part.
    pub extensions: Vec<String>,
    /// Agents of all extensions that took part.
    pub agents: Vec<String>,
    /// Groups of all extensions that took part.
    pub groups: Vec<String>,
    pub projects: Vec<String>,
    pub queue: Option<String>,
    pub wait: Option<Tenths>,
    pub talk: Option<Tenths>,
    pub on_hold: Option<Tenths>,
    pub case: Option<String>,
    pub tags: Vec<String>,
    pub flagged: bool,
    /// Text of each note.
    pub notes: Vec<String>,
    pub recordings: Vec<RecordingFacts>,
    /// Names of those who heard some of its recordings.
    pub heard_by: Vec<String>,
    /// Names of those who took one away.
    pub downloaded_by: Vec<String>,
    /// That have it, or a clip of it.
    pub collections: Vec<CollectionFacts>,
}

/// The part of [`CallFacts`] that is about one collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionFacts {
    pub name: String,
    pub owner: String,
    pub readers: Vec<String>,
}

/// The part of [`CallFacts`] that is about one recording.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingFacts {
    pub id: String,
    pub mode: Option<RecordingMode>,
    pub state: RecordingState,
    pub length: Tenths,
    pub bytes: u64,
    /// Places of its copies that are not missing.
    pub places: Vec<String>,
}

impl Filter {
    /// Whether the call is among those meant, with days and hours of `zone`.
    pub fn matches(&self, call: &CallFacts, zone: &TimeZone) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(call, zone)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(call, zone)),
            Self::Not(inner) => !inner.matches(call, zone),
            Self::Is(predicate) => predicate.matches(call, zone),
        }
    }
}

impl Predicate {
    /// False where the value asked for is unknown.
    pub fn matches(&self, call: &CallFacts, zone: &TimeZone) -> bool {
        match self {
            Self::Time(range) => range.contains(call.start),
            Self::TimeOfDay { from, to } => {
                let local = zone.to_datetime(call.start);
                let minute = local.hour().unsigned_abs() as u16 * 60 + local.minute().unsigned_abs() as u16;
                if from <= to { (*from..*to).contains(&minute) } else { minute >= *from || minute < *to }
            }
            Self::Weekday(days) => days.0 & (1 << zone.to_datetime(call.start).weekday().to_monday_zero_offset()) != 0,
            Self::Number(side, pattern) => {
                let (from, others) = (call.from.iter(), call.to.iter().chain(&call.reached));
                match side {
                    Side::Any => from.chain(others).any(|number| pattern.matches(number)),
                    Side::From => call.from.iter().any(|number| pattern.matches(number)),
                    Side::To => call.to.iter().chain(&call.reached).any(|number| pattern.matches(number)),
                }
            }
            Self::PartyName(side, text) => match side {
                Side::Any => any_contains(call.from_names.iter().chain(&call.to_names), text),
                Side::From => any_contains(&call.from_names, text),
                Side::To => any_contains(&call.to_names, text),
            },
            Self::CustomerName(pattern) => any_fits(&call.customer, pattern),
            Self::Extension(pattern) => call.extensions.iter().any(|extension| pattern.matches(extension)),
            Self::Agent(pattern) => any_fits(&call.agents, pattern),
            Self::Group(pattern) => any_fits(&call.groups, pattern),
            Self::Queue(pattern) => any_fits(&call.queue, pattern),
            Self::Project(pattern) => any_fits(&call.projects, pattern),
            Self::Direction(direction) => call.direction == *direction,
            Self::Route(route) => call.route == Some(*route),
            Self::Outcome(outcome) => call.outcome == *outcome,
            Self::Is(state) => match state {
                Is::Recorded => !call.recordings.is_empty(),
                Is::Unrecorded => false,
                Is::Flagged => call.flagged,
                Is::Lost => call.recordings.iter().any(|recording| recording.state == RecordingState::Lost),
            },
            Self::Has(thing) => match thing {
                Has::Recording => !call.recordings.is_empty(),
                Has::Note => !call.notes.is_empty(),
                Has::Tag => !call.tags.is_empty(),
                Has::Case => call.case.is_some(),
            },
            Self::Mode(mode) => call.recordings.iter().any(|recording| recording.mode == Some(*mode)),
            Self::Talk(range) => range.contains_known(call.talk),
            Self::Wait(range) => range.contains_known(call.wait),
            Self::OnHold(range) => range.contains_known(call.on_hold),
            Self::RecordingLength(range) => {
                !call.recordings.is_empty()
                    && range.contains(call.recordings.iter().map(|recording| recording.length.0).fold(0, i64::saturating_add))
            }
            Self::Size(range) => {
                let bytes = call.recordings.iter().map(|recording| recording.bytes).fold(0, u64::saturating_add);
                !call.recordings.is_empty() && range.contains(i64::try_from(bytes).unwrap_or(i64::MAX))
            }
            Self::Case(pattern) => any_fits(&call.case, pattern),
            Self::Tag(pattern) => any_fits(&call.tags, pattern),
            Self::Note(text) => call.notes.iter().any(|note| words_begin(note, text)),
            Self::Id(id) => {
                call.id == *id
                    || call.source_ids.iter().any(|source| source == id)
                    || call.recordings.iter().any(|recording| recording.id == *id)
            }
            Self::On(place) => any_fits(call.recordings.iter().flat_map(|recording| &recording.places), place),
            Self::HeardBy { name, only } => any_fits(of(&call.heard_by, only), name),
            Self::DownloadedBy { name, only } => any_fits(of(&call.downloaded_by, only), name),
            Self::In { name, who } => {
                let seen = call.collections.iter().filter(|one| sees(who, &one.owner, &one.readers));
                any_fits(seen.map(|one| &one.name), name)
            }
            Self::Text(text) => {
                any_contains(call.customer.iter().chain(&call.agents).chain(&call.queue).chain(&call.tags), text)
                    || call.notes.iter().any(|note| words_begin(note, text))
            }
        }
    }
}

impl TimeRange {
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.until.is_none_or(|until| moment < until)
    }
}

impl Range {
    pub fn contains(&self, value: i64) -> bool {
        self.from.is_none_or(|from| from <= value) && self.to.is_none_or(|to| value <= to)
    }

    fn contains_known(&self, value: Option<Tenths>) -> bool {
        value.is_some_and(|value| self.contains(value.0))
    }
}

impl NumberPattern {
    /// Whether a canonical number has any of the fragments.
    pub fn matches(&self, number: &str) -> bool {
        self.fragments.iter().any(|fragment| fragment.matches(number))
    }
}

impl NumberFragment {
    pub fn matches(&self, number: &str) -> bool {
        match (self.from_start, self.to_end) {
            (true, true) => number == self.digits,
            (true, false) => number.starts_with(&self.digits),
            (false, true) => number.ends_with(&self.digits),
            (false, false) => number.contains(&self.digits),
        }
    }
}

impl ExtensionPattern {
    pub fn matches(&self, extension: &str) -> bool {
        match self {
            Self::Exact(exact) => extension == exact,
            Self::Range(from, to) => {
                extension.len() == from.len()
                    && extension.bytes().all(|byte| byte.is_ascii_digit())
                    && (from.as_str()..=to.as_str()).contains(&extension)
            }
            Self::Prefix(prefix) => extension.starts_with(prefix),
        }
    }
}

/// Words of a text as `note:` counts them: folded runs of letters and digits.
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn words_begin(note: &str, text: &str) -> bool {
    let (there, wanted) = (words(note), words(text));
    !wanted.is_empty() && wanted.iter().all(|word| there.iter().any(|other| other.starts_with(word)))
}

/// Names, of one person only where that is said.
fn of<'a>(names: &'a [String], only: &'a Option<String>) -> impl Iterator<Item = &'a String> {
    names.iter().filter(move |name| only.as_ref().is_none_or(|only| only == *name))
}

fn any_contains<'a>(texts: impl IntoIterator<Item = &'a String>, part: &str) -> bool {
    let part = fold(part);
    texts.into_iter().any(|text| fold(text).contains(&part))
}

fn any_fits<'a>(texts: impl IntoIterator<Item = &'a String>, pattern: &NamePattern) -> bool {
    texts.into_iter().any(|text| match pattern {
        NamePattern::Whole(whole) => fold(text) == fold(whole),
        NamePattern::Beginning(beginning) => fold(text).starts_with(&fold(beginning)),
        NamePattern::Part(part) => fold(text).contains(&fold(part)),
    })
}
