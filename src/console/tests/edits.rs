//! Flags, tags, cases and notes: what is written, on which calls, and how it is taken back.

use super::*;
use crate::wire::NoteDraft;

fn writes(effects: &[Effect]) -> Vec<Write> {
    let write = |effect: &Effect| match effect {
        Effect::Write { write, .. } => Some(write.clone()),
        _ => None,
    };
    effects.iter().filter_map(write).collect()
}

fn done(model: &mut Model, effects: &[Effect], result: impl Fn() -> Result<Written, ClientError>) -> Vec<Effect> {
    let mut followed = Vec::new();
    for effect in effects {
        if let Effect::Write { number, write, .. } = effect {
            let written = Msg::Written { number: *number, write: Box::new(write.clone()), result: result() };
            followed.extend(update::update(model, written));
        }
    }
    followed
}

/// The screen of call 2, with its one note chosen.
fn at_its_note() -> Model {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let number = model.calls.current().and_then(|current| (0..30).find(|number| call(*number).id == current.id));
    assert_eq!(number, Some(2));
    key(&mut model, "Enter");
    key(&mut model, "Tab");
    assert_eq!(model.player.note, Some(0));
    model
}

fn note(version: i64, text: &str) -> wire::Note {
    wire::Note { version, text: text.to_owned(), ..detail(2).notes.remove(0) }
}

#[test]
fn the_chosen_note_is_changed_and_changed_back() {
    let mut model = at_its_note();
    assert!(text_of(&drawn(&model)).lines().any(|line| line.starts_with('►') && line.contains("refund form")));
    keys(&mut model, "en");
    keys(&mut model, ", twice");
    let effects = key(&mut model, "F2");
    let draft = |text: &str| NoteDraft { text: text.to_owned(), at: Some(Tenths(1_920)) };
    let (old, new) = ("asked twice for the refund form", "asked twice for the refund form, twice");
    let edit = |version, to: &str, was: &str| Write::EditNote {
        call: call(2).id,
        note: "01JN".to_owned(),
        version,
        draft: draft(to),
        was: draft(was),
    };
    assert_eq!(writes(&effects), [edit(1, new, old)]);
    done(&mut model, &effects, || Ok(Written::Note(note(2, new))));
    let back = key(&mut model, "u");
    assert_eq!(writes(&back), [edit(2, old, new)]);
    done(&mut model, &back, || Ok(Written::Note(note(3, old))));
    assert!(writes(&key(&mut model, "u")).is_empty(), "undoing is not itself undone");
}

#[test]
fn a_note_goes_only_after_a_yes_and_comes_back() {
    let mut model = at_its_note();
    keys(&mut model, "D");
    assert!(text_of(&drawn(&model)).contains("Remove \"asked twice"));
    assert!(writes(&key(&mut model, "n")).is_empty());
    let effects = keys(&mut model, "Dy");
    assert!(matches!(writes(&effects).as_slice(), [Write::RemoveNote { version: 1, .. }]), "{effects:?}");
    done(&mut model, &effects, || Ok(Written::Done));
    assert!(
        matches!(writes(&key(&mut model, "u")).as_slice(), [Write::AddNote { draft, .. }] if draft.at == Some(Tenths(1_920)))
    );
}

#[test]
fn a_note_that_somebody_else_changed_keeps_both_texts() {
    let mut model = at_its_note();
    keys(&mut model, "en");
    keys(&mut model, "!");
    let effects = key(&mut model, "F2");
    let conflict = || Err(ClientError::Problem(wire::Problem { status: 412, ..wire::Problem::default() }));
    done(&mut model, &effects, conflict);
    let text = text_of(&drawn(&model));
    assert!(text.contains("Somebody else changed that note") && text.contains("refund form!"), "{text}");
    let effects = key(&mut model, "F2");
    assert!(matches!(writes(&effects).as_slice(), [Write::AddNote { .. }]), "{effects:?}");
}

#[test]
fn a_note_that_is_far_too_long_is_kept_and_told_before_it_is_saved() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "en");
    let pasted = "zwrot pieniędzy ".repeat(6_250);
    let paste = |text: &str| Msg::Inputs { inputs: vec![Input::Paste(text.to_owned())], burst: false };
    update::update(&mut model, paste(&pasted));
    let text = text_of(&drawn(&model));
    assert!(text.contains("80,000 characters too many: a note holds 20,000"), "{text}");
    let effects = key(&mut model, "F2");
    assert!(writes(&effects).is_empty() && text_of(&drawn(&model)).contains("at most 20000"), "{effects:?}");
    for _ in 0..3 {
        key(&mut model, "Backspace");
        drawn(&model);
    }
    assert!(text_of(&drawn(&model)).contains("79,99"));
    // A screen too small to write on and back: the text is still there.
    update::update(&mut model, Msg::Resized(20, 5));
    assert!(text_of(&drawn(&model)).contains("Needs"));
    keys(&mut model, "x");
    update::update(&mut model, Msg::Resized(80, 24));
    assert!(text_of(&drawn(&model)).contains("79,99"));
}

#[test]
fn marks_of_two_hundred_thousand_calls_are_one_query_and_little_memory() {
    let ids: crate::console::tasks::Ids =
        (0..200_000).map(|number| call(number % 30).id).collect::<Vec<_>>().iter().map(String::as_str).collect();
    assert_eq!(ids.len(), 200_000);
    assert!(ids.bytes() < 8_000_000, "{} bytes", ids.bytes());
}
