//! Two lists of what was done in this session: the work, with what came of it, and what can be taken back.

use ratatui::layout::Rect;

use super::{
    Outcome,
    view::{centred, popup},
};
use crate::console::{
    desk::Desk,
    input::{Code, Input},
    tasks::State,
    theme::Role,
    widgets::{Painter, grouped, width, wrap},
};

/// Which of the two, and the line chosen, counted from the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    Work(usize),
    Undo(usize),
}

/// Lines of words below a title.
const WORDS: usize = 3;

impl Steps {
    pub fn input(&mut self, desk: &Desk, input: &Input) -> Outcome {
        let Input::Key(key) = input else { return Outcome::Stay };
        let count = match self {
            Self::Work(_) => desk.tasks.entries().len(),
            Self::Undo(_) => desk.undo.done().len(),
        };
        let last = count.saturating_sub(1);
        let (Self::Work(at) | Self::Undo(at)) = self;
        match (key.code, key.ctrl) {
            (Code::Down, _) | (Code::Char('j'), false) => *at = (*at + 1).min(last),
            (Code::Up, _) | (Code::Char('k'), false) => *at = at.saturating_sub(1),
            (Code::PageDown, _) => *at = (*at + 10).min(last),
            (Code::PageUp, _) => *at = at.saturating_sub(10),
            (Code::Home, _) => *at = 0,
            (Code::End, _) => *at = last,
            (Code::Esc, _) | (Code::Char('q'), false) => return Outcome::Close,
            (Code::Enter, _) => {
                return match self {
                    Self::Undo(at) if count > 0 => Outcome::UndoTo(count - 1 - (*at).min(last)),
                    _ => Outcome::Close,
                };
            }
            (Code::Char('c'), true) | (Code::Char('D'), false) => {
                return match self {
                    Self::Work(at) => {
                        desk.tasks.entries().iter().rev().nth(*at).map_or(Outcome::Stay, |entry| Outcome::End(entry.number))
                    }
                    Self::Undo(_) => Outcome::Close,
                };
            }
            _ => {}
        }
        Outcome::Stay
    }

    pub fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
        let texts = &desk.setup.texts;
        let (id, hint, at, items) = match self {
            Self::Work(at) => ("work", "work-hint", *at, work(desk, area.width.min(90))),
            Self::Undo(at) => ("undo", "undo-hint", *at, undo(desk)),
        };
        let rows: usize = items.iter().map(|item| 1 + item.words.len()).sum::<usize>().max(1);
        let rows = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(4);
        let title = texts.get(&format!("{id}-title"));
        let inside = painter.boxed(centred(area, area.width.saturating_sub(4).min(90), rows), &title, "");
        if inside.height < 3 {
            return;
        }
        if items.is_empty() {
            popup(painter, inside.x, inside.y, inside.width, &texts.get(&format!("{id}-none")), Role::TextMuted);
        }
        let room = usize::from(inside.height - 2);
        let height = |from: usize| items[from..=at.min(items.len() - 1)].iter().map(|item| 1 + item.words.len()).sum::<usize>();
        let top =
            if items.is_empty() { 0 } else { (0..=at.min(items.len() - 1)).find(|from| height(*from) <= room).unwrap_or(at) };
        let end = inside.bottom() - 2;
        let mut y = inside.y;
        for (number, item) in items.iter().enumerate().skip(top) {
            if y >= end {
                break;
            }
            let here = number == at;
            if here {
                painter.tint(Rect::new(inside.x - 1, y, inside.width + 2, 1), Role::CursorRow);
                painter.text(inside.x - 1, y, 1, "►", Role::CursorRow);
            }
            let role = if here { Role::CursorRow } else { Role::Popup };
            let right = u16::try_from(width(&item.right)).unwrap_or(0);
            painter.text(inside.x + 1, y, 2, item.glyph, role);
            painter.text(inside.x + 3, y, inside.width.saturating_sub(right + 5), &item.title, role);
            painter.right(inside.right().saturating_sub(right + 1), y, right, &item.right, role);
            y += 1;
            for line in &item.words {
                if y < end {
                    popup(painter, inside.x + 3, y, inside.width.saturating_sub(3), line, Role::TextMuted);
                    y += 1;
                }
            }
        }
        popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get(hint), Role::TextMuted);
    }
}

/// One line, and words below it.
struct Item {
    glyph: &'static str,
    title: String,
    right: String,
    words: Vec<String>,
}

fn work(desk: &Desk, columns: u16) -> Vec<Item> {
    let texts = &desk.setup.texts;
    let room = usize::from(columns.saturating_sub(14)).max(20);
    let item = |entry: &crate::console::tasks::Entry| {
        let (glyph, right, words) = match &entry.state {
            State::Waiting => ("·", texts.get("work-waits"), ""),
            State::Running { done, all: Some(all) } => ("►", format!("{} / {}", grouped(*done), grouped(*all)), ""),
            State::Running { done, all: None } => ("►", grouped(*done), ""),
            State::Done(words) => ("■", String::new(), words.as_str()),
            State::Cancelled(words) => ("□", texts.get("work-ended"), words.as_str()),
            State::Failed(words) => ("×", texts.get("work-failed"), words.as_str()),
        };
        let at = entry.at.to_zoned(desk.zone.clone()).strftime("%H:%M").to_string();
        let right = if right.is_empty() { at } else { format!("{right}  {at}") };
        let words = if words.is_empty() { Vec::new() } else { wrap(words, room).into_iter().take(WORDS).collect() };
        Item { glyph, title: entry.title.clone(), right, words }
    };
    desk.tasks.entries().iter().rev().map(item).collect()
}

fn undo(desk: &Desk) -> Vec<Item> {
    let item = |(number, undo): (usize, &crate::console::undo::Undo)| Item {
        glyph: "",
        title: undo.what.clone(),
        right: grouped(number as u64 + 1),
        words: Vec::new(),
    };
    desk.undo.done().iter().rev().enumerate().map(item).collect()
}
