//! What is wrong with a configuration file, and where.

use std::path::PathBuf;

/// One sentence that names file, line and key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {message}", .file.display(), .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct ConfigError {
    pub file: PathBuf,
    /// Counted from 1; none where the whole file is meant.
    pub line: Option<usize>,
    pub message: String,
}
