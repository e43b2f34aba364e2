//! Pages, counts, sums and facets against the naive meaning of the query language, over made-up calls and random filters.

use std::collections::HashMap;

use fastrand::Rng;
use jiff::{SignedDuration, tz::TimeZone};

use super::{
    counting::{self, totals},
    listened::{self, Listened, PEOPLE},
    make::{at, batch, call, number, record, recording, store},
};
use crate::{
    domain::{
        actor::Scope,
        call::{Call, Direction, Outcome, Route},
        directory::{Customer, Extension},
        length::Tenths,
        list::PageRequest,
        query::{
            CallFacts, ExtensionPattern, Filter, Has, Is, NamePattern, NumberFragment, NumberPattern, Predicate, Range,
            RecordingFacts, Side, Sort, SortField, TimeRange, Weekdays,
        },
        recording::{CopyState, RecordingMode, RecordingState},
    },
    store::Store,
};

const CALLS: usize = 1_200;
const FILTERS: usize = 250;
const NAMES: [&str; 4] = ["Jiří Černý", "Żółć S.A.", "Mercury", "Anna's Café"];
const AGENTS: [&str; 3] = ["Anna", "Joanna Nowak", "Łukasz"];
const WORDS: [&str; 4] = ["zażółć gęślą", "refund asked", "Call back", "gęsta mgła"];

/// A list given again and again.
pub(super) fn pick<T: Clone>(rng: &mut Rng, list: &[T]) -> T {
    list[rng.usize(..list.len())].clone()
}

fn outside(rng: &mut Rng) -> String {
    format!("+48{}{}", pick(rng, &["22", "501", "601"]), rng.u32(100..160))
}

pub(super) struct World {
    folder: tempfile::TempDir,
    pub(super) store: Store,
    pub(super) calls: Vec<Call>,
    pub(super) facts: HashMap<String, CallFacts>,
    pub(super) zone: TimeZone,
}

