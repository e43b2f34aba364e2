//! A line that is away: what was read stays, what is asked is asked again, what is written is kept and sent once.

use super::*;
use crate::console::unsent::Kept;

fn away() -> ClientError {
    ClientError::Unreachable {
        place: "https://office".to_owned(),
        why: "error sending request: tcp connect error: Connection refused (os error 111)".to_owned(),
    }
}

/// A list over a line, the third call under the cursor.
pub(super) fn far(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    model.desk.setup.place = "https://office.example.org".to_owned();
    model.desk.line.breaks = true;
    if let Some(who) = &mut model.desk.who {
        (who.name, who.via, who.place) = ("anna".to_owned(), "http".to_owned(), "office.example.org".to_owned());
    }
    model
}

/// The line breaks while news are waited for.
pub(super) fn breaks(model: &mut Model) -> Vec<Effect> {
    model.desk.read(Slot::Revision, 0, Read::Revision(Some("1".to_owned())));
    let asked = model.desk.take_effects();
    answer(model, &asked, Slot::Revision, Err(away()))
}

/// It is tried again, and works.
fn comes_back(model: &mut Model) -> Vec<Effect> {
    let effects = key(model, "r");
    connects(model, &effects)
}

pub(super) fn connects(model: &mut Model, effects: &[Effect]) -> Vec<Effect> {
    let generation = connecting(effects).expect("it is tried");
    let (who, zone) = (model.desk.who.clone().expect("somebody"), model.desk.zone.clone());
    let outcome = Box::new(Connected::Up { who, zone, over_a_line: true });
    update::update(model, Msg::Connected { generation, outcome })
}

fn connecting(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::Connect { generation } => Some(*generation),
        _ => None,
    })
}

fn writes(effects: &[Effect]) -> Vec<(u64, Write, String, bool)> {
    let write = |effect: &Effect| match effect {
        Effect::Write { number, write, key, again } => Some((*number, write.clone(), key.clone(), *again)),
        _ => None,
    };
    effects.iter().filter_map(write).collect()
}

pub(super) fn kept(effects: &[Effect]) -> Option<(Vec<Kept>, Vec<String>)> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Keep(keeping) => Some((keeping.keep.clone(), keeping.gone.clone())),
        _ => None,
    })
}

pub(super) fn note(model: &mut Model, text: &str) -> Vec<Effect> {
    key(model, "e");
    key(model, "n");
    keys(model, text);
    key(model, "F2")
}

#[test]
fn a_lost_line_is_told_and_the_list_stays() {
    let mut model = far("dark", Depth::C256, (80, 24));
    let effects = breaks(&mut model);
    let waits = effects.iter().find_map(|effect| match effect {
        Effect::Wait { slot: Slot::Retry, after_ms, .. } => Some(*after_ms),
        _ => None,
    });
    assert!((800..=1_200).contains(&waits.expect("it is tried again")), "{effects:?}");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("× line lost") && screen.contains("(Connection refused)"), "{screen}");
    assert!(screen.contains("Kovács") && !screen.contains("os error"), "{screen}");
    key(&mut model, "j");
    assert_eq!(model.calls.list.cursor(), 3);
    key(&mut model, "Enter");
    assert!(text_of(&drawn(&model)).contains("◄ Calls"), "the detail can be opened");
}

#[test]
fn it_is_tried_again_later_each_time_and_at_once_by_key() {
    let mut model = far("dark", Depth::C256, (80, 24));
    let mut effects = breaks(&mut model);
    let mut waits = Vec::new();
    for _ in 0..8 {
        let (generation, after_ms) = effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Wait { slot: Slot::Retry, generation, after_ms } => Some((*generation, *after_ms)),
                _ => None,
            })
            .expect("a wait");
        waits.push(after_ms);
        let tried = update::update(&mut model, Msg::Due { slot: Slot::Retry, generation });
        assert!(!model.dirty, "an attempt alone draws nothing");
        let generation = connecting(&tried).expect("it is tried");
        let outcome = Box::new(Connected::Away("Connection refused".to_owned()));
        effects = update::update(&mut model, Msg::Connected { generation, outcome });
    }
    assert!(waits.windows(2).take(4).all(|pair| pair[1] > pair[0]), "{waits:?}");
    assert!(waits[7] <= 36_000 && waits[7] >= 24_000, "{waits:?}");
    assert!(connecting(&key(&mut model, "r")).is_some());
}

