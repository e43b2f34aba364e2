//! Who has the database open. Local openers hold a shared lock on `NAME.lock`, a server an exclusive one; the file names
//! its holders, one a line, so that whoever is refused can say who is in the way.
//!
//! The lock itself is the kernel's (`flock`) and ends with the program, however that ends; the lines are only for people.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{FlockOperation, fcntl_lock, flock},
    io::Errno,
    process::{Pid, test_kill_process},
};

use super::{HostError, HostErrorKind, error::shown};
use crate::domain::clean;

/// How the line of a server begins; its socket's path follows.
pub const SERVER: &str = "serve unix:";

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub struct DatabaseLock {
    _file: File,
}

/// A program that holds the lock, as its line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub pid: i32,
    /// Such as `console`, `import`, `serve unix:/run/callreel.sock`.
    pub program: String,
}

impl DatabaseLock {
    /// As one of several local openers.
    ///
    /// # Errors
    /// [`HostErrorKind::Held`] naming the server that holds it alone; [`HostErrorKind::NotWritable`] where no lock can be
    /// made, so that the caller may read without one.
    pub fn shared(path: &Path, program: &str) -> Result<Self, HostError> {
        let mut file = open(path)?;
        if !try_lock(&file, FlockOperation::NonBlockingLockShared, path)? {
            return Err(held(path, &mut file));
        }
        note(&mut file, program, path)?;
        Ok(Self { _file: file })
    }

    /// Alone, as a server does. `program` names it and where it listens.
    ///
    /// # Errors
    /// [`HostErrorKind::Held`] naming everybody who has it open.
    pub fn exclusive(path: &Path, program: &str) -> Result<Self, HostError> {
        let mut file = open(path)?;
        if !try_lock(&file, FlockOperation::NonBlockingLockExclusive, path)? {
            return Err(held(path, &mut file));
        }
        note(&mut file, program, path)?;
        Ok(Self { _file: file })
    }
}

/// The lock of the one program that runs jobs; none while another does.
///
/// # Errors
/// When the file cannot be made or locked.
pub fn jobs_lock(path: &Path, program: &str) -> Result<Option<DatabaseLock>, HostError> {
    match DatabaseLock::exclusive(path, program) {
        Ok(lock) => Ok(Some(lock)),
        Err(error) if error.kind == HostErrorKind::Held => Ok(None),
        Err(error) => Err(error),
    }
}

fn open(path: &Path) -> Result<File, HostError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        let mut refused = HostError::from_io(path, "lock the database by", &error);
        if refused.kind == HostErrorKind::NotAllowed {
            refused.kind = HostErrorKind::NotWritable;
        }
        refused
    })
}

fn try_lock(file: &File, operation: FlockOperation, path: &Path) -> Result<bool, HostError> {
    match flock(file, operation) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(HostError::from_io(path, "lock the database by", &error.into())),
    }
}

