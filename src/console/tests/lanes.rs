//! The player's screen as it is drawn: known signals, parts enlarged, loop and marks, what goes wrong, every size and
//! glyph set.

use super::*;
use crate::{
    console::{
        deck::{DeckState, Loaded},
        screen_writer::{Abilities, ScreenWriter},
        screens::player::Window,
    },
    wire::{SideSpeech, Span},
};

/// Seconds of the recording.
const LENGTH: f64 = 123.0;
/// A sine at -6 dBFS and a square wave at full scale, as levels.
const SINE: u8 = 224;
const SQUARE: u8 = 255;
/// Noise of the line at -44 dBFS, music on hold at -20 dBFS.
const NOISE: u8 = 30;
const MUSIC: u8 = 153;

/// Where each side speaks.
const AGENT: &[Span] = &[[2.0, 40.0], [88.0, 100.0]];
const CUSTOMER: &[Span] = &[[44.0, 70.0], [92.0, 97.0]];
const HOLD: Span = [102.0, 118.0];

fn level(side: usize, second: f64) -> u8 {
    let within = |spans: &[Span]| spans.iter().any(|[from, until]| (*from..*until).contains(&second));
    match side {
        0 if within(AGENT) => SINE,
        1 if within(CUSTOMER) => SQUARE,
        1 if within(&[HOLD]) => MUSIC,
        1 if within(&[[40.0, 44.0]]) => NOISE,
        _ => 0,
    }
}

fn peaks(channels: u8, between: Span, width: usize) -> wire::Peaks {
    let second = |column: usize| between[0] + (between[1] - between[0]) * (column as f64 + 0.5) / width as f64;
    let levels = (0..usize::from(channels)).map(|side| (0..width).map(|column| level(side, second(column))).collect()).collect();
    let recording = recording(2).id;
    wire::Peaks { recording, length_s: LENGTH, from_s: between[0], until_s: between[1], channels, width, levels }
}

fn side(talk: &[Span], noisy: bool) -> SideSpeech {
    let talk_s = talk.iter().map(|[from, until]| until - from).sum();
    let longest_monologue = talk.first().copied();
    SideSpeech { talk: talk.to_vec(), talk_s, share: talk_s / LENGTH, longest_monologue, level_db: Some(-19.4), noisy }
}

fn speech() -> wire::Speech {
    wire::Speech {
        recording: recording(2).id,
        length_s: LENGTH,
        sides: vec![side(AGENT, false), side(CUSTOMER, true)],
        overlap: vec![[92.0, 97.0]],
        overlap_s: 5.0,
        silence: vec![[70.0, 88.0], [118.0, 123.0]],
        silence_s: 23.0,
        longest_silence: Some([70.0, 88.0]),
        turns: Vec::new(),
        hold: vec![HOLD],
        paused: vec![[76.0, 80.0]],
    }
}

/// The call that is opened, with everything known of it.
fn opened(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    key(&mut model, "Enter");
    model.calls.peaks = Some(peaks(2, [0.0, LENGTH], 246));
    model.calls.speech = Some(Box::new(speech()));
    let detail = model.calls.detail.as_mut().expect("a detail");
    let first = detail.notes[0].clone();
    let note = |at: Option<i64>, text: &str| wire::Note { at: at.map(Tenths), text: text.to_owned(), ..first.clone() };
    detail.notes = vec![
        note(Some(480), "asked twice for the refund form"),
        note(Some(55), "greeting missing the company name"),
        note(None, "good summary, use it in training"),
    ];
    let heard = |who: &str, from_s, until_s, speed| wire::Receipt {
        recording: recording(2).id,
        who: who.to_owned(),
        at: at("2026-11-07T13:31:00Z"),
        heard: wire::Heard { from_s, until_s, speed, side: crate::domain::receipt::HeardSide::Both },
    };
    detail.receipts = vec![heard("petr", 0.0, 61.0, 1.5), heard("anna", 20.0, 40.0, 1.0), heard("petr", 50.0, 70.0, 1.0)];
    model
}

