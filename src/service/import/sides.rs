//! Two files of one side each, as `Monitor` and the options `r` and `t` of `MixMonitor` leave them: one recording of two
//! channels, our side left. The files stay as they are; both are remembered.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{
    Result, ServiceError, blocking,
    recordings::{Candidate, Hashed, file_name, hash, stem, suffix},
};
use crate::{
    domain::{
        clean,
        recording::{Copy, CopyState, INTERNAL, NewRecording, RecordingState, SourcePart, are_sides_of_one_call, one_side},
    },
    pbx::asterisk::recording_name::NamePattern,
    service::Service,
    sound,
    vault::{Stored, Vault},
};

/// What is taken at once.
pub(super) enum Work {
    One(Candidate),
    /// Ours, and the other side.
    Pair(Candidate, Candidate),
}

impl Work {
    pub(super) fn files(&self) -> Vec<&Candidate> {
        match self {
            Self::One(one) => vec![one],
            Self::Pair(left, right) => vec![left, right],
        }
    }
}

/// What became of a pair.
pub(super) enum Joined {
    New(Box<NewRecording>),
    /// They are no pair, or one of them is known: each is taken for itself.
    Apart(Candidate, Candidate),
}

/// Puts the sides of one call together that lie in the same folder with the same suffix; all others stay in their order.
pub(super) fn paired(files: Vec<Candidate>) -> Vec<Work> {
    let places: HashMap<PathBuf, usize> = files.iter().enumerate().map(|(place, file)| (file.path.clone(), place)).collect();
    let mut files: Vec<Option<Candidate>> = files.into_iter().map(Some).collect();
    let mut works = Vec::new();
    for place in 0..files.len() {
        let Some(file) = files[place].take() else { continue };
        let stem = stem(&file.path);
        let twin = one_side(&stem).and_then(|side| {
            let mut path = file.path.with_file_name(&side.twin).into_os_string();
            path.push(".");
            path.push(file.path.extension()?);
            Some((side.is_left, files.get_mut(*places.get(Path::new(&path))?)?.take()?))
        });
        works.push(match twin {
            None => Work::One(file),
            Some((true, twin)) => Work::Pair(file, twin),
            Some((false, twin)) => Work::Pair(twin, file),
        });
    }
    works
}

/// Both files and what lies in the vault now.
struct Written {
    hashed: [Hashed; 2],
    stored: Stored,
}

impl Service {
    /// Joins two files, unless they are no pair or one of them was imported before.
    pub(super) async fn take_pair(&self, left: Candidate, right: Candidate, pattern: &NamePattern) -> Result<Joined> {
        let (one, other) = (left.clone(), right.clone());
        let hashed = blocking(move || Ok(hash(one).ok().zip(hash(other).ok()))).await?;
        let Some((one, other)) = hashed else { return Ok(Joined::Apart(left, right)) };
        let name = pattern.read(&stem(&left.path));
        let near = are_sides_of_one_call(one.length.seconds(), other.length.seconds());
        // Names with the id of a channel are of one call, however late the other side began.
        if one.channels != 1 || other.channels != 1 || (!near && name.ids.is_empty()) {
            return Ok(Joined::Apart(left, right));
        }
        for side in [&one, &other] {
            if self.store().has_recording(file_name(&side.candidate.path), side.candidate.bytes, side.sha256).await? {
                return Ok(Joined::Apart(left, right));
            }
        }
        let vault = self.vault()?.clone();
        let written = blocking(move || write(&vault, [one, other])).await?;
        let Some(Written { hashed, stored }) = written else { return Ok(Joined::Apart(left, right)) };
        let parts = hashed.each_ref().map(|side| SourcePart {
            name: file_name(&side.candidate.path),
            bytes: side.candidate.bytes,
            sha256: side.sha256,
        });
        let length = hashed[0].length.max(hashed[1].length);
        Ok(Joined::New(Box::new(NewRecording {
            source_name: clean::line(&parts.each_ref().map(|part| part.name.as_str()).join(SourcePart::AND), 520),
            source_ids: name.ids,
            mode: name.mode,
            started: name.started,
            leg: name.leg,
            length,
            channels: 2,
            format: "wav/pcm".to_owned(),
            bytes: stored.bytes,
            sha256: stored.sha256,
            state: RecordingState::Stored,
            copies: vec![Copy { place: INTERNAL.to_owned(), state: CopyState::Verified, path: stored.path }],
            parts: parts.into(),
        })))
    }
}

/// Writes both sides into the vault as one WAV file; none where they cannot be joined after all.
fn write(vault: &Vault, hashed: [Hashed; 2]) -> Result<Option<Written>> {
    let open = |side: &Hashed| {
        let file = File::open(&side.candidate.path).ok()?;
        sound::open(Box::new(file), side.candidate.bytes, &file_name(&side.candidate.path)).ok()
    };
    let [left, right] = &hashed;
    let Some((one, other)) = open(left).zip(open(right)) else { return Ok(None) };
    let Ok(mut joined) = sound::join(one, other, 0) else { return Ok(None) };
    // Beside its place: a copy of a call does not lie in a folder for everybody.
    let unable = |why: std::io::Error| ServiceError::Storage(format!("the sides of a call cannot be joined: {why}"));
    let whole = tempfile::Builder::new().prefix(".incoming-sides-").tempfile_in(vault.root()).map_err(unable)?;
    whole.as_file().lock().map_err(unable)?;
    let mut out = BufWriter::new(whole.as_file());
    if sound::write_wav(joined.as_mut(), &mut out).is_err() {
        return Ok(None);
    }
    out.flush().map_err(unable)?;
    drop(out);
    let stored = vault.put_file(whole.path(), &ulid::Ulid::new().to_string(), "wav")?;
    let same = hashed.iter().all(|side| {
        hash(side.candidate.clone()).is_ok_and(|again| again.sha256 == side.sha256) && !suffix(&side.candidate.path).is_empty()
    });
    if !same {
        vault.remove(&stored.path)?;
        return Ok(None);
    }
    Ok(Some(Written { hashed, stored }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_put_together_by_folder_name_and_suffix() {
        let names = ["a/x-in.wav", "a/x-out.wav", "a/y-t.sln", "a/y-r.sln", "a/z-in.wav", "a/z-out.gsm", "b/x-in.wav", "c.wav"];
        let file = |name: &&str| Candidate { path: PathBuf::from(name), bytes: 1000, modified: None };
        let found: Vec<String> = paired(names.iter().map(file).collect())
            .iter()
            .map(|work| work.files().iter().map(|file| file.path.display().to_string()).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(found, ["a/x-in.wav a/x-out.wav", "a/y-r.sln a/y-t.sln", "a/z-in.wav", "a/z-out.gsm", "b/x-in.wav", "c.wav"]);
    }
}
