//! The query line and the form: completion, suggestions, history, dates by key.

use super::*;
use crate::console::values::{Known, Values};

pub(super) fn values() -> Values {
    let known = |list: &[(&str, u64)]| -> Vec<Known> {
        list.iter().map(|(name, calls)| Known { name: (*name).to_owned(), calls: Some(*calls) }).collect()
    };
    let view = |name: &str, query: &str, owner: &str| wire::View {
        name: name.to_owned(),
        query: query.to_owned(),
        owner: owner.to_owned(),
        shared: owner != "local:anna",
        version: 1,
        ..wire::View::default()
    };
    Values {
        tags: known(&[("refund", 18), ("escalated", 7), ("reklamácia dva", 3)]),
        cases: known(&[("C-17", 6)]),
        extensions: known(&[("601", 702), ("604", 311), ("605", 190)]),
        agents: known(&[("Wiśniewska", 301), ("Nowak", 288), ("Dvořák", 171), ("Łukasik", 157), ("Nováková", 31)]),
        groups: known(&[("sales", 540), ("support", 422)]),
        queues: known(&[("Support", 422), ("Sales", 140)]),
        projects: known(&[("sales", 540)]),
        views: vec![view("complaints", "tag:refund -talk:<1m", "local:anna"), view("Late", "time:18:00..22:00", "bob")],
    }
}

/// The query line with something typed, once the names are known.
pub(super) fn typing(model: &mut Model, text: &str) -> Vec<Effect> {
    let effects = key(model, "/");
    answer(model, &effects, Slot::Values, Ok(Answer::Values(values())));
    keys(model, text)
}

fn problem(model: &mut Model, effects: &[Effect], detail: &str, position: usize, length: usize) {
    let problem = wire::Problem {
        status: 400,
        detail: detail.to_owned(),
        position: Some(position),
        length: Some(length),
        ..wire::Problem::default()
    };
    answer(model, effects, Slot::List, Err(ClientError::Problem(problem)));
}

#[test]
fn tab_walks_through_what_fits_and_enter_takes_it() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    typing(&mut model, "agent:no");
    let text = text_of(&drawn(&model));
    assert!(text.contains("Nowak") && text.contains("288") && text.contains("Nováková"), "{text}");
    key(&mut model, "Tab");
    assert_eq!(model.calls.query.input.text(), "agent:Nowak");
    key(&mut model, "Tab");
    assert_eq!(model.calls.query.input.text(), "agent:Nováková");
    key(&mut model, "Tab");
    key(&mut model, "Shift-Tab");
    key(&mut model, "Enter");
    assert_eq!((model.calls.query.applied.as_str(), model.calls.query.editing), ("agent:Nováková", false));
    assert!(!text_of(&drawn(&model)).contains("│"), "the list of offers is gone");
}

#[test]
fn views_fields_and_days_say_what_they_mean() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    typing(&mut model, "view:la");
    assert!(text_of(&drawn(&model)).contains("time:18:00..22:00"));
    key(&mut model, "Ctrl-u");
    keys(&mut model, "date:yes");
    assert!(text_of(&drawn(&model)).contains("2026-11-06"), "{}", text_of(&drawn(&model)));
    key(&mut model, "Ctrl-u");
    keys(&mut model, "ta");
    let text = text_of(&drawn(&model));
    assert!(text.contains("tag:") && text.contains("talk time"), "{text}");
}

#[test]
fn names_of_customers_are_looked_for() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = typing(&mut model, "name:čer");
    let asked = effects.iter().rev().find_map(|effect| match effect {
        Effect::Read { read: Read::Names(of), .. } => Some(of.clone()),
        _ => None,
    });
    assert_eq!(asked.as_deref(), Some("čer"));
    let names = vec!["Černý, Jiří".to_owned()];
    answer(&mut model, &effects, Slot::Names, Ok(Answer::Names { of: "čer".to_owned(), names }));
    key(&mut model, "Tab");
    assert_eq!(model.calls.query.input.text(), "name:\"Černý, Jiří\"");
}

#[test]
fn a_suggestion_is_taken_with_tab() {
    for (typed, detail, position, length, meant) in [
        ("601 lenght:>2m", "no field \"lenght:\"; did you mean \"len:\"?", 4, 7, "601 len:>2m"),
        ("is:mised today", "no value \"mised\" for \"is:\"; did you mean \"missed\"?", 3, 5, "is:missed today"),
        ("view:lat 601", "no view \"lat\"; did you mean \"Late ones\"?", 5, 3, "view:\"Late ones\" 601"),
    ] {
        let mut model = listed("dark", Depth::C256, (80, 24));
        let effects = typing(&mut model, typed);
        problem(&mut model, &effects, detail, position, length);
        let text = text_of(&drawn(&model));
        assert!(text.contains("did you mean") && text.contains("Tab takes"), "{text}");
        key(&mut model, "Tab");
        assert_eq!(model.calls.query.input.text(), meant);
    }
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = typing(&mut model, "is:unreviewd");
    problem(
        &mut model,
        &effects,
        "no value \"unreviewd\" for \"is:\"; did you mean \"unreviewed\"? (it comes with reviews)",
        3,
        9,
    );
    key(&mut model, "Tab");
    assert_eq!(model.calls.query.input.text(), "is:unreviewd", "what comes later would be refused again");
}

