//! The places that one can go to.

use ratatui::layout::Rect;

use super::{
    Outcome,
    view::{centred, popup},
};
use crate::console::{
    desk::Desk,
    input::{Code, Input},
    theme::Role,
    widgets::{Painter, fit},
};

/// The chosen line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    at: usize,
}

impl Places {
    pub const fn at(at: usize) -> Self {
        Self { at }
    }

    pub fn input(&mut self, desk: &Desk, input: &Input) -> Outcome {
        let Input::Key(key) = input else { return Outcome::Stay };
        let last = desk.setup.places.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Down, _) | (Code::Char('j'), false) => self.at = (self.at + 1).min(last),
            (Code::Up, _) | (Code::Char('k'), false) => self.at = self.at.saturating_sub(1),
            (Code::Home, _) => self.at = 0,
            (Code::End, _) => self.at = last,
            (Code::Esc, _) | (Code::Char('q'), false) | (Code::Char('c'), true) => return Outcome::Close,
            (Code::Enter, _) => return Outcome::Go(self.at),
            _ => {}
        }
        Outcome::Stay
    }

    pub fn view(self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
        let texts = &desk.setup.texts;
        let places = &desk.setup.places;
        let rows = u16::try_from(places.len()).unwrap_or(u16::MAX).min(area.height.saturating_sub(5)).max(1);
        let inside = painter.boxed(centred(area, 72, rows + 5), &texts.get("places-title"), "");
        if inside.height < 3 {
            return;
        }
        let top = self.at.saturating_sub(usize::from(rows - 1));
        for ((at, place), y) in places.iter().enumerate().skip(top).take(usize::from(rows)).zip(inside.y + 1..) {
            if at == self.at {
                popup(painter, inside.x, y, 1, "►", Role::Popup);
            }
            // Where one is has its own sign.
            popup(painter, inside.x + 2, y, 1, if at == desk.at { "●" } else { " " }, Role::Popup);
            popup(painter, inside.x + 4, y, 20, &fit(&place.profile, 20), Role::Popup);
            let columns = usize::from(inside.width.saturating_sub(26));
            popup(painter, inside.x + 26, y, inside.width - 26, &fit(&place.name, columns), Role::TextMuted);
        }
        popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get("places-hint"), Role::TextMuted);
    }
}
