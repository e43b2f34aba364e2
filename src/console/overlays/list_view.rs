//! How help, palette and sort are drawn.

use ratatui::layout::Rect;

use super::{
    list::{Chooser, ChooserKind, Line},
    view::{centred, line, popup},
};
use crate::console::{desk::Desk, keymap::Group, theme::Role, widgets::Painter};

/// A row of the box.
enum Shown<'a> {
    Heading(Group),
    Line(usize, &'a Line),
}

impl Chooser {
    /// Draws it; gives the cursor.
    pub fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> (u16, u16) {
        let texts = &desk.setup.texts;
        let shown = self.shown();
        let wide = 74.max(area.width.saturating_sub(30)).min(96);
        let (width, title) = match self.kind {
            ChooserKind::Help { all: false } => (wide, texts.get("help-title")),
            ChooserKind::Help { all: true } => (wide, texts.get("help-title-all")),
            ChooserKind::Palette => (wide, texts.get("palette-title")),
            ChooserKind::Sort => (44, texts.get("sort-title")),
        };
        let rows = self.rows(&shown);
        let height = u16::try_from(self.total()).unwrap_or(u16::MAX).saturating_add(6);
        let count = texts.with("list-of", &[("n", &shown.len().to_string()), ("all", &self.total().to_string())]);
        let inside = painter.boxed(centred(area, width, height), &title, &count);
        if inside.height < 4 {
            return (area.x, area.y);
        }
        let end = popup(painter, inside.x, inside.y, inside.width, &texts.get("list-filter"), Role::TextMuted);
        let cursor = line(painter, end + 1, inside.y, inside.right().saturating_sub(end + 1), &self.filter);
        // One line below the list tells more of the chosen one.
        let about = self.kind == ChooserKind::Palette;
        let height = usize::from(inside.height) - 2 - usize::from(about);
        let here = rows.iter().position(|row| matches!(row, Shown::Line(at, _) if *at == self.at)).unwrap_or(0);
        // The heading of the first line stays in sight.
        let top = if here < height { 0 } else { here + 1 - height };
        let (left, right) = match self.kind {
            ChooserKind::Palette => (20, 10),
            ChooserKind::Sort => (20, 12),
            ChooserKind::Help { all } => (17, if all { 10 } else { 0 }),
        };
        for (y, row) in (inside.y + 1..).zip(rows.iter().skip(top).take(height)) {
            let (at, entry) = match row {
                Shown::Heading(group) => {
                    let heading = texts.get(&format!("group-{}", group.word()));
                    popup(painter, inside.x, y, inside.width, &heading, Role::Title);
                    continue;
                }
                Shown::Line(at, entry) => (*at, *entry),
            };
            let here = at == self.at;
            let role = match (here, &entry.off) {
                (true, _) => Role::CursorRow,
                (false, Some(_)) => Role::TextMuted,
                (false, None) => Role::Popup,
            };
            if here {
                painter.tint(Rect::new(inside.x - 1, y, inside.width + 2, 1), Role::CursorRow);
                painter.text(inside.x - 1, y, 1, "►", Role::CursorRow);
            }
            let mut write = |x, columns, text: &str| {
                if here { painter.text(x, y, columns, text, role) } else { popup(painter, x, y, columns, text, role) }
            };
            if entry.off.is_some() {
                write(inside.x, 1, "×");
            }
            write(inside.x + 1, left, &entry.left);
            let text = entry.off.as_ref().unwrap_or(&entry.text);
            write(inside.x + left + 2, inside.width.saturating_sub(left + right + 3), text);
            if right > 0 {
                let role = if here { role } else { Role::Popup };
                painter.right(inside.right().saturating_sub(right), y, right, &entry.right, role);
            }
        }
        if shown.is_empty() {
            let is_time = about && super::prompt::seconds(self.filter.text()).is_some();
            let nothing = texts.get(if is_time { "list-time" } else { "list-nothing" });
            popup(painter, inside.x + 1, inside.y + 1, inside.width, &nothing, Role::TextMuted);
        }
        if let Some(entry) = shown.get(self.at).filter(|_| about) {
            let text = match &entry.off {
                Some(off) => format!("{}: {off}", entry.text),
                None => entry.text.clone(),
            };
            popup(painter, inside.x, inside.bottom() - 2, inside.width, &text, Role::Popup);
        }
        let hint = match self.kind {
            ChooserKind::Help { all: false } => "help-hint",
            ChooserKind::Sort => "sort-hint",
            _ => "list-hint",
        };
        popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get(hint), Role::TextMuted);
        cursor
    }

    /// The lines with the headings of their groups, which only a whole list has.
    fn rows<'a>(&self, shown: &[&'a Line]) -> Vec<Shown<'a>> {
        let mut rows = Vec::new();
        let mut group = None;
        for (at, line) in shown.iter().enumerate() {
            if self.filter.text().is_empty()
                && let Some(of) = line.group.filter(|of| group != Some(*of))
            {
                rows.push(Shown::Heading(of));
                group = Some(of);
            }
            rows.push(Shown::Line(at, line));
        }
        rows
    }
}
