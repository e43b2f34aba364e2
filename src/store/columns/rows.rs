//! Rows of a segment that a pass goes over, and what is counted and summed over them.

use std::ops::Range;

use super::{
    block::{Ints, Word, by_width},
    mask::{self, Hits},
};

/// Rows of a segment.
pub(in crate::store) enum Rows {
    Range(Range<usize>),
    /// Places after the first.
    Picked(usize, Vec<u16>),
    /// Many: 1 for each row after the first that is meant, and how many are.
    Masked(usize, Vec<u8>, usize),
}

/// One row in so many is enough to look at all rather than at places.
const MANY: usize = 4;
/// Ones that a `u16` can count.
const FEW: usize = 16_384;

impl Rows {
    pub(in crate::store) fn of(hits: Hits, stretch: Range<usize>) -> Option<Self> {
        match hits {
            Hits::None => None,
            Hits::All => (!stretch.is_empty()).then_some(Self::Range(stretch)),
            Hits::Some(mask) => {
                let count = mask.iter().map(|row| usize::from(*row)).sum::<usize>();
                match count {
                    0 => None,
                    _ if count * MANY >= mask.len() => Some(Self::Masked(stretch.start, mask, count)),
                    _ => Some(Self::Picked(stretch.start, mask::selection(&mask))),
                }
            }
        }
    }

