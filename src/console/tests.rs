//! The console without a terminal: messages in, effects and pictures out.

use jiff::{Timestamp, tz::TimeZone};

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{
    desk::{Connection, Setup},
    effect::{Answer, Effect, Read, Slot, Write},
    glyphs::Glyphs,
    input::{Code, Input, Key},
    keymap::Keymap,
    message::{Connected, Msg, Written},
    model::{Model, Pane},
    texts::Texts,
    theme::{Depth, Theme},
    update, view,
};
use crate::{
    client::ClientError,
    domain::{
        actor::Permission,
        call::{Direction, Outcome, Route},
        clean::must_not_show,
        directory::Company,
        length::Tenths,
        list::Count,
        recording::{CopyState, RecordingMode, RecordingState},
    },
    wire,
};

mod asking;
mod auditing;
mod beside;
mod commands;
mod dear;
mod documented;
mod edits;
mod everywhere;
mod facets;
mod figures;
mod following;
mod gate;
mod lanes;
mod line;
mod listening;
mod many;
mod news;
mod pointing;
mod rights;
mod sharing;
mod sizes;
mod taking;
mod users;
mod views;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn setup(theme: &str, depth: Depth) -> Setup {
    Setup {
        texts: Texts::default(),
        keymap: Keymap::built_in(),
        theme: Theme::built_in(theme, depth),
        glyphs: Glyphs::Unicode,
        remote: false,
        place: "callreel.db".to_owned(),
        can_demo: true,
        can_import: true,
        can_connect: true,
        places: Vec::new(),
        lock_after: None,
        session: "01JS".to_owned(),
    }
}

fn call(number: usize) -> wire::CallBody {
    let people = ["Kovács, Ágnes", "Černý, Jiří", "Müller GmbH", "Horvat, Đuro", "Őri, Zsófia", "Lék. Novotná", "日本電気"];
    let outcomes =
        [Outcome::Answered, Outcome::Missed, Outcome::Answered, Outcome::Unanswered, Outcome::Abandoned, Outcome::Answered];
    let direction =
        [Direction::Out, Direction::In, Direction::In, Direction::Out, Direction::In, Direction::Internal][number % 6];
    let outcome = outcomes[number % 6];
    let outside = format!("+4860155{:04}", number * 37 % 10_000);
    let inside = Some("601".to_owned());
    let (from, to) = match direction {
        Direction::In => (Some(outside), inside),
        Direction::Out => (inside, Some(outside)),
        Direction::Internal => (inside, Some("604".to_owned())),
    };
    let answered = outcome == Outcome::Answered;
    let start = at("2026-11-07T13:21:04Z") - jiff::SignedDuration::from_mins(17 * i64::try_from(number).expect("small"));
    let recordings = if answered && number % 3 != 1 { vec![recording(number)] } else { Vec::new() };
    wire::CallBody {
        id: format!("01JC{number:022}"),
        source_ids: vec![format!("pbx-{number}")],
        start,
        start_whole_second: false,
        answered: answered.then_some(start),
        end: Some(start),
        direction,
        route: (direction == Direction::In).then_some(Route::Queue),
        outcome,
        from: from.filter(|_| number % 11 != 10),
        reached: to.clone(),
        to,
        customer: (number % 4 != 3).then(|| people[number % people.len()].to_owned()),
        extension: Some("601".to_owned()),
        extensions: vec!["601".to_owned()],
        agent: Some("Wiśniewska".to_owned()),
        group: Some("sales".to_owned()),
        projects: vec!["sales".to_owned()],
        queue: (direction == Direction::In).then(|| "Support".to_owned()),
        wait_s: Some(Tenths(42)),
        talk_s: Some(Tenths(if answered { 1_230 + 317 * i64::try_from(number).expect("small") } else { 0 })),
        talk_at_most_s: None,
        on_hold_s: Some(Tenths(0)),
        duration_s: Some(Tenths(1_300)),
        cost: None,
        case: (number % 5 == 2).then(|| "C-17".to_owned()),
        tags: if number == 2 { vec!["refund".to_owned()] } else { Vec::new() },
        flagged: number == 4,
        recordings,
        review: None,
        legs: 2,
        has_note: number == 2,
    }
}

