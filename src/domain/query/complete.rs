//! What can be written at the cursor.

use super::{
    fields::{AUDIT_FIELDS, FIELDS, Field},
    syntax::Comparison,
};

/// One proposal for the piece of text from `start` to `end`, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub start: usize,
    pub end: usize,
    pub text: String,
    /// What it means, for a list beside the line; empty where the word says it.
    pub meaning: &'static str,
}

/// The value that is being typed at a cursor: of which field, and the piece typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typing<'a> {
    /// None: a word without a field.
    pub field: Option<&'a str>,
    pub start: usize,
    pub end: usize,
    pub typed: &'a str,
}

/// What stands in front of the cursor; none inside quotes. A cursor inside a character counts as in front of it.
pub fn typing(text: &str, cursor: usize) -> Option<Typing<'_>> {
    let end = (0..=cursor.min(text.len())).rev().find(|index| text.is_char_boundary(*index))?;
    let before = text.get(..end)?;
    if before.matches('"').count() % 2 == 1 {
        return None;
    }
    let mut start = before
        .char_indices()
        .rev()
        .find(|(_, character)| character.is_whitespace() || matches!(character, '(' | ')' | '|' | '"'))
        .map_or(0, |(index, character)| index + character.len_utf8());
    if before.get(start..)?.starts_with('-') {
        start += 1;
    }
    let word = before.get(start..)?;
    let Some(name) = super::parse::field_name(word) else {
        return Some(Typing { field: None, start, end, typed: word });
    };
    let values = word.get(name.len() + 1..)?;
    let typed = values.get(values.rfind(',').map_or(0, |comma| comma + 1)..)?;
    let typed = Comparison::strip(typed).map_or(typed, |(_, value)| value);
    Some(Typing { field: Some(name), start: end - typed.len(), end, typed })
}

/// Fields, and the fixed values of a field, that begin with what is typed at the cursor.
pub fn complete(text: &str, cursor: usize) -> Vec<Completion> {
    complete_of(FIELDS, text, cursor)
}

/// As [`complete`], of questions to the audit log.
pub fn complete_audit(text: &str, cursor: usize) -> Vec<Completion> {
    complete_of(AUDIT_FIELDS, text, cursor)
}

fn complete_of(fields: &'static [Field], text: &str, cursor: usize) -> Vec<Completion> {
    let Some(Typing { field, start, end, typed }) = typing(text, cursor) else { return Vec::new() };
    let typed = typed.to_ascii_lowercase();
    match field {
        Some(name) => fields
            .iter()
            .filter(|field| field.name == name.to_ascii_lowercase())
            .flat_map(|field| field.values)
            .filter(|value| value.starts_with(&typed))
            .map(|value| Completion { start, end, text: (*value).to_owned(), meaning: "" })
            .collect(),
        None => fields
            .iter()
            .filter(|field| field.name.starts_with(&typed))
            .map(|field| Completion { start, end, text: format!("{}:", field.name), meaning: field.meaning })
            .collect(),
    }
}