pub(super) async fn world(rng: &mut Rng) -> World {
    let (folder, store) = store().await;
    let extensions: Vec<String> = (0..8).map(|n| format!("60{n}")).collect();
    for (index, extension) in extensions.iter().enumerate().filter(|(index, _)| *index != 3) {
        let extension = Extension {
            number: extension.clone(),
            label: (index % 2 == 0).then(|| format!("Desk {index}")),
            agent: (index % 4 != 1).then(|| AGENTS[index % 3].to_owned()),
            group: Some(["Sales", "Support"][index % 2].to_owned()),
            projects: if index < 4 { vec!["alpha".to_owned()] } else { vec!["beta".to_owned(), "Gamma".to_owned()] },
            since: (index == 5).then(|| at("2026-11-03T00:00:00Z")),
        };
        store.put_extension(extension, record("extension.add")).await.expect("extension");
    }
    let (mut calls, mut sounds) = (Vec::new(), Vec::new());
    for index in 0..CALLS {
        let id = format!("sys-17952{:05}.{index}", index / 3);
        let mut made = call(&[&id], "2026-11-01T00:00:00Z");
        made.start += SignedDuration::from_millis(rng.i64(0..8 * 86_400) * 1000 + rng.i64(0..2));
        made.direction = pick(rng, Direction::ALL);
        made.route = rng.bool().then(|| pick(rng, Route::ALL));
        made.outcome = if rng.bool() { Outcome::Answered } else { pick(rng, Outcome::ALL) };
        let ours = pick(rng, &extensions);
        let theirs = if rng.u8(..10) == 0 { None } else { number(&outside(rng)) };
        (made.from, made.to) = match made.direction {
            Direction::In => (theirs, number(&ours)),
            Direction::Out => (number(&ours), theirs),
            Direction::Internal => (number(&ours), number(&pick(rng, &extensions))),
        };
        made.reached = if rng.bool() { made.to.clone() } else { rng.bool().then(|| number(&outside(rng))).flatten() };
        made.caller_name = None;
        made.extension = Some(ours.clone());
        made.extensions = vec![ours, pick(rng, &extensions)];
        made.extensions.dedup();
        made.queue = rng.bool().then(|| pick(rng, &["Sales queue", "hotline"]).to_owned());
        let known = |rng: &mut Rng, most| (rng.u8(..4) > 0).then(|| Tenths(rng.i64(0..most)));
        (made.wait, made.talk, made.on_hold, made.duration) =
            (known(rng, 600), known(rng, 6000), known(rng, 100), known(rng, 7000));
        for nth in 0..rng.usize(..5).saturating_sub(2) {
            let mut sound = recording(&format!("{index}-{nth}.wav"), &[&id]);
            sound.mode = rng.bool().then(|| pick(rng, RecordingMode::ALL));
            sound.state = pick(rng, &[RecordingState::Stored, RecordingState::Lost]);
            (sound.length, sound.bytes) = (Tenths(rng.i64(0..6000)), rng.u64(0..9_000_000));
            sound.copies[0].state = pick(rng, CopyState::ALL);
            sound.copies[0].place = pick(rng, &["internal", "NAS one"]).to_owned();
            sounds.push(sound);
        }
        calls.push(made);
    }
    rng.shuffle(&mut calls);
    rng.shuffle(&mut sounds);
    let half = sounds.split_off(sounds.len() / 2);
    store.import(batch(vec![], half)).await.expect("import");
    store.import(batch(calls, sounds)).await.expect("import");
    let numbers = |from: u32| (0..9).map(|n| format!("+4822{}", from + n)).collect::<Vec<_>>();
    for (name, from) in NAMES.iter().zip([100, 112, 124, 136]) {
        let customer = Customer { name: (*name).to_owned(), numbers: numbers(from), ..Customer::default() };
        store.put_customer(customer, record("customer.add")).await.expect("customer");
    }
    let ids: Vec<String> =
        everything(&store, Filter::All, Sort::default(), false, 500).await.iter().map(|c| c.id.0.clone()).collect();
    let mut notes: HashMap<String, Vec<String>> = HashMap::new();
    for id in rng.choose_multiple(&ids, 90) {
        match rng.u8(..4) {
            0 => store.set_flag(Scope::Company, id.clone(), true, record("flag.add")).await.expect("flag"),
            1 => {
                let tag = pick(rng, &["refund", "Vip2", "vip"]);
                store.set_tag(Scope::Company, id.clone(), tag.to_owned(), true, record("tag.add")).await.expect("tag");
            }
            2 => {
                let case = pick(rng, &["C-17", "C-170", "Łódź 1"]);
                store.set_case(Scope::Company, id.clone(), Some(case.to_owned()), record("case.add")).await.expect("case");
            }
            _ => {
                let text = pick(rng, &WORDS);
                store
                    .add_note(Scope::Company, id.clone(), "anna".to_owned(), None, text.to_owned(), record("note.add"))
                    .await
                    .expect("note");
                notes.entry(id.clone()).or_default().push(text.to_owned());
            }
        }
    }
    let listened = listened::make(rng, &store).await;
    let calls = everything(&store, Filter::All, Sort::default(), false, 500).await;
    assert_eq!(calls.len(), CALLS);
    let directory = store.extensions().await.expect("extensions");
    let facts = calls.iter().map(|call| (call.id.0.clone(), facts(call, &directory, &notes, &listened))).collect();
    World { folder, store, calls, facts, zone: TimeZone::get("Europe/Warsaw").expect("zone") }
}

