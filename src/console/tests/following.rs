//! Next and previous calls while something plays, several recordings of a call, outputs, collections.

use super::*;
use crate::{
    console::{
        deck::DeckState,
        effect::{Outputs, SoundCommand},
        input::{Button, Mouse},
    },
    playback::{Event, Found, Way},
};

fn playing() -> Model {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "Enter");
    key(&mut model, "Space");
    tell(&mut model, |generation| Event::Playing { generation });
    model
}

fn tell(model: &mut Model, event: impl FnOnce(u64) -> Event) -> Vec<Effect> {
    let generation = model.desk.deck.generation;
    update::update(model, Msg::Sound(event(generation)))
}

fn loaded(effects: &[Effect]) -> Vec<String> {
    let load = |effect: &Effect| match effect {
        Effect::LoadSound { recording, .. } | Effect::LoadNext { recording, .. } => Some(recording.clone()),
        _ => None,
    };
    effects.iter().filter_map(load).collect()
}

/// The number of a made-up call.
fn number_of(model: &Model) -> usize {
    let id = &model.calls.current().expect("a call").id;
    (0..30).find(|number| call(*number).id == *id).expect("one of them")
}

#[test]
fn next_and_previous_call_play_on_if_something_played() {
    let mut model = playing();
    assert_eq!(number_of(&model), 2);
    let effects = key(&mut model, "n");
    assert_eq!((number_of(&model), loaded(&effects)), (3, Vec::new()));
    assert!(effects.contains(&Effect::Sound(SoundCommand::Pause)), "{effects:?}");
    assert!(text_of(&drawn(&model)).contains("nothing to play"));
    // Calls 0, 2, 6, 8, 12 … have recordings.
    let mut effects = Vec::new();
    while loaded(&effects).is_empty() {
        effects = key(&mut model, "n");
    }
    assert_eq!((number_of(&model), loaded(&effects)), (5, vec![recording(5).id]));
    key(&mut model, "Space");
    tell(&mut model, |generation| Event::Playing { generation });
    key(&mut model, "Space");
    assert_eq!(loaded(&key(&mut model, "n")), Vec::<String>::new(), "what pauses does not begin by itself");
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "p");
    tell(&mut model, |generation| Event::Playing { generation });
    key(&mut model, "j");
    assert_eq!(model.desk.deck.state, DeckState::Playing, "looking around stops nothing");
    assert_eq!(loaded(&key(&mut model, "n")), Vec::<String>::new());
}

#[test]
fn the_next_call_follows_without_a_gap_where_that_is_wanted() {
    let mut model = playing();
    let near = |model: &mut Model| tell(model, |generation| Event::Position { generation, seconds: 115.0 });
    assert_eq!(loaded(&near(&mut model)), Vec::<String>::new(), "not unless it is asked for");
    keys(&mut model, "sp");
    tell(&mut model, |generation| Event::Position { generation, seconds: 100.0 });
    assert!(model.desk.deck.next.is_none(), "not yet");
    assert_eq!(loaded(&near(&mut model)), [recording(5).id], "the next with a recording");
    assert_eq!(loaded(&near(&mut model)), Vec::<String>::new(), "once");
    let next = model.desk.deck.next.as_ref().expect("loaded").generation;
    let ended = tell(&mut model, |generation| Event::Ended { generation });
    assert_eq!(loaded(&ended), Vec::<String>::new());
    update::update(&mut model, Msg::Sound(Event::Playing { generation: next }));
    assert_eq!((number_of(&model), model.desk.deck.state, model.desk.deck.position), (5, DeckState::Playing, 0.0));
    assert!(model.desk.deck.has(&recording(5).id));
    // At double speed the end is nearer.
    key(&mut model, "=");
    (0..4).for_each(|_| drop(key(&mut model, "+")));
    let effects = tell(&mut model, |generation| Event::Position { generation, seconds: 104.0 });
    assert_eq!(loaded(&effects).len(), 1);
    let effects = keys(&mut model, "sp");
    assert!(effects.contains(&Effect::Sound(SoundCommand::NoNext)), "{effects:?}");
    keys(&mut model, "sp");
    tell(&mut model, |generation| Event::Position { generation, seconds: 105.0 });
    let next = model.desk.deck.next.as_ref().expect("loaded").generation;
    update::update(&mut model, Msg::SoundFailed { generation: next, why: "the disk is gone".to_owned() });
    assert_eq!(model.desk.deck.state, DeckState::Playing, "what plays goes on");
    assert!(text_of(&drawn(&model)).contains("the disk is gone"));
}

