//! Bytes of recordings: put, read a range, verify. A folder beside the database that carries the database's id and
//! refuses any other.
//!
//! ```text
//! NAME.recordings/            0700
//!   callreel-vault            whose recordings these are
//!   .incoming-XXXXXX          a copy on its way in; locked by its writer, swept when that is gone
//!   .working-XXXXXX           somebody puts files whose rows come later; locked as long as they live
//!   3f/01JC…-3f5a9c0d12ab.wav RECORDINGID-HASH12.ext below the first byte of the hash
//! ```

mod marker;
mod path;
mod put;
#[cfg(test)]
mod tests;
mod working;

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use sha2::{Digest, Sha256};

use crate::domain::clean;

pub use working::{Interrupted, Working};

/// Why the vault did not do it; each names the file, why, and what now.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct VaultError(pub String);

/// The managed folder `NAME.recordings/`.
#[derive(Clone, Debug)]
pub struct Vault {
    root: PathBuf,
    /// Folders whose names are surely on the disk, by the first byte of the hash.
    settled: Arc<Vec<AtomicBool>>,
}

/// What came in: hash, size and where it lies now, relative to the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub sha256: [u8; 32],
    pub bytes: u64,
    pub path: String,
}

/// Bytes read at a time: large enough for a disk, small enough for the cache.
const BLOCK: usize = 128 * 1024;

impl Vault {
    /// Opens the folder, or makes it (0700) with a marker of `database_id` if `create`; refuses another database's folder.
    ///
    /// # Errors
    /// When there is no folder, it belongs to another database or to nobody, or it cannot be made.
    pub fn open(root: &Path, database_id: &str, create: bool) -> Result<Self, VaultError> {
        marker::claim(root, database_id, create)?;
        let root = root.canonicalize().map_err(|error| wrong("open the folder of recordings", root, &error))?;
        let vault = Self { root, settled: Arc::new((0..256).map(|_| AtomicBool::new(false)).collect()) };
        if create {
            vault.sweep();
        }
        Ok(vault)
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Copies a file in (reflink where possible): temporary file, hash while copying, fsync, rename to
    /// `aa/NAME-HASH12.ext`, fsync of the folder. The source is never changed. Blocking.
    ///
    /// # Errors
    /// When the source is no plain file or cannot be read, or there is no room; nothing is left behind then.
    pub fn put_file(&self, source: &Path, name: &str, extension: &str) -> Result<Stored, VaultError> {
        let mut file = path::open_plain(source).map_err(|error| wrong("read", source, &error))?;
        self.put(put::Bytes::File(&mut file, source), name, extension)
    }

    /// As [`Self::put_file`], from a file that is open and stands at its beginning.
    ///
    /// # Errors
    /// When there is no room or the folder cannot be written.
    pub fn put_open(&self, file: &mut File, name: &str, extension: &str) -> Result<Stored, VaultError> {
        self.put(put::Bytes::File(file, Path::new(name)), name, extension)
    }

    /// As [`Self::put_file`], from memory.
    ///
    /// # Errors
    /// When there is no room or the folder cannot be written.
    pub fn put_bytes(&self, bytes: &[u8], name: &str, extension: &str) -> Result<Stored, VaultError> {
        self.put(put::Bytes::Memory(bytes), name, extension)
    }

    /// Opens a copy for reading. `path` is relative to the vault, or absolute for a folder registered in place (only
    /// paths that the store registered may be handed in, never one from a request).
    ///
    /// # Errors
    /// When it is missing, no plain file, or leads out of the vault.
    pub fn open_copy(&self, path: &str) -> Result<File, VaultError> {
        let place = self.place(path)?;
        path::open_plain(&place).map_err(|error| wrong("read the recording", &place, &error))
    }

    /// Size of a copy in bytes.
    ///
    /// # Errors
    /// As [`Self::open_copy`].
    pub fn length(&self, path: &str) -> Result<u64, VaultError> {
        let file = self.open_copy(path)?;
        let metadata = file.metadata().map_err(|error| wrong("read the recording", Path::new(path), &error))?;
        Ok(metadata.len())
    }

    /// At most `length` bytes from `offset`; shorter at the end.
    ///
    /// # Errors
    /// As [`Self::open_copy`].
    pub fn read_range(&self, path: &str, offset: u64, length: usize) -> Result<Vec<u8>, VaultError> {
        let mut file = self.open_copy(path)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.take(length as u64).read_to_end(&mut bytes))
            .map_err(|error| wrong("read the recording", Path::new(path), &error))?;
        Ok(bytes)
    }

    /// Reads everything and compares the hash.
    ///
    /// # Errors
    /// As [`Self::open_copy`]; `Ok(false)` when the bytes are not what was put.
    pub fn verify(&self, path: &str, sha256: &[u8; 32]) -> Result<bool, VaultError> {
        let mut file = self.open_copy(path)?;
        let mut hasher = Sha256::new();
        let mut block = vec![0; BLOCK];
        loop {
            match file.read(&mut block) {
                Ok(0) => break,
                Ok(count) => hasher.update(&block[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(wrong("read the recording", Path::new(path), &error)),
            }
        }
        Ok(hasher.finalize().as_slice() == sha256)
    }

    /// Removes a copy of our own; never a file of a folder registered in place.
    ///
    /// # Errors
    /// When the path is not ours or the file cannot be removed. A file that is gone already is no error.
    pub fn remove(&self, path: &str) -> Result<(), VaultError> {
        if Path::new(path).is_absolute() {
            let shown = clean::line(path, 200);
            return Err(VaultError(format!("{shown} was registered in place: callreel only reads there and removes nothing")));
        }
        let place = self.place(path)?;
        match std::fs::remove_file(&place) {
            Ok(()) => put::sync_folder(place.parent().unwrap_or(&self.root)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(wrong("remove the recording", &place, &error)),
        }
    }
}

/// One sentence for a failure of the system, with the way out where there is one.
fn wrong(what: &str, place: &Path, error: &io::Error) -> VaultError {
    let shown = clean::line(&place.display().to_string(), 300);
    let why = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full; free some space and try again, nothing half done was kept".to_owned()
        }
        io::ErrorKind::PermissionDenied => "permission denied; let this user read and write it".to_owned(),
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        _ => error.to_string(),
    };
    VaultError(format!("cannot {what} {shown}: {why}"))
}
