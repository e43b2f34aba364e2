//! Clips: a stretch of a recording as a file of its own in the vault, hashed when it is cut and compared when it is heard.

use std::fs::File;

use super::{
    AudioUse, Result, Service, ServiceError,
    audio::blocking,
    audit::{record, record_of},
    limits,
    made::{Cut, Made, Making},
};
use crate::{
    domain::{
        actor::{Actor, Permission, Scope},
        clip::{Clip, ClipDraft},
        recording::RecordingState,
    },
    sound::Target,
    store::{NewClip, Store, StoredClip},
};

impl Service {
    /// Cuts a clip. Its bytes leave the recording and outlive a look at it, so that it takes the right `download`.
    ///
    /// # Errors
    /// Without the right; as [`Service::audio`]; for a stretch that ends before it begins or lies behind the end.
    pub async fn make_clip(&self, actor: &Actor, draft: ClipDraft) -> Result<Clip> {
        let ClipDraft { recording: id, from_s, until_s, title } = draft;
        let look = |store: Store, scope, id| async move { store.recording(scope, id).await };
        let (recording, call) = self.allowed(actor, Permission::Download, ("clip.add", "cut clips"), &id, look).await?;
        let title = limits::optional_name("the clip's title", title.as_deref())?;
        let making = Making::of(Some(from_s), Some(until_s), Some(Target::Wav.suffix()))?
            .ok_or_else(|| ServiceError::Invalid("say from where to where".to_owned()))?;
        self.must_be_writable("cut clips")?;
        if call.is_none() {
            return Err(ServiceError::Conflict(format!(
                "recording {} belongs to no call yet; cut it once it does",
                recording.id
            )));
        }
        let opened = self.open_any_copy(&recording).await?;
        let name = format!("{}.{}", recording.id, crate::domain::recording::suffix_of(&recording.format, recording.channels));
        let Cut { mut file, channels, from_s, until_s, .. } = self.cut(opened, name, making).await?;
        let vault = self.vault()?.clone();
        // Should the program die before the row, the next one looks for the file.
        let marking = vault.clone();
        let _working = blocking(move || marking.working()).await??;
        // Each clip has bytes of its own: that of another person may go.
        let name = format!("{}-clip{:016x}", recording.id, fastrand::u64(..));
        let stored = blocking(move || vault.put_open(&mut file, &name, Target::Wav.suffix())).await??;
        let mut audit = record(actor, "clip.add");
        audit.detail = Some(format!("recording {}, {from_s} s to {until_s} s", recording.id));
        audit.foreign.clone_from(&title);
        let new = NewClip {
            recording: recording.id.0,
            from_s,
            until_s,
            title,
            format: Target::Wav.format().to_owned(),
            channels,
            bytes: stored.bytes,
            sha256: stored.sha256,
            who: actor.name.clone(),
            path: stored.path.clone(),
        };
        let added = self.store().add_clip(new, audit).await;
        if added.is_err() {
            self.remove_bytes(stored.path).await;
        }
        Ok(added?)
    }

    /// Clips within the actor's scope, newest first; of one call where that is said.
    ///
    /// # Errors
    /// Without the right `see`, and for an unknown call.
    pub async fn clips(&self, actor: &Actor, call: Option<&str>) -> Result<Vec<Clip>> {
        self.may_see(actor).await?;
        Ok(self.store().clips(actor.scope(Permission::See), call.map(ToOwned::to_owned)).await?)
    }

    /// # Errors
    /// [`ServiceError::NotFound`] also where its call lies outside the actor's scope.
    pub async fn clip(&self, actor: &Actor, id: &str) -> Result<Clip> {
        self.may_see(actor).await?;
        Ok(self.store().clip(actor.scope(Permission::See), id.to_owned()).await?.clip)
    }

    /// Takes a clip away: one's own, or with the right `delete` anybody's. Its bytes go too.
    ///
    /// # Errors
    /// Without the right, and for unknown clips.
    pub async fn remove_clip(&self, actor: &Actor, id: &str) -> Result<()> {
        self.may_see(actor).await?;
        let clip = self.store().clip(actor.scope(Permission::See), id.to_owned()).await?.clip;
        if clip.who != actor.name {
            let look = |store: Store, scope, id| async move { store.clip(scope, id).await };
            self.allowed(actor, Permission::Delete, ("clip.remove", "remove clips of others"), id, look).await?;
        }
        let mut audit = record_of(actor, "clip.remove", &clip.id);
        audit.detail = Some(format!("recording {}, {} s to {} s", clip.recording, clip.from_s, clip.until_s));
        // Should the program die between row and bytes, the next one takes them away.
        let marking = self.vault().ok().cloned();
        let _working = blocking(move || marking.map(|vault| vault.working()).transpose()).await??;
        let path = self.store().remove_clip(clip.id, audit).await?;
        self.remove_bytes(path).await;
        Ok(())
    }

