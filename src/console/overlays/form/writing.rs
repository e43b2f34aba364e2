//! From the query to the fields of the form and back. What the form cannot express is kept as it is.

use super::fields::{Part, TEXTS, TICKS, Text, Tick};
use crate::domain::query::{
    self, Comparison, FieldTerm, Filter, Node, Operand, Predicate, QueryContext, Side,
    edit::{self, Term},
    quote,
};

/// What is filled in, and the pieces that it is written as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    texts: [String; TEXTS],
    ticks: [bool; TICKS],
    /// In the order of the query; none: nothing of the form's.
    pieces: Vec<(Option<Part>, String)>,
}

impl Draft {
    /// Takes a query apart. One that cannot be understood is a piece that the form leaves alone.
    pub fn read(text: &str, context: &QueryContext) -> Self {
        let mut draft = Self::default();
        let Ok(terms) = edit::terms(text) else {
            draft.pieces.push((None, text.trim().to_owned()));
            return draft;
        };
        for term in terms {
            let part = draft.take(&term, context).filter(|part| !draft.pieces.iter().any(|(known, _)| *known == Some(*part)));
            if let Some(part) = part {
                draft.fill(part, &term, context);
            }
            draft.pieces.push((part, term.text));
        }
        draft
    }

    pub fn text(&self, text: Text) -> &str {
        &self.texts[text as usize]
    }

    pub const fn ticked(&self, tick: Tick) -> bool {
        self.ticks[tick as usize]
    }

