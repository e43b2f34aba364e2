//! Calls and recordings as files: lists as CSV, JSON and NDJSON, recordings by a name template with a manifest. The command
//! line and the console save through the same code. Memory is flat, everything can be ended at any time, and a file has its
//! name only once it is whole.

mod backup;
mod csv_parts;
mod download;
mod error;
mod fetch;
mod lines;
mod list;
mod log;
mod manifest;
mod place;
mod record;
mod rows;
mod wanted;

pub use crate::archive::Seal;
pub use backup::{SavedBackup, save_backup};
pub use csv_parts::CsvParts;
pub use download::{Downloaded, Plan, download, naming_facts};
pub use error::{End, TakeError};
pub use fetch::{Making, ending, name_for};
pub use lines::Lines;
pub use list::{Saved, Selection, check_target, save_list};
pub use log::save_log;
pub use place::{at_home, folders_like};
pub use record::record;
pub use rows::{Form, Rows, unseen_escaped};
pub use wanted::Wanted;

/// Told now and then how far the work is: done, and of how many if that is known.
pub type Progress<'a> = &'a mut (dyn FnMut(u64, Option<u64>) + Send);