#[test]
fn several_recordings_of_a_call_are_chosen_between() {
    let mut model = playing();
    key(&mut model, ">");
    assert!(text_of(&drawn(&model)).contains("This call has one recording"));
    let mut body = detail(2);
    body.call.recordings.push(wire::RecordingBody { id: "01JRsecond".to_owned(), length_s: Tenths(500), ..recording(2) });
    let effects = key(&mut model, "F");
    drop(effects);
    *model.calls.list.call_mut(&body.call.id).expect("listed") = body.call.clone();
    model.calls.detail = Some(Box::new(body));
    let effects = key(&mut model, ">");
    assert_eq!((model.player.recording, loaded(&effects)), (1, vec!["01JRsecond".to_owned()]));
    let asked = |effects: &[Effect]| {
        effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Peaks, read: Read::Peaks { recording, .. }, .. } if recording == "01JRsecond"))
    };
    assert!(asked(&effects), "{effects:?}");
    let effects = key(&mut model, "<");
    assert_eq!((model.player.recording, loaded(&effects)), (0, vec![recording(2).id]));
}

#[test]
fn who_speaks_when_is_read_after_the_waveform_of_an_opened_call() {
    let mut model = listed_on(true, "dark", Depth::C256, (80, 24));
    let reads = |effects: &[Effect]| {
        let slot = |effect: &Effect| match effect {
            Effect::Read { slot, .. } if *slot != Slot::Clips => Some(*slot),
            _ => None,
        };
        effects.iter().filter_map(slot).collect::<Vec<_>>()
    };
    let effects = key(&mut model, "Enter");
    assert_eq!(reads(&effects), [Slot::Peaks]);
    let peaks = wire::Peaks {
        recording: recording(2).id,
        length_s: 123.0,
        from_s: 0.0,
        until_s: 123.0,
        channels: 2,
        width: 1,
        levels: vec![vec![1], vec![2]],
    };
    let effects = answer(&mut model, &effects, Slot::Peaks, Ok(Answer::Peaks(peaks)));
    assert_eq!(reads(&effects), [Slot::Speech]);
    let refused = ClientError::Answer("no".to_owned());
    assert!(reads(&answer(&mut model, &effects, Slot::Speech, Err(refused))).is_empty(), "asked once");
}

fn outputs(sounding: bool) -> Outputs {
    let found = Found {
        name: "PulseAudio".to_owned(),
        place: "/run/user/1000/pulse/native".to_owned(),
        trouble: (!sounding).then(|| "there is no such socket".to_owned()),
        choose: "pulse:unix:/run/user/1000/pulse/native".to_owned(),
        by_itself: true,
    };
    let way = Way {
        title: "callreel ear",
        command: "callreel ear --via host".to_owned(),
        here: Some("callreel".to_owned()),
        why: "Best where callreel is at both ends.",
    };
    Outputs { found: vec![found], ways: vec![way] }
}

