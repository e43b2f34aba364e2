//! What stands beside the list or over it: columns, totals, the customer, why; and what loading anew does to the cursor.

use jiff::civil::date;

use super::*;
use crate::domain::{
    list::{DayCount, Totals},
    why::Why,
};

fn sums(calls: u64) -> Totals {
    Totals {
        calls,
        answered: calls * 3 / 4,
        missed: calls / 8,
        unanswered: calls / 8,
        talk_s: Tenths(2_300 * i64::try_from(calls).expect("small")),
        recordings: calls / 2,
        recorded_s: Tenths(1_100 * i64::try_from(calls).expect("small")),
        bytes: 810_000 * calls,
        ..Totals::default()
    }
}

fn summary() -> wire::SummaryBody {
    let days = (0..36u64).filter(|day| day % 7 < 5);
    let days = days.map(|day| DayCount {
        day: date(2026, 10, 5).saturating_add(jiff::Span::new().days(i64::try_from(day).expect("small"))),
        calls: 6 + day * 13 % 17,
    });
    wire::SummaryBody { totals: sums(312), facets: wire::Facets::new(), hours: vec![1; 168], days: days.collect() }
}

fn shares(names: &[Option<&str>]) -> Vec<wire::Share> {
    let share = |(at, value): (usize, &Option<&str>)| wire::Share { value: value.map(str::to_owned), totals: sums(96 >> at) };
    names.iter().enumerate().map(share).collect()
}

fn reads(effects: &[Effect], wanted: Slot) -> Vec<Read> {
    let read = |effect: &Effect| match effect {
        Effect::Read { slot, read, .. } if *slot == wanted => Some(read.clone()),
        _ => None,
    };
    effects.iter().filter_map(read).collect()
}

/// The box with the sums, on its table by agent.
fn totals_by_agent(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    let effects = keys(&mut model, "T");
    let effects = answer(&mut model, &effects, Slot::Totals, Ok(Answer::Summary(Box::new(summary()))));
    let days = Answer::Breakdown { by: "day".to_owned(), shares: shares(&[Some("2026-11-06"), Some("2026-11-07")]) };
    answer(&mut model, &effects, Slot::Totals, Ok(days));
    let effects = key(&mut model, "Tab");
    let agents = shares(&[Some("Wiśniewska"), Some("Nowak"), Some("Dvořák"), None]);
    answer(&mut model, &effects, Slot::Totals, Ok(Answer::Breakdown { by: "agent".to_owned(), shares: agents }));
    model
}

fn number_body() -> wire::NumberBody {
    let note = detail(2).notes.remove(0);
    wire::NumberBody {
        number: "+48601550074".to_owned(),
        customer: Some(wire::Customer {
            id: "01JK".to_owned(),
            name: "Müller GmbH".to_owned(),
            numbers: vec!["+48601550074".to_owned(), "+4930555018".to_owned()],
            remark: Some("pays by invoice".to_owned()),
        }),
        numbers: vec!["+48601550074".to_owned(), "+4930555018".to_owned()],
        query: "num:^+48601550074,^+4930555018".to_owned(),
        totals: sums(18),
        first: Some(at("2025-02-03T09:00:00Z")),
        last: Some(at("2026-11-07T12:47:04Z")),
        agents: shares(&[Some("Wiśniewska"), Some("Nowak")]),
        cases: vec![wire::Used { name: "C-17".to_owned(), calls: 2 }],
        tags: vec![wire::Used { name: "refund".to_owned(), calls: 1 }],
        notes: vec![wire::NoteOfCall { call: call(2).id, start: call(2).start, note }],
    }
}

/// The customer of call 2.
fn customer(theme: &str, depth: Depth, size: (u16, u16)) -> Model {
    let mut model = listed(theme, depth, size);
    model.layout();
    let effects = keys(&mut model, "o");
    assert_eq!(reads(&effects, Slot::Customer), [Read::Number("+48601550074".to_owned())]);
    let effects = answer(&mut model, &effects, Slot::Customer, Ok(Answer::Number(Box::new(number_body()))));
    let asked = reads(&effects, Slot::Customer);
    assert!(matches!(asked.as_slice(), [Read::Page { query, .. }] if query.q == number_body().query), "{asked:?}");
    answer(&mut model, &effects, Slot::Customer, Ok(page(2..9, None)));
    model.layout();
    model
}

