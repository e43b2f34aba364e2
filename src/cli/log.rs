//! The log file: only with `--log`, or where the console asks for one in the state folder.

use std::{fs::OpenOptions, path::Path, sync::Mutex};

use super::Failure;

/// Starts writing the log to `file` (made if missing, appended to). Only the first call of a process has an effect.
///
/// # Errors
/// When the file cannot be opened.
pub fn start(file: &Path) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        // If this fails, opening the file below says why.
        let _ = std::fs::create_dir_all(folder);
    }
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)
        .map_err(|why| Failure::usage(format!("the log {} cannot be written: {why}", file.display())))?;
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(log))
        .with_ansi(false)
        .with_env_filter(tracing_subscriber::EnvFilter::new("callreel=info,warn"))
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}