#[test]
fn what_was_asked_is_asked_again_and_the_cursor_stays() {
    let mut model = far("dark", Depth::C256, (80, 24));
    breaks(&mut model);
    key(&mut model, "j");
    let waiting = key(&mut model, "/");
    assert!(waiting.iter().all(|effect| !matches!(effect, Effect::Read { .. })), "nothing is sent: {waiting:?}");
    let effects = keys(&mut model, "is:missed");
    assert!(effects.iter().all(|effect| !matches!(effect, Effect::Read { .. })), "{effects:?}");
    key(&mut model, "Enter");
    let effects = comes_back(&mut model);
    let asked = |slot: Slot| effects.iter().any(|effect| matches!(effect, Effect::Read { slot: there, .. } if *there == slot));
    assert!(asked(Slot::List) && asked(Slot::Values), "{effects:?}");
    let Some(Effect::Read { read: Read::Page { query, .. }, .. }) =
        effects.iter().find(|effect| matches!(effect, Effect::Read { slot: Slot::List, .. }))
    else {
        panic!("{effects:?}")
    };
    assert_eq!(query.q, "is:missed");
    assert!(!text_of(&drawn(&model)).contains("line lost"));
}

#[test]
fn what_others_did_meanwhile_is_loaded_without_moving_the_cursor() {
    let mut model = far("dark", Depth::C256, (80, 24));
    breaks(&mut model);
    let effects = comes_back(&mut model);
    let count = Count { count: 1_206, exact: true };
    let revision = wire::Revision { revision: "2".to_owned(), calls: count, indexing: None };
    let effects = answer(&mut model, &effects, Slot::Revision, Ok(Answer::Revision(revision)));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::List, .. })), "{effects:?}");
    let here = model.calls.current().expect("a call").id.clone();
    let mut fresh = vec![call(100), call(101)];
    fresh.extend((0..30).map(call));
    let page = wire::Page { items: fresh, next: None, previous: None, total: None };
    let line = model.calls.list.line_of_cursor();
    answer(&mut model, &effects, Slot::List, Ok(Answer::Page(page)));
    assert_eq!(model.calls.current().expect("a call").id, here);
    assert_eq!(model.calls.list.line_of_cursor(), line);
}

#[test]
fn what_is_written_meanwhile_waits_is_kept_and_is_sent_in_order_once() {
    let mut model = far("dark", Depth::C256, (80, 24));
    breaks(&mut model);
    let effects = note(&mut model, "call back");
    assert!(writes(&effects).is_empty(), "{effects:?}");
    let (keep, gone) = kept(&effects).expect("kept for the next start");
    assert_eq!((keep.len(), keep[0].person.as_str(), gone.len()), (1, "anna", 0));
    let effects = key(&mut model, "F");
    assert_eq!(kept(&effects).expect("kept").0.len(), 2);
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("2 unsent"), "{screen}");
    let effects = comes_back(&mut model);
    let sent = writes(&effects);
    assert!(matches!(sent[..], [(_, Write::AddNote { .. }, _, false), (_, Write::SetFlag { .. }, _, false)]), "{sent:?}");
    assert!(kept(&effects).is_none(), "they stay in the file until they are answered");
    // The answer is lost: the same note goes again with the same key.
    let (number, write, first_key, _) = sent[0].clone();
    update::update(&mut model, Msg::Written { number, write: Box::new(write), result: Err(away()) });
    let (number, write, ..) = sent[1].clone();
    update::update(&mut model, Msg::Written { number, write: Box::new(write), result: Err(away()) });
    let effects = comes_back(&mut model);
    let again = writes(&effects);
    assert_eq!((again.len(), &again[0].2, again[0].3), (2, &first_key, true));
    let (number, write, ..) = again[0].clone();
    let there = detail(2).notes[0].clone();
    let effects = update::update(&mut model, Msg::Written { number, write: Box::new(write), result: Ok(Written::Note(there)) });
    assert_eq!(kept(&effects).expect("one is out of the file").1, [first_key]);
}

