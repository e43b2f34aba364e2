//! Blocks that belong together, in memory or as a stretch of a file. What is read from a file is checked when first touched.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    block::{self, Aligned, Block, Ints, WORDS},
    map::{Map, Piece},
};

/// What was read is not what was written, or could not be read: the index is worth nothing.
#[derive(Debug)]
pub(in crate::store) struct Damaged;

impl From<io::Error> for Damaged {
    fn from(error: io::Error) -> Self {
        tracing::warn!(%error, "the column index cannot be read");
        Self
    }
}

enum Source {
    Memory(Aligned),
    File { map: Arc<Map>, start: u64 },
}

pub(in crate::store) struct Image {
    blocks: Box<[Block]>,
    source: Source,
    length: u64,
    checked: Box<[AtomicBool]>,
}

/// A block at hand.
pub(in crate::store) struct Loaded<'a> {
    block: &'a Block,
    piece: Piece<'a>,
}

impl Loaded<'_> {
    pub(in crate::store) fn ints(&self) -> Ints<'_> {
        Ints::new(self.block, self.piece.bytes())
    }

    pub(in crate::store) fn bytes(&self) -> &[u8] {
        self.piece.bytes()
    }
}

/// Builds an image block by block.
#[derive(Default)]
pub(in crate::store) struct ImageBuilder {
    bytes: Vec<u8>,
    blocks: Vec<Block>,
}

impl ImageBuilder {
    pub(in crate::store) fn push(&mut self, values: &[Option<i64>]) {
        let block = block::append(&mut self.bytes, values);
        self.blocks.push(block);
    }

    pub(in crate::store) fn push_known(&mut self, values: impl IntoIterator<Item = i64>) {
        let values: Vec<Option<i64>> = values.into_iter().map(Some).collect();
        self.push(&values);
    }

    /// Bytes as they are.
    pub(in crate::store) fn push_bytes(&mut self, bytes: &[u8]) {
        let offset = self.bytes.len() as u64;
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let count = bytes.len() as u64;
        let checksum = block::checksum(bytes);
        self.blocks.push(Block { offset, bytes: count, checksum, count, greatest: 255, width: 1, ..Block::default() });
    }

    pub(in crate::store) fn finish(self) -> Image {
        let checked = self.blocks.iter().map(|_| AtomicBool::new(true)).collect();
        let length = self.bytes.len() as u64;
        Image { blocks: self.blocks.into(), source: Source::Memory(Aligned::copy(&self.bytes)), length, checked }
    }
}

impl Image {
    /// A stretch of a file as its directory tells.
    pub(in crate::store) fn of_file(map: Arc<Map>, start: u64, length: u64, directory: &[u64]) -> Option<Self> {
        let blocks: Box<[Block]> = directory.chunks(WORDS).map(Block::of_words).collect::<Option<_>>()?;
        let inside = |block: &Block| block.offset.checked_add(block.bytes).is_some_and(|end| end <= length);
        let fits = start.checked_add(length).is_some_and(|end| end <= map.length()) && start.is_multiple_of(8);
        if !fits || !blocks.iter().all(inside) {
            return None;
        }
        let checked = blocks.iter().map(|_| AtomicBool::new(false)).collect();
        Some(Self { blocks, source: Source::File { map, start }, length, checked })
    }

    /// Into memory where it is not mapped: for what is read again and again.
    ///
    /// # Errors
    /// When it is not what was written.
    pub(in crate::store) fn lifted(self: Arc<Self>) -> Result<Arc<Self>, Damaged> {
        let Source::File { map, start } = &self.source else { return Ok(self) };
        if map.is_mapped() {
            return Ok(self);
        }
        let bytes = Aligned::copy(map.piece(*start..start + self.length)?.bytes());
        let checked = self.blocks.iter().map(|_| AtomicBool::new(false)).collect();
        Ok(Arc::new(Self { blocks: self.blocks.clone(), source: Source::Memory(bytes), length: self.length, checked }))
    }

    pub(in crate::store) fn directory(&self) -> impl Iterator<Item = u64> {
        self.blocks.iter().flat_map(|block| block.to_words())
    }

    pub(in crate::store) const fn length(&self) -> u64 {
        self.length
    }

    pub(in crate::store) fn block(&self, index: usize) -> &Block {
        &self.blocks[index]
    }

    /// # Errors
    /// When it is not what was written.
    pub(in crate::store) fn load(&self, index: usize) -> Result<Loaded<'_>, Damaged> {
        let block = &self.blocks[index];
        let piece = match &self.source {
            Source::Memory(bytes) => Piece::Lying(&bytes.bytes()[block.offset as usize..(block.offset + block.bytes) as usize]),
            Source::File { map, start } => {
                let start = start + block.offset;
                map.piece(start..start + block.bytes)?
            }
        };
        if !self.checked[index].load(Ordering::Relaxed) {
            if let Source::File { map, start } = &self.source {
                map.populate(start + block.offset, block.bytes);
            }
            if block::checksum(piece.bytes()) != block.checksum {
                tracing::warn!("a block of the column index is damaged");
                return Err(Damaged);
            }
            self.checked[index].store(true, Ordering::Relaxed);
        }
        Ok(Loaded { block, piece })
    }

    /// Everything, block after block, for another file.
    ///
    /// # Errors
    /// When it is not what was written.
    pub(in crate::store) fn write(&self, to: &mut impl io::Write) -> Result<(), WriteFault> {
        for index in 0..self.blocks.len() {
            // A copy of what is damaged would be checked against the same sum later; sooner is better.
            self.load(index).map_err(|Damaged| WriteFault::Damaged)?;
        }
        match &self.source {
            Source::Memory(bytes) => to.write_all(&bytes.bytes()[..self.length as usize])?,
            Source::File { map, start } => to.write_all(map.piece(*start..start + self.length)?.bytes())?,
        }
        Ok(())
    }
}

/// Why an image could not be copied.
#[derive(Debug)]
pub(in crate::store) enum WriteFault {
    Damaged,
    Disk(io::Error),
}

impl From<io::Error> for WriteFault {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}
