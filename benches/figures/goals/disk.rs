//! G17: bytes a call on the disk, the column index included, recordings' bytes and the records of the exchange not.

use std::fs;

use super::*;

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let pages: u64 = world.bare.query_row("SELECT sum(pgsize) FROM dbstat WHERE aggregate=1", [], |row| row.get(0))?;
    // What performance.md counts apart: the legs, the timeline and the records that every call was folded from.
    let apart: u64 = world.bare.query_row(
        "SELECT ifnull(sum(length(detail)),0)+ifnull(sum(length(records)),0) FROM call_more",
        [],
        |row| row.get(0),
    )?;
    let beside: u64 = beside(world)?;
    let calls = world.calls as f64;
    let ours = Measure::new((pages.saturating_sub(apart) + beside) as f64 / calls, "B a call");
    let mut lines = vec![Line::new("G17", "disk with the column index, records apart", ours).goal(Bound::AtMost(240.0))];
    lines.push(Line::new("G17", "  of it files beside the database", Measure::new(beside as f64 / calls, "B a call")));
    lines.push(Line::new("G17", "legs, timeline, records", Measure::new(apart as f64 / calls, "B a call")));
    let mut statement =
        world.bare.prepare("SELECT name, pgsize AS bytes FROM dbstat WHERE aggregate=1 ORDER BY bytes DESC LIMIT 12")?;
    let tables = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u64>(1)?)))?;
    for table in tables {
        let (name, bytes) = table?;
        lines.push(Line::new("G17", format!("  {name}"), Measure::new(bytes as f64 / calls, "B a call")));
    }
    Ok(lines)
}

/// Files with the database's name but for locks, logs and recordings: what is a cache of it.
fn beside(world: &World) -> anyhow::Result<u64> {
    let Some((folder, stem)) = world.database.parent().zip(world.database.file_stem()) else { return Ok(0) };
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let ours = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&*stem.to_string_lossy()));
        let other = path.extension().is_some_and(|end| {
            ["lock", "db-wal", "db-shm", "sock", "csv", "duckdb"].iter().any(|other| end.eq_ignore_ascii_case(other))
        });
        let meta = entry.metadata()?;
        if ours && !other && path != world.database && meta.is_file() {
            bytes += meta.len();
        }
    }
    Ok(bytes)
}
