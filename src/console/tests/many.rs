//! The same done to many calls: counted, asked, followed, ended, taken back, done again.

use super::*;
use crate::{
    console::{
        effect::Read,
        tasks::{Part, Scope, State, Task, TaskEnd, TaskEvent},
    },
    wire::{Changed, ChangedCall, Changes, Former, NoteDraft},
};

fn tasks(effects: &[Effect]) -> Vec<(u64, Task)> {
    let task = |effect: &Effect| match effect {
        Effect::Task { number, task } => Some((*number, task.as_ref().clone())),
        _ => None,
    };
    effects.iter().filter_map(task).collect()
}

fn told(model: &mut Model, number: u64, event: TaskEvent) -> Vec<Effect> {
    update::update(model, Msg::Task { number, event })
}

fn ended(model: &mut Model, number: u64) -> Vec<Effect> {
    told(model, number, TaskEvent::Ended(TaskEnd::Changed { cancelled: false }))
}

fn id(number: usize) -> String {
    call(number).id
}

/// The words on the screen, however they are broken into lines.
fn screen(model: &Model) -> String {
    text_of(&drawn(model)).replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn all() -> Scope {
    Scope::Query { q: String::new(), sort: String::new() }
}

fn flags(numbers: &[usize], gone: &[&str]) -> TaskEvent {
    let changed =
        numbers.iter().map(|number| ChangedCall { id: id(*number), flag_turned: true, ..ChangedCall::default() }).collect();
    let gone = gone.iter().map(|id| (*id).to_owned()).collect();
    TaskEvent::Changed { part: 0, changed: Box::new(Changed { changed, gone, ..Changed::default() }) }
}

fn survey(model: &mut Model, effects: &[Effect], calls: u64, unflagged: u64) -> Vec<Effect> {
    answer(model, effects, Slot::Targets, Ok(Answer::Survey { calls, unflagged }))
}

fn parts(task: &Task) -> Vec<(Changes, Vec<String>)> {
    let Task::Restore(parts) = task else { panic!("{task:?}") };
    let told = |part: &Part| (part.changes.clone(), part.calls.iter().map(ToOwned::to_owned).collect());
    parts.iter().map(told).collect()
}

#[test]
fn everything_that_matches_is_counted_again_and_asked_about() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "*F");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { read: Read::Survey(scope), .. } if *scope == all())));
    assert!(tasks(&effects).is_empty());
    survey(&mut model, &effects, 200_000, 199_990);
    let text = screen(&model);
    assert!(text.contains("Flag 200,000 calls") && text.contains("199,990 have no flag"), "{text}");
    assert!(tasks(&key(&mut model, "Enter")).is_empty(), "only y does it");
    let effects = keys(&mut model, "F");
    survey(&mut model, &effects, 200_000, 199_990);
    let begun = tasks(&key(&mut model, "y"));
    let [(number, Task::Change { scope, changes })] = begun.as_slice() else { panic!("{begun:?}") };
    assert_eq!((scope, changes.flagged), (&all(), Some(true)));
    // The list follows, and only with the progress is drawn.
    told(&mut model, *number, flags(&[2, 5], &["X", "Y", "Z"]));
    assert!(!model.dirty);
    told(&mut model, *number, TaskEvent::Progress { done: 50_000, all: Some(200_000) });
    assert!(model.dirty && screen(&model).contains("changing 25 %"), "{}", screen(&model));
    assert!(model.calls.list.rows().filter(|row| row.call.flagged).count() == 3);
    ended(&mut model, *number);
    let text = screen(&model);
    assert!(text.contains("2 changed") && text.contains("3 of 200,000 were not there any more"), "{text}");
    // Back: only what was changed; and again.
    let back = tasks(&keys(&mut model, "u"));
    let [(number, task)] = back.as_slice() else { panic!("{back:?}") };
    assert_eq!(parts(task), [(Changes { flagged: Some(false), ..Changes::default() }, vec![id(2), id(5)])]);
    assert!(tasks(&keys(&mut model, "u")).is_empty(), "not before it is through");
    told(&mut model, *number, flags(&[2, 5], &[]));
    ended(&mut model, *number);
    assert_eq!(model.calls.list.rows().filter(|row| row.call.flagged).count(), 1);
    let again = tasks(&keys(&mut model, "U"));
    let [(_, task)] = again.as_slice() else { panic!("{again:?}") };
    assert_eq!(parts(task), [(Changes { flagged: Some(true), ..Changes::default() }, vec![id(2), id(5)])]);
}

