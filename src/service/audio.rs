//! The sound of a recording: from a copy whose hash was compared, after the audit row was committed.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use sha2::{Digest, Sha256};

use super::{Result, Service, ServiceError, audit::record_of};
use crate::domain::{
    actor::{Actor, Permission},
    audit::AuditRecord,
    id::CallId,
    recording::{Copy, CopyState, GENERATED, INTERNAL, Recording, RecordingState},
};
use crate::store::Store;

/// Requests for further ranges of one sound within this time belong to the same playback: one audit row, not hundreds.
const SAME_PLAYBACK: Duration = Duration::from_secs(600);
/// How many playbacks and compared copies are remembered.
const REMEMBERED: usize = 4_096;

/// Why the bytes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AudioUse {
    Play,
    Download,
    /// To draw the waveform.
    Peaks,
}

/// Sound ready to leave: the audit row is committed, the hash was compared.
pub struct Audio {
    pub recording: Recording,
    /// At its beginning.
    pub file: File,
    pub bytes: u64,
}

/// Length and time of change of a file, as far as known.
type Seen = (u64, Option<SystemTime>);

/// What was heard and compared lately by this program.
#[derive(Default)]
pub(super) struct Heard {
    /// When who last used which recording for what.
    playbacks: Mutex<HashMap<(String, String, AudioUse), Instant>>,
    /// Recording and place whose hash was right, with the length and time that the file had then.
    compared: Mutex<HashMap<(String, String), Seen>>,
}

impl AudioUse {
    pub(super) const fn permission(self) -> Permission {
        match self {
            Self::Play | Self::Peaks => Permission::Listen,
            Self::Download => Permission::Download,
        }
    }

    pub(super) const fn did(self) -> &'static str {
        match self {
            Self::Play => "recording.play",
            Self::Download => "recording.download",
            Self::Peaks => "recording.peaks",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Play => "play recordings",
            Self::Download => "download recordings",
            Self::Peaks => "draw the waveform of recordings",
        }
    }
}

