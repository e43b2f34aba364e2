//! What bringing in calls needs again and again within one transaction: statements, prepared once, and the ends behind which
//! nothing has to be looked up, since most calls are newer than all before.

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::call::Wide;
use crate::{
    domain::{call::Number, id::next_key},
    store::{
        error::Sql,
        row::{CallRow, raw_kept},
        source_key::{is_beyond, is_near, kept, source_key},
        writer::State,
    },
};

/// Numbers remembered between calls; then all are forgotten and read again.
const NUMBERS: usize = 1 << 20;

pub(super) struct Hands<'c> {
    pub(super) conn: &'c Connection,
    /// Some recording waits for a call with one of its source ids.
    pub(super) wanting: bool,
    taken: CachedStatement<'c>,
    call: CachedStatement<'c>,
    more: CachedStatement<'c>,
    extension: CachedStatement<'c>,
    source: CachedStatement<'c>,
    number: CachedStatement<'c>,
    known_number: CachedStatement<'c>,
    /// No call and no public id has a greater key.
    newest: i64,
    /// No row of `source` has a greater number; none without rows.
    newest_source: Option<i64>,
}

impl<'c> Hands<'c> {
    pub(super) fn new(conn: &'c Connection) -> Sql<Self> {
        Ok(Self {
            conn,
            wanting: conn.prepare_cached("SELECT 1 FROM wanted LIMIT 1")?.exists([])?,
            taken: conn.prepare_cached("SELECT 1 FROM call WHERE id=?1 UNION ALL SELECT 1 FROM moved WHERE first=?1")?,
            call: conn.prepare_cached(
                "INSERT INTO call VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,\
                 ?25,?26,?27,?28)",
            )?,
            more: conn.prepare_cached("INSERT INTO call_more VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)")?,
            extension: conn.prepare_cached("INSERT OR IGNORE INTO call_extension VALUES(?1, ?2)")?,
            source: conn.prepare_cached("INSERT OR IGNORE INTO source VALUES(?1, ?2)")?,
            number: conn.prepare_cached("INSERT INTO number(canonical, raw) VALUES(?1, ?2)")?,
            known_number: conn.prepare_cached("SELECT id FROM number WHERE canonical=?1 AND raw IS ?2")?,
            newest: conn
                .prepare_cached("SELECT max(ifnull((SELECT max(id) FROM call), 0), ifnull((SELECT max(first) FROM moved), 0))")?
                .query_row([], |row| row.get(0))?,
            newest_source: conn.prepare_cached("SELECT max(key) FROM source")?.query_row([], |row| row.get(0))?,
        })
    }

    /// Whether no call can have the id.
    pub(super) fn is_beyond(&self, id: &str) -> bool {
        is_beyond(id, self.newest, self.newest_source)
    }

    /// The first key from `base` that neither a call nor a public id has.
    pub(super) fn free_key(&mut self, state: &mut State, base: i64) -> Sql<i64> {
        let mut key = match state.last_call {
            Some((last_base, last)) if last_base == base => next_key(last),
            _ => base,
        };
        while key <= self.newest && self.taken.exists([key])? {
            key = next_key(key);
        }
        state.last_call = Some((base, key));
        Ok(key)
    }

    /// The id of a number; 0 for none.
    pub(super) fn number(&mut self, state: &mut State, number: Option<&Number>) -> Sql<i64> {
        let Some(number) = number.filter(|number| !number.canonical.is_empty()) else { return Ok(0) };
        let mut text = Vec::with_capacity(64);
        text.extend_from_slice(number.canonical.as_bytes());
        text.push(0xff);
        text.extend_from_slice(number.raw.as_bytes());
        // 128 bits under a seed of this process: two numbers do not meet.
        let hash = xxh3_128_with_seed(&text, state.seed);
        if let Some(id) = state.numbers.get(&hash) {
            return Ok(*id);
        }
        let raw = raw_kept(number);
        let known: Option<i64> = if state.numbers_complete {
            None
        } else {
            self.known_number.query_row(params![number.canonical, raw], |row| row.get(0)).optional()?
        };
        let id = match known {
            Some(id) => id,
            None => {
                self.number.execute(params![number.canonical, raw])?;
                self.conn.last_insert_rowid()
            }
        };
        if state.numbers.len() >= NUMBERS {
            state.numbers.clear();
            state.numbers_complete = false;
        }
        state.numbers.insert(hash, id);
        Ok(id)
    }

    /// `packed`: detail and records, if they were packed before.
    pub(super) fn insert(
        &mut self,
        state: &mut State,
        row: &CallRow,
        wide: &Wide,
        packed: Option<Blobs>,
        first_key: Option<i64>,
    ) -> Sql<()> {
        self.call.execute(params![
            row.id,
            row.dir,
            row.route,
            row.outcome,
            row.from_no,
            row.to_no,
            row.reached_no,
            row.ext,
            row.extset,
            row.agent,
            row.agentset,
            row.grp,
            row.grpset,
            row.projset,
            row.queue,
            row.wait,
            row.talk,
            row.talk_most,
            row.hold,
            row.dur,
            row.cost,
            row.currency,
            row.rec_count,
            row.rec_bytes,
            row.rec_ds,
            row.rec_modes,
            row.flags,
            row.places
        ])?;
        let (detail, records) =
            packed.unwrap_or_else(|| (state.packer.detail(&wide.detail), state.packer.records(&wide.records)));
        self.more.execute(params![
            row.id,
            first_key.filter(|first| *first != row.id),
            kept(&wide.source_ids, row.id),
            wide.late_ms,
            wide.answered_ms,
            wide.end_ms,
            wide.legs,
            detail,
            records
        ])?;
        for id in &state.names.extset.members(row.extset) {
            self.extension.execute([*id, row.id])?;
        }
        for id in wide.source_ids.split('\n').filter(|id| !id.is_empty()) {
            if !is_near(id, row.id, wide.late_ms.is_some()) {
                let key = source_key(id);
                self.source.execute([key, row.id])?;
                self.newest_source = self.newest_source.max(Some(key));
            }
        }
        self.newest = self.newest.max(row.id);
        Ok(())
    }
}

/// Detail and records as `call_more` has them.
pub(super) type Blobs = (Option<Vec<u8>>, Option<Vec<u8>>);
