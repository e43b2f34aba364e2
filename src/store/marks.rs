//! Tags, case numbers and flags of calls.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    Store, audit,
    calls::{find_to_write, remember},
    error::{Result, Sql, StoreError},
    query::{Access, Order},
    reader::Reader,
    row::flag,
    writer::{Durable, State},
};
use crate::domain::{
    actor::Scope,
    audit::AuditRecord,
    query::{Filter, Has, Predicate},
};

/// Sets or clears bits of `call.flags`.
fn set_bits(conn: &Connection, call: i64, bits: i64, on: bool) -> Sql<()> {
    conn.prepare_cached("UPDATE call SET flags=(flags&~?2)|(?2*?3) WHERE id=?1")?.execute(params![call, bits, on])?;
    Ok(())
}

/// Ties a tag to a call, or takes it away, without the call's own mark of it. Tells whether anything changed.
pub(super) fn put_tag(conn: &Connection, state: &mut State, call: i64, tag: &str, present: bool) -> Sql<bool> {
    let changed = if present {
        let tag = state.names.tag.intern(conn, tag)?;
        conn.prepare_cached("INSERT OR IGNORE INTO call_tag VALUES(?1, ?2)")?.execute([tag, call])?
    } else {
        let Some(tag) = state.names.tag.id(tag) else { return Ok(false) };
        conn.prepare_cached("DELETE FROM call_tag WHERE tag=?1 AND call=?2")?.execute([tag, call])?
    };
    Ok(changed > 0)
}

/// Ties a call to a case, or to none, without the call's own mark of it. Gives the case that it had.
pub(super) fn put_case(conn: &Connection, state: &mut State, call: i64, case: Option<&str>) -> Sql<Option<String>> {
    let before: Option<i64> =
        conn.prepare_cached("SELECT case_number FROM call_case WHERE call=?1")?.query_row([call], |row| row.get(0)).optional()?;
    let after = case.map(|case| state.names.case.intern(conn, case)).transpose()?;
    match after {
        Some(after) if before == Some(after) => 0,
        Some(after) => conn.prepare_cached("INSERT OR REPLACE INTO call_case VALUES(?1, ?2)")?.execute([call, after])?,
        None => conn.prepare_cached("DELETE FROM call_case WHERE call=?1")?.execute([call])?,
    };
    Ok(before.and_then(|before| state.names.case.text(before)))
}

fn tag(conn: &Connection, state: &mut State, call: i64, tag: &str, present: bool) -> Sql<bool> {
    let changed = put_tag(conn, state, call, tag, present)?;
    let any = conn.prepare_cached("SELECT 1 FROM call_tag WHERE call=?1")?.exists([call])?;
    set_bits(conn, call, flag::TAG, any)?;
    Ok(changed)
}

fn case(conn: &Connection, state: &mut State, call: i64, case: Option<&str>) -> Sql<bool> {
    let before = put_case(conn, state, call, case)?;
    set_bits(conn, call, flag::CASE, case.is_some())?;
    Ok(before.as_deref() != case)
}

fn flagged(conn: &Connection, call: i64, on: bool) -> Sql<()> {
    set_bits(conn, call, flag::FLAGGED, on)
}

fn act(
    transaction: &Transaction<'_>,
    state: &mut State,
    scope: &Scope,
    call: &str,
    record: &AuditRecord,
    detail: Option<&str>,
    change: impl FnOnce(&mut State, i64) -> Sql<bool>,
) -> Sql<()> {
    let key = find_to_write(transaction, &state.names, &state.shared.codec, scope, call)?;
    if change(state, key)? {
        remember(transaction, key, record, detail)?;
    }
    audit::append(transaction, record)?;
    Ok(())
}

impl Store {
    /// # Errors
    /// [`StoreError::NotFound`] for the call, [`StoreError::Invalid`] for an empty tag.
    pub async fn set_tag(&self, scope: Scope, call: String, name: String, present: bool, record: AuditRecord) -> Result<()> {
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(StoreError::Invalid("a tag needs a name".to_owned()));
        }
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    act(transaction, state, &scope, &call, &record, Some(&name), |state, key| {
                        tag(transaction, state, key, &name, present)
                    })
                })
            })
            .await
    }

    /// Ties the call to a case number, or with none unties it.
    pub async fn set_case(&self, scope: Scope, call: String, number: Option<String>, record: AuditRecord) -> Result<()> {
        let number = number.map(|number| number.trim().to_owned());
        if number.as_ref().is_some_and(String::is_empty) {
            return Err(StoreError::Invalid("a case needs a number".to_owned()));
        }
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let detail = number.clone();
                    act(transaction, state, &scope, &call, &record, detail.as_deref(), |state, key| {
                        case(transaction, state, key, number.as_deref())
                    })
                })
            })
            .await
    }

    pub async fn set_flag(&self, scope: Scope, call: String, on: bool, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    act(transaction, state, &scope, &call, &record, None, |_state, key| {
                        let before: i64 = transaction.query_row("SELECT flags FROM call WHERE id=?1", [key], |row| row.get(0))?;
                        flagged(transaction, key, on)?;
                        Ok((before & flag::FLAGGED != 0) != on)
                    })
                })
            })
            .await
    }

    /// Tags in use within the scope, with how many calls have them.
    pub async fn tags(&self, scope: Scope) -> Result<Vec<(String, u64)>> {
        self.threads.read(move |reader| used(reader, &scope, Has::Tag)).await
    }

    /// Cases in use within the scope, with how many calls have them.
    pub async fn cases(&self, scope: Scope) -> Result<Vec<(String, u64)>> {
        self.threads.read(move |reader| used(reader, &scope, Has::Case)).await
    }
}

fn used(reader: &Reader, scope: &Scope, thing: Has) -> Sql<Vec<(String, u64)>> {
    let (table, name, column) =
        if thing == Has::Tag { ("call_tag", "tag", "tag") } else { ("call_case", "case_number", "case_number") };
    let mut calls = None;
    if *scope != Scope::Company {
        let filter = Filter::Is(Predicate::Has(thing));
        let mut keys = std::collections::HashSet::new();
        Access::of(reader, scope, &filter)?.settle(reader, Order::Newest, None)?.each(
            reader,
            "c.id",
            None,
            None,
            &mut |row| {
                keys.insert(row.get::<_, i64>(0)?);
                Ok(())
            },
        )?;
        calls = Some(keys);
    }
    let sql = format!("SELECT n.name, t.call FROM {table} t CROSS JOIN {name} n ON n.id=t.{column}");
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut counts = std::collections::BTreeMap::new();
    while let Some(row) = rows.next()? {
        if calls.as_ref().is_none_or(|calls| row.get(1).is_ok_and(|call: i64| calls.contains(&call))) {
            *counts.entry(row.get::<_, String>(0)?).or_insert(0) += 1;
        }
    }
    Ok(counts.into_iter().collect())
}
