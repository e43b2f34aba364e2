//! Something that is shown once and never again: a token, the link of a share, a password that was made.

use ratatui::layout::Rect;

use super::{
    Outcome,
    view::{centred, popup},
};
use crate::console::{
    access::Hidden,
    desk::Desk,
    input::{Code, Input},
    theme::Role,
    widgets::{Painter, wrap},
};

/// The box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    pub title: String,
    pub text: String,
    pub secret: Hidden,
}

impl Once {
    pub(super) fn input(&self, input: &Input) -> Outcome {
        match input {
            Input::Key(key) if key.code == Code::Char('y') && !key.ctrl => Outcome::CopyText(self.secret.0.clone()),
            Input::Key(key) if matches!(key.code, Code::Esc | Code::Enter | Code::Char('q')) => Outcome::Close,
            _ => Outcome::Stay,
        }
    }

    pub(super) fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
        let columns = 76.min(area.width);
        let inner = usize::from(columns.saturating_sub(4)).max(1);
        let text = wrap(&self.text, inner);
        let secret = wrap(&self.secret.0, inner);
        let rows = u16::try_from(text.len() + secret.len()).unwrap_or(u16::MAX);
        let inside = painter.boxed(centred(area, columns, rows.saturating_add(6)), &self.title, "");
        let mut y = inside.y;
        for line in &text {
            popup(painter, inside.x, y, inside.width, line, Role::Popup);
            y += 1;
        }
        y += 1;
        for line in &secret {
            popup(painter, inside.x, y, inside.width, line, Role::Title);
            y += 1;
        }
        popup(
            painter,
            inside.x,
            inside.bottom().saturating_sub(1),
            inside.width,
            &desk.setup.texts.get("once-hint"),
            Role::TextMuted,
        );
    }
}
