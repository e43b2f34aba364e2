//! Other programs: where they are, and how much processor time they used.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::{TimeVal, TimeValLike},
};

use crate::{options::Options, table::Measure};

/// Looks in the folders of `--path`, then of PATH.
pub fn find(options: &Options, name: &str) -> anyhow::Result<PathBuf> {
    let path = env::var("PATH").unwrap_or_default();
    let folders = options.path.split(':').chain(path.split(':')).filter(|folder| !folder.is_empty());
    let mut places = folders.map(|folder| Path::new(folder).join(name));
    places.find(|place| place.is_file()).with_context(|| format!("{name} is not installed"))
}

/// What a program used until it ended.
pub struct Ran {
    pub output: Output,
    pub wall: Duration,
    /// With the processes that it started and waited for.
    pub cpu: Duration,
}

impl Ran {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub const fn cpu_seconds(&self) -> Measure {
        Measure::new(self.cpu.as_secs_f64(), "s CPU")
    }
}

/// Runs it to its end. One after the other only: the time is that of all children that ended meanwhile.
pub fn run(command: &mut Command) -> anyhow::Result<Ran> {
    let told = format!("{command:?}");
    let (start, before) = (Instant::now(), children()?);
    let output = command.stdin(Stdio::null()).output().with_context(|| told.clone())?;
    let (wall, cpu) = (start.elapsed(), children()?.saturating_sub(before));
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("{told} ended with {}: {}", output.status, words.trim().lines().last().unwrap_or("without a word"));
    }
    Ok(Ran { output, wall, cpu })
}

/// Processor time of all children that ended and were waited for.
fn children() -> anyhow::Result<Duration> {
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = |time: TimeVal| Duration::from_micros(u64::try_from(time.num_microseconds()).unwrap_or(0));
    Ok(time(used.user_time()) + time(used.system_time()))
}
