//! Columns of the list: which ones fit, and what stands in them.

use jiff::civil::Date;

use super::Calls;
use crate::{
    console::{desk::Desk, theme::Role, widgets::width as columns_of},
    domain::{
        call::{Direction, Outcome},
        length::Tenths,
        query::SortField,
        recording::{RecordingMode, RecordingState},
    },
    wire::CallBody,
};

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Time(TimeForm),
    Way,
    Party,
    Number,
    Talk,
    Wait,
    Cost,
    Agent,
    Queue,
    Recording,
    Size,
    Place,
    Case,
}

/// How much of the date a time needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// All are of today.
    Clock,
    /// All are of this year.
    Day,
    Year,
}

/// A column that was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub kind: Kind,
    pub x: u16,
    pub width: u16,
}

/// Cells before the first column: gutter, pending, mark, blank.
const LEFT: u16 = 4;

/// Columns that a party needs to be told from another.
const LEAST_PARTY: u16 = 6;

/// The columns that fit a width. Time, glyphs, party, number, talk, agent, recording and case from 80 columns; from 110 columns
/// also wait, cost, queue, size and place.
pub fn layout(calls: &Calls, desk: &Desk, width: u16) -> Vec<Column> {
    let time = time_form(calls, desk);
    let time_width = match time {
        TimeForm::Clock => 5,
        TimeForm::Day => 11,
        TimeForm::Year => 14,
    };
    let (narrow, wide) = (width < 76, width >= 110);
    let mut wanted: Vec<(Kind, u16)> =
        vec![(Kind::Time(time), time_width), (Kind::Way, 2), (Kind::Party, 0), (Kind::Number, if narrow { 13 } else { 14 })];
    if wide {
        wanted.push((Kind::Wait, 5));
    }
    wanted.push((Kind::Talk, 8));
    if wide {
        wanted.push((Kind::Cost, 6));
    }
    wanted.push((Kind::Agent, if narrow { 8 } else { 11 + u16::from(wide) }));
    if wide {
        wanted.push((Kind::Queue, 8));
    }
    wanted.push((Kind::Recording, 1));
    if wide {
        wanted.extend([(Kind::Size, 7), (Kind::Place, 8)]);
    }
    wanted.push((Kind::Case, 7));
    let fixed = |wanted: &[(Kind, u16)]| wanted.iter().map(|(_, width)| width + 1).sum::<u16>() + LEFT;
    // Below 80 columns the glyph of the recording stays, and the widest of the others goes first.
    for dear in [Kind::Case, Kind::Agent] {
        if fixed(&wanted) + LEAST_PARTY > width {
            wanted.retain(|(kind, _)| *kind != dear);
        }
    }
    let party = width.saturating_sub(fixed(&wanted)).max(LEAST_PARTY);
    let mut x = LEFT;
    let mut columns = Vec::new();
    for (kind, wants) in wanted {
        let wants = if kind == Kind::Party { party } else { wants };
        columns.push(Column { kind, x, width: wants });
        x += wants + 1;
    }
    columns
}

fn time_form(calls: &Calls, desk: &Desk) -> TimeForm {
    let day = |at: jiff::Timestamp| -> Date { at.to_zoned(desk.zone.clone()).date() };
    let today = day(desk.now);
    let mut form = TimeForm::Clock;
    for row in calls.list.rows() {
        let date = day(row.call.start);
        if date.year() != today.year() {
            return TimeForm::Year;
        }
        if date != today {
            form = TimeForm::Day;
        }
    }
    form
}

impl Kind {
    /// The part of the catalogue's ids.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Time(_) => "time",
            Self::Way => "way",
            Self::Party => "party",
            Self::Number => "number",
            Self::Talk => "talk",
            Self::Wait => "wait",
            Self::Cost => "cost",
            Self::Agent => "agent",
            Self::Queue => "queue",
            Self::Recording => "recording",
            Self::Size => "size",
            Self::Place => "place",
            Self::Case => "case",
        }
    }

    pub const fn is_right(self) -> bool {
        matches!(self, Self::Talk | Self::Wait | Self::Cost | Self::Size)
    }

    /// Orders that this column shows.
    pub const fn sorts(self) -> &'static [SortField] {
        match self {
            Self::Time(_) => &[SortField::Start],
            Self::Way => &[],
            Self::Party => &[SortField::Customer],
            Self::Number => &[SortField::From, SortField::To],
            Self::Talk => &[SortField::Talk],
            Self::Wait => &[SortField::Wait],
            Self::Cost => &[SortField::Cost],
            Self::Agent => &[SortField::Agent, SortField::Extension],
            Self::Queue => &[SortField::Queue],
            Self::Recording => &[],
            Self::Size => &[SortField::Size],
            Self::Place => &[],
            Self::Case => &[SortField::Case],
        }
    }

    /// Text and role of a cell. Foreign text is cleaned where it is drawn.
    pub fn cell(self, call: &CallBody, desk: &Desk, width: u16) -> (String, Role) {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        match self {
            Self::Time(form) => (time(call, desk, form), Role::Text),
            Self::Way => way(call),
            Self::Party => party(call),
            Self::Number => match call.other_party() {
                Some(number) => (number.to_owned(), Role::Text),
                None => (desk.setup.texts.get("withheld"), Role::TextMuted),
            },
            Self::Talk => talk(call, desk),
            Self::Wait => (call.wait_s.map_or_else(unknown, Tenths::clock), Role::TextMuted),
            Self::Cost => (
                call.cost
                    .as_ref()
                    .map_or_else(unknown, |cost| format!("{}.{:02}", cost.minor / 100, cost.minor.unsigned_abs() % 100)),
                Role::TextMuted,
            ),
            Self::Agent => agent(call, usize::from(width)),
            Self::Queue => (text(&call.queue), Role::TextMuted),
            Self::Recording => recording(call),
            Self::Size => (
                if call.recordings.is_empty() { String::new() } else { bytes(call.recordings.iter().map(|r| r.bytes).sum()) },
                Role::TextMuted,
            ),
            Self::Place => {
                let place = call.recordings.first().and_then(|recording| recording.copies.first());
                (place.map(|copy| copy.place.clone()).unwrap_or_default(), Role::TextMuted)
            }
            Self::Case => (text(&call.case), Role::Text),
        }
    }
}

