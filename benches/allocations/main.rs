//! Allocations of requests, as counts that no load on the machine disturbs: `what | allocations | bytes | most`. Ends with an
//! error when one grew. A binary of its own, since counting every allocation would disturb the clocks of the figures.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a measuring program talks to its user")]

use std::{alloc::System, process::ExitCode};

use anyhow::{Context, ensure};
use callreel::host::{Host, OpenRequest, company::generate};
use http_body_util::BodyExt;
use jiff::civil::date;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: u64 = 20_000;
/// The least of so many runs counts: threads of the runtime allocate now and then.
const RUNS: usize = 25;

/// What is asked, and the most allocations it may take.
const REQUESTS: &[(&str, usize)] = &[
    ("/calls?limit=50", 2_700),
    ("/calls?q=ext:150&limit=50", 2_650),
    ("/calls?q=sort:-talk&limit=50", 3_200),
    ("/calls/count?q=is:missed", 120),
    ("/calls/totals?q=is:missed", 122),
    ("/calls/facets?q=is:missed&by=direction,outcome,extension,group,projects", 780),
    ("/calls/count?q=num:5012", 150),
    ("/revision", 76),
];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("allocations: {why:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("a.db");
    let order = generate::Order { calls: CALLS, seed: 1, until: date(2026, 11, 1), recordings: 0, rows_only: None };
    runtime.block_on(generate::generate(OpenRequest::new(&database), order, &|_| {}))?;
    let mut open = OpenRequest::new(&database);
    open.readers = 1;
    let host = runtime.block_on(Host::open(open))?;
    let api = host.local_api();
    let mut within = true;
    for (path, most) in REQUESTS {
        let mut least = (usize::MAX, usize::MAX);
        for _ in 0..RUNS {
            let request = http::Request::get(format!("/api/v1{path}")).body(Vec::new())?;
            let region = Region::new(ALLOCATOR);
            let body = runtime.block_on(async {
                let answer = api(request).await;
                ensure!(answer.status().is_success(), "{path}: {}", answer.status());
                answer.into_body().collect().await.map_err(|why| anyhow::anyhow!("{path}: {why}"))
            })?;
            let change = region.change();
            drop(body);
            least = least.min((change.allocations + change.reallocations, change.bytes_allocated));
        }
        let verdict = if least.0 <= *most { "" } else { "  MORE" };
        within &= least.0 <= *most;
        println!("{path:<74} | {:>6} | {:>9} B | {most:>6}{verdict}", least.0, least.1);
    }
    runtime.block_on(host.close()).context("closing")?;
    Ok(within)
}
