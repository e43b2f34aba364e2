//! How the rows of the list are drawn, and what stands there when there are none.

use ratatui::layout::Rect;

use super::{Calls, columns};
use crate::console::{desk::Desk, effect::Slot, theme::Role, widgets::Painter};

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
}

pub(super) fn rows(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let layout = columns::layout(calls, desk, area.width);
    let sort = calls.sort.unwrap_or_default();
    for column in &layout {
        let mut title = desk.setup.texts.get(&format!("column-{}", column.kind.word()));
        if column.kind.sorts().contains(&sort.field) {
            title = format!("{title}{}", if sort.descending { "▼" } else { "▲" });
        }
        if column.kind.is_right() {
            painter.right(area.x + column.x, area.y, column.width, &title, Role::TextMuted);
        } else {
            painter.text(area.x + column.x, area.y, column.width, &title, Role::TextMuted);
        }
    }
    let height = usize::from(area.height.saturating_sub(1));
    let stale = desk.is_busy(Slot::List);
    for (row, entry) in calls.list.rows().skip(calls.list.top()).take(height).enumerate() {
        let y = area.y + 1 + u16::try_from(row).unwrap_or(0);
        let index = calls.list.top() + row;
        let here = index == calls.list.cursor();
        let in_range = calls.range.is_some_and(|from| {
            let (low, high) = (from.min(calls.list.cursor()), from.max(calls.list.cursor()));
            (low..=high).contains(&index)
        });
        // On a dear line the gutter and the terminal's own cursor mark the row: a thirtieth of the bytes a step.
        let lit = here && !desk.setup.remote;
        if lit {
            painter.tint(Rect::new(area.x, y, area.width, 1), Role::CursorRow);
        }
        if here {
            painter.text(area.x, y, 1, "►", if lit { Role::CursorRow } else { Role::Text });
        }
        let call = &entry.call;
        if calls.marks.has(&call.id) || in_range {
            painter.text(area.x + 2, y, 1, "■", if lit { Role::CursorRow } else { Role::Marked });
        } else if call.flagged {
            painter.text(area.x + 2, y, 1, "F", if lit { Role::CursorRow } else { Role::Warn });
        }
        for column in &layout {
            let (text, role) = column.kind.cell(call, desk, column.width);
            let role = match (lit, stale) {
                (true, _) if role == Role::TextMuted => Role::CursorRowMuted,
                (true, _) => Role::CursorRow,
                (false, _) => role,
            };
            if column.kind.is_right() {
                painter.right(area.x + column.x, y, column.width, &text, role);
            } else {
                painter.text(area.x + column.x, y, column.width, &text, role);
            }
        }
        if desk.is_pending(&call.id) {
            painter.text(area.x + 1, y, 1, "…", if lit { Role::CursorRow } else { Role::Info });
        }
    }
}
