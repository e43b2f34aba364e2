//! The number dictionary: every canonical number as one byte string, so that a fragment of digits becomes a set of number ids
//! in milliseconds. Most of it lies in the file of the column index; what is newer is held in memory.

mod kept;
mod order;
mod set;
mod text;

use std::sync::{Arc, OnceLock};

use rusqlite::Connection;

use super::{
    columns::{Damaged, Image},
    error::Sql,
};
use crate::domain::query::NumberPattern;
use text::Text;

pub(super) use kept::{BLOCKS as NUMBER_BLOCKS, keep};
pub(super) use order::natural;
pub(super) use set::NumberSet;

/// All numbers up to an id; ids are contiguous from 1.
#[derive(Clone)]
pub(super) struct Numbers {
    kept: Option<Arc<Image>>,
    /// Numbers in the file.
    kept_count: usize,
    bytes: Vec<u8>,
    starts: Vec<u32>,
    ranks: OnceLock<Vec<i64>>,
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self { kept: None, kept_count: 0, bytes: vec![b'\n'], starts: Vec::new(), ranks: OnceLock::new() }
    }

    /// Those of a file; newer ones are read by [`Self::refresh`].
    ///
    /// # Errors
    /// When the file is not what was written.
    pub(super) fn of_file(kept: Arc<Image>) -> Result<Self, Damaged> {
        let kept_count = kept::count(&kept)?;
        Ok(Self { kept: Some(kept), kept_count, ..Self::new() })
    }

    pub(super) fn len(&self) -> usize {
        self.kept_count + self.starts.len()
    }

    /// Whether the database has more numbers than this.
    pub(super) fn is_behind(&self, conn: &Connection) -> Sql<bool> {
        let last: i64 = conn.prepare_cached("SELECT ifnull(max(id), 0) FROM number")?.query_row([], |row| row.get(0))?;
        Ok(last > self.len() as i64)
    }

    /// Appends the numbers that are new in the database.
    pub(super) fn refresh(&mut self, conn: &Connection) -> Sql<()> {
        let mut statement = conn.prepare_cached("SELECT canonical FROM number WHERE id>?1 ORDER BY id")?;
        let mut rows = statement.query([self.len() as i64])?;
        while let Some(row) = rows.next()? {
            self.ranks.take();
            self.starts.push(self.bytes.len() as u32);
            let canonical = row.get_ref(0)?.as_bytes().unwrap_or_default();
            self.bytes.extend(canonical.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }));
            self.bytes.push(b'\n');
        }
        Ok(())
    }

    fn newer(&self) -> Text<'_> {
        Text { bytes: &self.bytes, starts: &self.starts, first: self.kept_count + 1 }
    }

    /// # Errors
    /// When the file is not what was written.
    pub(super) fn text(&self, id: i64) -> Result<Option<String>, Damaged> {
        let Some(index) = usize::try_from(id).ok().and_then(|id| id.checked_sub(1)) else { return Ok(None) };
        if let Some(newer) = index.checked_sub(self.kept_count) {
            return Ok(self.newer().get(newer).map(str::to_owned));
        }
        match &self.kept {
            Some(kept) => kept::with(kept, |all| all.text.get(index).map(str::to_owned)),
            None => Ok(None),
        }
    }

    /// Ids of all numbers that contain any of the fragments.
    ///
    /// # Errors
    /// When the file is not what was written.
    pub(super) fn matching(&self, pattern: &NumberPattern) -> Result<NumberSet, Damaged> {
        let mut set = NumberSet::up_to(self.len());
        for fragment in &pattern.fragments {
            if let Some(kept) = &self.kept {
                kept::with(kept, |all| all.text.scan(fragment, &mut set))?;
            }
            self.newer().scan(fragment, &mut set);
        }
        Ok(set)
    }

    /// Calls back with the places of all numbers in the order of [`natural`].
    ///
    /// # Errors
    /// When the file is not what was written.
    pub(super) fn with_ranks<T>(&self, work: impl FnOnce(&Ranks<'_>) -> T) -> Result<T, Damaged> {
        let newer = self.newer_ranks()?;
        match &self.kept {
            Some(kept) => kept::with(kept, |all| work(&Ranks { kept: all.ranks, newer })),
            None => Ok(work(&Ranks { kept: &[], newer })),
        }
    }

    fn newer_ranks(&self) -> Result<&[i64], Damaged> {
        if let Some(ranks) = self.ranks.get() {
            return Ok(ranks);
        }
        let mut places = Vec::with_capacity(self.starts.len());
        for index in 0..self.starts.len() {
            let text = self.newer().get(index).unwrap_or_default();
            places.push((self.place(text)?, text, index));
        }
        places.sort_unstable_by(|left, right| left.0.cmp(&right.0).then_with(|| natural(left.1, right.1)));
        let mut ranks = vec![0; places.len()];
        let mut before: Option<(u32, &str, i64)> = None;
        for (place, text, index) in places {
            let nth = match before {
                Some((same, known, nth)) if same == place => nth + i64::from(known != text),
                _ => 1,
            };
            before = Some((place, text, nth));
            ranks[index] = i64::from(place) << 32 | if place % 2 == 0 { 0 } else { nth * 2 };
        }
        Ok(self.ranks.get_or_init(|| ranks))
    }

    /// Where a text would stand among the ranks.
    ///
    /// # Errors
    /// When the file is not what was written.
    pub(super) fn rank_of(&self, text: &str) -> Result<i64, Damaged> {
        let place = self.place(text)?;
        let rank = i64::from(place) << 32;
        if place % 2 == 0 {
            return Ok(rank);
        }
        let mut below = rank;
        for (index, newer) in self.newer_ranks()?.iter().enumerate().filter(|(_, newer)| **newer >> 32 == i64::from(place)) {
            match natural(self.newer().get(index).unwrap_or_default(), text) {
                std::cmp::Ordering::Equal => return Ok(*newer),
                std::cmp::Ordering::Less => below = below.max(*newer),
                std::cmp::Ordering::Greater => {}
            }
        }
        Ok(below + 1)
    }

    /// Twice the place among the numbers of the file, or odd between two of them.
    fn place(&self, text: &str) -> Result<u32, Damaged> {
        match &self.kept {
            Some(kept) => kept::with(kept, |all| all.place(text)),
            None => Ok(1),
        }
    }

    /// All, for a file.
    pub(super) const fn parts(&self) -> (Option<&Arc<Image>>, &Vec<u8>, &Vec<u32>) {
        (self.kept.as_ref(), &self.bytes, &self.starts)
    }
}

/// Places of numbers: equal texts share one.
pub(super) struct Ranks<'a> {
    kept: &'a [u32],
    newer: &'a [i64],
}

impl Ranks<'_> {
    pub(super) fn of(&self, id: i64) -> Option<i64> {
        let index = usize::try_from(id).ok()?.checked_sub(1)?;
        match self.kept.get(index) {
            Some(rank) => Some((i64::from(*rank) * 2) << 32),
            None => self.newer.get(index - self.kept.len()).copied(),
        }
    }
}

#[cfg(test)]
mod tests;
