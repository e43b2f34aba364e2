//! Long work: persistent, resumable, cancellable, with progress. The queue stands in the database; one program works through
//! it, the one that holds `NAME.jobs.lock`.

mod runner;

pub use crate::service::{Progress, Reporter, Watcher, reporter};
pub use runner::Runner;
