//! Into which collection calls or a clip go: one that is there, narrowed by typing, or a new one of the name that is typed.

use ratatui::layout::Rect;

use super::{
    Outcome,
    view::{centred, line, popup},
};
use crate::{
    console::{
        desk::Desk,
        input::{Code, Input},
        theme::Role,
        widgets::{LineInput, Painter, width},
    },
    domain::clean::{self, fold},
    wire::{Collection, ItemKind},
};

/// The list.
#[derive(Clone, Debug)]
pub struct Collect {
    kind: ItemKind,
    ids: Vec<String>,
    whose: String,
    name: LineInput,
    at: usize,
    /// None: still being read.
    known: Option<Vec<Collection>>,
}

impl Collect {
    pub fn new(kind: ItemKind, ids: Vec<String>, whose: String) -> Self {
        Self { kind, ids, whose, name: LineInput::default(), at: 0, known: None }
    }

    pub fn learn(&mut self, known: &[Collection]) {
        self.known = Some(known.to_vec());
    }

    /// Collections whose name has what is typed.
    fn shown(&self) -> Vec<&Collection> {
        let wanted = fold(self.name.text().trim());
        self.known.iter().flatten().filter(|collection| fold(&collection.name).contains(&wanted)).collect()
    }

    /// The name of a collection that is not there yet.
    fn fresh(&self) -> Option<&str> {
        let typed = self.name.text().trim();
        let there = self.known.as_ref()?.iter().any(|collection| fold(&collection.name) == fold(typed));
        (!typed.is_empty() && !there).then_some(typed)
    }

    fn has(&self, collection: &Collection, id: &str) -> bool {
        collection.items.iter().any(|item| item.kind == self.kind && item.id == id)
    }

    fn chosen(&self) -> Option<Outcome> {
        let shown = self.shown();
        let outcome = |name: &str, new, ids| Outcome::Collect { name: name.to_owned(), new, kind: self.kind, ids };
        match shown.get(self.at) {
            Some(collection) => {
                let ids = self.ids.iter().filter(|id| !self.has(collection, id)).cloned().collect();
                Some(outcome(&collection.name, false, ids))
            }
            None => self.fresh().map(|name| outcome(name, true, self.ids.clone())),
        }
    }

    pub(super) fn input(&mut self, input: &Input) -> Outcome {
        let key = match input {
            Input::Paste(text) => {
                self.name.paste(text);
                self.at = 0;
                return Outcome::Stay;
            }
            Input::Key(key) => *key,
        };
        let last = (self.shown().len() + usize::from(self.fresh().is_some())).saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => return Outcome::Close,
            (Code::Enter, _) => return self.chosen().unwrap_or(Outcome::Stay),
            _ => super::narrowing::narrow(key, &mut self.name, &mut self.at, last),
        }
        Outcome::Stay
    }

    /// Draws the list; gives the place of the cursor.
    pub(super) fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> (u16, u16) {
        let texts = &desk.setup.texts;
        let mut lines: Vec<(String, String)> = Vec::new();
        for collection in self.shown() {
            let there = self.ids.iter().filter(|id| self.has(collection, id)).count();
            let mut right = texts.counted("collect-items", collection.items.len() as u64, &[]);
            if there == self.ids.len() {
                right = format!("{} · {right}", texts.get("collect-there"));
            }
            lines.push((clean::line(&collection.name, 60), right));
        }
        if let Some(name) = self.fresh() {
            lines.push((texts.with("collect-new", &[("name", &clean::line(name, 60))]), String::new()));
        }
        let rows = u16::try_from(lines.len().max(1)).unwrap_or(u16::MAX).saturating_add(5);
        let inside = painter.boxed(centred(area, 66, rows), &texts.with("collect-title", &[("whose", &self.whose)]), "");
        if inside.height < 4 {
            return (area.x, area.y);
        }
        let end = popup(painter, inside.x, inside.y, inside.width, &texts.get("collect-name"), Role::TextMuted);
        let cursor = line(painter, end + 1, inside.y, inside.right().saturating_sub(end + 1), &self.name);
        let height = usize::from(inside.height - 3);
        let top = self.at.saturating_sub(height.saturating_sub(1));
        for (y, (row, (left, right))) in (inside.y + 1..inside.bottom() - 2).zip(lines.iter().enumerate().skip(top)) {
            let here = row == self.at;
            let role = if here { Role::CursorRow } else { Role::Popup };
            if here {
                painter.tint(Rect::new(inside.x - 1, y, inside.width + 2, 1), Role::CursorRow);
                painter.text(inside.x - 1, y, 1, "►", Role::CursorRow);
            }
            let columns = u16::try_from(width(right)).unwrap_or(0);
            painter.text(inside.x + 1, y, inside.width.saturating_sub(columns + 2), left, role);
            painter.right(inside.right() - columns, y, columns, right, role);
        }
        if lines.is_empty() {
            let text = texts.get(if self.known.is_none() { "reading" } else { "collect-none" });
            popup(painter, inside.x + 1, inside.y + 1, inside.width, &text, Role::TextMuted);
        }
        popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get("collect-hint"), Role::TextMuted);
        cursor
    }
}
