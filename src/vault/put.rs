//! Bytes on their way in.

use std::{
    fs::{DirBuilder, File, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::DirBuilderExt,
    path::Path,
    sync::atomic::Ordering,
};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{BLOCK, Stored, Vault, VaultError, marker::MARKER, path::name_of, wrong};
use crate::domain::sabotage::Sabotage;

const INCOMING: &str = ".incoming-";

/// Where the bytes come from.
pub(super) enum Bytes<'a> {
    File(&'a mut File, &'a Path),
    Memory(&'a [u8]),
}

impl Vault {
    pub(super) fn put(&self, bytes: Bytes<'_>, name: &str, extension: &str) -> Result<Stored, VaultError> {
        name_of(name, extension, &[0; 32])?;
        let mut incoming = self.incoming().map_err(|error| wrong("write into", &self.root, &error))?;
        let (sha256, length) = match bytes {
            Bytes::File(source, place) => copy(source, incoming.as_file_mut(), place)?,
            Bytes::Memory(bytes) => {
                incoming.write_all(bytes).map_err(|error| wrong("write into", &self.root, &error))?;
                (Sha256::digest(bytes).into(), bytes.len() as u64)
            }
        };
        if !Sabotage::FileSync.is_on() {
            incoming.as_file().sync_all().map_err(|error| wrong("write into", &self.root, &error))?;
        }
        let path = name_of(name, extension, &sha256)?;
        let place = self.root.join(&path);
        let folder = place.parent().unwrap_or(&self.root);
        match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrong("make the folder", folder, &error)),
        }
        // Whoever made the folder may have died before its name was on the disk.
        if let Some(settled) = self.settled.get(usize::from(sha256[0])).filter(|settled| !settled.load(Ordering::Acquire)) {
            sync_folder(&self.root)?;
            settled.store(true, Ordering::Release);
        }
        // The name carries id and hash: what stands there already is the same bytes, or damaged.
        incoming.persist(&place).map_err(|error| wrong("write", &place, &error.error))?;
        sync_folder(folder)?;
        Ok(Stored { sha256, bytes: length, path })
    }

    /// A temporary file (0600), locked as long as its writer lives.
    fn incoming(&self) -> io::Result<NamedTempFile> {
        // The shared lock closes the gap between making and locking, in which a sweep would take the file for left over.
        let gate = File::open(self.root.join(MARKER))?;
        gate.lock_shared()?;
        let file = tempfile::Builder::new().prefix(INCOMING).rand_bytes(10).tempfile_in(&self.root)?;
        file.as_file().lock()?;
        Ok(file)
    }

    /// Removes what a writer that died left behind. Best effort: a failure only leaves a file that nobody reads.
    pub(super) fn sweep(&self) {
        let Ok(gate) = File::open(self.root.join(MARKER)) else { return };
        if matches!(gate.try_lock(), Err(TryLockError::WouldBlock | TryLockError::Error(_))) {
            return;
        }
        let Ok(entries) = std::fs::read_dir(&self.root) else { return };
        for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(INCOMING)) {
            let left_over = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
            if left_over {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// Copies and hashes. With a reflink the hash is of the clone, so that it is of what was kept.
pub(super) fn copy(source: &mut File, target: &mut File, place: &Path) -> Result<([u8; 32], u64), VaultError> {
    let cloned = rustix::fs::ioctl_ficlone(&*target, &*source).is_ok();
    let unreadable = |error: io::Error| wrong("read", place, &error);
    let unwritable = |error: io::Error| wrong("copy", place, &error);
    if cloned {
        target.rewind().map_err(unwritable)?;
    }
    let (mut hasher, mut length) = (Sha256::new(), 0);
    let mut block = vec![0; BLOCK];
    loop {
        let count = match if cloned { target.read(&mut block) } else { source.read(&mut block) } {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(unreadable(error)),
        };
        hasher.update(&block[..count]);
        length += count as u64;
        if !cloned {
            target.write_all(&block[..count]).map_err(unwritable)?;
        }
    }
    Ok((hasher.finalize().into(), length))
}

/// Makes names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), VaultError> {
    if Sabotage::FolderSync.is_on() {
        return Ok(());
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| wrong("write the folder", folder, &error))
}
