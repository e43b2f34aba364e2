//! How much of the address space files may take: `ulimit -v` leaves little, and what comes later needs it more.

use rustix::process::{Resource, getrlimit};

/// The most that SQLite maps of a database, for each connection.
const MOST: i64 = 2_147_418_112;

/// Whether a file of this length may be mapped, once.
pub(super) fn fits(length: u64) -> bool {
    getrlimit(Resource::As).current.is_none_or(|limit| length.saturating_mul(16) <= limit)
}

/// `PRAGMA mmap_size`: all or nothing, as every connection maps the whole file.
pub(super) fn for_databases() -> i64 {
    if fits(MOST.unsigned_abs()) { MOST } else { 0 }
}
