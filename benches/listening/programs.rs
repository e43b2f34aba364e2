//! Other programs: what they cost.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};

use super::clock;

/// The program that is measured.
pub const OURS: &str = env!("CARGO_BIN_EXE_callreel");

fn children() -> anyhow::Result<f64> {
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(used.user_time()) + seconds(used.system_time()))
}

/// Processor time in seconds that a program took from its start to its end; nothing else may run beside.
pub fn cpu_of(program: &str, arguments: &[&str]) -> anyhow::Result<f64> {
    let before = children()?;
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("{program} is not installed"))?;
    if !status.success() {
        bail!("{program} {} ended with {status}", arguments.join(" "));
    }
    Ok(children()? - before)
}

/// The least of three runs: what the machine does besides only adds.
pub fn least_cpu_of(program: &str, arguments: &[&str]) -> anyhow::Result<f64> {
    (0..3).map(|_| cpu_of(program, arguments)).try_fold(f64::INFINITY, |least, run| Ok(least.min(run?)))
}

/// Seconds of processor time of a running program so far.
pub fn cpu_of_running(process: u32) -> anyhow::Result<f64> {
    let used = clock::cpu_of(i32::try_from(process)?).context("the program has ended")?;
    Ok(used.as_secs_f64())
}

/// Most memory that a running program had, in MB.
pub fn most_memory(process: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1e3)
}

/// A path as an argument.
pub fn path(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!("{cores} cores, load {load} at the start, commit {}", commit())
}

fn commit() -> String {
    let told = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    told.map_or_else(|_| "unknown".to_owned(), |told| String::from_utf8_lossy(&told.stdout).trim().to_owned())
}
