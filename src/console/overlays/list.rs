//! Help, palette and sort: a list that typing narrows and Enter runs from.

use super::{Outcome, Purpose, seconds};
use crate::{
    console::{
        commands::{COMMANDS, named},
        desk::Desk,
        input::{Code, Input},
        keymap::{Action, Context, Group},
        widgets::LineInput,
    },
    domain::{clean::fold, query::SortField},
};

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Action(Action),
    /// A command that may have something behind it.
    Command(&'static str),
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
    /// What it is for, where the list is parted by that.
    pub group: Option<Group>,
    /// Why it is not possible just now.
    pub off: Option<String>,
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
                        group: (!all).then(|| action.group()),
                        off: None,
                    });
                }
            }
        }
        if !all {
            lines.sort_by_key(|line| line.group);
        }
        Self { kind: ChooserKind::Help { all }, filter: LineInput::default(), at: 0, lines }
    }

    /// `why_not`: why an action is not possible just now.
    pub fn palette(desk: &Desk, context: Context, why_not: impl Fn(Action) -> Option<String>) -> Self {
        let line = |action: &Action| Line {
            choice: Choice::Action(*action),
            left: action.name().to_owned(),
            text: desk.setup.texts.get(&action.text()),
            right: desk.setup.keymap.any_key_of(context, *action),
            group: Some(action.group()),
            off: why_not(*action),
        };
        let command = |(name, usage): &(&'static str, &str)| Line {
            choice: Choice::Command(name),
            left: format!(":{usage}"),
            text: desk.setup.texts.get(&format!("command-{name}")),
            right: String::new(),
            group: None,
            off: None,
        };
        // What is possible stands first.
        let mut lines: Vec<Line> = Action::ALL.iter().map(line).collect();
        lines.sort_by_key(|line| (line.off.is_some(), line.group));
        lines.iter_mut().for_each(|line| line.group = None);
        let possible = lines.iter().filter(|line| line.off.is_none()).count();
        lines.splice(possible..possible, COMMANDS.iter().map(command));
        Self { kind: ChooserKind::Palette, filter: LineInput::default(), at: 0, lines }
    }

    pub fn sort(desk: &Desk, fields: &[SortField], current: SortField) -> Self {
        let lines = fields.iter().map(|field| Line {
            choice: Choice::Sort(*field),
            left: desk.setup.texts.get(&format!("sort-{}", field.word().replace('_', "-"))),
            text: String::new(),
            right: field.word().to_owned(),
            group: None,
            off: None,
        });
        let at = fields.iter().position(|field| *field == current).unwrap_or(0);
        Self { kind: ChooserKind::Sort, filter: LineInput::default(), at, lines: lines.collect() }
    }

    /// The lines that the typed text leaves, the best fitting first: each word must be found, at the beginning of a word, in
    /// the middle of one, or, where nothing else fits, as letters one after the other.
    pub fn shown(&self) -> Vec<&Line> {
        let wanted = fold(self.filter.text());
        let wanted = wanted.trim_start_matches(':');
        if wanted.trim().is_empty() {
            return self.lines.iter().collect();
        }
        let mut shown: Vec<(u8, &Line)> = self.lines.iter().filter_map(|line| Some((rank(line, wanted)?, line))).collect();
        if shown.iter().any(|(rank, _)| *rank < SCATTERED) {
            shown.retain(|(rank, _)| *rank < SCATTERED);
        }
        shown.sort_by_key(|(rank, line)| (*rank, line.off.is_some()));
        shown.into_iter().map(|(_, line)| line).collect()
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
                    Some(Choice::Command(name)) => {
                        let typed = self.filter.text().trim_start_matches(':').trim();
                        let line = if named(typed) == Some(name) { typed } else { name };
                        Outcome::Command(line.to_owned())
                    }
                    Some(Choice::Sort(field)) => Outcome::Sort(field),
                    None if self.kind == ChooserKind::Palette && seconds(self.filter.text()).is_some() => {
                        Outcome::Submit(Purpose::Seek, self.filter.text().to_owned())
                    }
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
            (Code::Char('n'), true) => self.at = (self.at + 1).min(last),
            (Code::Char('p'), true) => self.at = self.at.saturating_sub(1),
            _ => super::narrowing::narrow(key, &mut self.filter, &mut self.at, last),
        }
        Outcome::Stay
    }
}

/// Letters that only stand one after the other.
const SCATTERED: u8 = 4;

/// How well a line fits what was typed, 0 best; none: not at all.
fn rank(line: &Line, wanted: &str) -> Option<u8> {
    if let Choice::Command(name) = line.choice
        && named(wanted) == Some(name)
    {
        return Some(0);
    }
    let (left, text) = (fold(&line.left), fold(&format!("{} {} {}", line.left, line.text, line.right)));
    if left.starts_with(wanted) {
        return Some(1);
    }
    let parts: Vec<&str> = text.split(|character: char| !character.is_alphanumeric()).collect();
    let words = || wanted.split_whitespace();
    if words().all(|word| parts.iter().any(|part| part.starts_with(word))) {
        Some(2)
    } else if words().all(|word| text.contains(word)) {
        Some(3)
    } else {
        words().all(|word| is_scattered(&left, word)).then_some(SCATTERED)
    }
}

/// The letters of a word stand in a text one after the other.
fn is_scattered(text: &str, word: &str) -> bool {
    let mut letters = text.chars();
    word.chars().all(|wanted| letters.any(|letter| letter == wanted))
}
