//! Where the platform keeps configuration, data and logs of a program.

use std::path::{Path, PathBuf};

/// Folders of callreel. None of them is made before something is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// `config.toml`, `keymap.toml`, `themes/`.
    pub config: PathBuf,
    /// `callreel.db`, `callreel.recordings/`.
    pub data: PathBuf,
    /// Logs, crash reports, what the console remembers.
    pub state: PathBuf,
    /// What can be had again: sounds that came over a line.
    pub cache: PathBuf,
}

impl Paths {
    /// The platform's own folders; without a home folder, the current one.
    pub fn of_this_user() -> Self {
        match directories::ProjectDirs::from("", "", "callreel") {
            Some(folders) => Self {
                config: folders.config_dir().to_owned(),
                data: folders.data_dir().to_owned(),
                state: folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).to_owned(),
                cache: folders.cache_dir().to_owned(),
            },
            None => Self {
                config: PathBuf::from("."),
                data: PathBuf::from("."),
                state: PathBuf::from("."),
                cache: PathBuf::from("."),
            },
        }
    }

    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The database that is opened when nothing else is said.
    pub fn database(&self) -> PathBuf {
        self.data.join("callreel.db")
    }

    /// The folder of recordings beside a database: `NAME.db` has `NAME.recordings`.
    pub fn recordings_of(database: &Path) -> PathBuf {
        database.with_extension("recordings")
    }
}
