//! Pieces of query with a digit each, as any pane shows them.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use crate::console::{
    desk::Desk,
    keymap::Action,
    theme::Role,
    widgets::{Painter, width},
};

/// The place of a chip's action, counted from 0.
pub const fn chip_place(action: Action) -> Option<usize> {
    Some(match action {
        Action::Chip1 => 0,
        Action::Chip2 => 1,
        Action::Chip3 => 2,
        Action::Chip4 => 3,
        Action::Chip5 => 4,
        Action::Chip6 => 5,
        Action::Chip7 => 6,
        Action::Chip8 => 7,
        Action::Chip9 => 8,
        _ => return None,
    })
}

/// Chips of any pane: how each is called, and whether it holds. `clears`: there is something that `0` takes away.
pub fn draw_chips(chips: impl Iterator<Item = (String, bool)>, clears: bool, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let mut x = area.x + 1;
    for (at, (label, lit)) in chips.enumerate() {
        let columns = u16::try_from(width(&label)).unwrap_or(u16::MAX).saturating_add(2);
        if columns > area.right().saturating_sub(x + 1) {
            return;
        }
        // Each change of colour costs a dozen bytes.
        let digit = if desk.setup.remote && !lit { painter.style(Role::TextMuted) } else { bold(painter) };
        x = painter.styled(x, area.y, 1, &(at + 1).to_string(), digit);
        x = painter.text(x, area.y, 1, if lit { "■" } else { "□" }, if lit { Role::Marked } else { Role::TextMuted });
        x = painter.text(x, area.y, columns, &label, if lit { Role::Text } else { Role::TextMuted }) + 1;
    }
    let clear = desk.setup.texts.get("chip-0");
    let columns = u16::try_from(width(&clear)).unwrap_or(u16::MAX).saturating_add(2);
    if clears && columns <= area.right().saturating_sub(x + 1) {
        x = painter.styled(x + 1, area.y, 1, "0", bold(painter)) + 1;
        painter.text(x, area.y, columns, &clear, Role::TextMuted);
    }
}

fn bold(painter: &Painter<'_>) -> Style {
    painter.style(Role::Text).add_modifier(Modifier::BOLD)
}
