//! Processor time of this process, all threads together: other load on the machine disturbs it far less than wall time.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use nix::{time::ClockId, unistd::Pid};
use tokio::runtime::Runtime;

/// Wall time spent on one measurement, unless a single run takes longer.
const BUDGET: Duration = Duration::from_millis(600);
/// Runs of one measurement.
const LEAST: usize = 3;
const MOST: usize = 400;

/// Used by this process so far.
pub fn cpu() -> Duration {
    ClockId::CLOCK_PROCESS_CPUTIME_ID.now().map_or(Duration::ZERO, Duration::from)
}

/// Used by another process so far, threads that ended included; none once it was waited for.
pub fn cpu_of(process: i32) -> Option<Duration> {
    Some(ClockId::pid_cpu_clock_id(Pid::from_raw(process)).ok()?.now().ok()?.into())
}

/// Median processor time of one run in milliseconds; the first run warms up and does not count, unless it was a long one.
pub fn median_ms(mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let (start, before) = (Instant::now(), cpu());
    work()?;
    let first = cpu().saturating_sub(before);
    if start.elapsed() > BUDGET * 5 {
        return Ok(milliseconds(first));
    }
    let start = Instant::now();
    let mut runs = Vec::new();
    while runs.len() < LEAST || (runs.len() < MOST && start.elapsed() < BUDGET) {
        let before = cpu();
        work()?;
        runs.push(milliseconds(cpu().saturating_sub(before)));
    }
    Ok(median(&mut runs))
}

/// Medians of two contestants that take turns, so that what the machine does besides strikes both alike.
pub fn duel_ms(
    mut ours: impl FnMut() -> anyhow::Result<()>,
    mut other: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<(f64, f64)> {
    ours()?;
    other()?;
    let start = Instant::now();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    while left.len() < LEAST || (left.len() < MOST && start.elapsed() < BUDGET * 2) {
        let begin = cpu();
        ours()?;
        let middle = cpu();
        other()?;
        left.push(milliseconds(middle.saturating_sub(begin)));
        right.push(milliseconds(cpu().saturating_sub(middle)));
    }
    Ok((median(&mut left), median(&mut right)))
}

/// The same of a future.
pub fn median_ms_of<F, T>(runtime: &Runtime, mut work: impl FnMut() -> F) -> anyhow::Result<f64>
where
    F: Future<Output = anyhow::Result<T>>,
{
    median_ms(|| runtime.block_on(work()).map(drop))
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Of none it is zero.
pub fn median(runs: &mut [f64]) -> f64 {
    runs.sort_unstable_by(f64::total_cmp);
    runs.get(runs.len() / 2).copied().unwrap_or(0.0)
}

/// One of a hundred runs is longer.
pub fn percentile_99(runs: &mut [f64]) -> f64 {
    runs.sort_unstable_by(f64::total_cmp);
    runs.get((runs.len() * 99 / 100).min(runs.len().saturating_sub(1))).copied().unwrap_or(0.0)
}