fn recording(number: usize) -> wire::RecordingBody {
    wire::RecordingBody {
        id: format!("01JR{number:022}"),
        mode: Some(if number.is_multiple_of(2) { RecordingMode::Auto } else { RecordingMode::OnDemand }),
        offset_s: Some(Tenths(0)),
        length_s: Tenths(1_230),
        channels: 2,
        format: "wav/pcm".to_owned(),
        bytes: 8_100_000,
        sha256: "9f2c11ab77e0".repeat(5),
        state: RecordingState::Stored,
        copies: vec![wire::CopyBody { place: "internal".to_owned(), state: CopyState::Verified }],
    }
}

fn detail(number: usize) -> wire::CallDetailBody {
    let call = call(number);
    let note = wire::Note {
        id: "01JN".to_owned(),
        author: "anna".to_owned(),
        created: call.start,
        edited: None,
        at: Some(Tenths(1_920)),
        text: "asked twice for the refund form".to_owned(),
        version: 1,
    };
    let event = |seconds: i64, kind, party: &str| wire::TimelineEvent {
        at: call.start + jiff::SignedDuration::from_secs(seconds),
        kind,
        party: Some(party.to_owned()),
        detail: None,
    };
    use crate::domain::call::TimelineKind::{Bridge, Queue, Ring};
    wire::CallDetailBody {
        why: Vec::new(),
        from_raw: call.from.clone(),
        to_raw: call.to.clone(),
        leg_list: Vec::new(),
        timeline: vec![event(0, Queue, "Support"), event(2, Ring, "601"), event(4, Bridge, "601")],
        notes: vec![note],
        history: Vec::new(),
        receipts: Vec::new(),
        taken: Vec::new(),
        call,
    }
}

fn key(model: &mut Model, name: &str) -> Vec<Effect> {
    let key: Key = name.parse().expect("a key");
    update::update(model, Msg::Inputs { inputs: vec![Input::Key(key)], burst: false })
}

fn keys(model: &mut Model, text: &str) -> Vec<Effect> {
    text.chars()
        .flat_map(|character| update::update(model, Msg::Inputs { inputs: vec![Input::Key(Key::char(character))], burst: false }))
        .collect()
}

/// A console that is connected, with its first effects taken.
fn connected(theme: &str, depth: Depth, size: (u16, u16)) -> (Model, Vec<Effect>) {
    let mut model = Model::new(setup(theme, depth), at("2026-11-07T14:00:00Z"), size);
    let begun = update::begin(&mut model);
    let generation = begun.iter().find_map(|effect| match effect {
        Effect::Connect { generation } => Some(*generation),
        _ => None,
    });
    update::update(&mut model, Msg::Remembered(Box::default()));
    let who = wire::WhoAmI {
        name: "local:anna".to_owned(),
        role: "owner".to_owned(),
        via: "local".to_owned(),
        until: None,
        sees: vec!["*".to_owned()],
        signed_in: "file".to_owned(),
        permissions: Permission::ALL.to_vec(),
        company: Company { zone: "Europe/Warsaw".to_owned(), ..Company::default() },
        place: "callreel.db".to_owned(),
        read_only: false,
    };
    let zone = TimeZone::get("Europe/Warsaw").expect("a zone");
    let outcome = Box::new(Connected::Up { who, zone, over_a_line: false });
    let effects = update::update(&mut model, Msg::Connected { generation: generation.expect("connecting"), outcome });
    (model, effects)
}

