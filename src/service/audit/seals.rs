//! The key that signs the log, and the file beside (better: elsewhere) that every checkpoint is added to.

use std::{
    fs::{self, OpenOptions},
    io::{self, BufRead, BufReader, ErrorKind, Write},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{domain::audit::Checkpoint, store::SealKey};

/// Where key and file lie. Neither is made before it is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seals {
    key: PathBuf,
    file: PathBuf,
}

impl Seals {
    /// `key`: 32 secret bytes, readable by their owner only; `file`: checkpoints as JSON, one a line.
    pub const fn new(key: PathBuf, file: PathBuf) -> Self {
        Self { key, file }
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// The key, made where there is none.
    pub(super) fn key(&self) -> Result<SealKey, String> {
        let told = |error: &dyn std::fmt::Display| {
            format!(
                "the key {} that signs the audit log cannot be used: {error}; put back the one that was there",
                self.key.display()
            )
        };
        match self.read_key() {
            Ok(key) => return Ok(key),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(told(&error)),
        }
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(secret.as_mut()).map_err(|error| told(&error))?;
        match self.write_key(&secret) {
            Ok(()) => Ok(SealKey::new(&secret)),
            // Another program was quicker.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self.read_key().map_err(|error| told(&error)),
            Err(error) => Err(told(&error)),
        }
    }

    /// The public half of the key, where there is one to read.
    pub(super) fn public(&self) -> Option<String> {
        self.read_key().ok().map(|key| key.id())
    }

    fn read_key(&self) -> io::Result<SealKey> {
        let bytes = Zeroizing::new(fs::read(&self.key)?);
        let secret = <[u8; 32]>::try_from(bytes.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it has not 32 bytes"))?;
        Ok(SealKey::new(&secret))
    }

    /// Complete or not at all: written beside, then linked to its name.
    fn write_key(&self, secret: &[u8; 32]) -> io::Result<()> {
        let folder = self.key.parent().unwrap_or_else(|| Path::new("."));
        let mut folders = fs::DirBuilder::new();
        let mut options = OpenOptions::new();
        folders.recursive(true);
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
            folders.mode(0o700);
            options.mode(0o600);
        }
        folders.create(folder)?;
        let mut beside = self.key.clone().into_os_string();
        beside.push(format!(".{}", std::process::id()));
        let beside = PathBuf::from(beside);
        let written = options.open(&beside).and_then(|mut file| {
            file.write_all(secret)?;
            file.sync_all()?;
            fs::hard_link(&beside, &self.key)
        });
        let _ = fs::remove_file(&beside);
        written?;
        fs::File::open(folder)?.sync_all()
    }

    /// Adds those that the file does not have yet.
    pub(super) fn keep(&self, all: &[Checkpoint]) -> Result<(), String> {
        let told = |error: &dyn std::fmt::Display| format!("{} cannot be written: {error}", self.file.display());
        let known = match read_checkpoints(&self.file) {
            Ok(known) => known.last().map_or(0, |last| last.seq),
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => return Err(told(&error)),
        };
        let mut lines = Vec::new();
        for checkpoint in all.iter().filter(|checkpoint| checkpoint.seq > known) {
            serde_json::to_writer(&mut lines, checkpoint).map_err(|error| told(&error))?;
            lines.push(b'\n');
        }
        if lines.is_empty() {
            return Ok(());
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let write = || {
            let mut file = options.open(&self.file)?;
            file.write_all(&lines)?;
            file.sync_all()
        };
        write().map_err(|error| told(&error))
    }

    /// What the file has; none where it was never made.
    pub(super) fn kept(&self) -> Option<Result<Vec<Checkpoint>, String>> {
        match read_checkpoints(&self.file) {
            Ok(kept) => Some(Ok(kept)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => Some(Err(format!("{} cannot be read: {error}", self.file.display()))),
        }
    }
}

/// Checkpoints of a file: JSON, one a line.
fn read_checkpoints(path: &Path) -> io::Result<Vec<Checkpoint>> {
    let mut checkpoints = Vec::new();
    for (number, line) in BufReader::new(fs::File::open(path)?).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |why| io::Error::new(ErrorKind::InvalidData, format!("line {} is no checkpoint: {why}", number + 1));
        checkpoints.push(serde_json::from_str(&line).map_err(wrong)?);
    }
    Ok(checkpoints)
}
