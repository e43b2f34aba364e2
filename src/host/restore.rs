//! A backup back into a database, and whether a backup is whole. Needs no server and no database.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{DatabaseFiles, HostError, HostErrorKind, OpenRequest, error::shown};
use crate::{
    archive::{ArchiveError, Facts, Piece, Received, receive},
    domain::{actor::Actor, clean},
    service::{CHECKPOINTS, KEYS, record},
    store::{CheckAsk, Store},
    vault::Vault,
};

pub use crate::archive::{Facts as BackupFacts, Report as BackupReport};

/// What was restored, or found whole.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Restored {
    pub made_at: String,
    pub database: String,
    pub database_id: String,
    pub with_recordings: bool,
    pub with_keys: bool,
    pub recordings: u64,
    pub bytes: u64,
    /// Known to the database, but not there when the backup was made.
    pub missing: u64,
    /// Had other bytes than were recorded when the backup was made.
    pub damaged: u64,
    pub elsewhere: u64,
    /// Rows of the audit log, checked; none where only the archive was checked.
    pub audit_rows: Option<u64>,
}

/// Told how far it is (bytes done, in all); answers whether to go on.
pub type GoOn<'a> = &'a mut (dyn FnMut(u64, u64) -> bool + Send);

impl Restored {
    fn of(received: Received) -> Self {
        let Received { facts, report, seal, .. } = received;
        Self {
            made_at: clean::line(&facts.made_at, 60),
            database: clean::line(&facts.database, 200),
            database_id: clean::line(&facts.database_id, 60),
            with_recordings: facts.recordings,
            with_keys: facts.keys,
            recordings: report.recordings,
            bytes: received.bytes,
            missing: seal.missing,
            damaged: seal.damaged,
            elsewhere: report.elsewhere,
            audit_rows: None,
        }
    }
}

/// Reads a backup from end to end and compares every hash; nothing is written but a list of names.
///
/// # Errors
/// When it is no backup, damaged, or cannot be read.
pub fn verify(file: &Path, go_on: GoOn<'_>) -> Result<Restored, HostError> {
    let opened = File::open(file).map_err(|error| HostError::from_io(file, "open", &error))?;
    let spool = tempfile::tempfile().map_err(|error| HostError::from_io(file, "list the files of", &error))?;
    let each = &mut |piece: Piece<'_>| match piece {
        // The compression has a checksum of its own, and the length must be the one that was told.
        Piece::Database(from) => {
            io::copy(&mut zstd::Decoder::new(from)?, &mut io::sink())?;
            Ok(())
        }
        _ => Ok(()),
    };
    receive(&opened, spool, each, go_on).map(Restored::of).map_err(|error| of_archive(file, error))
}

/// Restores a backup into a new database: everything is unpacked under another name, every hash compared, the audit chain
/// checked, and only then does it get its name, the database last.
///
/// # Errors
/// When there is such a database or its folder of recordings already; when the backup is no backup, damaged or made to do
/// harm; when there is no room. Nothing is left then.
pub async fn restore(
    file: PathBuf,
    open: OpenRequest,
    mut go_on: Box<dyn FnMut(u64, u64) -> bool + Send>,
) -> Result<Restored, HostError> {
    let files = DatabaseFiles::of(&open.path);
    let blocking = {
        let (file, files) = (file.clone(), files.clone());
        move || {
            must_be_new(&files)?;
            let work = Work::new(&files)?;
            let received = work.unpack(&file, &mut *go_on)?;
            Ok((work, received))
        }
    };
    let joined = tokio::task::spawn_blocking(blocking).await;
    let (work, received) =
        joined.map_err(|error| HostError::new(HostErrorKind::Failed, format!("the restoring stopped by itself: {error}")))??;
    let rows = work.try_out(&file, &received.facts, &open).await?;
    tokio::task::spawn_blocking(move || work.settle(&files))
        .await
        .map_err(|error| HostError::new(HostErrorKind::Failed, format!("the restoring stopped by itself: {error}")))??;
    Ok(Restored { audit_rows: Some(rows), ..Restored::of(received) })
}

/// Nothing may lie where the database and its parts will.
fn must_be_new(files: &DatabaseFiles) -> Result<(), HostError> {
    let mut log = files.database.clone().into_os_string();
    log.push("-wal");
    let parts = [&files.database, &files.recordings, &files.checkpoints, &files.server].map(Clone::clone);
    for path in parts.into_iter().chain([PathBuf::from(log)]) {
        if path.symlink_metadata().is_ok() {
            return Err(HostError::new(
                HostErrorKind::Failed,
                format!(
                    "{} is there already, and a backup never goes over what is there; name a new database with --db, or move \
                     that away",
                    shown(&path)
                ),
            ));
        }
    }
    Ok(())
}

/// The folder that it is unpacked into, beside where it will be; goes away with everything in it unless it is settled.
struct Work {
    folder: tempfile::TempDir,
    database: PathBuf,
    recordings: PathBuf,
    beside: PathBuf,
}

impl Work {
    fn new(files: &DatabaseFiles) -> Result<Self, HostError> {
        let parent = files.database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let failed = |error: io::Error| HostError::from_io(parent, "restore into", &error);
        DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(failed)?;
        let folder = tempfile::Builder::new().prefix(".callreel-restore-").tempdir_in(parent).map_err(failed)?;
        let (database, recordings, beside) =
            (folder.path().join("new.db"), folder.path().join("new.recordings"), folder.path().join("beside"));
        DirBuilder::new().mode(0o700).create(&beside).map_err(failed)?;
        Ok(Self { folder, database, recordings, beside })
    }