    pub(in crate::store) fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.len(),
            Self::Picked(_, places) => places.len(),
            Self::Masked(_, _, count) => *count,
        }
    }

    pub(in crate::store) fn each(&self, mut each: impl FnMut(usize)) {
        match self {
            Self::Range(range) => range.clone().for_each(each),
            Self::Picked(first, places) => places.iter().for_each(|place| each(first + usize::from(*place))),
            Self::Masked(first, mask, _) => {
                mask.iter().enumerate().filter(|(_, row)| **row == 1).for_each(|(place, _)| each(first + place));
            }
        }
    }

    /// Each row with its value; the width is looked at once.
    pub(in crate::store) fn values(&self, ints: Ints<'_>, mut each: impl FnMut(usize, Option<i64>)) {
        fn run<W: Word>(rows: &Rows, words: &[W], ints: Ints<'_>, mut each: impl FnMut(usize, Option<i64>)) {
            let value = |word: W| {
                let known = !ints.block.unknown || word != W::UNKNOWN;
                known.then(|| ints.block.least.wrapping_add(word.wide().cast_signed()))
            };
            rows.each(|row| each(row, words.get(row).and_then(|word| value(*word))));
        }
        let same = (!ints.block.unknown).then_some(ints.block.least);
        by_width!(ints, words => run(self, words, ints, each), self.each(|row| each(row, same)));
    }

    /// Rows by value, of values from 0 to below `many`.
    pub(in crate::store) fn counts(&self, ints: Ints<'_>, many: usize) -> Vec<u32> {
        fn count<W: Word>(rows: &Rows, words: &[W], counts: &mut [u32]) {
            let mut add = |word: W, one: u32| {
                if let Some(count) = counts.get_mut(word.wide() as usize) {
                    *count += one;
                }
            };
            match rows {
                Rows::Range(range) => words[range.clone()].iter().for_each(|word| add(*word, 1)),
                Rows::Picked(first, places) => {
                    let words = &words[*first..];
                    places.iter().for_each(|place| add(words[usize::from(*place)], 1));
                }
                Rows::Masked(first, mask, _) => {
                    words[*first..].iter().zip(mask).for_each(|(word, row)| add(*word, u32::from(*row)));
                }
            }
        }
        let mut counts = vec![0; many];
        let least = (ints.block.least.max(0) as usize).min(many);
        by_width!(ints, words => count(self, words, &mut counts[least..]), {
            if let Some(count) = counts.get_mut(least) {
                *count = self.len() as u32;
            }
        });
        counts
    }

    /// The same rows, by place where they are not all.
    pub(in crate::store) fn picked(self) -> Self {
        match self {
            Self::Masked(first, mask, _) => Self::Picked(first, mask::selection(&mask)),
            other => other,
        }
    }

    /// What the value of each row, a place in a table, leads to. Of picked rows.
    pub(in crate::store) fn looked_up(&self, ints: Ints<'_>, table: &[u16]) -> Vec<u16> {
        fn run<W: Word>(rows: &Rows, words: &[W], table: &[u16]) -> Vec<u16> {
            let find = |word: W| table.get(word.wide() as usize).copied().unwrap_or(0);
            match rows {
                Rows::Range(range) => words[range.clone()].iter().map(|word| find(*word)).collect(),
                Rows::Picked(first, places) => {
                    let words = &words[*first..];
                    places.iter().map(|place| find(words[usize::from(*place)])).collect()
                }
                Rows::Masked(..) => Vec::new(),
            }
        }
        let table = table.get(ints.block.least.max(0) as usize..).unwrap_or(&[]);
        by_width!(ints, words => run(self, words, table), vec![table.first().copied().unwrap_or(0); self.len()])
    }

    /// The values of the rows from the nth on, 0 for unknown. Of picked rows.
    pub(in crate::store) fn gather(&self, ints: Ints<'_>, nth: usize, into: &mut [i64]) {
        fn run<W: Word>(rows: &Rows, words: &[W], ints: Ints<'_>, nth: usize, into: &mut [i64]) {
            let (least, unknown) = (ints.block.least, ints.block.unknown);
            let value = |word: W| {
                let known = least.wrapping_add(word.wide().cast_signed());
                if unknown && word == W::UNKNOWN { 0 } else { known }
            };
            match rows {
                Rows::Range(range) => {
                    into.iter_mut().zip(&words[range.start + nth..]).for_each(|(into, word)| *into = value(*word));
                }
                Rows::Picked(first, places) => {
                    let words = &words[*first..];
                    let values = places[nth..].iter().map(|place| value(words[usize::from(*place)]));
                    into.iter_mut().zip(values).for_each(|(into, value)| *into = value);
                }
                Rows::Masked(..) => {}
            }
        }
        let same = if ints.block.unknown { 0 } else { ints.block.least };
        by_width!(ints, words => run(self, words, ints, nth, into), into.fill(same));
    }

    /// How many lie in a stretch of rows.
    pub(in crate::store) fn within(&self, stretch: Range<usize>) -> usize {
        match self {
            Self::Range(range) => range.end.min(stretch.end).saturating_sub(range.start.max(stretch.start)),
            Self::Picked(first, places) => {
                let before = |row: usize| places.partition_point(|place| first + usize::from(*place) < row);
                before(stretch.end).saturating_sub(before(stretch.start))
            }
            Self::Masked(first, mask, _) => {
                let (start, end) = (stretch.start.saturating_sub(*first), stretch.end.saturating_sub(*first).min(mask.len()));
                mask.get(start..end).map_or(0, |mask| mask.iter().map(|row| usize::from(*row)).sum())
            }
        }
    }

    /// How many have a known value of at least so much.
    pub(in crate::store) fn at_least(&self, ints: Ints<'_>, least: i64) -> u64 {
        // In small sums, so that many are counted at a time.
        fn sum(ones: impl Iterator<Item = u16>) -> u64 {
            u64::from(ones.sum::<u16>())
        }
        fn count<W: Word>(rows: &Rows, words: &[W], least: W, most: W) -> u64 {
            let test = |word: W| u16::from(least <= word) & u16::from(word <= most);
            match rows {
                Rows::Range(range) => {
                    words[range.clone()].chunks(FEW).map(|words| sum(words.iter().map(|word| test(*word)))).sum()
                }
                Rows::Picked(first, places) => {
                    let words = &words[*first..];
                    places.chunks(FEW).map(|places| sum(places.iter().map(|place| test(words[usize::from(*place)])))).sum()
                }
                Rows::Masked(first, mask, _) => {
                    let pairs = words[*first..].chunks(FEW).zip(mask.chunks(FEW));
                    let both = |(words, mask): (&[W], &[u8])| {
                        sum(words.iter().zip(mask).map(|(word, row)| test(*word) & u16::from(*row)))
                    };
                    pairs.map(both).sum()
                }
            }
        }
        if ints.block.misses(least, i64::MAX) {
            return 0;
        }
        if ints.block.within(least, i64::MAX) {
            return self.len() as u64;
        }
        let from = ints.word_of(least.max(ints.block.least)).unwrap_or(0);
        let most = ints.word_of(ints.block.greatest).unwrap_or(u64::MAX);
        by_width!(ints, words => count(self, words, Word::narrow(from), Word::narrow(most)), self.len() as u64)
    }

    /// Sum of the known values.
    pub(in crate::store) fn sum(&self, ints: Ints<'_>) -> i64 {
        fn sum<W: Word>(rows: &Rows, words: &[W], ints: Ints<'_>) -> i64 {
            let unknown = ints.block.unknown;
            let (mut sum, mut known) = (0_u64, 0_u64);
            let mut add = |word: W, meant: bool| {
                let counts = meant && (!unknown || word != W::UNKNOWN);
                sum = sum.wrapping_add(if counts { word.wide() } else { 0 });
                known += u64::from(counts);
            };
            match rows {
                Rows::Range(range) => words[range.clone()].iter().for_each(|word| add(*word, true)),
                Rows::Picked(first, places) => {
                    let words = &words[*first..];
                    places.iter().for_each(|place| add(words[usize::from(*place)], true));
                }
                Rows::Masked(first, mask, count) if !unknown => {
                    // Without a branch, so that many are summed at a time.
                    let masked = words[*first..].iter().zip(mask).map(|(word, row)| word.wide().wrapping_mul(u64::from(*row)));
                    sum = masked.fold(0, u64::wrapping_add);
                    known = *count as u64;
                }
                Rows::Masked(first, mask, _) => {
                    words[*first..].iter().zip(mask).for_each(|(word, row)| add(*word, *row == 1));
                }
            }
            sum.cast_signed().wrapping_add(ints.block.least.wrapping_mul(known.cast_signed()))
        }
        if ints.block.all_unknown() {
            return 0;
        }
        by_width!(ints, words => sum(self, words, ints), ints.block.least.wrapping_mul(self.len() as i64))
    }
}
