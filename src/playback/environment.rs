//! What decides where sound comes out, handed in: the environment is read in `config` only.

use std::path::PathBuf;

/// Values of the environment that decide about sound; empty variables are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `PULSE_SERVER`
    pub pulse_server: Option<String>,
    /// `PULSE_SINK`: which output of the server.
    pub pulse_sink: Option<String>,
    /// `PULSE_RUNTIME_PATH`
    pub pulse_runtime_path: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`
    pub xdg_runtime_dir: Option<PathBuf>,
    /// `PULSE_COOKIE`
    pub pulse_cookie: Option<PathBuf>,
    /// `HOME`
    pub home: Option<PathBuf>,
    /// `SSH_CONNECTION`: the person may sit somewhere else.
    pub ssh_connection: Option<String>,
    /// `CALLREEL_EAR`: the ear that somebody brought along; `PATH` or `tcp:HOST:PORT`, with `#TOKEN` behind it or without.
    pub ear: Option<String>,
    /// Name of the account, for commands that are shown.
    pub login: Option<String>,
}
