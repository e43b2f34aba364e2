//! A folded call becomes a row: new, changed, or the same as before.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::{
    ImportCounts, call_of, customer,
    hands::{Blobs, Hands},
    recording::{self, Sounds},
    rekey,
};
use crate::{
    domain::{
        clean,
        fold::FoldedCall,
        id::{instant_of, key_of},
        length::Tenths,
    },
    store::{
        assignments::Assignments,
        blob,
        error::{Sql, StoreError, damaged},
        recordings::sum_up,
        row::{COLUMNS, CallRow, flag},
        source_key::told,
        writer::State,
    },
};

/// The wide row, not packed.
#[derive(PartialEq, Eq)]
pub(super) struct Wide {
    pub(super) source_ids: String,
    pub(super) late_ms: Option<i64>,
    pub(super) answered_ms: Option<i64>,
    pub(super) end_ms: Option<i64>,
    pub(super) legs: i64,
    pub(super) detail: Vec<u8>,
    pub(super) records: Vec<u8>,
}

/// Brings one call in, which the rows of the keys `known` are of. `sounds`: recordings of the same batch; those whose best id is of a new call go in with it.
pub(super) fn take(
    hands: &mut Hands<'_>,
    state: &mut State,
    call: &FoldedCall,
    known: &[i64],
    packed: Option<Blobs>,
    sounds: &mut Sounds,
    counts: &mut ImportCounts,
) -> Sql<()> {
    let base = key_of(call.start).ok_or_else(|| {
        let id = clean::line(call.source_ids.first().map_or("", String::as_str), 60);
        StoreError::Invalid(format!("call {id} starts at {}, before the year 2000", call.start))
    })?;
    let conn = hands.conn;
    let mut row = narrow(hands, state, call, base)?;
    // What is packed already and compared with nothing is not made again.
    let mut wide = wide(call, packed.is_none())?;
    if !known.is_empty()
        && let Some((detail, records)) = &packed
    {
        wide.detail = blob::unpack(detail.as_deref().unwrap_or_default())?;
        wide.records = blob::unpack(records.as_deref().unwrap_or_default())?;
    }
    match known {
        [] => {
            row.id = hands.free_key(state, base)?;
            wide.late_ms = late(row.id, base);
            recording::with_call(hands, state, call, &mut row, sounds, counts)?;
            hands.insert(state, &row, &wide, packed, None)?;
            counts.new_calls += 1;
        }
        [key] => {
            let (old, old_wide) = read(conn, *key)?;
            row.id = if late(*key, base) == old_wide.late_ms { *key } else { hands.free_key(state, base)? };
            wide.late_ms = late(row.id, base);
            keep(&mut row, &old);
            if row == old && wide == old_wide {
                counts.unchanged_calls += 1;
                return customer::meet(conn, state, call, base);
            }
            let first = rekey::begin(conn, state, *key, row.id, &old, &old_wide)?;
            hands.insert(state, &row, &wide, packed, first)?;
            finish(conn, row.id)?;
            counts.changed_calls += 1;
        }
        [target, others @ ..] => {
            let (old, old_wide) = read(conn, *target)?;
            row.id = if late(*target, base) == old_wide.late_ms { *target } else { hands.free_key(state, base)? };
            wide.late_ms = late(row.id, base);
            keep(&mut row, &old);
            let first = rekey::begin(conn, state, *target, row.id, &old, &old_wide)?;
            for other in others {
                let (old, old_wide) = read(conn, *other)?;
                row.flags |= old.flags & flag::PEOPLE;
                rekey::merge(conn, state, *other, row.id, &old, &old_wide)?;
            }
            hands.insert(state, &row, &wide, packed, first)?;
            finish(conn, row.id)?;
            counts.changed_calls += 1;
        }
    }
    if hands.wanting {
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
pub(super) fn known(hands: &Hands<'_>, source_ids: &[String]) -> Sql<Vec<i64>> {
    let mut found: Vec<i64> = Vec::new();
    for (index, id) in source_ids.iter().enumerate() {
        if !hands.is_beyond(id)
            && let Some(key) = call_of(hands.conn, id)?
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

fn narrow(hands: &mut Hands<'_>, state: &mut State, call: &FoldedCall, base: i64) -> Sql<CallRow> {
    let conn = hands.conn;
    let to_no = hands.number(state, call.to.as_ref())?;
    let reached = hands.number(state, call.reached.as_ref())?;
    let from_no = hands.number(state, call.from.as_ref())?;
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
        from_no,
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

fn wide(call: &FoldedCall, with_content: bool) -> Sql<Wide> {
    let after = |at: Timestamp| at.as_millisecond() - call.start.as_millisecond();
    Ok(Wide {
        source_ids: join_ids(&call.source_ids),
        late_ms: None,
        answered_ms: call.answered.map(after),
        end_ms: call.end.map(after),
        legs: i64::from(call.leg_count),
        detail: if with_content { blob::encode_detail(&call.legs, &call.timeline)? } else { Vec::new() },
        records: if with_content { call.records.clone() } else { Vec::new() },
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
                source_ids: told(row.get_ref(0)?.as_str()?, key).collect::<Vec<_>>().join("\n"),
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