#[test]
fn calls_that_all_have_the_flag_lose_it() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "*F");
    survey(&mut model, &effects, 7, 0);
    assert!(screen(&model).contains("All of them lose their"), "{}", screen(&model));
    let effects = keys(&mut model, "n*F");
    survey(&mut model, &effects, 0, 0);
    assert!(model.overlays.is_empty() && screen(&model).contains("Nothing of it is there any more"));
}

#[test]
fn a_few_marked_calls_are_changed_at_once() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "ttt");
    let begun = tasks(&keys(&mut model, "F"));
    let [(_, Task::Change { scope: Scope::Calls(ids), changes })] = begun.as_slice() else { panic!("{begun:?}") };
    assert_eq!(ids.iter().collect::<Vec<_>>(), [id(2), id(3), id(4)]);
    assert_eq!(changes.flagged, Some(true), "call 4 has it already, the others have not");
}

#[test]
fn tags_are_added_and_with_a_dash_taken_off() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "ttet");
    assert!(screen(&model).contains("Tags of 2 marked calls"), "{}", screen(&model));
    keys(&mut model, "new, - old,new,");
    let effects = key(&mut model, "Enter");
    let [(number, Task::Change { changes, .. })] = &tasks(&effects)[..] else { panic!("{effects:?}") };
    let wanted = Changes { add_tags: vec!["new".to_owned()], remove_tags: vec!["old".to_owned()], ..Changes::default() };
    assert_eq!(*changes, wanted);
    let one = ChangedCall { id: id(2), tags_added: vec!["new".to_owned()], ..ChangedCall::default() };
    let two = ChangedCall { id: id(3), tags_removed: vec!["old".to_owned()], tags_added: one.tags_added.clone(), ..one.clone() };
    let changed = Changed { changed: vec![one, two], ..Changed::default() };
    told(&mut model, *number, TaskEvent::Changed { part: 0, changed: Box::new(changed) });
    assert_eq!(
        model.calls.list.rows().nth(2).map(|row| row.call.tags.clone()),
        Some(vec!["refund".to_owned(), "new".to_owned()])
    );
    ended(&mut model, *number);
    let back = tasks(&keys(&mut model, "u"));
    let take = |add: &[&str]| Changes {
        add_tags: add.iter().map(|tag| (*tag).to_owned()).collect(),
        remove_tags: vec!["new".to_owned()],
        ..Changes::default()
    };
    assert_eq!(parts(&back[0].1), [(take(&[]), vec![id(2)]), (take(&["old"]), vec![id(3)])]);
}

#[test]
fn each_call_gets_its_own_case_back() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "*ec");
    assert!(screen(&model).contains("Case of all that match"));
    keys(&mut model, "C-9");
    let effects = key(&mut model, "Enter");
    survey(&mut model, &effects, 312, 300);
    assert!(screen(&model).contains("tied to case C-9"), "{}", screen(&model));
    let begun = tasks(&key(&mut model, "y"));
    let call = |number: usize, was: Option<&str>| ChangedCall {
        id: id(number),
        case_before: Some(Former { value: was.map(ToOwned::to_owned) }),
        ..ChangedCall::default()
    };
    let changed = Changed { changed: vec![call(2, Some("C-17")), call(4, None)], ..Changed::default() };
    told(&mut model, begun[0].0, TaskEvent::Changed { part: 0, changed: Box::new(changed) });
    assert_eq!(model.calls.current().and_then(|call| call.case.clone()), Some("C-9".to_owned()));
    ended(&mut model, begun[0].0);
    let back = tasks(&keys(&mut model, "u"));
    let case = |case: Option<&str>| Changes { case: Some(case.map(ToOwned::to_owned)), ..Changes::default() };
    assert_eq!(parts(&back[0].1), [(case(None), vec![id(4)]), (case(Some("C-17")), vec![id(2)])]);
}

#[test]
fn the_same_note_comes_to_each_marked_call() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "tten");
    assert!(screen(&model).contains("The same note at 2 marked calls"), "{}", screen(&model));
    keys(&mut model, "called back");
    let begun = tasks(&key(&mut model, "F2"));
    let note = NoteDraft { text: "called back".to_owned(), at: None };
    let wanted = Changes { note: Some(note), ..Changes::default() };
    assert!(matches!(&begun[..], [(_, Task::Change { changes, .. })] if *changes == wanted), "{begun:?}");
}

