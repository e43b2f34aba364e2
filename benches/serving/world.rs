//! What the other figures' parts ask of their crate.

use std::path::Path;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rusqlite::{Connection, OpenFlags};

/// Rows of a page, as the console asks for them.
pub const PAGE: usize = 100;

pub fn day(instant: Timestamp, zone: &TimeZone) -> Date {
    instant.to_zoned(zone.clone()).date()
}

/// A connection such as a careful program would open by hand.
pub fn bare(database: &Path) -> anyhow::Result<Connection> {
    let conn = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.pragma_update(None, "mmap_size", 2_147_418_112_i64)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(conn)
}
