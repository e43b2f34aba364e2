//! Extensions with their dated assignments, groups and projects.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};

use super::{
    Store,
    assignments::Assignments,
    audit,
    error::{Result, Sql, StoreError},
    names::Dictionary,
    reader::Reader,
    writer::{Durable, State},
};
use crate::domain::{
    audit::AuditRecord,
    clean,
    directory::{Extension, Named},
    id::{instant_of, key_of},
};

impl Store {
    /// Extensions with their newest assignment, by number.
    pub async fn extensions(&self) -> Result<Vec<Extension>> {
        self.threads.read(extensions).await
    }

    /// Gives the groups and projects it had to make. Rewrites agent, group and projects of calls from `since` on.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] without a number.
    pub async fn put_extension(&self, extension: Extension, record: AuditRecord) -> Result<Vec<String>> {
        if extension.number.trim().is_empty() {
            return Err(StoreError::Invalid("an extension needs a number".to_owned()));
        }
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let made = put(transaction, state, &extension)?;
                    audit::append(transaction, &record)?;
                    Ok(made)
                })
            })
            .await
    }

    /// Takes an extension off the list, with its assignments; calls keep it and what was fixed at their start.
    pub async fn remove_extension(&self, number: String, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    unlist(transaction, "extension", &number)?;
                    let id = state.names.extension.id(&number);
                    transaction.execute("DELETE FROM extension_assignment WHERE ext=?1", [id])?;
                    state.assignments = None;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }

    pub async fn groups(&self) -> Result<Vec<Named>> {
        self.threads.read(|reader| listed(&reader.conn, "grp")).await
    }

    pub async fn put_group(&self, group: Named, record: AuditRecord) -> Result<()> {
        self.put_named("grp", group, record).await
    }

    /// # Errors
    /// [`StoreError::Conflict`] while extensions belong to it.
    pub async fn remove_group(&self, name: String, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let id = state.names.group.id(&name);
                    let used = newest_assignments(transaction)?.values().any(|(_, group, _)| group.is_some() && *group == id);
                    remove_named(transaction, "grp", "group", &name, used, &record)
                })
            })
            .await
    }

    pub async fn projects(&self) -> Result<Vec<Named>> {
        self.threads.read(|reader| listed(&reader.conn, "project")).await
    }

    pub async fn put_project(&self, project: Named, record: AuditRecord) -> Result<()> {
        self.put_named("project", project, record).await
    }

    /// # Errors
    /// [`StoreError::Conflict`] while extensions belong to it.
    pub async fn remove_project(&self, name: String, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let id = state.names.project.id(&name).unwrap_or(0);
                    let newest = newest_assignments(transaction)?;
                    let used = newest.values().any(|(_, _, projset)| state.names.projset.members(*projset).contains(&id));
                    remove_named(transaction, "project", "project", &name, used, &record)
                })
            })
            .await
    }

    async fn put_named(&self, table: &'static str, named: Named, record: AuditRecord) -> Result<()> {
        if named.name.trim().is_empty() {
            return Err(StoreError::Invalid("a name is needed".to_owned()));
        }
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, state| {
                    let dictionary = if table == "grp" { &mut state.names.group } else { &mut state.names.project };
                    let id = dictionary.intern(transaction, named.name.trim())?;
                    transaction
                        .execute(&format!("UPDATE {table} SET remark=?2, listed=1 WHERE id=?1"), params![id, named.remark])?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }
}

