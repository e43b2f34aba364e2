//! Numbers in a file: text, where each begins, its place in the order, and the order itself.

use std::sync::Arc;

use super::{Numbers, order::natural, text::Text};
use crate::store::columns::{Damaged, Image, ImageBuilder};

/// Blocks of an image of numbers.
pub(in crate::store) const BLOCKS: usize = 4;

/// The blocks at hand.
pub(super) struct All<'a> {
    pub(super) text: Text<'a>,
    /// By id, from 0; equal texts have the same.
    pub(super) ranks: &'a [u32],
    /// Indexes of the numbers, ascending by text.
    pub(super) order: &'a [u32],
}

impl All<'_> {
    /// Where a text stands: twice the rank of its equal, or between.
    pub(super) fn place(&self, text: &str) -> u32 {
        let at = |index: &u32| self.text.get(*index as usize).unwrap_or_default();
        let below = self.order.partition_point(|index| natural(at(index), text).is_lt());
        match self.order.get(below) {
            Some(index) if at(index) == text => self.ranks.get(*index as usize).map_or(0, |rank| rank * 2),
            Some(index) => self.ranks.get(*index as usize).map_or(0, |rank| (rank * 2).saturating_sub(1)),
            None => self.order.last().and_then(|index| self.ranks.get(*index as usize)).map_or(1, |rank| rank * 2 + 1),
        }
    }
}

pub(super) fn with<T>(image: &Image, work: impl FnOnce(All<'_>) -> T) -> Result<T, Damaged> {
    let [bytes, starts, ranks, order] = [image.load(0)?, image.load(1)?, image.load(2)?, image.load(3)?];
    let words = |bytes| bytemuck::try_cast_slice::<u8, u32>(bytes).map_err(|_error| Damaged);
    let text = Text { bytes: bytes.bytes(), starts: words(starts.bytes())?, first: 1 };
    Ok(work(All { text, ranks: words(ranks.bytes())?, order: words(order.bytes())? }))
}

pub(super) fn count(image: &Image) -> Result<usize, Damaged> {
    with(image, |all| all.text.starts.len())
}

/// Everything a dictionary knows, as an image for a file.
///
/// # Errors
/// When the file that it is read from is not what was written.
pub(in crate::store) fn keep(numbers: &Numbers) -> Result<Arc<Image>, Damaged> {
    let (kept, newer, newer_starts) = numbers.parts();
    if let Some(kept) = kept.filter(|_| newer_starts.is_empty()) {
        return Ok(Arc::clone(kept));
    }
    let (mut bytes, mut starts, mut order) = (vec![b'\n'], Vec::new(), Vec::new());
    if let Some(kept) = kept {
        with(kept, |all| {
            bytes = all.text.bytes.to_vec();
            starts = all.text.starts.to_vec();
            order = all.order.to_vec();
        })?;
    }
    let (known, shift) = (starts.len() as u32, bytes.len() as u32 - 1);
    bytes.extend_from_slice(newer.get(1..).unwrap_or_default());
    starts.extend(newer_starts.iter().map(|start| start + shift));
    let text = Text { bytes: &bytes, starts: &starts, first: 1 };
    let at = |index: u32| text.get(index as usize).unwrap_or_default();
    let mut more: Vec<u32> = (known..starts.len() as u32).collect();
    more.sort_unstable_by(|left, right| natural(at(*left), at(*right)));
    let order = merge(&order, &more, |left, right| natural(at(left), at(right)).is_le());
    let mut ranks = vec![0_u32; starts.len()];
    let (mut rank, mut before) = (0, None);
    for index in &order {
        let text = at(*index);
        if before != Some(text) {
            rank += 1;
        }
        before = Some(text);
        ranks[*index as usize] = rank;
    }
    let mut image = ImageBuilder::default();
    image.push_bytes(&bytes);
    image.push_bytes(bytemuck::cast_slice(&starts));
    image.push_bytes(bytemuck::cast_slice(&ranks));
    image.push_bytes(bytemuck::cast_slice(&order));
    Ok(Arc::new(image.finish()))
}

/// Two ascending lists as one.
fn merge(left: &[u32], right: &[u32], before: impl Fn(u32, u32) -> bool) -> Vec<u32> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut from = 0;
    for item in right {
        let until = from + left[from..].partition_point(|other| before(*other, *item));
        merged.extend_from_slice(&left[from..until]);
        merged.push(*item);
        from = until;
    }
    merged.extend_from_slice(&left[from..]);
    merged
}
