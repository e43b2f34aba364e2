//! Keys of listening: what they tell the player, what they keep, what the player tells back.

use super::*;
use crate::{
    console::{deck::DeckState, effect::SoundCommand, screens::player::Window},
    domain::receipt::HeardSide,
    playback::{Event, Side, SilenceRule},
    wire::{Heard, NoteDraft, ReceiptDraft},
};

/// The screen of call 2, which plays; nothing of it is heard yet.
fn playing() -> Model {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "Enter");
    key(&mut model, "Space");
    told(&mut model, |generation| Event::Playing { generation });
    model
}

/// The player tells something of the sound that is loaded.
fn told(model: &mut Model, event: impl FnOnce(u64) -> Event) -> Vec<Effect> {
    let generation = model.desk.deck.generation;
    update::update(model, Msg::Sound(event(generation)))
}

fn at_second(model: &mut Model, seconds: f64) -> Vec<Effect> {
    told(model, |generation| Event::Position { generation, seconds })
}

fn sounds(effects: &[Effect]) -> Vec<SoundCommand> {
    let sound = |effect: &Effect| match effect {
        Effect::Sound(command) => Some(command.clone()),
        _ => None,
    };
    effects.iter().filter_map(sound).collect()
}

fn writes(effects: &[Effect]) -> Vec<(u64, Write)> {
    let write = |effect: &Effect| match effect {
        Effect::Write { number, write, .. } => Some((*number, write.clone())),
        _ => None,
    };
    effects.iter().filter_map(write).collect()
}

fn answered(model: &mut Model, effects: &[Effect], result: impl Fn() -> Result<Written, ClientError>) -> Vec<Effect> {
    let answers =
        writes(effects).into_iter().map(|(number, write)| Msg::Written { number, write: Box::new(write), result: result() });
    answers.collect::<Vec<_>>().into_iter().flat_map(|answer| update::update(model, answer)).collect()
}

fn loads(effects: &[Effect]) -> Option<(String, f64)> {
    effects.iter().find_map(|effect| match effect {
        Effect::LoadSound { recording, at, .. } => Some((recording.clone(), *at)),
        _ => None,
    })
}

fn shows(model: &Model, text: &str) {
    let screen = text_of(&drawn(model));
    assert!(screen.contains(text), "no \"{text}\" in\n{screen}");
}

fn speech() -> wire::Speech {
    let turn = |at_s, side| wire::Turn { at_s, side };
    wire::Speech {
        recording: recording(2).id,
        length_s: 123.0,
        sides: vec![wire::SideSpeech::default(), wire::SideSpeech::default()],
        longest_silence: Some([61.5, 73.5]),
        turns: vec![turn(4.0, 0), turn(20.0, 1), turn(50.0, 0)],
        ..wire::Speech::default()
    }
}

