//! The number dictionary in memory: every canonical number as one byte string, so that a fragment of digits becomes a set of
//! number ids in milliseconds.

use memchr::memmem;
use rusqlite::Connection;

use super::error::Sql;
use crate::domain::query::{NumberFragment, NumberPattern};

/// A set of number ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NumberSet {
    words: Vec<u64>,
    ids: Vec<i64>,
}

impl NumberSet {
    pub(super) fn insert(&mut self, id: i64) {
        let Ok(bit) = usize::try_from(id) else { return };
        if bit / 64 >= self.words.len() {
            self.words.resize(bit / 64 + 1, 0);
        }
        if self.words[bit / 64] & 1 << (bit % 64) == 0 {
            self.words[bit / 64] |= 1 << (bit % 64);
            self.ids.push(id);
        }
    }

    pub(super) fn contains(&self, id: i64) -> bool {
        usize::try_from(id).is_ok_and(|bit| self.words.get(bit / 64).is_some_and(|word| word & 1 << (bit % 64) != 0))
    }

    pub(super) fn ids(&self) -> &[i64] {
        &self.ids
    }

    pub(super) fn union(mut self, other: &Self) -> Self {
        for id in &other.ids {
            self.insert(*id);
        }
        self
    }
}

/// `\n+48501234567\n…`, in the order of ids, which are contiguous from 1.
pub(super) struct Numbers {
    text: Vec<u8>,
    /// Where the number of id n+1 begins.
    starts: Vec<u32>,
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self { text: vec![b'\n'], starts: Vec::new() }
    }

    /// Whether the database has more numbers than this.
    pub(super) fn is_behind(&self, conn: &Connection) -> Sql<bool> {
        let last: i64 = conn.prepare_cached("SELECT ifnull(max(id), 0) FROM number")?.query_row([], |row| row.get(0))?;
        Ok(last > self.starts.len() as i64)
    }

    /// Appends the numbers that are new in the database.
    pub(super) fn refresh(&mut self, conn: &Connection) -> Sql<()> {
        let mut statement = conn.prepare_cached("SELECT canonical FROM number WHERE id>?1 ORDER BY id")?;
        let mut rows = statement.query([self.starts.len() as i64])?;
        while let Some(row) = rows.next()? {
            let start = self.text.len() as u32;
            self.starts.push(start);
            let canonical = row.get_ref(0)?.as_bytes().unwrap_or_default();
            self.text.extend(canonical.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }));
            self.text.push(b'\n');
        }
        Ok(())
    }

    pub(super) fn text(&self, id: i64) -> Option<&str> {
        let index = usize::try_from(id).ok()?.checked_sub(1)?;
        let start = *self.starts.get(index)? as usize;
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| *next as usize) - 1;
        std::str::from_utf8(&self.text[start..end]).ok()
    }

    /// Ids of all numbers that contain any of the fragments.
    pub(super) fn matching(&self, pattern: &NumberPattern) -> NumberSet {
        let mut set = NumberSet::default();
        for fragment in &pattern.fragments {
            self.scan(fragment, &mut set);
        }
        set
    }

    fn scan(&self, fragment: &NumberFragment, set: &mut NumberSet) {
        let mut needle = Vec::with_capacity(fragment.digits.len() + 2);
        if fragment.from_start {
            needle.push(b'\n');
        }
        needle.extend_from_slice(fragment.digits.as_bytes());
        if fragment.to_end {
            needle.push(b'\n');
        }
        if fragment.digits.is_empty() {
            return;
        }
        let finder = memmem::Finder::new(&needle);
        let mut at = 0;
        while let Some(found) = finder.find(&self.text[at..]) {
            let digits = at + found + usize::from(fragment.from_start);
            let index = self.starts.partition_point(|start| *start as usize <= digits);
            set.insert(index as i64);
            let Some(next) = self.starts.get(index) else { break };
            at = *next as usize - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(list: &[&str]) -> Numbers {
        let conn = Connection::open_in_memory().expect("open");
        conn.execute_batch("CREATE TABLE number(id INTEGER PRIMARY KEY, canonical TEXT)").expect("table");
        let mut numbers = Numbers::new();
        for number in list {
            conn.execute("INSERT INTO number(canonical) VALUES(?1)", [number]).expect("insert");
            assert!(numbers.is_behind(&conn).expect("behind"));
            numbers.refresh(&conn).expect("refresh");
        }
        numbers
    }

    fn hits(numbers: &Numbers, digits: &str, from_start: bool, to_end: bool) -> Vec<i64> {
        let fragment = NumberFragment { digits: digits.to_owned(), from_start, to_end };
        numbers.matching(&NumberPattern { fragments: vec![fragment] }).ids().to_vec()
    }

    #[test]
    fn fragments_find_numbers() {
        let numbers = numbers(&["+48501234567", "101", "+421501", "501", "5015"]);
        assert_eq!(hits(&numbers, "501", false, false), [1, 3, 4, 5]);
        assert_eq!(hits(&numbers, "501", true, false), [4, 5]);
        assert_eq!(hits(&numbers, "501", false, true), [3, 4]);
        assert_eq!(hits(&numbers, "501", true, true), [4]);
        assert_eq!(hits(&numbers, "1", false, false), [1, 2, 3, 4, 5]);
        assert_eq!(hits(&numbers, "+4", true, false), [1, 3]);
        assert!(hits(&numbers, "999", false, false).is_empty());
        assert_eq!(numbers.text(5), Some("5015"));
        assert_eq!(numbers.text(6), None);
        assert_eq!(numbers.text(0), None);
    }
}
