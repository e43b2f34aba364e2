//! Notes at calls, and their text for searching.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{
    Store, audit,
    calls::{find_to_write, remember},
    error::{Result, Sql, StoreError},
    reader::Reader,
    row::flag,
    writer::{Durable, State},
};
use crate::domain::{
    actor::Scope,
    audit::AuditRecord,
    call::Note,
    changes::NoteDraft,
    clean,
    id::{IdCodec, Noun},
    length::Tenths,
    query::words,
};

/// Columns of [`read`], in its order.
pub(super) const COLUMNS: &str = "id, author, created_us, edited_us, at_ds, text, version";

/// A note whose columns begin at `first`.
pub(super) fn read(codec: &IdCodec, row: &Row<'_>, first: usize) -> rusqlite::Result<Note> {
    let instant = |micros: i64| Timestamp::from_microsecond(micros).unwrap_or_default();
    Ok(Note {
        id: codec.encode(Noun::Note, row.get(first)?),
        author: row.get(first + 1)?,
        created: instant(row.get(first + 2)?),
        edited: row.get::<_, Option<i64>>(first + 3)?.map(instant),
        at: row.get::<_, Option<i64>>(first + 4)?.map(Tenths),
        text: row.get(first + 5)?,
        version: row.get(first + 6)?,
    })
}

/// Notes of a call, oldest first.
pub(super) fn of_call(reader: &Reader, call: i64) -> Sql<Vec<Note>> {
    let mut statement = reader.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM note WHERE call=?1 ORDER BY id"))?;
    let notes = statement.query_map([call], |row| read(&reader.shared.codec, row, 0))?;
    Ok(notes.collect::<rusqlite::Result<_>>()?)
}

fn one(conn: &Connection, codec: &IdCodec, key: i64) -> Sql<Note> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM note WHERE id=?1"))?;
    Ok(statement.query_row([key], |row| read(codec, row, 0))?)
}

/// Puts the words of a note into the search table.
fn index(conn: &Connection, key: i64, text: &str) -> Sql<()> {
    conn.prepare_cached("INSERT INTO note_text(rowid, words) VALUES(?1, ?2)")?.execute(params![key, words(text).join(" ")])?;
    Ok(())
}

fn unindex(conn: &Connection, key: i64) -> Sql<()> {
    conn.prepare_cached("DELETE FROM note_text WHERE rowid=?1")?.execute([key])?;
    Ok(())
}

/// Adds a note in a transaction, without the call's own mark of it; gives its key.
pub(super) fn put(
    transaction: &Transaction<'_>,
    state: &mut State,
    call: i64,
    author: &str,
    at: Option<Tenths>,
    text: &str,
) -> Sql<i64> {
    let key = state.fresh_key(transaction, "note")?;
    let now = Timestamp::now().as_microsecond();
    transaction.prepare_cached("INSERT INTO note VALUES(?1, ?2, ?3, ?4, NULL, ?5, ?6, 1)")?.execute(params![
        key,
        call,
        author,
        now,
        at.map(|at| at.0),
        text
    ])?;
    index(transaction, key, text)?;
    Ok(key)
}

/// Days for which the key of a note is known.
const KEY_DAYS: i64 = 30;

/// The note that an author wrote with a key, if it is the one that is asked for again.
fn written(
    transaction: &Transaction<'_>,
    codec: &IdCodec,
    (author, once): (&str, &str),
    call: i64,
    draft: &NoteDraft,
) -> Sql<Option<Note>> {
    let known: Option<i64> = transaction
        .prepare_cached("SELECT note FROM note_key WHERE author=?1 AND key=?2")?
        .query_row([author, once], |row| row.get(0))
        .optional()?;
    let Some(key) = known else { return Ok(None) };
    let there: Option<i64> =
        transaction.prepare_cached("SELECT call FROM note WHERE id=?1")?.query_row([key], |row| row.get(0)).optional()?;
    match there {
        Some(there) if there == call => {
            let note = one(transaction, codec, key)?;
            // Once it was edited nobody knows what it said first.
            if note.version == 1 && (note.text != draft.text || note.at != draft.at) {
                return Err(StoreError::Conflict("this Idempotency-Key belongs to another note; use a new one".to_owned()).into());
            }
            Ok(Some(note))
        }
        Some(_) => {
            Err(StoreError::Conflict("this Idempotency-Key belongs to a note of another call; use a new one".to_owned()).into())
        }
        None => Err(StoreError::NotFound("the note of this Idempotency-Key has been removed since".to_owned()).into()),
    }
}

fn keep_key(transaction: &Transaction<'_>, (author, once): (&str, &str), key: i64) -> Sql<()> {
    let now = Timestamp::now().as_microsecond();
    transaction.prepare_cached("INSERT INTO note_key VALUES(?1, ?2, ?3, ?4)")?.execute(params![author, once, key, now])?;
    let old = now - KEY_DAYS * 86_400_000_000;
    transaction.prepare_cached("DELETE FROM note_key WHERE made_us<?1")?.execute([old])?;
    Ok(())
}

/// Removes a note in a transaction, without the call's own mark of it.
pub(super) fn take_away(transaction: &Transaction<'_>, key: i64) -> Sql<()> {
    transaction.prepare_cached("DELETE FROM note WHERE id=?1")?.execute([key])?;
    unindex(transaction, key)
}

fn missing(id: &str) -> StoreError {
    StoreError::NotFound(format!("there is no note {}", clean::line(id, 60)))
}