#[test]
fn pictures_of_what_stands_beside_the_list() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for size in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{}x{}", size.0, size.1);
            snapshot(&name("totals"), &totals_by_agent(theme, depth, size));
            snapshot(&name("customer"), &customer(theme, depth, size));
            let mut model = listed(theme, depth, size);
            keys(&mut model, "Cjj");
            snapshot(&name("columns"), &model);
            let mut model = listed(theme, depth, size);
            let why = model.calls.detail.as_mut().expect("read");
            why.why = vec![
                Why { code: "automatic".to_owned(), text: "It was recorded automatically from its first second.".to_owned() },
                Why {
                    code: "no-rule".to_owned(),
                    text: "The records of the exchange name no rule; rules are known once callreel decides them.".to_owned(),
                },
            ];
            keys(&mut model, "W");
            snapshot(&name("why"), &model);
            let (mut model, effects) = connected(theme, depth, size);
            model.layout();
            let effects = {
                answer(&mut model, &effects, Slot::List, Ok(page(0..30, None)));
                keys(&mut model, "/num:5500")
            };
            snapshot(&name("loading"), &model);
            answer(&mut model, &effects, Slot::List, Ok(page(40..120, None)));
            key(&mut model, "Enter");
            keys(&mut model, "jj  ");
            snapshot(&name("filtered"), &model);
        }
    }
}

#[test]
fn totals_tell_of_what_is_marked_and_enter_narrows_the_list() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, "  T");
    let wanted = format!("id:{},{}", call(2).id, call(3).id);
    assert!(
        matches!(reads(&effects, Slot::Totals).as_slice(), [Read::Summary(queries)] if queries.len() == 1 && queries[0].q == wanted)
    );
    assert!(text_of(&drawn(&model)).contains("Totals of 2 marked calls"));
    keys(&mut model, "j");
    assert_eq!(model.calls.list.cursor(), 4, "keys go to the box");
    key(&mut model, "Esc");
    assert!(model.calls.totals_page.is_none() && !model.calls.marks.is_none(), "one layer");
    let mut model = totals_by_agent("dark", Depth::C256, (80, 24));
    assert!(text_of(&drawn(&model)).contains("Nowak"));
    keys(&mut model, "F");
    assert!(text_of(&drawn(&model)).contains("F does nothing here") || text_of(&drawn(&model)).contains("Esc first"));
    keys(&mut model, "j");
    let effects = key(&mut model, "Enter");
    assert!(
        matches!(reads(&effects, Slot::List).as_slice(), [Read::Page { query, .. }] if query.q == "agent:Nowak"),
        "{effects:?}"
    );
    assert!(model.calls.totals_page.is_none());
    key(&mut model, "u");
    assert_eq!(model.calls.query.applied, "");
}

#[test]
fn tables_are_sorted_by_other_columns_too() {
    let mut model = totals_by_agent("dark", Depth::C256, (80, 24));
    let shares = |talk: [i64; 3], missed: [u64; 3]| {
        ["Anna", "Beata", "Celina"].iter().enumerate().map(move |(at, name)| wire::Share {
            value: Some((*name).to_owned()),
            totals: Totals {
                calls: 100,
                answered: 100 - missed[at],
                missed: missed[at],
                talk_s: Tenths(talk[at]),
                ..Totals::default()
            },
        })
    };
    let effects = keys(&mut model, "l");
    let groups = Answer::Breakdown { by: "extension".to_owned(), shares: shares([10, 900, 20], [5, 7, 1]).collect() };
    answer(&mut model, &effects, Slot::Totals, Ok(groups));
    let order = |model: &Model| {
        let text = text_of(&drawn(model));
        let mut found: Vec<(usize, &str)> =
            ["Anna", "Beata", "Celina"].into_iter().filter_map(|name| Some((text.find(name)?, name))).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, name)| name.chars().next().unwrap_or_default()).collect::<String>()
    };
    assert_eq!(order(&model), "ABC");
    for (wanted, heading) in [("BCA", "talked▼"), ("BAC", "missed+left▼"), ("CAB", "answered▼"), ("ABC", "")] {
        let effects = keys(&mut model, "s");
        assert!(effects.is_empty() && model.overlays.is_empty(), "{effects:?}");
        assert_eq!(order(&model), wanted);
        assert!(text_of(&drawn(&model)).contains(heading), "{heading}");
    }
    keys(&mut model, "s");
    let effects = key(&mut model, "Enter");
    assert!(
        matches!(reads(&effects, Slot::List).as_slice(), [Read::Page { query, .. }] if query.q == "ext:Beata"),
        "{effects:?}"
    );
}