    fn unpack(&self, file: &Path, go_on: GoOn<'_>) -> Result<Received, HostError> {
        let opened = File::open(file).map_err(|error| HostError::from_io(file, "open", &error))?;
        let spool = tempfile::tempfile_in(self.folder.path()).map_err(|error| HostError::from_io(file, "restore", &error))?;
        let mut room = 0;
        let mut vault: Option<Vault> = None;
        let each = &mut |piece: Piece<'_>| -> Result<(), ArchiveError> {
            match piece {
                Piece::Facts(facts) => {
                    room = facts.database_bytes;
                    let made = Vault::open(&self.recordings, &facts.database_id, true);
                    vault = Some(made.map_err(|error| ArchiveError::Wrong(error.to_string()))?);
                    Ok(())
                }
                Piece::Database(from) => {
                    // No more than it says that it is: a small archive must not fill the disk.
                    let mut unpacked = zstd::Decoder::new(from)?.take(room + 1);
                    let length = write(&self.database, &mut unpacked)?;
                    if length == room {
                        return Ok(());
                    }
                    Err(ArchiveError::Wrong("its database has another length than it says: it is damaged".to_owned()))
                }
                Piece::Beside(name, mut bytes) => write(&self.beside.join(name), &mut bytes).map(drop),
                Piece::Recording(path, from) => {
                    let place = self.recordings.join(path);
                    if let Some(folder) = place.parent() {
                        match DirBuilder::new().mode(0o700).create(folder) {
                            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
                            _ => {}
                        }
                    }
                    write(&place, from).map(drop)
                }
            }
        };
        receive(&opened, spool, each, go_on).map_err(|error| of_archive(file, error))
    }

    /// Opens what was unpacked as any database, which also brings an older one up to this program; checks the audit chain and
    /// writes into it what happened.
    async fn try_out(&self, file: &Path, facts: &Facts, open: &OpenRequest) -> Result<u64, HostError> {
        let failed = |error| HostError::from_store(file, error);
        let store = Store::open(super::default_options(self.database.clone())).await.map_err(failed)?;
        let wrong = |why: String| HostError::new(HostErrorKind::Unusable, format!("{}: {why}", shown(file)));
        if store.database_id() != facts.database_id {
            return Err(wrong("the database in it is another than it says; use another backup".to_owned()));
        }
        let check = store.check_audit(CheckAsk::default()).await.map_err(failed)?;
        for fault in &check.faults {
            tracing::warn!(seq = fault.seq, reason = %fault.reason, "the audit log of the backup is not whole");
        }
        let actor = Actor::local_owner(&open.login, open.origin());
        let mut done = record(&actor, "backup.restore");
        done.detail = Some(format!("made at {}", clean::line(&facts.made_at, 60)));
        done.foreign = Some(shown(file));
        store.append_audit(done).await.map_err(failed)?;
        store.close().await.map_err(failed)?;
        Ok(check.rows)
    }

    /// Everything to the disk, then the names: what is beside first, the database last, so that whatever has the name is whole.
    fn settle(self, files: &DatabaseFiles) -> Result<(), HostError> {
        let parent = self.folder.path().parent().unwrap_or_else(|| Path::new(".")).to_owned();
        let failed = |error: io::Error| HostError::from_io(&files.database, "finish", &error);
        let folder = File::open(self.folder.path()).map_err(failed)?;
        rustix::fs::syncfs(&folder).map_err(|error| failed(error.into()))?;
        must_be_new(files)?;
        rename_new(&self.recordings, &files.recordings).map_err(failed)?;
        for entry in std::fs::read_dir(&self.beside).map_err(failed)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let to = match name.strip_prefix(KEYS) {
                Some(key) => {
                    DirBuilder::new().recursive(true).mode(0o700).create(&files.server).map_err(failed)?;
                    files.server.join(key)
                }
                None if name == CHECKPOINTS => files.checkpoints.clone(),
                None => continue,
            };
            rename_new(&entry.path(), &to).map_err(failed)?;
        }
        rename_new(&self.database, &files.database).map_err(failed)?;
        File::open(parent).and_then(|parent| parent.sync_all()).map_err(failed)
    }
}

/// Never over something that is there.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // Some file systems cannot be told so.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if to.symlink_metadata().is_err() => std::fs::rename(from, to),
        Err(error) => Err(error.into()),
    }
}

/// A new file for its owner alone.
fn write(place: &Path, from: &mut dyn Read) -> Result<u64, ArchiveError> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(place)?;
    let length = io::copy(from, &mut file)?;
    file.flush()?;
    Ok(length)
}

fn of_archive(file: &Path, error: ArchiveError) -> HostError {
    match error {
        ArchiveError::Io(error) => HostError::from_io(file, "restore", &error),
        ArchiveError::Wrong(why) => HostError::new(HostErrorKind::Failed, format!("{}: {why}", shown(file))),
        ArchiveError::Cancelled => HostError::new(HostErrorKind::Failed, format!("{}: stopped; nothing was kept", shown(file))),
    }
}
