//! Room held back for the moment at which the disk is full: a database without a free byte cannot even delete. A server keeps
//! a file of zeros beside the database, lets it go first, and makes it again when there is room.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::{FallocateFlags, fallocate, statvfs};

use super::DatabaseFiles;
use crate::store::Store;

/// What is held back where nobody says otherwise.
pub const BALLAST: u64 = 64 << 20;
/// At most such a part of the whole disk.
const PART: u64 = 16;
/// Less free than this, and the ballast goes.
const LOW: u64 = 4 << 20;
/// Between two looks.
const LOOK: Duration = Duration::from_secs(2);

/// The file `NAME.ballast`.
#[derive(Clone, Debug)]
pub struct Ballast {
    path: PathBuf,
    bytes: u64,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Nothing to do.
    Fine,
    /// The disk is full; the ballast was let go.
    LetGo,
    /// There is room again; the ballast is back.
    Back,
    /// The disk is full, and there is nothing to let go.
    Full,
}

impl Ballast {
    /// Of this database: so many bytes, or less on a small disk. Nothing is made yet.
    pub fn of(files: &DatabaseFiles, bytes: u64) -> Self {
        Self { path: files.lock.with_extension("ballast"), bytes }
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
    }

    /// Lets the ballast go where the disk is full, and makes it where there is room for twice of it. Blocking.
    ///
    /// # Errors
    /// When the system does not tell how full the disk is, or the file cannot be removed.
    pub fn look(&self) -> io::Result<Looked> {
        let disk = statvfs(self.folder())?;
        let (free, whole) = (disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize);
        let bytes = self.bytes.min(whole / PART);
        let low = LOW.min(whole / (4 * PART));
        let there = self.path.symlink_metadata().ok().map(|facts| facts.len());
        if there.is_some() && self.bytes == 0 {
            std::fs::remove_file(&self.path)?;
            return Ok(Looked::Fine);
        }
        if free < low {
            if there.is_none() {
                return Ok(Looked::Full);
            }
            std::fs::remove_file(&self.path)?;
            return Ok(Looked::LetGo);
        }
        if there == Some(bytes) || bytes == 0 || free + there.unwrap_or(0) < 2 * bytes + low {
            return Ok(Looked::Fine);
        }
        if there.is_some() {
            // Another size was asked for since.
            std::fs::remove_file(&self.path)?;
        }
        match self.make(bytes) {
            Ok(()) => Ok(Looked::Back),
            Err(_no_room_after_all) => {
                let _ = std::fs::remove_file(&self.path);
                Ok(Looked::Fine)
            }
        }
    }

    fn make(&self, bytes: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
        match fallocate(&file, FallocateFlags::empty(), 0, bytes) {
            Ok(()) => {}
            Err(rustix::io::Errno::OPNOTSUPP) => fill(file, bytes)?,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Zeros, where a file system cannot hold room without them.
fn fill(mut file: File, bytes: u64) -> io::Result<()> {
    io::copy(&mut io::Read::take(io::repeat(0), bytes), &mut file)?;
    file.sync_all()
}

/// Watches the disk of a database as long as it is polled: keeps the ballast, and ends, with the reason, once the disk did
/// not confirm a write: then only a program that begins anew knows what is kept.
pub async fn watch_disk(store: Store, ballast: Ballast) -> String {
    let mut last = Looked::Fine;
    loop {
        let looked = {
            let ballast = ballast.clone();
            tokio::task::spawn_blocking(move || ballast.look()).await
        };
        match looked {
            Ok(Ok(now)) => {
                match now {
                    Looked::LetGo => tracing::error!("the disk is full; the room that was held back is let go: free some space"),
                    Looked::Full if last != now => tracing::error!("the disk is full: free some space, nothing can be written"),
                    Looked::Back => tracing::info!("room is held back on the disk for when it is full"),
                    _ => {}
                }
                last = now;
            }
            Ok(Err(error)) => tracing::warn!(%error, path = %ballast.path.display(), "the disk cannot be looked at"),
            Err(_stopping) => {}
        }
        if store.has_failed() {
            return format!(
                "the disk of {} did not confirm a write; nothing more is written by this program",
                store.path().display()
            );
        }
        tokio::time::sleep(LOOK).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_kept_and_named_beside_the_database() {
        let folder = tempfile::tempdir().expect("folder");
        let files = DatabaseFiles::of(&folder.path().join("calls.db"));
        let ballast = Ballast::of(&files, 1 << 20);
        assert_eq!(ballast.look().expect("looked"), Looked::Back);
        let facts = std::fs::metadata(folder.path().join("calls.ballast")).expect("there");
        assert!(facts.len() == 1 << 20 && std::os::unix::fs::MetadataExt::blocks(&facts) >= 2_000, "{facts:?}");
        assert_eq!(ballast.look().expect("looked"), Looked::Fine);
        let other = Ballast::of(&files, 2 << 20);
        assert_eq!((other.look().expect("looked"), other.look().expect("looked")), (Looked::Back, Looked::Fine));
        assert_eq!(std::fs::metadata(folder.path().join("calls.ballast")).expect("there").len(), 2 << 20);
        assert_eq!(Ballast::of(&files, 0).look().expect("looked"), Looked::Fine);
        assert!(!folder.path().join("calls.ballast").exists(), "nothing is held back any more");
    }
}
