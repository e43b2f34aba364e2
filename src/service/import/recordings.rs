//! Recordings in a folder: told apart from what is no sound or not finished, hashed, copied or registered, joined.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sha2::{Digest, Sha256};

use super::{
    ImportRequest, Result, ServiceError, Summary, blocking,
    rejects::Rejects,
    sides::{self, Joined, Work},
};
use crate::{
    domain::{
        clean,
        length::Tenths,
        recording::{Copy, CopyState, INTERNAL, NewRecording, RecordingState},
    },
    pbx::asterisk::{
        recording_name::{KNOWN_PATTERNS, NamePattern, RecordingName},
        settings::{Rules, Settings},
    },
    service::{Progress, Reporter, Service},
    sound,
    store::ImportBatch,
};

/// Folders below the one given.
const DEEPEST: usize = 8;
/// Files of one folder tree.
const MOST: usize = 5_000_000;
/// A file touched so lately may still be growing.
const FRESH: Duration = Duration::from_secs(3);
const WAIT: Duration = Duration::from_millis(1_500);
/// Recordings of one commit.
const BATCH: usize = 64;
/// A WAV header without sound.
const EMPTY: u64 = 44;
const SUFFIXES: [&str; 31] = [
    "raw", "wav", "wav49", "gsm", "alaw", "al", "alw", "ulaw", "ul", "ulw", "mulaw", "pcm", "sln", "sln8", "sln12", "sln16",
    "sln24", "sln32", "sln44", "sln48", "sln96", "sln192", "slin", "g722", "mp3", "ogg", "oga", "opus", "flac", "au", "snd",
];
/// Kept although nothing here may be able to play them: codings in them vary.
const NOT_ALWAYS_READ: [&str; 6] = ["wav49", "wav", "ogg", "oga", "opus", "flac"];

/// What a running sweep has seen, so that following does not hash everything again.
#[derive(Default)]
pub(super) struct Sweep {
    done: HashMap<PathBuf, (u64, Option<SystemTime>)>,
}

/// A file with its facts.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub path: PathBuf,
    pub bytes: u64,
    pub modified: Option<SystemTime>,
}

/// A hashed file.
pub(super) struct Hashed {
    pub candidate: Candidate,
    pub sha256: [u8; 32],
    format: String,
    pub channels: u8,
    pub length: Tenths,
}

/// Names without suffix, for guessing the pattern.
pub(super) fn sample_names(folder: &Path) -> Vec<String> {
    let mut refused = Vec::new();
    let mut files = Vec::new();
    walk(folder, folder, 0, &mut files, &mut refused);
    files.iter().take(500).map(|file| stem(&file.path)).collect()
}

/// The recordings in a folder and below, in order of names, and what is passed over, with the reason.
pub fn recordings_in(folder: &Path) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    walk(folder, folder, 0, &mut files, &mut refused);
    (files.into_iter().map(|file| file.path).collect(), refused)
}

pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

pub(super) fn suffix(path: &Path) -> String {
    path.extension().map(|suffix| suffix.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// All sound files, in order of names. Links that lead out of the folder are refused.
fn walk(root: &Path, folder: &Path, depth: usize, files: &mut Vec<Candidate>, refused: &mut Vec<(PathBuf, String)>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            refused.push((folder.to_owned(), format!("cannot be read: {error}")));
            return;
        }
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    for path in paths {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) || files.len() >= MOST {
            continue;
        }
        let Ok(facts) = fs::symlink_metadata(&path) else { continue };
        if facts.is_symlink() {
            if !SUFFIXES.contains(&suffix(&path).as_str()) {
                continue;
            }
            let inside =
                fs::canonicalize(&path).ok().zip(fs::canonicalize(root).ok()).is_some_and(|(path, root)| path.starts_with(root));
            let why = if !path.exists() {
                "is a link to nothing that can be read"
            } else if inside {
                "is a link to another file of this folder, which is imported itself"
            } else {
                "is a link that leaves the folder"
            };
            refused.push((path, why.to_owned()));
        } else if facts.is_dir() {
            if depth < DEEPEST {
                walk(root, &path, depth + 1, files, refused);
            }
        } else if facts.is_file() && SUFFIXES.contains(&suffix(&path).as_str()) {
            files.push(Candidate { bytes: facts.len(), modified: facts.modified().ok(), path });
        }
    }
}

