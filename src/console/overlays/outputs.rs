//! Where the sound comes out: what there is here and whether it sounds, and the ways to hear somewhere else.

use ratatui::layout::Rect;

use super::{
    Outcome,
    view::{centred, popup},
};
use crate::console::{
    desk::Desk,
    effect::Outputs,
    input::{Code, Input},
    theme::Role,
    widgets::{Painter, width, wrap},
};

/// The box.
#[derive(Clone, Debug)]
pub struct OutputsBox {
    /// None: they are being tried.
    outputs: Option<Outputs>,
    /// What was chosen for this session.
    now: Option<String>,
    at: usize,
}

/// One line that can be chosen, with what is told below it.
struct Item {
    sign: &'static str,
    title: String,
    right: String,
    words: Vec<(String, Role)>,
    /// Heads the lines below.
    heading: Option<&'static str>,
}

impl OutputsBox {
    pub const fn new(now: Option<String>) -> Self {
        Self { outputs: None, now, at: 0 }
    }

    /// They were tried. Where nothing sounds the cursor stands on the first way to hear all the same.
    pub fn learn(&mut self, outputs: &Outputs) {
        let sounding = outputs.found.iter().any(|found| found.trouble.is_none());
        let chosen = outputs.found.iter().position(|found| Some(&found.choose) == self.now.as_ref()).map(|at| at + 1);
        self.at = match chosen {
            Some(at) => at,
            None if sounding || outputs.ways.is_empty() => 0,
            None => outputs.found.len() + 1,
        };
        self.outputs = Some(outputs.clone());
    }

    fn count(&self) -> usize {
        self.outputs.as_ref().map_or(1, |outputs| 1 + outputs.found.len() + outputs.ways.len())
    }

    pub(super) fn input(&mut self, input: &Input) -> Outcome {
        let Input::Key(key) = input else { return Outcome::Stay };
        let last = self.count() - 1;
        match (key.code, key.ctrl) {
            (Code::Down, _) | (Code::Char('j'), false) => self.at = (self.at + 1).min(last),
            (Code::Up, _) | (Code::Char('k'), false) => self.at = self.at.saturating_sub(1),
            (Code::Home, _) => self.at = 0,
            (Code::End, _) => self.at = last,
            (Code::Char('r'), false) => {
                self.outputs = None;
                self.at = 0;
                return Outcome::LookAgain;
            }
            (Code::Esc, _) | (Code::Char('q' | 'o'), false) | (Code::Char('c'), true) => return Outcome::Close,
            (Code::Enter, _) => return self.chosen(),
            (Code::Char('y'), false) => return self.way().map_or(Outcome::Stay, |way| Outcome::CopyText(way.command.clone())),
            (Code::Char('Y'), false) => {
                return self.way().and_then(|way| way.here.clone()).map_or(Outcome::Stay, Outcome::CopyText);
            }
            _ => {}
        }
        Outcome::Stay
    }

    fn way(&self) -> Option<&crate::playback::Way> {
        let outputs = self.outputs.as_ref()?;
        outputs.ways.get(self.at.checked_sub(1 + outputs.found.len())?)
    }

    fn chosen(&self) -> Outcome {
        let Some(at) = self.at.checked_sub(1) else { return Outcome::Output(None) };
        let found = self.outputs.as_ref().and_then(|outputs| outputs.found.get(at));
        match (found, self.way()) {
            (Some(found), _) => Outcome::Output(Some(found.choose.clone())),
            (None, Some(way)) => Outcome::CopyText(way.command.clone()),
            (None, None) => Outcome::Stay,
        }
    }