#[test]
fn speed_goes_by_steps_and_stays_for_the_next_sound() {
    let mut model = playing();
    let steps: Vec<f32> = (0..8)
        .map(|_| match sounds(&key(&mut model, "+")).as_slice() {
            [SoundCommand::Speed(speed)] => *speed,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(steps, [1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.0, 3.0]);
    shows(&model, "speed 3×");
    assert_eq!(sounds(&key(&mut model, "-")), [SoundCommand::Speed(2.5)]);
    assert_eq!(sounds(&key(&mut model, "=")), [SoundCommand::Speed(1.0)]);
    (0..5).for_each(|_| drop(key(&mut model, "-")));
    assert_eq!(model.desk.deck.hearing.speed, 0.5);
    keys(&mut model, ":speed 1.1");
    assert_eq!(sounds(&key(&mut model, "Enter")), [SoundCommand::Speed(1.1)]);
    assert_eq!(sounds(&key(&mut model, "+")), [SoundCommand::Speed(1.25)], "the next step above");
    keys(&mut model, ":speed 9");
    assert_eq!(sounds(&key(&mut model, "Enter")), []);
    shows(&model, "Write: speed 1.5");
}

#[test]
fn sides_levels_and_silence() {
    let mut model = playing();
    let sides: Vec<SoundCommand> = (0..3).flat_map(|_| sounds(&key(&mut model, "b"))).collect();
    assert_eq!(sides, [Side::Left, Side::Right, Side::Both].map(SoundCommand::Side));
    assert_eq!(sounds(&keys(&mut model, "ss")), [SoundCommand::Swap(true)]);
    assert_eq!(sounds(&keys(&mut model, "sh")), [SoundCommand::Balance(-0.25)]);
    assert_eq!(sounds(&keys(&mut model, "slsl")), [SoundCommand::Balance(0.0), SoundCommand::Balance(0.25)]);
    assert_eq!(sounds(&keys(&mut model, "sm")), [SoundCommand::Balance(0.0)]);
    assert_eq!(sounds(&keys(&mut model, "sn")), [SoundCommand::Normalise(true)]);
    assert_eq!(sounds(&key(&mut model, "d")), [SoundCommand::SkipSilence(Some(SilenceRule::default()))]);
    shows(&model, "silence is left out: 1.5 s and more below -45 dB");
    assert_eq!(sounds(&key(&mut model, "d")), [SoundCommand::SkipSilence(None)]);
    keys(&mut model, "sd");
    (0..20).for_each(|_| drop(key(&mut model, "Backspace")));
    keys(&mut model, "-40 dB, 2");
    let rule = SilenceRule { below_db: -40.0, at_least: 2.0 };
    assert_eq!(sounds(&key(&mut model, "Enter")), [SoundCommand::SkipSilence(Some(rule))]);
    keys(&mut model, ":silence -99 2");
    assert_eq!(sounds(&key(&mut model, "Enter")), []);
    told(&mut model, |generation| Event::Skipped { generation, from: 3.0, until: 9.0 });
    assert_eq!(model.desk.deck.skipped, [[3.0, 9.0]]);
    let next = key(&mut model, "n");
    drop(next);
    assert!(model.desk.deck.hearing.skip_silence, "for all recordings of the session");
}

#[test]
fn how_one_hears_is_remembered() {
    let mut model = playing();
    keys(&mut model, "+bsssnd");
    keys(&mut model, "sp");
    at_second(&mut model, 40.0);
    key(&mut model, "Space");
    let text = toml::to_string(&model.memory()).expect("written");
    let mut fresh = Model::new(setup("dark", Depth::C256), at("2026-11-07T14:00:00Z"), (80, 24));
    update::update(&mut fresh, Msg::Remembered(Box::new(toml::from_str(&text).expect("read"))));
    assert_eq!((fresh.desk.deck.hearing, fresh.desk.deck.play_on), (model.desk.deck.hearing, true));
    assert_eq!(fresh.desk.deck.places, model.desk.deck.places);
    let mad = "speed = 90.0\nbalance = -7.0\nsilence = [3.0, 900.0]\nside = \"up\"\nplaces = [\"\", \"x y\"]";
    let mut fresh = Model::new(setup("dark", Depth::C256), at("2026-11-07T14:00:00Z"), (80, 24));
    update::update(&mut fresh, Msg::Remembered(Box::new(toml::from_str(mad).expect("read"))));
    assert_eq!(fresh.desk.deck.hearing, crate::console::deck::Hearing::default());
}

#[test]
fn a_recording_goes_on_where_it_was_left() {
    let mut model = playing();
    at_second(&mut model, 72.0);
    keys(&mut model, "sx");
    assert_eq!(model.desk.deck.state, DeckState::Empty);
    let effects = key(&mut model, "Space");
    assert_eq!(loads(&effects), Some((recording(2).id, 72.0)));
    shows(&model, "Goes on at 1:12; 0 begins again.");
    told(&mut model, |generation| Event::Playing { generation });
    assert_eq!(sounds(&key(&mut model, "0")), [SoundCommand::Seek(0.0)]);
    at_second(&mut model, 3.0);
    keys(&mut model, "sx");
    assert_eq!(loads(&key(&mut model, "Space")), Some((recording(2).id, 0.0)), "hardly begun");
    told(&mut model, |generation| Event::Playing { generation });
    at_second(&mut model, 60.0);
    told(&mut model, |generation| Event::Ended { generation });
    keys(&mut model, "sx");
    assert_eq!(loads(&key(&mut model, "Space")), Some((recording(2).id, 0.0)), "heard to its end");
}

#[test]
fn a_is_set_then_b_and_then_both_go() {
    let mut model = playing();
    at_second(&mut model, 10.0);
    assert_eq!(sounds(&key(&mut model, "a")), []);
    assert_eq!(model.desk.deck.ab, Some((10.0, None)));
    assert_eq!(sounds(&key(&mut model, "a")), []);
    shows(&model, "B stands where A stands");
    at_second(&mut model, 14.5);
    assert_eq!(sounds(&key(&mut model, "a")), [SoundCommand::Loop(Some((10.0, 14.5))), SoundCommand::Seek(10.0)]);
    assert_eq!(sounds(&key(&mut model, "a")), [SoundCommand::Loop(None)]);
    assert_eq!(model.desk.deck.ab, None);
    at_second(&mut model, 14.5);
    key(&mut model, "a");
    at_second(&mut model, 4.5);
    assert_eq!(sounds(&key(&mut model, "a")), [SoundCommand::Loop(Some((4.5, 14.5)))], "B before A is the same stretch");
}

fn clip(title: Option<&str>) -> wire::Clip {
    wire::Clip {
        id: "01JK".to_owned(),
        call: call(2).id,
        recording: recording(2).id,
        from_s: 10.0,
        until_s: 14.5,
        title: title.map(ToOwned::to_owned),
        format: "wav/pcm".to_owned(),
        channels: 2,
        bytes: 72_044,
        sha256: "ab12cd34ef56".repeat(5),
        who: "anna".to_owned(),
        created: at("2026-11-07T14:00:00Z"),
    }
}

#[test]
fn a_clip_is_saved_told_and_taken_back() {
    let mut model = playing();
    key(&mut model, "C");
    shows(&model, "a sets A, a again sets B");
    at_second(&mut model, 10.0);
    key(&mut model, "a");
    at_second(&mut model, 14.5);
    key(&mut model, "a");
    keys(&mut model, "C");
    keys(&mut model, "a good answer");
    let effects = key(&mut model, "Enter");
    let draft =
        wire::ClipDraft { recording: recording(2).id, from_s: 10.0, until_s: 14.5, title: Some("a good answer".to_owned()) };
    assert_eq!(
        writes(&effects).into_iter().map(|(_, write)| write).collect::<Vec<_>>(),
        [Write::MakeClip { draft: draft.clone() }]
    );
    answered(&mut model, &effects, || Ok(Written::Clip(Box::new(clip(Some("a good answer"))))));
    shows(&model, "0:10 to 0:14");
    let back = key(&mut model, "u");
    assert!(matches!(writes(&back).as_slice(), [(_, Write::RemoveClip { clip })] if clip.id == "01JK"), "{back:?}");
    answered(&mut model, &back, || Ok(Written::Done));
    let again = key(&mut model, "U");
    assert!(matches!(writes(&again).as_slice(), [(_, Write::MakeClip { draft: same })] if *same == draft), "{again:?}");
}

#[test]
fn jumps_by_speaker_silence_and_note() {
    let mut model = playing();
    at_second(&mut model, 0.5);
    key(&mut model, "]");
    shows(&model, "being read");
    model.calls.speech = Some(Box::new(speech()));
    assert_eq!(sounds(&key(&mut model, "]")), [SoundCommand::Seek(4.0)]);
    assert_eq!(sounds(&key(&mut model, "]")), [SoundCommand::Seek(20.0)]);
    shows(&model, "the other side, 0:20");
    assert_eq!(sounds(&key(&mut model, "[")), [SoundCommand::Seek(4.0)]);
    at_second(&mut model, 60.0);
    assert_eq!(sounds(&key(&mut model, "]")), []);
    shows(&model, "No further change of speaker");
    assert_eq!(sounds(&key(&mut model, "S")), [SoundCommand::Seek(61.5)]);
    shows(&model, "12 s, 1:01 to 1:13");
    let mut body = detail(2);
    body.notes[0].at = Some(Tenths(300));
    model.calls.detail = Some(Box::new(body));
    assert_eq!(sounds(&key(&mut model, "}")), []);
    assert_eq!(sounds(&key(&mut model, "{")), [SoundCommand::Seek(30.0)]);
    assert_eq!(model.player.note, Some(0));
    at_second(&mut model, 90.0);
    assert_eq!(sounds(&key(&mut model, "Enter")), [SoundCommand::Seek(30.0)], "Enter on a note goes to its place");
    keys(&mut model, "sx");
    let effects = key(&mut model, "Enter");
    assert_eq!(loads(&effects), Some((recording(2).id, 30.0)), "what is not loaded begins there: {effects:?}");
}

#[test]
fn marks_and_comments_stand_at_the_play_head() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "Enter");
    assert!(writes(&key(&mut model, "m")).is_empty());
    shows(&model, "Marks stand where something plays");
    let mut model = playing();
    at_second(&mut model, 33.3);
    let effects = key(&mut model, "m");
    let draft = |text: &str, tenths| NoteDraft { text: text.to_owned(), at: Some(Tenths(tenths)) };
    let mark = Write::AddNote { call: call(2).id, draft: draft("", 333) };
    assert_eq!(writes(&effects).into_iter().map(|(_, write)| write).collect::<Vec<_>>(), [mark]);
    key(&mut model, "c");
    keys(&mut model, "Zażalenie");
    at_second(&mut model, 40.0);
    assert_eq!(model.desk.deck.state, DeckState::Playing, "it plays on");
    let effects = key(&mut model, "F2");
    let comment = Write::AddNote { call: call(2).id, draft: draft("Zażalenie", 333) };
    assert_eq!(writes(&effects).into_iter().map(|(_, write)| write).collect::<Vec<_>>(), [comment]);
}

