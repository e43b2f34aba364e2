//! What somebody without an account may see and hear of a share.

use std::fs::File;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    super::{AudioUse, Making, Result, Service, ServiceError, audit::record, people::secret},
    Begins, is_gone, reach,
};
use crate::{
    domain::{
        access::{Share, ShareItem, SharedThing},
        actor::{Actor, Origin, Scope},
        audit::AuditRecord,
        recording::{Recording, suffix_of},
    },
    sound::Target,
    store::{KeptShare, StoredClip},
};

/// What a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// A passphrase is asked for before anything is told.
    Locked,
    Page {
        title: Option<String>,
        until: Timestamp,
        sounds: Vec<SharedSound>,
    },
}

/// One thing of a share.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedSound {
    /// Its number in the share: what its address ends with.
    pub number: usize,
    pub is_clip: bool,
    /// When the call began.
    pub start: Option<Timestamp>,
    pub length_s: f64,
}

/// The other end of the line: somebody without an account.
#[derive(Clone, Copy, Debug)]
pub struct Player<'a> {
    pub origin: &'a Origin,
    /// Tells two programs at one address apart.
    pub program: &'a str,
    /// What [`Service::unlock_share`] gave.
    pub unlocked: Option<&'a str>,
}

/// Sound that is ready and was not counted yet; it must not leave before [`Service::play_shared`].
pub struct Sounding {
    pub file: File,
    pub bytes: u64,
    /// As of a recording; what browsers cannot play is WAV now.
    pub format: String,
    pub channels: u8,
    /// Tells two versions of it apart.
    pub tag: String,
    counted: Option<Counting>,
}

struct Counting {
    share: String,
    number: usize,
    item: String,
    length_s: f64,
    continues: bool,
}

/// What is behind an item, as long as its maker may share it.
enum Behind {
    Recording(Box<Recording>, Option<String>),
    Clip(Box<StoredClip>),
}

/// A share that is worth something now.
struct Standing {
    kept: KeptShare,
    scope: Scope,
    visitor: Actor,
}

fn nothing() -> ServiceError {
    ServiceError::NotFound("there is nothing here, or not any more".to_owned())
}

