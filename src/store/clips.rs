//! Clips: rows of what was cut; their bytes are the vault's.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{
    Store, audit,
    calls::{first_key, remember},
    error::{Result, Sql, StoreError},
    query::Access,
    reader::Reader,
    receipts::{milliseconds, seconds},
    recordings,
    writer::Durable,
};
use crate::domain::{
    actor::Scope,
    audit::AuditRecord,
    clean,
    clip::{Clip, ItemKind},
    id::Noun,
    recording::RecordingState,
};

/// A clip whose bytes lie in the vault already.
#[derive(Clone, Debug)]
pub struct NewClip {
    pub recording: String,
    pub from_s: f64,
    pub until_s: f64,
    pub title: Option<String>,
    pub format: String,
    pub channels: u8,
    pub bytes: u64,
    pub sha256: [u8; 32],
    pub who: String,
    /// In the vault.
    pub path: String,
}

/// A clip with what only the service may know of it.
#[derive(Clone, Debug)]
pub struct StoredClip {
    pub clip: Clip,
    /// In the vault.
    pub path: String,
    /// Of the recording that it was cut from.
    pub state: RecordingState,
}

/// Columns of [`read`], in its order; of what was not removed.
const SELECT: &str = "SELECT k.id, k.recording, k.from_ms, k.until_ms, k.title, k.format, k.channels, k.bytes, k.sha256, k.who, \
    k.created_us, k.path, r.state, r.call FROM clip k CROSS JOIN recording r ON r.id=k.recording WHERE k.path IS NOT NULL";

/// With the key of its call.
fn read(reader: &Reader, row: &Row<'_>) -> Sql<(i64, StoredClip)> {
    let codec = &reader.shared.codec;
    let call: Option<i64> = row.get(13)?;
    let call = call.unwrap_or(0);
    let sha256: Vec<u8> = row.get(8)?;
    let clip = Clip {
        id: codec.encode(Noun::Clip, row.get(0)?),
        call: codec.encode(Noun::Call, first_key(&reader.conn, call)?),
        recording: codec.encode(Noun::Recording, row.get(1)?),
        from_s: seconds(row.get(2)?),
        until_s: seconds(row.get(3)?),
        title: row.get(4)?,
        format: reader.names.format.text(row.get(5)?).unwrap_or_default(),
        channels: row.get(6)?,
        bytes: row.get(7)?,
        sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        who: row.get(9)?,
        created: Timestamp::from_microsecond(row.get(10)?).unwrap_or_default(),
    };
    let state = RecordingState::from_code(row.get(12)?).unwrap_or(RecordingState::Lost);
    Ok((call, StoredClip { clip, path: row.get(11)?, state }))
}

/// Whether a call is within the scope.
pub(super) fn within(reader: &Reader, scope: &Scope, call: i64) -> Sql<bool> {
    let mut seen = false;
    Access::of_key(reader, scope, call)?.each(reader, "c.id", None, None, &mut |_row| {
        seen = true;
        Ok(())
    })?;
    Ok(seen)
}

fn missing(id: &str) -> StoreError {
    StoreError::NotFound(format!("there is no clip {}", clean::line(id, 60)))
}

/// A clip within the scope.
pub(super) fn one(reader: &Reader, scope: &Scope, id: &str) -> Sql<StoredClip> {
    let key = reader.shared.codec.decode(Noun::Clip, id).ok_or_else(|| missing(id))?;
    let mut statement = reader.conn.prepare_cached(&format!("{SELECT} AND k.id=?1"))?;
    let mut rows = statement.query([key])?;
    let row = rows.next()?.ok_or_else(|| missing(id))?;
    let (call, clip) = read(reader, row)?;
    if within(reader, scope, call)? { Ok(clip) } else { Err(missing(id).into()) }
}

