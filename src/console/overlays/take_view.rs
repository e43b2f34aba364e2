//! How the boxes that take calls out are drawn.

use ratatui::layout::Rect;

use super::{
    take::{Field, Take, What},
    view::{centred, line, popup},
};
use crate::console::{
    desk::Desk,
    screens::calls::columns::bytes,
    theme::Role,
    widgets::{Painter, width, wrap},
};

/// Columns of the words before a field.
const LABEL: u16 = 9;
/// Names shown.
const NAMES: usize = 3;

impl Take {
    /// Draws it; gives the place of the cursor if something is typed.
    pub fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
        let texts = &desk.setup.texts;
        let (title, height) = match self.what {
            What::Recordings => ("take-recordings-title", 16),
            What::List => ("take-list-title", 11),
            What::Log { .. } => ("take-log-title", 10),
        };
        let place = centred(area, 76.max(area.width.saturating_sub(30)).min(100), height);
        let inside = painter.boxed(place, &texts.with(title, &[("whose", &self.whose)]), "");
        if inside.height < 8 {
            return None;
        }
        popup(painter, inside.x, inside.y, inside.width, &self.amount(desk), Role::Popup);
        let mut y = inside.y + 2;
        let mut cursor = None;
        for field in self.fields() {
            let label = texts.get(match field {
                Field::Place if self.what != What::Recordings => "take-file",
                Field::Place => "take-folder",
                Field::Names => "take-names",
                Field::Form => "take-form",
                Field::Columns => "take-columns",
            });
            let here = self.field == *field;
            popup(painter, inside.x, y, LABEL, &label, if here { Role::Popup } else { Role::TextMuted });
            if here {
                painter.text(inside.x - 1, y, 1, "►", Role::Popup);
            }
            let (x, columns) = (inside.x + LABEL, inside.width.saturating_sub(LABEL));
            match field {
                Field::Place | Field::Names => {
                    let input = if *field == Field::Place { &self.place } else { &self.names };
                    let at = line(painter, x, y, columns, input);
                    cursor = if here { Some(at) } else { cursor };
                }
                Field::Form => {
                    let at = self.forms().iter().position(|form| *form == self.form).unwrap_or(0);
                    let words: Vec<String> = self.forms().iter().map(|form| form.word().to_uppercase()).collect();
                    choices(painter, x, y, columns, &words, at);
                }
                Field::Columns => {
                    let shown = texts.counted("take-columns-shown", self.shown.len() as u64, &[]);
                    choices(painter, x, y, columns, &[texts.get("take-columns-all"), shown], usize::from(!self.every_column));
                }
            }
            y += 1;
            y = match field {
                Field::Place => self.below_place(desk, painter, Rect { x, y, width: columns, height: 1 }),
                Field::Names => self.below_names(desk, painter, Rect { x, y, width: columns, height: 3 }),
                Field::Form | Field::Columns => y,
            };
        }
        if self.what == What::Recordings {
            for (row, text) in (0..2).zip(wrap(&texts.get("take-manifest"), usize::from(inside.width))) {
                popup(painter, inside.x, inside.bottom() - 4 + row, inside.width, &text, Role::TextMuted);
            }
        }
        let hint = if self.what == What::Recordings { "take-hint" } else { "take-list-hint" };
        popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get(hint), Role::TextMuted);
        cursor
    }

    /// How much it is, counted just now.
    fn amount(&self, desk: &Desk) -> String {
        let texts = &desk.setup.texts;
        let Some(haul) = &self.haul else { return texts.get("counting") };
        let calls = texts.counted("whose-calls", haul.calls, &[]);
        match self.what {
            What::Recordings => texts.counted("take-amount", haul.recordings, &[("calls", &calls), ("size", &bytes(haul.bytes))]),
            What::List => texts.with("take-rows", &[("calls", &calls)]),
            What::Log { .. } => texts.counted("take-entries", haul.calls, &[]),
        }
    }

    /// What Tab offered, what is wrong, or a word of help; gives the line after it.
    fn below_place(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> u16 {
        let texts = &desk.setup.texts;
        let (text, role) = match &self.problem {
            Some(problem) if self.field != Field::Names => (problem.clone(), Role::Error),
            _ if !self.offers.is_empty() => {
                let names: Vec<&str> =
                    self.offers.iter().filter_map(|path| path.trim_end_matches('/').rsplit('/').next()).collect();
                (names.join("  "), Role::TextMuted)
            }
            _ if self.field != Field::Place => (String::new(), Role::TextMuted),
            _ => (texts.get(if self.what == What::Recordings { "take-folder-help" } else { "take-file-help" }), Role::TextMuted),
        };
        let lines = wrap(&text, usize::from(area.width));
        let lines = lines.len().clamp(1, 2).min(lines.len());
        for (row, text) in (0..2).zip(wrap(&text, usize::from(area.width)).into_iter().take(lines)) {
            popup(painter, area.x, area.y + row, area.width, &text, role);
        }
        area.y + u16::try_from(lines).unwrap_or(1).max(1) + u16::from(self.what == What::Recordings && lines < 2)
    }

    /// The names of the first recordings as they would be, or what is wrong with the template.
    fn below_names(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> u16 {
        let (lines, role) = match self.preview(desk) {
            Err(why) => (wrap(&why, usize::from(area.width)), Role::Error),
            Ok(names) => (names, Role::TextMuted),
        };
        for (row, text) in (0..).zip(lines.iter().take(NAMES)) {
            popup(painter, area.x, area.y + row, area.width, text, role);
        }
        area.y + 3
    }
}

/// Words of which one is chosen; not by colour alone.
fn choices(painter: &mut Painter<'_>, mut x: u16, y: u16, columns: u16, words: &[String], at: usize) {
    let end = x + columns;
    for (number, word) in words.iter().enumerate() {
        let text = format!("{} {word}", if number == at { "(o)" } else { "( )" });
        let wide = u16::try_from(width(&text)).unwrap_or(0);
        popup(painter, x, y, end.saturating_sub(x), &text, if number == at { Role::Popup } else { Role::TextMuted });
        x += wide + 3;
    }
}