fn facts(call: &Call, directory: &[Extension], notes: &HashMap<String, Vec<String>>, listened: &Listened) -> CallFacts {
    let customer_of = |number: &str| {
        let index: usize = number.strip_prefix("+4822").and_then(|rest| rest.parse::<usize>().ok())?.checked_sub(100)?;
        (index % 12 < 9 && index < 48).then(|| NAMES[index / 12].to_owned())
    };
    let names = |number: &Option<crate::domain::call::Number>| {
        let Some(number) = number else { return Vec::new() };
        let ours = directory.iter().filter(|extension| extension.number == number.canonical);
        let ours = ours.flat_map(|extension| extension.agent.iter().chain(&extension.label).cloned());
        ours.chain(customer_of(&number.canonical)).collect::<Vec<_>>()
    };
    let assigned =
        |number: &&Extension| call.extensions.contains(&number.number) && number.since.is_none_or(|since| since <= call.start);
    let text = |number: &Option<crate::domain::call::Number>| number.as_ref().map(|number| number.canonical.clone());
    let (heard_by, downloaded_by, collections) = listened.get(&call.id.0).cloned().unwrap_or_default();
    CallFacts {
        heard_by,
        downloaded_by,
        collections,
        id: call.id.0.clone(),
        source_ids: call.source_ids.clone(),
        start: call.start,
        direction: call.direction,
        route: call.route,
        outcome: call.outcome,
        from: text(&call.from),
        to: text(&call.to),
        reached: text(&call.reached),
        from_names: names(&call.from),
        to_names: names(&call.to).into_iter().chain(names(&call.reached)).collect(),
        customer: call.other_party().and_then(|number| customer_of(&number.canonical)),
        extensions: call.extensions.clone(),
        agents: directory.iter().filter(assigned).filter_map(|extension| extension.agent.clone()).collect(),
        groups: directory.iter().filter(assigned).filter_map(|extension| extension.group.clone()).collect(),
        projects: directory.iter().filter(assigned).flat_map(|extension| extension.projects.clone()).collect(),
        queue: call.queue.clone(),
        wait: call.wait,
        talk: call.talk,
        on_hold: call.on_hold,
        case: call.case.clone(),
        tags: call.tags.clone(),
        flagged: call.flagged,
        notes: notes.get(&call.id.0).cloned().unwrap_or_default(),
        recordings: call
            .recordings
            .iter()
            .map(|recording| RecordingFacts {
                id: recording.id.0.clone(),
                mode: recording.mode,
                state: recording.state,
                length: recording.length,
                bytes: recording.bytes,
                places: recording
                    .copies
                    .iter()
                    .filter(|copy| copy.state != CopyState::Missing)
                    .map(|copy| copy.place.clone())
                    .collect(),
            })
            .collect(),
    }
}

/// All pages, joined; the cursors must lead through without gaps or repeats.
pub(super) async fn everything(store: &Store, filter: Filter, sort: Sort, backwards: bool, limit: usize) -> Vec<Call> {
    let mut request = PageRequest { filter, sort, limit, after: None, backwards };
    let mut calls = Vec::new();
    loop {
        let page = store.page(Scope::Company, request.clone()).await.expect("page");
        assert!(page.items.len() <= limit);
        let cursor = if backwards { page.previous } else { page.next };
        if backwards {
            calls.splice(0..0, page.items);
        } else {
            calls.extend(page.items);
        }
        match cursor {
            Some(cursor) => {
                assert_ne!(request.after.as_ref(), Some(&cursor), "a page that leads to itself: {request:?}");
                request.after = Some(cursor);
            }
            None => return calls,
        }
    }
}

fn range(rng: &mut Rng, most: i64) -> Range {
    Range { from: rng.bool().then(|| rng.i64(0..most)), to: rng.bool().then(|| rng.i64(0..most)) }
}

/// A part of a name, or one of those that there are.
fn name<'a>(rng: &mut Rng, part: String, known: impl Iterator<Item = &'a String>) -> NamePattern {
    let known: Vec<&String> = known.collect();
    match rng.u8(..3) {
        0 => NamePattern::Part(part),
        1 => NamePattern::Whole(part),
        _ => NamePattern::Whole(if known.is_empty() { part } else { pick(rng, &known).to_uppercase() }),
    }
}

/// A whole name, or its beginning and a star.
fn open(text: &str) -> NamePattern {
    match text.strip_suffix('*') {
        Some(beginning) => NamePattern::Beginning(beginning.to_owned()),
        None => NamePattern::Whole(text.to_owned()),
    }
}

