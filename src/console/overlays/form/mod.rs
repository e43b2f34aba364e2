//! The form: for those who do not want to learn the query language. Every field writes its piece of the query, which stands
//! on top as it is written, and the list behind follows.

mod fields;
#[cfg(test)]
mod tests;
mod view;
mod writing;

pub use view::view;

use fields::{Button, PLACES, Stop, Text};
use writing::Draft;

use super::calendar::{Calendar, Picked};
use crate::{
    console::{
        desk::Desk,
        effect::Values,
        input::{Code, Input, Key},
        widgets::LineInput,
    },
    domain::{
        clean::fold,
        query::{self, Filter, Predicate, QueryContext},
    },
};

/// Values of a list that are shown.
const SHOWN: usize = 8;

/// The form as it is filled in.
#[derive(Clone, Debug)]
pub struct Form {
    /// The query when it was opened: what Esc brings back.
    pub before: String,
    draft: Draft,
    context: QueryContext,
    values: Values,
    at: usize,
    /// The text of the place that has the cursor.
    input: LineInput,
    picker: Option<Picker>,
    /// How many calls match, and what is wrong with the query, as the list knows it.
    pub count: String,
    pub problem: Option<String>,
}

/// What opened under a field.
#[derive(Clone, Debug)]
enum Picker {
    Values { found: Vec<(String, String)>, at: usize },
    Calendar(Calendar),
}

/// What a key did to the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Nothing,
    /// The query is this now.
    Written(String),
    Show,
    Save,
    Cancel,
}

impl Form {
    pub fn new(query: &str, context: QueryContext, values: Values) -> Self {
        let draft = Draft::read(query, &context);
        let mut form = Self {
            before: query.to_owned(),
            draft,
            context,
            values,
            at: 0,
            input: LineInput::default(),
            picker: None,
            count: String::new(),
            problem: None,
        };
        form.go(0);
        form
    }

    /// Names of this company came.
    pub fn learn(&mut self, values: &Values) {
        self.values.clone_from(values);
    }

    pub fn query(&self) -> String {
        self.draft.query()
    }

    fn stop(&self) -> Stop {
        PLACES[self.at].stop
    }

    fn go(&mut self, at: usize) {
        self.at = at;
        self.picker = None;
        if let Stop::Text(text) = self.stop() {
            self.input.set(self.draft.text(text));
        }
    }

    fn tab(&mut self, forward: bool) {
        let count = PLACES.len();
        self.go((self.at + if forward { 1 } else { count - 1 }) % count);
    }

    /// The nearest place a row below or above.
    fn row(&mut self, down: bool) {
        let here = PLACES[self.at];
        let rows = PLACES.iter().map(|place| place.row).filter(|row| if down { *row > here.row } else { *row < here.row });
        let Some(row) = (if down { rows.min() } else { rows.max() }) else { return };
        let near = (0..PLACES.len()).filter(|at| PLACES[*at].row == row).min_by_key(|at| PLACES[*at].x.abs_diff(here.x));
        self.go(near.unwrap_or(self.at));
    }

