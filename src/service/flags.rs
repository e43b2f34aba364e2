//! The flag: a mark that anybody with the right to note may set.

use super::{Result, Service, audit::record_of};
use crate::domain::actor::{Actor, Permission};

impl Service {
    /// # Errors
    /// Without the right, and for unknown calls.
    pub async fn set_flag(&self, actor: &Actor, call: &str, flagged: bool) -> Result<()> {
        let did = if flagged { "flag.add" } else { "flag.remove" };
        let call = self.allowed_call(actor, Permission::Note, (did, "flag calls"), call).await?;
        let audit = record_of(actor, did, &call);
        Ok(self.store().set_flag(actor.reach(Permission::Note), call, flagged, audit).await?)
    }
}
