//! Writing an archive, from its first byte to its last.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, Write},
};

use sha2::{Digest, Sha256};
use tar::{EntryType, Header};

use super::{
    ArchiveError, BESIDE, COPIED, DATABASE, FACTS, Facts, MANIFEST, RECORDINGS, REPORT, Report, Result, Seal, TAR_BLOCK, hex,
    is_plain_name, is_recording_path,
};

/// Longest name that a header of tar holds whole.
const SHORT: usize = 99;

/// The header of a plain file that only its owner may read.
pub(super) fn header(name: &str, bytes: u64, modified: u64) -> Result<Vec<u8>> {
    let mut header = Header::new_gnu();
    header.set_path(name)?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(bytes);
    header.set_mtime(modified);
    header.set_cksum();
    Ok(header.as_bytes().to_vec())
}

/// Writes an archive piece by piece; nothing is sought back for. Pieces come in the order of the format.
pub struct ArchiveWriter<W> {
    inner: W,
    hashed: Sha256,
    manifest: BufWriter<File>,
    modified: u64,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins with the facts. `spool` is an empty file without a name, for the manifest; `modified` (seconds since 1970)
    /// stands with every file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(inner: W, spool: File, modified: u64, facts: &Facts) -> Result<Self> {
        let mut writer = Self { inner, hashed: Sha256::new(), manifest: BufWriter::new(spool), modified };
        let text = serde_json::to_vec_pretty(facts).map_err(io::Error::other)?;
        writer.add(FACTS, text.len() as u64, &mut text.as_slice())?;
        Ok(writer)
    }

    /// The compressed database.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn database(&mut self, bytes: u64, from: &mut dyn Read) -> Result<()> {
        self.add(DATABASE, bytes, from).map(drop)
    }

    /// A small file that lies beside the database.
    ///
    /// # Errors
    /// For a name that is no plain name, and when it cannot be read or written.
    pub fn beside(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        if !is_plain_name(name) {
            return Err(ArchiveError::Wrong(format!("{name:?} is not a name for an archive")));
        }
        self.add(&format!("{BESIDE}{name}"), bytes.len() as u64, &mut &*bytes).map(drop)
    }

    /// A recording or clip; gives its hash.
    ///
    /// # Errors
    /// For a path that [`is_recording_path`] refuses, for a file that is shorter than said, and when it cannot be written.
    pub fn recording(&mut self, path: &str, bytes: u64, from: &mut dyn Read) -> Result<[u8; 32]> {
        if !is_recording_path(path) {
            return Err(ArchiveError::Wrong(format!("{path:?} is not a path of a recording")));
        }
        self.add(&format!("{RECORDINGS}{path}"), bytes, from)
    }

    /// Report, manifest and seal; gives back the writer, flushed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, report: &Report, seal: Seal) -> Result<W> {
        let text = serde_json::to_vec_pretty(report).map_err(io::Error::other)?;
        self.add(REPORT, text.len() as u64, &mut text.as_slice())?;
        self.manifest.flush()?;
        let mut manifest = self.manifest.get_ref().try_clone()?;
        let bytes = manifest.stream_position()?;
        manifest.rewind()?;
        self.add(MANIFEST, bytes, &mut manifest.take(bytes))?;
        let end = seal.bytes(self.hashed)?;
        self.inner.write_all(&end)?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    fn add(&mut self, name: &str, bytes: u64, from: &mut dyn Read) -> Result<[u8; 32]> {
        if name.len() > SHORT {
            // GNU's way of longer names: a file of its own before the file.
            let mut long = Header::new_gnu();
            long.set_path("././@LongLink")?;
            long.set_entry_type(EntryType::GNULongName);
            long.set_mode(0o600);
            long.set_size(name.len() as u64 + 1);
            long.set_cksum();
            self.put(long.as_bytes())?;
            self.put(name.as_bytes())?;
            self.pad(name.len() as u64, 1)?;
        }
        let short: String = name.chars().take(SHORT).collect();
        let head = header(&short, bytes, self.modified)?;
        self.put(&head)?;
        let (mut hash, mut done) = (Sha256::new(), 0);
        let mut block = vec![0; COPIED];
        while done < bytes {
            let most = COPIED.min(usize::try_from(bytes - done).unwrap_or(COPIED));
            match from.read(&mut block[..most]) {
                Ok(0) => return Err(ArchiveError::Wrong(format!("{name} became shorter while it was read"))),
                Ok(count) => {
                    hash.update(&block[..count]);
                    self.put(&block[..count])?;
                    done += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.pad(bytes, 0)?;
        let hash: [u8; 32] = hash.finalize().into();
        if name != MANIFEST {
            writeln!(self.manifest, "{}  {name}", hex(&hash))?;
        }
        Ok(hash)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hashed.update(bytes);
        self.inner.write_all(bytes)?;
        Ok(())
    }

    /// Zeros up to the next block, `least` of them at least.
    fn pad(&mut self, bytes: u64, least: usize) -> Result<()> {
        let over = (bytes % TAR_BLOCK as u64) as usize;
        let zeros = least + (TAR_BLOCK - (over + least) % TAR_BLOCK) % TAR_BLOCK;
        self.put(&[0; 2 * TAR_BLOCK][..zeros])
    }
}
