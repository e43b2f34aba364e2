//! A backup as a file. It has its name once it is whole, sealed and on the disk; broken off, nothing is left.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use futures_util::StreamExt;

use super::{Progress, TakeError};
use crate::{
    archive::{Seal, SealCheck},
    client::{BackupQuery, Client},
    wire::BACKUP_BYTES,
};

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedBackup {
    pub file: PathBuf,
    pub bytes: u64,
    /// Recordings that could not be taken as they should be.
    pub seal: Seal,
}

/// Makes a backup; none: it was cancelled. `replace` lets a file of that name go, once the new one is whole.
///
/// # Errors
/// When a file is there that may not be replaced, the place refuses, the line breaks, or there is no room.
pub async fn save_backup(
    client: &Client,
    query: BackupQuery,
    (file, replace): (&Path, bool),
    progress: Progress<'_>,
    cancel: impl Future<Output = ()>,
) -> Result<Option<SavedBackup>, TakeError> {
    let unwritable = |why: &io::Error| TakeError::Failed(format!("{} cannot be written: {}", file.display(), words(why)));
    if file.is_dir() {
        return Err(TakeError::Failed(format!("{} is a folder; add the name of a file", file.display())));
    }
    // A device, a socket or a link is never what a backup goes over.
    if replace && file.symlink_metadata().is_ok_and(|facts| !facts.is_file()) {
        return Err(TakeError::Failed(format!("{} is no file; choose another name", file.display())));
    }
    if !replace && file.symlink_metadata().is_ok() {
        return Err(TakeError::Exists(file.display().to_string()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let part =
        tempfile::Builder::new().prefix(".callreel-").suffix(".part").tempfile_in(folder).map_err(|why| unwritable(&why))?;
    let mut out = SealCheck::new(BufWriter::with_capacity(1 << 20, part));
    let mut bytes = 0;
    let receive = async {
        let mut response = client.backup(query).await?;
        let about = response.headers.get(BACKUP_BYTES).and_then(|value| value.to_str().ok()?.parse().ok());
        progress(0, about);
        while let Some(piece) = response.body.next().await {
            let piece = piece.map_err(|why| response.unreachable(format!("{why}; nothing was kept, try again")))?;
            out.write_all(&piece).map_err(|why| unwritable(&why))?;
            bytes += piece.len() as u64;
            progress(bytes, about.map(|about| about.max(bytes)));
            // A stream that is always ready must still let others have their turn, and be ended.
            tokio::task::yield_now().await;
        }
        Ok::<(), TakeError>(())
    };
    tokio::select! {
        biased;
        () = cancel => return Ok(None),
        received = receive => received?,
    }
    let (out, seal) = out
        .finish()
        .map_err(|why| TakeError::Failed(format!("the backup did not come whole: {why}; nothing was kept, try again")))?;
    let part = out.into_inner().map_err(|why| unwritable(why.error()))?;
    part.as_file().sync_all().map_err(|why| unwritable(&why))?;
    let kept = if replace { part.persist(file) } else { part.persist_noclobber(file) };
    match kept {
        Ok(_) => {}
        Err(why) if why.error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(TakeError::Exists(file.display().to_string()));
        }
        Err(why) => return Err(unwritable(&why.error)),
    }
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|why| {
        let file = file.display();
        TakeError::Failed(format!(
            "{file} is whole, but its name may not last: the folder cannot be written: {why}; make it again"
        ))
    })?;
    Ok(Some(SavedBackup { file: file.to_owned(), bytes, seal }))
}

/// What a disk says, and what now; the file that it says it of has another name yet.
fn words(why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "there is not room enough; nothing was kept, make room or choose another disk".to_owned()
        }
        io::ErrorKind::NotFound => "there is no such folder; make it first".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not write there; choose another folder".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "nothing can be written on that disk; choose another".to_owned(),
        _ => format!("{why}; nothing was kept"),
    }
}
