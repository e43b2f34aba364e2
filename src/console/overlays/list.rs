//! Help, palette and sort: a list that typing narrows and Enter runs from.

use super::{Outcome, Purpose, seconds};
use crate::{
    console::{
        desk::Desk,
        input::{Code, Input},
        keymap::{Action, Context},
        screens::calls::chip_command,
        widgets::LineInput,
    },
    domain::{clean::fold, query::SortField},
};

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Action(Action),
    Sort(SortField),
}

/// Which list it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooserKind {
    /// Keys of this place; again: of all places.
    Help {
        all: bool,
    },
    Palette,
    Sort,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub choice: Choice,
    /// Keys, or the name of the action.
    pub left: String,
    pub text: String,
    pub right: String,
}

/// The list.
#[derive(Clone, Debug)]
pub struct Chooser {
    pub kind: ChooserKind,
    pub filter: LineInput,
    pub at: usize,
    lines: Vec<Line>,
}

impl Chooser {
    pub fn help(desk: &Desk, context: Context, all: bool) -> Self {
        let keymap = &desk.setup.keymap;
        let contexts: Vec<Context> = if all { Context::ALL.to_vec() } else { vec![context, Context::Global] };
        let mut lines: Vec<Line> = Vec::new();
        for place in contexts {
            for action in keymap.bound(place) {
                let keys = keymap.keys_of(place, action);
                if keys.is_empty() || lines.iter().any(|line| line.choice == Choice::Action(action) && !all) {
                    continue;
                }
                let keys = keys.join(", ");
                let right = if all { desk.setup.texts.get(&format!("place-{}", place.name())) } else { String::new() };
                if !lines.iter().any(|line| line.choice == Choice::Action(action) && line.left == keys) {
                    lines.push(Line {
                        choice: Choice::Action(action),
                        left: keys,
                        text: desk.setup.texts.get(&action.text()),
                        right,
                    });
                }
            }
        }
        Self { kind: ChooserKind::Help { all }, filter: LineInput::default(), at: 0, lines }
    }

    pub fn palette(desk: &Desk, context: Context) -> Self {
        let lines = Action::ALL.iter().map(|action| Line {
            choice: Choice::Action(*action),
            left: action.name().to_owned(),
            text: desk.setup.texts.get(&action.text()),
            right: desk.setup.keymap.keys_of(context, *action).into_iter().next().unwrap_or_default(),
        });
        Self { kind: ChooserKind::Palette, filter: LineInput::default(), at: 0, lines: lines.collect() }
    }

    pub fn sort(desk: &Desk, fields: &[SortField], current: SortField) -> Self {
        let lines = fields.iter().map(|field| Line {
            choice: Choice::Sort(*field),
            left: desk.setup.texts.get(&format!("sort-{}", field.word().replace('_', "-"))),
            text: String::new(),
            right: field.word().to_owned(),
        });
        let at = fields.iter().position(|field| *field == current).unwrap_or(0);
        Self { kind: ChooserKind::Sort, filter: LineInput::default(), at, lines: lines.collect() }
    }

    /// The lines that the typed text leaves.
    pub fn shown(&self) -> Vec<&Line> {
        let wanted = fold(self.filter.text());
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let fits = |line: &&Line| {
            let text = fold(&format!("{} {} {}", line.left, line.text, line.right));
            words.iter().all(|word| text.contains(word))
        };
        let mut shown: Vec<&Line> = self.lines.iter().filter(fits).collect();
        if !wanted.is_empty() {
            shown.sort_by_key(|line| !fold(&line.left).starts_with(&wanted));
        }
        shown
    }

    pub fn total(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn input(&mut self, input: &Input) -> Outcome {
        let key = match input {
            Input::Paste(text) => {
                self.filter.paste(text);
                self.at = 0;
                return Outcome::Stay;
            }
            Input::Key(key) => *key,
        };
        let last = self.shown().len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => return Outcome::Close,
            (Code::Enter, _) => {
                return match self.shown().get(self.at).map(|line| line.choice) {
                    Some(Choice::Action(action)) => Outcome::Run(action),
                    Some(Choice::Sort(field)) => Outcome::Sort(field),
                    None if self.kind == ChooserKind::Palette && seconds(self.filter.text()).is_some() => {
                        Outcome::Submit(Purpose::Seek, self.filter.text().to_owned())
                    }
                    None if self.kind == ChooserKind::Palette => match chip_command(self.filter.text()) {
                        Some((at, piece)) => Outcome::Chip(at, piece),
                        None => Outcome::Stay,
                    },
                    None => Outcome::Stay,
                };
            }
            (Code::Char('?'), false)
                if matches!(self.kind, ChooserKind::Help { all: false }) && self.filter.text().is_empty() =>
            {
                return Outcome::Run(Action::Help);
            }
            (Code::Char('q'), false) if self.filter.text().is_empty() && self.kind != ChooserKind::Palette => {
                return Outcome::Close;
            }
            (Code::Down, _) | (Code::Char('n'), true) => self.at = (self.at + 1).min(last),
            (Code::Up, _) | (Code::Char('p'), true) => self.at = self.at.saturating_sub(1),
            (Code::PageDown, _) => self.at = (self.at + 10).min(last),
            (Code::PageUp, _) => self.at = self.at.saturating_sub(10),
            (Code::Char('j'), false) if self.kind == ChooserKind::Sort => self.at = (self.at + 1).min(last),
            (Code::Char('k'), false) if self.kind == ChooserKind::Sort => self.at = self.at.saturating_sub(1),
            _ => {
                if self.filter.key(key) == Some(true) {
                    self.at = 0;
                }
            }
        }
        Outcome::Stay
    }
}
