//! Numbered changes of the schema, under `PRAGMA user_version`.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::{Sql, StoreError};

const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_first.sql")];

/// `PRAGMA application_id` of our databases: "CRL1".
const APPLICATION_ID: i64 = 0x4352_4c31;

/// Indexes of the tables that a bulk load fills. Names and text are matched by the plan tests and by [`drop_indexes`].
pub(super) const INDEXES: &[(&str, &str)] = &[
    ("call_outcome", "CREATE INDEX IF NOT EXISTS call_outcome ON call(outcome) WHERE outcome<>0"),
    ("call_from", "CREATE INDEX IF NOT EXISTS call_from ON call(from_no) WHERE from_no<>0"),
    ("call_to", "CREATE INDEX IF NOT EXISTS call_to ON call(to_no) WHERE to_no<>0"),
    ("call_reached", "CREATE INDEX IF NOT EXISTS call_reached ON call(reached_no) WHERE reached_no<>0"),
];

pub(super) const fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

/// Refuses what is not ours or of a newer program. An empty file passes if `empty` may become ours.
pub(super) fn check(conn: &Connection, path: &Path, empty: bool) -> Sql<()> {
    let file = path.display();
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let application: i64 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if empty && tables == 0 && version == 0 {
        return Ok(());
    }
    if application != APPLICATION_ID {
        return Err(StoreError::Unusable(format!("{file} is not a callreel database; name another file with --db")).into());
    }
    if version > newest() {
        return Err(StoreError::Unusable(format!(
            "{file} was written by a newer callreel (schema {version}, this program knows up to {}); update callreel, \
             or open a backup made by this version",
            newest()
        ))
        .into());
    }
    Ok(())
}

/// Brings the schema to the newest version; each step is a transaction, so that an interruption leaves the step before.
pub(super) fn migrate(conn: &mut Connection, path: &Path) -> Sql<()> {
    loop {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        check(&transaction, path, true)?;
        let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let Some(step) = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version)) else {
            return Ok(());
        };
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
}

/// Makes the indexes that a bulk load left out or never finished.
pub(super) fn create_indexes(conn: &Connection) -> Sql<()> {
    for (_, sql) in INDEXES {
        conn.execute_batch(sql)?;
    }
    Ok(())
}

/// Drops them for a bulk load.
pub(super) fn drop_indexes(conn: &Connection) -> Sql<()> {
    for (name, _) in INDEXES {
        conn.execute_batch(&format!("DROP INDEX IF EXISTS {name}"))?;
    }
    Ok(())
}
