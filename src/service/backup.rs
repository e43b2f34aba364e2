//! A backup while others go on working: the database as it was at one moment, then every recording and clip that it knows,
//! as one stream of bytes. It is sealed at its end, so a stream that broke is never taken for a whole one.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use jiff::Timestamp;
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use super::{Result, Service, ServiceError, record};
use crate::{
    archive::{ArchiveError, ArchiveWriter, FORMAT, Facts, Report, Seal, is_recording_path},
    domain::{
        actor::{Actor, Permission},
        clean,
    },
    store::{KnownFile, StoreError},
    vault::Vault,
};

/// Bytes of one piece of the stream, and pieces that wait for a slow reader.
const PIECE: usize = 256 * 1024;
const WAITING: usize = 4;
/// Of zstd: a good part of the gain at the speed of a disk.
const LEVEL: i32 = 3;
/// Names beside the database in an archive: `NAME.checkpoints`, and what lies in `NAME.server/` with this before its name.
pub const CHECKPOINTS: &str = "checkpoints";
pub const KEYS: &str = "server.";
/// How copies of the database are named while a backup is made; locked by their maker.
const COPY: &str = ".callreel-backup-";

/// What goes into a backup beside the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupParts {
    /// Recordings and clips.
    pub recordings: bool,
    /// Private keys that lie beside the database.
    pub keys: bool,
}

/// The archive as it is made; an error in it is its last.
pub type BackupStream = mpsc::Receiver<io::Result<Bytes>>;

/// Why the making stopped.
enum Stop {
    /// The reader went away.
    Gone,
    Failed(String),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Interrupted => Self::Gone,
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<ArchiveError> for Stop {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Cancelled => Self::Gone,
            ArchiveError::Io(error) => error.into(),
            ArchiveError::Wrong(why) => Self::Failed(why),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Gone } else { Self::Failed(error.to_string()) }
    }
}

/// Sends what is written on, in pieces.
struct Sending {
    to: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE + 64 * 1024)));
        self.to.blocking_send(Ok(piece)).map_err(|_closed| io::ErrorKind::BrokenPipe.into())
    }
}

/// What somebody must be allowed, over the whole company, to have all that a backup has.
const IN_IT: &[Permission] =
    &[Permission::Backup, Permission::See, Permission::RevealNumber, Permission::Listen, Permission::Download, Permission::Audit];

impl Service {
    /// Lets pass who may make one: whoever has it can read everything that is in it. The private keys, with which one can pose as
    /// this server and sign its audit log, are the owner's alone.
    ///
    /// # Errors
    /// Without the right `backup`, or one of those over what is in it, for the whole company; and where nothing can be written.
    pub async fn may_back_up(&self, actor: &Actor, parts: BackupParts) -> Result<()> {
        let (what, needed) = if parts.keys {
            ("take private keys out in a backup, as only the owner may", Permission::ALL)
        } else {
            ("make backups, which hold all calls, numbers, recordings and the audit log", IN_IT)
        };
        for permission in needed {
            if !actor.scope(*permission).is_company() {
                return Err(self.refuse(actor, *permission, ("backup.make", what), None).await?);
            }
        }
        self.must_be_writable("make a backup")
    }

    /// Makes a backup; gives its stream, and about how many bytes it will have. The audit row is committed first; a second
    /// one tells of a failure. Who reads no further ends it.
    ///
    /// # Errors
    /// Without the right `backup` for the whole company, and where nothing can be written.
    pub async fn backup(&self, actor: &Actor, parts: BackupParts) -> Result<(BackupStream, u64)> {
        self.may_back_up(actor, parts).await?;
        let vault = if parts.recordings { Some(self.vault()?.clone()) } else { None };
        let mut bytes = std::fs::metadata(self.store().path()).map_or(0, |facts| facts.len());
        if parts.recordings {
            bytes += self.store().kept_bytes().await?;
        }
        let mut begun = record(actor, "backup.make");
        let with = |what: bool, word: &'static str| if what { word } else { "" };
        begun.detail = Some(format!(
            "the database{}{}",
            with(parts.recordings, ", recordings and clips"),
            with(parts.keys, ", private keys")
        ));
        self.store().append_audit(begun.clone()).await?;
        let (to, stream) = mpsc::channel(WAITING);
        let (service, reactor) = (self.clone(), tokio::runtime::Handle::current());
        let work = move || {
            let why = match service.make_backup(&parts, vault, &to) {
                Ok(()) => return,
                Err(Stop::Gone) => "the reader went away".to_owned(),
                Err(Stop::Failed(why)) => why,
            };
            tracing::warn!(%why, "a backup was not finished");
            let mut failed = begun;
            failed.outcome = "failed";
            failed.foreign = Some(clean::line(&why, 500));
            if let Err(error) = reactor.block_on(service.store().append_audit(failed)) {
                tracing::error!(%error, "the failure of a backup could not be written into the audit log");
            }
            // Told last: the answer ends with it.
            let _ = to.blocking_send(Err(io::Error::other(why)));
        };
        std::thread::Builder::new()
            .name("backup".to_owned())
            .spawn(work)
            .map_err(|error| ServiceError::Storage(format!("no thread to make a backup with: {error}")))?;
        Ok((stream, bytes))
    }