#[test]
fn a_change_that_is_refused_later_stays_with_its_text() {
    let mut model = far("dark", Depth::C256, (80, 24));
    breaks(&mut model);
    note(&mut model, "a dear text");
    let sent = writes(&comes_back(&mut model));
    let problem = wire::Problem { status: 404, detail: "there is no call".to_owned(), ..wire::Problem::default() };
    let (number, write, ..) = sent[0].clone();
    let result = Err(ClientError::Problem(problem));
    let effects = update::update(&mut model, Msg::Written { number, write: Box::new(write), result });
    assert!(kept(&effects).expect("kept").0[0].refused.is_some());
    keys(&mut model, ":pending");
    key(&mut model, "Enter");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("a dear text") && screen.contains("there is no call"), "{screen}");
    let effects = key(&mut model, "y");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Copy(text) if text.contains("a dear text"))), "{effects:?}");
    let effects = key(&mut model, "D");
    assert!(kept(&effects).expect("gone").0.is_empty());
    assert!(model.overlays.is_empty());
}

#[test]
fn what_an_earlier_start_left_is_offered_and_sent_only_by_word() {
    let mut model = far("dark", Depth::C256, (80, 24));
    let write = Write::AddTag { call: call(1).id, tag: "refund".to_owned() };
    let left = Kept {
        place: model.desk.setup.place.clone(),
        person: "anna".to_owned(),
        made: at("2026-11-06T09:00:00Z"),
        key: "01JOLD-4".to_owned(),
        refused: None,
        write: write.clone(),
    };
    let effects = update::update(&mut model, Msg::Kept(vec![left]));
    assert!(writes(&effects).is_empty() && kept(&effects).is_none());
    assert!(text_of(&drawn(&model)).contains("from an earlier session"));
    let effects = key(&mut model, "s");
    assert_eq!(writes(&effects)[0].2, "01JOLD-4");
    let number = writes(&effects)[0].0;
    let effects = update::update(&mut model, Msg::Written { number, write: Box::new(write), result: Ok(Written::Done) });
    assert_eq!(kept(&effects).expect("gone").1, ["01JOLD-4"]);
}

#[test]
fn a_database_of_this_machine_has_no_line_to_lose() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    breaks(&mut model);
    assert_eq!(model.desk.connection, Connection::Up);
}

#[test]
fn nobody_waits_for_what_takes_long() {
    let mut model = far("dark", Depth::C256, (80, 24));
    let asked = key(&mut model, "r");
    let generation = super::generation(&asked, Slot::List);
    let effects = update::update(&mut model, Msg::Slow { slot: Slot::List, generation });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Probe, .. })), "{effects:?}");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("~ slow"), "{screen}");
    key(&mut model, "j");
    let effects = key(&mut model, "Esc");
    assert!(effects.contains(&Effect::Abort(Slot::List)), "{effects:?}");
    assert!(!text_of(&drawn(&model)).contains("~ slow"));
}

#[test]
fn an_expired_session_keeps_the_screen() {
    let mut model = far("dark", Depth::C256, (80, 24));
    model.desk.read(Slot::Detail, 0, Read::Detail(call(2).id));
    let asked = model.desk.take_effects();
    let problem = wire::Problem { status: 401, detail: "sign in".to_owned(), ..wire::Problem::default() };
    answer(&mut model, &asked, Slot::Detail, Err(ClientError::Problem(problem)));
    assert_eq!(model.desk.connection, Connection::SignedOut);
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("Your sign-in has ended") && screen.contains("! signed out"), "{screen}");
}
