//! The end of an archive: a hash of everything before it.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::{ArchiveError, END, Result, TAR_BLOCK, hex, write::header};

/// Header, text, and the two empty blocks that end a tar.
const LENGTH: usize = 4 * TAR_BLOCK;

/// What the seal tells beside the hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seal {
    pub missing: u64,
    pub damaged: u64,
}

impl Seal {
    pub(super) const LENGTH: u64 = LENGTH as u64;

    fn counts(self) -> String {
        format!("missing {} damaged {}", self.missing, self.damaged)
    }

    /// The bytes that end an archive whose other bytes were hashed so.
    pub(super) fn bytes(self, hashed: Sha256) -> Result<Vec<u8>> {
        let counts = self.counts();
        let digest = hashed.chain_update(counts.as_bytes()).finalize();
        let text = format!("sha256 {} {counts}\n", hex(&digest));
        let mut bytes = header(END, text.len() as u64, 0)?;
        bytes.extend_from_slice(text.as_bytes());
        bytes.resize(LENGTH, 0);
        Ok(bytes)
    }

    /// Reads the counts and compares every byte with what the hash says that they should be.
    pub(super) fn check(bytes: &[u8], hashed: Sha256) -> Result<Self> {
        let cut = || {
            ArchiveError::Wrong(
                "it has no whole end: it was cut off, or something was added behind it; make the backup again".to_owned(),
            )
        };
        let text = bytes.get(TAR_BLOCK..2 * TAR_BLOCK).and_then(|text| std::str::from_utf8(text).ok()).ok_or_else(cut)?;
        let words: Vec<&str> = text.trim_end_matches('\0').split_whitespace().collect();
        let ["sha256", _, "missing", missing, "damaged", damaged] = words[..] else { return Err(cut()) };
        let seal = Self { missing: missing.parse().map_err(|_| cut())?, damaged: damaged.parse().map_err(|_| cut())? };
        if seal.bytes(hashed)? == bytes {
            Ok(seal)
        } else {
            Err(ArchiveError::Wrong("its bytes are not those that were written: it is damaged; use another backup".to_owned()))
        }
    }
}

/// Passes an archive on and knows at its end whether it came whole.
pub struct SealCheck<W> {
    inner: W,
    hashed: Sha256,
    /// The last bytes, which may be the seal.
    held: Vec<u8>,
}

impl<W: Write> SealCheck<W> {
    pub fn new(inner: W) -> Self {
        Self { inner, hashed: Sha256::new(), held: Vec::with_capacity(2 * LENGTH) }
    }

    /// The writer and what the seal tells.
    ///
    /// # Errors
    /// When what came is not a whole archive.
    pub fn finish(self) -> Result<(W, Seal)> {
        let seal = Seal::check(&self.held, self.hashed)?;
        Ok((self.inner, seal))
    }
}

impl<W: Write> Write for SealCheck<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.held.extend_from_slice(&bytes[..count]);
        let sure = self.held.len().saturating_sub(LENGTH);
        self.hashed.update(&self.held[..sure]);
        self.held.drain(..sure);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
