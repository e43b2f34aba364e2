//! Figures of listening: `what | ours | peer | ratio | goal` of docs/performance.md, measured in one run.
//!
//! `cargo bench --bench listening -- [names…]`. Each run has a PulseAudio of its own with a null sink, and looks at what
//! arrives at its monitor. Peers that are not installed are told as such.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "the whole crate is a measuring program: it reads clocks, talks to its user and stops at what is broken"
)]

#[path = "../figures/clock.rs"]
#[allow(dead_code, reason = "shared with the other figures; not all of it is needed here")]
mod clock;
mod corpus;
mod goals;
#[path = "../figures/marks.rs"]
mod marks;
mod monitor;
mod mpv;
mod own;
mod programs;
#[path = "../figures/table.rs"]
#[allow(dead_code, reason = "shared with the other figures; not all of it is needed here")]
mod table;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

use corpus::Corpus;
use goals::GOALS;
use table::Line;

/// Prints the figures of listening: what | ours | peer | ratio | goal
#[derive(Debug, Parser)]
#[command(name = "listening", bin_name = "cargo bench --bench listening --")]
struct Options {
    /// Which figures; all without a name
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(GOALS.iter().map(|goal| goal.name)))]
    names: Vec<String>,
    /// Measure everything so many times
    #[arg(long, value_name = "N", default_value_t = 1)]
    repeat: usize,
    /// Put the table between the marks of this file
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
    /// Keep the sounds that are made (an hour, ten hours) in this folder for the next run
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("listening: {why:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    let corpus = Corpus::new(options.keep.as_deref())?;
    let told = programs::machine();
    eprintln!("{told}");
    println!("{}", table::aligned(table::HEAD));
    let mut runs: Vec<Vec<Line>> = Vec::new();
    for _ in 0..options.repeat.max(1) {
        let mut lines = Vec::new();
        for goal in GOALS.iter().filter(|goal| options.names.is_empty() || options.names.iter().any(|name| name == goal.name)) {
            match (goal.measure)(&corpus) {
                Ok(measured) => {
                    measured.iter().for_each(|line| println!("{}", table::told(line)));
                    lines.extend(measured);
                }
                Err(why) => eprintln!("{} is not measured: {why:#}", goal.name),
            }
        }
        runs.push(lines);
    }
    if let Some(file) = &options.into {
        marks::put(file, "listening", &format!("{told}\n\n{}\n", table::markdown(&runs)))?;
    }
    Ok(())
}