fn predicate(rng: &mut Rng, world: &World) -> Predicate {
    let side = pick(rng, &[Side::Any, Side::From, Side::To]);
    let some = pick(rng, &world.calls);
    let part = pick(rng, &["cern", "ŻÓŁĆ", "anna", "a", "desk 2", "nowak", "luk", "nobody", "merc", "sales", "refu"]).to_owned();
    let moment = |rng: &mut Rng| at("2026-11-01T00:00:00Z") + SignedDuration::from_millis(rng.i64(0..8 * 86_400_000));
    match rng.u8(..31) {
        0 => Predicate::Time(TimeRange { from: rng.bool().then(|| moment(rng)), until: rng.bool().then(|| moment(rng)) }),
        1 => Predicate::Time(TimeRange { from: Some(some.start), until: Some(some.start + SignedDuration::from_hours(20)) }),
        2 => Predicate::TimeOfDay { from: rng.u16(..1440), to: rng.u16(..1441) },
        3 => Predicate::Weekday(Weekdays(rng.u8(..128))),
        4..7 => {
            let digits = pick(rng, &["22", "501", "+48601", "6", "4822115", "999", "60", "0"]).to_owned();
            if rng.u8(..3) == 0 {
                let known = some.from.iter().chain(&some.to).chain(&some.reached).map(|number| number.canonical.clone());
                let whole = known.chain([digits]).map(|digits| NumberFragment { digits, from_start: true, to_end: true });
                return Predicate::Number(side, NumberPattern { fragments: whole.collect() });
            }
            let fragment = NumberFragment { digits, from_start: rng.bool(), to_end: rng.u8(..4) == 0 };
            Predicate::Number(side, NumberPattern { fragments: vec![fragment] })
        }
        7 => Predicate::PartyName(side, part),
        8 => Predicate::CustomerName(name(rng, part, some.customer.iter())),
        9 => Predicate::Extension(ExtensionPattern::Exact(pick(rng, &["601", "605", "9"]).to_owned())),
        10 => Predicate::Extension(ExtensionPattern::Range("602".to_owned(), "604".to_owned())),
        11 => Predicate::Extension(ExtensionPattern::Prefix("60".to_owned())),
        12 => Predicate::Agent(name(rng, part, world.facts[&some.id.0].agents.iter())),
        13 => Predicate::Group(open(pick(rng, &["sales", "SUP*", "x"]))),
        14 => Predicate::Queue(open(pick(rng, &["sales queue", "hot*", "sales"]))),
        15 => Predicate::Project(open(pick(rng, &["Alpha", "gamma", "*", "b"]))),
        16 => Predicate::Direction(pick(rng, Direction::ALL)),
        17 => Predicate::Route(pick(rng, Route::ALL)),
        18 => Predicate::Outcome(pick(rng, Outcome::ALL)),
        19 => Predicate::Is(pick(rng, Is::ALL)),
        20 => Predicate::Has(pick(rng, Has::ALL)),
        21 => Predicate::Mode(pick(rng, RecordingMode::ALL)),
        22 => match rng.u8(..3) {
            0 => Predicate::Talk(range(rng, 6000)),
            1 => Predicate::Wait(range(rng, 600)),
            _ => Predicate::OnHold(range(rng, 100)),
        },
        23 => Predicate::RecordingLength(range(rng, 9000)),
        24 => Predicate::Size(range(rng, 12_000_000)),
        25 => Predicate::Case(open(pick(rng, &["c-17", "C-1*", "lodz 1"]))),
        26 => match rng.u8(..4) {
            0 => Predicate::Tag(name(rng, part, some.tags.iter())),
            1 => Predicate::Note(pick(rng, &["ges", "zaz ge", "back call", "und", "\"*"]).to_owned()),
            2 => Predicate::On(open(pick(rng, &["internal", "nas*", "x"]))),
            _ => Predicate::Text(part),
        },
        27 => {
            let part = pick(rng, &["anna", "ŁUCJA", "n", "nobody"]).to_owned();
            let (name, only) =
                (name(rng, part, PEOPLE.map(str::to_owned).iter()), rng.bool().then(|| pick(rng, &PEOPLE).to_owned()));
            if rng.bool() { Predicate::HeardBy { name, only } } else { Predicate::DownloadedBy { name, only } }
        }
        28 => {
            let who = pick(rng, &["ben", "local:anna", "Łucja Nowak", "", "nobody"]).to_owned();
            Predicate::In { name: open(pick(rng, &["training", "train*", "own", "*", "x"])), who }
        }
        29 => Predicate::Id(pick(rng, &some.source_ids)),
        _ => Predicate::Id(some.recordings.first().map_or(some.id.0, |recording| recording.id.0.clone())),
    }
}

