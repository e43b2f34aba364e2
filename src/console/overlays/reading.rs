//! A box with text to read: why a call was recorded or not.

use ratatui::layout::Rect;

use super::Outcome;
use crate::console::{
    desk::Desk,
    input::{Code, Input},
    keymap::Action,
    theme::Role,
    widgets::{Painter, wrap},
};

/// Widest that a box to read in is.
const WIDTH: u16 = 78;

/// Paragraphs, and the first line shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub title: String,
    pub remark: String,
    pub paragraphs: Vec<String>,
    pub top: usize,
    /// What Enter does, and the id of the hint that says so.
    pub then: Option<(Action, &'static str)>,
}

impl Reading {
    pub const fn new(title: String, remark: String, paragraphs: Vec<String>) -> Self {
        Self { title, remark, paragraphs, top: 0, then: None }
    }

    /// Lines at a width, an empty one between two paragraphs.
    fn lines(&self, columns: u16) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in &self.paragraphs {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            for (at, line) in wrap(paragraph, usize::from(columns.saturating_sub(2)).max(10)).into_iter().enumerate() {
                lines.push(if at == 0 { format!("· {line}") } else { format!("  {line}") });
            }
        }
        lines
    }

    /// Where the box stands, and how many lines of text it holds.
    fn place(&self, area: Rect) -> (Rect, usize) {
        let width = WIDTH.min(area.width);
        let lines = u16::try_from(self.lines(width.saturating_sub(4)).len()).unwrap_or(u16::MAX);
        let height = lines.saturating_add(5).min(area.height);
        let place = Rect::new(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height);
        (place, usize::from(height.saturating_sub(5)))
    }

    pub fn input(&mut self, desk: &Desk, input: &Input) -> Outcome {
        let Input::Key(key) = input else { return Outcome::Stay };
        let area = Rect::new(0, 1, desk.size.0, desk.size.1.saturating_sub(3));
        let (place, room) = self.place(area);
        let last = self.lines(place.width.saturating_sub(4)).len().saturating_sub(room);
        match key.code {
            Code::Down | Code::Char('j') => self.top = (self.top + 1).min(last),
            Code::Up | Code::Char('k') => self.top = self.top.saturating_sub(1),
            Code::PageDown | Code::Char(' ') => self.top = (self.top + room.max(1)).min(last),
            Code::PageUp => self.top = self.top.saturating_sub(room.max(1)),
            Code::Home | Code::Char('g') => self.top = 0,
            Code::End | Code::Char('G') => self.top = last,
            Code::Enter if self.then.is_some() => {
                return self.then.map_or(Outcome::Close, |(action, _)| Outcome::Run(action));
            }
            Code::Esc | Code::Enter | Code::Char('q' | 'W') => return Outcome::Close,
            Code::Char('c') if key.ctrl => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }

    pub fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
        let texts = &desk.setup.texts;
        let (place, room) = self.place(area);
        let inside = painter.boxed(place, &self.title, &self.remark);
        if inside.height < 3 {
            return;
        }
        let lines = self.lines(place.width.saturating_sub(4));
        let top = self.top.min(lines.len().saturating_sub(room));
        for (line, y) in lines.iter().skip(top).take(room).zip(inside.y + 1..) {
            painter.popup(inside.x, y, inside.width, line, Role::Popup);
        }
        let hint = if lines.len() > room { "reading-hint-more" } else { "reading-hint" };
        let shown = format!("{}", (top + room).min(lines.len()));
        let hint = texts.with(hint, &[("n", &shown), ("all", &lines.len().to_string())]);
        let hint = match self.then {
            Some((_, id)) => format!("{}   {hint}", texts.get(id)),
            None => hint,
        };
        painter.popup(inside.x, inside.bottom() - 1, inside.width, &hint, Role::TextMuted);
    }
}