fn listed(conn: &Connection, table: &str) -> Sql<Vec<Named>> {
    let mut statement = conn.prepare_cached(&format!("SELECT name, remark FROM {table} WHERE listed=1 ORDER BY name"))?;
    let rows = statement.query_map([], |row| Ok(Named { name: row.get(0)?, remark: row.get(1)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn unlist(transaction: &Transaction<'_>, table: &str, name: &str) -> Sql<()> {
    let changed = transaction.execute(&format!("UPDATE {table} SET listed=0 WHERE name=?1 AND listed=1"), [name])?;
    if changed == 0 {
        let what = if table == "grp" { "group" } else { table };
        return Err(StoreError::NotFound(format!("there is no {what} {}", clean::line(name, 60))).into());
    }
    Ok(())
}

fn remove_named(transaction: &Transaction<'_>, table: &str, what: &str, name: &str, used: bool, record: &AuditRecord) -> Sql<()> {
    if used {
        return Err(StoreError::Conflict(format!(
            "extensions belong to the {what} {}; move them to another first",
            clean::line(name, 60)
        ))
        .into());
    }
    unlist(transaction, table, name)?;
    audit::append(transaction, record)?;
    Ok(())
}

/// (agent, group, projset) and since of the newest assignment, by extension.
type Newest = HashMap<i64, (Option<i64>, Option<i64>, i64)>;

fn newest_assignments(conn: &Connection) -> Sql<Newest> {
    let mut statement = conn.prepare_cached("SELECT ext, agent, grp, projset FROM extension_assignment ORDER BY ext, since")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn extensions(reader: &mut Reader) -> Sql<Vec<Extension>> {
    let names = &reader.names;
    let mut statement = reader.conn.prepare_cached(
        "SELECT e.name, e.label, a.agent, a.grp, ifnull(a.projset, 0), a.since FROM extension e LEFT JOIN extension_assignment a \
         ON a.ext=e.id AND a.since=(SELECT max(since) FROM extension_assignment WHERE ext=e.id) \
         WHERE e.listed=1 ORDER BY length(e.name), e.name",
    )?;
    let text = |dictionary: &Dictionary, id: Option<i64>| id.and_then(|id| dictionary.text(id));
    let rows = statement.query_map([], |row| {
        Ok(Extension {
            number: row.get(0)?,
            label: row.get(1)?,
            agent: text(&names.agent, row.get(2)?),
            group: text(&names.group, row.get(3)?),
            projects: names.projset.members(row.get(4)?).iter().filter_map(|id| names.project.text(*id)).collect(),
            since: row.get::<_, Option<i64>>(5)?.filter(|since| *since > 0).map(instant_of),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn put(transaction: &Transaction<'_>, state: &mut State, extension: &Extension) -> Sql<Vec<String>> {
    let mut made = Vec::new();
    let present = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let names = &mut state.names;
    let ext = names.extension.intern(transaction, extension.number.trim())?;
    let agent = present(&extension.agent).map(|name| names.agent.intern(transaction, &name)).transpose()?;
    let group = match present(&extension.group) {
        None => None,
        Some(name) => Some(intern_listed(transaction, &mut names.group, "grp", &name, &mut made)?),
    };
    let mut projects = Vec::new();
    for name in extension.projects.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let id = intern_listed(transaction, &mut names.project, "project", name, &mut made)?;
        if !projects.contains(&id) {
            projects.push(id);
        }
    }
    projects.sort_unstable();
    let projset = names.projset.intern(transaction, &projects)?;
    let since = extension.since.and_then(key_of).unwrap_or(0);
    transaction.execute("UPDATE extension SET label=?2, listed=1 WHERE id=?1", params![ext, present(&extension.label)])?;
    transaction.execute("DELETE FROM extension_assignment WHERE ext=?1 AND since>=?2", [ext, since])?;
    transaction
        .execute("INSERT INTO extension_assignment VALUES(?1, ?2, ?3, ?4, ?5)", params![ext, since, agent, group, projset])?;
    let assignments = Assignments::load(transaction)?;
    rewrite(transaction, state, &assignments, ext, since)?;
    state.assignments = Some(assignments);
    Ok(made)
}

/// The id of a group or project; one that was not on the list is put there and told.
fn intern_listed(
    transaction: &Transaction<'_>,
    dictionary: &mut Dictionary,
    table: &str,
    name: &str,
    made: &mut Vec<String>,
) -> Sql<i64> {
    if let Some(id) = dictionary.id(name) {
        if transaction.execute(&format!("UPDATE {table} SET listed=1 WHERE id=?1 AND listed=0"), [id])? > 0 {
            made.push(name.to_owned());
        }
        return Ok(id);
    }
    made.push(name.to_owned());
    dictionary.intern(transaction, name)
}

/// Fixes agents, groups and projects anew for the calls of an extension from a key on.
fn rewrite(transaction: &Transaction<'_>, state: &mut State, assignments: &Assignments, ext: i64, since: i64) -> Sql<()> {
    let mut statement = transaction.prepare_cached(
        "SELECT c.id, c.ext, c.extset FROM call_extension e CROSS JOIN call c ON c.id=e.call WHERE e.ext=?1 AND e.call>=?2",
    )?;
    let calls = statement
        .query_map([ext, since], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<Vec<(i64, Option<i64>, i64)>>>()?;
    let mut update = transaction.prepare_cached(
        "UPDATE call SET agent=?2, agentset=?3, grp=?4, grpset=?5, projset=?6 WHERE id=?1 \
         AND (agent IS NOT ?2 OR agentset<>?3 OR grp IS NOT ?4 OR grpset<>?5 OR projset<>?6)",
    )?;
    for (key, shown, extset) in calls {
        let all = state.names.extset.members(extset);
        let start = super::calls::start_key(transaction, key)?;
        let parties = assignments.parties(transaction, &mut state.names, shown, &all, start)?;
        let now = params![key, parties.agent, parties.agentset, parties.group, parties.groupset, parties.projset];
        update.execute(now)?;
    }
    Ok(())
}