#[test]
fn each_table_is_read_once_and_what_is_overtaken_is_dropped() {
    let mut model = totals_by_agent("dark", Depth::C256, (80, 24));
    let first = keys(&mut model, "l");
    let second = keys(&mut model, "l");
    assert!(matches!(reads(&second, Slot::Totals).as_slice(), [Read::Breakdown(queries)] if queries[0].by == "group"));
    let late = Answer::Breakdown { by: "extension".to_owned(), shares: shares(&[Some("999")]) };
    answer(&mut model, &first, Slot::Totals, Ok(late));
    keys(&mut model, "h");
    assert!(!text_of(&drawn(&model)).contains("999"));
    let again = keys(&mut model, "h");
    assert!(reads(&again, Slot::Totals).is_empty(), "by agent is known: {again:?}");
    assert!(text_of(&drawn(&model)).contains("Dvořák"));
}

#[test]
fn the_customer_follows_the_cursor_once_it_pauses() {
    let mut model = customer("dark", Depth::C256, (120, 40));
    assert!(text_of(&drawn(&model)).contains("+49 305 550 18") && text_of(&drawn(&model)).contains("pays by invoice"));
    let effects = keys(&mut model, "j");
    assert!(reads(&effects, Slot::Customer).is_empty());
    let effects = pause(&mut model, &effects);
    assert_eq!(reads(&effects, Slot::Customer), [Read::Number("+48601550111".to_owned())]);
    let effects = keys(&mut model, "jjjjjjj");
    pause(&mut model, &effects);
    assert!(text_of(&drawn(&model)).contains("withheld or is not known"), "{}", text_of(&drawn(&model)));
    let effects = keys(&mut model, "j");
    pause(&mut model, &effects);
    assert!(text_of(&drawn(&model)).contains("An internal call"));
    keys(&mut model, "o");
    assert!(model.calls.customer.is_none());
}

#[test]
fn the_customers_calls_lead_to_the_list() {
    for size in [(80, 24), (120, 40)] {
        let mut model = customer("dark", Depth::C256, size);
        if size.0 == 120 {
            key(&mut model, "Tab");
        }
        key(&mut model, "G");
        let effects = key(&mut model, "Enter");
        let asked = reads(&effects, Slot::List);
        assert!(matches!(asked.last(), Some(Read::Page { query, .. }) if query.q == number_body().query), "{asked:?}");
        let on = model.calls.goal.on.clone();
        answer(&mut model, &effects, Slot::List, Ok(page(2..9, None)));
        assert_eq!(
            model.calls.current().map(|call| call.id.clone()),
            on.filter(|_| size.0 == 80).or(model.calls.current().map(|call| call.id.clone()))
        );
        let mut model = customer("dark", Depth::C256, size);
        if size.0 == 120 {
            key(&mut model, "Tab");
        }
        let effects = keys(&mut model, "a");
        assert!(matches!(reads(&effects, Slot::List).last(), Some(Read::Page { query, .. }) if query.q == number_body().query));
    }
}

