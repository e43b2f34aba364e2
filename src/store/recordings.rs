//! Recordings and their copies.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Store,
    error::{Result, Sql, StoreError},
    query::{Access, array},
    reader::Reader,
    row::flag,
    source_key::{hash, name_told, told},
    writer::Durable,
};
use crate::domain::{
    actor::Scope,
    id::{CallId, Noun, RecordingId},
    length::Tenths,
    recording::{Copy, CopyState, Recording, RecordingMode, RecordingState, SourcePart},
};

const COLUMNS: &str = "r.id,r.call,r.mode,r.offset_ds,r.len_ds,r.channels,r.format,r.bytes,r.sha256,r.state,r.leg";

fn read(reader: &Reader, row: &Row<'_>) -> rusqlite::Result<(i64, Option<i64>, Recording)> {
    let id: i64 = row.get(0)?;
    let sha256: Vec<u8> = row.get(8)?;
    let recording = Recording {
        id: RecordingId(reader.shared.codec.encode(Noun::Recording, id)),
        mode: row.get::<_, Option<i64>>(2)?.and_then(RecordingMode::from_code),
        offset: row.get::<_, Option<i64>>(3)?.map(Tenths),
        length: Tenths(row.get(4)?),
        channels: row.get(5)?,
        format: reader.names.format.text(row.get(6)?).unwrap_or_default(),
        bytes: row.get(7)?,
        sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        state: RecordingState::from_code(row.get(9)?).unwrap_or(RecordingState::Lost),
        copies: Vec::new(),
        leg: row.get(10)?,
    };
    Ok((id, row.get(1)?, recording))
}

/// Recordings with their copies, by call, oldest first.
pub(super) fn of_calls(reader: &Reader, calls: Vec<i64>) -> Sql<HashMap<i64, Vec<Recording>>> {
    let sql = format!("SELECT {COLUMNS} FROM recording r INDEXED BY recording_call WHERE r.call IN rarray(?1)");
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let mut found = statement.query_map([array(calls)], |row| read(reader, row))?.collect::<rusqlite::Result<Vec<_>>>()?;
    found.sort_unstable_by_key(|(id, ..)| *id);
    let mut copies = copies(reader, found.iter().map(|(id, ..)| *id).collect())?;
    let mut by_call: HashMap<i64, Vec<Recording>> = HashMap::new();
    for (id, call, mut recording) in found {
        recording.copies = copies.remove(&id).unwrap_or_default();
        by_call.entry(call.unwrap_or(0)).or_default().push(recording);
    }
    Ok(by_call)
}

fn copies(reader: &Reader, recordings: Vec<i64>) -> Sql<HashMap<i64, Vec<Copy>>> {
    let mut statement =
        reader.conn.prepare_cached("SELECT recording, place, state, path FROM recording_copy WHERE recording IN rarray(?1)")?;
    let mut rows = statement.query([array(recordings)])?;
    let mut copies: HashMap<i64, Vec<Copy>> = HashMap::new();
    while let Some(row) = rows.next()? {
        copies.entry(row.get(0)?).or_default().push(Copy {
            place: reader.names.place.text(row.get(1)?).unwrap_or_default(),
            state: CopyState::from_code(row.get(2)?).unwrap_or(CopyState::Missing),
            path: row.get(3)?,
        });
    }
    Ok(copies)
}

/// Number of the file that was met: name, length and content together.
pub(super) fn seen_key(name: &str, bytes: u64, sha256: &[u8; 32]) -> i64 {
    let mut text = Vec::with_capacity(name.len() + 40);
    text.extend_from_slice(sha256);
    text.extend_from_slice(&bytes.to_be_bytes());
    text.extend_from_slice(name.as_bytes());
    hash(&text)
}

