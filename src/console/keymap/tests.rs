use super::*;
use crate::console::texts::Texts;

#[test]
fn the_built_in_map_has_no_error() {
    let mut keymap = Keymap::default();
    assert_eq!(parse::merge(&mut keymap, DEFAULTS), Ok(()));
}

#[test]
fn every_action_has_a_key_a_name_a_sentence_and_a_place_in_help() {
    let (keymap, texts) = (Keymap::built_in(), Texts::default());
    let mut names = std::collections::BTreeSet::new();
    for action in Action::ALL {
        let name = action.name();
        assert!(names.insert(name), "{name} names two actions");
        let places: Vec<Context> = Context::ALL.iter().copied().filter(|place| keymap.bound(*place).contains(action)).collect();
        assert!(!places.is_empty(), "{name} has no key");
        assert!(!keymap.any_key_of(Context::Calls, *action).is_empty(), "{name} has no key to teach");
        let text = texts.get(&action.text());
        assert!(texts.has(&action.text()) && text.chars().count() > 3, "{name} has no sentence: {text}");
        assert!(texts.has(&format!("group-{}", action.group().word())), "{name} is of no group");
    }
}

#[test]
fn no_two_actions_share_a_key_in_one_place() {
    // A map of keys cannot hold one twice; so what the file says must all be in the map, and no key may hide a longer one.
    let keymap = Keymap::built_in();
    let lines = DEFAULTS.lines().filter(|line| line.starts_with('"')).count();
    assert_eq!(keymap.bindings.values().map(BTreeMap::len).sum::<usize>(), lines, "a key is bound twice in one place");
    let global = &keymap.bindings[&Context::Global];
    for (place, map) in &keymap.bindings {
        for keys in map.keys() {
            let hides = |other: &&Vec<Key>| other.len() > keys.len() && other.starts_with(keys);
            // Nothing is edited of a call on the pane of users: `e` is free there.
            let of_call = |other: &&Vec<Key>| *place == Context::Users && other[0] == Key::char('e');
            // Nor is anything else taken out of the audit log than the log: `x` does it at once.
            let of_calls = |other: &&Vec<Key>| *place == Context::Audit && other[0] == Key::char('x');
            let free = |other: &&Vec<Key>| !of_call(other) && !of_calls(other);
            let hidden = map.keys().chain(global.keys().filter(free)).find(hides);
            assert_eq!(hidden, None, "{} hides a longer binding at {}", written(keys), place.name());
        }
    }
}

#[test]
fn no_key_needs_alt_or_a_modified_arrow() {
    let keymap = Keymap::built_in();
    for keys in keymap.bindings.values().flat_map(BTreeMap::keys) {
        for key in keys {
            assert!(!key.alt, "{key}");
            assert!(!key.ctrl || key.writes().is_some() || matches!(key.code, super::super::input::Code::Char(_)), "{key}");
            assert!(*key != Key::ctrl('s') && *key != Key::ctrl('q') && *key != Key::ctrl('h'), "{key}");
        }
    }
}

#[test]
fn prefixes_wait_and_the_place_beats_the_global_map() {
    let keymap = Keymap::built_in();
    let key = Key::char;
    assert_eq!(keymap.resolve(Context::Calls, &[key('g')]), Resolved::Prefix);
    assert_eq!(keymap.resolve(Context::Calls, &[key('g'), key('d')]), Resolved::Run(Action::GoDate));
    assert_eq!(keymap.resolve(Context::Player, &[key('g'), key('d')]), Resolved::Unknown);
    assert_eq!(keymap.resolve(Context::Calls, &[key(' ')]), Resolved::Run(Action::Mark));
    assert_eq!(keymap.resolve(Context::Player, &[key(' ')]), Resolved::Run(Action::Play));
}

#[test]
fn a_users_file_adds_unbinds_and_reports_lines() {
    let keymap = Keymap::with_file("[global]\n\"Ctrl-r\" = \"list.refresh\"\n\"F5\" = \"\"\n").expect("map");
    assert_eq!(keymap.resolve(Context::Calls, &[Key::ctrl('r')]), Resolved::Run(Action::Refresh));
    assert_eq!(keymap.keys_of(Context::Calls, Action::Refresh), ["r", "Ctrl-r"]);
    let errors = Keymap::with_file("[calls]\n\"D\" = \"serch\"\n\n\"Hyper-x\" = \"flag\"\n[nowhere]\n").expect_err("errors");
    let mut lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, [2, 4, 5]);
    assert!(errors.iter().any(|error| error.message.contains("did you mean")), "{errors:?}");
}
