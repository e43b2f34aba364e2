//! People, roles, tokens and sessions: who may come in, and for what.

use ratatui::layout::Rect;

use crate::console::{desk::Desk, keymap::Action, theme::Role, widgets::Painter};

/// The pane's state.
#[derive(Debug, Default)]
pub struct Users {}

/// The pane was opened: what it shows is read anew.
pub fn begin(_users: &mut Users, _desk: &mut Desk) {}

/// Handles an action; false where it has no meaning here.
pub fn act(_users: &mut Users, _desk: &mut Desk, _action: Action) -> bool {
    false
}

/// The rows as plain text, for the copy page.
pub fn plain(_users: &Users, _desk: &Desk) -> Vec<String> {
    Vec::new()
}

/// Draws the pane.
pub fn view(_users: &Users, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    painter.text(area.x + 3, area.y + 1, area.width.saturating_sub(6), &desk.setup.texts.get("reading"), Role::TextMuted);
}