/// The recording made from such a file before.
pub(super) fn seen(conn: &Connection, name: &str, bytes: u64, sha256: &[u8; 32]) -> Sql<Option<i64>> {
    let mut statement = conn.prepare_cached(
        "SELECT r.id, r.name, r.source_ids, r.bytes=?2 AND r.sha256=?3 FROM recording_seen s CROSS JOIN recording r ON r.id=s.recording \
         WHERE s.key=?1",
    )?;
    let mut rows = statement.query(params![seen_key(name, bytes, sha256), bytes as i64, sha256.as_slice()])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        let ids = told(row.get_ref(2)?.as_str().unwrap_or_default(), id).collect::<Vec<_>>().join("\n");
        let whole = name_told(row.get_ref(1)?.as_str().unwrap_or_default(), &ids);
        // Of what was joined the file itself is gone; its name and the key, which holds its hash, stay.
        if if row.get(3)? { whole == name } else { whole.split(SourcePart::AND).any(|part| part == name) } {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Sums over the recordings of a call, after anything but an addition.
pub(super) fn sum_up(conn: &Connection, call: i64) -> Sql<()> {
    conn.prepare_cached(
        "UPDATE call SET places=(SELECT ifnull(sum(bit),0) FROM (\
         SELECT 1<<(min(r.place,63)-1) AS bit FROM recording r WHERE r.call=?1 AND r.place IS NOT NULL AND r.copy_state<>3 UNION \
         SELECT 1<<(min(f.place,63)-1) FROM recording r CROSS JOIN further_copy f ON f.recording=r.id WHERE r.call=?1 AND f.state<>3)), \
         (rec_count, rec_bytes, rec_ds, rec_modes, flags) = (SELECT count(*), sum(r.bytes), sum(r.len_ds), \
         max(ifnull(r.mode=0,0)) | (max(ifnull(r.mode=1,0))<<1), \
         (call.flags & ~?2) | (max(r.state=2)*?3) | (max(r.state IN (0,1))*?4) FROM recording r WHERE r.call=?1) \
         WHERE id=?1 AND EXISTS(SELECT 1 FROM recording WHERE call=?1)",
    )?
    .execute(params![call, flag::RECORDINGS, flag::LOST, flag::PRESENT])?;
    conn.prepare_cached(
        "UPDATE call SET rec_count=0, rec_bytes=NULL, rec_ds=NULL, rec_modes=0, places=0, flags=flags & ~?2 \
         WHERE id=?1 AND rec_count<>0 AND NOT EXISTS(SELECT 1 FROM recording WHERE call=?1)",
    )?
    .execute(params![call, flag::RECORDINGS])?;
    Ok(())
}

/// The key of a recording that exists.
pub(super) fn key_of(conn: &Connection, codec: &crate::domain::id::IdCodec, id: &str) -> Sql<i64> {
    let missing = || StoreError::NotFound(format!("there is no recording {}", crate::domain::clean::line(id, 60)));
    let key = codec.decode(Noun::Recording, id).ok_or_else(missing)?;
    let known = conn.prepare_cached("SELECT 1 FROM recording WHERE id=?1")?.exists([key])?;
    if known { Ok(key) } else { Err(missing().into()) }
}

impl Store {
    /// A recording with the paths of its copies, and its call.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also when its call is out of scope.
    pub async fn recording(&self, scope: Scope, id: String) -> Result<(Recording, Option<CallId>)> {
        self.threads.read(move |reader| recording(reader, &scope, &id)).await
    }

    /// Whether a recording of this name, length and hash was imported before.
    pub async fn has_recording(&self, source_name: String, bytes: u64, sha256: [u8; 32]) -> Result<bool> {
        self.threads.read(move |reader| Ok(seen(&reader.conn, &source_name, bytes, &sha256)?.is_some())).await
    }

    /// The waveform kept for a recording, if any.
    pub async fn peaks(&self, recording: String) -> Result<Option<Vec<u8>>> {
        self.threads
            .read(move |reader| {
                let key = key_of(&reader.conn, &reader.shared.codec, &recording)?;
                let mut statement = reader.conn.prepare_cached("SELECT data FROM peaks WHERE recording=?1")?;
                Ok(statement.query_row([key], |row| row.get(0)).optional()?)
            })
            .await
    }

    pub async fn set_peaks(&self, recording: String, peaks: Vec<u8>) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Soon, |transaction, state| {
                    let key = key_of(transaction, &state.shared.codec, &recording)?;
                    transaction.execute("INSERT OR REPLACE INTO peaks VALUES(?1, ?2)", params![key, peaks])?;
                    Ok(())
                })
            })
            .await
    }

    /// Notes what a check found of a copy. A recording without any readable copy becomes lost; one that is found again, stored.
    pub async fn set_copy_state(&self, recording: String, place: String, copy_state: CopyState) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let key = key_of(transaction, &state.shared.codec, &recording)?;
                    let place_id = state.names.place.id(&place);
                    let change = |sql: &str| transaction.execute(sql, params![key, place_id, copy_state.code()]);
                    let changed = change("UPDATE recording SET copy_state=?3 WHERE id=?1 AND place=?2")?
                        + change("UPDATE further_copy SET state=?3 WHERE recording=?1 AND place=?2")?;
                    if changed == 0 {
                        let place = crate::domain::clean::line(&place, 60);
                        return Err(StoreError::NotFound(format!("recording {recording} has no copy at {place}")).into());
                    }
                    transaction.execute(
                        "UPDATE recording SET state = CASE WHEN EXISTS(SELECT 1 FROM recording_copy p WHERE p.recording=?1 \
                         AND p.state IN (0,1)) THEN 1 ELSE 2 END WHERE id=?1 AND state IN (1,2)",
                        [key],
                    )?;
                    let call: Option<i64> =
                        transaction.query_row("SELECT call FROM recording WHERE id=?1", [key], |row| row.get(0))?;
                    if let Some(call) = call {
                        sum_up(transaction, call)?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

fn recording(reader: &Reader, scope: &Scope, id: &str) -> Sql<(Recording, Option<CallId>)> {
    let missing = || StoreError::NotFound(format!("there is no recording {}", crate::domain::clean::line(id, 60)));
    let key = key_of(&reader.conn, &reader.shared.codec, id)?;
    let mut statement = reader.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM recording r WHERE r.id=?1"))?;
    let (_, call, mut recording) = statement.query_row([key], |row| read(reader, row))?;
    recording.copies = copies(reader, vec![key])?.remove(&key).unwrap_or_default();
    let Some(call) = call else {
        // Sound without a call belongs to no project: only company-wide rights reach it.
        return if scope.is_company() { Ok((recording, None)) } else { Err(missing().into()) };
    };
    let mut seen = false;
    Access::of_key(reader, scope, call)?.each(reader, "c.id", None, None, &mut |_row| {
        seen = true;
        Ok(())
    })?;
    if !seen {
        return Err(missing().into());
    }
    let first = super::calls::first_key(&reader.conn, call)?;
    Ok((recording, Some(CallId(reader.shared.codec.encode(Noun::Call, first)))))
}
