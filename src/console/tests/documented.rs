//! The page about the keys says what the key map does.

use regex::Regex;

use super::*;
use crate::console::keymap::{Action, Context, Group, Resolved};

/// Keys of the first column of the tables below a heading.
fn keys_below(heading: &str) -> Vec<Vec<Key>> {
    let page = include_str!("../../../docs/console.md");
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).expect("a section");
    let code = Regex::new("`([^`]+)`").expect("a pattern");
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")).filter_map(|line| line.split(" | ").next());
    let names = cells.flat_map(|cell| code.captures_iter(cell).map(|found| found[1].to_owned()).collect::<Vec<_>>());
    names.map(|name| name.split(' ').map(|key| key.parse().expect("a key")).collect()).collect()
}

#[test]
fn every_key_of_listening_that_is_documented_is_bound_and_every_one_that_is_bound_is_documented() {
    let keymap = Keymap::built_in();
    let documented = keys_below("Listening");
    let mut actions = Vec::new();
    for keys in &documented {
        let name = keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ");
        match keymap.resolve(Context::Player, keys) {
            Resolved::Run(action) => actions.push(action),
            other => panic!("{name} is documented and does nothing: {other:?}"),
        }
    }
    let page = include_str!("../../../docs/console.md");
    for action in keymap.bound(Context::Player).into_iter().filter(|action| action.group() == Group::Play) {
        let keys = keymap.keys_of(Context::Player, action);
        let told = actions.contains(&action) || keys.iter().any(|key| page.contains(&format!("`{key}`")));
        assert!(told, "{} ({keys:?}) stands nowhere", action.name());
    }
    assert!(actions.contains(&Action::Clip) && actions.len() > 30, "{actions:?}");
}
