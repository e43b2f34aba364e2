//! The screen of the first start: three ways to begin. Nothing is made until one is chosen.

use ratatui::layout::Rect;

use crate::console::{
    desk::Desk,
    input::{Code, Key},
    theme::Role,
    widgets::Painter,
};

/// Which way the cursor stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstRun {
    pub at: usize,
    /// A chosen way is being gone.
    pub working: bool,
}

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    Demo,
    Import,
    Server,
}

const WAYS: [Chosen; 3] = [Chosen::Demo, Chosen::Import, Chosen::Server];

impl Chosen {
    const fn word(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Import => "import",
            Self::Server => "server",
        }
    }
}

impl FirstRun {
    /// A key on the screen; none if it means nothing here.
    pub fn key(&mut self, key: Key) -> Option<Option<Chosen>> {
        match key.code {
            Code::Down | Code::Char('j') => self.at = (self.at + 1).min(WAYS.len() - 1),
            Code::Up | Code::Char('k') => self.at = self.at.saturating_sub(1),
            Code::Enter => return Some(WAYS.get(self.at).copied()),
            Code::Char('d') => return Some(Some(Chosen::Demo)),
            Code::Char('i') => return Some(Some(Chosen::Import)),
            Code::Char('s') => return Some(Some(Chosen::Server)),
            _ => return None,
        }
        Some(None)
    }
}

/// Draws the three ways.
pub fn view(first: &FirstRun, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let left = area.x + 3;
    let columns = area.width.saturating_sub(6);
    let mut y = area.y + area.height.saturating_sub(17) / 2;
    painter.text(left, y, columns, &texts.get("first-title"), Role::Title);
    painter.text(left, y + 1, columns, &texts.with("first-none", &[("place", &desk.setup.place)]), Role::TextMuted);
    y += 3;
    for (at, way) in WAYS.iter().enumerate() {
        let here = at == first.at;
        if here {
            painter.tint(Rect::new(area.x + 1, y, area.width.saturating_sub(2), 1), Role::CursorRow);
            painter.text(area.x + 1, y, 1, "►", Role::CursorRow);
        }
        let role = if here { Role::CursorRow } else { Role::Text };
        let letter = way.word().chars().next().unwrap_or(' ').to_string();
        painter.text(left, y, 2, &letter, role);
        painter.text(left + 3, y, columns - 3, &texts.get(&format!("first-{}", way.word())), role);
        painter.text(left + 3, y + 1, columns - 3, &texts.get(&format!("first-{}-more", way.word())), Role::TextMuted);
        painter.text(left + 3, y + 2, columns - 3, &texts.get(&format!("first-{}-command", way.word())), Role::TextMuted);
        y += 4;
    }
    if first.working {
        painter.text(left, y, columns, &texts.get("first-working"), Role::Info);
    } else {
        painter.text(left, y, columns, &texts.get("first-nothing-made"), Role::TextMuted);
    }
}
