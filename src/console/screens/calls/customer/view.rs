//! How it is drawn: a panel beside the list, or a box over it.

use ratatui::layout::Rect;

use super::{
    CustomerPage,
    lines::{LABEL, Line, lines},
};
use crate::console::{
    desk::Desk,
    screens::calls::{areas::side_columns, columns::Class},
    theme::Role,
    widgets::Painter,
};

/// Columns that its text has.
pub fn text_columns(desk: &Desk) -> usize {
    let columns = match Class::of(desk.size.0) {
        Class::Wide => side_columns(true, desk.size.0).saturating_sub(3),
        Class::Narrow => desk.size.0.saturating_sub(6),
    };
    usize::from(columns)
}

/// Draws it into the area beside the list, or into the whole content area.
pub fn view(page: &CustomerPage, desk: &Desk, painter: &mut Painter<'_>, side: Rect, content: Rect) {
    let texts = &desk.setup.texts;
    if Class::of(desk.size.0) == Class::Narrow {
        let inside = painter.boxed(content, &texts.get("customer-title"), "");
        if inside.height > 2 {
            let text = Rect::new(inside.x, inside.y, inside.width, inside.height - 1);
            body(page, desk, painter, text, true);
            painter.popup(inside.x, inside.bottom() - 1, inside.width, &texts.get("customer-hint"), Role::TextMuted);
        }
        return;
    }
    for y in side.top()..side.bottom() {
        painter.text(side.x, y, 1, "│", if page.focused { Role::BorderFocus } else { Role::Border });
    }
    let title = texts.get("customer-title");
    let role = if page.focused { Role::TabActive } else { Role::Title };
    painter.text(side.x + 1, side.y, side.width.saturating_sub(1), &format!(" {title} "), role);
    let hint = texts.get(if page.focused { "customer-hint" } else { "customer-hint-list" });
    painter.text(side.x + 2, side.bottom() - 1, side.width.saturating_sub(2), &hint, Role::TextMuted);
    body(
        page,
        desk,
        painter,
        Rect::new(side.x + 2, side.y + 1, side.width.saturating_sub(3), side.height.saturating_sub(2)),
        false,
    );
}

fn body(page: &CustomerPage, desk: &Desk, painter: &mut Painter<'_>, area: Rect, popup: bool) {
    let all = lines(page, desk, text_columns(desk));
    let room = usize::from(area.height);
    let at = page.at.min(all.len().saturating_sub(1));
    let top = at.saturating_sub(room / 2).min(all.len().saturating_sub(room));
    let ground = if popup { Role::Popup } else { Role::Text };
    for ((number, line), y) in all.iter().enumerate().skip(top).take(room).zip(area.y..) {
        let here = page.focused && number == at;
        if here {
            painter.tint(Rect::new(area.x - 1, y, area.width + 1, 1), Role::CursorRow);
            painter.text(area.x - 1, y, 1, "►", Role::CursorRow);
        }
        draw(line, painter, Rect::new(area.x, y, area.width, 1), here, popup, ground);
    }
    if all.len() > top + room {
        painter.popup_or(popup, area.right().saturating_sub(1), area.bottom() - 1, 1, "▼", Role::TextMuted);
    }
    if top > 0 {
        painter.popup_or(popup, area.right().saturating_sub(1), area.y, 1, "▲", Role::TextMuted);
    }
}

fn draw(line: &Line, painter: &mut Painter<'_>, area: Rect, here: bool, popup: bool, ground: Role) {
    let role = |role: Role| match (here, role) {
        (true, Role::TextMuted) => Role::CursorRowMuted,
        (true, _) => Role::CursorRow,
        (false, Role::Text) => ground,
        (false, other) => other,
    };
    let popup = popup && !here;
    if line.heading {
        painter.popup_or(popup, area.x, area.y, area.width, &line.label, role(Role::Title));
        return;
    }
    let mut x = area.x;
    if !line.label.is_empty() {
        painter.popup_or(popup, x, area.y, 12, line.label.trim(), role(Role::TextMuted));
        x += u16::try_from(LABEL).unwrap_or(13);
    }
    painter.popup_or(popup, x, area.y, area.right().saturating_sub(x), &line.text, role(line.role));
}