/// It plays, in a loop, at the 48th second.
fn playing(mut model: Model) -> Model {
    let deck = &mut model.desk.deck;
    deck.loaded = Some(Loaded {
        call: call(2).id,
        recording: recording(2).id,
        title: "Müller GmbH".to_owned(),
        length: LENGTH,
        channels: 2,
    });
    (deck.state, deck.position, deck.ab) = (DeckState::Playing, 48.2, Some((30.0, Some(64.0))));
    deck.output = Some("PulseAudio".to_owned());
    (deck.hearing.speed, deck.hearing.skip_silence) = (1.25, true);
    model
}

type Look = (&'static str, &'static str, Depth, Glyphs, (u16, u16));

fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    for size in [(80, 24), (120, 40)] {
        looks.push(("dark", "dark", Depth::C256, Glyphs::Unicode, size));
        looks.push(("mono", "mono", Depth::None, Glyphs::Unicode, size));
        looks.push(("ascii", "mono", Depth::None, Glyphs::Ascii, size));
    }
    looks.push(("sixteen", "ansi", Depth::C16, Glyphs::Cp437, (80, 24)));
    looks
}

#[test]
fn pictures_of_known_signals() {
    for (name, theme, depth, glyphs, size) in looks() {
        let name = |screen: &str| format!("player-{screen}_{name}_{}x{}", size.0, size.1);
        let with = |mut model: Model| {
            model.desk.setup.glyphs = glyphs;
            model
        };
        snapshot(&name("signals"), &with(opened(theme, depth, size)));
        let mut model = with(playing(opened(theme, depth, size)));
        model.player.note = Some(0);
        snapshot(&name("plays"), &model);
        model.player.note = None;
        model.player.window = Some(Window { from_s: 36.0, until_s: 52.0 });
        model.calls.zoomed = Some(peaks(2, [36.0, 52.0], 246));
        snapshot(&name("zoomed"), &model);
    }
}

#[test]
fn pictures_of_what_can_go_wrong() {
    let picture = |name: &str, change: &dyn Fn(&mut Model)| {
        let mut model = playing(opened("mono", Depth::None, (80, 24)));
        change(&mut model);
        snapshot(&format!("player-{name}_mono_80x24"), &model);
    };
    let recordings = |model: &mut Model, change: &dyn Fn(&mut Vec<wire::RecordingBody>)| {
        change(&mut model.calls.list.call_mut(&call(2).id).expect("the call").recordings);
        change(&mut model.calls.detail.as_mut().expect("its detail").call.recordings);
    };
    picture("mono-recording", &|model| {
        recordings(model, &|all| all[0].channels = 1);
        model.calls.peaks = Some(peaks(1, [0.0, LENGTH], 246));
        let mut speech = speech();
        speech.sides.truncate(1);
        (speech.overlap, speech.overlap_s) = (Vec::new(), 0.0);
        model.calls.speech = Some(Box::new(speech));
    });
    picture("second-recording", &|model| {
        recordings(model, &|all| all.insert(0, wire::RecordingBody { id: "other".to_owned(), ..all[0].clone() }));
        model.player.recording = 1;
    });
    picture("no-recording", &|model| {
        recordings(model, &Vec::clear);
        model.desk.deck = super::super::deck::Deck::default();
    });
    picture("empty-file", &|model| {
        recordings(model, &|all| all[0].length_s = Tenths(0));
        (model.calls.peaks, model.calls.speech) = (None, None);
        model.desk.deck = super::super::deck::Deck::default();
    });
    picture("loading", &|model| {
        (model.calls.peaks, model.calls.speech, model.calls.detail) = (None, None, None);
        (model.desk.deck.state, model.desk.deck.position) = (DeckState::Loading, 0.0);
    });
    picture("failed", &|model| {
        model.desk.deck.state = DeckState::Failed;
        model.desk.deck.trouble = Some("the file ends after 6 of 48 seconds and none of them can be read".to_owned());
    });
    picture("lost-output", &|model| {
        model.desk.deck.state = DeckState::Paused;
        let lost = "PulseAudio is gone: connection closed. It is looked for again and playing goes on then; o for other ways.";
        model.desk.deck.trouble = Some(lost.to_owned());
    });
}