impl Service {
    pub(super) async fn import_recordings(
        &self,
        request: &ImportRequest,
        settings: &Settings,
        rules: &Rules,
        reporter: &Reporter,
        summary: &mut Summary,
    ) -> Result<()> {
        self.sweep_recordings(request, settings, rules, reporter, summary, &mut Sweep::default()).await
    }

    pub(super) async fn sweep_recordings(
        &self,
        request: &ImportRequest,
        settings: &Settings,
        rules: &Rules,
        reporter: &Reporter,
        summary: &mut Summary,
        sweep: &mut Sweep,
    ) -> Result<()> {
        let Some(folder) = request.recordings.clone() else { return Ok(()) };
        let mut rejects = Rejects::new(request.rejects.clone());
        let known_before = std::mem::take(&mut sweep.done);
        let (files, refused, known) = blocking(move || {
            let facts = fs::metadata(&folder).map_err(|error| {
                ServiceError::NotFound(format!("cannot read {}: {error}; check the name and its permissions", shown(&folder)))
            })?;
            if !facts.is_dir() {
                return Err(ServiceError::Invalid(format!(
                    "{} is no folder; name the folder that holds the recordings",
                    shown(&folder)
                )));
            }
            let (mut files, mut refused) = (Vec::new(), Vec::new());
            walk(&folder, &folder, 0, &mut files, &mut refused);
            files.retain(|file| known_before.get(&file.path) != Some(&(file.bytes, file.modified)));
            Ok((files, refused, known_before))
        })
        .await?;
        let refused: Vec<_> = refused.into_iter().filter(|(path, _)| !known.contains_key(path)).collect();
        sweep.done = known;
        summary.files_read += 1;
        for (path, why) in refused {
            sweep.done.insert(path.clone(), (0, None));
            refuse(&mut rejects, summary, &path, &why);
        }
        let pattern = settings.recording_name.as_deref().unwrap_or(KNOWN_PATTERNS[0]);
        let pattern = NamePattern::new(pattern, rules.zone.clone()).map_err(ServiceError::Invalid)?;
        let files = self.settled(files, request.follow, &mut rejects, summary).await?;
        // Files come before their rows: should this program die, the next one looks after them.
        let _working = if request.in_place {
            None
        } else {
            let vault = self.vault()?.clone();
            Some(blocking(move || Ok(vault.working()?)).await?)
        };
        let mut batch: Vec<NewRecording> = Vec::new();
        let mut seen: HashSet<([u8; 32], Vec<String>)> = HashSet::new();
        // In place nothing is written, so sides stay the two recordings that they are.
        let works = if request.in_place { files.into_iter().map(Work::One).collect() } else { sides::paired(files) };
        let total = works.len() as u64;
        for (done, work) in works.into_iter().enumerate() {
            if reporter.cancelled() && !request.follow {
                summary.cancelled = true;
                break;
            }
            reporter.report(Progress { stage: "copying recordings", done: done as u64, total: Some(total) });
            for candidate in work.files() {
                sweep.done.insert(candidate.path.clone(), (candidate.bytes, candidate.modified));
            }
            let alone = match work {
                Work::One(candidate) => vec![candidate],
                Work::Pair(left, right) => match self.take_pair(left, right, &pattern).await {
                    Ok(Joined::New(recording)) => {
                        batch.push(*recording);
                        summary.joined_recordings += 1;
                        Vec::new()
                    }
                    Ok(Joined::Apart(left, right)) => vec![left, right],
                    Err(error) => {
                        self.commit_recordings(batch, summary).await?;
                        return Err(error);
                    }
                },
            };
            for candidate in alone {
                let path = candidate.path.clone();
                let name = pattern.read(&stem(&path));
                match self.take(candidate, name, request, &mut seen).await {
                    Ok(Taken::New(recording)) => batch.push(*recording),
                    Ok(Taken::Known) => summary.known_recordings += 1,
                    Ok(Taken::Refused(why)) => refuse(&mut rejects, summary, &path, &why),
                    Err(error) => {
                        // What is copied already is kept, or taken away again.
                        self.commit_recordings(batch, summary).await?;
                        return Err(error);
                    }
                }
            }
            if batch.len() >= BATCH {
                self.commit_recordings(std::mem::take(&mut batch), summary).await?;
            }
        }
        self.commit_recordings(batch, summary).await?;
        match rejects.finish() {
            Ok(file) => summary.rejects_file = file.or_else(|| summary.rejects_file.take()),
            Err(problem) => summary.problem(problem),
        }
        Ok(())
    }

