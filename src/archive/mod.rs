//! The archive of a backup: one tar that `tar` and `sha256sum` can read too. Knows neither database nor folder of recordings.
//!
//! ```text
//! callreel-backup.json     what it is (Facts)
//! database.db.zst          the database as it was at one moment, by itself, compressed
//! beside/NAME              further files of the database, if any (signed checkpoints; keys only when asked for)
//! recordings/aa/NAME       as they lie in the folder of recordings, in the order of their names
//! report.json              which recordings were missing or not what they should be (Report)
//! manifest.sha256          HASH, two blanks, NAME for everything above: `sha256sum -c manifest.sha256`
//! callreel-end             the seal: SHA-256 of every byte before it, and how many recordings were missing or damaged
//! ```
//!
//! The seal is a function of the bytes before it, so any flipped bit, a missing end and anything behind the end are found.

mod read;
mod seal;
#[cfg(test)]
mod tests;
mod write;

use serde::{Deserialize, Serialize};

pub use read::{Piece, Received, receive};
pub use seal::{Seal, SealCheck};
pub use write::ArchiveWriter;

/// The version of the archive that this program writes, and the only one that it reads.
pub const FORMAT: u32 = 1;

const FACTS: &str = "callreel-backup.json";
const DATABASE: &str = "database.db.zst";
const REPORT: &str = "report.json";
const MANIFEST: &str = "manifest.sha256";
const END: &str = "callreel-end";
const BESIDE: &str = "beside/";
const RECORDINGS: &str = "recordings/";

/// Tar counts in blocks of so many bytes.
const TAR_BLOCK: usize = 512;
/// Bytes copied at a time.
const COPIED: usize = 128 * 1024;

/// What the archive is; its first file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub format: u32,
    /// RFC 3339.
    pub made_at: String,
    /// Version of the program that made it.
    pub callreel: String,
    pub database_id: String,
    /// File name of the database.
    pub database: String,
    /// Of the database as it is unpacked.
    pub database_bytes: u64,
    /// Whether recordings and clips are in it.
    pub recordings: bool,
    /// Whether private keys are in it.
    pub keys: bool,
}

/// What was not as it should be when the archive was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Recordings and clips that are in the archive.
    pub recordings: u64,
    pub bytes: u64,
    /// Left where they are, in folders registered in place.
    pub elsewhere: u64,
    /// The database knows them, their files are not there. At most [`Report::NAMED`] are named.
    pub missing: Vec<String>,
    /// Other bytes than those that were recorded; they are in the archive as they are.
    pub damaged: Vec<String>,
}

impl Report {
    /// So many are named of each kind.
    pub const NAMED: usize = 1_000;
}

/// Why an archive cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Not an archive of ours, damaged, cut off, or made to do harm.
    #[error("{0}")]
    Wrong(String),
    #[error("cancelled")]
    Cancelled,
}

type Result<T> = std::result::Result<T, ArchiveError>;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A recording's path in its folder as an archive may have it: two hexadecimal digits and one plain name.
pub fn is_recording_path(path: &str) -> bool {
    let Some((folder, name)) = path.split_once('/') else { return false };
    folder.len() == 2 && folder.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) && is_plain_name(name)
}

/// One component that cannot lead anywhere.
fn is_plain_name(name: &str) -> bool {
    (1..=200).contains(&name.len())
        && !name.starts_with(['.', '-'])
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}
