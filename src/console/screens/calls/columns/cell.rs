//! What stands in a cell of the list.

use jiff::Timestamp;

use super::{Kind, TimeForm};
use crate::{
    console::{desk::Desk, theme::Role, widgets::width as columns_of},
    domain::{
        call::{Direction, Outcome},
        length::Tenths,
        recording::{RecordingMode, RecordingState},
    },
    wire::CallBody,
};

impl Kind {
    /// Text and role of a cell. Foreign text is cleaned where it is drawn.
    pub fn cell(self, call: &CallBody, desk: &Desk, form: TimeForm, width: u16) -> (String, Role) {
        let muted = |text: String| (text, Role::TextMuted);
        let text = |value: &Option<String>| (value.clone().unwrap_or_default(), Role::TextMuted);
        let number = |value: &Option<String>| match value {
            Some(number) => (number.clone(), Role::Text),
            None => muted(desk.setup.texts.get("withheld")),
        };
        let length = |value: Option<Tenths>| muted(value.map_or_else(unknown, Tenths::clock));
        let recorded = || !call.recordings.is_empty();
        match self {
            Self::Time => (time(call.start, desk, form), Role::Text),
            Self::Way => way(call),
            Self::Party => party(call),
            Self::Number => match call.other_party() {
                Some(number) => (number.to_owned(), Role::Text),
                None => muted(desk.setup.texts.get("withheld")),
            },
            Self::From => number(&call.from),
            Self::To => number(&call.to),
            Self::Reached => text(&call.reached),
            Self::Customer => (call.customer.clone().unwrap_or_default(), Role::Text),
            Self::Extension => text(&call.extension),
            Self::Agent => agent(call, usize::from(width)),
            Self::Group => text(&call.group),
            Self::Projects => muted(call.projects.join(", ")),
            Self::Direction => muted(desk.setup.texts.get(&format!("direction-{}", call.direction))),
            Self::Route => muted(call.route.map_or_else(unknown, |route| desk.setup.texts.get(&format!("short-{route}")))),
            Self::Outcome => {
                let role = if call.outcome == Outcome::Answered { Role::TextMuted } else { Role::DirMissed };
                (desk.setup.texts.get(&format!("word-{}", call.outcome)), role)
            }
            Self::Queue => text(&call.queue),
            Self::Wait => length(call.wait_s),
            Self::Talk => talk(call, desk),
            Self::OnHold => length(call.on_hold_s),
            Self::Duration => length(call.duration_s),
            Self::Answered => muted(call.answered.map_or_else(unknown, |at| clock(at, desk))),
            Self::End => muted(call.end.map_or_else(unknown, |at| clock(at, desk))),
            Self::Cost => muted(
                call.cost
                    .as_ref()
                    .map_or_else(unknown, |cost| format!("{}.{:02}", cost.minor / 100, cost.minor.unsigned_abs() % 100)),
            ),
            Self::Recording => recording(call),
            Self::Mode => {
                let mode = call.recordings.first().and_then(|recording| recording.mode);
                muted(mode.map(|mode| desk.setup.texts.get(&format!("mode-{mode}"))).unwrap_or_default())
            }
            Self::Length if recorded() => muted(Tenths(call.recordings.iter().map(|one| one.length_s.0).sum()).clock()),
            Self::Size if recorded() => muted(short_bytes(call.recordings.iter().map(|one| one.bytes).sum())),
            Self::Length | Self::Size => muted(String::new()),
            Self::Place => {
                let place = call.recordings.first().and_then(|recording| recording.copies.first());
                muted(place.map(|copy| copy.place.clone()).unwrap_or_default())
            }
            Self::Case => (call.case.clone().unwrap_or_default(), Role::Text),
            Self::Tags => muted(call.tags.join(", ")),
            Self::Notes => (if call.has_note { "■" } else { "" }.to_owned(), Role::Mark),
            Self::Flag => (if call.flagged { "F" } else { "" }.to_owned(), Role::Warn),
            // Scores come with the reviews.
            Self::Score => muted(unknown()),
            Self::Legs => muted(call.legs.to_string()),
        }
    }
}

fn unknown() -> String {
    "–".to_owned()
}

fn time(at: Timestamp, desk: &Desk, form: TimeForm) -> String {
    let form = match form {
        TimeForm::Clock => "%H:%M",
        TimeForm::Day => "%m-%d %H:%M",
        TimeForm::Year => "%y-%m-%d %H:%M",
    };
    at.to_zoned(desk.zone.clone()).strftime(form).to_string()
}

fn clock(at: Timestamp, desk: &Desk) -> String {
    at.to_zoned(desk.zone.clone()).strftime("%H:%M:%S").to_string()
}

/// Direction and outcome; each state has a character of its own.
pub fn way(call: &CallBody) -> (String, Role) {
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
        1_000_000_000..1_000_000_000_000 => format!("{:.1} GB", count as f64 / 1e9),
        _ => format!("{:.1} TB", count as f64 / 1e12),
    }
}

/// As [`bytes`], in six columns: `8.1 MB`, `81 MB`, `810 MB`.
fn short_bytes(count: u64) -> String {
    match count {
        9_950_000..999_500_000 => format!("{:.0} MB", count as f64 / 1e6),
        9_950_000_000.. => format!("{:.0} GB", count as f64 / 1e9),
        _ => bytes(count),
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
