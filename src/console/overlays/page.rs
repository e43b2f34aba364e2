//! The copy page: what is on the screen without frames and colours, one record a line, to be taken with the terminal's own
//! means. Any key leaves it.

use ratatui::layout::Rect;

use crate::console::{theme::Role, widgets::Painter};

/// The lines, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub lines: Vec<String>,
}

impl Page {
    /// Draws over the whole screen; the cursor stands at the top, out of the way of what is taken.
    pub fn view(&self, painter: &mut Painter<'_>, area: Rect) -> (u16, u16) {
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                painter.buffer[(x, y)].reset();
            }
        }
        painter.tint(area, Role::Text);
        for (y, line) in (area.top()..area.bottom()).zip(&self.lines) {
            painter.text(area.x, y, area.width, line, Role::Text);
        }
        (area.x, area.y)
    }
}
