//! How the form is drawn.

use ratatui::layout::Rect;

use super::{
    super::{
        calendar,
        view::{centred, line, popup},
    },
    Form, Picker, SHOWN,
    fields::{Button, PLACES, Place, ROWS, Stop},
};
use crate::console::{
    desk::Desk,
    theme::Role,
    widgets::{Painter, width},
};

/// Columns of the box.
const COLUMNS: u16 = 78;
/// Lines above the fields: the query as it is written, what else it asks, a blank.
const HEAD: u16 = 3;

/// Draws the form; gives the place of the cursor.
pub fn view(form: &Form, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    let place = centred(area, COLUMNS, ROWS + HEAD + 4);
    let inside = painter.boxed(place, &texts.get("form-title"), &texts.get("form-remark"));
    if inside.height < HEAD + 2 {
        return None;
    }
    head(form, desk, painter, inside);
    let rows = Rect { y: inside.y + HEAD, height: inside.height - HEAD - 1, ..inside };
    // Where there is no room for all rows, those around the cursor are shown.
    let here = PLACES[form.at];
    let skip = ROWS.saturating_sub(rows.height).min(here.row.saturating_sub(rows.height / 2));
    let mut cursor = None;
    let mut before = None;
    for (at, place) in PLACES.iter().enumerate() {
        let Some(row) = place.row.checked_sub(skip).filter(|row| *row < rows.height) else { continue };
        let (x, y) = (rows.x + place.x, rows.y + row);
        let columns = rows.right().saturating_sub(x).min(place.width);
        let focus = at == form.at;
        if let Some(group) = group(place).filter(|group| before != Some((place.row, *group))) {
            popup(painter, rows.x, y, 10, &texts.get(group), Role::TextMuted);
            before = Some((place.row, group));
        }
        match place.stop {
            Stop::Text(text) => {
                let room = place.x.saturating_sub(place.label.0 + 1);
                popup(painter, rows.x + place.label.0, y, room, &texts.get(place.label.1), Role::TextMuted);
                let inner = columns.saturating_sub(2);
                popup(painter, x, y, 1, "[", Role::TextMuted);
                if focus {
                    cursor = Some(line(painter, x + 1, y, inner, &form.input));
                } else {
                    popup(painter, x + 1, y, inner, form.draft.text(text), Role::Popup);
                }
                popup(painter, x + 1 + inner, y, 1, "]", Role::TextMuted);
            }
            Stop::Tick(tick) => {
                let sign = if form.draft.ticked(tick) { "[x]" } else { "[ ]" };
                let text = format!("{sign} {}", texts.get(place.label.1));
                lit(painter, x, y, columns, &text, focus);
            }
            Stop::Button(button) => {
                let text = match button {
                    Button::Show => texts.with("form-show", &[("n", &form.count)]),
                    _ => texts.get(place.label.1),
                };
                lit(painter, x, y, columns, &format!("[ {text} ]"), focus);
            }
        }
    }
    let hint = match (&form.picker, here.stop) {
        (Some(Picker::Calendar(_)), _) => "form-hint-calendar",
        (Some(Picker::Values { .. }), _) => "form-hint-values",
        (None, Stop::Text(text)) if text.is_date() => "form-hint-date",
        (None, Stop::Text(_)) => "form-hint-text",
        (None, _) => "form-hint-box",
    };
    popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get(hint), Role::TextMuted);
    if form.picker.is_some() {
        let y = rows.y + here.row.saturating_sub(skip);
        picker(form, desk, painter, area, (rows.x + here.x, y));
    }
    cursor
}

/// The word in front of a row of boxes.
const fn group(place: &Place) -> Option<&'static str> {
    match (place.stop, place.row) {
        (Stop::Tick(_), 1) => Some("form-direction"),
        (Stop::Tick(_), 2) => Some("form-outcome"),
        (Stop::Tick(_), 4) => Some("form-recording"),
        _ => None,
    }
}

fn lit(painter: &mut Painter<'_>, x: u16, y: u16, columns: u16, text: &str, focus: bool) {
    if focus {
        let columns = columns.min(u16::try_from(width(text)).unwrap_or(columns));
        painter.text(x, y, columns, text, Role::CursorRow);
    } else {
        popup(painter, x, y, columns, text, Role::Popup);
    }
}

fn head(form: &Form, desk: &Desk, painter: &mut Painter<'_>, inside: Rect) {
    let texts = &desk.setup.texts;
    let label = 11;
    popup(painter, inside.x, inside.y, label, &texts.get("form-written"), Role::TextMuted);
    let count = texts.with("form-count", &[("n", &form.count)]);
    let right = u16::try_from(width(&count)).unwrap_or(0).min(inside.width / 3);
    let query = form.query();
    let (text, role) = if query.is_empty() { (texts.get("form-everything"), Role::TextMuted) } else { (query, Role::Title) };
    popup(painter, inside.x + label, inside.y, inside.width.saturating_sub(label + right + 2), &text, role);
    popup(painter, inside.right() - right, inside.y, right, &count, Role::Popup);
    let rest = form.draft.rest();
    if let Some(problem) = &form.problem {
        popup(painter, inside.x, inside.y + 1, inside.width, &format!("▲ {problem}"), Role::Error);
    } else if !rest.is_empty() {
        popup(painter, inside.x, inside.y + 1, label, &texts.get("form-rest"), Role::TextMuted);
        popup(painter, inside.x + label, inside.y + 1, inside.width.saturating_sub(label), &rest, Role::Popup);
    }
}

/// The list or the month under its field; above it where there is no room below.
fn picker(form: &Form, desk: &Desk, painter: &mut Painter<'_>, area: Rect, (x, y): (u16, u16)) {
    let (columns, lines) = match &form.picker {
        Some(Picker::Calendar(_)) => (calendar::SIZE.0 + 4, calendar::SIZE.1 + 1),
        Some(Picker::Values { found, .. }) => (34, u16::try_from(found.len().min(SHOWN)).unwrap_or(1) + 2),
        None => return,
    };
    let below = y + 1 + lines <= area.bottom();
    let top = if below { y + 1 } else { y.saturating_sub(lines).max(area.y) };
    let left = x.min(area.right().saturating_sub(columns));
    let place = Rect::new(left, top, columns.min(area.width), lines.min(area.bottom().saturating_sub(top)));
    match &form.picker {
        Some(Picker::Calendar(month)) => {
            let inside = painter.boxed(place, &calendar::title(month, desk), "");
            calendar::days(month, desk, painter, inside);
        }
        Some(Picker::Values { found, at }) => {
            let remark = if found.len() > SHOWN { found.len().to_string() } else { String::new() };
            let inside = painter.boxed(place, "", &remark);
            let skip = at.saturating_sub(SHOWN - 1);
            for (y, (row, (name, right))) in (inside.top()..inside.bottom()).zip(found.iter().enumerate().skip(skip)) {
                let here = row == *at;
                let role = if here { Role::CursorRow } else { Role::Popup };
                if here {
                    painter.tint(Rect::new(inside.x - 1, y, inside.width + 2, 1), Role::CursorRow);
                    painter.text(inside.x - 1, y, 1, "►", Role::CursorRow);
                }
                let columns = u16::try_from(width(right)).unwrap_or(0);
                painter.text(inside.x + 1, y, inside.width.saturating_sub(columns + 2), name, role);
                painter.right(inside.right() - columns, y, columns, right, role);
            }
        }
        None => {}
    }
}
