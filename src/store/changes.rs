//! The same change to many calls in one transaction; what was there before is told, so that it can be taken back exactly.

use std::collections::{HashMap, HashSet};

use rusqlite::{OptionalExtension, Transaction};

use super::{
    Store, audit,
    calls::{find_to_write, first_key, no_call, remember},
    error::{Fault, Result, Sql, StoreError},
    marks, notes,
    row::flag,
    writer::{Durable, State},
};
use crate::domain::{
    actor::Scope,
    audit::AuditRecord,
    changes::{Changed, ChangedCall, Changes, Former, NoteVersion},
    id::Noun,
};

impl Store {
    /// Does it to each call once. `record` tells who acts: each act on each call is written down as the single ones are.
    /// Calls that are not there or out of scope are told and stop nothing.
    pub async fn change(&self, scope: Scope, changes: Changes, record: AuditRecord) -> Result<Changed> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let going = going(transaction, state, &changes)?;
                    let mut work = Work { transaction, state, changes: &changes, record, going, done: Changed::default() };
                    work.all(&scope)?;
                    Ok(work.done)
                })
            })
            .await
    }
}

/// A note that is to go: its key and what was asked.
type Going = (i64, NoteVersion);

/// Notes that are there in the version seen, by the key of their call.
fn going(transaction: &Transaction<'_>, state: &State, changes: &Changes) -> Sql<HashMap<i64, Vec<Going>>> {
    let mut going: HashMap<i64, Vec<Going>> = HashMap::new();
    let mut statement = transaction.prepare_cached("SELECT call FROM note WHERE id=?1 AND version=?2")?;
    for asked in &changes.remove_notes {
        let Some(key) = state.shared.codec.decode(Noun::Note, &asked.note) else { continue };
        let call: Option<i64> = statement.query_row([key, asked.version], |row| row.get(0)).optional()?;
        let notes = going.entry(call.unwrap_or(0)).or_default();
        if call.is_some() && notes.iter().all(|(known, _)| *known != key) {
            notes.push((key, asked.clone()));
        }
    }
    Ok(going)
}

struct Work<'a> {
    transaction: &'a Transaction<'a>,
    state: &'a mut State,
    changes: &'a Changes,
    record: AuditRecord,
    going: HashMap<i64, Vec<Going>>,
    done: Changed,
}

impl Work<'_> {
    fn all(&mut self, scope: &Scope) -> Sql<()> {
        let mut seen = HashSet::new();
        for id in &self.changes.calls {
            match find_to_write(self.transaction, &self.state.names, &self.state.shared.codec, scope, id) {
                Ok(key) if seen.insert(key) => self.call(key)?,
                Ok(_) => {}
                Err(Fault::Told(StoreError::NotFound(_))) => self.done.gone.push(id.clone()),
                Err(other) => return Err(other),
            }
        }
        let removed: HashSet<&String> = self.done.changed.iter().flat_map(|call| &call.notes_removed).collect();
        let kept = self.changes.remove_notes.iter().map(|asked| &asked.note).filter(|note| !removed.contains(note));
        self.done.notes_kept = kept.cloned().collect();
        Ok(())
    }

    fn call(&mut self, key: i64) -> Sql<()> {
        let (transaction, changes) = (self.transaction, self.changes);
        let before: Option<i64> =
            transaction.prepare_cached("SELECT flags FROM call WHERE id=?1")?.query_row([key], |row| row.get(0)).optional()?;
        let mut flags = before.ok_or_else(|| no_call(""))?;
        let id = self.state.shared.codec.encode(Noun::Call, first_key(transaction, key)?);
        let mut call = ChangedCall { id: id.clone(), ..ChangedCall::default() };
        for (note, asked) in self.going.remove(&key).unwrap_or_default() {
            notes::take_away(transaction, note)?;
            self.told(key, "note.remove", &asked.note, None)?;
            call.notes_removed.push(asked.note);
        }
        for (tags, present) in [(&changes.remove_tags, false), (&changes.add_tags, true)] {
            for tag in tags {
                if marks::put_tag(transaction, self.state, key, tag, present)? {
                    self.told(key, if present { "tag.add" } else { "tag.remove" }, &id, Some(tag))?;
                    if present { &mut call.tags_added } else { &mut call.tags_removed }.push(tag.clone());
                }
            }
        }
        if let Some(case) = &changes.case {
            let former = marks::put_case(transaction, self.state, key, case.as_deref())?;
            if former != *case {
                self.told(key, if case.is_some() { "case.set" } else { "case.remove" }, &id, case.as_deref())?;
                call.case_before = Some(Former { value: former });
            }
        }
        if let Some(on) = changes.flagged.filter(|on| *on != (flags & flag::FLAGGED != 0)) {
            self.told(key, if on { "flag.add" } else { "flag.remove" }, &id, None)?;
            call.flag_turned = true;
            flags ^= flag::FLAGGED;
        }
        if let Some(draft) = &changes.note {
            let note = notes::put(transaction, self.state, key, &self.record.who, draft.at, &draft.text)?;
            self.told(key, "note.add", &id, None)?;
            call.note = Some(NoteVersion { note: self.state.shared.codec.encode(Noun::Note, note), version: 1 });
        }
        if call == (ChangedCall { id, ..ChangedCall::default() }) {
            return Ok(());
        }
        let mut there = |bit: i64, sql: &str| -> Sql<()> {
            let any = transaction.prepare_cached(sql)?.exists([key])?;
            flags = if any { flags | bit } else { flags & !bit };
            Ok(())
        };
        there(flag::TAG, "SELECT 1 FROM call_tag WHERE call=?1")?;
        there(flag::CASE, "SELECT 1 FROM call_case WHERE call=?1")?;
        there(flag::NOTE, "SELECT 1 FROM note WHERE call=?1")?;
        transaction.prepare_cached("UPDATE call SET flags=?2 WHERE id=?1")?.execute([key, flags])?;
        self.done.changed.push(call);
        Ok(())
    }

    /// Writes one act into the audit log and the history of its call.
    fn told(&mut self, key: i64, did: &'static str, object: &str, given: Option<&str>) -> Sql<()> {
        self.record.did = did;
        self.record.object = Some(object.to_owned());
        self.record.foreign = given.map(str::to_owned);
        remember(self.transaction, key, &self.record, given)?;
        audit::append(self.transaction, &self.record)?;
        Ok(())
    }
}