    /// A row without bytes is no clip; bytes without a row are only room, and the log says where.
    async fn remove_bytes(&self, path: String) {
        let Ok(vault) = self.vault().cloned() else { return };
        let gone = blocking(move || vault.remove(&path)).await;
        if let Err(why) = gone.and_then(|gone| gone.map_err(ServiceError::from)) {
            tracing::warn!(%why, "the bytes of a removed clip stay in the folder of recordings");
        }
    }

    /// A clip that this actor may use so; nothing is opened or audited yet.
    ///
    /// # Errors
    /// Without the right; [`ServiceError::NotFound`]; [`ServiceError::Gone`] where its recording was deleted or erased.
    pub async fn audible_clip(&self, actor: &Actor, id: &str, r#use: AudioUse) -> Result<Clip> {
        Ok(self.allowed_clip(actor, id, r#use).await?.clip)
    }

    async fn allowed_clip(&self, actor: &Actor, id: &str, r#use: AudioUse) -> Result<StoredClip> {
        let look = |store: Store, scope, id| async move { store.clip(scope, id).await };
        let stored = self.allowed(actor, r#use.permission(), (did(r#use), "use clips so"), id, look).await?;
        if matches!(stored.state, RecordingState::Deleted | RecordingState::Erased) {
            let word = stored.state.word();
            return Err(ServiceError::Gone(format!("the recording of clip {} was {word}", stored.clip.id)));
        }
        self.must_be_writable("use clips")?;
        Ok(stored)
    }

    /// The sound of a clip, at its beginning: the hash was compared, the audit row is committed. `continues` as in
    /// [`Service::audio`].
    ///
    /// # Errors
    /// As [`Self::audible_clip`]; [`ServiceError::Gone`] or [`ServiceError::Damaged`] where the bytes are not there or others.
    pub async fn clip_audio(&self, actor: &Actor, id: &str, r#use: AudioUse, continues: bool) -> Result<File> {
        let stored = self.allowed_clip(actor, id, r#use).await?;
        let (file, _) = self.open_clip(&stored).await?;
        if !(continues && self.goes_on(actor, &stored.clip.id, r#use)) {
            self.audit_use(actor, did(r#use), &stored.clip.id, r#use, Some(of(&stored.clip))).await?;
        }
        Ok(file)
    }

    /// Cuts or converts a clip; places are the clip's own.
    ///
    /// # Errors
    /// As [`Self::clip_audio`] and [`Service::audio_made`].
    pub async fn clip_made(&self, actor: &Actor, id: &str, r#use: AudioUse, making: Making) -> Result<Made> {
        let stored = self.allowed_clip(actor, id, r#use).await?;
        let opened = self.open_clip(&stored).await?;
        let cut = self.cut(opened, format!("{}.wav", stored.clip.id), making).await?;
        let detail = format!("{}; {}", of(&stored.clip), making.words());
        self.audit_use(actor, did(r#use), &stored.clip.id, r#use, Some(detail)).await?;
        Ok(Made { id: stored.clip.id, file: cut.file, bytes: cut.bytes, target: making.target.unwrap_or(Target::Wav) })
    }

    pub(super) async fn open_clip(&self, stored: &StoredClip) -> Result<(File, u64)> {
        let vault = self.vault()?.clone();
        let (path, clip) = (stored.path.clone(), &stored.clip);
        let opened = blocking(move || vault.open_copy(&path)).await?;
        let file = match opened {
            Ok(file) => file,
            Err(error) => {
                // Somebody may have removed it since it was looked up.
                self.store().clip(Scope::Company, clip.id.clone()).await?;
                tracing::warn!(clip = %clip.id, %error, "a clip cannot be opened");
                return Err(ServiceError::Gone(format!(
                    "the bytes of clip {} cannot be read; cut it again from recording {}, or restore them from a backup",
                    clip.id, clip.recording
                )));
            }
        };
        match self.compared(("clip", &clip.id), file, clip.bytes, &clip.sha256).await? {
            Ok(file) => Ok((file, clip.bytes)),
            Err(how) => Err(ServiceError::Damaged(format!(
                "clip {} is damaged: {how} from what was cut; cut it again from recording {}, or restore it from a backup",
                clip.id, clip.recording
            ))),
        }
    }
}

/// The audit's word.
const fn did(r#use: AudioUse) -> &'static str {
    match r#use {
        AudioUse::Download => "clip.download",
        AudioUse::Play | AudioUse::Peaks => "clip.play",
    }
}

fn of(clip: &Clip) -> String {
    format!("recording {}, {} s to {} s", clip.recording, clip.from_s, clip.until_s)
}
