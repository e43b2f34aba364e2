//! The boxes that take recordings and lists out: what they ask, show and lead to.

use super::*;
use crate::{
    console::{
        effect::{Haul, Read},
        tasks::{Scope, Task, TaskEnd, TaskEvent},
    },
    takeout::{Downloaded, End, Form, Saved, TakeError},
};

fn task(effects: &[Effect]) -> Option<(u64, Task)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Task { number, task } => Some((*number, task.as_ref().clone())),
        _ => None,
    })
}

fn screen(model: &Model) -> String {
    text_of(&drawn(model)).replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn haul() -> Haul {
    Haul { calls: 14, recordings: 12, bytes: 96_400_000, first: vec![call(0), call(2), call(6)] }
}

/// The box over a list with two marked calls, its numbers there.
fn downloading(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    keys(&mut model, "tt");
    let effects = keys(&mut model, "xd");
    answer(&mut model, &effects, Slot::Take, Ok(Answer::Haul(Box::new(haul()))));
    model
}

#[test]
fn recordings_go_into_a_folder_under_names_that_are_shown_first() {
    let mut model = downloading("dark", Depth::C256, (80, 24));
    let text = screen(&model);
    assert!(text.contains("12 recordings of 14 calls, 96.4 MB, counted just now"), "{text}");
    assert!(text.contains("2026-11-07_14-21-04_out_+48601550000_601.wav"), "{text}");
    key(&mut model, "Down");
    key(&mut model, "Ctrl-u");
    keys(&mut model, "{agnet}");
    assert!(screen(&model).contains("did you mean \"agent\"?"), "{}", screen(&model));
    assert!(task(&key(&mut model, "Enter")).is_none());
    key(&mut model, "Ctrl-u");
    keys(&mut model, "{case}/{kind}");
    let text = screen(&model);
    assert!(text.contains("unknown/out.wav") && text.contains("C-17/queue.wav"), "{text}");
    let effects = key(&mut model, "Enter");
    let Some((number, Task::Download { scope: Scope::Calls(ids), folder, template, all, .. })) = task(&effects) else {
        panic!("{effects:?}");
    };
    assert_eq!(ids.iter().collect::<Vec<_>>(), [call(2).id, call(3).id]);
    assert_eq!((folder.as_str(), template.as_str(), all), ("~/callreel", "{case}/{kind}", Some(12)));
    update::update(&mut model, Msg::Task { number, event: TaskEvent::Progress { done: 3, all: Some(12) } });
    assert!(screen(&model).contains("download 25 %"));
    let done = Downloaded {
        saved: 10,
        kept: 1,
        failed: 1,
        reasons: vec!["recording 01JR: damaged".to_owned()],
        only_missing: false,
        manifest: "/home/anna/callreel/manifest.csv".into(),
        end: End::Whole,
    };
    let ended = |done| TaskEvent::Ended(TaskEnd::Downloaded(Box::new(done)));
    update::update(&mut model, Msg::Task { number, event: ended(done.clone()) });
    let text = screen(&model);
    for words in [
        "10 recordings saved in /home/anna/callreel",
        "1 were there already",
        "1 failed, named in /home/anna/callreel/manifest.csv",
        "damaged",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    // The next box begins with what was typed into this one, at the next start as well.
    assert_eq!(model.memory().take_names, "{case}/{kind}");
    keys(&mut model, "xd");
    assert!(screen(&model).contains("{case}/{kind}"));
    let number = key(&mut model, "Enter").iter().find_map(|effect| match effect {
        Effect::Task { number, .. } => Some(*number),
        _ => None,
    });
    let full = Downloaded { end: End::Stopped(TakeError::Failed("/mnt/x cannot be written: no space".to_owned())), ..done };
    update::update(&mut model, Msg::Task { number: number.expect("begun"), event: ended(full) });
    let text = screen(&model);
    assert!(text.contains("failed: /mnt/x cannot be written: no space") && text.contains("the same again goes on"), "{text}");
}

#[test]
fn tab_completes_folders_and_shows_what_there_is() {
    let mut model = downloading("dark", Depth::C256, (80, 24));
    key(&mut model, "Ctrl-u");
    keys(&mut model, "~/ca");
    let effects = key(&mut model, "Tab");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { read: Read::Folders(text), .. } if text == "~/ca")));
    let found = |folders: &[&str]| {
        let folders = folders.iter().map(|folder| (*folder).to_owned()).collect();
        Ok(Answer::Folders { text: "~/ca".to_owned(), folders })
    };
    answer(&mut model, &effects, Slot::Path, found(&["~/calls/", "~/calls-old/"]));
    let text = screen(&model);
    assert!(text.contains("Folder ~/calls") && text.contains("calls calls-old"), "{text}");
    keys(&mut model, "x");
    let effects = key(&mut model, "Tab");
    answer(&mut model, &effects, Slot::Path, found(&["~/other/"]));
    assert!(screen(&model).contains("~/callsx"), "an answer to what is no longer there is dropped");
    let effects = key(&mut model, "Tab");
    let none = Ok(Answer::Folders { text: "~/callsx".to_owned(), folders: Vec::new() });
    answer(&mut model, &effects, Slot::Path, none);
    assert!(screen(&model).contains("it is made if you go on"));
}