/// Key and call of a note within a scope, if it has the version.
fn find(transaction: &Transaction<'_>, state: &State, scope: &Scope, id: &str, version: i64) -> Sql<(i64, i64)> {
    let missing = || missing(id);
    let codec = &state.shared.codec;
    let key = codec.decode(Noun::Note, id).ok_or_else(missing)?;
    let found: Option<(i64, i64, String)> = transaction
        .prepare_cached("SELECT call, version, author FROM note WHERE id=?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (call, there, author) = found.ok_or_else(missing)?;
    let public = codec.encode(Noun::Call, super::calls::first_key(transaction, call)?);
    find_to_write(transaction, &state.names, codec, scope, &public).map_err(|_fault| missing())?;
    if there != version {
        return Err(StoreError::Conflict(format!(
            "the note of {author} was changed meanwhile (version {there}, yours is {version}); read it again and repeat your change"
        ))
        .into());
    }
    Ok((key, call))
}

impl Store {
    /// Who wrote a note at a call within the scope.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn author_of_note(&self, scope: Scope, id: String) -> Result<String> {
        self.threads
            .read(move |reader| {
                let key = reader.shared.codec.decode(Noun::Note, &id).ok_or_else(|| missing(&id))?;
                let mut statement = reader.conn.prepare_cached("SELECT call, author FROM note WHERE id=?1")?;
                let found = statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
                let (call, author): (i64, String) = found.ok_or_else(|| missing(&id))?;
                if super::clips::within(reader, &scope, call)? { Ok(author) } else { Err(missing(&id).into()) }
            })
            .await
    }

    /// # Errors
    /// [`StoreError::NotFound`] for the call, [`StoreError::Invalid`] for an empty text.
    pub async fn add_note(
        &self,
        scope: Scope,
        call: String,
        author: String,
        at: Option<Tenths>,
        text: String,
        record: AuditRecord,
    ) -> Result<Note> {
        self.add_note_once(scope, call, author, NoteDraft { text, at }, None, record).await
    }

    /// As [`Self::add_note`]; with a key that the author used before, the note of then is given and nothing is written.
    ///
    /// # Errors
    /// As [`Self::add_note`], [`StoreError::NotFound`] if the note of that key has been removed, and [`StoreError::Conflict`] if it
    /// is another.
    pub async fn add_note_once(
        &self,
        scope: Scope,
        call: String,
        author: String,
        draft: NoteDraft,
        once: Option<String>,
        record: AuditRecord,
    ) -> Result<Note> {
        check(&draft.text, draft.at)?;
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let call = find_to_write(transaction, &state.names, &state.shared.codec, &scope, &call)?;
                    if let Some(once) = &once
                        && let Some(written) = written(transaction, &state.shared.codec, (&author, once), call, &draft)?
                    {
                        return Ok(written);
                    }
                    let key = put(transaction, state, call, &author, draft.at, &draft.text)?;
                    if let Some(once) = &once {
                        keep_key(transaction, (&author, once), key)?;
                    }
                    transaction.prepare_cached("UPDATE call SET flags=flags|?2 WHERE id=?1")?.execute([call, flag::NOTE])?;
                    remember(transaction, call, &record, None)?;
                    audit::append(transaction, &record)?;
                    one(transaction, &state.shared.codec, key)
                })
            })
            .await
    }

    /// # Errors
    /// [`StoreError::Conflict`] if somebody changed the note since `version`.
    pub async fn edit_note(
        &self,
        scope: Scope,
        note: String,
        version: i64,
        at: Option<Tenths>,
        text: String,
        record: AuditRecord,
    ) -> Result<Note> {
        check(&text, at)?;
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let (key, call) = find(transaction, state, &scope, &note, version)?;
                    transaction
                        .prepare_cached("UPDATE note SET text=?2, at_ds=?3, edited_us=?4, version=version+1 WHERE id=?1")?
                        .execute(params![key, text, at.map(|at| at.0), Timestamp::now().as_microsecond()])?;
                    unindex(transaction, key)?;
                    index(transaction, key, &text)?;
                    told(transaction, call)?;
                    remember(transaction, call, &record, None)?;
                    audit::append(transaction, &record)?;
                    one(transaction, &state.shared.codec, key)
                })
            })
            .await
    }

    /// # Errors
    /// [`StoreError::Conflict`] if somebody changed the note since `version`.
    pub async fn remove_note(&self, scope: Scope, note: String, version: i64, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let (key, call) = find(transaction, state, &scope, &note, version)?;
                    take_away(transaction, key)?;
                    transaction.execute(
                        "UPDATE call SET flags=flags&~?2 WHERE id=?1 AND NOT EXISTS(SELECT 1 FROM note WHERE call=?1)",
                        [call, flag::NOTE],
                    )?;
                    told(transaction, call)?;
                    remember(transaction, call, &record, None)?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }
}

/// Makes it a change of the call, for those who listen to no more than that.
fn told(transaction: &Transaction<'_>, call: i64) -> Sql<()> {
    transaction.prepare_cached("UPDATE call SET flags=flags WHERE id=?1")?.execute([call])?;
    Ok(())
}

/// A note without a text is a mark at its position.
fn check(text: &str, at: Option<Tenths>) -> Result<()> {
    if text.trim().is_empty() && at.is_none() {
        return Err(StoreError::Invalid("a note needs a text".to_owned()));
    }
    Ok(())
}