#[test]
fn the_enlarged_part_is_read_and_goes_along() {
    let mut model = playing();
    at_second(&mut model, 60.0);
    let effects = key(&mut model, "z");
    let window = model.player.window.expect("a part");
    assert!((window.length() - 61.5).abs() < 0.01 && window.column(60.0, 80).is_some(), "{window:?}");
    let between = effects.iter().find_map(|effect| match effect {
        Effect::Read { slot: Slot::Zoomed, after_ms, read: Read::Peaks { between, .. }, .. } => Some((*after_ms, *between)),
        _ => None,
    });
    assert_eq!(between, Some((120, Some([window.from_s, window.until_s]))), "{effects:?}");
    assert!(at_second(&mut model, 61.0).is_empty(), "nothing is read twice");
    (0..10).for_each(|_| drop(key(&mut model, "z")));
    assert!((model.player.window.map_or(0.0, Window::length) - 1.0).abs() < 1e-6);
    shows(&model, "A second fills the screen already");
    let before = model.player.window;
    let effects = at_second(&mut model, 65.0);
    assert!(
        model.player.window != before && effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Zoomed, .. }))
    );
    (0..10).for_each(|_| drop(key(&mut model, "Z")));
    assert_eq!(model.player.window, None);
}

#[test]
fn a_sound_that_is_waited_for_says_so_until_it_goes_on() {
    let mut model = playing();
    told(&mut model, |generation| Event::Waiting { generation, why: "the line is slow".to_owned() });
    shows(&model, "still on its way: the line is slow");
    at_second(&mut model, 10.0);
    assert_eq!(model.desk.deck.trouble, None);
    told(&mut model, |_| Event::Lost { why: "speaker: hung up".to_owned() });
    told(&mut model, |generation| Event::Paused { generation });
    shows(&model, "The output is gone");
    told(&mut model, |_| Event::Output("speaker".to_owned()));
    told(&mut model, |generation| Event::Playing { generation });
    assert_eq!((model.desk.deck.trouble.as_deref(), model.desk.deck.state), (None, DeckState::Playing));
}