/// Adds our line and drops those of programs that have ended. A record lock (`fcntl`, apart from `flock`) keeps two openers
/// from writing at once; it is held for this moment only.
fn note(file: &mut File, program: &str, path: &Path) -> Result<(), HostError> {
    let failed = |error: std::io::Error| HostError::from_io(path, "write", &error);
    fcntl_lock(&*file, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
    let mut lines = holders(file);
    lines.push(Holder { pid: i32::try_from(std::process::id()).unwrap_or(0), program: clean::line(program, 200) });
    let text: String = lines.iter().map(|holder| format!("{} {}\n", holder.pid, holder.program)).collect();
    let written = file.set_len(0).and_then(|()| file.write_all(text.as_bytes()));
    let unlocked = fcntl_lock(&*file, FlockOperation::Unlock);
    written.map_err(failed)?;
    unlocked.map_err(|error| failed(error.into()))
}

/// Those of the file's lines whose program still runs.
fn holders(file: &mut File) -> Vec<Holder> {
    let mut text = String::new();
    if file.seek(SeekFrom::Start(0)).is_err() || file.take(64 * 1024).read_to_string(&mut text).is_err() {
        return Vec::new();
    }
    text.lines()
        .filter_map(|line| {
            let (pid, program) = line.split_once(' ')?;
            Some(Holder { pid: pid.parse().ok()?, program: clean::line(program, 200) })
        })
        .filter(|holder| runs(holder.pid))
        .collect()
}

/// Whether there is such a process; one that is not ours answers "not allowed", and runs.
fn runs(pid: i32) -> bool {
    Pid::from_raw(pid).is_some_and(|pid| !matches!(test_kill_process(pid), Err(Errno::SRCH)))
}

fn held(path: &Path, file: &mut File) -> HostError {
    let holders = holders(file);
    let database = shown(&database_of(path));
    // A server is alone; what was written last is its line.
    if let Some((holder, socket)) = holders.last().and_then(|holder| Some((holder, holder.program.strip_prefix(SERVER)?))) {
        let words = format!(
            "{database} is open in a server: `callreel serve`, process {}, socket unix:{socket}; go through it (callreel --server \
             unix:{socket}), or stop it and try again",
            holder.pid
        );
        return HostError { server: Some(PathBuf::from(socket)), ..HostError::new(HostErrorKind::Held, words) };
    }
    let mut names: Vec<String> = holders.iter().map(|holder| format!("{} (process {})", holder.program, holder.pid)).collect();
    names.dedup();
    let who = if names.is_empty() { "another program".to_owned() } else { names.join(", ") };
    HostError::new(HostErrorKind::Held, format!("{database} is open in {who}; end that, and try again"))
}

/// The database that a lock belongs to, for people.
fn database_of(lock: &Path) -> PathBuf {
    let database = lock.with_extension("db");
    if database.exists() { database } else { lock.with_extension("") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openers_share_and_a_server_is_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.lock");
        let console = DatabaseLock::shared(&path, "console").expect("first");
        let import = DatabaseLock::shared(&path, "import").expect("second");
        let refused = DatabaseLock::exclusive(&path, "serve").expect_err("held");
        assert_eq!(refused.kind, HostErrorKind::Held);
        assert!(refused.message.contains("console") && refused.message.contains("import"), "{}", refused.message);
        assert!(refused.message.contains(&std::process::id().to_string()));
        drop(console);
        assert!(DatabaseLock::exclusive(&path, "serve").is_err());
        drop(import);
        let server = DatabaseLock::exclusive(&path, "serve unix:/run/x.sock").expect("alone");
        let refused = DatabaseLock::shared(&path, "console").expect_err("held");
        assert!(refused.message.contains("socket unix:/run/x.sock"), "{}", refused.message);
        assert!(refused.message.contains(&format!("process {}", std::process::id())), "{}", refused.message);
        assert_eq!(refused.server, Some(PathBuf::from("/run/x.sock")));
        std::fs::write(folder.path().join("a.db"), "").expect("written");
        let refused = DatabaseLock::shared(&path, "console").expect_err("held").message;
        assert!(refused.contains("a.db is open") && !refused.contains(".lock"), "{refused}");
        drop(server);
        DatabaseLock::shared(&path, "console").expect("free again");
    }

    #[test]
    fn lines_of_ended_programs_are_not_named() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.lock");
        let _held = DatabaseLock::shared(&path, "console").expect("lock");
        // No process has this number (pid_max is at most 2^22).
        OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(b"2147483646 ghost\n")).expect("write");
        let refused = DatabaseLock::exclusive(&path, "serve").expect_err("held");
        assert!(!refused.message.contains("ghost"), "{}", refused.message);
    }

    #[test]
    fn jobs_run_in_one_program() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.jobs.lock");
        let first = jobs_lock(&path, "console").expect("lock").expect("free");
        assert!(jobs_lock(&path, "console").expect("lock").is_none());
        drop(first);
        assert!(jobs_lock(&path, "console").expect("lock").is_some());
    }
}
