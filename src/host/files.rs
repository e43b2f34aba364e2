//! Where the parts of one database lie, and what can be told of them before they are opened.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{HostError, HostErrorKind, error::shown};
use crate::{store::OpenOptions, vault::Vault};

/// The first bytes of every SQLite database (https://sqlite.org/fileformat.html, 1.3.1).
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// The files of one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFiles {
    pub database: PathBuf,
    /// `NAME.lock`
    pub lock: PathBuf,
    /// `NAME.jobs.lock`
    pub jobs_lock: PathBuf,
    /// `NAME.recordings/`
    pub recordings: PathBuf,
    /// `NAME.server/`: keys and the certificate of a server, for the eyes of their owner only; its socket where there is no better place.
    pub server: PathBuf,
    /// `NAME.checkpoints`: how far the audit log was, signed.
    pub checkpoints: PathBuf,
}

/// How a store is opened when nothing special is wanted.
pub fn default_options(path: PathBuf) -> OpenOptions {
    OpenOptions { path, create: None, read_only: false, readers: 4, bulk: false, keeps_columns: false }
}

impl DatabaseFiles {
    /// `NAME.db` has `NAME.lock` beside it; a name with another ending keeps it (`calls.old` has `calls.old.lock`).
    pub fn of(database: &Path) -> Self {
        let beside = |ending: &str| {
            let stem = if database.extension().is_some_and(|extension| extension == "db") {
                database.with_extension("")
            } else {
                database.to_path_buf()
            };
            let mut name = stem.into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        Self {
            lock: beside(".lock"),
            jobs_lock: beside(".jobs.lock"),
            recordings: beside(".recordings"),
            server: beside(".server"),
            checkpoints: beside(".checkpoints"),
            database: database.to_path_buf(),
        }
    }

    /// The database's file name, for people.
    pub fn name(&self) -> String {
        self.database.file_name().map_or_else(|| shown(&self.database), |name| shown(Path::new(name)))
    }

    /// Looks before anything is made: is there a database (or may one be made, with its folder too), and is it one at all?
    pub(super) fn check(&self, create: bool, folder: bool) -> Result<(), HostError> {
        let path = &self.database;
        match fs::metadata(path) {
            Ok(facts) if facts.is_dir() => Err(HostError::new(
                HostErrorKind::Unusable,
                format!("{} is a folder, not a database; name a file such as {}", shown(path), shown(&path.join("callreel.db"))),
            )),
            Ok(facts) if !facts.is_file() => {
                Err(HostError::new(HostErrorKind::Unusable, format!("{} is not a file; name a database file", shown(path))))
            }
            Ok(_) => self.check_beginning(),
            Err(error) if error.kind() == io::ErrorKind::NotFound && create => self.look_at_folder(folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(self.missing()),
            Err(error) => Err(HostError::from_io(path, "look at", &error)),
        }
    }

    fn check_beginning(&self) -> Result<(), HostError> {
        let mut beginning = Vec::new();
        fs::File::open(&self.database)
            .and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut beginning))
            .map_err(|error| HostError::from_io(&self.database, "read", &error))?;
        // An empty file is what an interrupted first start leaves; the store makes it a database.
        if beginning.is_empty() || beginning == SQLITE {
            return Ok(());
        }
        Err(HostError::new(
            HostErrorKind::Unusable,
            format!("{} is not a callreel database: it does not begin like one; name another with --db", shown(&self.database)),
        ))
    }

    /// That there is no database, and what makes one.
    pub(super) fn missing(&self) -> HostError {
        let words = format!(
            "there is no database {}; `callreel import` makes one of calls, `callreel demo` one to try things out, `callreel \
             serve` an empty one; or name another with --db",
            shown(&self.database)
        );
        HostError::new(HostErrorKind::Missing, words)
    }

    /// The folder of a new database: made for its owner alone, if it may be.
    fn look_at_folder(&self, make: bool) -> Result<(), HostError> {
        let Some(folder) = self.database.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else {
            return Ok(());
        };
        if !make {
            return Err(HostError::new(
                HostErrorKind::Missing,
                format!(
                    "there is no folder {} for the database {}; make it first, or name another with --db",
                    shown(folder),
                    self.name()
                ),
            ));
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|error| HostError::from_io(folder, "make the folder", &error))
    }

    /// Why an existing database cannot be written although its folder can; none: it can.
    pub(super) fn why_unwritable(&self) -> Option<String> {
        if !self.database.exists() {
            return None;
        }
        let error = fs::OpenOptions::new().append(true).open(&self.database).err()?;
        Some(format!("{} cannot be written: {error}", shown(&self.database)))
    }

    /// The folder of recordings: made if it may be; none where there is none and nothing can be written.
    pub(super) fn open_vault(&self, database_id: &str, writable: bool) -> Result<Option<Vault>, HostError> {
        if !writable && !self.recordings.is_dir() {
            return Ok(None);
        }
        Vault::open(&self.recordings, database_id, writable)
            .map(Some)
            .map_err(|error| HostError::new(HostErrorKind::Unusable, error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_beside_the_database() {
        let files = DatabaseFiles::of(Path::new("/data/callreel.db"));
        assert_eq!(files.lock, Path::new("/data/callreel.lock"));
        assert_eq!(files.recordings, Path::new("/data/callreel.recordings"));
        assert_eq!(DatabaseFiles::of(Path::new("old.2026")).lock, Path::new("old.2026.lock"));
    }

    #[test]
    fn what_is_no_database_is_said_so_and_nothing_is_made() {
        let folder = tempfile::tempdir().expect("folder");
        let kind = |path: &Path, create| DatabaseFiles::of(path).check(create, true).map_err(|error| (error.kind, error.message));
        let missing = folder.path().join("none").join("a.db");
        let (why, message) = kind(&missing, false).expect_err("missing");
        assert_eq!(why, HostErrorKind::Missing);
        assert!(message.contains("a.db") && message.contains("--db"), "{message}");
        let (why, message) =
            DatabaseFiles::of(&missing).check(true, false).map_err(|error| (error.kind, error.message)).expect_err("no folder");
        assert!(why == HostErrorKind::Missing && message.contains("there is no folder"), "{message}");
        assert!(!folder.path().join("none").exists());
        assert_eq!(kind(folder.path(), true).expect_err("folder").0, HostErrorKind::Unusable);
        let text = folder.path().join("text.db");
        fs::write(&text, "hello, this is text").expect("write");
        assert_eq!(kind(&text, true).expect_err("text").0, HostErrorKind::Unusable);
        kind(&missing, true).expect("may be made");
        assert!(folder.path().join("none").is_dir());
    }
}
