//! How saved views are drawn.

use ratatui::layout::Rect;

use super::{
    super::view::{centred, line, popup},
    Entry, SaveView, Views,
};
use crate::{
    console::{
        desk::Desk,
        theme::Role,
        widgets::{Painter, wrap},
    },
    wire::View,
};

/// Columns of the name in the list.
const NAME: u16 = 22;
/// Columns of whose it is.
const OWNER: u16 = 16;
/// Lines about the chosen view.
const ABOUT: u16 = 4;

/// The list, and what the chosen view asks.
pub fn view(views: &Views, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let rows = match views.entries.len() {
        0 => 6,
        count => u16::try_from(count).unwrap_or(u16::MAX).saturating_add(ABOUT + 4),
    };
    let count =
        if views.entries.is_empty() { String::new() } else { texts.counted("views-count", views.entries.len() as u64, &[]) };
    let inside = painter.boxed(centred(area, 90, rows), &texts.get("views-title"), &count);
    if inside.height < 3 {
        return;
    }
    let hint = inside.bottom() - 1;
    popup(painter, inside.x, hint, inside.width, &texts.get("views-hint"), Role::TextMuted);
    let Some(chosen) = views.entries.get(views.at) else {
        let (first, second) = if views.loaded { ("views-none", "views-none-more") } else { ("reading", "") };
        popup(painter, inside.x, inside.y, inside.width, &texts.get(first), Role::Popup);
        if !second.is_empty() {
            popup(painter, inside.x, inside.y + 1, inside.width, &texts.get(second), Role::TextMuted);
        }
        return;
    };
    let about = if inside.height > ABOUT + 4 { ABOUT } else { 0 };
    let height = usize::from(inside.height.saturating_sub(about + 1));
    let top = views.at.saturating_sub(height.saturating_sub(1));
    for (y, (row, entry)) in (inside.y..).zip(views.entries.iter().enumerate().skip(top).take(height)) {
        let here = row == views.at;
        if here {
            painter.tint(Rect::new(inside.x - 1, y, inside.width + 2, 1), Role::CursorRow);
            painter.text(inside.x - 1, y, 1, "►", Role::CursorRow);
        }
        let role = |plain: Role| if here { Role::CursorRow } else { plain };
        let write = |painter: &mut Painter<'_>, x, columns, text: &str, role| {
            if here { painter.text(x, y, columns, text, Role::CursorRow) } else { popup(painter, x, y, columns, text, role) }
        };
        write(painter, inside.x + 1, NAME, &entry.view.name, role(Role::Popup));
        let middle = inside.width.saturating_sub(NAME + OWNER + 4);
        let (text, plain) = match &entry.problem {
            Some(problem) => (format!("▲ {problem}"), Role::Error),
            None if entry.view.query.is_empty() => (texts.get("views-everything"), Role::TextMuted),
            None => (entry.view.query.clone(), Role::TextMuted),
        };
        write(painter, inside.x + NAME + 2, middle, &text, plain);
        let owner = owner(entry, desk);
        let columns = OWNER.min(u16::try_from(crate::console::widgets::width(&owner)).unwrap_or(OWNER));
        write(painter, inside.right() - columns, columns, &owner, Role::TextMuted);
    }
    if about > 0 {
        let place = Rect::new(inside.x, hint - about, inside.width, about);
        told(&chosen.view, desk, painter, place);
    }
}

fn owner(entry: &Entry, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    match (entry.own, entry.view.shared) {
        (true, true) => texts.get("views-shared"),
        (true, false) => String::new(),
        (false, _) => texts.with("views-of", &[("owner", &entry.view.owner)]),
    }
}

/// Query, order and columns of a view.
fn told(view: &View, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let query = if view.query.is_empty() { texts.get("views-everything") } else { view.query.clone() };
    let order = if view.sort.is_empty() { texts.get("views-order-own") } else { view.sort.clone() };
    let columns = if view.columns.is_empty() { texts.get("views-columns-own") } else { view.columns.join(" ") };
    let lines = [("views-query", query, 2), ("views-order", order, 1), ("views-columns", columns, 1)];
    let label = 10;
    let mut y = area.y;
    for (id, text, most) in lines {
        popup(painter, area.x, y, label, &texts.get(id), Role::TextMuted);
        let room = usize::from(area.width.saturating_sub(label));
        let pieces = wrap(&text, room);
        for (at, piece) in pieces.iter().take(most).enumerate() {
            let rest = if at + 1 == most { pieces[at..].join(" ") } else { piece.clone() };
            popup(painter, area.x + label, y, area.width.saturating_sub(label), &rest, Role::Popup);
            y += 1;
        }
        if y >= area.bottom() {
            return;
        }
    }
}

/// The box that asks for a name; gives the place of the cursor.
pub fn save_view(save: &SaveView, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    let (title, hint) =
        if save.renames.is_some() { ("view-rename-title", "view-rename-hint") } else { ("view-save-title", "view-save-hint") };
    let inside = painter.boxed(centred(area, 70, 12), &texts.get(title), "");
    if inside.height < 4 {
        return None;
    }
    let label = popup(painter, inside.x, inside.y, 10, &texts.get("view-name"), Role::TextMuted).max(inside.x + 10);
    let cursor = line(painter, label, inside.y, inside.right().saturating_sub(label), &save.input);
    if save.problem {
        popup(painter, label, inside.y + 1, inside.width, &texts.get("view-name-wanted"), Role::Error);
    }
    if save.renames.is_none() {
        let shared = texts.get(if save.view.shared { "view-shared-yes" } else { "view-shared-no" });
        let sign = if save.view.shared { "[x]" } else { "[ ]" };
        popup(painter, inside.x, inside.y + 2, 10, &texts.get("view-shared"), Role::TextMuted);
        popup(painter, inside.x + 10, inside.y + 2, inside.width.saturating_sub(10), &format!("{sign} {shared}"), Role::Popup);
    }
    told(&save.view, desk, painter, Rect::new(inside.x, inside.y + 4, inside.width, inside.height.saturating_sub(5)));
    popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get(hint), Role::TextMuted);
    Some(cursor)
}
