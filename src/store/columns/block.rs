//! Whole numbers in as few bytes as hold them: one width for a block, each value as its distance from the least of them.

use bytemuck::{Pod, cast_slice, try_cast_slice};

/// Words of one block in the directory of a file.
pub(in crate::store) const WORDS: usize = 7;

/// How the numbers of a block are written, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Block {
    /// From the beginning of its image; a multiple of 8.
    pub(in crate::store) offset: u64,
    pub(in crate::store) bytes: u64,
    pub(in crate::store) checksum: u64,
    pub(in crate::store) count: u64,
    /// The least known value; what is written counts from here.
    pub(in crate::store) least: i64,
    pub(in crate::store) greatest: i64,
    /// Bytes of a value: 0 (all are the same), 1, 2, 4 or 8.
    pub(in crate::store) width: u8,
    /// Some are unknown: the greatest word of the width, or all of them at width 0.
    pub(in crate::store) unknown: bool,
}

impl Block {
    pub(in crate::store) fn to_words(self) -> [u64; WORDS] {
        let form = u64::from(self.width) | u64::from(self.unknown) << 8;
        let (least, greatest) = (self.least.cast_unsigned(), self.greatest.cast_unsigned());
        [self.offset, self.bytes, self.checksum, self.count, least, greatest, form]
    }

    /// None if no writer of ours made it.
    pub(in crate::store) fn of_words(words: &[u64]) -> Option<Self> {
        let [offset, bytes, checksum, count, least, greatest, form] = <[u64; WORDS]>::try_from(words).ok()?;
        let width = (form & 0xff) as u8;
        let fits = matches!(width, 0 | 1 | 2 | 4 | 8) && bytes == count.checked_mul(u64::from(width))? && offset % 8 == 0;
        fits.then_some(Self {
            offset,
            bytes,
            checksum,
            count,
            least: least.cast_signed(),
            greatest: greatest.cast_signed(),
            width,
            unknown: form >> 8 & 1 == 1,
        })
    }

    /// Whether no known value lies within.
    pub(in crate::store) const fn misses(&self, from: i64, to: i64) -> bool {
        self.all_unknown() || to < self.least || self.greatest < from
    }

    /// Whether every value is known and lies within.
    pub(in crate::store) const fn within(&self, from: i64, to: i64) -> bool {
        !self.unknown && from <= self.least && self.greatest <= to
    }

    pub(in crate::store) const fn all_unknown(&self) -> bool {
        self.unknown && self.width == 0
    }
}

/// Appends the values to an image, padded to 8 bytes, and tells where and how.
pub(in crate::store) fn append(image: &mut Vec<u8>, values: &[Option<i64>]) -> Block {
    let known = || values.iter().flatten().copied();
    let (least, greatest) = (known().min().unwrap_or(0), known().max().unwrap_or(0));
    let unknown = values.iter().any(Option::is_none);
    let distance = greatest.wrapping_sub(least).cast_unsigned();
    let nothing_known = known().next().is_none();
    let width = match distance.saturating_add(u64::from(unknown)) {
        0 => 0,
        _ if nothing_known => 0,
        most if most <= u64::from(u8::MAX) => 1,
        most if most <= u64::from(u16::MAX) => 2,
        most if most <= u64::from(u32::MAX) => 4,
        _ => 8,
    };
    let offset = image.len() as u64;
    let word = |value: &Option<i64>| value.map_or(u64::MAX, |value| value.wrapping_sub(least).cast_unsigned());
    for value in values {
        image.extend_from_slice(&word(value).to_le_bytes()[..usize::from(width)]);
    }
    let bytes = image.len() as u64 - offset;
    image.resize(image.len().next_multiple_of(8), 0);
    let checksum = checksum(&image[offset as usize..(offset + bytes) as usize]);
    Block { offset, bytes, checksum, count: values.len() as u64, least, greatest, width, unknown }
}

pub(in crate::store) fn checksum(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// A word of a block.
pub(in crate::store) trait Word: Pod + Ord {
    const UNKNOWN: Self;
    fn wide(self) -> u64;
    /// The word itself, or the greatest there is.
    fn narrow(value: u64) -> Self;
}

macro_rules! words {
    ($($kind:ty),*) => {$(
        impl Word for $kind {
            const UNKNOWN: Self = Self::MAX;
            fn wide(self) -> u64 { self as u64 }
            fn narrow(value: u64) -> Self { Self::try_from(value).unwrap_or(Self::MAX) }
        }
    )*};
}
words!(u8, u16, u32, u64);

/// The numbers of a block, read where they lie.
#[derive(Clone, Copy)]
pub(in crate::store) struct Ints<'a> {
    pub(in crate::store) block: &'a Block,
    bytes: &'a [u8],
}

/// Runs an expression with the words of their own width; the other one where all values are the same.
macro_rules! by_width {
    ($ints:expr, $words:ident => $some:expr, $none:expr) => {
        match $ints.block.width {
            1 => {
                let $words: &[u8] = $ints.words();
                $some
            }
            2 => {
                let $words: &[u16] = $ints.words();
                $some
            }
            4 => {
                let $words: &[u32] = $ints.words();
                $some
            }
            8 => {
                let $words: &[u64] = $ints.words();
                $some
            }
            _ => $none,
        }
    };
}
pub(in crate::store) use by_width;

