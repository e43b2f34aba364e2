//! Palette, help, lists of what was done, copying: what they show and lead to.

use super::*;
use crate::console::{
    keymap::Action,
    overlays::Overlay,
    reasons::why_not,
    tasks::{TaskEnd, TaskEvent},
};

fn screen(model: &Model) -> String {
    text_of(&drawn(model)).replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn copied(effects: &[Effect]) -> Option<String> {
    effects.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    })
}

/// The list with some work behind it: one done, one failed, one that runs.
fn worked(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    for end in [TaskEnd::Changed { cancelled: false }, TaskEnd::Failed("the line broke".to_owned())] {
        keys(&mut model, "tt");
        let effects = keys(&mut model, "F");
        let Some(Effect::Task { number, .. }) = effects.first() else { panic!("{effects:?}") };
        let changed = wire::ChangedCall { id: call(2).id, flag_turned: true, ..wire::ChangedCall::default() };
        let changed = Box::new(wire::Changed { changed: vec![changed], ..wire::Changed::default() });
        let event = TaskEvent::Changed { part: 0, changed };
        update::update(&mut model, Msg::Task { number: *number, event });
        update::update(&mut model, Msg::Task { number: *number, event: TaskEvent::Ended(end) });
    }
    let effects = keys(&mut model, "F");
    let Some(Effect::Task { number, .. }) = effects.first() else { panic!("{effects:?}") };
    let event = TaskEvent::Progress { done: 1_000, all: Some(4_000) };
    update::update(&mut model, Msg::Task { number: *number, event });
    model
}

#[test]
fn every_action_stands_in_the_palette_and_in_the_help() {
    let mut model = listed("dark", Depth::C256, (120, 60));
    for action in Action::ALL {
        keys(&mut model, ":");
        keys(&mut model, action.name());
        let text = text_of(&drawn(&model));
        let key_name = model.desk.setup.keymap.any_key_of(model.context(), *action);
        let named = |line: &str| line.contains(&format!("{} ", action.name())) && line.contains(&format!("{key_name} │"));
        assert!(text.lines().any(named), "{} {key_name}\n{text}", action.name());
        key(&mut model, "Esc");
        let sentence = model.desk.setup.texts.get(&action.text());
        keys(&mut model, "?");
        keys(&mut model, "?");
        // With a blank before it: the first letter may be a key of the empty box.
        keys(&mut model, &format!(" {}", sentence.split(['…', ';']).next().unwrap_or_default()));
        let shown: String = sentence.chars().take(30).collect();
        assert!(text_of(&drawn(&model)).contains(&shown), "{}: {sentence}\n{}", action.name(), text_of(&drawn(&model)));
        key(&mut model, "Esc");
    }
}

#[test]
fn what_is_not_possible_tells_why_in_the_palette_and_at_its_key() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    model.desk.who.as_mut().expect("who").read_only = true;
    for (action, press, why) in [
        (Action::Flag, "F", "read-only here"),
        (Action::MarkNone, "g*", "Nothing is marked"),
        (Action::Undo, "u", "Nothing to undo"),
        (Action::Redo, "U", "Nothing was taken back"),
        (Action::GoStorage, "gs", "not there yet"),
        (Action::TakeToDrive, "xx", "Drives are not there yet"),
    ] {
        assert!(why_not(&model, action).is_some_and(|told| told.contains(why)), "{action:?}");
        keys(&mut model, press);
        assert!(screen(&model).contains(why), "{press}: {}", screen(&model));
        keys(&mut model, ":");
        keys(&mut model, action.name());
        let text = text_of(&drawn(&model));
        assert!(text.lines().any(|line| line.contains(&format!("×{}", action.name()))), "{action:?}\n{text}");
        key(&mut model, "Esc");
    }
    assert!(why_not(&model, Action::On5).is_some_and(|why| why.contains("Nothing is loaded")));
    assert_eq!(why_not(&model, Action::Sort), None);
}