#[test]
fn columns_are_chosen_moved_and_brought_back() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let heading = |model: &Model| text_of(&drawn(model)).lines().nth(4).expect("a heading").to_owned();
    let before = heading(&model);
    keys(&mut model, "C");
    for _ in 0..4 {
        key(&mut model, "j");
    }
    key(&mut model, "Space");
    assert!(!heading(&model).contains("TALK"), "{}", heading(&model));
    key(&mut model, "Space");
    keys(&mut model, "KK");
    let now = heading(&model);
    assert!(now.find("TALK") < now.find("OTHER PARTY"), "{now}");
    key(&mut model, "Esc");
    let memory = model.memory();
    assert_eq!(memory.columns[2], "talk_s");
    key(&mut model, "u");
    assert_eq!(heading(&model), before);
}

#[test]
fn why_waits_for_the_call_to_be_read() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "j");
    let effects = keys(&mut model, "W");
    assert!(model.overlays.is_empty());
    let mut body = detail(3);
    body.why = vec![Why { code: "nobody-talked".to_owned(), text: "Nobody talked, so there was nothing to record.".to_owned() }];
    answer(&mut model, &effects, Slot::Detail, Ok(Answer::Detail(Box::new(body))));
    let text = text_of(&drawn(&model));
    assert!(text.contains("Why this call was not recorded") && text.contains("Nobody talked"), "{text}");
    key(&mut model, "Esc");
    assert!(model.overlays.is_empty());
}

#[test]
fn loading_anew_keeps_call_line_and_marks() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, " jjjj");
    let (on, line) = (model.calls.current().expect("a call").id.clone(), model.calls.list.line_of_cursor());
    let effects = keys(&mut model, "r");
    assert!(
        matches!(reads(&effects, Slot::List).as_slice(), [Read::Page { query, .. }] if query.before.as_deref() == Some("end")),
        "{effects:?}"
    );
    let fresh: Vec<wire::CallBody> =
        (0..6).map(|number| wire::CallBody { id: format!("new{number}"), ..call(0) }).chain((0..30).map(call)).collect();
    let page = wire::Page { items: fresh, next: None, previous: None, total: None };
    answer(&mut model, &effects, Slot::List, Ok(Answer::Page(page)));
    assert_eq!(model.calls.current().map(|call| call.id.clone()), Some(on));
    assert_eq!(model.calls.list.line_of_cursor(), line);
    assert!(model.calls.marks.has(&call(2).id));
}

#[test]
fn a_call_that_is_gone_leaves_its_place_to_the_next() {
    let missing = || Err(ClientError::Problem(wire::Problem { status: 404, ..wire::Problem::default() }));
    let mut model = listed("dark", Depth::C256, (80, 24));
    let effects = keys(&mut model, " k");
    model.calls.detail = None;
    let effects = pause(&mut model, &effects);
    let effects = answer(&mut model, &effects, Slot::Detail, missing());
    assert_eq!(model.calls.current().map(|current| current.id.clone()), Some(call(3).id));
    assert!(model.calls.marks.is_none() && text_of(&drawn(&model)).contains("not there any more"));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Wait { slot: Slot::Detail, .. })), "{effects:?}");
    // It was the one that filled the screen.
    model.calls.detail = None;
    let effects = key(&mut model, "Enter");
    assert_eq!(model.pane, Pane::Player);
    answer(&mut model, &effects, Slot::Detail, missing());
    assert_eq!((model.pane, model.calls.current().map(|current| current.id.clone())), (Pane::Calls, Some(call(4).id)));
    // After loading anew the next that is left has the cursor.
    let effects = keys(&mut model, "r");
    let items = (0..30).filter(|number| !matches!(number, 2..=5)).map(call).collect();
    answer(&mut model, &effects, Slot::List, Ok(Answer::Page(wire::Page { items, next: None, previous: None, total: None })));
    assert_eq!(model.calls.current().map(|current| current.id.clone()), Some(call(6).id));
}

