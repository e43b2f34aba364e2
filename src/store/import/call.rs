//! A folded call becomes a row: new, changed, or the same as before.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{ImportCounts, call_of, customer, recording, rekey};
use crate::{
    domain::{
        call::Number,
        clean,
        fold::FoldedCall,
        id::{instant_of, key_of, next_key},
        length::Tenths,
    },
    store::{
        assignments::Assignments,
        blob,
        error::{Sql, StoreError, damaged},
        recordings::sum_up,
        row::{COLUMNS, CallRow, flag},
        source_key::source_key,
        writer::State,
    },
};

/// Numbers remembered between calls; then all are forgotten and read again.
const NUMBERS: usize = 300_000;

/// The wide row, not packed.
#[derive(PartialEq, Eq)]
pub(super) struct Wide {
    pub(super) source_ids: String,
    late_ms: Option<i64>,
    answered_ms: Option<i64>,
    end_ms: Option<i64>,
    legs: i64,
    detail: Vec<u8>,
    records: Vec<u8>,
}

/// Brings one call in.
pub(super) fn take(conn: &Connection, state: &mut State, call: &FoldedCall, wanting: bool, counts: &mut ImportCounts) -> Sql<()> {
    let base = key_of(call.start).ok_or_else(|| {
        let id = clean::line(call.source_ids.first().map_or("", String::as_str), 60);
        StoreError::Invalid(format!("call {id} starts at {}, before the year 2000", call.start))
    })?;
    let known = known(conn, &call.source_ids)?;
    let mut row = narrow(conn, state, call, base)?;
    let mut wide = wide(call)?;
    match known.as_slice() {
        [] => {
            row.id = free_key(conn, state, base)?;
            wide.late_ms = late(row.id, base);
            insert(conn, state, &row, &wide, None)?;
            counts.new_calls += 1;
        }
        [key] => {
            let (old, old_wide) = read(conn, *key)?;
            row.id = if late(*key, base) == old_wide.late_ms { *key } else { free_key(conn, state, base)? };
            wide.late_ms = late(row.id, base);
            keep(&mut row, &old);
            if row == old && wide == old_wide {
                counts.unchanged_calls += 1;
                return customer::meet(conn, state, call, base);
            }
            let first = rekey::begin(conn, state, *key, row.id, &old, &old_wide)?;
            insert(conn, state, &row, &wide, first)?;
            finish(conn, row.id)?;
            counts.changed_calls += 1;
        }
        [target, others @ ..] => {
            let (old, old_wide) = read(conn, *target)?;
            row.id = if late(*target, base) == old_wide.late_ms { *target } else { free_key(conn, state, base)? };
            wide.late_ms = late(row.id, base);
            keep(&mut row, &old);
            let first = rekey::begin(conn, state, *target, row.id, &old, &old_wide)?;
            for other in others {
                let (old, old_wide) = read(conn, *other)?;
                row.flags |= old.flags & flag::PEOPLE;
                rekey::merge(conn, state, *other, row.id, &old, &old_wide)?;
            }
            insert(conn, state, &row, &wide, first)?;
            finish(conn, row.id)?;
            counts.changed_calls += 1;
        }
    }
    if wanting {
        recording::join_wanting(conn, &call.source_ids)?;
    }
    customer::meet(conn, state, call, base)
}

/// Recordings of a call that was replaced: their sums and offsets, and whether they still belong to it.
fn finish(conn: &Connection, key: i64) -> Sql<()> {
    recording::review(conn, key)?;
    sum_up(conn, key)
}

/// Keys of the calls that have any of the ids; the one of the linkedid first, then by time.
fn known(conn: &Connection, source_ids: &[String]) -> Sql<Vec<i64>> {
    let mut found: Vec<i64> = Vec::new();
    for (index, id) in source_ids.iter().enumerate() {
        if let Some(key) = call_of(conn, id)?
            && !found.contains(&key)
        {
            found.push(key);
            if index > 0 && found.len() > 2 {
                found[1..].sort_unstable();
            }
        }
    }
    Ok(found)
}

fn late(key: i64, base: i64) -> Option<i64> {
    let late = instant_of(key).as_millisecond() - instant_of(base).as_millisecond();
    (late != 0).then_some(late)
}

/// What is not of the exchange: people's marks, and sums over recordings.
fn keep(row: &mut CallRow, old: &CallRow) {
    row.flags |= old.flags & (flag::PEOPLE | flag::RECORDINGS);
    row.rec_count = old.rec_count;
    row.rec_bytes = old.rec_bytes;
    row.rec_ds = old.rec_ds;
    row.rec_modes = old.rec_modes;
    row.places = old.places;
    row.cost = old.cost;
    row.currency = old.currency;
}

/// The first key from `base` that neither a call nor a public id has.
fn free_key(conn: &Connection, state: &mut State, base: i64) -> Sql<i64> {
    let mut key = match state.last_call {
        Some((last_base, last)) if last_base == base => next_key(last),
        _ => base,
    };
    let mut taken = conn.prepare_cached("SELECT 1 FROM call WHERE id=?1 UNION ALL SELECT 1 FROM moved WHERE first=?1")?;
    while taken.exists([key])? {
        key = next_key(key);
    }
    state.last_call = Some((base, key));
    Ok(key)
}