#[test]
fn words_are_found_wherever_they_stand() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    for (typed, first) in
        [("csv", "take.list"), ("mark every", "mark.all"), ("sort", "sort.choose"), ("tkrec", "take.recordings")]
    {
        keys(&mut model, ":");
        keys(&mut model, typed);
        let text = text_of(&drawn(&model));
        let chosen = text.lines().find(|line| line.contains("►") && line.contains('│')).unwrap_or_default().to_owned();
        assert!(chosen.contains(first), "{typed}: {text}");
        key(&mut model, "Esc");
    }
    keys(&mut model, ":chip 5 is:busy");
    key(&mut model, "Enter");
    assert!(screen(&model).contains("5□is:busy") || screen(&model).contains("is:busy"), "{}", screen(&model));
    keys(&mut model, ":messages");
    key(&mut model, "Enter");
    assert!(matches!(model.overlays.last(), Some(Overlay::Messages(_))));
    key(&mut model, "Esc");
    keys(&mut model, ":chip");
    key(&mut model, "Enter");
    assert!(screen(&model).contains("Write: chip 5 QUERY"));
}

#[test]
fn undoing_goes_back_to_a_line_of_the_list() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "t");
    keys(&mut model, "t");
    keys(&mut model, "/x");
    key(&mut model, "Enter");
    keys(&mut model, ":undo");
    key(&mut model, "Enter");
    assert!(screen(&model).contains("What can be taken back") && screen(&model).contains("the query"), "{}", screen(&model));
    keys(&mut model, "j");
    key(&mut model, "Enter");
    assert_eq!((model.calls.query.applied.as_str(), model.desk.undo.done().len()), ("", 1));
    assert!(screen(&model).contains("1 marked"));
    keys(&mut model, "UU");
    assert_eq!(model.calls.query.applied, "x");
}

#[test]
fn steps_back_wait_for_each_other() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "F");
    let [Effect::Write { number, write, .. }] = &effects[..] else { panic!("{effects:?}") };
    let written = Msg::Written { number: *number, write: Box::new(write.clone()), result: Ok(Written::Done) };
    update::update(&mut model, written);
    keys(&mut model, "t");
    keys(&mut model, "gUjj");
    let effects = key(&mut model, "Enter");
    let back = effects.iter().find_map(|effect| match effect {
        Effect::Write { number, write, .. } => Some((*number, write.clone())),
        _ => None,
    });
    let (number, write) = back.expect("the flag is taken back");
    update::update(&mut model, Msg::Written { number, write: Box::new(write), result: Ok(Written::Done) });
    assert!(model.undo_to.is_none() && model.desk.undo.done().is_empty());
    assert!(model.calls.marks.is_none() && !model.calls.current().is_some_and(|call| call.flagged));
}

#[test]
fn work_is_listed_with_what_came_of_it_and_ended_from_there() {
    let mut model = worked("dark", Depth::C256, (80, 24));
    keys(&mut model, "gj");
    let text = screen(&model);
    for words in ["Work of this session", "1,000 / 4,000", "1 changed", "the line broke"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let effects = key(&mut model, "Ctrl-c");
    assert!(matches!(effects[..], [Effect::EndTask(3)]), "{effects:?}");
    assert!(!model.overlays.is_empty());
    key(&mut model, "q");
    assert!(model.overlays.is_empty());
}

#[test]
fn ids_numbers_and_rows_of_marked_calls_are_copied() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    assert_eq!(copied(&keys(&mut model, "yy")), Some(call(2).id));
    assert!(screen(&model).contains("if nothing arrived press y p"));
    let row = copied(&keys(&mut model, "yr")).expect("a row");
    assert!(row.contains('\t') && row.contains("+48601550074") && !row.contains('\n'), "{row:?}");
    keys(&mut model, "ttt");
    let ids = copied(&keys(&mut model, "yy")).expect("ids");
    assert_eq!(ids.lines().collect::<Vec<_>>(), [call(2).id, call(3).id, call(4).id]);
    assert_eq!(copied(&keys(&mut model, "yl")), None);
    assert!(screen(&model).contains("A local database has no links"));
    model.desk.setup.place = "https://calls.example.com".to_owned();
    keys(&mut model, "g*");
    let current = model.calls.current().expect("a call").id.clone();
    assert_eq!(copied(&keys(&mut model, "yl")), Some(format!("https://calls.example.com/r/{current}")));
    keys(&mut model, "*");
    assert_eq!(copied(&keys(&mut model, "yy")), None);
    assert!(screen(&model).contains("x l saves it"));
}

