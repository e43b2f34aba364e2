//! Numbers as one byte string, in which fragments are found.

use memchr::memmem;

use super::set::NumberSet;
use crate::domain::query::NumberFragment;

/// `\n+48501234567\n…\n`, in the order of ids.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    /// Where each number begins.
    pub(super) starts: &'a [u32],
    /// Id of the first of them.
    pub(super) first: usize,
}

/// Fragments so short are in so many numbers that looking at each is quicker than searching for the next.
const SHORT: usize = 2;

impl<'a> Text<'a> {
    /// The nth number.
    pub(super) fn get(&self, index: usize) -> Option<&'a str> {
        let start = *self.starts.get(index)? as usize;
        let end = self.starts.get(index + 1).map_or(self.bytes.len(), |next| *next as usize);
        std::str::from_utf8(self.bytes.get(start..end.checked_sub(1)?)?).ok()
    }

    /// Adds the ids of the numbers that have the fragment.
    pub(super) fn scan(&self, fragment: &NumberFragment, set: &mut NumberSet) {
        let digits = fragment.digits.as_bytes();
        match (fragment.from_start, fragment.to_end) {
            _ if digits.is_empty() => {}
            (true, _) => {
                let mut needle = digits.to_vec();
                needle.extend(fragment.to_end.then_some(b'\n'));
                for (index, start) in self.starts.iter().enumerate() {
                    if self.bytes.get(*start as usize..).is_some_and(|rest| rest.starts_with(&needle)) {
                        set.insert((self.first + index) as i64);
                    }
                }
            }
            (false, false) if digits.len() <= SHORT => self.scan_short(digits, set),
            (false, to_end) => {
                let mut needle = digits.to_vec();
                needle.extend(to_end.then_some(b'\n'));
                self.search(&needle, set);
            }
        }
    }

    fn scan_short(&self, digits: &[u8], set: &mut NumberSet) {
        let (before, last) = match digits {
            [last] => (None, *last),
            [before, last] => (Some(*before), *last),
            _ => return,
        };
        let (mut previous, mut hit, mut id) = (b'\n', false, self.first as i64);
        for byte in self.bytes.iter().skip(1) {
            hit |= *byte == last && before.is_none_or(|before| before == previous);
            previous = *byte;
            if *byte == b'\n' {
                if hit {
                    set.insert(id);
                }
                hit = false;
                id += 1;
            }
        }
    }

    fn search(&self, needle: &[u8], set: &mut NumberSet) {
        let finder = memmem::Finder::new(needle);
        let (mut at, mut index) = (0, 0);
        while let Some(found) = self.bytes.get(at..).and_then(|rest| finder.find(rest)) {
            index = self.number_at(at + found, index);
            set.insert((self.first + index) as i64);
            let Some(next) = self.starts.get(index + 1) else { break };
            at = *next as usize;
        }
    }

    /// The number that has this byte, at or after the nth: hits come in order, so the steps grow from there.
    fn number_at(&self, byte: usize, from: usize) -> usize {
        let mut step = 1;
        while self.starts.get(from + step).is_some_and(|start| *start as usize <= byte) {
            step *= 2;
        }
        let (low, high) = (from + step / 2, (from + step).min(self.starts.len()));
        low + self.starts[low..high].partition_point(|start| *start as usize <= byte) - 1
    }
}
