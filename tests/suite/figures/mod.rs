//! Counts that no load on the machine disturbs: SQLite's steps for each page, bytes a call. They fail when a change makes them
//! grow; `cargo bench` measures times. A lower count is good news: lower the bound with it.

mod document;

use std::collections::BTreeMap;

use callreel::{
    domain::{
        actor::Scope,
        list::{Cursor, PageRequest},
        query::{QueryContext, prepare},
    },
    host::{OpenRequest, company::generate},
    store::{OpenOptions, StepCount, Steps, Store},
};
use jiff::{civil::date, tz::TimeZone};

const CALLS: u64 = 20_000;
/// Of a small database, in which what is there once weighs more than in a large one.
const MOST_BYTES: u64 = 250;

/// A company of made-up calls, and counters over it.
struct Counted {
    folder: tempfile::TempDir,
    store: Store,
    steps: Steps,
}

async fn counted() -> Counted {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("a.db");
    let order = generate::Order { calls: CALLS, seed: 1, until: date(2026, 11, 1), recordings: 0, rows_only: None };
    generate::generate(OpenRequest::new(&database), order, &|_| {}).await.unwrap();
    let options = OpenOptions { path: database, create: None, read_only: false, readers: 1, bulk: false, keeps_columns: false };
    let store = Store::open(options).await.unwrap();
    let counted = Counted { steps: store.count_steps().await.unwrap(), store, folder };
    // The dictionaries are read once.
    counted.page("num:5012", None).await;
    counted
}

impl Counted {
    fn request(query: &str, after: Option<Cursor>) -> PageRequest {
        let context = QueryContext {
            now: "2026-10-31T12:00:00Z".parse().unwrap(),
            zone: TimeZone::get("Europe/Warsaw").unwrap(),
            country_code: None,
            national_prefix: None,
            views: BTreeMap::new(),
        };
        let prepared = prepare(query, &context).unwrap();
        PageRequest { filter: prepared.filter, sort: prepared.sort.unwrap_or_default(), limit: 50, after, backwards: false }
    }

    /// What a page costs, and the cursor after it.
    async fn page(&self, query: &str, after: Option<Cursor>) -> (StepCount, usize, Option<Cursor>) {
        self.steps.take();
        let page = self.store.page(Scope::Company, Self::request(query, after)).await.unwrap();
        (self.steps.take(), page.items.len(), page.next)
    }
}

#[tokio::test]
async fn pages_take_no_more_steps_than_they_did() {
    let counted = counted().await;
    let mut broken = Vec::new();
    for (query, most) in [
        ("", 6_500),
        ("ext:150", 6_400),
        ("is:missed", 5_400),
        ("is:failed", 5_400),
        ("date:2026-09", 6_200),
        ("date:2026-09 dir:in is:missed", 5_500),
    ] {
        // What is read once, such as the lists of extensions, is read by the first page.
        counted.page(query, None).await;
        let (steps, rows, next) = counted.page(query, None).await;
        if rows != 50 || steps.vm > most || steps.full_scan > 0 || steps.sorts > 0 {
            broken.push(format!("{query:?}: {rows} rows, {steps:?}; at most {most} steps"));
        }
        // The same at any depth: a cursor does not walk what is before it.
        let (deep, ..) = counted.page(query, next).await;
        if deep.vm * 10 > steps.vm * 12 {
            broken.push(format!("{query:?}: the second page takes {deep:?}, the first {steps:?}"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    counted.store.close().await.unwrap();
    let bytes = bytes_a_call(&counted.folder.path().join("a.db"));
    assert!(bytes <= MOST_BYTES, "{bytes} bytes a call, at most {MOST_BYTES}");
}

/// On the disk, without the legs, timelines and records that calls were folded from.
fn bytes_a_call(database: &std::path::Path) -> u64 {
    let conn = rusqlite::Connection::open(database).unwrap();
    let sum = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
    let pages = sum("SELECT sum(pgsize) FROM dbstat WHERE aggregate=1");
    let apart = sum("SELECT ifnull(sum(length(detail)),0)+ifnull(sum(length(records)),0) FROM call_more");
    (pages - apart) / CALLS
}