/// Shown by who knew the passphrase: only this program can make it, and only for this share and passphrase.
fn unlocking(text: &str, phc: &str) -> String {
    let mut hash = Sha256::new();
    for part in [b"share-unlock-v1".as_slice(), text.as_bytes(), phc.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn visitor(share: &str, origin: &Origin) -> Actor {
    let origin = Origin { via: "share".to_owned(), session: Some(share.to_owned()), ..origin.clone() };
    Actor { name: format!("share:{share}"), role: "share".to_owned(), grants: Vec::new(), origin }
}

impl Service {
    /// What the link with this secret leads to; that it was opened is written down.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for everything that it may not lead to, whatever the reason.
    pub async fn open_share(&self, text: &str, player: Player<'_>) -> Result<Opened> {
        let standing = self.standing(text, player.origin, false).await?;
        if !is_unlocked(&standing, text, player) {
            return Ok(Opened::Locked);
        }
        let mut sounds = Vec::new();
        for (number, item) in standing.kept.share.items.iter().enumerate() {
            let Some(behind) = self.behind(&standing.scope, item).await? else { continue };
            let (call, length_s) = match &behind {
                Behind::Recording(recording, call) => (call.clone(), recording.length.0 as f64 / 10.0),
                Behind::Clip(stored) => (Some(stored.clip.call.clone()), stored.clip.until_s - stored.clip.from_s),
            };
            let start = call.and_then(|id| crate::domain::id::start_of(&id));
            sounds.push(SharedSound { number, is_clip: item.kind == SharedThing::Clip, start, length_s });
        }
        if sounds.is_empty() {
            self.refused_opening(&standing.visitor, "share.open", &standing.kept.share.id, "nothing in it is left").await?;
            return Err(nothing());
        }
        let Share { id, title, expires, .. } = standing.kept.share;
        self.store().append_audit(AuditRecord { object: Some(id), ..record(&standing.visitor, "share.open") }).await?;
        Ok(Opened::Page { title, until: expires, sounds })
    }

    /// What somebody shows from now on who knows the passphrase; none: it was another.
    ///
    /// # Errors
    /// As [`Self::open_share`]; [`ServiceError::TooMany`] for who guesses.
    pub async fn unlock_share(&self, text: &str, passphrase: String, origin: &Origin) -> Result<Option<String>> {
        let standing = self.standing(text, origin, false).await?;
        let Some(phc) = standing.kept.passphrase.clone() else { return Ok(Some(String::new())) };
        let id = &standing.kept.share.id;
        let outcome = self.is_passphrase(id, passphrase, phc.clone(), origin).await;
        match outcome {
            Ok(true) => Ok(Some(unlocking(text, &phc))),
            Ok(false) => {
                self.refused_opening(&standing.visitor, "share.open", id, "wrong passphrase").await?;
                Ok(None)
            }
            Err(error) => {
                self.refused_opening(&standing.visitor, "share.open", id, "too many wrong passphrases").await?;
                Err(error)
            }
        }
    }

    /// The sound of one thing of a share, opened or made. Nothing is counted yet.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for everything that may not be heard, whatever the reason.
    pub async fn shared_sound(&self, text: &str, number: usize, begins: Begins, player: Player<'_>) -> Result<Sounding> {
        let Some(id) = secret_id(text) else {
            return Err(self.unknown_share(player.origin).await?);
        };
        let playing = (id, number, who(player));
        let continues = self.inner.shared.goes_on(&playing, begins, self.inner.door.now());
        let standing = self.standing(text, player.origin, continues).await?;
        if !is_unlocked(&standing, text, player) {
            self.refused_opening(&standing.visitor, "share.play", &playing.0, "without the passphrase").await?;
            return Err(nothing());
        }
        let item = standing.kept.share.items.get(number);
        let behind = match item {
            Some(item) => self.behind(&standing.scope, item).await?.map(|behind| (item, behind)),
            None => None,
        };
        let Some((item, behind)) = behind else {
            self.refused_opening(&standing.visitor, "share.play", &playing.0, "it is not there, or not any more").await?;
            return Err(nothing());
        };
        let opened = match &behind {
            Behind::Recording(recording, _) => self.sounding_recording(recording).await,
            Behind::Clip(stored) => match self.open_clip(stored).await {
                Ok((file, bytes)) => Ok(sounding(file, bytes, &stored.clip.format, stored.clip.channels, &stored.clip.sha256)),
                Err(error) => Err(error),
            },
        };
        let sounding = match opened {
            Ok(sounding) => sounding,
            Err(error) => {
                tracing::warn!(share = %playing.0, %error, "the sound of a share cannot be had");
                self.refused_opening(&standing.visitor, "share.play", &playing.0, "there is no sound to be had").await?;
                return Err(nothing());
            }
        };
        let length_s = match &behind {
            Behind::Recording(recording, _) => recording.length.0 as f64 / 10.0,
            Behind::Clip(stored) => stored.clip.until_s - stored.clip.from_s,
        };
        let counted = Counting { share: playing.0, number, item: item.id.clone(), length_s, continues };
        Ok(Sounding { counted: Some(counted), ..sounding })
    }

    /// Counts the playback and writes it down, unless it is one that goes on; then its bytes may leave.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where no play is left; when it cannot be written down.
    pub async fn play_shared(&self, sounding: &Sounding, begins: Begins, player: Player<'_>) -> Result<()> {
        let Some(counted) = sounding.counted.as_ref().filter(|counted| !counted.continues) else { return Ok(()) };
        let now = self.inner.door.now();
        let visitor = visitor(&counted.share, player.origin);
        let mut audit = record(&visitor, "share.play");
        audit.object = Some(counted.item.clone());
        audit.detail = Some(format!("share {}", counted.share));
        if !self.store().count_play(counted.share.clone(), now, audit).await? {
            self.refused_opening(&visitor, "share.play", &counted.share, "no play is left").await?;
            return Err(nothing());
        }
        let playing = (counted.share.clone(), counted.number, who(player));
        self.inner.shared.began(playing, begins, now, counted.length_s);
        Ok(())
    }

    /// A recording as browsers can play it, for somebody who signed in; the playback is written down. `continues` as in
    /// [`Service::audio`].
    ///
    /// # Errors
    /// As [`Service::audio`].
    pub async fn sounding(&self, actor: &Actor, id: &str, continues: bool) -> Result<Sounding> {
        let (recording, _) = self.allowed_recording(actor, id, AudioUse::Play).await?;
        let sounding = self.sounding_recording(&recording).await?;
        self.audit_audio(actor, &recording, AudioUse::Play, continues).await?;
        Ok(sounding)
    }

    /// A recording as browsers can play it, opened; nothing is written down yet.
    async fn sounding_recording(&self, recording: &Recording) -> Result<Sounding> {
        let (file, bytes) = self.open_any_copy(recording).await?;
        if matches!(recording.format.as_str(), "wav/pcm" | "mp3") {
            return Ok(sounding(file, bytes, &recording.format, recording.channels, &recording.sha256));
        }
        let name = format!("{}.{}", recording.id, suffix_of(&recording.format, recording.channels));
        let making = Making { from_s: None, until_s: None, target: Some(Target::Wav) };
        let cut = self.cut((file, bytes), name, making).await?;
        Ok(sounding(cut.file, cut.bytes, "wav/pcm", cut.channels, &format!("{}-wav", recording.sha256)))
    }

    /// The share behind a secret, where it is worth something: not revoked, not expired, not used up (but for a playback that
    /// `continues`), its maker still there.
    async fn standing(&self, text: &str, origin: &Origin, continues: bool) -> Result<Standing> {
        let kept = match secret_id(text) {
            Some(_) => self.store().share_of(secret::hash(text)).await?,
            None => None,
        };
        let Some(kept) = kept else { return Err(self.unknown_share(origin).await?) };
        // What cannot be written down is not shown.
        self.must_be_writable("open shares").map_err(|_read_only| nothing())?;
        let share = &kept.share;
        let visitor = visitor(&share.id, origin);
        let used_up = share.plays.is_some_and(|plays| share.played >= plays);
        let mut why = match () {
            () if share.revoked => Some("it was revoked"),
            () if self.inner.door.now() >= share.expires => Some("it has expired"),
            () if used_up && !continues => Some("no play is left"),
            () => None,
        };
        let mut scope = Scope::NOTHING;
        if why.is_none() {
            match self.maker(&share.who, kept.token.as_deref(), share.created, Origin::default()).await? {
                Some(maker) => scope = reach(&maker),
                None => why = Some("its maker has no account here any more"),
            }
        }
        if let Some(why) = why {
            self.refused_opening(&visitor, "share.open", &share.id, why).await?;
            return Err(nothing());
        }
        Ok(Standing { kept, scope, visitor })
    }

    /// None: deleted, or its maker may not share it any more.
    async fn behind(&self, scope: &Scope, item: &ShareItem) -> Result<Option<Behind>> {
        let found = match item.kind {
            SharedThing::Recording => self
                .store()
                .recording(scope.clone(), item.id.clone())
                .await
                .map(|(recording, call)| Behind::Recording(Box::new(recording), call.map(|call| call.0))),
            SharedThing::Clip => {
                self.store().clip(scope.clone(), item.id.clone()).await.map(|stored| Behind::Clip(Box::new(stored)))
            }
        };
        let behind = match found {
            Ok(behind) => behind,
            Err(crate::store::StoreError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let gone = match &behind {
            Behind::Recording(recording, _) => is_gone(recording.state),
            Behind::Clip(stored) => is_gone(stored.state),
        };
        Ok((!gone).then_some(behind))
    }

    /// Writes down that somebody could not open or hear a share: once in a while, with the number of those between.
    async fn refused_opening(&self, visitor: &Actor, did: &'static str, share: &str, why: &str) -> Result<()> {
        let key = format!("{did} {share} {why} {}", visitor.origin.address.as_deref().unwrap_or_default());
        let act = AuditRecord { object: Some(share.to_owned()), ..record(visitor, did) };
        self.refused_once(&key, act, why).await
    }

    async fn unknown_share(&self, origin: &Origin) -> Result<ServiceError> {
        let mut stranger = visitor("unknown", origin);
        stranger.origin.session = None;
        self.refused_opening(&stranger, "share.open", "unknown", "there is no such share").await?;
        Ok(nothing())
    }
}

fn sounding(file: File, bytes: u64, format: &str, channels: u8, tag: &str) -> Sounding {
    Sounding { file, bytes, format: format.to_owned(), channels, tag: tag.to_owned(), counted: None }
}

fn is_unlocked(standing: &Standing, text: &str, player: Player<'_>) -> bool {
    match &standing.kept.passphrase {
        None => true,
        Some(phc) => player.unlocked.is_some_and(|shown| same(shown, &unlocking(text, phc))),
    }
}

/// Compares in a time that tells nothing.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// The public id in a secret, where it is that of a share at all.
fn secret_id(text: &str) -> Option<String> {
    (secret::kind(text) == Some(secret::Kind::Share)).then(|| format!("h-{}", text.split('_').nth(2).unwrap_or_default()))
}

fn who(player: Player<'_>) -> String {
    format!("{} {}", player.origin.address.as_deref().unwrap_or_default(), player.program.chars().take(200).collect::<String>())
}
