//! One call: by public id or source id, with everything that is read only when one call is looked at.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Store, blob,
    error::{Result, Sql, StoreError},
    query::{self, Access},
    reader::Reader,
    row::{COLUMNS, CallRow},
};
use crate::domain::{
    actor::Scope,
    audit::AuditRecord,
    call::{CallDetail, HistoryEntry},
    clean,
    id::{Noun, instant_of, key_of},
};

impl Store {
    /// By public id or source id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also when it is out of scope.
    pub async fn call(&self, scope: Scope, id: String) -> Result<CallDetail> {
        self.threads.read(move |reader| detail(reader, &scope, &id)).await
    }

    /// The public id of a call, by public or source id.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn call_id(&self, scope: Scope, id: String) -> Result<String> {
        self.threads
            .read(move |reader| {
                let first = first_key(&reader.conn, find(reader, &scope, &id)?.id)?;
                Ok(reader.shared.codec.encode(Noun::Call, first))
            })
            .await
    }
}

fn detail(reader: &Reader, scope: &Scope, id: &str) -> Sql<CallDetail> {
    let row = find(reader, scope, id)?;
    let key = row.id;
    let packed: Option<Vec<u8>> =
        reader.conn.prepare_cached("SELECT detail FROM call_more WHERE id=?1")?.query_row([key], |row| row.get(0))?;
    let (legs, timeline) = blob::decode_detail(&blob::unpack(&packed.unwrap_or_default())?)?;
    let call = query::calls(reader, vec![row])?.pop().ok_or_else(|| no_call(id))?;
    let notes = super::notes::of_call(reader, key)?;
    let mut statement =
        reader.conn.prepare_cached("SELECT at_us, who, did, detail FROM call_history WHERE call=?1 ORDER BY seq")?;
    let history = statement.query_map([key], |row| {
        Ok(HistoryEntry {
            at: Timestamp::from_microsecond(row.get(0)?).unwrap_or_default(),
            who: row.get(1)?,
            did: row.get(2)?,
            detail: row.get(3)?,
        })
    })?;
    let history = history.collect::<rusqlite::Result<_>>()?;
    let (receipts, taken) = (super::receipts::of_call(reader, key)?, super::receipts::taken_of_call(reader, key)?);
    Ok(CallDetail { call, legs, timeline, notes, history, receipts, taken })
}

impl Store {
    /// Those of these calls that lie within a scope, by their public ids.
    pub async fn calls_within(&self, scope: Scope, ids: Vec<String>) -> Result<HashSet<String>> {
        self.threads
            .read(move |reader| {
                let mut known: HashMap<i64, String> = HashMap::with_capacity(ids.len());
                for id in ids {
                    for key in query::by_id(reader, &id)? {
                        known.insert(key, id.clone());
                    }
                }
                let mut keys: Vec<i64> = known.keys().copied().collect();
                keys.sort_unstable();
                let mut within = HashSet::new();
                Access::of_keys_in(reader, &scope, keys)?.each(reader, "c.id", None, None, &mut |row| {
                    within.extend(known.get(&row.get::<_, i64>(0)?).cloned());
                    Ok(())
                })?;
                Ok(within)
            })
            .await
    }
}

/// The row of a call within a scope.
pub(super) fn find(reader: &Reader, scope: &Scope, id: &str) -> Sql<CallRow> {
    let mut found = Vec::new();
    for key in query::by_id(reader, id)? {
        Access::of_key(reader, scope, key)?.each(reader, COLUMNS, None, None, &mut |row| {
            found.push(CallRow::read(row)?);
            Ok(())
        })?;
    }
    found.pop().ok_or_else(|| no_call(id).into())
}

pub(super) fn no_call(id: &str) -> StoreError {
    StoreError::NotFound(format!("there is no call {}", clean::line(id, 60)))
}

/// Where the call of a public id's key is now.
pub(super) fn current_key(conn: &Connection, first: i64) -> Sql<Option<i64>> {
    let moved: Option<i64> =
        conn.prepare_cached("SELECT current FROM moved WHERE first=?1")?.query_row([first], |row| row.get(0)).optional()?;
    if moved.is_some() {
        return Ok(moved);
    }
    // A row that was moved here has another public id.
    let mut statement = conn.prepare_cached("SELECT id FROM call_more WHERE id=?1 AND first_key IS NULL")?;
    Ok(statement.query_row([first], |row| row.get(0)).optional()?)
}

/// The key that the public id of a call was made from.
pub(super) fn first_key(conn: &Connection, key: i64) -> Sql<i64> {
    let mut statement = conn.prepare_cached("SELECT first_key FROM call_more WHERE id=?1")?;
    let first: Option<i64> = statement.query_row([key], |row| row.get(0)).optional()?.flatten();
    Ok(first.unwrap_or(key))
}

/// Adds a line to the history of a call.
pub(super) fn remember(conn: &Connection, key: i64, record: &AuditRecord, detail: Option<&str>) -> Sql<()> {
    conn.prepare_cached(
        "INSERT INTO call_history SELECT ?1, (SELECT ifnull(max(seq),0)+1 FROM call_history WHERE call=?1), ?2, ?3, ?4, ?5",
    )?
    .execute(params![
        key,
        Timestamp::now().as_microsecond(),
        record.who,
        record.did,
        detail.or(record.detail.as_deref())
    ])?;
    Ok(())
}

/// The key of a call within a scope, on a writing connection, whose dictionaries are `names`.
pub(super) fn find_to_write(
    conn: &Connection,
    names: &super::names::Names,
    codec: &crate::domain::id::IdCodec,
    scope: &Scope,
    id: &str,
) -> Sql<i64> {
    for key in super::query::keys_of(conn, codec, id)? {
        let (extset, agentset, projset): (i64, i64, i64) = conn
            .prepare_cached("SELECT extset, agentset, projset FROM call WHERE id=?1")?
            .query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if within(names, scope, (extset, agentset, projset)) {
            return Ok(key);
        }
    }
    Err(no_call(id).into())
}

/// Whether a call with these sets of extensions, agents and projects lies within a scope.
fn within(names: &super::names::Names, scope: &Scope, sets: (i64, i64, i64)) -> bool {
    let (extset, agentset, projset) = sets;
    match scope {
        Scope::Company => true,
        Scope::Projects(wanted) => {
            let members = names.projset.members(projset);
            members.iter().any(|id| names.project.name(*id).is_some_and(|name| wanted.iter().any(|own| **own == **name)))
        }
        Scope::Own(wanted) => {
            let members = names.extset.members(extset);
            members.iter().any(|id| names.extension.name(*id).is_some_and(|name| wanted.iter().any(|own| **own == **name)))
        }
        Scope::Agents(wanted) => {
            let members = names.agentset.members(agentset);
            members.iter().any(|id| names.agent.name(*id).is_some_and(|name| wanted.iter().any(|own| **own == **name)))
        }
        Scope::Any(scopes) => scopes.iter().any(|scope| within(names, scope, sets)),
        Scope::All(scopes) => scopes.iter().all(|scope| within(names, scope, sets)),
    }
}

/// The key of the instant at which a call began; its own key stands later where many began at once.
pub(super) fn start_key(conn: &Connection, key: i64) -> Sql<i64> {
    let mut statement = conn.prepare_cached("SELECT late_ms FROM call_more WHERE id=?1")?;
    let late: Option<i64> = statement.query_row([key], |row| row.get(0)).optional()?.flatten();
    let start = jiff::SignedDuration::from_millis(late.unwrap_or(0));
    Ok(instant_of(key).checked_sub(start).ok().and_then(key_of).unwrap_or(key))
}
