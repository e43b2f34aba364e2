//! The sound of a recording: from a copy whose hash was compared, after the audit row was committed.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use sha2::{Digest, Sha256};

use super::{
    Result, Service, ServiceError,
    arriving::{Arriving, Expected, Lost},
    audit::record_of,
};
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
/// What comes from elsewhere within this time is compared before the first byte leaves; what takes longer is heard meanwhile.
const SOON: Duration = Duration::from_millis(250);
/// Without a byte from elsewhere for so long, those who hear are told.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why the bytes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AudioUse {
    Play,
    Download,
    /// To draw the waveform.
    Peaks,
}

/// Sound ready to leave; the audit row is committed.
pub struct Audio {
    pub recording: Recording,
    pub sound: Sound,
    pub bytes: u64,
}

/// Where the bytes of a sound are.
pub enum Sound {
    /// All here, at their beginning, and compared with their hash.
    Here(File),
    /// Still coming from elsewhere.
    Coming(Arriving),
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
    arrivals: super::arriving::Arrivals,
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
        let sound = self.hear_any_copy(&recording).await?;
        self.audit_audio(actor, &recording, r#use, continues).await?;
        Ok(Audio { bytes: recording.bytes, recording, sound })
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
                Ok(file) => return Ok((file, recording.bytes)),
                Err(error) => why = Some(error),
            }
        }
        Err(why.unwrap_or_else(|| unreadable(recording)))
    }

    /// As [`Self::open_any_copy`]; one that lies elsewhere may be heard while it comes.
    async fn hear_any_copy(&self, recording: &Recording) -> Result<Sound> {
        has_bytes(recording)?;
        let mut why = None;
        for copy in by_worth(&recording.copies) {
            match self.hear_copy(recording, copy).await {
                Ok(sound) => return Ok(sound),
                Err(error) => why = Some(error),
            }
        }
        Err(why.unwrap_or_else(|| unreadable(recording)))
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

    /// Opens a copy and compares it.
    async fn open_copy(&self, recording: &Recording, copy: &Copy) -> Result<File> {
        let file = self.opened(recording, copy).await?;
        match self.compared((&copy.place, &recording.id.0), file, recording.bytes, &recording.sha256).await? {
            Ok(file) => {
                self.mark(recording, copy, CopyState::Verified).await;
                Ok(file)
            }
            Err(how) => Err(self.found_damaged(recording, copy, how).await),
        }
    }

    /// As [`Self::open_copy`]; what lies elsewhere and does not come soon is heard while it comes.
    async fn hear_copy(&self, recording: &Recording, copy: &Copy) -> Result<Sound> {
        let key = (recording.id.0.clone(), copy.place.clone());
        if copy.place == INTERNAL {
            return self.open_copy(recording, copy).await.map(Sound::Here);
        }
        let file = self.opened(recording, copy).await?;
        let seen = seen(&file, &recording.id.0)?;
        if seen.0 != recording.bytes || self.is_compared(&key, seen) {
            return self.open_copy(recording, copy).await.map(Sound::Here);
        }
        let expected = Expected { length: recording.bytes, sha256: recording.sha256.clone(), patience: PATIENCE };
        let room = self.vault()?.root().to_owned();
        let Some((arriving, begins)) = self.inner.heard.arrivals.of(&key, file, expected, &room) else {
            return self.open_copy(recording, copy).await.map(Sound::Here);
        };
        if begins {
            tokio::spawn(self.clone().see_arrive((recording.clone(), copy.clone()), (key.clone(), seen), arriving.clone()));
        }
        match arriving.end_within(SOON).await {
            None => Ok(Sound::Coming(arriving)),
            Some(Ok(())) => {
                self.remember_compared(key, seen);
                self.open_copy(recording, copy).await.map(Sound::Here)
            }
            Some(Err(Lost::Differs(how))) => Err(self.found_damaged(recording, copy, how).await),
            Some(Err(Lost::Unread(why))) => Err(ServiceError::Storage(format!("{} in {}: {why}", recording.id, copy.place))),
        }
    }

    /// Notes what became of a sound that was on its way.
    async fn see_arrive(self, (recording, copy): (Recording, Copy), (key, seen): ((String, String), Seen), arriving: Arriving) {
        match arriving.end().await {
            Ok(()) => {
                self.remember_compared(key.clone(), seen);
                self.mark(&recording, &copy, CopyState::Verified).await;
            }
            Err(Lost::Differs(how)) => {
                let error = self.found_damaged(&recording, &copy, how).await;
                tracing::warn!(%error, "a sound from elsewhere is not what was recorded");
            }
            Err(Lost::Unread(why)) => {
                tracing::warn!(recording = %recording.id, place = %copy.place, %why, "a sound from elsewhere did not come");
            }
        }
        self.inner.heard.arrivals.forget(&key);
    }

    /// Opens a copy; nothing is compared.
    async fn opened(&self, recording: &Recording, copy: &Copy) -> Result<File> {
        let vault = self.vault()?.clone();
        let path = copy.path.clone();
        // An absolute path stays itself when joined: a folder registered in place.
        let opened =
            blocking(move || vault.open_copy(&path).map_err(|error| (error, !vault.root().join(&path).exists()))).await?;
        let (error, missing) = match opened {
            Ok(file) => return Ok(file),
            Err(why) => why,
        };
        if missing {
            self.mark(recording, copy, CopyState::Missing).await;
        }
        // The place in the file system is for the log: a path never crosses the API.
        tracing::warn!(recording = %recording.id, %error, "a copy cannot be opened");
        let why = if missing { "its file is missing" } else { "its file cannot be opened; the log of this program says why" };
        Err(ServiceError::Gone(format!("the copy of recording {} in {}: {why}", recording.id, copy.place)))
    }

    async fn found_damaged(&self, recording: &Recording, copy: &Copy, how: &str) -> ServiceError {
        let noted = if self.mark(recording, copy, CopyState::Damaged).await {
            "it is marked as damaged"
        } else {
            "that could not be noted in the database"
        };
        damaged(recording, copy, &format!("{how} from what was recorded; {noted}"))
    }

    fn is_compared(&self, key: &(String, String), seen: Seen) -> bool {
        self.inner.heard.compared.lock().unwrap_or_else(PoisonError::into_inner).get(key) == Some(&seen)
    }

    fn remember_compared(&self, key: (String, String), seen: Seen) {
        let mut compared = self.inner.heard.compared.lock().unwrap_or_else(PoisonError::into_inner);
        if compared.len() >= REMEMBERED {
            compared.clear();
        }
        compared.insert(key, seen);
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
        let (key, seen) = ((id.to_owned(), place.to_owned()), seen(&file, id)?);
        if self.is_compared(&key, seen) {
            return Ok(Ok(file));
        }
        if seen.0 != length {
            return Ok(Err("its length differs"));
        }
        let (file, hash) = blocking(move || hash(&mut file).map(|hash| (file, hash)))
            .await?
            .map_err(|error| ServiceError::Storage(format!("{id} in {place} cannot be read: {error}")))?;
        if hash != sha256 {
            return Ok(Err("its hash differs"));
        }
        self.remember_compared(key, seen);
        Ok(Ok(file))
    }
}

fn seen(file: &File, id: &str) -> Result<Seen> {
    let facts = file.metadata().map_err(|error| ServiceError::Storage(format!("{id}: {error}")))?;
    Ok((facts.len(), facts.modified().ok()))
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

fn unreadable(recording: &Recording) -> ServiceError {
    ServiceError::Gone(format!("recording {} has no copy that can be read here", recording.id))
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