fn unknown() -> String {
    "–".to_owned()
}

fn time(call: &CallBody, desk: &Desk, form: TimeForm) -> String {
    let form = match form {
        TimeForm::Clock => "%H:%M",
        TimeForm::Day => "%m-%d %H:%M",
        TimeForm::Year => "%y-%m-%d %H:%M",
    };
    call.start.to_zoned(desk.zone.clone()).strftime(form).to_string()
}

/// Direction and outcome; each state has a character of its own.
fn way(call: &CallBody) -> (String, Role) {
    let (direction, role) = match call.direction {
        Direction::Out => ('→', Role::DirOut),
        Direction::In => ('←', Role::DirIn),
        Direction::Internal => ('↔', Role::DirInternal),
    };
    let outcome = match call.outcome {
        Outcome::Answered => ' ',
        Outcome::Missed => '×',
        Outcome::Unanswered => '·',
        Outcome::Abandoned => '»',
        Outcome::Busy => '=',
        Outcome::Failed => '‼',
    };
    let role = if call.outcome == Outcome::Answered { role } else { Role::DirMissed };
    (format!("{direction}{outcome}"), role)
}

fn party(call: &CallBody) -> (String, Role) {
    match (&call.customer, call.direction) {
        (Some(customer), _) => (customer.clone(), Role::Text),
        (None, Direction::Internal) => (call.from.clone().unwrap_or_default(), Role::TextMuted),
        (None, _) => (String::new(), Role::Text),
    }
}

/// Talk time, or what became of a call in which nobody talked.
pub fn talk(call: &CallBody, desk: &Desk) -> (String, Role) {
    match (call.outcome, call.talk_s, call.talk_at_most_s) {
        (Outcome::Answered, Some(talk), _) => (talk.clock(), Role::Text),
        (Outcome::Answered, None, Some(most)) => (format!("≤{}", most.clock()), Role::TextMuted),
        (Outcome::Answered, None, None) => (unknown(), Role::TextMuted),
        (outcome, _, _) => (desk.setup.texts.get(&format!("short-{outcome}")), Role::TextMuted),
    }
}

fn agent(call: &CallBody, width: usize) -> (String, Role) {
    match (&call.agent, &call.extension) {
        (Some(agent), Some(extension)) if columns_of(agent) + columns_of(extension) < width => {
            (format!("{agent} {extension}"), Role::TextMuted)
        }
        (Some(agent), _) => (agent.clone(), Role::TextMuted),
        (None, Some(extension)) => (extension.clone(), Role::TextMuted),
        (None, None) => (String::new(), Role::TextMuted),
    }
}

/// `●` automatic, `◘` on demand, `○` none, `!` lost.
fn recording(call: &CallBody) -> (String, Role) {
    let Some(recording) = call.recordings.first() else { return ("○".to_owned(), Role::TextMuted) };
    match (recording.state, recording.mode) {
        (RecordingState::Lost | RecordingState::Erased | RecordingState::Deleted, _) => ("!".to_owned(), Role::Error),
        (_, Some(RecordingMode::OnDemand)) => ("◘".to_owned(), Role::Ok),
        _ => ("●".to_owned(), Role::Ok),
    }
}

/// Bytes as people read them; decimal units.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.0} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

/// `14:21 → Černý, Jiří`.
pub fn headline(call: &CallBody, desk: &Desk) -> String {
    let (way, _) = way(call);
    format!("{} {} {}", moment(call, desk), way.trim(), name(call, desk))
}

/// As [`headline`], with what has a fixed width before the name.
pub fn dear_headline(call: &CallBody, remark: &str, desk: &Desk) -> String {
    let indent = 8usize.saturating_sub(columns_of(talk(call, desk).0.trim()));
    format!("{} {} {}{remark} · {}", moment(call, desk), way(call).0, " ".repeat(indent), name(call, desk))
}

fn moment(call: &CallBody, desk: &Desk) -> String {
    let start = call.start.to_zoned(desk.zone.clone());
    let today = desk.now.to_zoned(desk.zone.clone()).date();
    let form = if start.date() == today { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    start.strftime(form).to_string()
}

fn name(call: &CallBody, desk: &Desk) -> String {
    let name = call.customer.clone().or_else(|| call.other_party().map(ToOwned::to_owned));
    name.unwrap_or_else(|| desk.setup.texts.get("withheld"))
}