    pub fn input(&mut self, desk: &Desk, input: &Input) -> Said {
        let key = match input {
            Input::Paste(text) => {
                if let Stop::Text(field) = self.stop() {
                    self.input.paste(text);
                    return self.typed(field);
                }
                return Said::Nothing;
            }
            Input::Key(key) => *key,
        };
        if self.picker.is_some() {
            return self.pick(desk, key);
        }
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => return Said::Cancel,
            (Code::Tab, _) => self.tab(true),
            (Code::BackTab, _) => self.tab(false),
            (Code::Up, _) => self.row(false),
            (Code::Down, _) => match self.stop() {
                Stop::Text(text) if self.open(desk, text) => {}
                _ => self.row(true),
            },
            (Code::Enter, _) => return self.enter(desk),
            _ => return self.other(key),
        }
        Said::Nothing
    }

    fn enter(&mut self, desk: &Desk) -> Said {
        match self.stop() {
            Stop::Button(Button::Save) => Said::Save,
            Stop::Button(Button::Cancel) => Said::Cancel,
            Stop::Button(Button::Clear) => {
                let _ = desk;
                self.draft = Draft::default();
                Said::Written(String::new())
            }
            Stop::Button(Button::Show) | Stop::Text(_) | Stop::Tick(_) => Said::Show,
        }
    }

    fn other(&mut self, key: Key) -> Said {
        match (self.stop(), key.code) {
            (Stop::Text(text), _) if self.input.key(key) == Some(true) => return self.typed(text),
            (Stop::Text(_), _) => {}
            (Stop::Tick(tick), Code::Char(' ' | 'x')) => {
                self.draft.turn(tick, &self.context);
                return Said::Written(self.query());
            }
            (Stop::Button(_), Code::Char(' ')) => {
                return match self.stop() {
                    Stop::Button(Button::Save) => Said::Save,
                    Stop::Button(Button::Cancel) => Said::Cancel,
                    Stop::Button(Button::Clear) => {
                        self.draft = Draft::default();
                        Said::Written(String::new())
                    }
                    _ => Said::Show,
                };
            }
            (_, Code::Left) => self.tab(false),
            (_, Code::Right) => self.tab(true),
            _ => {}
        }
        Said::Nothing
    }

    fn typed(&mut self, text: Text) -> Said {
        self.draft.set(text, self.input.text(), &self.context);
        Said::Written(self.query())
    }

    /// Opens what a field can be filled from; false where there is nothing such.
    fn open(&mut self, desk: &Desk, text: Text) -> bool {
        if text.is_date() {
            let day = self.day_of(self.input.text());
            self.picker = Some(Picker::Calendar(Calendar::new(desk, day)));
            return true;
        }
        let found = self.found(text);
        if found.is_empty() {
            return false;
        }
        self.picker = Some(Picker::Values { found, at: 0 });
        true
    }

    /// The day that a text means.
    fn day_of(&self, text: &str) -> Option<jiff::civil::Date> {
        let prepared = query::prepare(&format!("date:{text}"), &self.context).ok()?;
        match prepared.filter {
            Filter::Is(Predicate::Time(range)) => Some(range.from?.to_zoned(self.context.zone.clone()).date()),
            _ => None,
        }
    }

    /// Names that fit what was typed behind the last comma.
    fn found(&self, text: Text) -> Vec<(String, String)> {
        let Some(field) = text.field() else { return Vec::new() };
        let typed = self.input.text();
        let part = fold(typed.rsplit(',').next().unwrap_or_default().trim().trim_matches('"'));
        let fits = self.values.of(field).iter().filter(|known| fold(&known.name).contains(&part));
        let mut found: Vec<_> = fits.map(|known| (known.name.clone(), known.calls_text())).collect();
        found.sort_by_key(|(name, _)| !fold(name).starts_with(&part));
        found
    }

    fn pick(&mut self, desk: &Desk, key: Key) -> Said {
        let Stop::Text(text) = self.stop() else {
            self.picker = None;
            return Said::Nothing;
        };
        let taken = match self.picker.as_mut() {
            Some(Picker::Calendar(calendar)) => match calendar.key(key) {
                Picked::Moved => return Said::Nothing,
                Picked::Taken(day) => Some(day.to_string()),
                Picked::No => None,
            },
            Some(Picker::Values { found, at }) => match key.code {
                Code::Down => {
                    *at = (*at + 1).min(found.len().saturating_sub(1));
                    return Said::Nothing;
                }
                Code::Up if *at > 0 => {
                    *at -= 1;
                    return Said::Nothing;
                }
                Code::Enter | Code::Tab => found.get(*at).map(|(name, _)| with_value(self.input.text(), name)),
                _ => None,
            },
            None => None,
        };
        if let Some(taken) = taken {
            self.picker = None;
            self.input.set(taken);
            return self.typed(text);
        }
        match key.code {
            // What is typed on narrows the values.
            Code::Char(_) | Code::Backspace if matches!(self.picker, Some(Picker::Values { .. })) => {
                let said = self.other(key);
                let found = self.found(text);
                self.picker = (!found.is_empty()).then_some(Picker::Values { found, at: 0 });
                said
            }
            Code::Tab | Code::BackTab => {
                self.picker = None;
                self.input(desk, &Input::Key(key))
            }
            _ => {
                self.picker = None;
                Said::Nothing
            }
        }
    }
}

/// What was typed, its last value completed.
fn with_value(typed: &str, name: &str) -> String {
    let kept = typed.rfind(',').map_or("", |comma| &typed[..=comma]);
    format!("{kept}{}", query::quote(name))
}
