//! Data on stdout: table, JSON, NDJSON, CSV.

pub mod cell;
pub mod list;
mod sink;

pub use sink::Sink;

use super::ExitStatus;

/// How data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns for people.
    Table,
    /// One value; lists are arrays.
    Json,
    /// One object a line.
    Ndjson,
    /// With a header line, safe in a spreadsheet.
    Csv,
}

/// Writes help or version. Whoever reads it may have gone.
pub fn help(text: &str) -> ExitStatus {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitStatus::Done
}
