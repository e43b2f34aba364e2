//! What one lacks is said before it is refused, who can give it too, and nothing is offered that one may not do.

use super::{
    line::{breaks, far, note},
    *,
};

fn lacking(permissions: &[Permission], size: (u16, u16)) -> Model {
    let mut model = listed_on(true, "dark", Depth::C256, size);
    if let Some(who) = &mut model.desk.who {
        who.permissions = permissions.to_vec();
    }
    model.calls.peaks = None;
    model
}

fn last_line(model: &Model) -> String {
    text_of(&drawn(model)).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn who_may_not_listen_is_told_so_and_asks_for_no_waveform() {
    let mut model = lacking(&[Permission::See], (80, 24));
    let effects = key(&mut model, "Enter");
    let asks = |effect: &Effect| matches!(effect, Effect::Read { slot: Slot::Peaks | Slot::Speech | Slot::Zoomed, .. });
    assert!(!effects.iter().any(asks), "each refusal is an entry of the audit log: {effects:?}");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("You lack the right \"listen\" here: ask an owner"), "{screen}");
    key(&mut model, "Space");
    assert!(text_of(&drawn(&model)).contains("You lack the right \"listen\": ask an owner"));
}

#[test]
fn a_refusal_of_one_recording_is_told_in_its_lanes() {
    let mut model = listed_on(true, "dark", Depth::C256, (80, 24));
    model.calls.peaks = None;
    let effects = key(&mut model, "Enter");
    let problem = wire::Problem { status: 403, detail: "not allowed".to_owned(), ..wire::Problem::default() };
    let effects = answer(&mut model, &effects, Slot::Peaks, Err(ClientError::Problem(problem)));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Speech, .. })), "{effects:?}");
    assert!(text_of(&drawn(&model)).contains("You lack the right \"listen\" here"));
}

#[test]
fn keys_that_one_may_not_use_are_not_offered() {
    let model = lacking(&[Permission::See], (120, 40));
    let hints = last_line(&model);
    for word in ["play", "note", "flag", "tags"] {
        assert!(!hints.contains(word), "{word}: {hints}");
    }
    assert!(hints.contains("filter") && hints.contains("sort"), "{hints}");
    let model = listed("dark", Depth::C256, (120, 40));
    assert!(last_line(&model).contains("p play"), "{}", last_line(&model));
}

#[test]
fn hints_of_the_lists_of_users_are_of_the_list_that_is_on() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "ge");
    let people = crate::console::access::People::default();
    answer(&mut model, &effects, Slot::People, Ok(Answer::People(Box::new(people.clone()))));
    assert!(last_line(&model).contains("Tab next list") && last_line(&model).contains("K lock"), "{}", last_line(&model));
    keys(&mut model, "\t");
    key(&mut model, "Tab");
    key(&mut model, "Tab");
    key(&mut model, "Tab");
    assert!(last_line(&model).contains("D end it") && !last_line(&model).contains("lock"), "{}", last_line(&model));
    let mut model = lacking(&[Permission::See], (80, 24));
    let effects = keys(&mut model, "ge");
    answer(&mut model, &effects, Slot::People, Ok(Answer::People(Box::new(people))));
    assert!(!last_line(&model).contains("add") && !last_line(&model).contains("lock"), "{}", last_line(&model));
    key(&mut model, "a");
    assert!(text_of(&drawn(&model)).contains("You lack the right \"users\": ask an owner"));
}

#[test]
fn what_waits_stands_among_the_notes_with_why() {
    let mut model = far("dark", Depth::C256, (120, 40));
    breaks(&mut model);
    note(&mut model, "call back on Monday");
    key(&mut model, "Enter");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("not sent") && screen.contains("note: call back on Monday · waits for the line"), "{screen}");
}

#[test]
fn while_a_note_is_typed_no_letter_is_offered_as_a_key() {
    let mut model = far("dark", Depth::C256, (120, 40));
    breaks(&mut model);
    assert!(text_of(&drawn(&model)).contains("r at once"));
    keys(&mut model, "en");
    let screen = text_of(&drawn(&model));
    assert!(!screen.contains("r at once") && screen.contains("Next try"), "{screen}");
}
