//! Facets, days and sums of values against the naive meaning, and each value's term against its count.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::differential::{World, world};
use crate::{
    domain::{
        actor::Scope,
        call::{Call, Direction, Money, Number, Outcome},
        facet::{BREAKDOWNS, FACETS, LENGTHS, WEEKDAYS, is_ordered, length_bucket, term},
        length::Tenths,
        list::{DayCount, Totals},
        query::{CallFacts, Filter, Predicate, QueryContext, Range, prepare},
        recording::RecordingMode,
    },
    store::Store,
};

/// What sums over calls must be.
pub(super) fn totals(calls: &[&Call]) -> Totals {
    let outcomes = |list: &[Outcome]| calls.iter().filter(|call| list.contains(&call.outcome)).count() as u64;
    let recordings = || calls.iter().flat_map(|call| &call.recordings);
    let mut cost: BTreeMap<&str, i64> = BTreeMap::new();
    for money in calls.iter().filter_map(|call| call.cost.as_ref()) {
        *cost.entry(&money.currency).or_default() += money.minor;
    }
    Totals {
        calls: calls.len() as u64,
        answered: outcomes(&[Outcome::Answered]),
        missed: outcomes(&[Outcome::Missed, Outcome::Abandoned]),
        unanswered: outcomes(&[Outcome::Unanswered]),
        talk_s: Tenths(calls.iter().filter_map(|call| call.talk).map(|talk| talk.0).sum()),
        cost: cost.into_iter().map(|(currency, minor)| Money { minor, currency: currency.to_owned() }).collect(),
        recordings: recordings().count() as u64,
        recorded_s: Tenths(recordings().map(|recording| recording.length.0).sum()),
        bytes: recordings().map(|recording| recording.bytes).sum(),
    }
}

/// What a call counts under.
fn values(world: &World, call: &Call, field: &str) -> Vec<Option<String>> {
    let facts: &CallFacts = &world.facts[&call.id.0];
    let local = world.zone.to_datetime(call.start);
    let one = |text: Option<&str>| vec![text.map(str::to_owned)];
    let number = |number: Option<&Number>| vec![number.map(|number| number.canonical.clone())];
    let all = |texts: &[String]| {
        let mut all: Vec<Option<String>> = texts.iter().cloned().map(Some).collect();
        all.sort_unstable();
        all.dedup();
        if all.is_empty() { vec![None] } else { all }
    };
    match field {
        "direction" => one(Some(call.direction.word())),
        "route" => one(call.route.map(|route| route.word())),
        "outcome" => one(Some(call.outcome.word())),
        "from" => number(call.from.as_ref()),
        "to" => number(call.to.as_ref()),
        "reached" => number(call.reached.as_ref()),
        "customer" => one(call.customer.as_deref()),
        "extension" => one(call.extension.as_deref()),
        "extensions" => all(&call.extensions),
        "agent" => one(call.agent.as_deref()),
        "agents" => all(&facts.agents),
        "group" => one(call.group.as_deref()),
        "groups" => all(&facts.groups),
        "projects" => all(&call.projects),
        "queue" => one(call.queue.as_deref()),
        "case" => one(call.case.as_deref()),
        "tags" => all(&call.tags),
        "flagged" => one(Some(&call.flagged.to_string())),
        "recorded" => one(Some(&(!call.recordings.is_empty()).to_string())),
        "mode" => {
            let has = |mode| call.recordings.iter().any(|recording| recording.mode == Some(mode));
            all(&RecordingMode::ALL.iter().filter(|mode| has(**mode)).map(|mode| mode.word().to_owned()).collect::<Vec<_>>())
        }
        "length" => one(call.talk.map(|talk| LENGTHS[length_bucket(talk.0)].0)),
        "hour" => one(Some(&format!("{:02}", local.hour()))),
        "weekday" => one(Some(WEEKDAYS[local.weekday().to_monday_zero_offset() as usize])),
        "day" => one(Some(&local.date().to_string())),
        other => panic!("no values of {other}"),
    }
}

/// Summary, facets and sums of values of a filter must be those of the calls expected.
pub(super) async fn compare(world: &World, filter: &Filter, expected: &[&Call]) {
    let store = &world.store;
    let fields: Vec<String> = FACETS.iter().map(|field| (*field).to_owned()).collect();
    let summary = store.summary(Scope::Company, filter.clone(), fields.clone()).await.expect("summary");
    assert_eq!(summary.totals, totals(expected), "{filter:?}");
    assert_eq!(summary.facets, store.facets(Scope::Company, filter.clone(), fields).await.expect("facets"));
    for (name, counted) in &summary.facets {
        let mut naive: BTreeMap<Option<String>, Vec<&Call>> = BTreeMap::new();
        for call in expected {
            for value in values(world, call, name) {
                naive.entry(value).or_default().push(call);
            }
        }
        let counts: BTreeMap<Option<String>, u64> = counted.iter().map(|facet| (facet.value.clone(), facet.count)).collect();
        let wanted: BTreeMap<Option<String>, u64> =
            naive.iter().map(|(value, calls)| (value.clone(), calls.len() as u64)).collect();
        assert_eq!(counts, wanted, "{name} of {filter:?}");
        assert_eq!(counts.len(), counted.len(), "each value once");
        if !BREAKDOWNS.contains(&name.as_str()) {
            continue;
        }
        let shares = store.breakdown(Scope::Company, filter.clone(), name.clone()).await.expect("breakdown");
        let order: Vec<(&Option<String>, u64)> = shares.iter().map(|share| (&share.value, share.totals.calls)).collect();
        assert_eq!(order, counted.iter().map(|facet| (&facet.value, facet.count)).collect::<Vec<_>>(), "{name}: {filter:?}");
        for share in &shares {
            assert_eq!(share.totals, totals(&naive[&share.value]), "{name} {:?}: {filter:?}", share.value);
        }
        let places: Vec<_> = shares.iter().map(|share| place(name, share.value.as_deref(), share.totals.calls)).collect();
        assert!(places.is_sorted(), "{name}: {order:?}");
    }
    let (mut hours, mut days) = (vec![0; 168], BTreeMap::new());
    for call in expected {
        let local = world.zone.to_datetime(call.start);
        hours[local.weekday().to_monday_zero_offset() as usize * 24 + local.hour() as usize] += 1;
        *days.entry(local.date()).or_insert(0) += 1;
    }
    assert_eq!(summary.hours, hours, "{filter:?}");
    let days: Vec<DayCount> = days.into_iter().map(|(day, calls)| DayCount { day, calls }).collect();
    assert_eq!(summary.days, days, "{filter:?}");
}