    fn items(&self, desk: &Desk, columns: usize) -> Vec<Item> {
        let texts = &desk.setup.texts;
        let sign = |chosen: bool| if chosen { "■" } else { " " };
        let first = Item {
            sign: sign(self.now.is_none()),
            title: texts.get("outputs-by-itself"),
            right: desk.deck.output.clone().filter(|_| self.now.is_none()).unwrap_or_default(),
            words: Vec::new(),
            heading: None,
        };
        let Some(outputs) = &self.outputs else { return vec![first] };
        let mut items = vec![first];
        for found in &outputs.found {
            let at = items.len();
            let trouble = found.trouble.iter().filter(|_| at == self.at).flat_map(|why| wrap(why, columns));
            let works = texts.get(if found.trouble.is_none() { "outputs-works" } else { "outputs-silent" });
            items.push(Item {
                sign: sign(self.now.as_ref() == Some(&found.choose)),
                title: format!("{} · {}", found.name, found.place),
                right: works,
                words: trouble.map(|line| (line, Role::TextMuted)).collect(),
                heading: None,
            });
        }
        for (number, way) in outputs.ways.iter().enumerate() {
            let mut words: Vec<(String, Role)> = Vec::new();
            if items.len() == self.at {
                words.extend(wrap(way.why, columns).into_iter().map(|line| (line, Role::TextMuted)));
                words.extend(wrap(&way.command, columns).into_iter().map(|line| (line, Role::Key)));
                if let Some(here) = &way.here {
                    words.push((texts.get("outputs-then-here"), Role::TextMuted));
                    words.extend(wrap(here, columns).into_iter().map(|line| (line, Role::Key)));
                }
            }
            let heading = (number == 0).then_some("outputs-ways");
            items.push(Item { sign: " ", title: way.title.to_owned(), right: String::new(), words, heading });
        }
        items
    }

    pub(super) fn view(&self, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
        let texts = &desk.setup.texts;
        let columns = area.width.saturating_sub(4).min(100);
        let items = self.items(desk, usize::from(columns.saturating_sub(8)).max(20));
        let tall = |item: &Item| 1 + item.words.len() + if item.heading.is_some() { 2 } else { 0 };
        let silent = self.outputs.as_ref().is_some_and(|outputs| outputs.found.iter().all(|found| found.trouble.is_some()));
        let above = match &self.outputs {
            None => Some("outputs-trying"),
            Some(_) if silent => Some("outputs-nothing"),
            Some(_) => None,
        };
        let above: Vec<String> = above.map(|id| wrap(&texts.get(id), usize::from(columns.saturating_sub(4)))).unwrap_or_default();
        let rows = items.iter().map(tall).sum::<usize>() + above.len() + 4;
        let place = centred(area, columns, u16::try_from(rows).unwrap_or(u16::MAX));
        let inside = painter.boxed(place, &texts.get("outputs-title"), "");
        if inside.height < 3 {
            return;
        }
        let (mut y, end) = (inside.y, inside.bottom() - 2);
        for line in &above {
            if y < end {
                popup(painter, inside.x + 1, y, inside.width, line, Role::Warn);
                y += 1;
            }
        }
        // What is below the chosen line is on the screen.
        let room = usize::from(end.saturating_sub(y));
        let at = self.at.min(items.len() - 1);
        let top = (0..=at).find(|from| items[*from..=at].iter().map(tall).sum::<usize>() <= room).unwrap_or(at);
        for (number, item) in items.iter().enumerate().skip(top) {
            if let Some(heading) = item.heading {
                y += 1;
                if y < end {
                    popup(painter, inside.x + 1, y, inside.width, &texts.get(heading), Role::TextMuted);
                    y += 1;
                }
            }
            if y >= end {
                break;
            }
            let here = number == at;
            let role = if here { Role::CursorRow } else { Role::Popup };
            if here {
                painter.tint(Rect::new(inside.x - 1, y, inside.width + 2, 1), Role::CursorRow);
                painter.text(inside.x - 1, y, 1, "►", Role::CursorRow);
            }
            let right = u16::try_from(width(&item.right)).unwrap_or(0);
            painter.text(inside.x + 1, y, 1, item.sign, role);
            painter.text(inside.x + 3, y, inside.width.saturating_sub(right + 5), &item.title, role);
            painter.right(inside.right().saturating_sub(right + 1), y, right, &item.right, role);
            y += 1;
            for (line, role) in &item.words {
                if y < end {
                    popup(painter, inside.x + 4, y, inside.width.saturating_sub(4), line, *role);
                    y += 1;
                }
            }
        }
        popup(painter, inside.x, inside.bottom() - 1, inside.width, &texts.get("outputs-hint"), Role::TextMuted);
    }
}