#[test]
fn nothing_is_drawn_while_nothing_moves() {
    let mut model = playing();
    at_second(&mut model, 60.0);
    at_second(&mut model, 60.01);
    assert!(!model.dirty, "same second, same column");
    at_second(&mut model, 61.0);
    assert!(model.dirty);
    told(&mut model, |generation| Event::Heard { generation, from: 0.0, until: 10.0, speed: 1.0, side: Side::Both });
    assert!(!model.dirty);
    let generation = model.desk.deck.generation;
    update::update(&mut model, Msg::Sound(Event::Position { generation: generation.wrapping_sub(1), seconds: 5.0 }));
    assert!(!model.dirty, "an older sound");
}

fn receipts(effects: &[Effect]) -> Vec<(String, ReceiptDraft)> {
    let receipt = |(_, write)| match write {
        Write::Receipt { recording, draft } => Some((recording, draft)),
        _ => None,
    };
    writes(effects).into_iter().filter_map(receipt).collect()
}

fn heard(from_s: f64, until_s: f64, speed: f64, side: HeardSide) -> Heard {
    Heard { from_s, until_s, speed, side }
}

#[test]
fn what_was_heard_is_reported_at_pauses_and_every_half_minute() {
    let mut model = playing();
    let tell = |model: &mut Model, from: f64, until: f64, speed, side| {
        told(model, |generation| Event::Heard { generation, from, until, speed, side })
    };
    assert!(tell(&mut model, 0.0, 10.0, 1.0, Side::Both).is_empty());
    assert!(tell(&mut model, 10.0, 20.0, 1.0, Side::Both).is_empty());
    assert!(tell(&mut model, 20.0, 25.0, 1.1, Side::Left).is_empty());
    let effects = told(&mut model, |generation| Event::Paused { generation });
    let expected = vec![heard(0.0, 20.0, 1.0, HeardSide::Both), heard(20.0, 25.0, 1.1, HeardSide::Left)];
    assert_eq!(receipts(&effects), [(recording(2).id, ReceiptDraft { heard: expected })]);
    assert!(!text_of(&drawn(&model)).contains("saving"), "nobody waits for it");
    answered(&mut model, &effects, || Ok(Written::Done));
    key(&mut model, "Space");
    told(&mut model, |generation| Event::Playing { generation });
    assert!(tell(&mut model, 25.0, 35.0, 1.0, Side::Both).is_empty());
    model.desk.now += jiff::SignedDuration::from_secs(31);
    assert_eq!(receipts(&tell(&mut model, 35.0, 45.0, 1.0, Side::Both)).len(), 1, "it plays on");
    // What is told of a sound after the next was loaded is reported at once, of its own recording.
    let older = model.desk.deck.generation;
    key(&mut model, "q");
    keys(&mut model, "jjjp");
    let event = Event::Heard { generation: older, from: 45.0, until: 46.0, speed: 1.0, side: Side::Right };
    let effects = update::update(&mut model, Msg::Sound(event));
    assert_eq!(receipts(&effects).first().map(|(recording, _)| recording.clone()), Some(recording(2).id));
}

