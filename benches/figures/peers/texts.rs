//! All calls as lines of texts: what the other databases and the naive tables are loaded from.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::PathBuf,
};

use callreel::domain::{
    call::{Direction, Outcome, Route},
    id::instant_of,
};
use jiff::tz::TimeZone;
use rusqlite::types::ValueRef;

use crate::world::World;

/// Columns of the table `calls` with their types.
pub const COLUMNS: &[(&str, &str)] = &[
    ("start_ms", "BIGINT"),
    ("start", "TEXT"),
    ("hour_of_week", "INTEGER"),
    ("dir", "TEXT"),
    ("route", "TEXT"),
    ("outcome", "TEXT"),
    ("from_no", "TEXT"),
    ("to_no", "TEXT"),
    ("reached_no", "TEXT"),
    ("ext", "TEXT"),
    ("agent", "TEXT"),
    ("grp", "TEXT"),
    ("projects", "TEXT"),
    ("queue", "TEXT"),
    ("wait_ds", "INTEGER"),
    ("talk_ds", "INTEGER"),
    ("recordings", "INTEGER"),
    ("recorded_ds", "INTEGER"),
    ("bytes", "BIGINT"),
    ("source_ids", "TEXT"),
];
pub const FACETS: &[&str] = &["dir", "route", "outcome", "ext", "agent", "grp", "projects", "queue", "hour_of_week"];

pub fn create_table() -> String {
    let columns: Vec<String> = COLUMNS.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    format!("CREATE TABLE calls({})", columns.join(", "))
}

/// Writes them once, oldest first, with a header; gives the file.
pub fn csv(world: &World) -> anyhow::Result<PathBuf> {
    let path = world.folder().join(format!("calls-{}.csv", world.calls));
    if path.exists() {
        return Ok(path);
    }
    eprintln!("writing {} for the peers", path.display());
    fs::create_dir_all(world.folder())?;
    let partial = path.with_extension("part");
    let mut writer = csv::Writer::from_writer(BufWriter::with_capacity(1 << 20, File::create(&partial)?));
    writer.write_record(COLUMNS.iter().map(|(name, _)| name))?;
    let zone = TimeZone::get(callreel::host::company::ZONE)?;
    let mut statement = world.bare.prepare(
        "SELECT c.id, c.dir, c.route, c.outcome, nf.canonical, nt.canonical, ifnull(nr.canonical, nt.canonical), x.name, a.name, \
         g.name, ps.name, q.name, c.wait_ds, c.talk_ds, c.rec_count, c.rec_ds, c.rec_bytes, m.source_ids FROM call c \
         LEFT JOIN number nf ON nf.id=c.from_no LEFT JOIN number nt ON nt.id=c.to_no LEFT JOIN number nr ON nr.id=c.reached_no \
         LEFT JOIN extension x ON x.id=c.ext LEFT JOIN agent a ON a.id=c.agent LEFT JOIN grp g ON g.id=c.grp \
         LEFT JOIN projset ps ON ps.id=c.projset LEFT JOIN queue q ON q.id=c.queue CROSS JOIN call_more m ON m.id=c.id ORDER BY c.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let start = instant_of(row.get(0)?);
        let local = start.to_zoned(zone.clone());
        let hour = i64::from(local.weekday().to_monday_zero_offset()) * 24 + i64::from(local.hour());
        writer.write_field(start.as_millisecond().to_string())?;
        writer.write_field(start.to_string())?;
        writer.write_field(hour.to_string())?;
        let code = |index: usize| row.get::<_, Option<i64>>(index);
        writer.write_field(code(1)?.and_then(Direction::from_code).map_or("", Direction::word))?;
        writer.write_field(code(2)?.and_then(Route::from_code).map_or("", Route::word))?;
        writer.write_field(code(3)?.and_then(Outcome::from_code).map_or("", Outcome::word))?;
        for index in 4..18 {
            match row.get_ref(index)? {
                ValueRef::Integer(value) => writer.write_field(value.to_string())?,
                ValueRef::Text(text) => writer.write_field(text)?,
                _ => writer.write_field("")?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    drop(writer);
    fs::rename(&partial, &path)?;
    Ok(path)
}

/// The first of them, for viewers that cannot take all.
pub fn head(world: &World, rows: u64) -> anyhow::Result<PathBuf> {
    if rows >= world.calls {
        return csv(world);
    }
    let path = world.folder().join(format!("calls-{}-of-{}.csv", rows, world.calls));
    if path.exists() {
        return Ok(path);
    }
    let all = csv(world)?;
    let partial = path.with_extension("part");
    let mut writer = BufWriter::new(File::create(&partial)?);
    for line in BufReader::new(File::open(all)?).lines().take(usize::try_from(rows)? + 1) {
        writeln!(writer, "{}", line?)?;
    }
    writer.flush()?;
    fs::rename(&partial, &path)?;
    Ok(path)
}
