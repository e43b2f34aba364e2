//! Why the database did not do it, told so that a person can act.

use std::path::Path;

use rusqlite::ErrorCode;

/// Why the database did not do it. Each names the file or the thing, why, and what now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("{0}")]
    NotFound(String),
    /// Somebody else changed it meanwhile, or it exists already.
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    Invalid(String),
    /// Locked by another program.
    #[error("{0}")]
    Busy(String),
    #[error("{0}")]
    ReadOnly(String),
    /// Not a database of ours, of a newer version, or damaged.
    #[error("{0}")]
    Unusable(String),
    /// Full or failing disk, and whatever else the machine refuses.
    #[error("{0}")]
    Failed(String),
    /// The reader went away; nobody sees this.
    #[error("interrupted")]
    Interrupted,
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// What goes wrong inside: SQLite's words until they are told with the file's name, or a sentence of ours.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Told(StoreError),
}

pub(super) type Sql<T> = std::result::Result<T, Fault>;

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl Fault {
    /// Tells it with the name of the file and what to do now.
    pub(super) fn tell(self, path: &Path) -> StoreError {
        match self {
            Self::Told(error) => error,
            Self::Sql(error) => tell(&error, path),
        }
    }
}

/// Kept data that cannot be read back: damage, or a defect of ours.
pub(super) fn damaged(what: &str) -> Fault {
    Fault::Told(StoreError::Unusable(format!("{what} in the database cannot be read; run `callreel doctor`")))
}

/// The last checkpoint of a program failed: everything is kept, but in two files that belong together.
pub(super) fn unfolded(error: &rusqlite::Error, path: &Path) -> StoreError {
    let file = path.display();
    StoreError::Failed(format!(
        "everything that was done is kept, but {file} could not be closed ({error}): a part of it stays in {file}-wal. Keep both \
         files together, free some space or check the disk; the next program that opens it goes on from there"
    ))
}

fn tell(error: &rusqlite::Error, path: &Path) -> StoreError {
    let file = path.display();
    let code = match error {
        rusqlite::Error::SqliteFailure(failure, _) => Some(failure.code),
        rusqlite::Error::SqlInputError { error, .. } => Some(error.code),
        _ => None,
    };
    match code {
        Some(ErrorCode::OperationInterrupted) => StoreError::Interrupted,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
            StoreError::Busy(format!("{file} is locked by another program; nothing was changed, try again when it is done"))
        }
        Some(ErrorCode::ReadOnly) => {
            StoreError::ReadOnly(format!("{file} cannot be written: the file or its folder is read-only; nothing was changed"))
        }
        Some(ErrorCode::NotADatabase) => {
            StoreError::Unusable(format!("{file} is not a callreel database; name another file with --db"))
        }
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Unusable(format!(
            "{file} is damaged ({error}); keep a copy of it and restore the last backup with `callreel restore FILE`"
        )),
        Some(ErrorCode::DiskFull) => {
            StoreError::Failed(format!("no room left for {file}; nothing was changed, free some space and try again"))
        }
        Some(ErrorCode::SystemIoFailure) => {
            StoreError::Failed(format!("the disk failed on {file} ({error}); nothing was changed, check the disk"))
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::Failed(format!(
            "{file} cannot be opened ({error}); check that it exists and that you may read and write it"
        )),
        _ => StoreError::Failed(format!("{file}: {error}")),
    }
}
