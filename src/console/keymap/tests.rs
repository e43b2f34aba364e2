use super::*;
use crate::console::texts::Texts;

/// Reached from the palette only, with no key of their own.
const WITHOUT_KEY: &[Action] = &[Action::Messages, Action::QueryClear, Action::MarkNone, Action::Seek];

#[test]
fn the_built_in_map_has_no_error() {
    let mut keymap = Keymap::default();
    assert_eq!(parse::merge(&mut keymap, DEFAULTS), Ok(()));
}

#[test]
fn every_action_has_a_key_and_a_sentence_of_help() {
    let (keymap, texts) = (Keymap::built_in(), Texts::default());
    for action in Action::ALL {
        let bound = Context::ALL.iter().any(|context| !keymap.keys_of(*context, *action).is_empty());
        assert!(bound || WITHOUT_KEY.contains(action), "{} has no key", action.name());
        assert!(texts.has(&action.text()), "{} has no help: {}", action.name(), action.text());
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
