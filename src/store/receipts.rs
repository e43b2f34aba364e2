//! Receipts: who heard which seconds, at what speed and side; and who took sound away, which the audit log knows.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{
    Store, audit,
    error::{Result, Sql},
    query::{Term, array, fits},
    reader::Reader,
    recordings,
    writer::Durable,
};
use crate::domain::{
    audit::AuditRecord,
    id::Noun,
    query::NamePattern,
    receipt::{Heard, HeardSide, Receipt, Taken},
};

/// A report that comes later than this after the one before belongs to another playback.
const SAME_PLAYBACK: SignedDuration = SignedDuration::from_mins(10);
/// Most receipts of one answer, newest first.
const MOST: i64 = 10_000;
/// Most receipts, and downloads, shown with a call.
const OF_CALL: usize = 500;

/// As the index `audit_taken` has it.
const TAKEN: &str = "outcome='done' AND did IN ('recording.download','clip.download','recording.export')";

fn read(reader: &Reader, row: &Row<'_>) -> rusqlite::Result<Receipt> {
    Ok(Receipt {
        recording: reader.shared.codec.encode(Noun::Recording, row.get(0)?),
        who: row.get(1)?,
        at: Timestamp::from_microsecond(row.get(2)?).unwrap_or_default(),
        heard: Heard {
            from_s: seconds(row.get(3)?),
            until_s: seconds(row.get(4)?),
            speed: row.get::<_, f64>(5)? / 100.0,
            side: HeardSide::from_code(row.get(6)?).unwrap_or(HeardSide::Both),
        },
    })
}

/// Columns of [`read`], in its order.
const COLUMNS: &str = "t.recording, l.name, t.at_us, t.from_ms, t.until_ms, t.speed + 0.0, t.side";

/// From milliseconds.
#[expect(clippy::cast_precision_loss, reason = "no recording has 2^52 milliseconds")]
pub(super) fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// To milliseconds.
pub(super) fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

impl Store {
    /// Keeps what somebody heard of a recording, and writes it down as `record`; a stretch that goes on where their last one
    /// ended makes that longer.
    ///
    /// # Errors
    /// [`super::StoreError::NotFound`] for the recording. Rights and scope are the caller's.
    pub async fn add_receipts(&self, recording: String, heard: Vec<Heard>, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let recording = recordings::key_of(transaction, &state.shared.codec, &recording)?;
                    let listener = listener(transaction, &record.who)?;
                    heard.iter().try_for_each(|heard| keep(transaction, recording, listener, heard))?;
                    audit::append(transaction, &record).map(|_seq| ())
                })
            })
            .await
    }

    /// What was heard of a recording, newest first; of one person only where that is said.
    ///
    /// # Errors
    /// [`super::StoreError::NotFound`] for the recording. The scope is the caller's.
    pub async fn receipts(&self, recording: String, only: Option<String>) -> Result<Vec<Receipt>> {
        self.threads
            .read(move |reader| {
                let key = recordings::key_of(&reader.conn, &reader.shared.codec, &recording)?;
                let mut statement = reader.conn.prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM receipt t CROSS JOIN listener l ON l.id=t.listener \
                     WHERE t.recording=?1 AND (?2 IS NULL OR l.name=?2) ORDER BY t.at_us DESC, t.id DESC LIMIT {MOST}"
                ))?;
                let receipts = statement.query_map(params![key, only], |row| read(reader, row))?;
                Ok(receipts.collect::<rusqlite::Result<_>>()?)
            })
            .await
    }
}

fn listener(conn: &Connection, name: &str) -> Sql<i64> {
    conn.prepare_cached("INSERT OR IGNORE INTO listener(name) VALUES(?1)")?.execute([name])?;
    Ok(conn.prepare_cached("SELECT id FROM listener WHERE name=?1")?.query_row([name], |row| row.get(0))?)
}

fn keep(conn: &Transaction<'_>, recording: i64, listener: i64, heard: &Heard) -> Sql<()> {
    let now = Timestamp::now();
    let last: Option<(i64, i64, Heard)> = conn
        .prepare_cached(
            "SELECT id, at_us, from_ms, until_ms, speed + 0.0, side FROM receipt INDEXED BY receipt_recording \
             WHERE recording=?1 AND listener=?2 ORDER BY id DESC LIMIT 1",
        )?
        .query_row([recording, listener], |row| {
            let side = HeardSide::from_code(row.get(5)?).unwrap_or(HeardSide::Both);
            let (from_s, until_s) = (seconds(row.get(2)?), seconds(row.get(3)?));
            Ok((row.get(0)?, row.get(1)?, Heard { from_s, until_s, speed: row.get::<_, f64>(4)? / 100.0, side }))
        })
        .optional()?;
    let until = milliseconds(heard.until_s);
    let earliest = now.checked_sub(SAME_PLAYBACK).unwrap_or_default().as_microsecond();
    if let Some((id, at, last)) = last
        && at >= earliest
        && last.goes_on(heard)
    {
        conn.prepare_cached("UPDATE receipt SET until_ms=?2, at_us=?3 WHERE id=?1")?.execute([
            id,
            until,
            now.as_microsecond(),
        ])?;
        return Ok(());
    }
    let from = milliseconds(heard.from_s);
    if until > from {
        conn.prepare_cached("INSERT INTO receipt VALUES(NULL,?1,?2,?3,?4,?5,?6,?7)")?.execute([
            recording,
            listener,
            now.as_microsecond(),
            from,
            until,
            (heard.speed * 100.0).round() as i64,
            heard.side.code(),
        ])?;
    }
    Ok(())
}

