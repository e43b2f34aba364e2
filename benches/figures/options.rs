//! What the command line asks for.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::goals::GOALS;

/// Which peers are measured beside ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Peers {
    /// None: quick.
    None,
    /// What needs no other program: bare SQL, naive tables, a bare handler, a bare screen.
    Own,
    /// Other programs too, where they are installed.
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    /// One object a line.
    Json,
    /// The table of docs/performance.md, at the end.
    Markdown,
}

/// Prints the figures of docs/performance.md: what | ours | peer | ratio | goal
#[derive(Clone, Debug, Parser)]
#[command(name = "figures", bin_name = "cargo bench --bench figures --")]
pub struct Options {
    /// Which figures; all without a name
    #[arg(value_parser = names())]
    pub names: Vec<String>,
    /// Database to measure; none: one of 200,000 made-up calls is made and thrown away
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// How many calls that one has
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    pub calls: u64,
    #[arg(long, value_enum, default_value_t = Peers::All)]
    pub peers: Peers,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Measure everything so many times
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub repeat: usize,
    /// Put the table between the marks of this file
    #[arg(long, value_name = "FILE")]
    pub into: Option<PathBuf>,
    /// Keep what the peers load (CSV, DuckDB, PostgreSQL, naive tables) in this folder for the next run
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
    /// Where peers are looked for before PATH; parted by colons
    #[arg(long, value_name = "FOLDERS", env = "FIGURES_PATH", default_value = "")]
    pub path: String,
    /// Lines of the exchange that the import reads
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub lines: u64,
    /// Given by cargo
    #[arg(long, hide = true)]
    pub bench: bool,
    /// Be the bare screen of G13 and G14
    #[arg(long, hide = true)]
    pub bare_screen: bool,
}

fn names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(GOALS.iter().map(|goal| goal.name))
}
