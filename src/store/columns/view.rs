//! The calls of one moment: segments of the file, rows of them that count no more, and segments in memory of what is newer.

use std::sync::Arc;

use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::{
    file::{Label, Opened},
    image::Damaged,
    row::{self, IndexRow},
    segment::{ROWS, Segment},
};
use crate::store::{
    error::{Fault, Sql},
    zone::LocalClock,
};

/// Newer rows that are encoded again with each change; more become a segment of their own.
const OPEN: usize = if cfg!(test) { 40 } else { 4_096 };
/// Changes read at once.
const CHUNK: i64 = if cfg!(test) { 50 } else { 20_000 };

/// Why a view could not be brought to a newer moment.
#[derive(Debug)]
pub(in crate::store) enum Stuck {
    Damaged,
    Sql(Fault),
}

impl From<Damaged> for Stuck {
    fn from(_: Damaged) -> Self {
        Self::Damaged
    }
}

impl From<Fault> for Stuck {
    fn from(fault: Fault) -> Self {
        Self::Sql(fault)
    }
}

impl From<rusqlite::Error> for Stuck {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error.into())
    }
}

/// A segment, and which of its rows are as they are elsewhere.
#[derive(Clone)]
pub(in crate::store) struct Held {
    pub(in crate::store) segment: Arc<Segment>,
    pub(in crate::store) dead: Option<Arc<Dead>>,
}

/// Rows that were changed or deleted since.
#[derive(Clone)]
pub(in crate::store) struct Dead {
    words: Vec<u64>,
    count: usize,
}

impl Dead {
    fn insert(&mut self, row: usize) {
        let (word, bit) = (row / 64, 1 << (row % 64));
        self.count += usize::from(self.words[word] & bit == 0);
        self.words[word] |= bit;
    }

    pub(in crate::store) fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word & 1 << (row % 64) != 0)
    }
}

/// Every call, as of one change.
#[derive(Clone)]
pub(in crate::store) struct View {
    pub(in crate::store) label: Label,
    zone: TimeZone,
    held: Vec<Held>,
    open: Arc<Vec<IndexRow>>,
    open_segment: Option<Held>,
    /// A reader must see at least this change, since some rows were read as it left them.
    pub(in crate::store) horizon: i64,
    /// Rows that were read since the file was.
    newer: usize,
}

impl View {
    pub(in crate::store) fn of_file(opened: &Opened, zone: TimeZone) -> Self {
        Self {
            label: opened.label,
            zone,
            held: opened.segments.iter().map(|segment| Held { segment: Arc::clone(segment), dead: None }).collect(),
            open: Arc::default(),
            open_segment: None,
            horizon: opened.label.seq,
            newer: 0,
        }
    }

    pub(in crate::store) fn segments(&self) -> impl DoubleEndedIterator<Item = &Held> {
        self.held.iter().chain(&self.open_segment)
    }

    /// Calls in it.
    pub(in crate::store) fn calls(&self) -> u64 {
        self.segments().map(|held| (held.segment.rows() - held.dead.as_ref().map_or(0, |dead| dead.count)) as u64).sum()
    }

    pub(in crate::store) const fn seq(&self) -> i64 {
        self.label.seq
    }

    pub(in crate::store) const fn newer(&self) -> usize {
        self.newer
    }

    pub(in crate::store) const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Reads on up to a change that the connection's transaction sees as the last; gives back after some at most.
    pub(in crate::store) fn step(&mut self, conn: &Connection, last: i64) -> Result<(), Stuck> {
        let (mut keys, mut seq) = (Vec::new(), self.label.seq);
        {
            let mut statement =
                conn.prepare_cached("SELECT seq, id FROM change WHERE seq>?1 AND seq<=?2 ORDER BY seq LIMIT ?3")?;
            let mut rows = statement.query([self.label.seq, last, CHUNK])?;
            while let Some(row) = rows.next()? {
                (seq, _) = (row.get(0)?, keys.push(row.get::<_, i64>(1)?));
            }
        }
        if (keys.len() as i64) < CHUNK {
            seq = last;
        }
        keys.sort_unstable();
        keys.dedup();
        let rows = row::of_keys(conn, &keys)?;
        self.replace(&keys, rows)?;
        self.newer += keys.len();
        self.label.seq = seq;
        self.horizon = last;
        Ok(())
    }

    /// The rows of these keys are now as given, or gone.
    fn replace(&mut self, keys: &[i64], rows: Vec<IndexRow>) -> Result<(), Damaged> {
        for held in &mut self.held {
            let (first, end) = held.segment.span();
            let mine = &keys[keys.partition_point(|key| *key < first)..keys.partition_point(|key| *key < end)];
            for key in mine {
                if let Some(row) = held.segment.find(*key)? {
                    let words = held.segment.rows().div_ceil(64);
                    let dead = held.dead.get_or_insert_with(|| Arc::new(Dead { words: vec![0; words], count: 0 }));
                    Arc::make_mut(dead).insert(row);
                }
            }
        }
        let mut open: Vec<IndexRow> =
            self.open.iter().filter(|row| keys.binary_search(&row.row.id).is_err()).cloned().chain(rows).collect();
        open.sort_by_key(|row| row.row.id);
        let mut clock = LocalClock::new(self.zone.clone());
        let mut held = |rows: &[IndexRow]| Held { segment: Arc::new(Segment::build(rows, &mut clock)), dead: None };
        if open.len() > OPEN {
            let segments: Vec<Held> = open.chunks(ROWS).map(&mut held).collect();
            self.held.extend(segments);
            open.clear();
        }
        self.open_segment = (!open.is_empty()).then(|| held(&open));
        self.open = Arc::new(open);
        Ok(())
    }
}

impl Segment {
    /// The row of a key.
    pub(in crate::store) fn find(&self, key: i64) -> Result<Option<usize>, Damaged> {
        let row = self.lower(key)?;
        Ok((self.keys()?.at(row) == Some(key)).then_some(row))
    }

    /// The first row whose key is at or after this one.
    pub(in crate::store) fn lower(&self, key: i64) -> Result<usize, Damaged> {
        let (first, end) = self.span();
        if key <= first {
            return Ok(0);
        }
        if key >= end {
            return Ok(self.rows());
        }
        let keys = self.keys()?;
        let mut row = keys.second(key);
        while keys.at(row).is_some_and(|at| at < key) {
            row += 1;
        }
        Ok(row)
    }

    pub(in crate::store) fn key(&self, row: usize) -> Result<Option<i64>, Damaged> {
        Ok(self.keys()?.at(row))
    }
}

/// What the database says of a column index: epoch, first and last change.
pub(in crate::store) fn marks(conn: &Connection) -> Sql<(u64, i64, i64)> {
    let mut statement = conn.prepare_cached(
        "SELECT (SELECT value FROM meta WHERE key='columns_epoch'), (SELECT min(seq) FROM change), (SELECT max(seq) FROM change)",
    )?;
    let (epoch, first, last): (Option<i64>, Option<i64>, Option<i64>) =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok((epoch.unwrap_or(0).cast_unsigned(), first.unwrap_or(0), last.unwrap_or(0)))
}
