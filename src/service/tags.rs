//! Tags of calls.

use super::{Result, Service, audit::record_of, limits};
use crate::domain::actor::{Actor, Permission};

impl Service {
    /// Adds or removes a tag; doing so twice changes nothing.
    ///
    /// # Errors
    /// Without the right, for unknown calls, and for tags that are empty or too long.
    pub async fn set_tag(&self, actor: &Actor, call: &str, tag: &str, present: bool) -> Result<()> {
        let did = if present { "tag.add" } else { "tag.remove" };
        let call = self.allowed_call(actor, Permission::Note, (did, "change tags"), call).await?;
        let tag = limits::name("the tag", tag)?;
        let mut audit = record_of(actor, did, &call);
        audit.foreign = Some(tag.clone());
        Ok(self.store().set_tag(actor.reach(Permission::Note), call, tag, present, audit).await?)
    }

    /// Tags in use, with how many calls carry each.
    ///
    /// # Errors
    /// Without the right `see`.
    pub async fn tags(&self, actor: &Actor) -> Result<Vec<(String, u64)>> {
        self.may_see(actor).await?;
        Ok(self.store().tags(actor.scope(Permission::See)).await?)
    }
}
