//! Shares: chosen recordings and clips for somebody without an account (product.md A5).
//!
//! A share is worth what its maker may do at the moment: each opening asks anew. Whatever is wrong with one, from outside it
//! looks as if it had never been.

mod linked;
mod opened;
mod playback;

pub use linked::Linked;
pub use opened::{Opened, Player, SharedSound, Sounding};
pub use playback::Begins;
pub(super) use playback::Shared;

use jiff::SignedDuration;

use super::{
    Result, Service, ServiceError,
    audit::record_of,
    limits,
    people::secret::{self, Kind, Secret},
};
use crate::{
    domain::{
        access::{MadeShare, Share, ShareDraft, ShareItem, SharedThing},
        actor::{Actor, Permission, Scope},
        recording::RecordingState,
    },
    store::KeptShare,
};

const DAY_S: u64 = 86_400;
/// A share that nobody asked otherwise for, and the longest where nobody set another limit.
const EXPIRES_S: u64 = 14 * DAY_S;
pub(super) const LONGEST_DAYS: u32 = 90;
/// Things of one share.
const ITEMS: usize = 100;
/// Characters of a passphrase.
const SHORTEST: usize = 6;
const LONGEST: usize = 200;

impl Service {
    /// Shares recordings and clips. Whoever shares them must be allowed to share and to listen to each.
    ///
    /// # Errors
    /// Without the rights; [`ServiceError::NotFound`] for what lies outside the actor's scope; [`ServiceError::Invalid`] for a
    /// draft that makes no sense.
    pub async fn make_share(&self, actor: &Actor, draft: ShareDraft) -> Result<MadeShare> {
        let did = "share.add";
        self.require(actor, Permission::Share, did, "share recordings", None).await?;
        self.require(actor, Permission::Listen, did, "share recordings", None).await?;
        self.must_be_writable("share recordings")?;
        let longest_days = self.inner.shared.longest_days();
        let expires_s = draft.expires_s.unwrap_or_else(|| EXPIRES_S.min(u64::from(longest_days) * DAY_S));
        if expires_s == 0 || expires_s > u64::from(longest_days) * DAY_S {
            return Err(ServiceError::Invalid(format!("a share expires after 1 second to {longest_days} days")));
        }
        if draft.plays == Some(0) {
            return Err(ServiceError::Invalid(
                "a share can be played once at least; leave the count out for any number".to_owned(),
            ));
        }
        let items = self.shareable(actor, draft.items).await?;
        let title = limits::optional_name("the title", draft.title.as_deref())?;
        let remark = limits::remark("the remark", draft.remark.as_deref())?;
        let passphrase = match draft.passphrase.filter(|text| !text.is_empty()) {
            None => None,
            Some(text) if !(SHORTEST..=LONGEST).contains(&text.chars().count()) => {
                return Err(ServiceError::Invalid(format!("a passphrase has {SHORTEST} to {LONGEST} characters")));
            }
            Some(text) => Some(self.hash_passphrase(text).await?),
        };
        let secret = Secret::new(Kind::Share)?;
        let created = self.inner.door.now();
        let expires = created
            .checked_add(SignedDuration::from_secs(i64::try_from(expires_s).unwrap_or(i64::MAX)))
            .map_err(|error| ServiceError::Invalid(format!("the share would expire too late: {error}")))?;
        let share = Share {
            id: secret.id.clone(),
            items,
            title: title.clone(),
            remark,
            who: actor.name.clone(),
            created,
            expires,
            passphrase: passphrase.is_some(),
            plays: draft.plays,
            played: 0,
            revoked: false,
        };
        let mut audit = record_of(actor, did, &secret.id);
        let items: Vec<&str> = share.items.iter().map(|item| item.id.as_str()).collect();
        audit.detail = Some(format!(
            "{}; expires {expires:.0}; {}; {}",
            items.join(", "),
            share.plays.map_or_else(|| "any number of plays".to_owned(), |plays| format!("{plays} plays")),
            if share.passphrase { "with a passphrase" } else { "without a passphrase" }
        ));
        audit.foreign = title;
        let token = actor.origin.session.clone().filter(|id| Kind::Token.is_of(id));
        let kept = KeptShare { share: share.clone(), passphrase, token };
        self.store().add_share(kept, secret::hash(&secret.text), audit).await?;
        Ok(MadeShare { path: format!("/s/{}", secret.text.as_str()), facts: share })
    }

    /// The things, each once, all of them allowed.
    async fn shareable(&self, actor: &Actor, items: Vec<ShareItem>) -> Result<Vec<ShareItem>> {
        if items.is_empty() || items.len() > ITEMS {
            return Err(ServiceError::Invalid(format!("a share has 1 to {ITEMS} recordings and clips")));
        }
        let scope = reach(actor);
        let mut wanted: Vec<ShareItem> = Vec::with_capacity(items.len());
        for item in items {
            // As its id is written here, so that one thing is in it once.
            let (id, state) = match item.kind {
                SharedThing::Recording => {
                    let (recording, _) = self.store().recording(scope.clone(), item.id).await?;
                    (recording.id.0, recording.state)
                }
                SharedThing::Clip => {
                    let stored = self.store().clip(scope.clone(), item.id).await?;
                    (stored.clip.id, stored.state)
                }
            };
            if is_gone(state) {
                return Err(ServiceError::Gone(format!("there is nothing to hear of {id}: its recording was {}", state.word())));
            }
            let item = ShareItem { kind: item.kind, id };
            if !wanted.contains(&item) {
                wanted.push(item);
            }
        }
        Ok(wanted)
    }

    /// One's own, newest first; with the right `users` or `audit` everybody's.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn shares(&self, actor: &Actor) -> Result<Vec<Share>> {
        let all = actor.scope(Permission::Users).is_company() || actor.scope(Permission::Audit).is_company();
        Ok(self.store().shares((!all).then(|| actor.name.clone())).await?)
    }

    /// Ends a share for good: one's own, or with the right `users` anybody's.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], also for those of others without the right.
    pub async fn revoke_share(&self, actor: &Actor, id: &str) -> Result<()> {
        self.must_be_writable("revoke shares")?;
        let only = (!actor.scope(Permission::Users).is_company()).then(|| actor.name.clone());
        Ok(self.store().revoke_share(id.to_owned(), only, record_of(actor, "share.revoke", &limits::short(id))).await?)
    }

    /// How long a share may last, in days.
    pub fn set_longest_share(&self, days: u32) {
        self.inner.shared.set_longest_days(days);
    }
}

/// The calls whose recordings somebody may share.
fn reach(actor: &Actor) -> Scope {
    actor.scope(Permission::Share).and(actor.scope(Permission::Listen))
}

const fn is_gone(state: RecordingState) -> bool {
    matches!(state, RecordingState::Deleted | RecordingState::Erased)
}
