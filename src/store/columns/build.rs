//! Makes the file: segments of which nothing changed are copied, the others are read anew from the database.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::{
    file::{self, Opened},
    image::WriteFault,
    kept_sets,
    row::{self, IndexRow},
    segment::{ROWS, Segment},
};
use crate::store::{
    error::Fault,
    names::Names,
    numbers::{self, Numbers},
    zone::LocalClock,
};

/// Segments with fewer rows are joined with their neighbours when the file is made anew.
const SMALL: usize = ROWS / 8;

/// How far it is: rows done, rows in all.
#[derive(Default)]
pub(in crate::store) struct Progress {
    pub(in crate::store) done: AtomicU64,
    pub(in crate::store) all: AtomicU64,
}

/// Why no file came of it.
#[derive(Debug)]
pub(in crate::store) enum Failed {
    Stopped,
    /// The file before is not what was written.
    Damaged,
    Disk(std::io::Error),
    Sql(Fault),
}

impl From<WriteFault> for Failed {
    fn from(fault: WriteFault) -> Self {
        match fault {
            WriteFault::Damaged => Self::Damaged,
            WriteFault::Disk(error) => Self::Disk(error),
        }
    }
}

impl From<super::image::Damaged> for Failed {
    fn from(_: super::image::Damaged) -> Self {
        Self::Damaged
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Sql(fault)
    }
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error.into())
    }
}

/// Writes all of a file but its label, as of the connection's read transaction. `before` is the file there is, if it is of any
/// use.
pub(in crate::store) fn write(
    path: &Path,
    conn: &Connection,
    zone: &TimeZone,
    before: Option<&Opened>,
    stop: &AtomicBool,
    progress: &Progress,
) -> Result<file::Writer, Failed> {
    let mut writer = file::Writer::begin(path)?;
    let mut known = match before {
        Some(before) => Numbers::of_file(std::sync::Arc::clone(&before.numbers))?,
        None => Numbers::new(),
    };
    known.refresh(conn)?;
    writer.add(numbers::keep(&known)?.as_ref())?;
    drop(known);
    let mut names = Names::new();
    if let Some(before) = before {
        names.adopt(kept_sets::read(&before.sets)?);
    }
    names.refresh(conn)?;
    writer.add(&kept_sets::keep(&names))?;
    drop(names);
    let all: u64 = conn.query_row("SELECT count(*) FROM call", [], |row| row.get(0))?;
    progress.all.store(all, Ordering::Relaxed);
    progress.done.store(0, Ordering::Relaxed);
    let mut clock = LocalClock::new(zone.clone());
    for stretch in stretches(conn, before)? {
        match stretch {
            Stretch::Kept(segment) => {
                writer.add_segment(segment.image())?;
                progress.done.fetch_add(segment.rows() as u64, Ordering::Relaxed);
            }
            Stretch::Anew(from, until) => {
                let count: u64 = conn
                    .prepare_cached("SELECT count(*) FROM call WHERE id>=?1 AND id<?2")?
                    .query_row([from, until], |row| row.get(0))?;
                let pieces = (count as usize).div_ceil(ROWS).max(1);
                let size = (count as usize).div_ceil(pieces).max(1);
                let mut rows: Vec<IndexRow> = Vec::with_capacity(size);
                let mut failed = None;
                let mut keep = |rows: &mut Vec<IndexRow>| -> Result<(), Failed> {
                    if stop.load(Ordering::Relaxed) {
                        return Err(Failed::Stopped);
                    }
                    if !rows.is_empty() {
                        writer.add_segment(Segment::build(rows, &mut clock).image())?;
                        progress.done.fetch_add(rows.len() as u64, Ordering::Relaxed);
                        rows.clear();
                    }
                    Ok(())
                };
                let read = row::each_between(conn, from, until, &mut |row| {
                    rows.push(row);
                    if rows.len() == size
                        && let Err(error) = keep(&mut rows)
                    {
                        failed = Some(error);
                        return Err(Fault::Told(crate::store::error::StoreError::Interrupted));
                    }
                    Ok(())
                });
                if let Some(failed) = failed {
                    return Err(failed);
                }
                read?;
                keep(&mut rows)?;
            }
        }
    }
    if stop.load(Ordering::Relaxed) {
        return Err(Failed::Stopped);
    }
    Ok(writer)
}

enum Stretch<'a> {
    Kept(&'a Segment),
    /// Keys from inclusive, to exclusive.
    Anew(i64, i64),
}

fn stretches<'a>(conn: &Connection, before: Option<&'a Opened>) -> Result<Vec<Stretch<'a>>, Failed> {
    let Some(before) = before.filter(|before| !before.segments.is_empty()) else {
        return Ok(vec![Stretch::Anew(0, i64::MAX)]);
    };
    let mut changed = conn
        .prepare_cached("SELECT id FROM change WHERE seq>?1")?
        .query_map([before.label.seq], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    changed.sort_unstable();
    let mut stretches: Vec<Stretch<'a>> = Vec::new();
    for (place, segment) in before.segments.iter().enumerate() {
        let begin = |place: usize| match before.segments.get(place) {
            Some(segment) => Ok(segment.key(0)?.unwrap_or(0)),
            None => Ok::<i64, Failed>(i64::MAX),
        };
        let (from, until) = (if place == 0 { 0 } else { begin(place)? }, begin(place + 1)?);
        let touched = changed.partition_point(|key| *key < from) < changed.partition_point(|key| *key < until);
        if !touched && (segment.rows() >= SMALL || until == i64::MAX) {
            stretches.push(Stretch::Kept(segment));
        } else if let Some(Stretch::Anew(_, end)) = stretches.last_mut() {
            *end = until;
        } else {
            stretches.push(Stretch::Anew(from, until));
        }
    }
    Ok(stretches)
}
