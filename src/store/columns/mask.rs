//! Which rows of a stretch are meant: a byte of 0 or 1 a row, which the processor compares and joins many at a time.

use super::block::{Ints, Word, by_width};

/// Rows of a stretch that pass.
pub(in crate::store) enum Hits {
    None,
    All,
    /// As long as the stretch.
    Some(Vec<u8>),
}

impl Hits {
    pub(in crate::store) fn of_bool(all: bool) -> Self {
        if all { Self::All } else { Self::None }
    }

    /// None or all, where the mask says nothing else.
    pub(in crate::store) fn settle(self) -> Self {
        match self {
            Self::Some(mask) if mask.iter().all(|row| *row == 0) => Self::None,
            other => other,
        }
    }

    pub(in crate::store) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::All, other) | (other, Self::All) => other,
            (Self::Some(mut mask), Self::Some(other)) => {
                mask.iter_mut().zip(&other).for_each(|(row, other)| *row &= other);
                Self::Some(mask)
            }
        }
    }

    pub(in crate::store) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::None, other) | (other, Self::None) => other,
            (Self::Some(mut mask), Self::Some(other)) => {
                mask.iter_mut().zip(&other).for_each(|(row, other)| *row |= other);
                Self::Some(mask)
            }
        }
    }

    pub(in crate::store) fn not(self) -> Self {
        match self {
            Self::None => Self::All,
            Self::All => Self::None,
            Self::Some(mut mask) => {
                mask.iter_mut().for_each(|row| *row ^= 1);
                Self::Some(mask)
            }
        }
    }
}

/// Rows whose value is known and within, both ends included.
pub(in crate::store) fn between(ints: Ints<'_>, rows: std::ops::Range<usize>, from: i64, to: i64) -> Hits {
    fn test<W: Word>(words: &[W], from: W, to: W) -> Vec<u8> {
        words.iter().map(|word| u8::from(from <= *word) & u8::from(*word <= to)).collect()
    }
    if ints.block.misses(from, to) {
        return Hits::None;
    }
    if ints.block.within(from, to) {
        return Hits::All;
    }
    let least = ints.word_of(from.max(ints.block.least)).unwrap_or(0);
    let most = ints.word_of(to.min(ints.block.greatest)).unwrap_or(u64::MAX);
    by_width!(ints, words => Hits::Some(test(&words[rows], Word::narrow(least), Word::narrow(most))), Hits::All)
}

/// Rows whose value leads to a 1 in the table.
pub(in crate::store) fn looked_up(ints: Ints<'_>, rows: std::ops::Range<usize>, table: &[u8]) -> Hits {
    fn test<W: Word>(words: &[W], table: &[u8]) -> Vec<u8> {
        words.iter().map(|word| table.get(word.wide() as usize).copied().unwrap_or(0)).collect()
    }
    if table.iter().all(|value| *value == 0) {
        return Hits::None;
    }
    if table.iter().all(|value| *value == 1) {
        return Hits::All;
    }
    // Tables are of places, which count from 0; a block counts from its least.
    let table = table.get(ints.block.least.max(0) as usize..).unwrap_or(&[]);
    by_width!(ints, words => Hits::Some(test(&words[rows], table)), Hits::of_bool(table.first() == Some(&1)))
}

/// The rows of a mask, as places in their stretch.
pub(in crate::store) fn selection(mask: &[u8]) -> Vec<u16> {
    let mut rows = vec![0_u16; mask.len() + 1];
    let mut count = 0;
    for (place, row) in mask.iter().enumerate() {
        rows[count] = place as u16;
        count += usize::from(*row);
    }
    rows.truncate(count);
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::columns::block::{Aligned, append};

    proptest! {
        #[test]
        fn stretches_are_tested_as_each_value_is(
            values in prop::collection::vec(prop::option::of(prop_oneof![0_i64..9, -500_i64..500, 0_i64..100_000, any::<i64>()]), 1..80),
            from in -600_i64..70_000, to in -600_i64..100_000,
        ) {
            let mut image = Vec::new();
            let block = append(&mut image, &values);
            let image = Aligned::copy(&image);
            let ints = Ints::new(&block, &image.bytes()[..block.bytes as usize]);
            let start = values.len() / 3;
            let wanted: Vec<u8> =
                values[start..].iter().map(|value| u8::from(value.is_some_and(|value| from <= value && value <= to))).collect();
            let found = match between(ints, start..values.len(), from, to) {
                Hits::None => vec![0; wanted.len()],
                Hits::All => vec![1; wanted.len()],
                Hits::Some(mask) => mask,
            };
            prop_assert_eq!(&found, &wanted);
            let places: Vec<u16> = (0..wanted.len() as u16).filter(|place| wanted[*place as usize] == 1).collect();
            prop_assert_eq!(selection(&found), places);
        }
    }
}