#[test]
fn work_is_ended_says_what_was_done_and_leaving_asks() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "*F");
    survey(&mut model, &effects, 1_000, 900);
    let number = tasks(&key(&mut model, "y"))[0].0;
    told(&mut model, number, flags(&[2], &[]));
    told(&mut model, number, TaskEvent::Progress { done: 500, all: Some(1_000) });
    let effects = keys(&mut model, "*F");
    survey(&mut model, &effects, 1_000, 900);
    assert!(tasks(&key(&mut model, "y")).is_empty(), "the like of it waits");
    key(&mut model, "q");
    assert!(screen(&model).contains("2 pieces of work are not done"), "{}", screen(&model));
    key(&mut model, "n");
    let effects = key(&mut model, "Ctrl-c");
    assert_eq!(effects, [Effect::EndTask(number)]);
    assert!(!model.asked_once, "it ends the work and not the program");
    let effects = told(&mut model, number, TaskEvent::Ended(TaskEnd::Changed { cancelled: true }));
    assert!(screen(&model).contains("was ended: 1 changed; u undoes"), "{}", screen(&model));
    let second = tasks(&effects)[0].0;
    // Leaving ends what runs and waits for it.
    key(&mut model, "q");
    let effects = key(&mut model, "y");
    assert!(effects.contains(&Effect::EndTask(second)) && !effects.iter().any(|effect| matches!(effect, Effect::Leave { .. })));
    let effects = told(&mut model, second, TaskEvent::Ended(TaskEnd::Changed { cancelled: true }));
    assert!(effects.contains(&Effect::Leave { status: 0 }), "{effects:?}");
}

#[test]
fn what_failed_in_the_middle_is_kept_for_taking_back() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "*F");
    survey(&mut model, &effects, 1_000, 900);
    let number = tasks(&key(&mut model, "y"))[0].0;
    told(&mut model, number, flags(&[2, 5], &[]));
    told(&mut model, number, TaskEvent::Ended(TaskEnd::Failed("the line broke".to_owned())));
    let text = screen(&model);
    assert!(text.contains("the line broke") && text.contains("2 were changed before"), "{text}");
    assert!(matches!(model.desk.tasks.entries()[0].state, State::Failed(_)));
    assert_eq!(parts(&tasks(&keys(&mut model, "u"))[0].1)[0].1, [id(2), id(5)]);
}

#[test]
fn a_database_that_is_only_read_says_so() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    model.desk.who.as_mut().expect("who").read_only = true;
    for press in ["F", "et", "ec", "en"] {
        keys(&mut model, "t");
        let effects = keys(&mut model, press);
        assert!(effects.iter().all(|effect| matches!(effect, Effect::Wait { .. })) && model.overlays.is_empty(), "{effects:?}");
        assert!(screen(&model).contains("read-only here"), "{press}");
    }
}

#[test]
fn marks_come_back_exactly_and_go_again() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "ttjVjj");
    keys(&mut model, "V");
    let marked = model.calls.marks.clone();
    assert!(screen(&model).contains("5 marked"), "{}", screen(&model));
    keys(&mut model, "*");
    keys(&mut model, "g*");
    assert!(model.calls.marks.is_none());
    keys(&mut model, "uu");
    assert_eq!(model.calls.marks, marked);
    keys(&mut model, "u");
    assert!(screen(&model).contains("2 marked"));
    keys(&mut model, "uu");
    assert!(model.calls.marks.is_none());
    keys(&mut model, "UUU");
    assert_eq!(model.calls.marks, marked);
    keys(&mut model, "ut");
    keys(&mut model, "U");
    assert!(screen(&model).contains("Nothing was taken back"), "something new was done");
}

#[test]
fn single_changes_are_done_again_too() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let done = |model: &mut Model, effects: &[Effect]| {
        for effect in effects {
            if let Effect::Write { number, write, .. } = effect {
                let written = Msg::Written { number: *number, write: Box::new(write.clone()), result: Ok(Written::Done) };
                update::update(model, written);
            }
        }
    };
    let effects = keys(&mut model, "F");
    assert!(screen(&model).contains("u undoes"), "{}", screen(&model));
    done(&mut model, &effects);
    let wanted = |flagged| Write::SetFlag { call: id(2), flagged };
    for (press, flagged) in [("u", false), ("U", true), ("u", false)] {
        let effects = keys(&mut model, press);
        assert!(matches!(&effects[..], [Effect::Write { write, .. }] if *write == wanted(flagged)), "{press}: {effects:?}");
        done(&mut model, &effects);
    }
    keys(&mut model, "/x");
    key(&mut model, "Enter");
    keys(&mut model, "u");
    assert_eq!(model.calls.query.applied, "");
    keys(&mut model, "U");
    assert_eq!(model.calls.query.applied, "x");
}
