//! Numbered changes of the schema, under `PRAGMA user_version`.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::{Sql, StoreError};

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_columns.sql"),
    include_str!("migrations/0003_slim.sql"),
    include_str!("migrations/0004_copies.sql"),
    include_str!("migrations/0005_views.sql"),
    include_str!("migrations/0006_heard.sql"),
    include_str!("migrations/0007_people.sql"),
    include_str!("migrations/0008_audit.sql"),
    include_str!("migrations/0009_shares.sql"),
    include_str!("migrations/0010_jobs.sql"),
    include_str!("migrations/0015_note_keys.sql"),
];

/// `PRAGMA application_id` of our databases: "CRL1".
const APPLICATION_ID: i64 = 0x4352_4c31;

/// What a bulk load of calls leaves out: indexes, and the triggers that tell the column index of each change. Names and text
/// are matched by the plan tests.
pub(super) const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("INDEX", "call_outcome", "ON call(outcome) WHERE outcome<>0"),
    ("TRIGGER", "call_inserted", "AFTER INSERT ON call BEGIN INSERT INTO change(id, is_new) VALUES(NEW.id, 1); END"),
    ("TRIGGER", "call_updated", "AFTER UPDATE ON call BEGIN INSERT INTO change(id) VALUES(NEW.id); END"),
    ("TRIGGER", "call_deleted", "AFTER DELETE ON call BEGIN INSERT INTO change(id) VALUES(OLD.id); END"),
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

/// Makes what a bulk load left out or never finished.
pub(super) fn create_indexes(conn: &Connection) -> Sql<()> {
    for (kind, name, text) in LEFT_OUT {
        conn.execute_batch(&format!("CREATE {kind} IF NOT EXISTS {name} {text}"))?;
    }
    Ok(())
}

/// Drops it for a bulk load. No column index made before is of use after that.
pub(super) fn drop_indexes(conn: &mut Connection) -> Sql<()> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (kind, name, _) in LEFT_OUT {
        transaction.execute_batch(&format!("DROP {kind} IF EXISTS {name}"))?;
    }
    new_epoch(&transaction)?;
    transaction.commit()?;
    Ok(())
}

/// Makes every column index of this database worthless: what it knows was not told by `change`.
pub(super) fn new_epoch(conn: &Connection) -> Sql<()> {
    conn.execute("INSERT OR REPLACE INTO meta VALUES('columns_epoch', abs(random()))", [])?;
    Ok(())
}
