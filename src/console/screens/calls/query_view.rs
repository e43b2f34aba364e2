//! How the query line is drawn: text, count and sums, what is wrong with it.

use ratatui::layout::Rect;

use super::{Calls, update::marked_text};
use crate::{
    console::{
        asking::{line_view, problem_view},
        desk::Desk,
        widgets::{Painter, grouped, width},
    },
    domain::{length::Tenths, list::Count},
};

/// `312`, or `≥ 10,000` where counting stopped.
pub fn count_text(count: Count) -> String {
    if count.exact { grouped(count.count) } else { format!("≥ {}", grouped(count.count)) }
}

/// Columns that a query keeps for itself before sums are shown beside it.
const LINE_ROOM: usize = 28;

/// What the calls that match come to, from the fullest form to the shortest.
fn sums(calls: &Calls, desk: &Desk) -> Vec<String> {
    let Some(totals) =
        calls.totals.as_deref().filter(|totals| totals.calls > 0 && calls.summed.as_ref() == Some(&calls.query.applied))
    else {
        return Vec::new();
    };
    let talk = desk.setup.texts.with("sum-talk", &[("talk", &long_length(totals.talk_s))]);
    let share = (totals.answered * 200 / totals.calls).div_ceil(2).to_string();
    let answered = desk.setup.texts.with("sum-answered", &[("percent", &share)]);
    vec![format!("{answered} · {talk}"), talk]
}

/// `21 h 06 min`, `12 min`, `40 s`; of many hours only them.
pub(super) fn long_length(length: Tenths) -> String {
    let seconds = u64::try_from(length.0.max(0) / 10).unwrap_or(0);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min"),
        (..100, _) => format!("{hours} h {minutes:02} min"),
        _ => format!("{} h", grouped(hours)),
    }
}

pub(super) fn query_line(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    let line = &calls.query;
    let n = calls.count.map_or_else(|| if calls.list.loaded { "…".to_owned() } else { "–".to_owned() }, count_text);
    let m = calls.all.map_or_else(|| "–".to_owned(), count_text);
    let mut right = texts.with("count-of", &[("n", &n), ("m", &m)]);
    if let Some(marked) = marked_text(calls, desk) {
        right = format!("{marked} · {right}");
    }
    let typed = if line.editing { line.input.text() } else { &line.applied };
    let room = usize::from(area.width).saturating_sub(width(&right) + width(typed).max(LINE_ROOM) + 8);
    if let Some(sums) = sums(calls, desk).into_iter().find(|sums| width(sums) <= room) {
        right = format!("{sums} · {right}");
    }
    line_view(line, &right, &texts.get("query-empty"), painter, area)
}

/// The rule under the query line, or what is wrong with the query, under its word where that leaves room for all of it; a
/// longer sentence goes on over the heading of the list.
pub(super) fn problem_or_rule(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    // A rule across the screen costs three bytes a column.
    if !problem_view(&calls.query, painter, area) && !desk.setup.remote {
        painter.rule(area, "", "");
    }
}
