//! One commit of an import: calls folded from all their records, and recordings, joined both ways.

mod call;
mod customer;
mod recording;
mod rekey;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    Store, blob,
    error::{Result, Sql},
    migrations,
    row::flag,
    source_key::source_key,
    writer::{Durable, State},
};
use crate::domain::{
    fold::FoldedCall,
    id::{instant_of, key_of},
    recording::NewRecording,
};

/// What an import batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    pub new_calls: u64,
    pub changed_calls: u64,
    pub unchanged_calls: u64,
    pub new_recordings: u64,
    pub known_recordings: u64,
    /// Recordings whose call is not known yet.
    pub unassigned: u64,
}

/// How far a source file was read; committed together with the calls read from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePosition {
    /// Absolute path as given, cleaned by nobody: a key only.
    pub path: String,
    /// Device and inode, or a hash of the first bytes: tells a rotated file.
    pub identity: String,
    pub offset: u64,
    pub line: u64,
}

/// One commit of an import.
#[derive(Clone, Debug, Default)]
pub struct ImportBatch {
    pub calls: Vec<FoldedCall>,
    pub recordings: Vec<NewRecording>,
    pub positions: Vec<SourcePosition>,
}

impl Store {
    /// One transaction: calls inserted or, where a source id is known, replaced (re-keyed if the start changed; notes, tags,
    /// flags, case and recordings follow; several calls that turn out to be one are merged); recordings joined or kept as
    /// unassigned; unassigned ones joined to new calls; positions saved.
    pub async fn import(&self, batch: ImportBatch) -> Result<ImportCounts> {
        self.threads.write(move |writer| writer.act(Durable::Soon, |transaction, state| import(transaction, state, batch))).await
    }

    /// Records kept of the calls that share any of these source ids: (source ids, records).
    pub async fn source_records(&self, source_ids: Vec<String>) -> Result<Vec<(Vec<String>, Vec<u8>)>> {
        self.threads.read(move |reader| records(&reader.conn, &source_ids)).await
    }

    /// Records kept of the calls whose start is known to the second only and that were going on between two instants: calls
    /// of files that have no linkedid, which only their channels can join.
    pub async fn rough_records(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Vec<u8>>> {
        self.threads.read(move |reader| rough(&reader.conn, from, until)).await
    }

    pub async fn source_positions(&self) -> Result<Vec<SourcePosition>> {
        self.threads
            .read(|reader| {
                let mut statement = reader.conn.prepare_cached("SELECT path, identity, offset, line FROM source_position")?;
                let positions = statement.query_map([], |row| {
                    Ok(SourcePosition { path: row.get(0)?, identity: row.get(1)?, offset: row.get(2)?, line: row.get(3)? })
                })?;
                Ok(positions.collect::<rusqlite::Result<_>>()?)
            })
            .await
    }

    /// After a bulk load: indexes, `ANALYZE` with a limit, checkpoint.
    pub async fn finish_bulk(&self) -> Result<()> {
        self.threads
            .write(|writer| {
                let path = writer.shared.path.clone();
                let finish = || -> Sql<()> {
                    migrations::create_indexes(&writer.conn)?;
                    writer.conn.execute_batch("PRAGMA analysis_limit=1000; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")?;
                    writer.conn.pragma_update(None, "cache_size", -16_384)?;
                    writer.shared.loading.store(false, std::sync::atomic::Ordering::Relaxed);
                    Ok(())
                };
                finish().map_err(|fault| fault.tell(&path))
            })
            .await
    }

    /// When an import last committed something.
    pub async fn imported_at(&self) -> Result<Option<Timestamp>> {
        self.threads
            .read(|reader| {
                let micros: Option<i64> = reader
                    .conn
                    .prepare_cached("SELECT value FROM meta WHERE key='imported_us'")?
                    .query_row([], |row| row.get(0))
                    .optional()?;
                Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
            })
            .await
    }
}

fn import(transaction: &Transaction<'_>, state: &mut State, mut batch: ImportBatch) -> Sql<ImportCounts> {
    let mut counts = ImportCounts::default();
    // In the order of time, so that rows append.
    batch.calls.sort_by_key(|call| call.start);
    let wanting = transaction.prepare_cached("SELECT 1 FROM wanted LIMIT 1")?.exists([])?;
    for call in &batch.calls {
        call::take(transaction, state, call, wanting, &mut counts)?;
    }
    for found in &batch.recordings {
        recording::take(transaction, state, found, &mut counts)?;
    }
    for position in &batch.positions {
        transaction.prepare_cached("INSERT OR REPLACE INTO source_position VALUES(?1, ?2, ?3, ?4)")?.execute(params![
            position.path,
            position.identity,
            position.offset as i64,
            position.line as i64
        ])?;
    }
    transaction.execute("INSERT OR REPLACE INTO meta VALUES('imported_us', ?1)", [Timestamp::now().as_microsecond()])?;
    Ok(counts)
}

/// Key of the call that has a source id.
fn call_of(conn: &Connection, id: &str) -> Sql<Option<i64>> {
    let mut statement =
        conn.prepare_cached("SELECT s.call, m.source_ids FROM source s CROSS JOIN call_more m ON m.id=s.call WHERE s.key=?1")?;
    let mut rows = statement.query([source_key(id)])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(1)?.as_str().is_ok_and(|ids| ids.split('\n').any(|line| line == id)) {
            return Ok(Some(row.get(0)?));
        }
    }
    Ok(None)
}

/// Calls that began so long before are over.
const LONGEST_ROUGH: jiff::SignedDuration = jiff::SignedDuration::from_hours(6);

fn rough(conn: &Connection, from: Timestamp, until: Timestamp) -> Sql<Vec<Vec<u8>>> {
    let since = from.checked_sub(LONGEST_ROUGH).ok().and_then(key_of).unwrap_or(0);
    let to = key_of(until).unwrap_or(0) | 0xf;
    let mut statement = conn.prepare_cached(
        "SELECT c.id, c.dur_ds, m.records FROM call c CROSS JOIN call_more m ON m.id=c.id \
         WHERE c.id BETWEEN ?1 AND ?2 AND c.flags & ?3",
    )?;
    let mut rows = statement.query([since, to, flag::WHOLE_SECOND])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let length = row.get::<_, Option<i64>>(1)?.unwrap_or(i64::MAX / 1_000);
        if instant_of(row.get(0)?).as_millisecond() + length * 100 >= from.as_millisecond() {
            kept.push(blob::unpack(&row.get::<_, Option<Vec<u8>>>(2)?.unwrap_or_default())?);
        }
    }
    Ok(kept)
}

fn records(conn: &Connection, source_ids: &[String]) -> Sql<Vec<(Vec<String>, Vec<u8>)>> {
    let mut calls = Vec::new();
    for id in source_ids {
        calls.extend(call_of(conn, id)?);
    }
    calls.sort_unstable();
    calls.dedup();
    let mut statement = conn.prepare_cached("SELECT source_ids, records FROM call_more WHERE id=?1")?;
    let mut kept = Vec::with_capacity(calls.len());
    for call in calls {
        let (ids, packed): (String, Option<Vec<u8>>) = statement.query_row([call], |row| Ok((row.get(0)?, row.get(1)?)))?;
        kept.push((ids.split('\n').map(str::to_owned).collect(), blob::unpack(&packed.unwrap_or_default())?));
    }
    Ok(kept)
}
