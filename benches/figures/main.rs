//! Figures: `what | ours | peer | ratio | goal` of docs/performance.md, measured in one run.
//!
//! `cargo bench --bench figures -- --db BIG [names…]`. Processor time inside this process, medians of several runs; counts
//! (steps of SQLite, bytes) where counts can be had. Peers that are not installed are told as such.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "the whole crate is a measuring program: it reads clocks, talks to its user and stops at what is broken"
)]

mod clock;
#[path = "../../tests/suite/common"]
#[allow(dead_code, reason = "shared with the tests; not all of it is needed here")]
mod common {
    pub mod home;
    pub mod pty;
}
mod goals;
mod machine;
mod marks;
mod options;
mod peers;
mod screen;
mod shapes;
mod table;
mod world;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use clap::Parser;

use goals::GOALS;
use options::{Format, Options};
use table::Line;
use world::World;

fn main() -> ExitCode {
    let options = Options::parse();
    let done = if options.bare_screen { peers::bare_screen::run() } else { run(&options) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("figures: {why:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    let world = World::open(options)?;
    let told = machine::tell(&world);
    eprintln!("{told}");
    if options.format == Format::Table {
        println!("{}", table::aligned(table::HEAD));
    }
    let mut runs: Vec<Vec<Line>> = Vec::new();
    for round in 1..=options.repeat.max(1) {
        if options.repeat > 1 {
            eprintln!("run {round} of {}, {}", options.repeat, machine::load());
        }
        runs.push(one_run(&world, options));
    }
    if options.format == Format::Markdown || options.repeat > 1 {
        println!("\n{}", table::markdown(&runs));
    }
    eprintln!("{}", machine::load());
    if let Some(file) = &options.into {
        let told = format!("{told}; at the end {}.\n\n{}", machine::load(), table::markdown(&runs));
        marks::put(file, "figures", &told)?;
    }
    let lines: Vec<&Line> = runs.iter().flatten().collect();
    let of = |met: Option<bool>| lines.iter().filter(|line| line.met == met).count();
    eprintln!("{} goals met, {} missed", of(Some(true)), of(Some(false)));
    Ok(())
}

fn one_run(world: &World, options: &Options) -> Vec<Line> {
    let mut lines = Vec::new();
    for goal in GOALS.iter().filter(|goal| options.names.is_empty() || options.names.iter().any(|name| name == goal.name)) {
        if options.names.is_empty() && !goal.by_default {
            continue;
        }
        // One figure that cannot be had must not hide the others.
        let made = catch_unwind(AssertUnwindSafe(|| (goal.measure)(world)))
            .unwrap_or_else(|_| Err(anyhow::anyhow!("broke off, see above")));
        match made {
            Ok(made) => {
                for line in &made {
                    match options.format {
                        Format::Table => println!("{}", table::told(line)),
                        Format::Json => println!("{}", serde_json::to_string(line).unwrap_or_default()),
                        Format::Markdown => eprintln!("{}", table::told(line)),
                    }
                }
                lines.extend(made);
            }
            Err(why) => println!("{} {}: - {why:#}", goal.number, goal.name),
        }
    }
    lines
}