/// Most calls first, or as people count days, hours and lengths; what is unknown last.
fn place(field: &str, value: Option<&str>, calls: u64) -> (bool, u64, String) {
    let Some(text) = value.filter(|_| is_ordered(field)) else {
        return (is_ordered(field), u64::MAX - calls, String::new());
    };
    let known = WEEKDAYS.iter().position(|day| *day == text).or_else(|| LENGTHS.iter().position(|(name, _)| *name == text));
    (false, known.unwrap_or(0) as u64, text.to_owned())
}

/// Fields whose values have a term that finds exactly the calls counted.
const EXACT: [&str; 17] = [
    "direction",
    "route",
    "outcome",
    "extensions",
    "agents",
    "groups",
    "projects",
    "queue",
    "mode",
    "case",
    "tags",
    "flagged",
    "recorded",
    "length",
    "hour",
    "weekday",
    "day",
];

async fn each_value_is_found_by_its_term(world: &World, base: &Filter) {
    let context = QueryContext {
        now: world.calls[0].start,
        zone: world.zone.clone(),
        country_code: None,
        national_prefix: None,
        views: BTreeMap::new(),
    };
    let fields: Vec<String> = EXACT.iter().map(|field| (*field).to_owned()).collect();
    let facets = world.store.facets(Scope::Company, base.clone(), fields).await.expect("facets");
    let mut checked = 0;
    for (field, counts) in facets {
        for one in &counts {
            let known = counts.iter().filter_map(|other| other.value.as_deref());
            let Some(text) = term(&field, one.value.as_deref(), known) else {
                assert!(one.value.is_none(), "{field}: {:?} has no term", one.value);
                continue;
            };
            let filter = prepare(&text, &context).unwrap_or_else(|why| panic!("{text}: {why:?}")).filter;
            let both = Filter::And(vec![base.clone(), filter]);
            let naive = world.calls.iter().filter(|call| both.matches(&world.facts[&call.id.0], &world.zone)).count() as u64;
            assert_eq!(naive, one.count, "{text} of {base:?}");
            assert_eq!(counted(&world.store, &both).await, one.count, "{text} of {base:?}");
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked}");
}

async fn counted(store: &Store, filter: &Filter) -> u64 {
    let count = store.count(Scope::Company, filter.clone(), None).await.expect("count");
    assert!(count.exact);
    count.count
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_of_facets_find_what_was_counted() {
    let mut rng = Rng::with_seed(31);
    let world = world(&mut rng).await;
    let some = Filter::Not(Box::new(Filter::Is(Predicate::Direction(Direction::In))));
    for filter in [Filter::All, some.clone()] {
        each_value_is_found_by_its_term(&world, &filter).await;
    }
    world.store.complete_columns().await.expect("columns");
    for filter in [Filter::All, some] {
        each_value_is_found_by_its_term(&world, &filter).await;
    }
    assert!(world.store.has_columns().await.expect("columns"));
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_are_summed_by_value_and_currency() {
    let mut rng = Rng::with_seed(32);
    let mut world = world(&mut rng).await;
    world
        .raw()
        .execute_batch(
            "INSERT INTO currency(name) VALUES('EUR'),('PLN');
             UPDATE call SET cost=(id>>14)%1000, currency=1+(id>>15)%2 WHERE (id>>16)%3<>0;",
        )
        .expect("costs");
    world.read().await;
    assert!(world.calls.iter().filter(|call| call.cost.is_some()).count() > world.calls.len() / 2);
    let long = Filter::Is(Predicate::Talk(Range { from: Some(1_000), to: None }));
    for columns in [false, true, true] {
        for filter in [Filter::All, long.clone()] {
            let calls = world.calls.iter();
            let expected: Vec<&Call> = calls.filter(|call| filter.matches(&world.facts[&call.id.0], &world.zone)).collect();
            compare(&world, &filter, &expected).await;
        }
        assert_eq!(world.store.has_columns().await.expect("columns"), columns);
        world.store.complete_columns().await.expect("columns");
    }
}