impl Store {
    /// # Errors
    /// [`StoreError::NotFound`] for the recording; [`StoreError::Invalid`] where it belongs to no call yet. Rights and scope are
    /// the caller's.
    pub async fn add_clip(&self, new: NewClip, record: AuditRecord) -> Result<Clip> {
        let id = self
            .threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let recording = recordings::key_of(transaction, &state.shared.codec, &new.recording)?;
                    let call: Option<i64> = transaction
                        .prepare_cached("SELECT call FROM recording WHERE id=?1")?
                        .query_row([recording], |row| row.get(0))?;
                    let call = call.ok_or_else(|| StoreError::Invalid("the recording belongs to no call yet".to_owned()))?;
                    let key = state.fresh_key(transaction, "clip")?;
                    let format = state.names.format.intern(transaction, &new.format)?;
                    transaction.execute(
                        "INSERT INTO clip VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
                        params![
                            key,
                            recording,
                            milliseconds(new.from_s),
                            milliseconds(new.until_s),
                            new.title,
                            format,
                            new.channels,
                            new.bytes,
                            new.sha256,
                            new.who,
                            Timestamp::now().as_microsecond(),
                            new.path
                        ],
                    )?;
                    let id = state.shared.codec.encode(Noun::Clip, key);
                    let mut record = record;
                    record.object = Some(id.clone());
                    remember(transaction, call, &record, None)?;
                    audit::append(transaction, &record)?;
                    Ok(id)
                })
            })
            .await?;
        Ok(self.clip(Scope::Company, id).await?.clip)
    }

    /// # Errors
    /// [`StoreError::NotFound`], also when its call is out of scope.
    pub async fn clip(&self, scope: Scope, id: String) -> Result<StoredClip> {
        self.threads.read(move |reader| one(reader, &scope, &id)).await
    }

    /// Within the scope, newest first; of one call (by public or source id) where that is said.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the call.
    pub async fn clips(&self, scope: Scope, call: Option<String>) -> Result<Vec<Clip>> {
        self.threads
            .read(move |reader| {
                let call = call.map(|id| super::calls::find(reader, &scope, &id)).transpose()?.map(|row| row.id);
                let mut statement =
                    reader.conn.prepare_cached(&format!("{SELECT} AND (?1 IS NULL OR r.call=?1) ORDER BY k.id DESC"))?;
                let mut rows = statement.query([call])?;
                let mut clips = Vec::new();
                while let Some(row) = rows.next()? {
                    let (of, clip) = read(reader, row)?;
                    if call.is_some() || scope.is_company() || within(reader, &scope, of)? {
                        clips.push(clip.clip);
                    }
                }
                Ok(clips)
            })
            .await
    }

    /// Takes a clip away, also from the collections that have it. Gives the path of its bytes, which are to be removed now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also when it was removed already. Rights and scope are the caller's.
    pub async fn remove_clip(&self, id: String, record: AuditRecord) -> Result<String> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let key = state.shared.codec.decode(Noun::Clip, &id).ok_or_else(|| missing(&id))?;
                    let path = take_away(transaction, key)?.ok_or_else(|| missing(&id))?;
                    let call: Option<i64> = transaction.query_row(
                        "SELECT r.call FROM clip k CROSS JOIN recording r ON r.id=k.recording WHERE k.id=?1",
                        [key],
                        |row| row.get(0),
                    )?;
                    if let Some(call) = call {
                        remember(transaction, call, &record, None)?;
                    }
                    audit::append(transaction, &record)?;
                    Ok(path)
                })
            })
            .await
    }
}

/// Takes the clip away but for the row that says of which recording it was. Gives the path of its bytes.
///
/// Whoever deletes or erases a recording does this to its clips: a recording with clips has rows that point to it, and bytes
/// of it are left in the vault.
fn take_away(transaction: &Transaction<'_>, key: i64) -> Sql<Option<String>> {
    let path: Option<Option<String>> =
        transaction.prepare_cached("SELECT path FROM clip WHERE id=?1")?.query_row([key], |row| row.get(0)).optional()?;
    let Some(path) = path.flatten() else { return Ok(None) };
    transaction.prepare_cached("UPDATE clip SET path=NULL, title=NULL WHERE id=?1")?.execute([key])?;
    transaction.prepare_cached("DELETE FROM collection_item WHERE kind=?1 AND item=?2")?.execute([ItemKind::Clip.code(), key])?;
    Ok(Some(path))
}

/// The key of a clip that was not removed.
pub(super) fn key_of(conn: &Connection, codec: &crate::domain::id::IdCodec, id: &str) -> Sql<i64> {
    let key = codec.decode(Noun::Clip, id).ok_or_else(|| missing(id))?;
    let known = conn.prepare_cached("SELECT 1 FROM clip WHERE id=?1 AND path IS NOT NULL")?.exists([key])?;
    if known { Ok(key) } else { Err(missing(id).into()) }
}