fn generation(effects: &[Effect], wanted: Slot) -> u64 {
    let found = effects.iter().rev().find_map(|effect| match effect {
        Effect::Read { slot, generation, .. } | Effect::Wait { slot, generation, .. } if *slot == wanted => Some(*generation),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing asked in {wanted:?}: {effects:?}"))
}

fn answer(model: &mut Model, effects: &[Effect], slot: Slot, answer: Result<Answer, ClientError>) -> Vec<Effect> {
    let generation = generation(effects, slot);
    update::update(model, Msg::Answered { slot, generation, answer: Box::new(answer) })
}

/// The cursor pauses: what waited for that is asked.
fn pause(model: &mut Model, effects: &[Effect]) -> Vec<Effect> {
    let generation = generation(effects, Slot::Detail);
    model.desk.now += jiff::SignedDuration::from_millis(200);
    update::update(model, Msg::Due { slot: Slot::Detail, generation })
}

fn page(numbers: std::ops::Range<usize>, next: Option<&str>) -> Answer {
    Answer::Page(wire::Page {
        items: numbers.map(call).collect(),
        next: next.map(ToOwned::to_owned),
        previous: None,
        total: None,
    })
}

/// A console with a list of thirty calls, the third under the cursor, its detail and waveform read.
fn listed(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    listed_on(false, theme, depth, size)
}

fn listed_on(remote: bool, theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let (mut model, effects) = connected(theme, depth, size);
    model.desk.setup.remote = remote;
    model.layout();
    let listing = answer(&mut model, &effects, Slot::List, Ok(page(0..30, None)));
    let count = Count { count: 1_204, exact: true };
    let revision = wire::Revision { revision: "1".to_owned(), calls: count, indexing: None };
    answer(&mut model, &listing, Slot::Revision, Ok(Answer::Revision(revision)));
    if model.calls.facets.beside(&model.desk) {
        facets::counted(&mut model, &listing);
    }
    model.calls.count = Some(Count { count: 312, exact: true });
    let totals = wire::Totals { calls: 312, answered: 253, talk_s: Tenths(759_600), ..wire::Totals::default() };
    model.calls.totals = Some(Box::new(totals));
    (model.calls.figured, model.calls.summed) = (Some(String::new()), Some(String::new()));
    key(&mut model, "j");
    key(&mut model, "j");
    let effects = pause(&mut model, &listing);
    let effects = answer(&mut model, &effects, Slot::Detail, Ok(Answer::Detail(Box::new(detail(2)))));
    if remote {
        return model;
    }
    let levels = (0..2).map(|lane| (0..200usize).map(|at| (((at * 7 + lane * 90) % 61) * 4) as u8).collect()).collect();
    let peaks =
        wire::Peaks { recording: recording(2).id, length_s: 123.0, from_s: 0.0, until_s: 123.0, channels: 2, width: 200, levels };
    answer(&mut model, &effects, Slot::Peaks, Ok(Answer::Peaks(peaks)));
    model
}

fn drawn(model: &Model) -> Buffer {
    let (columns, rows) = model.desk.size;
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    view::view(model, &mut buffer);
    buffer
}

fn text_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut skip = 0;
        for x in buffer.area.left()..buffer.area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            skip = super::widgets::width(symbol).saturating_sub(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Runs of equal style: text drops them, and a lost colour would pass unseen.
fn styles_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut start = 0;
        for x in 1..=buffer.area.width {
            let here = &buffer[(start, y)];
            if x < buffer.area.width && buffer[(x, y)].style() == here.style() {
                continue;
            }
            let modifier = if here.modifier == Modifier::empty() { String::new() } else { format!(" {:?}", here.modifier) };
            text.push_str(&format!("{y}:{start}..{x} {}/{}{modifier}\n", here.fg, here.bg));
            start = x;
        }
    }
    text
}

/// The one wrapper around snapshots: text, then styles.
fn snapshot(name: &str, model: &Model) {
    let buffer = drawn(model);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, format!("{}\n{}", text_of(&buffer), styles_of(&buffer))));
}

#[test]
fn pictures_of_every_screen() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{columns}x{rows}");
            let mut model = listed(theme, depth, (columns, rows));
            snapshot(&name("calls"), &model);
            key(&mut model, "Enter");
            snapshot(&name("detail"), &model);
            keys(&mut model, "en");
            keys(&mut model, "Refund promised until Friday.");
            snapshot(&name("note"), &model);
            let mut model = listed(theme, depth, (columns, rows));
            key(&mut model, "?");
            snapshot(&name("help"), &model);
            let mut model = listed(theme, depth, (columns, rows));
            let effects = keys(&mut model, "/lenght:>2m");
            let problem = wire::Problem {
                status: 400,
                detail: "no field \"lenght:\"; did you mean \"len:\"?".to_owned(),
                position: Some(0),
                length: Some(7),
                ..wire::Problem::default()
            };
            answer(&mut model, &effects, Slot::List, Err(ClientError::Problem(problem)));
            snapshot(&name("query-error"), &model);
            let (mut model, effects) = connected(theme, depth, (columns, rows));
            answer(&mut model, &effects, Slot::List, Ok(page(0..0, None)));
            snapshot(&name("empty"), &model);
            let mut model = Model::new(setup(theme, depth), at("2026-11-07T14:00:00Z"), (columns, rows));
            snapshot(&name("connecting"), &model);
            model.desk.connection = Connection::FirstRun;
            snapshot(&name("first-run"), &model);
        }
    }
    let model = listed("mono", Depth::None, (52, 14));
    snapshot("too-small_mono_52x14", &model);
}

