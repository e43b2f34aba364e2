//! Tables as they are mostly made: one wide row of texts a call, an index on each column that somebody filters by.

use std::{cell::RefCell, path::PathBuf};

use rusqlite::Connection;

use super::texts;
use crate::{clock, world::World};

thread_local! {
    static OPENED: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Median milliseconds of a statement, all rows read.
pub fn ask(world: &World, sql: &str) -> anyhow::Result<f64> {
    OPENED.with_borrow_mut(|opened| {
        if opened.is_none() {
            *opened = Some(crate::world::bare(&load(world)?)?);
        }
        let conn = opened.as_ref().ok_or_else(|| anyhow::anyhow!("not opened"))?;
        clock::median_ms(|| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                for column in 0..texts::COLUMNS.len().min(row.as_ref().column_count()) {
                    std::hint::black_box(row.get::<_, rusqlite::types::Value>(column)?);
                }
            }
            Ok(())
        })
    })
}

fn load(world: &World) -> anyhow::Result<PathBuf> {
    let path = world.folder().join(format!("wide-{}.db", world.calls));
    if path.exists() {
        return Ok(path);
    }
    let csv_path = texts::csv(world)?;
    eprintln!("loading {}", path.display());
    let partial = path.with_extension("part");
    let _ = std::fs::remove_file(&partial);
    let mut conn = Connection::open(&partial)?;
    conn.execute_batch(&format!(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; {};",
        texts::create_table()
    ))?;
    let transaction = conn.transaction()?;
    {
        let places = vec!["nullif(?,'')"; texts::COLUMNS.len()].join(",");
        let mut insert = transaction.prepare(&format!("INSERT INTO calls VALUES({places})"))?;
        let mut reader = csv::Reader::from_path(csv_path)?;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            insert.execute(rusqlite::params_from_iter(record.iter()))?;
        }
    }
    transaction.commit()?;
    conn.execute_batch(
        "CREATE INDEX a ON calls(start_ms); CREATE INDEX b ON calls(ext); CREATE INDEX c ON calls(outcome); ANALYZE;",
    )?;
    drop(conn);
    std::fs::rename(&partial, &path)?;
    Ok(path)
}