#[test]
fn calls_without_recordings_and_places_without_a_name_are_told() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "xd");
    assert!(screen(&model).contains("the recordings of this call") && screen(&model).contains("Counting"));
    answer(&mut model, &effects, Slot::Take, Ok(Answer::Haul(Box::new(Haul { calls: 1, ..Haul::default() }))));
    assert!(task(&key(&mut model, "Enter")).is_none());
    assert!(screen(&model).contains("None of these calls has a recording"));
    key(&mut model, "Ctrl-u");
    key(&mut model, "Enter");
    assert!(screen(&model).contains("Say where it shall go"));
}

#[test]
fn the_list_is_saved_in_a_form_and_a_file_is_not_replaced_unasked() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "xl");
    assert!(screen(&model).contains("Save the list: all that match") && screen(&model).contains("calls-2026-11-07.csv"));
    answer(&mut model, &effects, Slot::Take, Ok(Answer::Haul(Box::new(haul()))));
    key(&mut model, "Down");
    key(&mut model, "Space");
    assert!(screen(&model).contains("calls-2026-11-07.json") && screen(&model).contains("(o) JSON"));
    key(&mut model, "Down");
    key(&mut model, "Right");
    let effects = key(&mut model, "Enter");
    assert!(task(&effects).is_none(), "what is there is looked at first");
    let wrong = Ok(Answer::Target(Err("/x is a folder; add the name of a file".to_owned())));
    answer(&mut model, &effects, Slot::Path, wrong);
    assert!(screen(&model).contains("add the name of a file"));
    let effects = key(&mut model, "Enter");
    answer(&mut model, &effects, Slot::Path, Ok(Answer::Target(Ok(true))));
    assert!(screen(&model).contains("Replace it?"));
    assert!(task(&key(&mut model, "n")).is_none());
    let effects = key(&mut model, "Enter");
    answer(&mut model, &effects, Slot::Path, Ok(Answer::Target(Ok(true))));
    let effects = key(&mut model, "y");
    let Some((number, Task::Save { scope: Scope::Query { q, .. }, file, replace: true, form: Form::Json, columns, all, .. })) =
        task(&effects)
    else {
        panic!("{effects:?}");
    };
    assert_eq!((q.as_str(), file.as_str(), all), ("", "~/callreel/calls-2026-11-07.json", Some(14)));
    assert!(columns.contains(&"talk_s"), "{columns:?}");
    let saved = Saved { rows: 1_204, bytes: 210_000, file: "/home/anna/callreel/x.json".into(), end: End::Whole };
    update::update(&mut model, Msg::Task { number, event: TaskEvent::Ended(TaskEnd::Saved(Box::new(saved))) });
    assert!(screen(&model).contains("1,204 rows in /home/anna/callreel/x.json (210 kB)"), "{}", screen(&model));
}

#[test]
fn without_the_right_and_to_a_drive_it_says_so() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "xx");
    assert!(screen(&model).contains("Drives are not there yet"));
    model.desk.who.as_mut().expect("who").permissions = vec![Permission::See];
    for (press, right) in [("xd", "download"), ("xl", "export")] {
        keys(&mut model, press);
        assert!(model.overlays.is_empty() && screen(&model).contains(right), "{press}: {}", screen(&model));
    }
}

#[test]
fn pictures_of_the_boxes() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{columns}x{rows}");
            let mut model = downloading(theme, depth, (columns, rows));
            snapshot(&name("take-recordings"), &model);
            key(&mut model, "Down");
            key(&mut model, "Ctrl-u");
            keys(&mut model, "{agnet}");
            snapshot(&name("take-wrong-name"), &model);
            let mut model = listed(theme, depth, (columns, rows));
            let effects = keys(&mut model, "xl");
            answer(&mut model, &effects, Slot::Take, Ok(Answer::Haul(Box::new(haul()))));
            snapshot(&name("take-list"), &model);
        }
    }
}
