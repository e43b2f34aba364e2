//! Recordings met by an import, joined to their calls by the best source id that has one.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{ImportCounts, call::join_ids, call_of};
use crate::{
    domain::{
        id::{instant_of, key_of, next_key},
        recording::NewRecording,
    },
    store::{
        error::Sql,
        recordings::{seen, seen_key, sum_up},
        source_key::source_key,
        writer::State,
    },
};

/// Clocks of file names and calls differ by so much at most; sound "before" the call within it begins with the call.
const SLACK_MS: i64 = 2_000;

/// File names tell whole seconds, calls end while the last packet is written.
const END_SLACK_MS: i64 = 300;

/// When a call was, in milliseconds; the latter two after its start.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: i64,
    answered: Option<i64>,
    end: Option<i64>,
}

/// From the start of the call to the first sound, in tenths; none where the file's time cannot be of this call. The time
/// in a name is when the exchange was told to record: where the sound fits behind the answer, it began with the answer.
fn offset(started_ms: Option<i64>, length_ds: i64, call: Span) -> Option<i64> {
    let after = started_ms? - call.start;
    let told = (after >= -SLACK_MS).then(|| after.max(0))?;
    let fits = |answered: &i64| call.end.is_some_and(|end| told < *answered && answered + length_ds * 100 <= end + END_SLACK_MS);
    Some((call.answered.filter(fits).unwrap_or(told) + 50) / 100)
}

pub(super) fn take(conn: &Connection, state: &mut State, found: &NewRecording, counts: &mut ImportCounts) -> Sql<()> {
    let known = seen(conn, &found.source_name, found.bytes, &found.sha256)?;
    let source_ids = join_ids(&found.source_ids);
    let started = found.started.map(|at| at.as_millisecond());
    let mode = found.mode.map(|mode| mode.code());
    let id = match known {
        Some(id) => {
            counts.known_recordings += 1;
            let same = conn
                .prepare_cached(
                    "SELECT 1 FROM recording WHERE id=?1 AND source_ids=?2 AND started_ms IS ?3 AND mode IS ?4 AND leg IS ?5",
                )?
                .exists(params![id, source_ids, started, mode, found.leg])?;
            copies(conn, state, id, found)?;
            if same {
                return Ok(());
            }
            conn.prepare_cached("UPDATE recording SET source_ids=?2, started_ms=?3, mode=?4, leg=?5 WHERE id=?1")?
                .execute(params![id, source_ids, started, mode, found.leg])?;
            id
        }
        None => {
            counts.new_recordings += 1;
            let id = insert(conn, state, found, &source_ids)?;
            copies(conn, state, id, found)?;
            id
        }
    };
    if !join(conn, id)? && known.is_none() {
        counts.unassigned += 1;
    }
    Ok(())
}

fn insert(conn: &Connection, state: &mut State, found: &NewRecording, source_ids: &str) -> Sql<i64> {
    let format = state.names.format.intern(conn, &found.format)?;
    let mut at = found.started.and_then(key_of);
    if at.is_none() {
        for id in &found.source_ids {
            at = at.or(call_of(conn, id)?);
        }
    }
    let mut id = at.or_else(|| key_of(Timestamp::now())).unwrap_or(0) & !0xf;
    let mut taken = conn.prepare_cached("SELECT 1 FROM recording WHERE id=?1")?;
    while taken.exists([id])? {
        id = next_key(id);
    }
    conn.prepare_cached(
        "INSERT INTO recording(id, name, source_ids, started_ms, len_ds, bytes, channels, format, mode, state, sha256, leg) \
         VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
    )?
    .execute(params![
        id,
        found.source_name,
        source_ids,
        found.started.map(|at| at.as_millisecond()),
        found.length.0,
        found.bytes as i64,
        found.channels,
        format,
        found.mode.map(|mode| mode.code()),
        found.state.code(),
        found.sha256.as_slice(),
        found.leg
    ])?;
    conn.prepare_cached("INSERT OR IGNORE INTO recording_seen VALUES(?1, ?2)")?
        .execute([seen_key(&found.source_name, found.bytes, &found.sha256), id])?;
    Ok(id)
}

fn copies(conn: &Connection, state: &mut State, id: i64, found: &NewRecording) -> Sql<()> {
    for copy in &found.copies {
        let place = state.names.place.intern(conn, &copy.place)?;
        conn.prepare_cached("INSERT OR IGNORE INTO recording_copy VALUES(?1, ?2, ?3, ?4)")?.execute(params![
            id,
            place,
            copy.state.code(),
            copy.path
        ])?;
    }
    Ok(())
}

/// Joins a recording to the call of its best source id; what would be better stays wanted. Tells whether it has a call.
fn join(conn: &Connection, id: i64) -> Sql<bool> {
    let (source_ids, before, started, length): (String, Option<i64>, Option<i64>, i64) = conn
        .prepare_cached("SELECT source_ids, call, started_ms, ifnull(len_ds, 0) FROM recording WHERE id=?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let mut call = None;
    for source in source_ids.split('\n').filter(|source| !source.is_empty()) {
        call = call_of(conn, source)?;
        let sql = if call.is_some() {
            "DELETE FROM wanted WHERE key=?1 AND recording=?2"
        } else {
            "INSERT OR IGNORE INTO wanted VALUES(?1, ?2)"
        };
        conn.prepare_cached(sql)?.execute([source_key(source), id])?;
        if call.is_some() {
            break;
        }
    }
    let offset = match call {
        Some(call) => offset(started, length, span(conn, call)?),
        None => None,
    };
    conn.prepare_cached("UPDATE recording SET call=?2, offset_ds=?3 WHERE id=?1")?.execute(params![id, call, offset])?;
    for touched in [before.filter(|before| call != Some(*before)), call].into_iter().flatten() {
        sum_up(conn, touched)?;
    }
    Ok(call.is_some())
}

fn span(conn: &Connection, call: i64) -> Sql<Span> {
    let (late, answered, end): (i64, Option<i64>, Option<i64>) = conn
        .prepare_cached("SELECT ifnull(late_ms, 0), answered_ms, end_ms FROM call_more WHERE id=?1")?
        .query_row([call], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?
        .unwrap_or_default();
    Ok(Span { start: instant_of(call).as_millisecond() - late, answered, end })
}

/// Joins the recordings that waited for any of these ids.
pub(super) fn join_wanting(conn: &Connection, source_ids: &[String]) -> Sql<()> {
    for source in source_ids {
        let waiting = conn
            .prepare_cached("SELECT recording FROM wanted WHERE key=?1")?
            .query_map([source_key(source)], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()?;
        for id in waiting {
            join(conn, id)?;
        }
    }
    Ok(())
}

/// Looks again at the recordings of a call that was replaced.
pub(super) fn review(conn: &Connection, call: i64) -> Sql<()> {
    let recordings = conn
        .prepare_cached("SELECT id, source_ids, started_ms, ifnull(len_ds, 0) FROM recording WHERE call=?1")?
        .query_map([call], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<Vec<(i64, String, Option<i64>, i64)>>>()?;
    let span = span(conn, call)?;
    for (id, source_ids, started, length) in recordings {
        if source_ids.is_empty() {
            conn.prepare_cached("UPDATE recording SET offset_ds=?2 WHERE id=?1")?
                .execute(params![id, offset(started, length, span)])?;
        } else {
            join(conn, id)?;
        }
    }
    Ok(())
}
