//! Pages and counts of the log.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params_from_iter};

use super::{
    AuditPageRequest,
    chain::{LINK, LINK_COLUMNS, hex},
    find::{Condition, plan},
};
use crate::{
    domain::audit::AuditEntry,
    store::{error::Sql, reader::Reader},
};

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        seq: row.get(0)?,
        at: Timestamp::from_microsecond(row.get(1)?).unwrap_or_default(),
        who: row.get(2)?,
        via: row.get(3)?,
        uid: row.get(4)?,
        sudo_user: row.get(5)?,
        ssh_connection: row.get(6)?,
        did: row.get(7)?,
        object: row.get(8)?,
        project: row.get(9)?,
        outcome: row.get(10)?,
        detail: row.get(11)?,
        address: row.get(13)?,
        session: row.get(14)?,
        hash: hex(row.get_ref(LINK_COLUMNS)?.as_blob()?),
        foreign: row.get(LINK_COLUMNS + 1)?,
    })
}

pub(super) fn page(reader: &Reader, request: &AuditPageRequest) -> Sql<Vec<AuditEntry>> {
    let Condition { sql, params, index } = plan(reader, request)?;
    let (order, index) = (
        if request.newest_first { "DESC" } else { "ASC" },
        index.map_or_else(|| "NOT INDEXED".to_owned(), |index| format!("INDEXED BY {index}")),
    );
    let mut statement = reader.conn.prepare_cached(&format!(
        "SELECT {LINK}, a.hash, f.text FROM audit_log a {index} LEFT JOIN audit_foreign f ON f.seq=a.seq WHERE {sql} \
         ORDER BY a.seq {order} LIMIT {}",
        request.limit
    ))?;
    let rows = statement.query_map(params_from_iter(params), entry)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn count(reader: &Reader, request: &AuditPageRequest) -> Sql<u64> {
    let request = AuditPageRequest { after: None, ..request.clone() };
    let Condition { sql, params, .. } = plan(reader, &request)?;
    let foreign = if request.foreign { "LEFT JOIN audit_foreign f ON f.seq=a.seq" } else { "" };
    let mut statement = reader.conn.prepare_cached(&format!("SELECT count(*) FROM audit_log a {foreign} WHERE {sql}"))?;
    let count: i64 = statement.query_row(params_from_iter(params), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

pub(super) fn newest(conn: &Connection) -> Sql<i64> {
    Ok(conn.prepare_cached("SELECT ifnull(max(seq), 0) FROM audit_log")?.query_row([], |row| row.get(0))?)
}
