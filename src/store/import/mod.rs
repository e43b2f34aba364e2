//! One commit of an import: calls folded from all their records, and recordings, joined both ways.

mod call;
mod customer;
mod hands;
mod recording;
mod rekey;

use std::{
    borrow::Cow,
    collections::VecDeque,
    time::{Duration, Instant},
};

use hands::Hands;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    Store, blob,
    error::{Result, Sql, StoreError},
    migrations,
    row::flag,
    source_key::{calls_of, told},
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

/// What an import hands over at once.
#[derive(Clone, Debug, Default)]
pub struct ImportBatch {
    pub calls: Vec<FoldedCall>,
    pub recordings: Vec<NewRecording>,
    pub positions: Vec<SourcePosition>,
    /// Detail and records of each call as the table has them; empty: packed when they are written.
    packed: Vec<hands::Blobs>,
}

/// Packs what is kept with calls on another thread than the one that writes.
pub struct CallPacker(blob::Packer);

impl Default for CallPacker {
    fn default() -> Self {
        Self(blob::Packer::new())
    }
}

impl ImportBatch {
    pub const fn new(calls: Vec<FoldedCall>, recordings: Vec<NewRecording>, positions: Vec<SourcePosition>) -> Self {
        Self { calls, recordings, positions, packed: Vec::new() }
    }

    /// Leaves out the calls that do not pass.
    pub fn retain(&mut self, test: impl Fn(&FoldedCall) -> bool) {
        let pass: Vec<bool> = self.calls.iter().map(test).collect();
        let mut passes = pass.iter();
        self.calls.retain(|_call| passes.next().copied().unwrap_or(true));
        let mut passes = pass.iter();
        self.packed.retain(|_blobs| passes.next().copied().unwrap_or(true));
    }

    /// Puts the calls in their order and packs what is kept with each: legs, timeline and records leave the calls.
    pub fn pack(&mut self, CallPacker(packer): &mut CallPacker) {
        self.calls.sort_by_key(|call| call.start);
        let pack = |call: &mut FoldedCall| {
            let (legs, timeline) = (std::mem::take(&mut call.legs), std::mem::take(&mut call.timeline));
            let detail = blob::encode_detail(&legs, &timeline).unwrap_or_default();
            (packer.detail(&detail), packer.records(&std::mem::take(&mut call.records)))
        };
        self.packed = self.calls.iter_mut().map(pack).collect();
    }

    /// The records kept of a call, by its place in the batch.
    ///
    /// # Errors
    /// When what was packed is damaged.
    pub fn records(&self, call: usize) -> Result<Vec<u8>> {
        let damaged = |_fault| StoreError::Failed("records that were packed cannot be read".to_owned());
        match (self.packed.get(call), self.calls.get(call)) {
            (Some((_, packed)), _) => blob::unpack(packed.as_deref().unwrap_or_default()).map_err(damaged),
            (None, call) => Ok(call.map(|call| call.records.clone()).unwrap_or_default()),
        }
    }
}

impl Store {
    /// Calls inserted or, where a source id is known, replaced (re-keyed if the start changed; notes, tags, flags, case and
    /// recordings follow; several calls that turn out to be one are merged); recordings joined or kept as unassigned;
    /// unassigned ones joined to new calls; positions saved. Each transaction is short; the positions are in the last.
    pub async fn import(&self, batch: ImportBatch) -> Result<ImportCounts> {
        let durable = durable(&batch);
        Ok(self.bring(Work::new(batch, false), durable).await?.0)
    }

    /// As [`Self::import`], but gives back the calls of which a source id is known, untouched; then no position is saved.
    pub async fn import_new(&self, batch: ImportBatch) -> Result<(ImportCounts, Vec<FoldedCall>)> {
        let durable = durable(&batch);
        self.bring(Work::new(batch, true), durable).await
    }

