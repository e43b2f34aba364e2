//! Large questions, many rights, and the smallest index.

use fastrand::Rng;

use super::{Desk, answers, digits, one, with_columns};
use crate::{
    domain::{
        actor::Scope,
        directory::Extension,
        query::{ExtensionPattern, Filter, NamePattern, Predicate, TimeRange},
    },
    store::tests::make::{at, record},
};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_terms() {
    let desk = Desk::with(&mut Rng::with_seed(21), 600).await;
    desk.store.complete_columns().await.expect("columns");
    let term = |nth: u32| match nth % 4 {
        0 | 1 => digits(&format!("{}", 100 + nth)),
        2 => one(Predicate::Extension(ExtensionPattern::Exact(format!("60{}", nth % 11)))),
        _ => {
            let from = at("2026-11-01T00:00:00Z") + jiff::SignedDuration::from_hours(i64::from(nth));
            one(Predicate::Time(TimeRange { from: Some(from), until: Some(from + jiff::SignedDuration::from_mins(20)) }))
        }
    };
    let any = Filter::Or((0..200).map(term).collect());
    let none = Filter::And((0..200).map(|nth| Filter::Not(Box::new(term(nth)))).collect());
    // As deep as a query may be written, each level a term.
    let nested = (0..64).fold(term(0), |inner, nth| match nth % 3 {
        0 => Filter::Or(vec![inner, term(nth)]),
        1 => Filter::And(vec![Filter::Or(vec![inner, term(nth + 2)]), Filter::Not(Box::new(term(nth + 1)))]),
        _ => Filter::Not(Box::new(inner)),
    });
    for filter in [any, none, nested] {
        let wanted = answers(&desk.plain, &filter, &Scope::Company).await;
        assert_eq!(answers(&desk.store, &filter, &Scope::Company).await, wanted, "{filter:?}");
    }
    assert!(desk.store.has_columns().await.expect("columns"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_call() {
    let desk = Desk::with(&mut Rng::with_seed(23), 1).await;
    desk.store.complete_columns().await.expect("columns");
    let early = at("2026-10-31T00:00:00Z");
    for hours in [0, 24, 24 * 30] {
        let until = Some(early + jiff::SignedDuration::from_hours(hours));
        for range in [TimeRange { from: None, until }, TimeRange { from: until, until: None }] {
            let filter = one(Predicate::Time(range));
            let wanted = answers(&desk.plain, &filter, &Scope::Company).await;
            assert_eq!(answers(&desk.store, &filter, &Scope::Company).await, wanted, "{filter:?}");
        }
    }
    desk.compare(&desk.store, "one call").await;
    assert!(desk.store.has_columns().await.expect("columns"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_sets_of_projects() {
    let mut rng = Rng::with_seed(22);
    let desk = Desk::with(&mut rng, 800).await;
    let keeps = desk.open(true).await;
    with_columns(&keeps).await;
    let day = |nth: i64| at("2026-11-01T00:00:00Z") + jiff::SignedDuration::from_hours(nth * 14);
    for nth in 0..110_i64 {
        // Each fortnight of hours another set, on top of the ones before.
        let projects = (0..7).filter(|bit| (nth + 1) >> bit & 1 == 1).map(|bit| format!("p{bit}")).collect();
        let extension = Extension {
            number: format!("60{}", nth % 8),
            label: None,
            agent: None,
            group: None,
            projects,
            since: (nth >= 8).then(|| day(nth / 8)),
        };
        keeps.put_extension(extension, record("extension.change")).await.expect("extension");
    }
    let sets: i64 = desk.raw().query_row("SELECT count(DISTINCT projset) FROM call", [], |row| row.get(0)).expect("sets");
    assert!(sets >= 100, "{sets}");
    for round in 0..2 {
        for names in [vec!["p0"], vec!["p3", "p6"], vec!["p1", "nobody"], vec!["nobody"], vec![]] {
            let scope = Scope::Projects(names.into_iter().map(str::to_owned).collect());
            for filter in
                [Filter::All, digits("12"), Filter::Not(Box::new(one(Predicate::Project(NamePattern::Whole("p2".to_owned())))))]
            {
                let wanted = answers(&desk.plain, &filter, &scope).await;
                assert_eq!(answers(&keeps, &filter, &scope).await, wanted, "{round} {filter:?} {scope:?}");
            }
        }
        assert!(keeps.has_columns().await.expect("columns"));
        keeps.complete_columns().await.expect("columns");
    }
}
