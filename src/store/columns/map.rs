//! A file that is read where it lies; where the system gives no memory for that, piece by piece.

use std::{fs::File, io, ops::Range, os::unix::fs::FileExt};

use super::block::Aligned;
use crate::store::room;

/// Stretches shorter than this are not worth a call.
#[cfg(target_os = "linux")]
const POPULATE: u64 = 32 << 10;

/// A file that nobody writes to any more: files of ours are replaced, never changed.
pub(in crate::store) struct Map {
    file: File,
    mapped: Option<memmap2::Mmap>,
    length: u64,
}

/// Bytes where they lie, or a copy.
pub(in crate::store) enum Piece<'a> {
    Lying(&'a [u8]),
    Read(Aligned, usize),
}

impl Map {
    pub(in crate::store) fn open(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        // A limit on address space leaves no room for much at once: what does not fit is noticed too late, by others.
        let mapped = room::fits(length).then(|| map(&file).ok()).flatten();
        Ok(Self { file, mapped, length })
    }

    pub(in crate::store) const fn is_mapped(&self) -> bool {
        self.mapped.is_some()
    }

    pub(in crate::store) const fn length(&self) -> u64 {
        self.length
    }

    /// Brings a stretch into the page tables at once, where the system can: page by page costs several times as much.
    pub(in crate::store) fn populate(&self, start: u64, length: u64) {
        #[cfg(target_os = "linux")]
        if let Some(mapped) = &self.mapped
            && length >= POPULATE
        {
            let _ = mapped.advise_range(memmap2::Advice::PopulateRead, start as usize, length as usize);
        }
    }

    /// # Errors
    /// Beyond the end of the file, or when the disk fails.
    pub(in crate::store) fn piece(&self, range: Range<u64>) -> io::Result<Piece<'_>> {
        if range.start > range.end || range.end > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let (start, length) = (range.start as usize, (range.end - range.start) as usize);
        if let Some(mapped) = &self.mapped {
            return mapped.get(start..start + length).map(Piece::Lying).ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = Aligned::zeroed(length);
        self.file.read_exact_at(&mut bytes.bytes_mut()[..length], range.start)?;
        Ok(Piece::Read(bytes, length))
    }
}

impl Piece<'_> {
    pub(in crate::store) fn bytes(&self) -> &[u8] {
        match self {
            Self::Lying(bytes) => bytes,
            Self::Read(bytes, length) => &bytes.bytes()[..*length],
        }
    }
}

#[expect(unsafe_code, reason = "mapping a file is only sound while nobody shortens it: ours are replaced by rename")]
fn map(file: &File) -> io::Result<memmap2::Mmap> {
    // SAFETY: files of column indexes are written under another name, then renamed, and never opened for writing again.
    unsafe { memmap2::Mmap::map(file) }
}
