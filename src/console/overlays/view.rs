//! How the boxes are drawn.

use ratatui::{layout::Rect, widgets::Widget};

use super::{Confirm, Editor, Overlay, Prompt, Purpose, day, facet_values, form, views};
use crate::console::{
    desk::Desk,
    notices::Level,
    theme::Role,
    widgets::{LineInput, Painter, grouped, wrap},
};

/// Draws a box over the content area. Gives the place of the cursor if something is typed there.
pub fn view(overlay: &Overlay, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    match overlay {
        Overlay::Chooser(chooser) => Some(chooser.view(desk, painter, area)),
        Overlay::Prompt(prompt) => Some(ask(prompt, desk, painter, area)),
        Overlay::Editor(editor) => write(editor, desk, painter, area),
        Overlay::Take(take) => take.view(desk, painter, area),
        Overlay::Fill(fill) => Some(fill.view(desk, painter, area)),
        Overlay::Once(once) => {
            once.view(desk, painter, area);
            None
        }
        Overlay::Form(form) => form::view(form, desk, painter, area),
        Overlay::Day(day) => day::view(day, desk, painter, area),
        Overlay::Views(list) => {
            views::view(list, desk, painter, area);
            None
        }
        Overlay::SaveView(save) => views::save_view(save, desk, painter, area),
        Overlay::Collect(collect) => Some(collect.view(desk, painter, area)),
        Overlay::Outputs(outputs) => {
            outputs.view(desk, painter, area);
            None
        }
        Overlay::FacetValues(list) => facet_values::view(list, desk, painter, area),
        Overlay::Messages(top) => {
            messages(*top, desk, painter, area);
            None
        }
        Overlay::Confirm(confirm) => {
            ask_first(confirm, desk, painter, area);
            None
        }
        Overlay::Columns(chooser) => {
            chooser.view(desk, painter, area);
            None
        }
        Overlay::Reading(reading) => {
            reading.view(desk, painter, area);
            None
        }
        Overlay::Steps(steps) => {
            steps.view(desk, painter, area);
            None
        }
        Overlay::Places(places) => {
            places.view(desk, painter, area);
            None
        }
        Overlay::Pending(pending) => {
            pending.view(desk, painter, area);
            None
        }
        Overlay::Page(page) => Some(page.view(painter, painter.buffer.area)),
        Overlay::Quit => {
            quit(desk, painter, area);
            None
        }
    }
}

pub(super) fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect::new(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height)
}

pub(super) fn popup(painter: &mut Painter<'_>, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
    painter.popup(x, y, columns, text, role)
}

/// A line that is typed into; gives the cursor.
pub fn line(painter: &mut Painter<'_>, x: u16, y: u16, columns: u16, input: &LineInput) -> (u16, u16) {
    let at = u16::try_from(input.column()).unwrap_or(u16::MAX);
    let skip = at.saturating_sub(columns.saturating_sub(2));
    let text: String = input.text().chars().skip(usize::from(skip)).collect();
    popup(painter, x, y, columns, &text, Role::Input);
    (x + at.saturating_sub(skip).min(columns.saturating_sub(1)), y)
}