#[test]
fn reports_that_fail_wait_are_told_once_and_disturb_nothing() {
    let mut model = playing();
    let tell = |model: &mut Model, from| {
        let event = |generation| Event::Heard { generation, from, until: from + 5.0, speed: 1.0, side: Side::Both };
        let heard = told(model, event);
        [heard, told(model, |generation| Event::Paused { generation })].concat()
    };
    let lost = || Err(ClientError::Answer("the line is cut".to_owned()));
    let effects = tell(&mut model, 0.0);
    answered(&mut model, &effects, lost);
    shows(&model, "What is heard cannot be reported");
    key(&mut model, "Down");
    let effects = tell(&mut model, 5.0);
    assert_eq!(receipts(&effects)[0].1.heard, [heard(0.0, 10.0, 1.0, HeardSide::Both)], "with what waited");
    answered(&mut model, &effects, lost);
    assert!(!text_of(&drawn(&model)).contains("cannot be reported"), "said once");
    let effects = tell(&mut model, 10.0);
    let gone = || Err(ClientError::Problem(wire::Problem { status: 404, ..wire::Problem::default() }));
    answered(&mut model, &effects, gone);
    assert_eq!(receipts(&tell(&mut model, 20.0))[0].1.heard.len(), 1, "what is refused for good is dropped");
}

#[test]
fn who_leaves_waits_for_what_was_heard() {
    let mut model = playing();
    at_second(&mut model, 30.0);
    keys(&mut model, "qq");
    let effects = keys(&mut model, "y");
    assert_eq!(sounds(&effects), [SoundCommand::Stop]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Leave { .. })), "{effects:?}");
    let effects =
        told(&mut model, |generation| Event::Heard { generation, from: 0.0, until: 30.0, speed: 1.0, side: Side::Both });
    assert_eq!(receipts(&effects).len(), 1);
    let effects = answered(&mut model, &effects, || Ok(Written::Done));
    assert!(effects.contains(&Effect::Leave { status: 0 }), "{effects:?}");
    // A player that hangs keeps nobody.
    let mut model = playing();
    keys(&mut model, "qq");
    let effects = keys(&mut model, "y");
    let generation = generation(&effects, Slot::Farewell);
    let effects = update::update(&mut model, Msg::Due { slot: Slot::Farewell, generation });
    assert!(effects.contains(&Effect::Leave { status: 0 }), "{effects:?}");
}