#[test]
fn a_word_that_can_be_completed_is_not_called_wrong_yet() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = typing(&mut model, "is:mis");
    problem(&mut model, &effects, "no value \"mis\" for \"is:\"; did you mean \"missed\"?", 3, 3);
    let text = text_of(&drawn(&model));
    assert!(!text.contains("did you mean") && text.contains("│ missed"), "{text}");
}

#[test]
fn history_goes_through_what_begins_as_typed() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    for query in ["talk:>1m", "is:missed", "talk:>2m"] {
        key(&mut model, "0");
        key(&mut model, "/");
        keys(&mut model, query);
        key(&mut model, "Enter");
    }
    key(&mut model, "0");
    keys(&mut model, "/ta");
    for (press, shown) in [("Up", "talk:>2m"), ("Up", "talk:>1m"), ("Up", "talk:>1m"), ("Down", "talk:>2m"), ("Down", "ta")] {
        key(&mut model, press);
        assert_eq!(model.calls.query.input.text(), shown, "{press}");
    }
    key(&mut model, "Esc");
    assert_eq!(model.calls.query.applied, "");
}

#[test]
fn a_huge_paste_is_cut_with_a_message_and_a_tiny_screen_keeps_the_text() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "/");
    let paste = Input::Paste("note:word ".repeat(10_000));
    update::update(&mut model, Msg::Inputs { inputs: vec![paste], burst: false });
    assert!(model.calls.query.input.text().len() <= 4_096);
    assert!(text_of(&drawn(&model)).contains("was cut"));
    key(&mut model, "Ctrl-u");
    keys(&mut model, "agent:now");
    update::update(&mut model, Msg::Resized(20, 5));
    model.layout();
    drawn(&model);
    update::update(&mut model, Msg::Resized(80, 24));
    model.layout();
    assert_eq!(model.calls.query.input.text(), "agent:now");
    key(&mut model, "Esc");
    keys(&mut model, "f");
    keys(&mut model, "today");
    update::update(&mut model, Msg::Resized(20, 5));
    drawn(&model);
    update::update(&mut model, Msg::Resized(60, 16));
    drawn(&model);
    update::update(&mut model, Msg::Resized(80, 24));
    assert!(text_of(&drawn(&model)).contains("[today"), "{}", text_of(&drawn(&model)));
}

/// Presses keys by name, parted by blanks.
fn press(model: &mut Model, names: &str) -> Vec<Effect> {
    names.split(' ').flat_map(|name| key(model, name)).collect()
}

#[test]
fn the_form_writes_the_query_and_the_list_follows() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    typing(&mut model, "-tag:x");
    key(&mut model, "Enter");
    keys(&mut model, "f");
    let effects = keys(&mut model, "today");
    assert_eq!(model.calls.query.applied, "-tag:x today");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::List, after_ms: 30, .. })), "{effects:?}");
    let text = text_of(&drawn(&model));
    assert!(text.contains("Written as") && text.contains("-tag:x today") && text.contains("and also"), "{text}");
    press(&mut model, "Tab Tab Tab Space Tab Tab Tab Tab Space");
    assert_eq!(model.calls.query.applied, "-tag:x today dir:in is:missed");
    press(&mut model, "Shift-Tab Space");
    assert_eq!(model.calls.query.applied, "-tag:x today dir:in is:answered,missed");
    press(&mut model, "Down Down Down");
    keys(&mut model, "601,605");
    press(&mut model, "Tab");
    keys(&mut model, "no");
    press(&mut model, "Down Down Enter");
    assert_eq!(model.calls.query.applied, "-tag:x today dir:in is:answered,missed ext:601,605 agent:Nováková");
    key(&mut model, "Enter");
    assert!(model.overlays.is_empty());
    assert_eq!(model.calls.query.history.last().map(String::as_str), Some(model.calls.query.applied.as_str()));
    key(&mut model, "u");
    assert_eq!(model.calls.query.applied, "-tag:x");
}

