//! Why a database could not be opened.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{domain::clean, store::StoreError};

/// What kind of refusal it is; the command line gives its exit status by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostErrorKind {
    /// There is no such database.
    Missing,
    /// A folder, another kind of file, a newer version, damaged.
    Unusable,
    /// No permission to read it.
    NotAllowed,
    /// Readable, but nothing can be written there.
    NotWritable,
    /// Another program holds it.
    Held,
    /// Full or failing disk, and whatever else the machine refuses.
    Failed,
}

/// Names the file, says why, and what now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HostError {
    pub kind: HostErrorKind,
    pub message: String,
    /// Socket of the server that holds it.
    pub server: Option<PathBuf>,
}

impl HostError {
    pub(super) fn new(kind: HostErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), server: None }
    }

    pub(super) fn from_store(path: &Path, error: StoreError) -> Self {
        let kind = match &error {
            StoreError::NotFound(_) => HostErrorKind::Missing,
            StoreError::Busy(_) => HostErrorKind::Held,
            StoreError::ReadOnly(_) => HostErrorKind::NotWritable,
            StoreError::Unusable(_) | StoreError::Conflict(_) | StoreError::Invalid(_) => HostErrorKind::Unusable,
            StoreError::Failed(_) | StoreError::Interrupted => HostErrorKind::Failed,
        };
        let (why, path) = (error.to_string(), shown(path));
        Self::new(kind, if why.contains(&path) { why } else { format!("{path}: {why}") })
    }

    pub(super) fn from_io(path: &Path, doing: &str, error: &io::Error) -> Self {
        let (kind, now) = match error.kind() {
            io::ErrorKind::NotFound => (HostErrorKind::Missing, "check the name"),
            io::ErrorKind::PermissionDenied => {
                (HostErrorKind::NotAllowed, "open it as the person it belongs to, or change its permissions")
            }
            io::ErrorKind::ReadOnlyFilesystem => (HostErrorKind::NotWritable, "choose a place that can be written to"),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                (HostErrorKind::Failed, "make room on the disk, then try again")
            }
            _ => (HostErrorKind::Failed, "mend that, then try again"),
        };
        Self::new(kind, format!("cannot {doing} {}: {error}; {now}", shown(path)))
    }
}

/// A path as it may be shown.
pub(super) fn shown(path: &Path) -> String {
    clean::line(&path.display().to_string(), 500)
}