    async fn bring(&self, mut work: Work, durable: Durable) -> Result<(ImportCounts, Vec<FoldedCall>)> {
        loop {
            let bring = move |transaction: &Transaction<'_>, state: &mut State| {
                let done = work.go_on(transaction, state)?;
                Ok((work, done))
            };
            let (back, done) = self.threads.write(move |writer| writer.act(durable, bring)).await?;
            work = back;
            if done {
                return Ok((work.counts, work.met));
            }
        }
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

/// Recordings are told as kept, and their sources may go; calls alone are read again from where the last commit stood, and the
/// end of the import commits with everything before it.
fn durable(batch: &ImportBatch) -> Durable {
    if batch.recordings.is_empty() { Durable::Soon } else { Durable::Now }
}

/// A transaction of an import ends after this time, so that nobody who writes waits long.
const LONGEST: Duration = Duration::from_millis(120);
/// Calls between two looks at the clock.
const LOOK_EVERY: usize = 64;

/// A batch on its way in.
struct Work {
    calls: std::vec::IntoIter<FoldedCall>,
    packed: std::vec::IntoIter<hands::Blobs>,
    sounds: recording::Sounds,
    /// Recordings that no new call took.
    rest: VecDeque<NewRecording>,
    positions: Vec<SourcePosition>,
    only_new: bool,
    met: Vec<FoldedCall>,
    counts: ImportCounts,
}

impl Work {
    fn new(mut batch: ImportBatch, only_new: bool) -> Self {
        if batch.packed.len() != batch.calls.len() {
            batch.packed.clear();
            // In the order of time, so that rows append.
            batch.calls.sort_by_key(|call| call.start);
        }
        let with_calls = !batch.calls.is_empty();
        Self {
            calls: batch.calls.into_iter(),
            packed: batch.packed.into_iter(),
            sounds: recording::Sounds::new(batch.recordings, with_calls),
            rest: VecDeque::new(),
            positions: batch.positions,
            only_new,
            met: Vec::new(),
            counts: ImportCounts::default(),
        }
    }

    /// What one transaction does of it; true: all is in.
    fn go_on(&mut self, transaction: &Transaction<'_>, state: &mut State) -> Sql<bool> {
        let began = Instant::now();
        let alone = state.shared.loading.load(std::sync::atomic::Ordering::Relaxed);
        let long = || !alone && began.elapsed() >= LONGEST;
        let mut hands = Hands::new(transaction)?;
        for (count, mut call) in self.calls.by_ref().enumerate() {
            let packed = self.packed.next();
            let known = call::known(&hands, &call.source_ids)?;
            if self.only_new && !known.is_empty() {
                if let Some((_, Some(records))) = packed {
                    call.records = blob::unpack(&records)?;
                }
                self.met.push(call);
            } else {
                call::take(&mut hands, state, &call, &known, packed, &mut self.sounds, &mut self.counts)?;
            }
            if count % LOOK_EVERY == LOOK_EVERY - 1 && long() {
                return Ok(false);
            }
        }
        self.rest.extend(self.sounds.rest());
        while let Some(found) = self.rest.pop_front() {
            recording::take(transaction, state, &found, &mut self.counts)?;
            if long() && !self.rest.is_empty() {
                return Ok(false);
            }
        }
        if self.met.is_empty() {
            save(transaction, &self.positions)?;
        }
        let now = Timestamp::now().as_microsecond();
        transaction.prepare_cached("INSERT OR REPLACE INTO meta VALUES('imported_us', ?1)")?.execute([now])?;
        Ok(true)
    }
}

fn save(conn: &Connection, positions: &[SourcePosition]) -> Sql<()> {
    let mut statement = conn.prepare_cached("INSERT OR REPLACE INTO source_position VALUES(?1, ?2, ?3, ?4)")?;
    for position in positions {
        statement.execute(params![position.path, position.identity, position.offset as i64, position.line as i64])?;
    }
    Ok(())
}

/// Key of the call that has a source id.
fn call_of(conn: &Connection, id: &str) -> Sql<Option<i64>> {
    Ok(calls_of(conn, id)?.first().copied())
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
        kept.push((told(&ids, call).map(Cow::into_owned).collect(), blob::unpack(&packed.unwrap_or_default())?));
    }
    Ok(kept)
}