#[test]
fn a_clipboard_gets_at_most_eight_kilobytes() {
    let (mut model, effects) = connected("dark", Depth::C256, (80, 24));
    model.layout();
    answer(&mut model, &effects, Slot::List, Ok(page(0..400, None)));
    keys(&mut model, "VGV");
    let text = copied(&keys(&mut model, "yy")).expect("ids");
    assert!(text.len() <= 8_000 && text.lines().count() > 200, "{}", text.len());
    assert!(screen(&model).contains("of 400 were sent"), "{}", screen(&model));
}

#[test]
fn the_copy_page_is_plain_and_any_key_leaves_it() {
    let mut model = listed("dark", Depth::C256, (120, 40));
    keys(&mut model, "yp");
    let text = text_of(&drawn(&model));
    assert!(!text.contains(['│', '─', '┌', '►', '■']), "{text}");
    assert!(text.starts_with("2026-11-07 14:21:04  out  +48601550000"), "{text}");
    assert!(text.lines().next().is_some_and(|line| line.contains(&call(0).id)));
    let mut buffer = Buffer::empty(Rect::new(0, 0, 120, 40));
    assert_eq!(view::view(&model, &mut buffer), Some((0, 0)));
    keys(&mut model, "x");
    assert!(model.overlays.is_empty() && model.prefix.keys.is_empty(), "the key did nothing else");
    keys(&mut model, ":mouse on");
    key(&mut model, "Enter");
    assert!(keys(&mut model, "yp").contains(&Effect::Mouse(false)), "the mouse is the terminal's there");
    assert_eq!(keys(&mut model, "x"), [Effect::Mouse(true)]);
    key(&mut model, "Enter");
    keys(&mut model, "yp");
    assert!(text_of(&drawn(&model)).contains("asked twice for the refund form"));
}

#[test]
fn pictures_of_lists_and_boxes() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{columns}x{rows}");
            let mut model = worked(theme, depth, (columns, rows));
            snapshot(&name("work-runs"), &model);
            keys(&mut model, "gj");
            snapshot(&name("work"), &model);
            key(&mut model, "Esc");
            keys(&mut model, "gU");
            snapshot(&name("undo"), &model);
            let mut model = listed(theme, depth, (columns, rows));
            keys(&mut model, ":");
            snapshot(&name("palette"), &model);
            keys(&mut model, "go stor");
            snapshot(&name("palette-off"), &model);
            key(&mut model, "Esc");
            keys(&mut model, "yp");
            snapshot(&name("copy-page"), &model);
            key(&mut model, "Esc");
            for (prefix, word) in [("g", "go"), ("y", "copy"), ("x", "take"), ("e", "edit")] {
                let effects = keys(&mut model, prefix);
                let generation = generation(&effects, Slot::Prefix);
                update::update(&mut model, Msg::Due { slot: Slot::Prefix, generation });
                snapshot(&name(&format!("which-key-{word}")), &model);
                key(&mut model, "Esc");
            }
            let effects = keys(&mut model, "*F");
            answer(&mut model, &effects, Slot::Targets, Ok(Answer::Survey { calls: 200_000, unflagged: 199_990 }));
            snapshot(&name("many-ask"), &model);
        }
    }
}
