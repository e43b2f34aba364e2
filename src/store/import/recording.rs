//! Recordings met by an import, joined to their calls by the best source id that has one.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{ImportCounts, call::join_ids, call_of, hands::Hands};
use crate::{
    domain::{
        fold::FoldedCall,
        id::{instant_of, key_of, next_key},
        recording::{Copy, CopyState, NewRecording, RecordingState},
    },
    store::{
        error::Sql,
        recordings::{seen, seen_key, sum_up},
        row::{CallRow, flag},
        source_key::{kept, name_kept, source_key, told},
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

/// Recordings of one batch that are not in yet.
#[derive(Default)]
pub(super) struct Sounds {
    waiting: Vec<Option<NewRecording>>,
    /// Places in it by the best source id, while calls of the same batch come in.
    by_id: HashMap<String, Vec<usize>>,
}

impl Sounds {
    pub(super) fn new(recordings: Vec<NewRecording>, with_calls: bool) -> Self {
        let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
        if with_calls {
            for (place, found) in recordings.iter().enumerate() {
                if let Some(best) = found.source_ids.first() {
                    by_id.entry(best.clone()).or_default().push(place);
                }
            }
        }
        Self { waiting: recordings.into_iter().map(Some).collect(), by_id }
    }

    /// Those that no call took, in their order.
    pub(super) fn rest(&mut self) -> impl Iterator<Item = NewRecording> + use<> {
        std::mem::take(self).waiting.into_iter().flatten()
    }

    fn of(&mut self, source_ids: &[String]) -> Vec<NewRecording> {
        if self.by_id.is_empty() {
            return Vec::new();
        }
        let mut places: Vec<usize> = source_ids.iter().filter_map(|id| self.by_id.remove(id)).flatten().collect();
        places.sort_unstable();
        places.into_iter().filter_map(|place| self.waiting.get_mut(place)?.take()).collect()
    }
}

/// Brings in the recordings that belong to a new call before its row is written, so that the row has its sums at once.
pub(super) fn with_call(
    hands: &Hands<'_>,
    state: &mut State,
    call: &FoldedCall,
    row: &mut CallRow,
    sounds: &mut Sounds,
    counts: &mut ImportCounts,
) -> Sql<()> {
    let start = call.start.as_millisecond();
    let after = |at: Option<Timestamp>| at.map(|at| at.as_millisecond() - start);
    let span = Span { start, answered: after(call.answered), end: after(call.end) };
    for found in sounds.of(&call.source_ids) {
        let loading = state.shared.loading.load(std::sync::atomic::Ordering::Relaxed);
        if !loading && seen(hands.conn, &found.source_name, found.bytes, &found.sha256)?.is_some() {
            sounds.waiting.push(Some(found));
            continue;
        }
        let at = offset(found.started.map(|at| at.as_millisecond()), found.length.0, span);
        insert(hands.conn, state, &found, Some(row.id), at)?;
        counts.new_recordings += 1;
        row.rec_count += 1;
        row.rec_bytes = Some(row.rec_bytes.unwrap_or(0) + found.bytes as i64);
        row.rec_ds = Some(row.rec_ds.unwrap_or(0) + found.length.0);
        row.rec_modes |= found.mode.map_or(0, |mode| 1 << mode.code());
        row.flags |= match found.state {
            RecordingState::Lost => flag::LOST,
            RecordingState::Pending | RecordingState::Stored => flag::PRESENT,
            _ => 0,
        };
        for copy in found.copies.iter().filter(|copy| copy.state != CopyState::Missing) {
            row.places |= 1 << (state.names.place.intern(hands.conn, &copy.place)?.min(63) - 1);
        }
    }
    Ok(())
}

/// A start as `recording.started_ms` has it: 0 where the key of the recording tells it.
fn start_kept(started: Option<Timestamp>, id: i64) -> Option<i64> {
    started.map(|at| if at == instant_of(id) { 0 } else { at.as_millisecond() })
}

/// Source ids and start of a recording, as they were.
fn told_of(id: i64, source_ids: &str, started: Option<i64>) -> (String, Option<i64>) {
    let ids = told(source_ids, id).collect::<Vec<_>>().join("\n");
    (ids, started.map(|started| if started == 0 { instant_of(id).as_millisecond() } else { started }))
}

pub(super) fn take(conn: &Connection, state: &mut State, found: &NewRecording, counts: &mut ImportCounts) -> Sql<()> {
    let known = seen(conn, &found.source_name, found.bytes, &found.sha256)?;
    let mode = found.mode.map(|mode| mode.code());
    let id = match known {
        Some(id) => {
            counts.known_recordings += 1;
            let source_ids = join_ids(&found.source_ids);
            let started = start_kept(found.started, id);
            let same = conn
                .prepare_cached("SELECT source_ids, started_ms FROM recording WHERE id=?1 AND mode IS ?2 AND leg IS ?3")?
                .query_row(params![id, mode, found.leg], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
                .optional()?
                .is_some_and(|(ids, at)| told_of(id, &ids, at) == told_of(id, &source_ids, started));
            copies(conn, state, id, &found.copies)?;
            if same {
                return Ok(());
            }
            conn.prepare_cached("UPDATE recording SET name=?2, source_ids=?3, started_ms=?4, mode=?5, leg=?6 WHERE id=?1")?
                .execute(params![
                    id,
                    name_kept(&found.source_name, &source_ids),
                    kept(&source_ids, id),
                    started,
                    mode,
                    found.leg
                ])?;
            id
        }
        None => {
            counts.new_recordings += 1;
            insert(conn, state, found, None, None)?
        }
    };
    if !join(conn, id)? && known.is_none() {
        counts.unassigned += 1;
    }
    Ok(())
}

fn insert(conn: &Connection, state: &mut State, found: &NewRecording, call: Option<i64>, offset: Option<i64>) -> Sql<i64> {
    let format = state.names.format.intern(conn, &found.format)?;
    let mut at = found.started.and_then(key_of).or(call);
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
    let source_ids = join_ids(&found.source_ids);
    let first = found.copies.first();
    let place = first.map(|copy| state.names.place.intern(conn, &copy.place)).transpose()?;
    conn.prepare_cached(
        "INSERT INTO recording(id, call, name, source_ids, started_ms, offset_ds, len_ds, bytes, channels, format, mode, state, sha256, \
         leg, place, copy_state, path) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
    )?
    .execute(params![
        id,
        call,
        name_kept(&found.source_name, &source_ids),
        kept(&source_ids, id),
        start_kept(found.started, id),
        offset,
        found.length.0,
        found.bytes as i64,
        found.channels,
        format,
        found.mode.map(|mode| mode.code()),
        found.state.code(),
        found.sha256.as_slice(),
        found.leg,
        place,
        first.map(|copy| copy.state.code()),
        first.map(|copy| copy.path.as_str())
    ])?;
    copies(conn, state, id, found.copies.get(1..).unwrap_or_default())?;
    let mut seen = conn.prepare_cached("INSERT OR IGNORE INTO recording_seen VALUES(?1, ?2)")?;
    seen.execute([seen_key(&found.source_name, found.bytes, &found.sha256), id])?;
    for part in &found.parts {
        seen.execute([seen_key(&part.name, part.bytes, &part.sha256), id])?;
    }
    Ok(id)
}

/// Adds the copies that a recording does not have yet.
fn copies(conn: &Connection, state: &mut State, id: i64, copies: &[Copy]) -> Sql<()> {
    for copy in copies {
        let place = state.names.place.intern(conn, &copy.place)?;
        let row = params![id, place, copy.state.code(), copy.path];
        let is_first = conn
            .prepare_cached("UPDATE recording SET place=?2, copy_state=?3, path=?4 WHERE id=?1 AND place IS NULL")?
            .execute(row)?;
        if is_first == 0 {
            conn.prepare_cached(
                "INSERT OR IGNORE INTO further_copy SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS(SELECT 1 FROM recording WHERE id=?1 AND place=?2)",
            )?
            .execute(row)?;
        }
    }
    Ok(())
}

/// Joins a recording to the call of its best source id; what would be better stays wanted. Tells whether it has a call.
fn join(conn: &Connection, id: i64) -> Sql<bool> {
    let (source_ids, before, started, length): (String, Option<i64>, Option<i64>, i64) = conn
        .prepare_cached("SELECT source_ids, call, started_ms, ifnull(len_ds, 0) FROM recording WHERE id=?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let (source_ids, started) = told_of(id, &source_ids, started);
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
        let (source_ids, started) = told_of(id, &source_ids, started);
        if source_ids.is_empty() {
            conn.prepare_cached("UPDATE recording SET offset_ds=?2 WHERE id=?1")?
                .execute(params![id, offset(started, length, span)])?;
        } else {
            join(conn, id)?;
        }
    }
    Ok(())
}