    /// The query as it is written.
    pub fn query(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// What the form cannot express.
    pub fn rest(&self) -> String {
        let rest = self.pieces.iter().filter(|(part, _)| part.is_none()).map(|(_, text)| text.as_str());
        rest.collect::<Vec<_>>().join(" ")
    }

    pub fn set(&mut self, text: Text, typed: &str, context: &QueryContext) {
        typed.clone_into(&mut self.texts[text as usize]);
        self.write(text.part(), context);
    }

    pub fn turn(&mut self, tick: Tick, context: &QueryContext) {
        self.ticks[tick as usize] ^= true;
        // A call is recorded or not.
        if self.ticks[tick as usize] {
            match tick {
                Tick::Recorded => self.ticks[Tick::NotRecorded as usize] = false,
                Tick::NotRecorded => self.ticks[Tick::Recorded as usize] = false,
                _ => {}
            }
        }
        self.write(tick.part(), context);
    }

    /// Which part of the form a term belongs to.
    fn take(&self, term: &Term, context: &QueryContext) -> Option<Part> {
        match &term.node {
            Node::Word(word) if word.quoted => None,
            Node::Word(word) => match meaning(&term.text, context)? {
                Predicate::Time(_) => Some(Part::When),
                Predicate::Talk(_) if Comparison::strip(&word.text).is_some() => Some(Part::Talk),
                Predicate::Number(Side::Any, _) => Some(Part::Own(Text::Number)),
                _ => None,
            },
            Node::Field(field) => part_of(field),
            Node::Not(inner) => match inner.as_ref() {
                Node::Field(field) if words(field) == Some(vec!["recorded"]) && field.name == "is" => Some(Part::Recorded),
                _ => None,
            },
            Node::And(_) | Node::Or(_) => None,
        }
    }

    fn fill(&mut self, part: Part, term: &Term, context: &QueryContext) {
        let values = match &term.node {
            Node::Field(field) => term.text.get(field.name.len() + 1..).unwrap_or_default().to_owned(),
            _ => term.text.clone(),
        };
        let field = match &term.node {
            Node::Field(field) => Some(field),
            _ => None,
        };
        let _ = context;
        match part {
            Part::When => self.texts[Text::When as usize] = values,
            Part::Dates | Part::Talk => {
                let (from, to) = if part == Part::Dates { (Text::From, Text::To) } else { (Text::TalkFrom, Text::TalkTo) };
                let ends = field.and_then(|field| match field.operands.as_slice() {
                    [Operand::Range(from, to)] => Some((from, to)),
                    _ => None,
                });
                match ends {
                    Some((left, right)) => {
                        let written = |value: &Option<query::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
                        self.texts[from as usize] = written(left);
                        self.texts[to as usize] = written(right);
                    }
                    None => self.texts[from as usize] = values,
                }
            }
            Part::Direction | Part::Outcome => {
                let ticks: &[Tick] = if part == Part::Direction { &Tick::DIRECTIONS } else { &Tick::OUTCOMES };
                let asked = field.and_then(words).unwrap_or_default();
                for tick in ticks {
                    self.ticks[*tick as usize] = asked.contains(&tick.word());
                }
            }
            Part::Recorded => {
                let tick = if field.is_some() { Tick::Recorded } else { Tick::NotRecorded };
                self.ticks[tick as usize] = true;
            }
            Part::Flagged => self.ticks[Tick::Flagged as usize] = true,
            Part::Own(text) => {
                let plain = text.is_least().then(|| values.strip_prefix('>').filter(|rest| !rest.starts_with('='))).flatten();
                self.texts[text as usize] = plain.map_or(values.clone(), ToOwned::to_owned);
            }
        }
    }

    /// Writes a part anew, in its place.
    fn write(&mut self, part: Part, context: &QueryContext) {
        let written = self.written(part, context);
        let place = self.pieces.iter().position(|(known, _)| *known == Some(part));
        match (place, written) {
            (Some(at), Some(text)) => self.pieces[at].1 = text,
            (Some(at), None) => {
                self.pieces.remove(at);
            }
            (None, Some(text)) => self.pieces.push((Some(part), text)),
            (None, None) => {}
        }
    }

    fn written(&self, part: Part, context: &QueryContext) -> Option<String> {
        let typed = |text: Text| Some(self.text(text).trim()).filter(|typed| !typed.is_empty());
        let ticked = |field: &str, ticks: &[Tick]| {
            let words: Vec<&str> = ticks.iter().filter(|tick| self.ticked(**tick)).map(|tick| tick.word()).collect();
            (!words.is_empty()).then(|| format!("{field}:{}", words.join(",")))
        };
        match part {
            Part::When => {
                let when = typed(Text::When)?;
                let bare = matches!(meaning(when, context), Some(Predicate::Time(_))) && is_one_term(when);
                Some(if bare { when.to_owned() } else { term("date", when) })
            }
            Part::Dates => range("date", typed(Text::From), typed(Text::To)),
            Part::Talk => match (typed(Text::TalkFrom), typed(Text::TalkTo)) {
                (Some(from), None) if Comparison::strip(from).is_some() || from.contains("..") || from.contains(',') => {
                    Some(term("talk", from))
                }
                (from, to) => range("talk", from.map(|from| Comparison::strip(from).map_or(from, |(_, from)| from)), to),
            },
            Part::Direction => ticked("dir", &Tick::DIRECTIONS),
            Part::Outcome => ticked("is", &Tick::OUTCOMES),
            Part::Recorded if self.ticked(Tick::NotRecorded) => Some("-is:recorded".to_owned()),
            Part::Recorded => ticked("is", &[Tick::Recorded]),
            Part::Flagged => ticked("is", &[Tick::Flagged]),
            Part::Own(text) => {
                let (typed, field) = (typed(text)?, text.field()?);
                let bare = text.is_least() && Comparison::strip(typed).is_none() && !typed.contains("..") && !typed.contains(',');
                Some(if bare { format!("{field}:>{}", end(typed)) } else { term(field, typed) })
            }
        }
    }
}

/// The part that a positive term of a field fills, where the form can show all of it.
fn part_of(field: &FieldTerm) -> Option<Part> {
    let alone = |operand: fn(&Operand) -> bool| matches!(field.operands.as_slice(), [only] if operand(only));
    let all_in =
        |ticks: &[Tick]| words(field).is_some_and(|words| words.iter().all(|word| ticks.iter().any(|tick| tick.word() == *word)));
    Some(match field.name.as_str() {
        "date" if alone(|operand| matches!(operand, Operand::Range(..))) => Part::Dates,
        "date" => Part::When,
        "dir" if all_in(&Tick::DIRECTIONS) => Part::Direction,
        "is" if all_in(&Tick::OUTCOMES) => Part::Outcome,
        "is" if words(field) == Some(vec!["recorded"]) => Part::Recorded,
        "is" if words(field) == Some(vec!["flagged"]) => Part::Flagged,
        "talk" => Part::Talk,
        "ext" => Part::Own(Text::Extension),
        "agent" => Part::Own(Text::Agent),
        "group" => Part::Own(Text::Group),
        "queue" => Part::Own(Text::Queue),
        "project" => Part::Own(Text::Project),
        "tag" => Part::Own(Text::Tag),
        "num" => Part::Own(Text::Number),
        "name" => Part::Own(Text::Name),
        "case" => Part::Own(Text::Case),
        "note" => Part::Own(Text::Note),
        "wait" if alone(|operand| !matches!(operand, Operand::One(_))) => Part::Own(Text::Wait),
        "on-hold" if alone(|operand| !matches!(operand, Operand::One(_))) => Part::Own(Text::OnHold),
        "size" if alone(|operand| !matches!(operand, Operand::One(_))) => Part::Own(Text::Size),
        _ => return None,
    })
}

/// The values of a term, where they are plain words.
fn words(field: &FieldTerm) -> Option<Vec<&str>> {
    let mut words = Vec::with_capacity(field.operands.len());
    for operand in &field.operands {
        let Operand::One(value) = operand else { return None };
        words.push(value.text.as_str());
    }
    Some(words)
}

/// What a text asks, if it is one test.
fn meaning(text: &str, context: &QueryContext) -> Option<Predicate> {
    match query::prepare(text, context).ok()?.filter {
        Filter::Is(predicate) => Some(predicate),
        _ => None,
    }
}

fn is_one_term(text: &str) -> bool {
    edit::terms(text).is_ok_and(|terms| matches!(terms.as_slice(), [only] if only.text == text))
}

/// `field:typed`, with quotes where what was typed needs them.
fn term(field: &str, typed: &str) -> String {
    let whole = |values: &str| Some(format!("{field}:{values}")).filter(|text| is_one_term(text));
    let each = || {
        let values: Vec<String> = typed.split(',').map(str::trim).filter(|value| !value.is_empty()).map(end).collect();
        whole(&values.join(","))
    };
    whole(typed).or_else(each).unwrap_or_else(|| format!("{field}:{}", quote(typed)))
}

/// One value, with quotes where it needs them.
fn end(typed: &str) -> String {
    if is_one_term(&format!("x:{typed}")) { typed.to_owned() } else { quote(typed) }
}

fn range(field: &str, from: Option<&str>, to: Option<&str>) -> Option<String> {
    if from.is_none() && to.is_none() {
        return None;
    }
    let text = |value: Option<&str>| value.map(end).unwrap_or_default();
    Some(format!("{field}:{}..{}", text(from), text(to)))
}
