//! Bytes of recordings: put, read a range, verify. A folder beside the database that carries the database's id and
//! refuses any other.

use std::path::{Path, PathBuf};

/// Why the vault did not do it; each names the file, why, and what now.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct VaultError(pub String);

/// The managed folder `NAME.recordings/`.
#[derive(Clone, Debug)]
pub struct Vault {
    #[expect(dead_code, reason = "skeleton")]
    root: PathBuf,
}

/// What came in: hash, size and where it lies now, relative to the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub sha256: [u8; 32],
    pub bytes: u64,
    pub path: String,
}

#[expect(unused_variables, reason = "skeleton")]
impl Vault {
    /// Opens the folder, or makes it (0700) with a marker of `database_id` if `create`; refuses another database's folder.
    pub fn open(root: &Path, database_id: &str, create: bool) -> Result<Self, VaultError> {
        todo!()
    }
    /// Copies a file in (reflink where possible): temporary file, hash while copying, fsync, rename to
    /// `aa/NAME-HASH12.ext`, fsync of the folder. The source is never changed. Blocking.
    pub fn put_file(&self, source: &Path, name: &str, extension: &str) -> Result<Stored, VaultError> {
        todo!()
    }
    /// As [`Self::put_file`], from memory.
    pub fn put_bytes(&self, bytes: &[u8], name: &str, extension: &str) -> Result<Stored, VaultError> {
        todo!()
    }
    /// Opens a copy for reading. `path` is relative to the vault, or absolute for a folder registered in place.
    pub fn open_copy(&self, path: &str) -> Result<std::fs::File, VaultError> {
        todo!()
    }
    /// Reads everything and compares the hash.
    pub fn verify(&self, path: &str, sha256: &[u8; 32]) -> Result<bool, VaultError> {
        todo!()
    }
    pub fn remove(&self, path: &str) -> Result<(), VaultError> {
        todo!()
    }
}