#[test]
fn at_every_size_and_with_every_glyph_set_nothing_breaks() {
    for size in [(40, 10), (60, 16), (61, 17), (79, 23), (80, 24), (81, 29), (109, 30), (110, 16), (120, 40), (300, 90)] {
        for glyphs in ["unicode", "wgl4", "cp437", "ascii"] {
            let mut model = playing(opened("ansi", Depth::C16, size));
            let set = Glyphs::parse(glyphs).expect("a set");
            model.desk.setup.glyphs = set;
            for (window, top) in [(None, 0), (Some(Window { from_s: 122.0, until_s: 123.0 }), 7), (None, usize::MAX)] {
                (model.player.window, model.player.top) = (window, top);
                let buffer = drawn(&model);
                let lacks = buffer.content.iter().find(|cell| !glyph_is_in(set, cell.symbol()));
                assert!(lacks.is_none(), "{size:?} {glyphs} {lacks:?}");
                let text = text_of(&buffer);
                assert!(size.0 < 60 || text.contains("playing") && text.contains("48"), "{size:?}\n{text}");
            }
        }
    }
}

fn glyph_is_in(set: Glyphs, symbol: &str) -> bool {
    match set {
        Glyphs::Unicode => true,
        Glyphs::Wgl4 => !symbol.contains(['▁', '▂', '▃', '▅', '▆', '▇', '▔']),
        Glyphs::Cp437 => !"▁▂▃▅▆▇▔●–×…śČ".contains(symbol) || symbol.is_ascii(),
        Glyphs::Ascii => symbol.is_ascii(),
    }
}

#[test]
fn nothing_that_was_told_of_a_call_is_lost() {
    for size in [(60, 16), (80, 24), (120, 40)] {
        let mut model = opened("mono", Depth::None, size);
        let mut seen = String::new();
        for _ in 0..80 {
            seen += &text_of(&drawn(&model));
            key(&mut model, "j");
        }
        for part in [
            "greeting",
            "use it in training",
            "overlap",
            "from, to",
            "wait 0:04",
            "C-17",
            "talking",
            "sha256",
            "Timeline",
            "petr · 0:00 – 1:01 · 1.5x",
        ] {
            assert!(seen.contains(part), "{size:?}: {part}");
        }
    }
}

#[test]
fn a_tick_is_a_few_bytes_and_none_where_nothing_is_seen_to_move() {
    let xterm = Abilities { scrolls_regions: true, erases_in_colour: true, erases_by_count: true, takes_attributes_away: true };
    // The clock alone, the play-head alone, both; through the lanes where bytes are cheap.
    for (remote, most) in [(false, [45, 340, 370]), (true, [45, 80, 100])] {
        let mut model = playing(opened("dark", Depth::True, (80, 24)));
        model.desk.setup.remote = remote;
        model.desk.deck.ab = None;
        let mut writer = ScreenWriter::new(xterm);
        writer.frame(&drawn(&model), None);
        let (mut costs, mut heads) = ([0; 3], Vec::new());
        let (mut still, mut was) = (0, (48, None));
        for tick in 1..200 {
            let position = 48.2 + 0.1 * f64::from(tick);
            model.desk.deck.position = position;
            let bytes = writer.frame(&drawn(&model), None).len();
            let now = (position as i64, Window::whole(LENGTH).column(position, 76));
            let kind = match (now.0 != was.0, now.1 != was.1) {
                (true, false) => 0,
                (false, true) => 1,
                (true, true) => 2,
                (false, false) => {
                    assert!(bytes == 0 || tick == 1, "{bytes} bytes though nothing is seen to move");
                    still += 1;
                    continue;
                }
            };
            was = now;
            costs[kind] = costs[kind].max(bytes);
            heads.extend((kind == 1 && remote).then_some(bytes));
        }
        assert!(still > 140 && costs.iter().zip(most).all(|(cost, most)| *cost <= most), "{remote} {still} {costs:?}");
        // More only where it leaves or comes to a mark.
        heads.sort_unstable();
        assert!(heads.get(heads.len() / 2).is_none_or(|bytes| *bytes <= 65), "{heads:?}");
    }
}