impl<'a> Ints<'a> {
    pub(in crate::store) const fn new(block: &'a Block, bytes: &'a [u8]) -> Self {
        Self { block, bytes }
    }

    /// Words of the width of the block; empty for another width.
    pub(in crate::store) fn words<W: Word>(&self) -> &'a [W] {
        if cfg!(target_endian = "big") || size_of::<W>() != usize::from(self.block.width) {
            return &[];
        }
        try_cast_slice(self.bytes).unwrap_or(&[])
    }

    pub(in crate::store) fn len(&self) -> usize {
        self.block.count as usize
    }

    pub(in crate::store) fn get(&self, index: usize) -> Option<i64> {
        fn at<W: Word>(words: &[W], index: usize, block: &Block) -> Option<i64> {
            let word = *words.get(index)?;
            (!block.unknown || word != W::UNKNOWN).then(|| block.least.wrapping_add(word.wide().cast_signed()))
        }
        by_width!(self, words => at(words, index, self.block), (!self.block.unknown).then_some(self.block.least))
    }

    /// Where a value would be written, if it can be.
    pub(in crate::store) fn word_of(&self, value: i64) -> Option<u64> {
        (self.block.least <= value && value <= self.block.greatest).then(|| value.wrapping_sub(self.block.least).cast_unsigned())
    }

    /// Known values at or after `value`, in a block whose values ascend: the place of the first.
    pub(in crate::store) fn partition(&self, value: i64) -> usize {
        if value <= self.block.least {
            return 0;
        }
        if value > self.block.greatest {
            return self.len();
        }
        let word = value.wrapping_sub(self.block.least).cast_unsigned();
        by_width!(self, words => words.partition_point(|at| at.wide() < word), 0)
    }

    /// Each value in order; the width is looked at once.
    pub(in crate::store) fn each(&self, mut each: impl FnMut(Option<i64>)) {
        fn run<W: Word>(words: &[W], block: &Block, mut each: impl FnMut(Option<i64>)) {
            for word in words {
                let known = !block.unknown || *word != W::UNKNOWN;
                each(known.then(|| block.least.wrapping_add(word.wide().cast_signed())));
            }
        }
        let same = (!self.block.unknown).then_some(self.block.least);
        by_width!(self, words => run(words, self.block, each), (0..self.len()).for_each(|_| each(same)));
    }

    pub(in crate::store) fn iter(self) -> impl Iterator<Item = Option<i64>> + 'a {
        (0..self.len()).map(move |index| self.get(index))
    }
}

/// A buffer of bytes that begins where any word may begin.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Aligned(Vec<u64>);

impl Aligned {
    pub(in crate::store) fn copy(bytes: &[u8]) -> Self {
        let mut copy = Self::zeroed(bytes.len());
        copy.bytes_mut()[..bytes.len()].copy_from_slice(bytes);
        copy
    }

    /// At least so many bytes.
    pub(in crate::store) fn zeroed(length: usize) -> Self {
        Self(vec![0; length.div_ceil(8)])
    }

    pub(in crate::store) fn bytes_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.0)
    }

    pub(in crate::store) fn bytes(&self) -> &[u8] {
        cast_slice(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round_trip(values: &[Option<i64>]) -> u8 {
        let mut image = vec![1, 2, 3, 4, 5, 6, 7, 8];
        let block = append(&mut image, values);
        assert_eq!(Block::of_words(&block.to_words()), Some(block));
        let image = Aligned::copy(&image);
        let bytes = &image.bytes()[block.offset as usize..(block.offset + block.bytes) as usize];
        assert_eq!(checksum(bytes), block.checksum);
        assert_eq!(Ints::new(&block, bytes).iter().collect::<Vec<_>>(), values);
        let mut each = Vec::new();
        Ints::new(&block, bytes).each(|value| each.push(value));
        assert_eq!(each, values);
        block.width
    }

    #[test]
    fn values_take_no_more_than_they_need() {
        assert_eq!(round_trip(&[]), 0);
        assert_eq!(round_trip(&[Some(7); 5]), 0);
        assert_eq!(round_trip(&[None; 5]), 0);
        assert_eq!(round_trip(&[Some(7), None]), 1);
        assert_eq!(round_trip(&[Some(1_000_000), Some(1_000_255)]), 1);
        assert_eq!(round_trip(&[Some(1_000_000), Some(1_000_255), None]), 2);
        assert_eq!(round_trip(&[Some(-1), Some(65_534)]), 2);
        assert_eq!(round_trip(&[Some(0), Some(1 << 31)]), 4);
        assert_eq!(round_trip(&[Some(i64::MIN), Some(i64::MAX - 1), None]), 8);
    }

    #[test]
    fn ascending_values_are_found_by_halving() {
        let mut image = Vec::new();
        let block = append(&mut image, &[Some(10), Some(20), Some(20), Some(3000)]);
        let image = Aligned::copy(&image);
        let ints = Ints::new(&block, &image.bytes()[..block.bytes as usize]);
        let places: Vec<usize> = [0, 10, 11, 20, 21, 3000, 3001].iter().map(|value| ints.partition(*value)).collect();
        assert_eq!(places, [0, 0, 1, 1, 3, 3, 4]);
    }

    proptest! {
        #[test]
        fn any_values_come_back(values in prop::collection::vec(prop::option::of(prop_oneof![
            any::<i64>(), -300_i64..300, 0_i64..70_000]), 0..200)) {
            round_trip(&values);
        }
    }
}