    async fn commit_recordings(&self, recordings: Vec<NewRecording>, summary: &mut Summary) -> Result<()> {
        if recordings.is_empty() {
            return Ok(());
        }
        let paths: Vec<String> = recordings
            .iter()
            .flat_map(|recording| &recording.copies)
            .filter(|copy| copy.place == INTERNAL)
            .map(|copy| copy.path.clone())
            .collect();
        match self.store().import(ImportBatch::new(Vec::new(), recordings, Vec::new())).await {
            Ok(counts) => {
                summary.add(counts);
                Ok(())
            }
            Err(error) => {
                // What no row knows of must not lie in the vault. A copy that cannot be removed is found by `doctor`.
                if let Ok(vault) = self.vault() {
                    let vault = vault.clone();
                    blocking(move || {
                        paths.iter().for_each(|path| drop(vault.remove(path)));
                        Ok(())
                    })
                    .await?;
                }
                Err(error.into())
            }
        }
    }

    /// Leaves out files that are still being written: those touched a moment ago are looked at again.
    async fn settled(
        &self,
        files: Vec<Candidate>,
        follow: bool,
        rejects: &mut Rejects,
        summary: &mut Summary,
    ) -> Result<Vec<Candidate>> {
        let now = jiff::Timestamp::now();
        let is_fresh = |file: &Candidate| {
            file.modified
                .and_then(|at| jiff::Timestamp::try_from(at).ok())
                .is_some_and(|at| now.duration_since(at).unsigned_abs() < FRESH)
        };
        let (fresh, mut settled): (Vec<_>, Vec<_>) = files.into_iter().partition(is_fresh);
        if fresh.is_empty() {
            return Ok(settled);
        }
        tokio::time::sleep(WAIT).await;
        for file in fresh {
            let again = fs::symlink_metadata(&file.path).ok().map(|facts| (facts.len(), facts.modified().ok()));
            if again == Some((file.bytes, file.modified)) {
                settled.push(file);
            } else if !follow {
                refuse(rejects, summary, &file.path, "is still growing; import again when the call is over");
            }
        }
        settled.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(settled)
    }

