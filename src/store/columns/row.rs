//! A call as the column index knows it.

use rusqlite::{Connection, Row};

use crate::store::{
    error::Sql,
    query::array,
    row::{COLUMNS, CallRow},
};

/// The narrow row, and what sorting needs of the wide one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct IndexRow {
    pub(in crate::store) row: CallRow,
    /// Milliseconds after the instant of the key; less than none where the key stands later than the start.
    pub(in crate::store) answered: Option<i64>,
    pub(in crate::store) end: Option<i64>,
    pub(in crate::store) legs: i64,
}

impl IndexRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { row: CallRow::read(row)?, answered: row.get(28)?, end: row.get(29)?, legs: row.get(30)? })
    }
}

const BESIDE: &str = "m.answered_ms-ifnull(m.late_ms,0), m.end_ms-ifnull(m.late_ms,0), m.legs";

/// Calls of keys from `from` inclusive to `until` exclusive, ascending.
pub(in crate::store) fn each_between(
    conn: &Connection,
    from: i64,
    until: i64,
    each: &mut dyn FnMut(IndexRow) -> Sql<()>,
) -> Sql<()> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS}, {BESIDE} FROM call c NOT INDEXED CROSS JOIN call_more m ON m.id=c.id \
         WHERE c.id>=?1 AND c.id<?2 ORDER BY c.id"
    ))?;
    let mut rows = statement.query([from, until])?;
    while let Some(row) = rows.next()? {
        each(IndexRow::read(row)?)?;
    }
    Ok(())
}

/// Those of these keys that exist, ascending.
pub(in crate::store) fn of_keys(conn: &Connection, keys: &[i64]) -> Sql<Vec<IndexRow>> {
    let mut found = Vec::with_capacity(keys.len());
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS}, {BESIDE} FROM call c NOT INDEXED CROSS JOIN call_more m ON m.id=c.id WHERE c.id IN rarray(?1)"
    ))?;
    for chunk in keys.chunks(1_000) {
        let mut rows = statement.query([array(chunk.iter().copied())])?;
        while let Some(row) = rows.next()? {
            found.push(IndexRow::read(row)?);
        }
    }
    found.sort_unstable_by_key(|row| row.row.id);
    Ok(found)
}