#[test]
fn days_head_their_rows_and_moving_stays_right() {
    let (mut model, effects) = connected("mono", Depth::None, (80, 24));
    model.layout();
    let calls: Vec<wire::CallBody> = (0..60)
        .map(|number| wire::CallBody {
            start: call(0).start - jiff::SignedDuration::from_hours(6 * number),
            ..call(usize::try_from(number).expect("small"))
        })
        .collect();
    let page = wire::Page { items: calls, next: None, previous: None, total: None };
    answer(&mut model, &effects, Slot::List, Ok(Answer::Page(page)));
    let text = text_of(&drawn(&model));
    assert!(text.contains("Sat 7 Nov 2026") && text.contains("Fri 6 Nov 2026"), "{text}");
    let height = model.calls.list.height;
    for press in
        ["j", "PageDown", "PageDown", "k", "PageUp", "Ctrl-d", "G", "k", "PageUp", "PageUp", "PageUp", "PageUp", "g g", "End"]
    {
        for press in press.split(' ') {
            key(&mut model, press);
        }
        let line = model.calls.list.line_of_cursor().expect("the cursor is on the screen");
        assert!(line > 0 && line < height, "{press}: {line}");
        let drawn = text_of(&drawn(&model));
        let row = drawn.lines().nth(5 + line).expect("its line");
        assert!(row.starts_with('►'), "{press}\n{drawn}");
    }
    assert_eq!(model.calls.list.cursor(), 59);
    keys(&mut model, "s");
    keys(&mut model, "talk");
    let effects = key(&mut model, "Enter");
    let items = (0..30).map(call).collect();
    answer(&mut model, &effects, Slot::List, Ok(Answer::Page(wire::Page { items, next: None, previous: None, total: None })));
    assert!(!model.calls.list.is_headed(), "only where the list goes by time");
}

#[test]
fn what_is_open_survives_a_tiny_screen_and_comes_back() {
    for open in ["T", "o", "C", "W", "oj"] {
        for wide in [(80, 24), (120, 40)] {
            let mut model = listed("mono", Depth::None, wide);
            model.layout();
            keys(&mut model, open);
            let before = text_of(&drawn(&model));
            for size in [(20, 5), (1, 1), (0, 0), (60, 16), (200, 60), wide] {
                update::update(&mut model, Msg::Resized(size.0, size.1));
                model.layout();
                drawn(&model);
                if size == (60, 16) {
                    keys(&mut model, "j");
                    keys(&mut model, "k");
                }
            }
            assert_eq!(text_of(&drawn(&model)).lines().count(), before.lines().count());
            assert_eq!(model.calls.list.cursor(), 2 + usize::from(open == "oj" && wide.0 == 120), "{open} {wide:?}");
        }
    }
}

#[test]
fn a_call_with_a_hold_is_drawn_as_lanes() {
    use crate::domain::call::TimelineKind::{Answer as Answered, Bridge, End, Feature, Hold, Queue, Ring, Start, Unhold};
    let mut model = listed("mono", Depth::None, (80, 40));
    let body = model.calls.detail.as_mut().expect("read");
    let start = body.call.start;
    let event = |second: i64, kind| wire::TimelineEvent {
        at: start + jiff::SignedDuration::from_secs(second),
        kind,
        party: Some("601".to_owned()),
        detail: None,
    };
    body.call.wait_s = Some(Tenths(100));
    body.call.duration_s = Some(Tenths(1_000));
    body.call.answered = Some(start + jiff::SignedDuration::from_secs(10));
    body.call.end = Some(start + jiff::SignedDuration::from_secs(100));
    body.timeline = vec![
        event(0, Start),
        event(0, Queue),
        event(5, Ring),
        event(10, Answered),
        event(10, Bridge),
        event(10, Bridge),
        event(40, Hold),
        event(60, Unhold),
        event(80, Feature),
        event(100, End),
    ];
    key(&mut model, "Enter");
    let text = text_of(&drawn(&model));
    let lane = |name: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(name) && line.contains(['░', '█', '▬'])).expect(name);
        let cells: Vec<char> = line.chars().skip(21).collect();
        let at = |c: &char| matches!(c, '░' | '█' | '▬');
        (cells.iter().position(at).expect("a block"), cells.iter().rposition(at).expect("a block"))
    };
    assert_eq!((lane("wait"), lane("on hold")), ((0, 5), (22, 34)), "{text}");
    assert_eq!(lane("talk").0, 5, "{text}");
    assert!(text.contains("off hold") && text.contains("code pressed"), "{text}");
}
