//! Facets: counts that follow the query, and keys that write it.

use super::*;
use crate::domain::list::FacetCount;

/// Counts as a company has them.
pub(super) fn counts() -> wire::Facets {
    let values = |values: &[(&str, u64)]| -> Vec<FacetCount> {
        let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        values.iter().map(|(text, count)| FacetCount { value: value(text), count: *count }).collect()
    };
    wire::Facets::from([
        ("direction".to_owned(), values(&[("in", 690), ("out", 431), ("internal", 83)])),
        (
            "outcome".to_owned(),
            values(&[("answered", 803), ("missed", 201), ("unanswered", 120), ("abandoned", 71), ("busy", 9)]),
        ),
        (
            "agents".to_owned(),
            values(&[
                ("Wiśniewska", 301),
                ("Nowak", 288),
                ("Dvořák", 171),
                ("Łukasik", 157),
                ("", 101),
                ("Horvat", 88),
                ("Őri", 60),
                ("Černý", 38),
            ]),
        ),
        ("groups".to_owned(), values(&[("sales", 540), ("support", 422), ("billing", 150), ("", 92)])),
        ("queue".to_owned(), values(&[("", 514), ("Support", 422), ("Sales", 140), ("Billing", 128)])),
        (
            "length".to_owned(),
            values(&[
                ("<10s", 401),
                ("10s..59.9s", 120),
                ("1m..1m59.9s", 204),
                ("2m..4m59.9s", 301),
                ("5m..14m59.9s", 140),
                (">=15m", 38),
            ]),
        ),
        ("recorded".to_owned(), values(&[("true", 743), ("false", 461)])),
        ("tags".to_owned(), values(&[("", 1_179), ("refund", 18), ("escalated", 7)])),
        ("projects".to_owned(), values(&[("", 1_204)])),
    ])
}

/// The counts of the query that runs.
pub(super) fn counted(model: &mut Model, effects: &[Effect]) -> Vec<Effect> {
    let q = model.calls.query.applied.clone();
    answer(model, effects, Slot::Facets, Ok(Answer::Facets { q, facets: counts() }))
}

#[test]
fn beside_the_list_they_are_read_with_each_query_and_values_write_it() {
    let mut model = listed("dark", Depth::C256, (120, 40));
    let text = text_of(&drawn(&model));
    assert!(text.contains("AGENT") && text.contains("Wiśniewska  301 │") && text.contains("… 3 more"), "{text}");
    key(&mut model, "Tab");
    assert_eq!(model.context(), super::super::keymap::Context::Facets);
    let effects = key(&mut model, "Enter");
    assert_eq!(model.calls.query.applied, "dir:in");
    let effects = answer(&mut model, &effects, Slot::List, Ok(page(0..10, None)));
    let Some(Effect::Read { read: Read::Facets { q, parts }, .. }) =
        effects.iter().find(|effect| matches!(effect, Effect::Read { slot: Slot::Facets, .. }))
    else {
        panic!("{effects:?}")
    };
    assert_eq!(q, "dir:in");
    assert!(parts.iter().any(|part| part.q.is_empty() && part.by == "direction"), "{parts:?}");
    counted(&mut model, &effects);
    keys(&mut model, "j ");
    assert_eq!(model.calls.query.applied, "dir:in,out");
    keys(&mut model, "j-");
    assert_eq!(model.calls.query.applied, "dir:in,out -dir:internal");
    keys(&mut model, "u");
    assert_eq!(model.calls.query.applied, "dir:in,out");
    key(&mut model, "Tab");
    assert!(!model.calls.facets.focus);
}

#[test]
fn an_older_count_is_dropped_and_one_under_way_ends() {
    let mut model = listed("dark", Depth::C256, (120, 40));
    let first = keys(&mut model, "/601");
    let first = answer(&mut model, &first, Slot::List, Ok(page(0..5, None)));
    let second = keys(&mut model, "1");
    assert!(second.iter().any(|effect| matches!(effect, Effect::Wait { slot: Slot::Facets, .. })), "{second:?}");
    let late = wire::Facets::new();
    answer(&mut model, &first, Slot::Facets, Ok(Answer::Facets { q: "601".to_owned(), facets: late }));
    assert!(text_of(&drawn(&model)).contains("Dvořák"), "the late answer would have emptied the panel");
}

#[test]
fn hidden_or_narrow_nothing_is_read_until_it_is_opened() {
    let asked = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Facets, .. }));
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "/601");
    let effects = answer(&mut model, &effects, Slot::List, Ok(page(0..5, None)));
    assert!(!asked(&effects));
    key(&mut model, "Enter");
    let effects = key(&mut model, "Tab");
    assert!(asked(&effects));
    counted(&mut model, &effects);
    assert!(text_of(&drawn(&model)).contains("Facets"));
    key(&mut model, "Esc");
    assert!(!model.calls.facets.focus && !text_of(&drawn(&model)).contains("Facets"));

    let mut model = listed("dark", Depth::C256, (120, 40));
    key(&mut model, "w");
    assert!(!text_of(&drawn(&model)).contains("AGENT\n") && model.memory().facets_hidden);
    let effects = keys(&mut model, "/601");
    assert!(!asked(&answer(&mut model, &effects, Slot::List, Ok(page(0..5, None)))));
    key(&mut model, "Enter");
    assert!(asked(&key(&mut model, "w")));

    let mut model = listed_on(true, "dark", Depth::C256, (120, 40));
    let effects = keys(&mut model, "/601");
    assert!(!asked(&answer(&mut model, &effects, Slot::List, Ok(page(0..5, None)))), "a dear line");
}

#[test]
fn digits_toggle_chips_and_0_clears() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "15");
    assert_eq!(model.calls.query.applied, "today is:missed,abandoned");
    let text = text_of(&drawn(&model));
    assert!(text.contains("1■Today 2□Yesterday") && text.contains("5■Missed"), "{text}");
    keys(&mut model, "2");
    assert_eq!(model.calls.query.applied, "is:missed,abandoned yesterday", "no call is of two days");
    keys(&mut model, "5");
    assert_eq!(model.calls.query.applied, "yesterday");
    keys(&mut model, "0");
    assert_eq!(model.calls.query.applied, "");
    keys(&mut model, "u");
    assert_eq!(model.calls.query.applied, "yesterday");
}
