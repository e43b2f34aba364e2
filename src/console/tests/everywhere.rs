//! Keys that mean the same everywhere, what is remembered, and text of strangers.

use proptest::prelude::*;

use super::*;

#[test]
fn a_key_without_meaning_says_so_and_a_pane_to_come_too() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "K");
    assert!(text_of(&drawn(&model)).contains("K does nothing here"));
    keys(&mut model, "gs");
    assert!(text_of(&drawn(&model)).contains("not there yet"));
}

#[test]
fn a_burst_is_text_or_nothing() {
    let inputs = |text: &str| text.chars().map(|character| Input::Key(Key::char(character))).collect::<Vec<_>>();
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = update::update(&mut model, Msg::Inputs { inputs: inputs("FFFFFFFFFFFFFFFFFF"), burst: true });
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Write { .. })), "{effects:?}");
    update::update(&mut model, Msg::Inputs { inputs: inputs("/note:qFFFFFFFFFF"), burst: true });
    assert_eq!(model.calls.query.input.text(), "note:qFFFFFFFFFF");
}

#[test]
fn a_time_in_the_palette_goes_there() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "Enter");
    let effects = key(&mut model, "Space");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadSound { .. })), "{effects:?}");
    let generation = model.desk.deck.generation;
    update::update(&mut model, Msg::Sound(crate::playback::Event::Playing { generation }));
    keys(&mut model, ":1:12");
    let effects = key(&mut model, "Enter");
    assert!(effects.contains(&Effect::Sound(super::super::effect::SoundCommand::Seek(72.0))), "{effects:?}");
    let stale = crate::playback::Event::Position { generation: generation.wrapping_sub(1), seconds: 5.0 };
    update::update(&mut model, Msg::Sound(stale));
    assert!((model.desk.deck.position - 72.0).abs() < f64::EPSILON, "an older sound's position");
}

#[test]
fn memory_comes_back() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "/talk:>1m");
    key(&mut model, "Enter");
    key(&mut model, "Enter");
    let memory = model.memory();
    assert_eq!((memory.query.as_str(), memory.pane.as_str()), ("talk:>1m", "player"));
    let text = toml::to_string(&memory).expect("written");
    let mut fresh = Model::new(setup("dark", Depth::C256), at("2026-11-07T14:00:00Z"), (80, 24));
    update::update(&mut fresh, Msg::Remembered(Box::new(toml::from_str(&text).expect("read"))));
    assert_eq!(fresh.calls.query.applied, "talk:>1m");
    assert_eq!(fresh.pane, Pane::Player);
    assert_eq!(fresh.calls.goal.on, memory.call);
    let mut other = setup("dark", Depth::C256);
    other.place = "another.db".to_owned();
    let mut other = Model::new(other, at("2026-11-07T14:00:00Z"), (80, 24));
    update::update(&mut other, Msg::Remembered(Box::new(toml::from_str(&text).expect("read"))));
    assert_eq!((other.calls.query.applied.as_str(), other.pane), ("", Pane::Calls), "a query is of one database");
    assert_eq!(other.calls.query.history, fresh.calls.query.history, "habits are a person's own");
}

#[test]
fn states_that_differ_differ_in_characters() {
    let model = listed("mono", Depth::None, (80, 24));
    let text = text_of(&drawn(&model));
    for sign in ["►", "→", "←", "↔", "×", "·", "»", "●", "○", "F"] {
        assert!(text.contains(sign), "{sign}\n{text}");
    }
    assert_eq!(Code::Enter, Code::Enter);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever a caller calls himself, no cell holds a character that acts on a terminal or hides.
    #[test]
    fn hostile_text_never_reaches_the_screen(name in "\\PC{0,40}|[\\x00-\\x1f\\x7f-\\x9f\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}a-z]{0,40}", detail_on in any::<bool>()) {
        let mut model = listed("dark", Depth::C256, (80, 24));
        let mut body = detail(2);
        body.call.id = "01JCX".to_owned();
        for text in [&mut body.call.customer, &mut body.call.agent, &mut body.call.from, &mut body.call.queue, &mut body.call.case] {
            *text = Some(name.clone());
        }
        body.call.tags = vec![name.clone()];
        body.notes[0].text = name.clone();
        body.notes[0].author = name.clone();
        body.timeline[0].party = Some(name.clone());
        body.call.recordings[0].copies[0].place = name.clone();
        let effects = { let calls = vec![body.call.clone()]; let effects = keys(&mut model, "/x");
            let page = wire::Page { items: calls, next: None, previous: None, total: Some(1) };
            answer(&mut model, &effects, Slot::List, Ok(Answer::Page(page))) };
        let effects = pause(&mut model, &effects);
        answer(&mut model, &effects, Slot::Detail, Ok(Answer::Detail(Box::new(body))));
        key(&mut model, "Enter");
        if detail_on {
            key(&mut model, "Enter");
        }
        model.desk.fail("read-failed", &[("why", &name)]);
        let buffer = drawn(&model);
        for cell in &buffer.content {
            prop_assert!(!cell.symbol().chars().any(must_not_show), "{:?}", cell.symbol());
        }
    }
}
