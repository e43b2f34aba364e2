//! How the query line is drawn: text, count and sums, what is wrong with it.

use ratatui::layout::Rect;

use super::{Calls, update::marked_text};
use crate::{
    console::{
        asking::{line_view, problem_view},
        desk::Desk,
        theme::Role,
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

/// Offers that are listed at once, and the columns they may take.
const OFFERS: usize = 6;
const OFFER_COLUMNS: u16 = 52;

/// What Tab can put at the cursor, under the line. On a dear line only once Tab was pressed.
pub(super) fn offers(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, line: Rect) {
    let Some(offers) = calls.query.offers.as_ref().filter(|_| calls.query.editing) else { return };
    if desk.setup.remote && offers.at.is_none() {
        return;
    }
    let skip = offers.at.map_or(0, |at| at.saturating_sub(OFFERS - 1));
    let shown: Vec<_> = offers.list.iter().enumerate().skip(skip).take(OFFERS).collect();
    let remark_columns = shown.iter().map(|(_, offer)| width(&offer.remark)).max().unwrap_or(0).min(34);
    let text_columns = shown.iter().map(|(_, offer)| width(&offer.text)).max().unwrap_or(0);
    let more = offers.list.len().saturating_sub(skip + shown.len());
    let columns = u16::try_from(text_columns + remark_columns + 7).unwrap_or(OFFER_COLUMNS).clamp(16, OFFER_COLUMNS);
    let before = calls.query.input.text().get(..offers.range.start).map_or(0, width);
    let at = line.x + 3 + u16::try_from(before).unwrap_or(u16::MAX - 8).min(line.width);
    let x = at.saturating_sub(2).min(line.right().saturating_sub(columns));
    let rows = u16::try_from(shown.len() + usize::from(more > 0)).unwrap_or(1);
    let area = Rect::new(x, line.y + 1, columns.min(line.width), rows);
    painter.fill(area, Role::Popup);
    let base = painter.style(Role::Popup);
    let styled = |painter: &Painter<'_>, role: Role| {
        let style = base.patch(painter.style(role));
        base.bg.map_or(style, |bg| style.bg(bg))
    };
    for y in area.top()..area.bottom() {
        let style = styled(painter, Role::Border);
        painter.styled(area.x, y, 1, "│", style);
        painter.styled(area.right() - 1, y, 1, "│", style);
    }
    let inner = area.width.saturating_sub(4);
    for (y, (place, offer)) in (area.top()..area.bottom()).zip(&shown) {
        let here = offers.at == Some(*place);
        let (style, muted) = if here {
            painter.tint(Rect::new(area.x + 1, y, area.width - 2, 1), Role::CursorRow);
            (painter.style(Role::CursorRow), painter.style(Role::CursorRow))
        } else {
            (base, styled(painter, Role::TextMuted))
        };
        if here {
            painter.styled(area.x + 1, y, 1, "►", style);
        }
        let remark = u16::try_from(width(&offer.remark)).unwrap_or(u16::MAX).min(34).min(inner / 2 + 4);
        let end = painter.styled(area.x + 2, y, inner.saturating_sub(remark + 1), &offer.text, style);
        let start = (area.right() - 2).saturating_sub(remark).max(end + 1);
        painter.styled(start, y, (area.right() - 2).saturating_sub(start), &offer.remark, muted);
    }
    if more > 0 {
        let style = styled(painter, Role::TextMuted);
        let text = desk.setup.texts.with("offers-more", &[("n", &more.to_string())]);
        painter.styled(area.x + 2, area.bottom() - 1, inner, &text, style);
    }
}

/// The rule under the query line, or what is wrong with the query, under its word where that leaves room for all of it; a
/// longer sentence goes on over the heading of the list.
pub(super) fn problem_or_rule(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    // A rule across the screen costs three bytes a column.
    if !problem_view(&calls.query, painter, area) && !desk.setup.remote {
        painter.rule(area, "", "");
    }
}