impl Service {
    /// Opens the sound. `continues`: a further range of a playback that may have begun already.
    ///
    /// # Errors
    /// Without the right; [`ServiceError::Gone`] where there are no bytes, [`ServiceError::Damaged`] where they are not those
    /// that were recorded; [`ServiceError::ReadOnly`] where the act cannot be audited.
    pub async fn audio(&self, actor: &Actor, id: &str, r#use: AudioUse, continues: bool) -> Result<Audio> {
        let (recording, _) = self.allowed_recording(actor, id, r#use).await?;
        let (file, bytes) = self.open_any_copy(&recording).await?;
        self.audit_audio(actor, &recording, r#use, continues).await?;
        Ok(Audio { recording, file, bytes })
    }

    /// Facts of a recording that this actor may use so; nothing is opened or audited yet.
    ///
    /// # Errors
    /// As [`Self::audio`].
    pub async fn audible(&self, actor: &Actor, id: &str, r#use: AudioUse) -> Result<Recording> {
        let (recording, _) = self.allowed_recording(actor, id, r#use).await?;
        has_bytes(&recording)?;
        Ok(recording)
    }

    /// The recording and its call, once it is clear that this actor may use it so and that it can be audited.
    pub(super) async fn allowed_recording(
        &self,
        actor: &Actor,
        id: &str,
        r#use: AudioUse,
    ) -> Result<(Recording, Option<CallId>)> {
        let act = (r#use.did(), r#use.words());
        let look = |store: Store, scope, id| async move { store.recording(scope, id).await };
        let found = self.allowed(actor, r#use.permission(), act, id, look).await?;
        self.must_be_writable(r#use.words())?;
        Ok(found)
    }

    /// Commits the audit row of a playback, download or waveform; further ranges of the same one are not written again.
    pub(super) async fn audit_audio(&self, actor: &Actor, recording: &Recording, r#use: AudioUse, continues: bool) -> Result<()> {
        if continues && self.goes_on(actor, &recording.id.0, r#use) {
            return Ok(());
        }
        self.audit_use(actor, r#use.did(), &recording.id.0, r#use, None).await
    }

    /// Whether this use of a recording or clip began lately and was written down then.
    pub(super) fn goes_on(&self, actor: &Actor, id: &str, r#use: AudioUse) -> bool {
        let key = (actor.name.clone(), id.to_owned(), r#use);
        let now = Instant::now();
        let mut playbacks = self.inner.heard.playbacks.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = playbacks.get(&key).is_some_and(|last| now.duration_since(*last) < SAME_PLAYBACK);
        if lately {
            playbacks.insert(key, now);
        }
        lately
    }

    /// Commits the audit row of a use of a recording or clip.
    pub(super) async fn audit_use(
        &self,
        actor: &Actor,
        did: &'static str,
        id: &str,
        r#use: AudioUse,
        detail: Option<String>,
    ) -> Result<()> {
        self.write_down(AuditRecord { detail, ..record_of(actor, did, id) }).await?;
        let mut playbacks = self.inner.heard.playbacks.lock().unwrap_or_else(PoisonError::into_inner);
        if playbacks.len() >= REMEMBERED {
            playbacks.clear();
        }
        playbacks.insert((actor.name.clone(), id.to_owned(), r#use), Instant::now());
        Ok(())
    }

    /// The first copy that can be read and is what was recorded.
    pub(super) async fn open_any_copy(&self, recording: &Recording) -> Result<(File, u64)> {
        has_bytes(recording)?;
        let mut why = None;
        for copy in by_worth(&recording.copies) {
            match self.open_copy(recording, copy).await {
                Ok(opened) => return Ok(opened),
                Err(error) => why = Some(error),
            }
        }
        Err(why.unwrap_or_else(|| ServiceError::Gone(format!("recording {} has no copy that can be read here", recording.id))))
    }

    /// Notes what was found of a copy, where that is news; tells whether it is noted now.
    async fn mark(&self, recording: &Recording, copy: &Copy, state: CopyState) -> bool {
        if copy.state == state {
            return true;
        }
        let noted = match self.read_only() {
            Some(_) => return false,
            None => self.store().set_copy_state(recording.id.0.clone(), copy.place.clone(), state).await,
        };
        if let Err(error) = &noted {
            tracing::warn!(recording = %recording.id, %error, "the state of a copy could not be noted");
        }
        noted.is_ok()
    }

    async fn open_copy(&self, recording: &Recording, copy: &Copy) -> Result<(File, u64)> {
        let vault = self.vault()?.clone();
        let path = copy.path.clone();
        // An absolute path stays itself when joined: a folder registered in place.
        let opened =
            blocking(move || vault.open_copy(&path).map_err(|error| (error, !vault.root().join(&path).exists()))).await?;
        let file = match opened {
            Ok(file) => file,
            Err((error, missing)) => {
                if missing {
                    self.mark(recording, copy, CopyState::Missing).await;
                }
                // The place in the file system is for the log: a path never crosses the API.
                tracing::warn!(recording = %recording.id, %error, "a copy cannot be opened");
                let why =
                    if missing { "its file is missing" } else { "its file cannot be opened; the log of this program says why" };
                return Err(ServiceError::Gone(format!("the copy of recording {} in {}: {why}", recording.id, copy.place)));
            }
        };
        let file = match self.compared((&copy.place, &recording.id.0), file, recording.bytes, &recording.sha256).await? {
            Ok(file) => file,
            Err(how) => {
                let noted = if self.mark(recording, copy, CopyState::Damaged).await {
                    "it is marked as damaged"
                } else {
                    "that could not be noted in the database"
                };
                return Err(damaged(recording, copy, &format!("{how} from what was recorded; {noted}")));
            }
        };
        self.mark(recording, copy, CopyState::Verified).await;
        Ok((file, recording.bytes))
    }

    /// Compares a file with length and hash, unless that was done since it was changed last. The inner error says in what it
    /// differs.
    pub(super) async fn compared(
        &self,
        (place, id): (&str, &str),
        mut file: File,
        length: u64,
        sha256: &str,
    ) -> Result<std::result::Result<File, &'static str>> {
        let facts = file.metadata().map_err(|error| ServiceError::Storage(format!("{id}: {error}")))?;
        let (key, seen) = ((id.to_owned(), place.to_owned()), (facts.len(), facts.modified().ok()));
        let known = self.inner.heard.compared.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if known == Some(seen) {
            return Ok(Ok(file));
        }
        if facts.len() != length {
            return Ok(Err("its length differs"));
        }
        let (file, hash) = blocking(move || hash(&mut file).map(|hash| (file, hash)))
            .await?
            .map_err(|error| ServiceError::Storage(format!("{id} in {place} cannot be read: {error}")))?;
        if hash != sha256 {
            return Ok(Err("its hash differs"));
        }
        let mut compared = self.inner.heard.compared.lock().unwrap_or_else(PoisonError::into_inner);
        if compared.len() >= REMEMBERED {
            compared.clear();
        }
        compared.insert(key, seen);
        Ok(Ok(file))
    }
}

/// Copies that may have bytes: in the vault first; damaged and missing ones last, as they may have been put back.
fn by_worth(copies: &[Copy]) -> Vec<&Copy> {
    let mut copies: Vec<&Copy> = copies.iter().filter(|copy| copy.place != GENERATED && !copy.path.is_empty()).collect();
    copies.sort_by_key(|copy| (matches!(copy.state, CopyState::Damaged | CopyState::Missing), copy.place != INTERNAL));
    copies
}

fn has_bytes(recording: &Recording) -> Result<()> {
    let gone = |why: &str| Err(ServiceError::Gone(format!("recording {} {why}", recording.id)));
    match recording.state {
        RecordingState::Deleted => gone("was deleted"),
        RecordingState::Erased => gone("was erased"),
        RecordingState::Pending => gone("is still being made; try again once the call has ended"),
        _ if !recording.copies.is_empty() && recording.copies.iter().all(|copy| copy.place == GENERATED) => {
            gone("was generated for measuring: it has a row but no sound")
        }
        // Lost ones are looked for again: a copy may have been put back.
        RecordingState::Stored | RecordingState::Lost => Ok(()),
    }
}

fn damaged(recording: &Recording, copy: &Copy, why: &str) -> ServiceError {
    ServiceError::Damaged(format!(
        "the copy of recording {} in {} is damaged: {why}; restore it from a backup or import it again",
        recording.id, copy.place
    ))
}

fn hash(file: &mut File) -> std::io::Result<String> {
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => sha256.update(&buffer[..count]),
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(sha256.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    }))
}

/// Runs what blocks (files, decoding) beside the runtime.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ServiceError::Storage(format!("reading stopped: {error}")))
}