fn filter(rng: &mut Rng, world: &World, depth: u8) -> Filter {
    match rng.u8(..if depth == 0 { 1 } else { 5 }) {
        1 => Filter::And((0..rng.usize(0..4)).map(|_| filter(rng, world, depth - 1)).collect()),
        2 => Filter::Or((0..rng.usize(0..4)).map(|_| filter(rng, world, depth - 1)).collect()),
        3 => Filter::Not(Box::new(filter(rng, world, depth - 1))),
        _ => Filter::Is(predicate(rng, world)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_means_what_the_language_means() {
    let mut rng = Rng::with_seed(20_261_107);
    let world = world(&mut rng).await;
    assert!(!world.store.has_columns().await.expect("columns"));
    compare(&mut rng, &world, FILTERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_mean_what_the_language_means() {
    let mut rng = Rng::with_seed(20_261_121);
    let mut world = world(&mut rng).await;
    world.store.complete_columns().await.expect("columns");
    for round in 0..4 {
        assert!(world.store.has_columns().await.expect("columns"));
        compare(&mut rng, &world, FILTERS / 2).await;
        change(&mut rng, &mut world).await;
        if round == 2 {
            world.store.complete_columns().await.expect("columns");
        }
    }
}

/// Changes of all kinds, after which the facts are read anew.
async fn change(rng: &mut Rng, world: &mut World) {
    let store = &world.store;
    let ids: Vec<String> = world.calls.iter().map(|call| call.id.0.clone()).collect();
    for id in rng.choose_multiple(&ids, 60) {
        match rng.u8(..3) {
            0 => store.set_flag(Scope::Company, id.clone(), rng.bool(), record("flag.add")).await.expect("flag"),
            1 => {
                let tag = pick(rng, &["refund", "Vip2", "vip"]);
                store.set_tag(Scope::Company, id.clone(), tag.to_owned(), rng.bool(), record("tag.add")).await.expect("tag");
            }
            _ => {
                let case = rng.bool().then(|| pick(rng, &["C-17", "C-170", "Łódź 1"]).to_owned());
                store.set_case(Scope::Company, id.clone(), case, record("case.add")).await.expect("case");
            }
        }
    }
    // Better records: other starts and outcomes, new numbers, and calls that turn out to be one.
    let mut again = Vec::new();
    for call in rng.choose_multiple(&world.calls, 120) {
        let ids: Vec<&str> = call.source_ids.iter().map(String::as_str).collect();
        let mut made = super::make::call(&ids, "2026-11-01T00:00:00Z");
        made.start += SignedDuration::from_millis(rng.i64(0..8 * 86_400) * 1000 + rng.i64(0..2));
        made.direction = pick(rng, Direction::ALL);
        made.outcome = pick(rng, Outcome::ALL);
        (made.from, made.to) = (number(&outside(rng)), number(&format!("+4950{}", rng.u32(..90))));
        made.talk = rng.bool().then(|| Tenths(rng.i64(0..60_000)));
        if rng.u8(..6) == 0 {
            made.source_ids.extend(pick(rng, &world.calls).source_ids);
        }
        (made.caller_name, made.extensions) = (None, call.extensions.clone());
        again.push(made);
    }
    store.import(batch(again, vec![])).await.expect("import");
    world.read().await;
}

impl World {
    /// A connection of a program that knows nothing of ours.
    pub(super) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(super::make::options(&self.folder).path).expect("open")
    }

    /// Reads every call and its facts.
    pub(super) async fn read(&mut self) {
        self.calls = everything(&self.store, Filter::All, Sort::default(), false, 500).await;
        let directory = self.store.extensions().await.expect("extensions");
        let mut notes = HashMap::new();
        let listened = listened::read(&self.store, &self.calls).await;
        for call in &self.calls {
            if call.has_note {
                let listed = self.store.call(Scope::Company, call.id.0.clone()).await.expect("call").notes;
                notes.insert(call.id.0.clone(), listed.into_iter().map(|note| note.text).collect::<Vec<_>>());
            }
        }
        self.facts = self.calls.iter().map(|call| (call.id.0.clone(), facts(call, &directory, &notes, &listened))).collect();
    }
}

async fn compare(rng: &mut Rng, world: &World, filters: usize) {
    let store = &world.store;
    let mut empty = 0;
    for nth in 0..filters {
        let filter = filter(rng, world, 2);
        let expected: Vec<&Call> =
            world.calls.iter().filter(|call| filter.matches(&world.facts[&call.id.0], &world.zone)).collect();
        empty += usize::from(expected.is_empty());
        let ids = |calls: &[Call]| calls.iter().map(|call| call.id.0.clone()).collect::<Vec<_>>();
        let wanted: Vec<String> = expected.iter().map(|call| call.id.0.clone()).collect();
        let newest = Sort::default();
        assert_eq!(ids(&everything(store, filter.clone(), newest, false, 400).await), wanted, "{nth}: {filter:?}");
        assert_eq!(super::make::ids(store, &filter, newest, 170).await, wanted, "{nth}: ids of {filter:?}");
        let count = store.count(Scope::Company, filter.clone(), None).await.expect("count");
        assert_eq!((count.count, count.exact), (wanted.len() as u64, true), "{nth}: {filter:?}");
        let bounded = store.count(Scope::Company, filter.clone(), Some(100)).await.expect("count");
        if bounded.exact {
            assert_eq!(bounded.count, wanted.len() as u64, "{filter:?}");
        } else {
            assert_eq!((bounded.count, wanted.len() > 100), (100, true), "{filter:?}");
        }
        assert_eq!(store.totals(Scope::Company, filter.clone()).await.expect("totals"), totals(&expected), "{filter:?}");
        if nth % 8 == 0 {
            let backwards = everything(store, filter.clone(), newest, true, 130).await;
            assert_eq!(ids(&backwards), wanted, "backwards: {filter:?}");
            let sort = Sort { field: pick(rng, SortField::ALL), descending: rng.bool() };
            let (forth, back) = (
                ids(&everything(store, filter.clone(), sort, false, 170).await),
                ids(&everything(store, filter.clone(), sort, true, 130).await),
            );
            assert_eq!(forth, back, "{sort:?} {filter:?}");
            assert_eq!(super::make::ids(store, &filter, sort, 100).await, forth, "{sort:?} {filter:?}");
            let (mut sorted, mut all) = (forth, wanted);
            sorted.sort_unstable();
            all.sort_unstable();
            assert_eq!(sorted, all, "{sort:?} {filter:?}");
            counting::compare(world, &filter, &expected).await;
        }
    }
    assert!(empty < filters / 2, "most filters should match something, {empty} do not");
}

#[tokio::test]
async fn scope_is_the_first_predicate_of_everything() {
    let mut rng = Rng::with_seed(7);
    let world = world(&mut rng).await;
    let scopes = [
        (Scope::Projects(vec!["beta".to_owned(), "unknown".to_owned()]), "beta", ""),
        (Scope::Own(vec!["602".to_owned()]), "", "602"),
        (Scope::Own(vec![]), "", ""),
    ];
    for (scope, project, extension) in scopes {
        let inside = |call: &Call| {
            call.projects.iter().any(|name| name == project) || call.extensions.iter().any(|number| number == extension)
        };
        let expected: Vec<&Call> = world.calls.iter().filter(|call| inside(call)).collect();
        let request = PageRequest { filter: Filter::All, sort: Sort::default(), limit: 500, after: None, backwards: false };
        let page = world.store.page(scope.clone(), request).await.expect("page");
        assert!(page.items.iter().map(|call| &call.id).eq(expected.iter().take(500).map(|call| &call.id)));
        assert_eq!(world.store.totals(scope.clone(), Filter::All).await.expect("totals"), totals(&expected));
        for call in world.calls.iter().take(60) {
            let found = world.store.call(scope.clone(), call.id.0.clone()).await;
            assert_eq!(found.is_ok(), inside(call));
            let tagged = world.store.set_tag(scope.clone(), call.id.0.clone(), "x".to_owned(), true, record("tag.add")).await;
            assert_eq!(tagged.is_ok(), inside(call));
        }
    }
}
