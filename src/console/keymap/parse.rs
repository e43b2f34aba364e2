//! Key map files: a table a place, `"keys" = "action"`; an empty action unbinds. Keys one after the other are parted by
//! a blank.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::{Action, Context, Keymap};
use crate::console::input::Key;

/// What is wrong with a key map, and in which line (counted from 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct KeymapError {
    pub line: usize,
    pub message: String,
}

/// Adds what a file says. Nothing is changed when anything in it is wrong.
pub(super) fn merge(keymap: &mut Keymap, text: &str) -> Result<(), Vec<KeymapError>> {
    let line = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    let table = DeTable::parse(text).map_err(|error| {
        vec![KeymapError { line: line(error.span().map_or(0, |span| span.start)), message: error.message().to_owned() }]
    })?;
    let mut errors = Vec::new();
    let mut wrong = |offset: usize, message: String| errors.push(KeymapError { line: line(offset), message });
    let mut merged = keymap.bindings.clone();
    for (name, section) in table.get_ref() {
        let Some(context) = Context::ALL.iter().copied().find(|context| context.name() == name.get_ref().as_ref()) else {
            let known: Vec<&str> = Context::ALL.iter().map(|context| context.name()).collect();
            wrong(name.span().start, format!("no place \"{}\" ({})", name.get_ref(), known.join(", ")));
            continue;
        };
        let Some(section) = section.get_ref().as_table() else {
            wrong(name.span().start, format!("\"{}\" is a table of keys", name.get_ref()));
            continue;
        };
        let bindings = merged.entry(context).or_default();
        let mut seen: BTreeMap<Vec<Key>, usize> = BTreeMap::new();
        for (written, action) in section {
            let keys: Result<Vec<Key>, String> = written.get_ref().split_whitespace().map(str::parse).collect();
            let keys = match keys {
                Ok(keys) if !keys.is_empty() => keys,
                Ok(_) => {
                    wrong(written.span().start, "a binding needs a key".to_owned());
                    continue;
                }
                Err(message) => {
                    wrong(written.span().start, message);
                    continue;
                }
            };
            if let Some(first) = seen.insert(keys.clone(), line(written.span().start)) {
                wrong(written.span().start, format!("\"{}\" is bound twice here, first in line {first}", written.get_ref()));
                continue;
            }
            match action.get_ref().as_str() {
                Some("") => {
                    bindings.remove(&keys);
                }
                Some(action_name) => match Action::named(action_name) {
                    Some(found) => {
                        bindings.insert(keys, found);
                    }
                    None => wrong(action.span().start, unknown(action_name)),
                },
                None => wrong(action.span().start, "an action is the name of a command in quotes".to_owned()),
            }
        }
    }
    if errors.is_empty() {
        keymap.bindings = merged;
        Ok(())
    } else {
        Err(errors)
    }
}

fn unknown(name: &str) -> String {
    let near = Action::ALL.iter().max_by(|a, b| strsim::jaro(a.name(), name).total_cmp(&strsim::jaro(b.name(), name)));
    near.map_or_else(
        || format!("no command \"{name}\""),
        |action| format!("no command \"{name}\"; did you mean \"{}\"?", action.name()),
    )
}
