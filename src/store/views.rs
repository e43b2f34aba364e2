//! Saved views: one's own, and those that others share.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Store, audit,
    error::{Result, Sql, StoreError, damaged},
    writer::Durable,
};
use crate::domain::{audit::AuditRecord, clean, directory::View};

impl Store {
    /// Views that an actor sees; of two with one name their own comes first.
    pub async fn views(&self, actor: String) -> Result<Vec<View>> {
        self.threads.read(move |reader| views(&reader.conn, &actor)).await
    }

    /// Makes a view (version 0) or replaces one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it exists already or was changed since its version; [`StoreError::NotFound`] if it is gone.
    pub async fn put_view(&self, mut view: View, record: AuditRecord) -> Result<View> {
        view.name = view.name.trim().to_owned();
        if view.name.is_empty() {
            return Err(StoreError::Invalid("a view needs a name".to_owned()));
        }
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    check(transaction, &view.owner, &view.name, view.version)?;
                    let columns = serde_json::to_string(&view.columns).map_err(|_error| damaged("a view's columns"))?;
                    view.version += 1;
                    transaction.execute(
                        "INSERT OR REPLACE INTO view(owner, name, query, columns, shared, version, sort) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        params![view.owner, view.name, view.query, columns, view.shared, view.version, view.sort],
                    )?;
                    audit::append(transaction, &record)?;
                    Ok(view)
                })
            })
            .await
    }

    /// # Errors
    /// [`StoreError::Conflict`] if it was changed since `version`.
    pub async fn remove_view(&self, actor: String, name: String, version: i64, record: AuditRecord) -> Result<()> {
        self.threads
            .write(move |writer| {
                writer.act(Durable::Now, |transaction, _state| {
                    if current(transaction, &actor, &name)?.is_none() {
                        return Err(missing(&name).into());
                    }
                    check(transaction, &actor, &name, version)?;
                    transaction.execute("DELETE FROM view WHERE owner=?1 AND name=?2", [&actor, &name])?;
                    audit::append(transaction, &record)?;
                    Ok(())
                })
            })
            .await
    }
}

fn current(conn: &Connection, owner: &str, name: &str) -> Sql<Option<i64>> {
    let mut statement = conn.prepare_cached("SELECT version FROM view WHERE owner=?1 AND name=?2")?;
    Ok(statement.query_row([owner, name], |row| row.get(0)).optional()?)
}

fn missing(name: &str) -> StoreError {
    StoreError::NotFound(format!("you have no view {}", clean::line(name, 60)))
}

fn check(conn: &Connection, owner: &str, name: &str, version: i64) -> Sql<()> {
    let there = match current(conn, owner, name)? {
        None if version != 0 => return Err(missing(name).into()),
        there => there.unwrap_or(0),
    };
    if there == version {
        return Ok(());
    }
    let name = clean::line(name, 60);
    let told = if version == 0 {
        format!("there is a view {name} already; choose another name, or change that one")
    } else {
        format!("the view {name} was changed meanwhile (version {there}, yours is {version}); read it again")
    };
    Err(StoreError::Conflict(told).into())
}

fn views(conn: &Connection, actor: &str) -> Sql<Vec<View>> {
    let mut statement = conn.prepare_cached(
        "SELECT owner, name, query, columns, shared, version, sort FROM view WHERE owner=?1 OR shared=1 ORDER BY name, owner<>?1, owner",
    )?;
    let mut rows = statement.query([actor])?;
    let mut views = Vec::new();
    while let Some(row) = rows.next()? {
        let columns: String = row.get(3)?;
        views.push(View {
            owner: row.get(0)?,
            name: row.get(1)?,
            query: row.get(2)?,
            columns: serde_json::from_str(&columns).map_err(|_error| damaged("a view's columns"))?,
            shared: row.get(4)?,
            version: row.get(5)?,
            sort: row.get(6)?,
        });
    }
    Ok(views)
}
