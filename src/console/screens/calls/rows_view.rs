//! How the rows of the list are drawn, and what stands there when there are none.

use jiff::civil::Date;
use ratatui::layout::Rect;

use super::{
    Calls, Line,
    columns::{self, Laid, TimeForm},
    highlight::Highlights,
};
use crate::console::{
    desk::Desk,
    effect::Slot,
    theme::Role,
    widgets::{Painter, wrap},
};

pub(super) fn empty(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let (first, second) = if let Some(why) = &calls.refused {
        (why.clone(), texts.get("empty-refused-more"))
    } else if calls.query.problem.is_some() {
        (texts.get("empty-wrong"), texts.get("empty-no-match-more"))
    } else if !calls.list.loaded {
        (texts.get("reading"), String::new())
    } else if calls.query.applied.is_empty() {
        (texts.get("empty-no-calls"), texts.get("empty-no-calls-more"))
    } else {
        (texts.get("empty-no-match"), texts.get("empty-no-match-more"))
    };
    let y = area.y + area.height / 3;
    painter.text(area.x + 4, y, area.width.saturating_sub(8), &first, Role::Text);
    painter.text(area.x + 4, y + 1, area.width.saturating_sub(8), &second, Role::TextMuted);
    let words = loose_words(&calls.query.applied);
    if calls.list.loaded && calls.query.problem.is_none() && !words.is_empty() {
        let text = texts.with("empty-words", &[("words", &words.join(", "))]);
        for (y, line) in (y + 3..area.bottom()).zip(wrap(&text, usize::from(area.width.saturating_sub(8)))) {
            painter.text(area.x + 4, y, area.width.saturating_sub(8), &line, Role::TextMuted);
        }
    }
}

/// Words of a query that no field claims, and that are no number, date or length.
fn loose_words(query: &str) -> Vec<String> {
    let terms = crate::domain::query::edit::terms(query).unwrap_or_default();
    let loose = |text: &String| text.chars().all(char::is_alphabetic) || text.starts_with('"');
    terms.into_iter().map(|term| term.text).filter(loose).filter(|text| text != "today" && text != "yesterday").collect()
}

/// How much of the date a time on a row needs.
pub(super) fn time_form(calls: &Calls, desk: &Desk) -> TimeForm {
    if calls.list.is_headed() {
        return TimeForm::Clock;
    }
    let today = desk.zone.to_datetime(desk.now).date();
    let mut form = TimeForm::Clock;
    for row in calls.list.rows() {
        if row.day.year() != today.year() {
            return TimeForm::Year;
        }
        if row.day != today {
            form = TimeForm::Day;
        }
    }
    form
}

pub(super) fn rows(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let form = time_form(calls, desk);
    let laid = columns::layout(&calls.choice, desk.size.0, form, area.width);
    let highlights = Highlights::of(calls, desk);
    heading(calls, desk, painter, area, &laid);
    let height = usize::from(area.height.saturating_sub(1));
    for (line, y) in calls.list.lines().take(height).zip(area.y + 1..) {
        let line_area = Rect::new(area.x, y, area.width, 1);
        match line {
            Line::Day(day) => day_heading(day, desk, painter, line_area),
            Line::Row(index) => row(calls, desk, painter, line_area, index, (form, &laid, &highlights)),
        }
    }
}

/// How many of the chosen columns find no room on a list so wide.
pub(super) fn columns_left_out(calls: &Calls, desk: &Desk, width: u16) -> usize {
    columns::layout(&calls.choice, desk.size.0, time_form(calls, desk), width).left_out.len()
}

/// The column at a place of a list so wide.
pub fn column_at(calls: &Calls, desk: &Desk, width: u16, x: u16) -> Option<columns::Kind> {
    let laid = columns::layout(&calls.choice, desk.size.0, time_form(calls, desk), width);
    laid.columns.iter().find(|column| (column.x..=column.x + column.width).contains(&x)).map(|column| column.kind)
}

fn heading(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect, laid: &Laid) {
    let sort = calls.order();
    for column in &laid.columns {
        let mut title = desk.setup.texts.get(&format!("column-{}", column.kind.word()));
        if column.kind.sorts().contains(&sort.field) {
            let room = usize::from(column.width).saturating_sub(1);
            let short: String = title.chars().take(room).collect();
            title = format!("{short}{}", if sort.descending { "▼" } else { "▲" });
        }
        if column.kind.is_right() {
            painter.right(area.x + column.x, area.y, column.width, &title, Role::TextMuted);
        } else {
            painter.text(area.x + column.x, area.y, column.width, &title, Role::TextMuted);
        }
    }
}

/// `── Sat 7 Nov 2026 ──`; on a dear line without the rule.
fn day_heading(day: Date, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let text = day.strftime("%a %-d %b %Y").to_string();
    if desk.setup.remote {
        painter.text(area.x + columns::LEFT, area.y, area.width, &text, Role::TextMuted);
        return;
    }
    let role = Role::Border;
    let mut x = painter.text(area.x + columns::LEFT, area.y, 3, "── ", role);
    x = painter.text(x, area.y, area.right().saturating_sub(x), &text, Role::TextMuted) + 1;
    let rest = usize::from(area.right().saturating_sub(x));
    painter.text(x, area.y, area.right().saturating_sub(x), &"─".repeat(rest), role);
}

fn row(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect, index: usize, look: (TimeForm, &Laid, &Highlights)) {
    let Some(entry) = calls.list.row(index) else { return };
    let (form, laid, highlights) = look;
    let y = area.y;
    let stale = desk.is_busy(Slot::List);
    let here = index == calls.list.cursor();
    let in_range = calls.range.is_some_and(|from| {
        let (low, high) = (from.min(calls.list.cursor()), from.max(calls.list.cursor()));
        (low..=high).contains(&index)
    });
    // On a dear line the gutter and the terminal's own cursor mark the row: a thirtieth of the bytes a step.
    let lit = here && !desk.setup.remote;
    if lit {
        painter.tint(area, Role::CursorRow);
    }
    if here {
        painter.text(area.x, y, 1, "►", if lit { Role::CursorRow } else { Role::Text });
    }
    let call = &entry.call;
    let sign = if desk.is_pending(&call.id) {
        Some(("…", Role::Info))
    } else if calls.marks.has(&call.id) || in_range {
        Some(("■", Role::Marked))
    } else {
        let fresh = calls.fresh.contains(&call.id).then_some(("+", Role::Info));
        call.flagged.then_some(("F", Role::Warn)).or(fresh)
    };
    if let Some((sign, role)) = sign {
        painter.text(area.x + 1, y, 1, sign, if lit { Role::CursorRow } else { role });
    }
    for column in &laid.columns {
        let (text, role) = column.kind.cell(call, desk, form, column.width);
        let role = match (lit, stale) {
            (true, _) if role == Role::TextMuted => Role::CursorRowMuted,
            (true, _) => Role::CursorRow,
            (false, _) => role,
        };
        if column.kind.is_right() {
            painter.right(area.x + column.x, y, column.width, &text, role);
            continue;
        }
        let end = painter.text(area.x + column.x, y, column.width, &text, role);
        for (start, wide) in highlights.stretches(column.kind, call, &text) {
            let x = area.x + column.x + start;
            let found = Rect::new(x, y, wide.min(end.saturating_sub(x)), 1);
            if lit {
                // The row's own colours stay: the line below tells.
                painter.underline(found);
            } else {
                painter.tint(found, Role::Match);
            }
        }
    }
}