/// What was heard of the recordings of a call, newest first.
pub(super) fn of_call(reader: &Reader, call: i64) -> Sql<Vec<Receipt>> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM recording r INDEXED BY recording_call CROSS JOIN receipt t INDEXED BY receipt_recording \
         ON t.recording=r.id CROSS JOIN listener l ON l.id=t.listener WHERE r.call=?1 ORDER BY t.at_us DESC, t.id DESC LIMIT {OF_CALL}"
    ))?;
    let receipts = statement.query_map([call], |row| read(reader, row))?;
    Ok(receipts.collect::<rusqlite::Result<_>>()?)
}

/// Who took sound of a call away, newest first.
pub(super) fn taken_of_call(reader: &Reader, call: i64) -> Sql<Vec<Taken>> {
    let (conn, codec) = (&reader.conn, &reader.shared.codec);
    let mut statement = conn.prepare_cached(
        "SELECT r.id, NULL FROM recording r INDEXED BY recording_call WHERE r.call=?1 UNION ALL \
         SELECT r.id, k.id FROM recording r INDEXED BY recording_call CROSS JOIN clip k INDEXED BY clip_recording ON k.recording=r.id \
         WHERE r.call=?1",
    )?;
    let mut rows = statement.query([call])?;
    let mut of_object = conn.prepare_cached(&format!(
        "SELECT seq, at_us, who, did, detail FROM audit_log INDEXED BY audit_taken WHERE object=?1 AND {TAKEN} \
         ORDER BY seq DESC LIMIT {OF_CALL}"
    ))?;
    let mut taken: Vec<(i64, Taken)> = Vec::new();
    while let Some(row) = rows.next()? {
        let recording = codec.encode(Noun::Recording, row.get(0)?);
        let clip = row.get::<_, Option<i64>>(1)?.map(|clip| codec.encode(Noun::Clip, clip));
        let entries = of_object.query_map([clip.as_ref().unwrap_or(&recording)], |entry| {
            let (recording, clip) = (recording.clone(), clip.clone());
            let at = Timestamp::from_microsecond(entry.get(1)?).unwrap_or_default();
            Ok((entry.get(0)?, Taken { recording, clip, at, who: entry.get(2)?, did: entry.get(3)?, detail: entry.get(4)? }))
        })?;
        for entry in entries {
            taken.push(entry?);
        }
    }
    taken.sort_unstable_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    Ok(taken.into_iter().take(OF_CALL).map(|(_, taken)| taken).collect())
}

/// Calls of which somebody of this name heard something.
pub(super) fn heard_by(reader: &Reader, name: &NamePattern, only: Option<&str>) -> Sql<Term> {
    let test = fits(name);
    let mut statement = reader.conn.prepare_cached("SELECT id, name FROM listener")?;
    let mut rows = statement.query([])?;
    let mut listeners: Vec<i64> = Vec::new();
    while let Some(row) = rows.next()? {
        let name = row.get_ref(1)?.as_str().unwrap_or_default();
        if only.is_none_or(|only| only == name) && test(name) {
            listeners.push(row.get(0)?);
        }
    }
    if listeners.is_empty() {
        return Ok(Term::Const(false));
    }
    let mut statement = reader.conn.prepare_cached(
        "SELECT r.call FROM (SELECT DISTINCT recording FROM receipt INDEXED BY receipt_listener WHERE listener IN rarray(?1)) t \
         CROSS JOIN recording r ON r.id=t.recording WHERE r.call IS NOT NULL",
    )?;
    let keys = statement.query_map([array(listeners)], |row| row.get(0))?;
    Ok(ids(keys.collect::<rusqlite::Result<_>>()?))
}

/// Calls of which somebody of this name took sound away.
pub(super) fn downloaded_by(reader: &Reader, name: &NamePattern, only: Option<&str>) -> Sql<Term> {
    let test = fits(name);
    let (conn, codec) = (&reader.conn, &reader.shared.codec);
    let mut statement =
        conn.prepare_cached(&format!("SELECT DISTINCT who, object FROM audit_log INDEXED BY audit_taken WHERE {TAKEN}"))?;
    let mut of_recording = conn.prepare_cached("SELECT call FROM recording WHERE id=?1")?;
    let mut of_clip =
        conn.prepare_cached("SELECT r.call FROM clip k CROSS JOIN recording r ON r.id=k.recording WHERE k.id=?1")?;
    let (mut people, mut keys): (HashMap<String, bool>, HashSet<i64>) = (HashMap::new(), HashSet::new());
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (who, object) = (row.get_ref(0)?.as_str().unwrap_or_default(), row.get_ref(1)?.as_str_or_null().unwrap_or(None));
        let meant = match people.get(who) {
            Some(meant) => *meant,
            None => {
                let meant = only.is_none_or(|only| only == who) && test(who);
                people.insert(who.to_owned(), meant);
                meant
            }
        };
        let Some(object) = object.filter(|_| meant) else { continue };
        let call: Option<Option<i64>> = if let Some(key) = codec.decode(Noun::Recording, object) {
            of_recording.query_row([key], |row| row.get(0)).optional()?
        } else if let Some(key) = codec.decode(Noun::Clip, object) {
            of_clip.query_row([key], |row| row.get(0)).optional()?
        } else {
            None
        };
        keys.extend(call.flatten());
    }
    Ok(ids(keys.into_iter().collect()))
}

/// Calls by their keys.
pub(super) fn ids(mut keys: Vec<i64>) -> Term {
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() { Term::Const(false) } else { Term::Ids(keys) }
}
