use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::*;
use crate::domain::call::{Direction, Outcome, Route, TimelineKind};

fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

fn company(calls: u64, seed: u64, lean: bool) -> Company {
    Company::new(Shape {
        calls,
        seed,
        since: at("2023-10-31T23:00:00Z"),
        until: at("2026-10-31T23:00:00Z"),
        zone: TimeZone::get(ZONE).expect("zone"),
        alive: false,
        lean,
    })
}

fn hash(company: &Company) -> String {
    let mut hash = Sha256::new();
    for call in company.calls() {
        hash.update(format!("{call:?}"));
    }
    hash.update(format!("{:?}{:?}", company.staff().extensions(), company.customers()));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_same_seed_gives_the_same_data_and_another_seed_other_data() {
    assert_eq!(hash(&company(3_000, 1, false)), hash(&company(3_000, 1, false)));
    assert_ne!(hash(&company(3_000, 1, false)), hash(&company(3_000, 2, false)));
}

#[test]
fn lean_calls_are_the_same_calls() {
    let essence = |company: &Company| -> Vec<_> {
        company
            .calls()
            .map(|call| (call.start, call.from, call.to, call.reached, call.talk, call.legs, call.source_ids[0].clone()))
            .collect()
    };
    assert_eq!(essence(&company(2_000, 5, true)), essence(&company(2_000, 5, false)));
}

#[test]
fn starts_ascend_within_the_years_asked_for() {
    let starts: Vec<Timestamp> = company(10_000, 3, true).calls().map(|call| call.start).collect();
    assert_eq!(starts.len(), 10_000);
    assert!(starts.is_sorted());
    assert!(starts[0] >= at("2023-10-31T23:00:00Z") && starts[0] < at("2023-11-03T00:00:00Z"));
    assert!(starts[9_999] < at("2026-10-31T23:00:00Z") && starts[9_999] > at("2026-10-29T00:00:00Z"));
}

#[test]
fn every_call_agrees_with_itself() {
    for call in company(20_000, 4, false).calls() {
        let sum = |parts: &[Option<crate::domain::length::Tenths>]| parts.iter().map(|part| part.expect("known").0).sum::<i64>();
        assert!(sum(&[call.wait, call.talk, call.on_hold]) <= sum(&[call.duration]), "{call:?}");
        let fits = match call.outcome {
            Outcome::Answered => {
                call.talk > Some(crate::domain::length::Tenths(0)) && call.reached.is_some() && call.answered.is_some()
            }
            Outcome::Unanswered | Outcome::Failed => call.direction == Direction::Out,
            Outcome::Abandoned => call.route == Some(Route::Queue),
            Outcome::Missed => call.direction != Direction::Out,
            Outcome::Busy => true,
        };
        assert!(fits, "{call:?}");
        assert!(call.outcome == Outcome::Answered || (call.reached.is_none() && call.answered.is_none()), "{call:?}");
        assert_eq!(call.route.is_some(), call.direction == Direction::In, "{call:?}");
        assert_eq!(call.queue.is_some(), call.route == Some(Route::Queue), "{call:?}");
        assert_eq!(call.leg_count as usize, call.legs.len());
        let seats: BTreeSet<&String> = call.extensions.iter().collect();
        assert_eq!(seats.len(), call.extensions.len(), "{call:?}");
        assert!(call.extension.iter().all(|extension| call.extensions.contains(extension)), "{call:?}");
        let end = call.end.expect("end");
        for leg in &call.legs {
            let last = leg.end.expect("end");
            assert!(leg.start >= call.start && leg.start <= last && last <= end, "{call:?}");
            assert!(leg.answered.is_none_or(|answered| answered >= leg.start && answered <= last), "{call:?}");
        }
        let with_legs: BTreeSet<&String> = call.legs.iter().filter_map(|leg| leg.extension.as_ref()).collect();
        assert_eq!(seats, with_legs, "{call:?}");
    }
}

#[test]
fn the_timeline_tells_the_talk() {
    for call in company(5_000, 4, false).calls() {
        let mut events = call.timeline.clone();
        events.sort_by_key(|event| event.at);
        assert_eq!(events.last().map(|event| event.kind), Some(TimelineKind::End), "{call:?}");
        let bridge = events.iter().find(|event| event.kind == TimelineKind::Bridge).map(|event| event.at);
        assert_eq!(bridge, call.answered, "{call:?}");
    }
}

#[test]
fn shares_are_those_of_a_company() {
    let calls: Vec<FoldedCall> = company(30_000, 9, true).calls().collect();
    let share = |test: &dyn Fn(&FoldedCall) -> bool| calls.iter().filter(|call| test(call)).count() as f64 / calls.len() as f64;
    let answered = share(&|call| call.outcome == Outcome::Answered);
    assert!((0.6..0.9).contains(&answered), "{answered}");
    for outcome in Outcome::ALL {
        assert!(share(&|call| call.outcome == *outcome) > 0.005, "{outcome}");
    }
    for direction in Direction::ALL {
        assert!(share(&|call| call.direction == *direction) > 0.05, "{direction}");
    }
    assert!((0.005..0.04).contains(&share(&|call| call.direction == Direction::In && call.from.is_none())));
    let numbers: BTreeSet<&str> = calls
        .iter()
        .filter_map(|call| if call.direction == Direction::Out { call.to.as_ref() } else { call.from.as_ref() })
        .map(|n| n.canonical.as_str())
        .collect();
    assert!((4_000..9_000).contains(&numbers.len()), "{}", numbers.len());
}

#[test]
fn nights_and_sundays_are_quiet() {
    let zone = TimeZone::get(ZONE).expect("zone");
    let (mut night, mut sunday) = (0, 0);
    for call in company(20_000, 2, true).calls() {
        let local = zone.to_datetime(call.start);
        night += u32::from(!(7..20).contains(&local.hour()));
        sunday += u32::from(local.weekday() == jiff::civil::Weekday::Sunday);
    }
    assert!((400..2_000).contains(&night), "{night}");
    assert!((50..400).contains(&sunday), "{sunday}");
}

#[test]
fn a_live_company_has_no_call_that_is_not_over() {
    let until = at("2026-11-21T02:00:00Z");
    let shape = Shape { since: at("2026-11-20T00:00:00Z"), until, alive: true, ..company(3_000, 6, false).shape().clone() };
    let mut last = 0;
    for call in Company::new(shape).calls() {
        let end = call.end.expect("end");
        assert!(end <= until + QUIET, "{call:?}");
        last += u32::from(end > until);
        let with_legs: BTreeSet<&String> = call.legs.iter().filter_map(|leg| leg.extension.as_ref()).collect();
        assert_eq!(call.extensions.iter().collect::<BTreeSet<_>>(), with_legs, "{call:?}");
    }
    assert!(last > 0, "some were going on when the last began");
}
