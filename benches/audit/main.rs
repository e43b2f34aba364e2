//! How fast `audit verify` reads a log: `cargo bench --bench audit [-- ROWS]`. Fails below the goal of rows a second.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measuring program: it talks to its user and stops at what is broken"
)]

#[path = "../../tests/suite/common/forge.rs"]
mod forge;

use std::time::Instant;

use callreel::{
    host::{Host, OpenRequest},
    store::CheckAsk,
};

/// Rows a second that are wanted.
const GOAL: f64 = 200_000.0;
const ROWS: i64 = 500_000;
const TURNS: usize = 5;

fn main() {
    let rows = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(ROWS);
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("a.db");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let request = OpenRequest { create: Some(Default::default()), ..OpenRequest::new(&database) };
        let host = Host::open(request).await.expect("made");
        let record = callreel::service::record(host.actor(), "recording.play");
        host.store().append_audit(record).await.expect("an entry");
        host.close().await.expect("closed");
    });
    forge::lengthen(&rusqlite::Connection::open(&database).expect("opened"), rows);
    let mut best = 0.0_f64;
    for _ in 0..TURNS {
        let (report, took) = runtime.block_on(async {
            let host = Host::open(OpenRequest { read_only: true, ..OpenRequest::new(&database) }).await.expect("opened");
            let begin = Instant::now();
            let report = host.store().check_audit(CheckAsk::default()).await.expect("checked");
            let took = begin.elapsed();
            host.close().await.expect("closed");
            (report, took)
        });
        assert!(report.ok && report.rows == rows.unsigned_abs(), "{:?}", report.faults);
        best = best.max(report.rows as f64 / took.as_secs_f64());
    }
    println!("audit verify: {rows} rows, best of {TURNS}: {best:.0} rows/s (goal {GOAL:.0})");
    assert!(best >= GOAL, "below the goal");
}
