//! Files whose rows are not committed yet. A writer that dies between the two leaves files that nobody knows; its mark tells
//! the next program to look for them, and so nobody looks after a clean end.

use std::{
    fs::File,
    io,
    time::{Duration, SystemTime},
};

use tempfile::NamedTempFile;

use super::{Vault, VaultError, put::sync_folder, wrong};

const WORKING: &str = ".working-";

/// The mark of a writer, held as long as it may have files that no row knows.
#[derive(Debug)]
pub struct Working {
    _mark: NamedTempFile,
}

/// What marks of writers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupted {
    /// Every writer ended well.
    None,
    /// Somebody writes now: files without rows may be theirs.
    Writing,
    /// A writer died, and nobody writes.
    Died,
}

impl Vault {
    /// Says that files come before their rows, until this is dropped. Blocking.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn working(&self) -> Result<Working, VaultError> {
        let failed = |error: io::Error| wrong("write into", &self.root, &error);
        let mark = tempfile::Builder::new().prefix(WORKING).rand_bytes(10).tempfile_in(&self.root).map_err(failed)?;
        mark.as_file().lock().map_err(failed)?;
        sync_folder(&self.root)?;
        Ok(Working { _mark: mark })
    }

    fn marks(&self) -> Vec<std::path::PathBuf> {
        let Ok(entries) = std::fs::read_dir(&self.root) else { return Vec::new() };
        let ours = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(WORKING);
        entries.flatten().filter(ours).map(|entry| entry.path()).collect()
    }

    /// Whether a writer died without saying what became of its files.
    pub fn interrupted(&self) -> Interrupted {
        let marks = self.marks();
        if marks.is_empty() {
            return Interrupted::None;
        }
        let free = |mark: &std::path::PathBuf| File::open(mark).is_ok_and(|file| file.try_lock().is_ok());
        if marks.iter().all(free) { Interrupted::Died } else { Interrupted::Writing }
    }

    /// Takes away the marks of writers that died: what they left was looked after.
    pub fn forget_interrupted(&self) {
        for mark in self.marks() {
            if File::open(&mark).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = std::fs::remove_file(mark);
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the age of a file is measured against the clock that stamped it")]
    /// Paths of all files (as rows have them) and whether each is older than that. Blocking, and as long as the folder is large.
    pub fn files(&self, older: Duration) -> Vec<(String, bool)> {
        let (now, mut found) = (SystemTime::now(), Vec::new());
        let Ok(folders) = std::fs::read_dir(&self.root) else { return found };
        for folder in folders.flatten().filter(|folder| folder.file_name().len() == 2) {
            let Ok(files) = std::fs::read_dir(folder.path()) else { continue };
            for file in files.flatten() {
                let (Some(name), Some(above)) =
                    (file.file_name().to_str().map(str::to_owned), folder.file_name().to_str().map(str::to_owned))
                else {
                    continue;
                };
                let Ok(facts) = file.metadata() else { continue };
                let age = facts.modified().ok().and_then(|at| now.duration_since(at).ok());
                if facts.is_file() {
                    found.push((format!("{above}/{name}"), age.is_some_and(|age| age > older)));
                }
            }
        }
        found
    }
}