#[test]
fn no_size_and_no_glyph_set_breaks_a_picture() {
    for size in [(0, 0), (1, 1), (2, 2), (80, 1), (60, 16), (79, 23), (500, 200)] {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let mut model = listed("ansi", Depth::C16, size);
            model.desk.setup.glyphs = glyphs;
            for press in ["Enter", "?", "Esc", ":", "Esc", "g", "Esc", "q", "s", "Esc", "V", "*", "q"] {
                key(&mut model, press);
                let buffer = drawn(&model);
                if glyphs == Glyphs::Ascii {
                    assert!(buffer.content.iter().all(|cell| cell.symbol().is_ascii()), "{size:?} {press}");
                }
            }
        }
    }
}

#[test]
fn an_answer_that_was_overtaken_is_dropped() {
    let (mut model, first) = connected("dark", Depth::C256, (80, 24));
    let second = keys(&mut model, "/601");
    answer(&mut model, &first, Slot::List, Ok(page(0..5, None)));
    assert!(!model.calls.list.loaded, "the list of the old query");
    answer(&mut model, &second, Slot::List, Ok(page(5..7, None)));
    assert_eq!(model.calls.list.rows().count(), 2);
}

#[test]
fn typing_waits_and_enter_does_not() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let typed = keys(&mut model, "/is:missed");
    let waits: Vec<u64> = typed
        .iter()
        .filter_map(|effect| match effect {
            Effect::Read { slot: Slot::List, after_ms, .. } => Some(*after_ms),
            _ => None,
        })
        .collect();
    assert!(!waits.is_empty() && waits.iter().all(|wait| *wait == 30), "{waits:?}");
    let entered = key(&mut model, "Enter");
    assert!(entered.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::List, after_ms: 0, read: Read::Page { query, figures: true }, .. } if query.q == "is:missed")));
    assert!(!model.calls.query.editing);
    key(&mut model, "u");
    assert_eq!(model.calls.query.applied, "", "undo brings the query of before back");
}

#[test]
fn leaving_waits_for_what_is_being_saved() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = key(&mut model, "F");
    let [Effect::Write { number, write, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*write, Write::SetFlag { call: call(2).id, flagged: true });
    key(&mut model, "q");
    let left = key(&mut model, "y");
    assert!(!left.iter().any(|effect| matches!(effect, Effect::Leave { .. })), "{left:?}");
    let written = Msg::Written { number: *number, write: Box::new(write.clone()), result: Ok(Written::Done) };
    let left = update::update(&mut model, written);
    assert!(left.contains(&Effect::Leave { status: 0 }), "{left:?}");
    assert!(model.calls.current().is_some_and(|call| call.flagged));
}

#[test]
fn a_refused_write_is_told_and_changes_nothing() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = key(&mut model, "F");
    let [Effect::Write { number, write, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let result = Err(ClientError::Unreachable { place: "there".to_owned(), why: "gone".to_owned() });
    update::update(&mut model, Msg::Written { number: *number, write: Box::new(write.clone()), result });
    assert!(!model.calls.current().is_some_and(|call| call.flagged));
    assert!(text_of(&drawn(&model)).contains("gone"));
}

#[test]
fn pages_join_at_both_ends_and_the_cursor_keeps_its_call() {
    let (mut model, effects) = connected("dark", Depth::C256, (80, 24));
    model.layout();
    let effects = answer(&mut model, &effects, Slot::List, Ok(page(0..30, Some("cursor-1"))));
    let asked = effects.iter().any(|effect| {
        matches!(effect, Effect::Read { slot: Slot::More, read: Read::More { query, .. }, .. } if query.after.as_deref() == Some("cursor-1"))
    });
    assert!(asked, "{effects:?}");
    key(&mut model, "G");
    let before = model.calls.current().expect("a call").id.clone();
    let more = wire::Page { items: (30..60).map(call).collect(), next: None, previous: None, total: None };
    answer(&mut model, &effects, Slot::More, Ok(Answer::More { way: super::screens::calls::Way::Down, page: more }));
    let _ = before;
    assert!(model.calls.list.rows().count() == 60 || model.desk.is_busy(Slot::List));
}