fn number(conn: &Connection, state: &mut State, number: Option<&Number>) -> Sql<i64> {
    let Some(number) = number.filter(|number| !number.canonical.is_empty()) else { return Ok(0) };
    let text = (number.canonical.clone(), number.raw.clone());
    if let Some(id) = state.numbers.get(&text) {
        return Ok(*id);
    }
    let known: Option<i64> = conn
        .prepare_cached("SELECT id FROM number WHERE canonical=?1 AND raw=?2")?
        .query_row([&text.0, &text.1], |row| row.get(0))
        .optional()?;
    let id = match known {
        Some(id) => id,
        None => {
            conn.prepare_cached("INSERT INTO number(canonical, raw) VALUES(?1, ?2)")?.execute([&text.0, &text.1])?;
            conn.last_insert_rowid()
        }
    };
    if state.numbers.len() >= NUMBERS {
        state.numbers.clear();
    }
    state.numbers.insert(text, id);
    Ok(id)
}

fn narrow(conn: &Connection, state: &mut State, call: &FoldedCall, base: i64) -> Sql<CallRow> {
    let to_no = number(conn, state, call.to.as_ref())?;
    let reached = number(conn, state, call.reached.as_ref())?;
    let ext = call.extension.as_ref().map(|name| state.names.extension.intern(conn, name)).transpose()?;
    let mut all = Vec::with_capacity(call.extensions.len() + 1);
    for name in call.extensions.iter().chain(&call.extension) {
        let id = state.names.extension.intern(conn, name)?;
        if !all.contains(&id) {
            all.push(id);
        }
    }
    if state.assignments.is_none() {
        state.assignments = Some(Assignments::load(conn)?);
    }
    let State { assignments, names, .. } = state;
    let parties =
        assignments.as_ref().map(|all_of| all_of.parties(conn, names, ext, &all, base)).transpose()?.unwrap_or_default();
    Ok(CallRow {
        id: base,
        dir: call.direction.code(),
        route: call.route.map(|route| route.code()),
        outcome: call.outcome.code(),
        from_no: number(conn, state, call.from.as_ref())?,
        to_no,
        reached_no: (reached != to_no).then_some(reached),
        ext,
        extset: state.names.extset.intern(conn, &all)?,
        agent: parties.agent,
        agentset: parties.agentset,
        grp: parties.group,
        grpset: parties.groupset,
        projset: parties.projset,
        queue: call.queue.as_ref().map(|name| state.names.queue.intern(conn, name)).transpose()?,
        wait: call.wait.map(|length| length.0),
        talk: call.talk.map(|length| length.0),
        talk_most: call.talk_at_most.map(|length| length.0),
        hold: call.on_hold.map(|length| length.0),
        dur: call.duration.map(|Tenths(length)| length),
        cost: None,
        currency: None,
        rec_count: 0,
        rec_bytes: None,
        rec_ds: None,
        rec_modes: 0,
        flags: if call.start_whole_second { flag::WHOLE_SECOND } else { 0 },
        places: 0,
    })
}

fn wide(call: &FoldedCall) -> Sql<Wide> {
    let after = |at: Timestamp| at.as_millisecond() - call.start.as_millisecond();
    Ok(Wide {
        source_ids: join_ids(&call.source_ids),
        late_ms: None,
        answered_ms: call.answered.map(after),
        end_ms: call.end.map(after),
        legs: i64::from(call.leg_count),
        detail: blob::encode_detail(&call.legs, &call.timeline)?,
        records: call.records.clone(),
    })
}

/// One id a line, each once, in their order.
pub(super) fn join_ids(ids: &[String]) -> String {
    let mut text = String::new();
    for (index, id) in ids.iter().enumerate() {
        if id.is_empty() || id.contains('\n') || ids[..index].contains(id) {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(id);
    }
    text
}

fn read(conn: &Connection, key: i64) -> Sql<(CallRow, Wide)> {
    let row = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM call c WHERE c.id=?1"))?.query_row([key], CallRow::read)?;
    let mut statement =
        conn.prepare_cached("SELECT source_ids, late_ms, answered_ms, end_ms, legs, detail, records FROM call_more WHERE id=?1")?;
    let (mut wide, detail, records) = statement
        .query_row([key], |row| {
            let wide = Wide {
                source_ids: row.get(0)?,
                late_ms: row.get(1)?,
                answered_ms: row.get(2)?,
                end_ms: row.get(3)?,
                legs: row.get(4)?,
                detail: Vec::new(),
                records: Vec::new(),
            };
            Ok((wide, row.get::<_, Option<Vec<u8>>>(5)?, row.get::<_, Option<Vec<u8>>>(6)?))
        })
        .optional()?
        .ok_or_else(|| damaged("a call"))?;
    wide.detail = blob::unpack(&detail.unwrap_or_default())?;
    wide.records = blob::unpack(&records.unwrap_or_default())?;
    Ok((row, wide))
}

fn insert(conn: &Connection, state: &mut State, row: &CallRow, wide: &Wide, first_key: Option<i64>) -> Sql<()> {
    conn.prepare_cached(
        "INSERT INTO call VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28)",
    )?
    .execute(params![
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
    conn.prepare_cached("INSERT INTO call_more VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)")?.execute(params![
        row.id,
        first_key.filter(|first| *first != row.id),
        wide.source_ids,
        wide.late_ms,
        wide.answered_ms,
        wide.end_ms,
        wide.legs,
        state.packer.pack(&wide.detail),
        state.packer.pack(&wide.records)
    ])?;
    let mut extension = conn.prepare_cached("INSERT OR IGNORE INTO call_extension VALUES(?1, ?2)")?;
    for id in state.names.extset.members(row.extset) {
        extension.execute([*id, row.id])?;
    }
    let mut source = conn.prepare_cached("INSERT OR IGNORE INTO source VALUES(?1, ?2)")?;
    for id in wide.source_ids.split('\n').filter(|id| !id.is_empty()) {
        source.execute([source_key(id), row.id])?;
    }
    Ok(())
}