    async fn take(
        &self,
        candidate: Candidate,
        name: RecordingName,
        request: &ImportRequest,
        seen: &mut HashSet<([u8; 32], Vec<String>)>,
    ) -> Result<Taken> {
        let hashed = match blocking(move || Ok(hash(candidate))).await? {
            Ok(hashed) => hashed,
            Err(why) => return Ok(Taken::Refused(why)),
        };
        let path = hashed.candidate.path.clone();
        let source_name = file_name(&path);
        if self.store().has_recording(source_name.clone(), hashed.candidate.bytes, hashed.sha256).await? {
            return Ok(Taken::Known);
        }
        if !seen.insert((hashed.sha256, name.ids.clone())) {
            return Ok(Taken::Refused("has the same sound and the same call as another file of this folder".to_owned()));
        }
        let copy = if request.in_place {
            let folder = request.recordings.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
            let path = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
            Copy {
                place: clean::line(&folder.unwrap_or_else(|| "folder".to_owned()), 80),
                state: CopyState::Verified,
                path: path.to_string_lossy().into_owned(),
            }
        } else {
            let vault = self.vault()?.clone();
            let stored = blocking(move || {
                Ok(vault.put_file(&path, &ulid::Ulid::new().to_string(), &suffix(&path)).map(|stored| (vault, stored)))
            })
            .await?;
            let (vault, stored) = match stored {
                Ok(stored) => stored,
                Err(error) => return Err(error.into()),
            };
            if stored.sha256 != hashed.sha256 {
                blocking(move || Ok(vault.remove(&stored.path)?)).await?;
                return Ok(Taken::Refused("changed while it was copied; import again when the call is over".to_owned()));
            }
            Copy { place: INTERNAL.to_owned(), state: CopyState::Verified, path: stored.path }
        };
        Ok(Taken::New(Box::new(NewRecording {
            source_name,
            source_ids: name.ids,
            mode: name.mode,
            started: name.started,
            leg: name.leg,
            length: hashed.length,
            channels: hashed.channels,
            format: hashed.format,
            bytes: hashed.candidate.bytes,
            sha256: hashed.sha256,
            state: RecordingState::Stored,
            copies: vec![copy],
            parts: Vec::new(),
        })))
    }
}

enum Taken {
    New(Box<NewRecording>),
    Known,
    Refused(String),
}

fn refuse(rejects: &mut Rejects, summary: &mut Summary, path: &Path, why: &str) {
    summary.rejected_recordings += 1;
    rejects.add(path, 0, why, b"");
    summary.problem(format!("{} {why}", shown(path)));
}

/// A file's name as it is remembered.
pub(super) fn file_name(path: &Path) -> String {
    clean::line(&path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), 255)
}

fn shown(path: &Path) -> String {
    clean::line(&path.display().to_string(), 300)
}

/// Reads a whole file: its hash, and what sound it is.
pub(super) fn hash(candidate: Candidate) -> std::result::Result<Hashed, String> {
    if candidate.bytes <= EMPTY {
        return Err(format!("holds no sound ({} bytes)", candidate.bytes));
    }
    let mut file = File::open(&candidate.path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut bytes = 0u64;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                hasher.update(&buffer[..length]);
                bytes += length as u64;
            }
            Err(error) => return Err(format!("cannot be read: {error}")),
        }
    }
    let after = file.metadata().map_err(|error| format!("cannot be read: {error}"))?;
    if bytes != candidate.bytes || after.len() != candidate.bytes || after.modified().ok() != candidate.modified {
        return Err("is still growing; import again when the call is over".to_owned());
    }
    let name = candidate.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (format, channels, length) = match sound::open(Box::new(file), bytes, &name) {
        Ok(decoder) => {
            let facts = decoder.facts();
            if facts.is_empty() {
                return Err("holds no sound".to_owned());
            }
            (facts.format.clone(), facts.channels, Tenths::from_seconds(facts.seconds()))
        }
        // No recording is lost only because it cannot be played.
        Err(_) if NOT_ALWAYS_READ.contains(&suffix(&candidate.path).as_str()) && looks_like_sound(&candidate.path) => {
            (suffix(&candidate.path), 1, Tenths(0))
        }
        Err(error) => return Err(format!("is no sound that can be read: {error}")),
    };
    Ok(Hashed { candidate, sha256: hasher.finalize().into(), format, channels, length })
}

/// By the first bytes; raw codings have none and are believed.
fn looks_like_sound(path: &Path) -> bool {
    let mut head = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok();
    let magic: Option<&[u8]> = match suffix(path).as_str() {
        "wav" | "wav49" => Some(b"RIFF"),
        "ogg" | "oga" | "opus" => Some(b"OggS"),
        "flac" => Some(b"fLaC"),
        _ => None,
    };
    read && magic.is_none_or(|magic| head == *magic)
}
