//! Figures of serving: `what | ours | peer | ratio | goal` of docs/performance.md, measured in one run.
//!
//! `cargo bench --bench serving -- --db COPY [names…]`. The real front (doors, tokens, limits, log) in this process, and those
//! who ask it in threads beside it: processor time is of both ends. Opening brings an older database up to date, so give
//! a copy.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "the whole crate is a measuring program: it reads clocks, talks to its user and stops at what is broken"
)]

mod asking;
mod bare;
#[path = "../figures/peers/bare.rs"]
#[allow(dead_code, reason = "shared with the other figures; not all of it is needed here")]
mod bare_page;
#[path = "../figures/clock.rs"]
#[allow(dead_code, reason = "shared with the other figures; not all of it is needed here")]
mod clock;
mod crowd;
#[path = "../figures/marks.rs"]
mod marks;
mod pages;
mod served;
#[path = "../figures/shapes.rs"]
#[allow(dead_code, reason = "shared with the other figures; not all of it is needed here")]
mod shapes;
#[path = "../figures/table.rs"]
#[allow(dead_code, reason = "shared with the other figures; not all of it is needed here")]
mod table;
mod world;

use std::{fs, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};

use served::Served;
use table::{Line, Measure};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// First pages of the list, by 1, 8 and 32 clients
    Pages,
    /// 1,000 listeners to events
    Listeners,
    /// 1,000 lines that never finish their request
    Slow,
}

/// Prints the figures of serving: what | ours | peer | ratio | goal
#[derive(Debug, Parser)]
#[command(name = "serving", bin_name = "cargo bench --bench serving --")]
struct Options {
    /// Which figures; all without a name
    names: Vec<Name>,
    /// Database to serve, which is brought up to date; none: one of made-up calls is made and thrown away
    #[arg(long, value_name = "COPY")]
    db: Option<PathBuf>,
    /// How many calls that one has
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    calls: u64,
    /// Seconds of each measurement of pages
    #[arg(long, value_name = "S", default_value_t = 3)]
    seconds: u64,
    /// Lines at a time of `listeners` and `slow`
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    lines: usize,
    /// Put the table between the marks of this file
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("serving: {why:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    // As the program writes it, to nowhere: each request costs its line.
    tracing_subscriber::fmt().json().with_writer(std::io::sink).init();
    let begin = load();
    println!("{}", table::aligned(table::HEAD));
    let mut lines = Vec::new();
    let mut tell = |made: Vec<Line>| {
        made.iter().for_each(|line| println!("{}", table::told(line)));
        lines.extend(made);
    };
    let (served, opened) = Served::start(options.db.as_deref(), options.calls)?;
    tell(opened);
    for name in [Name::Pages, Name::Listeners, Name::Slow] {
        if options.names.is_empty() || options.names.contains(&name) {
            tell(match name {
                Name::Pages => pages::measure(&served, std::time::Duration::from_secs(options.seconds))?,
                Name::Listeners => crowd::listeners(&served, options.lines)?,
                Name::Slow => crowd::slow(&served, options.lines)?,
            });
        }
    }
    let calls = served.calls;
    served.stop()?;
    if let Some(file) = &options.into {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let model = model.map_or("processor", |(_, name)| name);
        let day = jiff::Zoned::now().date();
        let told = format!("{calls} calls, {day}, {cores} cores of {model}, {begin} at the start, {} at the end.", load());
        marks::put(file, "serving", &format!("{told}\n\n{}", table::markdown(&[lines])))?;
    }
    Ok(())
}

/// Processes that wanted a core in the last minute.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load {}", load.split(' ').next().unwrap_or("?"))
}

/// Resident memory of this process in MB (proc(5)).
fn resident(what: &str) -> f64 {
    let told = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kb = told
        .lines()
        .find_map(|line| line.strip_prefix(what)?.trim_start_matches(':').trim().split(' ').next()?.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

fn ms(time: std::time::Duration) -> Measure {
    Measure::ms(clock::milliseconds(time))
}