#[test]
fn leaving_the_form_changes_nothing_and_clearing_empties_it() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "/601");
    key(&mut model, "Enter");
    keys(&mut model, "fyesterday");
    let effects = key(&mut model, "Esc");
    assert_eq!(model.calls.query.applied, "601");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::List, after_ms: 0, .. })), "{effects:?}");
    keys(&mut model, "f");
    press(&mut model, "Shift-Tab Shift-Tab Enter");
    assert_eq!(model.calls.query.applied, "");
    press(&mut model, "Shift-Tab Shift-Tab Space");
    assert!(model.overlays.is_empty());
    key(&mut model, "u");
    assert_eq!(model.calls.query.applied, "601");
}

#[test]
fn a_query_that_is_wrong_is_told_on_the_form() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "f11/7/2026");
    problem(&mut model, &effects, "this could be two days; write 2026-11-07 or 7.11.2026", 5, 9);
    assert!(text_of(&drawn(&model)).contains("▲ this could be two days"));
}

#[test]
fn days_are_picked_by_keys() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "f");
    press(&mut model, "Tab Down");
    assert!(text_of(&drawn(&model)).contains("November 2026"), "{}", text_of(&drawn(&model)));
    press(&mut model, "Up Left Enter");
    assert_eq!(model.calls.query.applied, "date:2026-10-30..");
    press(&mut model, "Tab Down t Enter");
    assert_eq!(model.calls.query.applied, "date:2026-10-30..2026-11-07");
    press(&mut model, "Down Esc Esc");
    assert_eq!(model.calls.query.applied, "");
    let jumped = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Read { read: Read::Jump { near, .. }, .. } => Some(near.q.clone()),
            _ => None,
        })
    };
    keys(&mut model, "gd");
    assert_eq!(jumped(&press(&mut model, "PageUp Enter")).as_deref(), Some("date:..2026-10-07"));
    keys(&mut model, "gd");
    keys(&mut model, "-2w");
    assert_eq!(jumped(&press(&mut model, "Enter")).as_deref(), Some("date:..-2w"));
    keys(&mut model, "gdsoon");
    assert_eq!(jumped(&press(&mut model, "Enter")), None);
    assert!(text_of(&drawn(&model)).contains("not a date"), "{}", text_of(&drawn(&model)));
}

#[test]
fn a_chip_is_changed_through_the_palette_and_remembered() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, ":chip 5 \"tag:refund\"");
    key(&mut model, "Enter");
    keys(&mut model, "5");
    assert_eq!(model.calls.query.applied, "tag:refund");
    assert!(text_of(&drawn(&model)).contains("5■tag:refund"));
    let memory = model.memory();
    assert_eq!(memory.chips[4], "tag:refund");
    keys(&mut model, ":chip 5 (tag");
    key(&mut model, "Enter");
    assert!(text_of(&drawn(&model)).contains("stays as it was"));
    let mut fresh = Model::new(setup("dark", Depth::C256), at("2026-11-07T14:00:00Z"), (80, 24));
    update::update(&mut fresh, Msg::Remembered(Box::new(memory)));
    assert_eq!(fresh.calls.chips, model.calls.chips);
}

#[test]
fn all_values_of_a_facet_are_searched() {
    let mut model = listed("dark", Depth::C256, (120, 40));
    key(&mut model, "Tab");
    press(&mut model, "PageDown Down Down Down");
    key(&mut model, "Enter");
    let text = text_of(&drawn(&model));
    assert!(text.contains("8 of 8") && text.contains("Černý"), "{text}");
    keys(&mut model, "cerny");
    key(&mut model, "Enter");
    assert_eq!(model.calls.query.applied, "agent:Černý");
    assert!(model.overlays.is_empty());
}

#[test]
fn pictures_of_asking() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{columns}x{rows}");
            let fresh = || listed(theme, depth, (columns, rows));
            let mut model = fresh();
            typing(&mut model, "today agent:");
            key(&mut model, "Tab");
            snapshot(&name("completion"), &model);
            let mut model = fresh();
            keys(&mut model, "15");
            snapshot(&name("chips"), &model);
            let mut model = fresh();
            typing(&mut model, "today talk:>2m ext:601..609 -is:flagged is:missed,busy wait:>30s");
            key(&mut model, "Enter");
            keys(&mut model, "f");
            model.calls.count = Some(Count { count: 312, exact: true });
            press(&mut model, "Tab Shift-Tab");
            snapshot(&name("form"), &model);
            press(&mut model, "Tab Down");
            snapshot(&name("form-calendar"), &model);
            let mut model = fresh();
            let effects = key(&mut model, "Tab");
            if columns < 110 {
                facets::counted(&mut model, &effects);
            }
            press(&mut model, "Down Enter Down -");
            snapshot(&name("facets"), &model);
            let mut model = fresh();
            keys(&mut model, "gd");
            snapshot(&name("day"), &model);
        }
    }
}