#[test]
fn outputs_are_tried_chosen_and_explained() {
    let mut model = playing();
    let effects = key(&mut model, "o");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Outputs, read: Read::Outputs, .. })));
    assert!(text_of(&drawn(&model)).contains("Trying what there is"));
    answer(&mut model, &effects, Slot::Outputs, Ok(Answer::Outputs(Box::new(outputs(true)))));
    key(&mut model, "Down");
    let choose = Some("pulse:unix:/run/user/1000/pulse/native".to_owned());
    assert_eq!(key(&mut model, "Enter"), [Effect::Sound(SoundCommand::Output(choose.clone()))]);
    assert_eq!(model.desk.deck.chosen_output, choose);
    keys(&mut model, "q");
    let effects = keys(&mut model, "go");
    answer(&mut model, &effects, Slot::Outputs, Ok(Answer::Outputs(Box::new(outputs(false)))));
    let text = text_of(&drawn(&model));
    assert!(text.contains("there is no such socket"), "the chosen one is under the cursor: {text}");
    key(&mut model, "Down");
    let text = text_of(&drawn(&model));
    assert!(text.contains("Nothing sounds here") && text.contains("callreel ear --via host"), "{text}");
    assert_eq!(keys(&mut model, "y"), [Effect::Copy("callreel ear --via host".to_owned())]);
    assert_eq!(keys(&mut model, "Y"), [Effect::Copy("callreel".to_owned())]);
    let effects = keys(&mut model, "r");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Outputs, .. })));
    key(&mut model, "Home");
    assert_eq!(key(&mut model, "Enter"), [Effect::Sound(SoundCommand::Output(None))]);
}

#[test]
fn a_sound_that_had_nowhere_to_go_plays_once_an_output_is_chosen() {
    let mut model = playing();
    tell(&mut model, |_| Event::NoOutput { tried: vec!["nothing".to_owned()], advice: "Press o.".to_owned() });
    tell(&mut model, |generation| Event::Paused { generation });
    assert_eq!(model.desk.deck.state, DeckState::Failed);
    let effects = key(&mut model, "o");
    answer(&mut model, &effects, Slot::Outputs, Ok(Answer::Outputs(Box::new(outputs(true)))));
    key(&mut model, "Down");
    let effects = key(&mut model, "Enter");
    assert!(effects.contains(&Effect::Sound(SoundCommand::Play)), "{effects:?}");
    tell(&mut model, |_| Event::Output("PulseAudio".to_owned()));
    tell(&mut model, |generation| Event::Playing { generation });
    assert!(text_of(&drawn(&model)).contains("PulseAudio"));
}

#[test]
fn calls_go_into_collections_and_out_again() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let collection = |name: &str, items: Vec<wire::CollectionItem>| wire::Collection {
        name: name.to_owned(),
        description: None,
        owner: "anna".to_owned(),
        readers: Vec::new(),
        items,
        version: 3,
    };
    let item = wire::CollectionItem {
        kind: wire::ItemKind::Call,
        id: call(2).id,
        who: "anna".to_owned(),
        added: at("2026-11-07T14:00:00Z"),
    };
    let known =
        || Answer::Collections(vec![collection("Best openings", vec![item.clone()]), collection("Complaints", Vec::new())]);
    let opened = |model: &mut Model| {
        let effects = keys(model, "el");
        answer(model, &effects, Slot::Collections, Ok(known()));
    };
    opened(&mut model);
    key(&mut model, "Enter");
    assert!(text_of(&drawn(&model)).contains("in Best openings already"));
    key(&mut model, "Space");
    key(&mut model, "Space");
    opened(&mut model);
    assert!(text_of(&drawn(&model)).contains("2 marked calls"));
    keys(&mut model, "best");
    let effects = key(&mut model, "Enter");
    let write =
        |name: &str, new, ids: Vec<String>| Write::Collect { name: name.to_owned(), new, kind: wire::ItemKind::Call, ids };
    assert!(
        matches!(effects.as_slice(), [Effect::Write { write: got, .. }] if *got == write("Best openings", false, vec![call(3).id])),
        "{effects:?}"
    );
    let back = key(&mut model, "u");
    assert!(
        matches!(back.as_slice(), [Effect::Write { write: Write::Uncollect { last: false, ids, .. }, .. }] if *ids == [call(3).id]),
        "{back:?}"
    );
    opened(&mut model);
    keys(&mut model, "Training");
    let effects = key(&mut model, "Enter");
    let both = vec![call(2).id, call(3).id];
    assert!(
        matches!(effects.as_slice(), [Effect::Write { write: got, .. }] if *got == write("Training", true, both)),
        "{effects:?}"
    );
    keys(&mut model, "*");
    keys(&mut model, "el");
    assert!(text_of(&drawn(&model)).contains("marked as a query"));
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "Enter");
    for (press, why) in [
        ("a", "Nothing is loaded"),
        ("C", "Nothing is loaded"),
        ("h", "Nothing is loaded"),
        ("0", "Nothing is loaded"),
        (">", "This call has one recording"),
        ("m", "Marks stand where something plays"),
    ] {
        key(&mut model, press);
        let text = text_of(&drawn(&model));
        assert!(text.contains(why), "{press}: {text}");
    }
    keys(&mut model, "ek");
    assert!(text_of(&drawn(&model)).contains("No clip was saved yet"));
    // What plays is heard otherwise from anywhere, by name.
    key(&mut model, "q");
    keys(&mut model, ":play.faster");
    assert_eq!(key(&mut model, "Enter"), [Effect::Sound(SoundCommand::Speed(1.25))]);
}

