//! A home of its own for every test that starts the real program: nothing of the machine's user leaks in.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use super::pty::Pty;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_callreel");

/// An empty home folder and the environment that goes with it. Removed when dropped.
pub struct Home {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for a home");
        let mut environment: Vec<(String, String)> =
            [("TZ", "Europe/Warsaw"), ("LANG", "C.UTF-8"), ("TERM", "xterm-256color"), ("PATH", "/usr/local/bin:/usr/bin:/bin")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
        for (name, below) in [
            ("HOME", ""),
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_STATE_HOME", ".local/state"),
            ("XDG_CACHE_HOME", ".cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            let path = folder.path().join(below);
            environment.push((name.to_owned(), path.to_str().expect("a path in UTF-8").to_owned()));
        }
        let runtime = folder.path().join("run");
        fs::create_dir(&runtime).expect("a folder for sockets");
        fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).expect("a folder for sockets of our own");
        Self { folder, environment }
    }

    /// Sets or replaces one variable.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(other, _)| other != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn join(&self, below: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The program with pipes, in this home and nothing else.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env_clear().envs(self.environment.iter().cloned()).current_dir(self.path());
        command
    }

    /// The program in a terminal of its own.
    pub fn start(&self, arguments: &[&str], columns: u16, rows: u16) -> Pty {
        self.start_other(PROGRAM, arguments, columns, rows)
    }

    /// Another program in such a terminal: a shell, to try Ctrl-Z and `fg`.
    pub fn start_other(&self, program: &str, arguments: &[&str], columns: u16, rows: u16) -> Pty {
        Pty::start(program, arguments, &self.environment, self.path(), columns, rows)
    }
}
