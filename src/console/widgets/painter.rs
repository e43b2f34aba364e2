//! Draws cleaned text by role into a buffer. Nothing is written outside the area that was given.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::cells::{fit, width};
use crate::console::theme::{Role, Theme};

/// A buffer with a theme.
pub struct Painter<'a> {
    pub buffer: &'a mut Buffer,
    pub theme: &'a Theme,
}

impl Painter<'_> {
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Writes into `columns` cells from (x, y); gives the column after the text.
    pub fn text(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
        self.styled(x, y, columns, text, self.style(role))
    }

    pub fn styled(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if y >= area.bottom() || x >= area.right() {
            return x;
        }
        let columns = columns.min(area.right() - x);
        let fitted = fit(text, usize::from(columns));
        self.buffer.set_stringn(x, y, &fitted, usize::from(columns), style).0
    }

    /// One character of our own in one cell.
    pub fn cell(&mut self, x: u16, y: u16, character: char, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_char(character).set_style(style);
        }
    }

    /// As [`Self::text`], on the ground of a box.
    pub fn popup(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
        let base = self.style(Role::Popup);
        let style = base.patch(self.style(role));
        let style = base.bg.map_or(style, |bg| style.bg(bg));
        self.styled(x, y, columns, text, style)
    }

    /// On the ground of a box, or on the screen's.
    pub fn popup_or(&mut self, popup: bool, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
        if popup { self.popup(x, y, columns, text, role) } else { self.text(x, y, columns, text, role) }
    }

    /// As [`Self::text`], pushed against the right edge of its cells.
    pub fn right(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
        let fitted = fit(text, usize::from(columns));
        let taken = u16::try_from(width(&fitted)).unwrap_or(columns);
        let start = x + columns.saturating_sub(taken);
        self.text(start, y, columns, &fitted, role);
        start
    }

    /// Gives a whole area a role's colours without touching its text.
    pub fn tint(&mut self, area: Rect, role: Role) {
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, self.style(role));
    }

    /// Marks an area by attributes alone.
    pub fn underline(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD));
    }

    /// Blanks an area.
    pub fn fill(&mut self, area: Rect, role: Role) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
            }
        }
        self.buffer.set_style(area, self.style(Role::Text));
        self.buffer.set_style(area, self.style(role));
    }

    /// A rule across the screen with a title at its left and a remark at its right.
    pub fn rule(&mut self, area: Rect, title: &str, remark: &str) {
        let y = area.y;
        for x in area.left()..area.right() {
            self.text(x, y, 1, "─", Role::Border);
        }
        let remark_columns = u16::try_from(width(remark)).unwrap_or(0).min(area.width / 2);
        let reserved = if remark.is_empty() { 0 } else { remark_columns + 4 };
        if !title.is_empty() && area.width > reserved + 8 {
            let end = self.text(area.x + 3, y, area.width - reserved - 6, title, Role::Title);
            self.text(area.x + 2, y, 1, " ", Role::Text);
            self.text(end, y, 1, " ", Role::Text);
        }
        if !remark.is_empty() && area.width > remark_columns + 4 {
            let start = area.right() - remark_columns - 3;
            self.text(start - 1, y, 1, " ", Role::Text);
            let end = self.text(start, y, remark_columns, remark, Role::TextMuted);
            self.text(end, y, 1, " ", Role::Text);
        }
    }

    /// A box over what is below it, with a title; gives the area inside.
    pub fn boxed(&mut self, area: Rect, title: &str, remark: &str) -> Rect {
        let area = area.intersection(self.buffer.area);
        if area.width < 4 || area.height < 3 {
            return Rect::ZERO;
        }
        self.fill(area, Role::Popup);
        let (left, right, top, bottom) = (area.x, area.right() - 1, area.y, area.bottom() - 1);
        let border = |painter: &mut Self, x, y, text: &str| {
            let style = painter.style(Role::Popup).patch(painter.style(Role::BorderFocus));
            painter.styled(x, y, 1, text, style.bg(painter.style(Role::Popup).bg.unwrap_or_default()));
        };
        for x in left..=right {
            border(self, x, top, "─");
            border(self, x, bottom, "─");
        }
        for y in top..=bottom {
            border(self, left, y, "│");
            border(self, right, y, "│");
        }
        for (x, y, corner) in [(left, top, "┌"), (right, top, "┐"), (left, bottom, "└"), (right, bottom, "┘")] {
            border(self, x, y, corner);
        }
        let style = self.style(Role::Popup).add_modifier(Modifier::BOLD);
        let remark_columns = u16::try_from(width(remark)).unwrap_or(0);
        self.styled(left + 2, top, (area.width - 4).saturating_sub(remark_columns + 3), &format!(" {title} "), style);
        if !remark.is_empty() && area.width > remark_columns + 8 {
            self.styled(right - remark_columns - 3, top, remark_columns + 2, &format!(" {remark} "), self.style(Role::Popup));
        }
        Rect::new(left + 2, top + 1, area.width - 4, area.height - 2)
    }
}
