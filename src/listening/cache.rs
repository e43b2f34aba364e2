//! Sounds kept on this machine: whole ones only, named by their hash, the least recently heard thrown away first.
//!
//! Several consoles share one folder: a file appears under its name when it is whole and compared, and whoever has one open
//! keeps it when another throws it away.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use sha2::{Digest, Sha256};

/// What is not whole after so long was left by a program that was killed.
const STALE: Duration = Duration::from_secs(6 * 3600);

/// Where sounds are kept, and how many bytes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    pub folder: PathBuf,
    pub bytes: u64,
}

/// Makes names of unfinished files differ within this program.
static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Cache {
    /// A whole sound, if it is here and right; it counts as heard now.
    pub(super) fn take(&self, hash: &str, length: u64) -> Option<File> {
        let path = self.folder.join(name_of(hash));
        let mut file = File::open(&path).ok()?;
        let right = file.metadata().is_ok_and(|facts| facts.len() == length)
            && hash_of(&mut file).is_ok_and(|found| found.eq_ignore_ascii_case(hash));
        if !right {
            let _ = fs::remove_file(&path);
            return None;
        }
        if let Err(error) = file.set_modified(now()) {
            tracing::debug!(%error, "a sound in the cache keeps its time");
        }
        Some(file)
    }

    /// A place for a sound that is coming; none where it cannot be kept.
    pub(super) fn begin(&self, hash: &str, length: u64) -> Option<Keeping> {
        if length == 0 || length > self.bytes {
            return None;
        }
        let begun = self.make_room(length).and_then(|()| {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = self.folder.join(format!("{}.{}-{number}.part", name_of(hash), std::process::id()));
            let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
            let keeping =
                Keeping { file: Arc::new(file), unfinished: path, whole: self.folder.join(name_of(hash)), hash: hash.to_owned() };
            // Counted by the others from now on.
            keeping.file.set_len(length)?;
            Ok(keeping)
        });
        begun.inspect_err(|error| tracing::warn!(%error, "sounds are not kept in {}", self.folder.display())).ok()
    }

    /// Throws away what was not heard for the longest time, until `length` bytes more fit.
    fn make_room(&self, length: u64) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let now = now();
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.folder)?.flatten() {
            let Ok(facts) = entry.metadata() else { continue };
            if !facts.is_file() || !is_ours(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let age = facts.modified().ok().and_then(|time| now.duration_since(time).ok()).unwrap_or_default();
            kept.push((age, facts.len(), entry.path()));
        }
        kept.sort_by_key(|(age, ..)| std::cmp::Reverse(*age));
        let mut sum: u64 = kept.iter().map(|(_, bytes, _)| *bytes).sum();
        for (age, bytes, path) in kept {
            let unfinished = path.extension().is_some_and(|extension| extension == "part");
            let over = sum + length > self.bytes;
            if (unfinished && age > STALE) || (over && !unfinished) {
                match fs::remove_file(&path) {
                    Ok(()) => sum -= bytes,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => sum -= bytes,
                    Err(error) => tracing::debug!(%error, "a sound in the cache stays"),
                }
            }
        }
        if sum + length > self.bytes {
            return Err(io::Error::other("others are filling the cache at the moment"));
        }
        Ok(())
    }
}

/// A sound that is coming into the cache. Dropped before its end, it leaves nothing.
pub(super) struct Keeping {
    file: Arc<File>,
    unfinished: PathBuf,
    whole: PathBuf,
    hash: String,
}

impl Keeping {
    pub(super) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Compares it and gives it its name; false: it is not what it should be.
    pub(super) fn finish(self) -> io::Result<bool> {
        let found = hash_of(&mut File::open(&self.unfinished)?)?;
        if !found.eq_ignore_ascii_case(&self.hash) {
            return Ok(false);
        }
        self.file.sync_all()?;
        fs::rename(&self.unfinished, &self.whole)?;
        Ok(true)
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        // Gone already if it was finished.
        let _ = fs::remove_file(&self.unfinished);
    }
}

#[expect(clippy::disallowed_methods, reason = "compared with the times of files, which come from the same clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn name_of(hash: &str) -> String {
    hash.to_ascii_lowercase()
}

/// Nothing else in the folder is ever touched.
fn is_ours(name: &str) -> bool {
    let hash = if name.ends_with(".part") { name.split('.').next().unwrap_or_default() } else { name };
    hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hash_of(file: &mut File) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut block = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            break;
        }
        digest.update(&block[..count]);
    }
    io::Seek::rewind(file)?;
    Ok(hexadecimal(&digest.finalize()))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}
