//! A call that moves: its start changed, or it turned out to be part of another. Its public id lives on.

use rusqlite::{Connection, params};

use super::call::Wide;
use crate::store::{calls::first_key, error::Sql, row::CallRow, source_key::source_key, writer::State};

/// Takes a row away before its replacement under `new` is inserted; children follow. Gives the key of its public id.
pub(super) fn begin(conn: &Connection, state: &State, old: i64, new: i64, row: &CallRow, wide: &Wide) -> Sql<Option<i64>> {
    let first = first_key(conn, old)?;
    remove(conn, state, old, row, wide)?;
    if old == new {
        return Ok(Some(first));
    }
    point(conn, old, first, new)?;
    for (table, column) in
        [("recording", "call"), ("note", "call"), ("call_tag", "call"), ("call_case", "call"), ("call_history", "call")]
    {
        conn.prepare_cached(&format!("UPDATE {table} SET {column}=?2 WHERE {column}=?1"))?.execute([old, new])?;
    }
    conn.prepare_cached("UPDATE collection_item SET item=?2 WHERE kind=0 AND item=?1")?.execute([old, new])?;
    Ok(Some(first))
}

/// Takes away a call that is part of the one under `into`; what people added to both is kept.
pub(super) fn merge(conn: &Connection, state: &State, old: i64, into: i64, row: &CallRow, wide: &Wide) -> Sql<()> {
    let first = first_key(conn, old)?;
    remove(conn, state, old, row, wide)?;
    point(conn, old, first, into)?;
    for sql in [
        "UPDATE recording SET call=?2 WHERE call=?1",
        "UPDATE note SET call=?2 WHERE call=?1",
        "INSERT OR IGNORE INTO call_tag SELECT tag, ?2 FROM call_tag WHERE call=?1",
        "UPDATE OR IGNORE collection_item SET item=?2 WHERE kind=0 AND item=?1",
        "INSERT OR IGNORE INTO call_case SELECT ?2, case_number FROM call_case WHERE call=?1",
        "INSERT INTO call_history SELECT ?2, seq + (SELECT ifnull(max(seq),0) FROM call_history WHERE call=?2), at_us, who, did, detail \
         FROM call_history WHERE call=?1",
    ] {
        conn.prepare_cached(sql)?.execute(params![old, into])?;
    }
    // What stood beside the other in one collection.
    conn.prepare_cached("DELETE FROM collection_item WHERE kind=0 AND item=?1")?.execute([old])?;
    for table in ["call_tag", "call_case", "call_history"] {
        conn.prepare_cached(&format!("DELETE FROM {table} WHERE call=?1"))?.execute([old])?;
    }
    Ok(())
}

fn remove(conn: &Connection, state: &State, key: i64, row: &CallRow, wide: &Wide) -> Sql<()> {
    conn.prepare_cached("DELETE FROM call WHERE id=?1")?.execute([key])?;
    conn.prepare_cached("DELETE FROM call_more WHERE id=?1")?.execute([key])?;
    for extension in &state.names.extset.members(row.extset) {
        conn.prepare_cached("DELETE FROM call_extension WHERE ext=?1 AND call=?2")?.execute([*extension, key])?;
    }
    for id in wide.source_ids.split('\n') {
        conn.prepare_cached("DELETE FROM source WHERE key=?1 AND call=?2")?.execute([source_key(id), key])?;
    }
    Ok(())
}

/// Lets the public ids that led to `old` lead to `new`.
fn point(conn: &Connection, old: i64, first: i64, new: i64) -> Sql<()> {
    conn.prepare_cached("UPDATE moved SET current=?2 WHERE current=?1")?.execute([old, new])?;
    if first == new {
        conn.prepare_cached("DELETE FROM moved WHERE first=?1")?.execute([first])?;
    } else {
        conn.prepare_cached("INSERT OR REPLACE INTO moved VALUES(?1, ?2)")?.execute([first, new])?;
    }
    Ok(())
}