#[test]
fn a_press_on_the_waveform_goes_there_and_one_on_a_note_chooses_it() {
    let mut model = playing();
    let press = |model: &mut Model, x, y| update::update(model, Msg::Presses(vec![Mouse { button: Button::Left, x, y }]));
    assert!(press(&mut model, 40, 5).is_empty(), "nobody listens to the mouse");
    model.desk.mouse = true;
    let seconds: Vec<f64> = [10, 40, 70]
        .into_iter()
        .flat_map(|x| press(&mut model, x, 5))
        .filter_map(|effect| match effect {
            Effect::Sound(SoundCommand::Seek(second)) => Some(second),
            _ => None,
        })
        .collect();
    assert!(seconds.len() == 3 && seconds.is_sorted() && seconds[2] < 123.0, "{seconds:?}");
    let rows = text_of(&drawn(&model));
    let note = rows.lines().position(|line| line.contains("refund form")).expect("the note");
    press(&mut model, 30, u16::try_from(note).expect("small"));
    assert_eq!(model.player.note, Some(0), "{rows}");
}

#[test]
fn pictures_of_the_boxes_of_listening() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{columns}x{rows}");
            let mut model = listed(theme, depth, (columns, rows));
            key(&mut model, "Enter");
            let effects = key(&mut model, "o");
            answer(&mut model, &effects, Slot::Outputs, Ok(Answer::Outputs(Box::new(over_ssh()))));
            snapshot(&name("outputs"), &model);
            key(&mut model, "Esc");
            let effects = keys(&mut model, "el");
            let collection = |name: &str| wire::Collection {
                name: name.to_owned(),
                description: None,
                owner: "anna".to_owned(),
                readers: Vec::new(),
                items: Vec::new(),
                version: 3,
            };
            let known = ["Best openings", "Complaints"].map(collection).to_vec();
            answer(&mut model, &effects, Slot::Collections, Ok(Answer::Collections(known)));
            keys(&mut model, "o");
            snapshot(&name("collect"), &model);
        }
    }
}

/// What somebody sees who came by SSH to a machine without a sound card.
fn over_ssh() -> Outputs {
    let found = |name: &str, place: &str, trouble: &str| Found {
        name: name.to_owned(),
        place: place.to_owned(),
        trouble: Some(trouble.to_owned()),
        choose: format!("pulse:{place}"),
        by_itself: true,
    };
    let environment = crate::playback::Environment {
        ssh_connection: Some("192.0.2.7 50022 192.0.2.1 22".to_owned()),
        ..crate::playback::Environment::default()
    };
    let found = vec![
        found("PulseAudio", "/run/user/1000/pulse/native", "no such file"),
        found("ALSA default", "default", "no such device: this machine has no sound card"),
    ];
    Outputs { found, ways: crate::playback::ways(&environment) }
}