    fn make_backup(
        &self,
        parts: &BackupParts,
        vault: Option<Vault>,
        to: &mpsc::Sender<io::Result<Bytes>>,
    ) -> std::result::Result<(), Stop> {
        let database = self.store().path().to_path_buf();
        let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        sweep(folder);
        let no_room = |error: io::Error| Stop::Failed(format!("no room for a copy in {}: {error}", folder.display()));
        let copy = tempfile::Builder::new().prefix(COPY).suffix(".db").tempfile_in(folder).map_err(no_room)?;
        copy.as_file().lock().map_err(no_room)?;
        // Before the copy: a checkpoint must not tell of rows that the copy does not have.
        let mut files = Vec::new();
        for (name, path) in beside(&database, parts.keys) {
            match std::fs::read(&path) {
                Ok(bytes) => files.push((name, bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Stop::Failed(format!("{} cannot be read: {error}", path.display()))),
            }
        }
        let reader = to.clone();
        let snapshot = self.store().copy_into(copy.path(), move || !reader.is_closed())?;
        let (packed, database_bytes) = pack(&copy, folder, to)?;
        let now = Timestamp::now();
        let facts = Facts {
            format: FORMAT,
            made_at: now.to_string(),
            callreel: env!("CARGO_PKG_VERSION").to_owned(),
            database_id: self.store().database_id().to_owned(),
            database: database.file_name().map(|name| clean::line(&name.to_string_lossy(), 200)).unwrap_or_default(),
            database_bytes,
            recordings: parts.recordings,
            keys: parts.keys,
        };
        let sending = Sending { to: to.clone(), piece: Vec::new() };
        let spool = tempfile::tempfile_in(folder).map_err(no_room)?;
        let mut writer = ArchiveWriter::new(sending, spool, now.as_second().unsigned_abs(), &facts)?;
        let length = packed.metadata()?.len();
        writer.database(length, &mut &packed)?;
        drop(packed);
        for (name, bytes) in files {
            writer.beside(&name, &bytes)?;
        }
        let mut report = Report { elsewhere: snapshot.elsewhere()?, ..Report::default() };
        let mut seal = Seal::default();
        if let Some(vault) = vault {
            snapshot.each_file(|file| add(&mut writer, &vault, &file, &mut report, &mut seal))?;
        }
        writer.finish(&report, seal)?;
        Ok(())
    }
}

/// One recording or clip, as it lies there.
fn add(
    writer: &mut ArchiveWriter<Sending>,
    vault: &Vault,
    file: &KnownFile,
    report: &mut Report,
    seal: &mut Seal,
) -> std::result::Result<(), Stop> {
    let name = |into: &mut Vec<String>| {
        if into.len() < Report::NAMED {
            into.push(clean::line(&file.path, 300));
        }
    };
    let opened = if is_recording_path(&file.path) { vault.open_copy(&file.path).ok() } else { None };
    let Some(mut opened) = opened else {
        seal.missing += 1;
        name(&mut report.missing);
        return Ok(());
    };
    let bytes = opened.metadata()?.len();
    let hash = writer.recording(&file.path, bytes, &mut opened)?;
    report.recordings += 1;
    report.bytes += bytes;
    if hash != file.sha256 {
        seal.damaged += 1;
        name(&mut report.damaged);
    }
    Ok(())
}

/// The copy compressed, in a file without a name, at its beginning; and how long the copy is.
fn pack(copy: &NamedTempFile, folder: &Path, to: &mpsc::Sender<io::Result<Bytes>>) -> std::result::Result<(File, u64), Stop> {
    let mut from = File::open(copy.path())?;
    let mut encoder = zstd::Encoder::new(tempfile::tempfile_in(folder)?, LEVEL)?;
    encoder.include_checksum(true)?;
    let (mut block, mut length) = (vec![0; PIECE], 0);
    loop {
        let count = from.read(&mut block)?;
        if count == 0 {
            break;
        }
        if to.is_closed() {
            return Err(Stop::Gone);
        }
        encoder.write_all(&block[..count])?;
        length += count as u64;
    }
    let mut packed = encoder.finish()?;
    packed.rewind()?;
    Ok((packed, length))
}

/// Files that lie beside a database and belong to it: the checkpoints of its audit log, and private keys if asked for.
fn beside(database: &Path, keys: bool) -> Vec<(String, PathBuf)> {
    let stem = if database.extension().is_some_and(|extension| extension == "db") {
        database.with_extension("")
    } else {
        database.to_path_buf()
    };
    let part = |ending: &str| {
        let mut name = stem.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let mut files = vec![(CHECKPOINTS.to_owned(), part(".checkpoints"))];
    if keys {
        let kept = std::fs::read_dir(part(".server")).into_iter().flatten().flatten();
        let kept = kept.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        files.extend(kept.map(|entry| (format!("{KEYS}{}", entry.file_name().to_string_lossy()), entry.path())));
        files.sort();
    }
    files
}

/// Takes away copies whose maker died. Best effort: what stays is only room.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(COPY)) {
        if File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
