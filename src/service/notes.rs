//! Notes at calls, or at a position of one.

use super::{Result, Service, audit::record_of, error::changed, limits};
use crate::domain::{
    actor::{Actor, Permission},
    call::Note,
    changes::NoteDraft,
    length::Tenths,
};
use crate::store::Store;

impl Service {
    /// # Errors
    /// Without the right, for unknown calls, and for texts that are empty or too long.
    pub async fn add_note(&self, actor: &Actor, call: &str, at: Option<Tenths>, text: &str) -> Result<Note> {
        self.add_note_once(actor, call, NoteDraft { text: text.to_owned(), at }, None).await
    }

    /// As [`Self::add_note`]; what is asked again with the same key is done once.
    ///
    /// # Errors
    /// As [`Self::add_note`], and for a key that is empty or longer than a name.
    pub async fn add_note_once(&self, actor: &Actor, call: &str, draft: NoteDraft, once: Option<&str>) -> Result<Note> {
        let call = self.allowed_call(actor, Permission::Note, ("note.add", "write notes"), call).await?;
        let draft = NoteDraft { text: limits::note(&draft.text, draft.at.is_some())?, at: position(draft.at)? };
        let once = once.map(|key| limits::name("the Idempotency-Key", key)).transpose()?;
        let audit = record_of(actor, "note.add", &call);
        Ok(self.store().add_note_once(actor.reach(Permission::Note), call, actor.name.clone(), draft, once, audit).await?)
    }

    /// # Errors
    /// [`super::ServiceError::Changed`] if somebody else changed it since `version`.
    pub async fn edit_note(&self, actor: &Actor, note: &str, version: i64, at: Option<Tenths>, text: &str) -> Result<Note> {
        self.may_change_note(actor, note, ("note.edit", "write notes")).await?;
        let (text, at) = (limits::note(text, at.is_some())?, position(at)?);
        let audit = record_of(actor, "note.edit", &limits::short(note));
        self.store().edit_note(actor.reach(Permission::Note), note.to_owned(), version, at, text, audit).await.map_err(changed)
    }

    /// # Errors
    /// [`super::ServiceError::Changed`] if somebody else changed it since `version`.
    pub async fn remove_note(&self, actor: &Actor, note: &str, version: i64) -> Result<()> {
        self.may_change_note(actor, note, ("note.remove", "remove notes")).await?;
        let audit = record_of(actor, "note.remove", &limits::short(note));
        self.store().remove_note(actor.reach(Permission::Note), note.to_owned(), version, audit).await.map_err(changed)
    }
}

impl Service {
    /// One's own; those of others, which stand under their names, take the right `delete` as well.
    async fn may_change_note(&self, actor: &Actor, note: &str, act: (&'static str, &'static str)) -> Result<()> {
        let look = |store: Store, scope, id| async move { store.author_of_note(scope, id).await };
        let author = self.allowed(actor, Permission::Note, act, note, look).await?;
        if author != actor.name {
            self.allowed(actor, Permission::Delete, (act.0, "change what others wrote"), note, look).await?;
        }
        Ok(())
    }
}

/// A position lies in the call's first day; nothing here is longer.
pub(super) fn position(at: Option<Tenths>) -> Result<Option<Tenths>> {
    match at {
        Some(at) if at.0 < 0 || at.0 > 864_000 => {
            Err(super::ServiceError::Invalid("the note's position lies outside the recording".to_owned()))
        }
        at => Ok(at),
    }
}
