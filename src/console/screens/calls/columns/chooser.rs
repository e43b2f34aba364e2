//! The box in which columns are chosen. The list behind it follows at once.

use ratatui::layout::Rect;

use super::{Choice, Chosen, Class, Kind, choice::WIDEST};
use crate::console::{
    desk::Desk,
    input::{Code, Input},
    theme::Role,
    widgets::Painter,
};

/// All columns, the chosen ones first and in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chooser {
    /// What undoing brings back.
    pub before: Choice,
    entries: Vec<Entry>,
    at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    chosen: Chosen,
    shown: bool,
}

/// What a key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chose {
    Nothing,
    /// These are the columns now.
    Columns(Vec<Chosen>),
    Done,
}

impl Chooser {
    pub fn new(choice: &Choice, screen: u16) -> Self {
        Self { before: choice.clone(), entries: entries(&choice.columns(screen)), at: 0 }
    }

    pub fn input(&mut self, input: &Input, screen: u16) -> Chose {
        let Input::Key(key) = input else { return Chose::Nothing };
        let last = self.entries.len().saturating_sub(1);
        match key.code {
            Code::Char('c') if key.ctrl => return Chose::Done,
            Code::Esc | Code::Enter | Code::Char('q' | 'C') => return Chose::Done,
            Code::Down | Code::Char('j') => self.at = (self.at + 1).min(last),
            Code::Up | Code::Char('k') => self.at = self.at.saturating_sub(1),
            Code::PageDown => self.at = (self.at + 10).min(last),
            Code::PageUp => self.at = self.at.saturating_sub(10),
            Code::Home | Code::Char('g') => self.at = 0,
            Code::End | Code::Char('G') => self.at = last,
            Code::Char(' ' | 't') => return self.toggle(),
            Code::Char('J' | '>') => return self.carry(1),
            Code::Char('K' | '<') => return self.carry(-1),
            Code::Char('+' | '=') => return self.widen(1),
            Code::Char('-') => return self.widen(-1),
            Code::Char('r' | '0') => {
                let kind = self.entries.get(self.at).map(|entry| entry.chosen.kind);
                self.entries = entries(&Class::of(screen).columns());
                self.at = self.entries.iter().position(|entry| Some(entry.chosen.kind) == kind).unwrap_or(0);
                return self.columns();
            }
            _ => {}
        }
        Chose::Nothing
    }

    fn columns(&self) -> Chose {
        Chose::Columns(self.entries.iter().filter(|entry| entry.shown).map(|entry| entry.chosen).collect())
    }

    /// The last column stays: a list of nothing is no list.
    fn toggle(&mut self) -> Chose {
        let shown = self.entries.iter().filter(|entry| entry.shown).count();
        match self.entries.get_mut(self.at) {
            Some(entry) if !entry.shown || shown > 1 => entry.shown = !entry.shown,
            _ => return Chose::Nothing,
        }
        self.columns()
    }

    fn carry(&mut self, by: isize) -> Chose {
        let to = self.at.saturating_add_signed(by);
        if to >= self.entries.len() || to == self.at {
            return Chose::Nothing;
        }
        self.entries.swap(self.at, to);
        self.at = to;
        self.columns()
    }

    fn widen(&mut self, by: i16) -> Chose {
        let Some(entry) = self.entries.get_mut(self.at) else { return Chose::Nothing };
        let chosen = &mut entry.chosen;
        let own = chosen.kind.own_width().max(if chosen.kind == Kind::Party { 20 } else { 1 });
        chosen.width = Some(chosen.width.unwrap_or(own).saturating_add_signed(by).clamp(1, WIDEST));
        entry.shown = true;
        self.columns()
    }

    /// Draws the box low, so that heading and first rows are seen above it.
    pub fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
        let texts = &desk.setup.texts;
        let width = area.width.min(66);
        let rows = u16::try_from(self.entries.len()).unwrap_or(u16::MAX);
        let height = rows.saturating_add(4).min(area.height.saturating_sub(7).max(6));
        let place = Rect::new(area.right().saturating_sub(width + 2), area.bottom().saturating_sub(height), width, height);
        let shown = self.entries.iter().filter(|entry| entry.shown).count().to_string();
        let count = texts.with("list-of", &[("n", &shown), ("all", &self.entries.len().to_string())]);
        let inside = painter.boxed(place, &texts.get("columns-title"), &count);
        if inside.height < 3 {
            return;
        }
        let room = usize::from(inside.height.saturating_sub(2)).max(1);
        let top = self.at.saturating_sub(room / 2).min(self.entries.len().saturating_sub(room));
        for (entry, y) in self.entries.iter().enumerate().skip(top).take(room).zip(inside.y..) {
            let (at, entry) = entry;
            let here = at == self.at;
            let role = if here { Role::CursorRow } else { Role::Popup };
            if here {
                painter.tint(Rect::new(inside.x - 1, y, inside.width + 2, 1), Role::CursorRow);
                painter.text(inside.x - 1, y, 1, "►", Role::CursorRow);
            }
            painter.text(inside.x + 1, y, 1, if entry.shown { "■" } else { "□" }, role);
            let kind = entry.chosen.kind;
            painter.text(inside.x + 3, y, 12, &texts.get(&format!("column-{}", kind.word())), role);
            painter.text(inside.x + 15, y, inside.width.saturating_sub(24), &texts.get(&format!("col-{}", kind.word())), role);
            let width = match (entry.chosen.width, kind) {
                (Some(width), _) => width.to_string(),
                (None, Kind::Party) => texts.get("columns-rest"),
                (None, _) => "·".to_owned(),
            };
            painter.right(inside.right() - 8, y, 8, &width, role);
        }
        painter.popup(inside.x, inside.bottom() - 1, inside.width, &texts.get("columns-hint"), Role::TextMuted);
    }
}

fn entries(columns: &[Chosen]) -> Vec<Entry> {
    let shown = columns.iter().map(|chosen| Entry { chosen: *chosen, shown: true });
    let others = Kind::ALL.iter().filter(|kind| !columns.iter().any(|chosen| chosen.kind == **kind));
    shown.chain(others.map(|kind| Entry { chosen: Chosen::own(*kind), shown: false })).collect()
}
