//! The same change to many calls at once.

use super::{Result, Service, ServiceError, audit::record, limits, notes::position};
use crate::domain::{
    actor::{Actor, Permission},
    changes::{Changed, Changes, NoteDraft},
};

/// Calls of one request, and notes that it removes.
const CALLS: usize = 1_000;
/// Tags of one request.
const TAGS: usize = 100;

impl Service {
    /// Does it to each call, all or nothing, but for calls that are not there: those are told.
    ///
    /// # Errors
    /// Without the right; for a change of nothing, of too many calls, or with texts that single acts would refuse.
    pub async fn change(&self, actor: &Actor, changes: Changes) -> Result<Changed> {
        let did = first_act(&changes);
        let object = changes.calls.first().map(String::as_str);
        self.require(actor, Permission::Note, did.unwrap_or("calls.change"), "change calls", object).await?;
        if did.is_none() {
            return Err(ServiceError::Invalid("say what is to be done to the calls, such as \"flagged\":true".to_owned()));
        }
        let changes = checked(changes)?;
        self.may_change_each(actor, did.unwrap_or("calls.change"), &changes).await?;
        Ok(self.store().change(actor.reach(Permission::Note), changes, record(actor, "calls.change")).await?)
    }
}

impl Service {
    /// Refuses calls that the actor sees and may not change; what they do not see is told as gone.
    async fn may_change_each(&self, actor: &Actor, did: &'static str, changes: &Changes) -> Result<()> {
        self.may_see(actor).await?;
        if actor.scope(Permission::Note).covers(&actor.scope(Permission::See)) {
            return Ok(());
        }
        for call in &changes.calls {
            match self.allowed_call(actor, Permission::Note, (did, "change calls"), call).await {
                Ok(_) | Err(ServiceError::NotFound(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

/// The audit's word for the first thing that is to be done.
fn first_act(changes: &Changes) -> Option<&'static str> {
    let acts = [
        (changes.flagged == Some(true), "flag.add"),
        (changes.flagged == Some(false), "flag.remove"),
        (!changes.add_tags.is_empty(), "tag.add"),
        (!changes.remove_tags.is_empty(), "tag.remove"),
        (matches!(changes.case, Some(Some(_))), "case.set"),
        (changes.case == Some(None), "case.remove"),
        (changes.note.is_some(), "note.add"),
        (!changes.remove_notes.is_empty(), "note.remove"),
    ];
    acts.into_iter().find_map(|(there, did)| there.then_some(did))
}

fn checked(changes: Changes) -> Result<Changes> {
    if changes.calls.len() > CALLS || changes.remove_notes.len() > CALLS {
        return Err(ServiceError::TooLarge(format!(
            "one request changes at most {CALLS} calls; send the others in further ones"
        )));
    }
    if changes.add_tags.len() + changes.remove_tags.len() > TAGS {
        return Err(ServiceError::TooLarge(format!("one request names at most {TAGS} tags")));
    }
    let (add_tags, remove_tags) = (tags(&changes.add_tags)?, tags(&changes.remove_tags)?);
    if let Some(both) = add_tags.iter().find(|tag| remove_tags.contains(tag)) {
        return Err(ServiceError::Conflict(format!("the tag \"{both}\" cannot be added and removed at once")));
    }
    let case = match &changes.case {
        Some(Some(case)) => Some(Some(limits::name("the case", case)?)),
        other => other.clone(),
    };
    let note = match changes.note {
        Some(draft) => Some(NoteDraft { text: limits::note(&draft.text, draft.at.is_some())?, at: position(draft.at)? }),
        None => None,
    };
    Ok(Changes { add_tags, remove_tags, case, note, ..changes })
}

/// Each once, cleaned.
fn tags(names: &[String]) -> Result<Vec<String>> {
    let mut tags: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let tag = limits::name("the tag", name)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(tags)
}
