//! Changes while somebody asks: by the program itself, by another one, by one that knows nothing of ours.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use fastrand::Rng;
use jiff::SignedDuration;

use super::{Desk, answers, questions, some_call, with_columns};
use crate::{
    domain::{
        actor::Scope,
        call::Call,
        directory::{Company, Extension},
        list::{Count, PageRequest},
        query::{Filter, Sort},
    },
    store::{
        Store,
        tests::make::{at, batch, call, record},
    },
};

async fn count(store: &Store) -> u64 {
    let Count { count, exact } = store.count(Scope::Company, Filter::All, None).await.expect("count");
    assert!(exact);
    count
}

/// All calls page by page, newest first.
async fn pages(store: &Store, limit: usize) -> Vec<Call> {
    let mut request = PageRequest { filter: Filter::All, sort: Sort::default(), limit, after: None, backwards: false };
    let mut calls = Vec::new();
    loop {
        let page = store.page(Scope::Company, request.clone()).await.expect("page");
        calls.extend(page.items);
        match page.next {
            Some(cursor) => request.after = Some(cursor),
            None => return calls,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_zone_counts_at_once() {
    let desk = Desk::with(&mut Rng::with_seed(11), 700).await;
    let (keeps, reads) = (desk.open(true).await, desk.open(false).await);
    with_columns(&keeps).await;
    desk.compare(&reads, "before").await;
    assert!(reads.has_columns().await.expect("columns"));
    let before = answers_of(&keeps).await;
    for zone in ["Asia/Kathmandu", "America/New_York", "Europe/Warsaw"] {
        let company = Company { zone: zone.to_owned(), ..keeps.company().await.expect("company") };
        keeps.set_company(company, record("company.change")).await.expect("company");
        desk.compare(&keeps, zone).await;
        desk.compare(&reads, zone).await;
        assert_eq!(answers_of(&keeps).await == before, zone == "Europe/Warsaw", "{zone}");
        with_columns(&keeps).await;
        desk.compare(&keeps, &format!("{zone}, made anew")).await;
        desk.compare(&reads, &format!("{zone}, made anew")).await;
        assert!(reads.has_columns().await.expect("columns"), "a new file is found by those who only read");
    }
    // What is not the zone leaves the file as it is.
    let company = Company { country_code: Some("420".to_owned()), ..keeps.company().await.expect("company") };
    keeps.set_company(company, record("company.change")).await.expect("company");
    assert!(keeps.has_columns().await.expect("columns"));
}

async fn answers_of(store: &Store) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for (filter, scope) in questions() {
        all.push(answers(store, &filter, &scope).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn who_still_sees_an_older_moment_does_not_take_the_index_from_others() {
    let desk = Desk::with(&mut Rng::with_seed(12), 600).await;
    desk.store.complete_columns().await.expect("columns");
    let (keeps, reads) = (desk.open(true).await, desk.open(false).await);
    let slow = desk.raw();
    rusqlite::vtab::array::load_module(&slow).expect("module");
    slow.execute_batch("BEGIN").expect("begin");
    let epoch: i64 =
        slow.query_row("SELECT value FROM meta WHERE key='columns_epoch'", [], |row| row.get(0)).expect("the moment is fixed");
    let company = Company { zone: "Asia/Kathmandu".to_owned(), ..keeps.company().await.expect("company") };
    keeps.set_company(company, record("company.change")).await.expect("company");
    assert!(!keeps.has_columns().await.expect("columns"));
    with_columns(&keeps).await;
    assert!(reads.has_columns().await.expect("columns"));
    for store in [&keeps, &reads] {
        let columns = store.shared.columns.clone().expect("columns");
        let answer = columns.view(&slow).expect("view");
        assert!(!matches!(answer, crate::store::columns::Answer::Ready(_)), "{epoch}: of another zone");
        assert!(store.has_columns().await.expect("columns"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_were_forgotten_are_not_missed() {
    let mut rng = Rng::with_seed(13);
    let desk = Desk::with(&mut rng, 600).await;
    desk.store.complete_columns().await.expect("columns");
    let (keeps, other, reads) = (desk.open(true).await, desk.open(true).await, desk.open(false).await);
    for round in 0..6_usize {
        for store in [&keeps, &other, &reads] {
            desk.compare(store, "before").await;
            assert!(store.has_columns().await.expect("columns"));
        }
        let (from, again) = (600 + round * 40, rng.usize(0..500));
        let made = (from..from + 40).chain(again..again + 10).map(|index| some_call(&mut rng, index)).collect();
        keeps.import(batch(made, vec![])).await.expect("import");
        keeps.complete_columns().await.expect("columns");
        let kept: i64 = desk.raw().query_row("SELECT count(*) FROM change", [], |row| row.get(0)).expect("count");
        assert_eq!(kept, 1, "all but the last is forgotten, which is the mark of the file");
        if round % 2 == 0 {
            let more = (10_000 + round..10_003 + round).map(|index| some_call(&mut rng, index)).collect();
            desk.store.import(batch(more, vec![])).await.expect("import");
        }
        for store in [&keeps, &other, &reads] {
            desk.compare(store, "after").await;
            assert!(store.has_columns().await.expect("columns"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_program_makes_the_file() {
    let desk = Desk::with(&mut Rng::with_seed(14), 700).await;
    let lock = std::fs::File::create(desk.folder.path().join("a b%.columns.lock")).expect("lock");
    lock.lock().expect("lock");
    let keeps = desk.open(true).await;
    desk.compare(&keeps, "another makes it").await;
    keeps.complete_columns().await.expect("columns");
    assert!(!desk.file().exists() && !keeps.has_columns().await.expect("columns"));
    // It was killed: the lock is free, its half of a file lies there.
    std::fs::write(desk.folder.path().join("a b%.columns.new"), b"half").expect("write");
    drop(lock);
    with_columns(&keeps).await;
    desk.compare(&keeps, "made").await;
    assert!(!desk.folder.path().join("a b%.columns.new").exists());
}

/// Deletes calls as retention will, one commit each, while two programs count.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_while_another_program_deletes_are_of_a_moment_between() {
    const CALLS: u64 = 1_500;
    let mut rng = Rng::with_seed(15);
    let desk = Desk::with(&mut rng, CALLS as usize).await;
    desk.store.complete_columns().await.expect("columns");
    let mut keys: Vec<i64> = {
        let raw = desk.raw();
        let mut statement = raw.prepare("SELECT id FROM call").expect("keys");
        statement.query_map([], |row| row.get(0)).expect("keys").map(|key| key.expect("key")).collect()
    };
    rng.shuffle(&mut keys);
    keys.truncate(600);
    let stores = [desk.open(true).await, desk.open(true).await, desk.open(false).await];
    let (gone, done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let asked = Arc::new(AtomicU64::new(0));
    let (told, ended, answered, raw) = (Arc::clone(&gone), Arc::clone(&done), Arc::clone(&asked), desk.raw());
    let until = Instant::now() + Duration::from_secs(60);
    let deletes = tokio::task::spawn_blocking(move || {
        for key in keys {
            let delete =
                format!("BEGIN IMMEDIATE; DELETE FROM call WHERE id={key}; DELETE FROM call_more WHERE id={key}; COMMIT");
            raw.execute_batch(&delete).expect("delete");
            let gone = told.fetch_add(1, Ordering::SeqCst);
            // Not all at once: others are to ask between.
            while answered.load(Ordering::SeqCst) < gone / 4 && Instant::now() < until {
                std::thread::yield_now();
            }
        }
        ended.store(true, Ordering::SeqCst);
    });
    let mut asks = Vec::new();
    for (nth, store) in stores.iter().enumerate() {
        let (store, gone, done, answered) = (store.clone(), Arc::clone(&gone), Arc::clone(&done), Arc::clone(&asked));
        asks.push(tokio::spawn(async move {
            let mut asked = 0_u64;
            while !done.load(Ordering::SeqCst) {
                let most = CALLS - gone.load(Ordering::SeqCst);
                let (counted, what) = match (nth as u64 + asked) % 3 {
                    0 => (count(&store).await, "count"),
                    1 => (store.totals(Scope::Company, Filter::All).await.expect("totals").calls, "totals"),
                    _ => {
                        let fields = vec!["direction".to_owned(), "from".to_owned()];
                        let facets = store.facets(Scope::Company, Filter::All, fields).await.expect("facets");
                        let sum = |nth: usize| facets[nth].1.iter().map(|facet| facet.count).sum::<u64>();
                        assert_eq!(sum(0), sum(1), "groups of one answer are of one moment");
                        (sum(0), "facets")
                    }
                };
                // One may be committed and not yet told.
                let least = CALLS - (gone.load(Ordering::SeqCst) + 1).min(600);
                assert!(least <= counted && counted <= most, "{what}: {counted} is not within {least} and {most}");
                asked += 1;
                answered.fetch_add(1, Ordering::SeqCst);
                if nth == 0 && asked.is_multiple_of(16) {
                    store.complete_columns().await.expect("columns");
                }
            }
        }));
    }
    for ask in asks {
        ask.await.expect("asked");
    }
    assert!(asked.load(Ordering::SeqCst) > 100);
    deletes.await.expect("deleted");
    for store in &stores {
        desk.compare(store, "at rest").await;
        assert!(store.has_columns().await.expect("columns"));
    }
}

/// Calls that move, merge and come new by the thousand while others page, count and group.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_have_no_gap_and_no_repeat_while_calls_come_in() {
    let mut rng = Rng::with_seed(16);
    let desk = Desk::with(&mut rng, 700).await;
    desk.store.complete_columns().await.expect("columns");
    let stores = [desk.open(true).await, desk.open(false).await];
    let before: Vec<String> = pages(&desk.plain, 500).await.into_iter().map(|call| call.id.0).collect();
    let done = Arc::new(AtomicBool::new(false));
    let (ended, writes) = (Arc::clone(&done), desk.store.clone());
    let imports = tokio::spawn(async move {
        for round in 0..40 {
            let made = (1_000 + round * 50..1_050 + round * 50).map(|index| some_call(&mut rng, index)).collect();
            writes.import(batch(made, vec![])).await.expect("import");
            if round % 8 == 7 {
                writes.complete_columns().await.expect("columns");
            }
        }
        ended.store(true, Ordering::SeqCst);
    });
    let mut asks = Vec::new();
    for (nth, store) in stores.iter().enumerate() {
        let (store, done, before) = (store.clone(), Arc::clone(&done), before.clone());
        asks.push(tokio::spawn(async move {
            let mut walks = 0;
            while !done.load(Ordering::SeqCst) || walks == 0 {
                let calls = pages(&store, 90 + nth * 31).await;
                assert!(calls.windows(2).all(|pair| pair[0].start >= pair[1].start), "newest first");
                let mut ids: Vec<&str> = calls.iter().map(|call| call.id.0.as_str()).collect();
                let there: Vec<&str> = ids.iter().copied().filter(|id| before.iter().any(|known| known == id)).collect();
                assert_eq!(there, before, "calls that were there before, each once and in order");
                ids.sort_unstable();
                assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "no call twice");
                walks += 1;
            }
        }));
    }
    for ask in asks {
        ask.await.expect("asked");
    }
    imports.await.expect("imported");
    for store in &stores {
        assert_eq!(count(store).await, 2_700);
        desk.compare(store, "at rest").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_call_that_moves_is_always_counted_once() {
    let mut rng = Rng::with_seed(17);
    let desk = Desk::with(&mut rng, 900).await;
    desk.store.complete_columns().await.expect("columns");
    let stores = [desk.open(true).await, desk.open(false).await];
    let done = Arc::new(AtomicBool::new(false));
    let (ended, writes) = (Arc::clone(&done), desk.store.clone());
    let moves = tokio::spawn(async move {
        for _ in 0..60 {
            let first = rng.usize(0..880);
            // Other starts: each is deleted and inserted under another key.
            let again = (first..first + 20).map(|index| some_call(&mut rng, index)).collect();
            writes.import(batch(again, vec![])).await.expect("import");
        }
        ended.store(true, Ordering::SeqCst);
    });
    let mut asks = Vec::new();
    for store in &stores {
        let (store, done) = (store.clone(), Arc::clone(&done));
        asks.push(tokio::spawn(async move {
            let mut asked = 0;
            while !done.load(Ordering::SeqCst) || asked == 0 {
                asked += 1;
                assert_eq!(count(&store).await, 900);
                assert_eq!(store.totals(Scope::Company, Filter::All).await.expect("totals").calls, 900);
                let sort = Sort { field: crate::domain::query::SortField::Talk, descending: true };
                let request = PageRequest { filter: Filter::All, sort, limit: 500, after: None, backwards: false };
                assert_eq!(store.page(Scope::Company, request).await.expect("page").items.len(), 500);
            }
        }));
    }
    for ask in asks {
        ask.await.expect("asked");
    }
    moves.await.expect("moved");
    for store in &stores {
        desk.compare(store, "at rest").await;
    }
    // Two that turn out to be one.
    let ids = ["sys-1795200000.0", "sys-1795200000.1", "sys-1795200000.2"];
    desk.store.import(batch(vec![call(&ids, "2026-11-03T10:00:00Z")], vec![])).await.expect("import");
    for store in &stores {
        assert_eq!(count(store).await, 898);
        desk.compare(store, "merged").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_call_that_leaves_a_project_is_in_no_answer_about_it() {
    let mut rng = Rng::with_seed(18);
    let desk = Desk::with(&mut rng, 700).await;
    let assign = |number: u8, beta: bool| Extension {
        number: format!("60{number}"),
        label: None,
        agent: None,
        group: None,
        projects: vec![if beta { "beta" } else { "alpha" }.to_owned()],
        since: None,
    };
    for number in 0..8 {
        desk.store.put_extension(assign(number, number % 2 == 0), record("extension.add")).await.expect("extension");
    }
    desk.store.complete_columns().await.expect("columns");
    let stores = [desk.open(true).await, desk.open(false).await];
    let done = Arc::new(AtomicBool::new(false));
    let (ended, writes) = (Arc::clone(&done), desk.store.clone());
    let moves = tokio::spawn(async move {
        for _ in 0..30 {
            let extension =
                Extension { since: rng.bool().then(|| at("2026-11-04T00:00:00Z")), ..assign(rng.u8(..8), rng.bool()) };
            writes.put_extension(extension, record("extension.change")).await.expect("extension");
        }
        ended.store(true, Ordering::SeqCst);
    });
    let scope = Scope::Projects(vec!["beta".to_owned()]);
    let mut asks = Vec::new();
    for store in &stores {
        let (store, done, scope) = (store.clone(), Arc::clone(&done), scope.clone());
        asks.push(tokio::spawn(async move {
            let mut asked = 0;
            while !done.load(Ordering::SeqCst) || asked == 0 {
                asked += 1;
                let request =
                    PageRequest { filter: Filter::All, sort: Sort::default(), limit: 500, after: None, backwards: false };
                let page = store.page(scope.clone(), request).await.expect("page");
                assert!(page.items.iter().all(|call| call.projects.iter().any(|name| name == "beta")), "in the scope");
                let fields = vec!["projects".to_owned(), "direction".to_owned()];
                let facets = store.facets(scope.clone(), Filter::All, fields).await.expect("facets");
                assert!(facets[0].1.iter().all(|facet| facet.value.as_deref() == Some("beta")), "{facets:?}");
            }
        }));
    }
    for ask in asks {
        ask.await.expect("asked");
    }
    moves.await.expect("moved");
    for store in &stores {
        desk.compare(store, "at rest").await;
        assert!(store.has_columns().await.expect("columns"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_years_apart_are_found_as_well() {
    let mut rng = Rng::with_seed(19);
    let desk = Desk::with(&mut rng, 300).await;
    desk.store.complete_columns().await.expect("columns");
    let mut odd: Vec<_> = (2_000..2_060).map(|index| some_call(&mut rng, index)).collect();
    for call in &mut odd {
        call.start = at("2001-01-01T00:00:00Z") + SignedDuration::from_hours(rng.i64(0..24 * 365 * 40));
    }
    desk.store.import(batch(odd, vec![])).await.expect("import");
    desk.compare(&desk.store, "in memory").await;
    desk.store.complete_columns().await.expect("columns");
    desk.compare(&desk.store, "in the file").await;
}
