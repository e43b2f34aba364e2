//! One recording into one file: beside its place first, compared with its hash, then renamed. Headerless sound gets a
//! WAV header.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::TakeError;
use crate::{
    client::{AudioUse, Client, ClientError},
    domain::{naming, recording::suffix_of},
    sound,
    wire::RecordingBody,
};

/// Whether others are worth trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    This,
    All,
}

/// Why a recording is not in its file.
pub(super) struct Unfetched {
    pub why: TakeError,
    pub stop: Stop,
}

/// The ending of a file of this format as it is saved.
pub fn ending(format: &str) -> String {
    match suffix_of(format, 2) {
        _ if format.starts_with("raw/") => "wav".to_owned(),
        "bin" if !format.is_empty() => naming::safe(format.split('/').next().unwrap_or_default(), 12),
        suffix => suffix.to_owned(),
    }
}

/// A name whose suffix tells how headerless sound is to be read.
pub fn name_for(recording: &RecordingBody) -> String {
    format!("{}.{}", recording.id, suffix_of(&recording.format, recording.channels))
}

/// What is at the place of a file that is about to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing.
    Free,
    /// A file that an earlier download saved and that lost its end.
    Shortened,
}

/// Saves a recording. Gives bytes and hash of the file; none if the place holds something that is not its beginning.
pub(super) async fn save(
    client: &Client,
    recording: &RecordingBody,
    target: &Path,
    place: Place,
) -> Result<Option<(u64, String)>, Unfetched> {
    let folder = target.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(|why| disk(folder, &why))?;
    let received = receive(client, recording, folder).await?;
    let ready = if recording.format.starts_with("raw/") {
        let name = name_for(recording);
        let folder = folder.to_owned();
        let wrapped = tokio::task::spawn_blocking(move || wrap(&received, &name, &folder)).await;
        wrapped.map_err(|why| this(format!("wrapping in WAV stopped: {why}")))??
    } else {
        received
    };
    let (bytes, hash) =
        ready.as_file().try_clone().ok().and_then(hash_of_file).ok_or_else(|| this("the file cannot be read back"))?;
    ready.as_file().sync_all().map_err(|why| disk(target, &why))?;
    match place {
        // Never over something else: what came there meanwhile is not ours.
        Place::Free => ready.persist_noclobber(target).map_err(|why| disk(target, &why.error))?,
        Place::Shortened if !begins(ready.path(), target) => return Ok(None),
        Place::Shortened => ready.persist(target).map_err(|why| disk(target, &why.error))?,
    };
    Ok(Some((bytes, hash)))
}

/// The bytes as they were recorded, compared with their hash.
async fn receive(client: &Client, recording: &RecordingBody, folder: &Path) -> Result<NamedTempFile, Unfetched> {
    let mut answer = client.audio(&recording.id, None, AudioUse::Download).await.map_err(refused)?;
    let mut file = temporary(folder)?;
    let mut hash = Sha256::new();
    while let Some(part) = answer.body.next().await {
        let part = part.map_err(|why| this(format!("the sound broke off: {why}")))?;
        hash.update(&part);
        file.write_all(&part).map_err(|why| disk(folder, &why))?;
    }
    let hash = hex(&hash.finalize());
    if hash != recording.sha256 {
        return Err(this(format!("damaged: its hash is {hash}, recorded was {}", recording.sha256)));
    }
    Ok(file)
}

fn wrap(raw: &NamedTempFile, name: &str, folder: &Path) -> Result<NamedTempFile, Unfetched> {
    let opened = raw.reopen().and_then(|file| Ok((file.metadata()?.len(), file)));
    let (length, file) = opened.map_err(|why| disk(folder, &why))?;
    let mut decoder = sound::open(Box::new(file), length, name).map_err(|why| this(why.to_string()))?;
    let wrapped = temporary(folder)?;
    let mut out = io::BufWriter::new(wrapped.as_file());
    sound::write_wav(decoder.as_mut(), &mut out).map_err(|why| this(why.to_string()))?;
    drop(out);
    Ok(wrapped)
}

/// A file that vanishes unless it is renamed; 0600, since a recording is nobody else's.
fn temporary(folder: &Path) -> Result<NamedTempFile, Unfetched> {
    tempfile::Builder::new().prefix(".callreel-").suffix(".part").tempfile_in(folder).map_err(|why| disk(folder, &why))
}

/// Whether `whole` begins with all that is in `part`. Not where one of them cannot be read.
fn begins(whole: &Path, part: &Path) -> bool {
    let (Ok(whole), Ok(part)) = (File::open(whole), File::open(part)) else { return false };
    let (mut whole, mut part) = (io::BufReader::new(whole).bytes(), io::BufReader::new(part).bytes());
    part.all(|byte| matches!((byte, whole.next()), (Ok(one), Some(Ok(other))) if one == other))
}

/// Length and hash of a file; none if it is no plain file that can be read.
pub(super) fn hash_of(path: &Path) -> Option<(u64, String)> {
    let facts = path.symlink_metadata().ok()?;
    if !facts.is_file() {
        return None;
    }
    hash_of_file(File::open(path).ok()?)
}

fn hash_of_file(mut file: File) -> Option<(u64, String)> {
    file.seek(SeekFrom::Start(0)).ok()?;
    let (mut hash, mut block, mut bytes) = (Sha256::new(), vec![0; 1 << 16], 0);
    loop {
        match file.read(&mut block).ok()? {
            0 => return Some((bytes, hex(&hash.finalize()))),
            read => {
                hash.update(&block[..read]);
                bytes += read as u64;
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn this(why: impl Into<String>) -> Unfetched {
    Unfetched { why: TakeError::Failed(why.into()), stop: Stop::This }
}

/// What the place says. Who may not download one recording may download none; a place out of reach has no others.
fn refused(error: ClientError) -> Unfetched {
    let why = TakeError::from(error);
    let stop = if why.stops_all() { Stop::All } else { Stop::This };
    Unfetched { why, stop }
}

/// A full disk stops everything; a name that this disk does not like only this file.
fn disk(path: &Path, why: &io::Error) -> Unfetched {
    let full =
        matches!(why.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::ReadOnlyFilesystem);
    let why = TakeError::Failed(format!("{} cannot be written: {why}", path.display()));
    Unfetched { why, stop: if full { Stop::All } else { Stop::This } }
}