fn ask(prompt: &Prompt, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> (u16, u16) {
    let texts = &desk.setup.texts;
    let word = prompt.purpose.word();
    let title = match &prompt.purpose {
        Purpose::MarkedTags(whose) | Purpose::MarkedCase(whose) => texts.with(&format!("prompt-{word}"), &[("whose", whose)]),
        _ => texts.get(&format!("prompt-{word}")),
    };
    let inside = painter.boxed(centred(area, 66, 7), &title, "");
    if inside.height < 4 {
        return (area.x, area.y);
    }
    let cursor = line(painter, inside.x, inside.y + 1, inside.width, &prompt.input);
    match &prompt.problem {
        Some(problem) => popup(painter, inside.x, inside.y + 2, inside.width, problem, Role::Error),
        None => popup(painter, inside.x, inside.y + 2, inside.width, &texts.get(&format!("prompt-{word}-help")), Role::TextMuted),
    };
    popup(painter, inside.x, inside.y + 4, inside.width, &texts.get("prompt-hint"), Role::TextMuted);
    cursor
}

fn write(editor: &Editor, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    let at = editor.at.map(|at| texts.with("note-at", &[("time", &at.clock())])).unwrap_or_default();
    let title = match (&editor.of, editor.marked) {
        (_, true) => "note-marked-title",
        (Some(_), _) => "note-edit-title",
        (None, _) => "note-title",
    };
    let title = texts.with(title, &[("call", &editor.title)]);
    let inside = painter.boxed(centred(area, 72, 14), &title, &at);
    if inside.height < 3 {
        return None;
    }
    let text = Rect::new(inside.x, inside.y, inside.width, inside.height - 2);
    let mut shown = editor.area.clone();
    let plain = painter.style(Role::Popup);
    shown.set_style(plain);
    shown.set_cursor_line_style(plain);
    shown.set_cursor_style(plain.add_modifier(ratatui::style::Modifier::REVERSED));
    (&shown).render(text, painter.buffer);
    let y = inside.bottom() - 1;
    let over = editor.over();
    if editor.asking {
        popup(painter, inside.x, y, inside.width, &texts.get("note-ask"), Role::Warn);
    } else if over > 0 {
        let limit = grouped(super::editor::LIMIT as u64);
        let told = texts.counted("note-over", over as u64, &[("limit", &limit)]);
        popup(painter, inside.x, y, inside.width, &told, Role::Warn);
    } else {
        popup(painter, inside.x, y, inside.width, &texts.get("note-hint"), Role::TextMuted);
    }
    None
}

fn messages(top: usize, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let history = desk.notices.history();
    let inside = painter.boxed(centred(area, area.width.saturating_sub(4), area.height), &texts.get("messages-title"), "");
    if history.is_empty() {
        popup(painter, inside.x, inside.y, inside.width, &texts.get("messages-none"), Role::TextMuted);
    }
    let last = inside.bottom().saturating_sub(1);
    let mut y = inside.y;
    for notice in history.iter().rev().skip(top) {
        let time = notice.at.to_zoned(desk.zone.clone()).strftime("%H:%M:%S").to_string();
        let text = if notice.times > 1 { format!("{} ({}×)", notice.text, notice.times) } else { notice.text.clone() };
        let columns = inside.width.saturating_sub(12);
        for (line, piece) in wrap(&text, usize::from(columns)).iter().enumerate().take(usize::from(last.saturating_sub(y))) {
            if line == 0 {
                let end = popup(painter, inside.x, y, 10, &time, Role::TextMuted);
                let (glyph, role) = level(notice.level);
                popup(painter, end + 1, y, 1, glyph, role);
            }
            popup(painter, inside.x + 11, y, columns, piece, Role::Popup);
            y += 1;
        }
    }
    let y = inside.bottom().saturating_sub(1);
    popup(painter, inside.x, y, inside.width, &texts.get("messages-hint"), Role::TextMuted);
}

/// The character and the role of a level; never colour alone.
pub const fn level(level: Level) -> (&'static str, Role) {
    match level {
        Level::Info => ("·", Role::Info),
        Level::Warn => ("▲", Role::Warn),
        Level::Error => ("×", Role::Error),
    }
}

fn ask_first(confirm: &Confirm, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let lines = wrap(&confirm.text, 54);
    let lines = &lines[..lines.len().min(6)];
    let rows = u16::try_from(lines.len()).unwrap_or(6);
    let inside = painter.boxed(centred(area, 58, rows + 5), &confirm.title, "");
    for (row, line) in (0..rows).zip(lines) {
        popup(painter, inside.x, inside.y + 1 + row, inside.width, line, Role::Popup);
    }
    let y = inside.bottom().saturating_sub(1);
    popup(painter, inside.x, y, inside.width, &desk.setup.texts.get("confirm-hint"), Role::TextMuted);
}

fn quit(desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let inside = painter.boxed(centred(area, 50, 5), &texts.get("quit-title"), "");
    let pending = desk.saving();
    let work = desk.tasks.open();
    let text = if work > 0 {
        texts.counted("quit-ask-work", work as u64, &[])
    } else if pending == 0 {
        texts.get("quit-ask")
    } else {
        texts.counted("quit-ask-pending", pending as u64, &[])
    };
    popup(painter, inside.x, inside.y + 1, inside.width, &text, Role::Popup);
}
