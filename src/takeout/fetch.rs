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

use super::{TakeError, manifest::Form};
use crate::{
    client::{AudioQuery, AudioUse, Client, ClientError},
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

/// What is saved of each recording, and in which format; nothing said: the bytes as they are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Making {
    /// Seconds.
    pub from: Option<f64>,
    pub until: Option<f64>,
    /// `wav`, `mp3` or `opus`; none: WAV, where only a stretch is wanted.
    pub convert: Option<String>,
}

impl Making {
    pub const fn is_nothing(&self) -> bool {
        self.from.is_none() && self.until.is_none() && self.convert.is_none()
    }

    /// As the manifest tells it.
    pub(super) fn form(&self) -> Form {
        if self.is_nothing() {
            return Form::default();
        }
        let seconds = |place: Option<f64>| place.map(|place| place.to_string()).unwrap_or_default();
        Form { from_s: seconds(self.from), until_s: seconds(self.until), format: self.suffix().to_owned() }
    }

    /// Of the files that are made.
    pub(super) fn suffix(&self) -> &str {
        self.convert.as_deref().unwrap_or("wav")
    }
}

/// What is fetched: a recording, or a clip told as one.
pub(super) struct Source<'a> {
    pub client: &'a Client,
    pub recording: &'a RecordingBody,
    pub is_clip: bool,
    pub making: &'a Making,
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
pub(super) async fn save(source: &Source<'_>, target: &Path, place: Place) -> Result<Option<(u64, String)>, Unfetched> {
    let folder = target.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(|why| disk(folder, &why))?;
    let received = receive(source, folder).await?;
    let ready = if source.recording.format.starts_with("raw/") && source.making.is_nothing() {
        let name = name_for(source.recording);
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

/// The bytes: as they were recorded and compared with their hash, or as the server made them and compared with their length.
async fn receive(source: &Source<'_>, folder: &Path) -> Result<NamedTempFile, Unfetched> {
    let Source { client, recording, is_clip, making } = source;
    let query = AudioQuery { r#use: AudioUse::Download, from: making.from, until: making.until, convert: making.convert.clone() };
    let answer =
        if *is_clip { client.clip_made(&recording.id, &query).await } else { client.audio_made(&recording.id, &query).await };
    let mut answer = answer.map_err(refused)?;
    let promised: Option<u64> =
        answer.headers.get(http::header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let mut file = temporary(folder)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    while let Some(part) = answer.body.next().await {
        let part = part.map_err(|why| this(format!("the sound broke off: {why}")))?;
        hash.update(&part);
        bytes += part.len() as u64;
        file.write_all(&part).map_err(|why| disk(folder, &why))?;
    }
    if !making.is_nothing() {
        return match promised {
            Some(promised) if promised != bytes => Err(this(format!("the sound broke off after {bytes} of {promised} bytes"))),
            _ => Ok(file),
        };
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
