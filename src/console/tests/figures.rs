//! Page first, then count and totals; what others wrote is noticed without moving anything.

use super::*;

fn reads(effects: &[Effect], wanted: Slot) -> Vec<(u64, Read)> {
    let read = |effect: &Effect| match effect {
        Effect::Read { slot, generation, read, .. } if *slot == wanted => Some((*generation, read.clone())),
        _ => None,
    };
    effects.iter().filter_map(read).collect()
}

fn told(model: &mut Model, generation: u64, answer: Answer) -> Vec<Effect> {
    update::update(model, Msg::Answered { slot: Slot::List, generation, answer: Box::new(Ok(answer)) })
}

fn totals(calls: u64) -> Answer {
    Answer::Totals(Box::new(wire::Totals { calls, answered: calls, talk_s: Tenths(36_000), ..wire::Totals::default() }))
}

fn line(model: &Model) -> String {
    text_of(&drawn(model)).lines().nth(1).expect("the query line").to_owned()
}

#[test]
fn a_key_asks_for_one_page_and_its_figures_and_what_is_older_is_dropped() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "/");
    let mut last = 0;
    for character in "601".chars() {
        let effects = update::update(&mut model, Msg::Inputs { inputs: vec![Input::Key(Key::char(character))], burst: false });
        let asked: Vec<&Effect> = effects.iter().filter(|effect| matches!(effect, Effect::Read { .. })).collect();
        assert_eq!(asked.len(), 1, "{effects:?}");
        let pages = reads(&effects, Slot::List);
        let [(generation, Read::Page { query, figures: true })] = pages.as_slice() else { panic!("{effects:?}") };
        assert_eq!(query.total, Some(false), "the page waits for no count");
        assert!(*generation > last);
        last = *generation;
    }
    told(&mut model, last - 1, totals(7_000));
    assert!(!line(&model).contains("7,000"), "{}", line(&model));
    told(&mut model, last, page(0..20, Some("more")));
    assert!(line(&model).ends_with("… of 1,204"), "{}", line(&model));
    told(&mut model, last, Answer::Count(Count { count: 10_000, exact: false }));
    assert!(line(&model).ends_with("≥ 10,000 of 1,204"), "{}", line(&model));
    told(&mut model, last, totals(312));
    assert!(line(&model).ends_with("1 h 00 min talked · 312 of 1,204"), "{}", line(&model));
    // The same query in another order, or from its end, has the same figures.
    key(&mut model, "Enter");
    let effects = key(&mut model, "S");
    assert!(matches!(reads(&effects, Slot::List).as_slice(), [(_, Read::Page { figures: false, .. })]), "{effects:?}");
}

#[test]
fn the_first_page_waits_for_nothing_else() {
    let (mut model, effects) = connected("dark", Depth::C256, (80, 24));
    let asked: Vec<&Effect> = effects.iter().filter(|effect| matches!(effect, Effect::Read { .. })).collect();
    assert!(matches!(asked.as_slice(), [Effect::Read { slot: Slot::List, .. }]), "{asked:?}");
    let effects = answer(&mut model, &effects, Slot::List, Ok(page(0..30, Some("more"))));
    assert_eq!(reads(&effects, Slot::Revision), [(1, Read::Revision(None))]);
    assert!(reads(&effects, Slot::Values).is_empty());
    let effects = key(&mut model, "/");
    assert_eq!(reads(&effects, Slot::Values), [(1, Read::Values)]);
    answer(&mut model, &effects, Slot::Values, Ok(Answer::Values(crate::console::effect::Values::default())));
    key(&mut model, "Esc");
    assert!(reads(&key(&mut model, "/"), Slot::Values).is_empty(), "asked once");
}

#[test]
fn new_calls_of_others_are_told_and_move_nothing() {
    let (mut model, effects) = connected("dark", Depth::C256, (80, 24));
    model.layout();
    let effects = answer(&mut model, &effects, Slot::List, Ok(page(0..30, None)));
    let revision = |revision: &str, count| {
        let calls = Count { count, exact: true };
        Ok(Answer::Revision(wire::Revision { revision: revision.to_owned(), calls, indexing: None }))
    };
    let effects = answer(&mut model, &effects, Slot::Revision, revision("1", 30));
    keys(&mut model, "jjj");
    let mut effects = effects;
    for (number, calls, news, dirty) in [("1", 30, 0, false), ("2", 36, 6, true), ("3", 37, 7, true), ("4", 37, 7, false)] {
        let [Effect::Wait { slot: Slot::Revision, generation, after_ms: 1_000 }] = effects.as_slice() else {
            panic!("{effects:?}");
        };
        let asked = update::update(&mut model, Msg::Due { slot: Slot::Revision, generation: *generation });
        assert!(matches!(reads(&asked, Slot::Revision).as_slice(), [(_, Read::Revision(Some(_)))]), "{asked:?}");
        assert!(!model.dirty);
        effects = answer(&mut model, &asked, Slot::Revision, revision(number, calls));
        assert_eq!((model.calls.new_calls, model.dirty), (news, dirty), "{number}");
        assert_eq!((model.calls.list.cursor(), model.calls.list.rows().count()), (3, 30));
    }
    assert!(text_of(&drawn(&model)).contains("7 new calls  r loads them"));
    let effects = keys(&mut model, "/x");
    answer(&mut model, &effects, Slot::List, Ok(page(0..30, None)));
    assert_eq!(model.calls.new_calls, 0, "they are in the list now");
    key(&mut model, "Enter");
    let effects = key(&mut model, "r");
    assert!(matches!(reads(&effects, Slot::List).as_slice(), [(_, Read::Page { figures: true, .. })]), "{effects:?}");
}

#[test]
fn what_others_did_to_the_call_that_is_looked_at_is_shown() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    model.calls.revision = Some("1".to_owned());
    model.calls.looking = false;
    let asked = update::update(&mut model, Msg::Continued);
    assert!(asked.contains(&Effect::Retake));
    let calls = Count { count: 1_204, exact: true };
    let generation = model.desk.supersede(Slot::Revision);
    let changed = Answer::Revision(wire::Revision { revision: "2".to_owned(), calls, indexing: None });
    let effects = update::update(&mut model, Msg::Answered { slot: Slot::Revision, generation, answer: Box::new(Ok(changed)) });
    assert_eq!(reads(&effects, Slot::Detail).len(), 1, "{effects:?}");
    let same = model.calls.detail.clone().expect("looked at");
    answer(&mut model, &effects, Slot::Detail, Ok(Answer::Detail(same.clone())));
    assert!(!model.dirty, "nothing of it was changed");
    let mut other = same;
    other.call.flagged = true;
    let generation = model.desk.supersede(Slot::Detail);
    let answer = Box::new(Ok(Answer::Detail(other)));
    update::update(&mut model, Msg::Answered { slot: Slot::Detail, generation, answer });
    assert!(model.dirty && model.calls.current().is_some_and(|call| call.flagged));
}
