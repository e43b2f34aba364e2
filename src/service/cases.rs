//! Cases: numbers of complaints or tickets that calls are tied to.

use super::{Result, Service, audit::record_of, limits};
use crate::domain::actor::{Actor, Permission};

impl Service {
    /// Ties the call to a case, or unties it.
    ///
    /// # Errors
    /// Without the right, for unknown calls, and for names that are too long.
    pub async fn set_case(&self, actor: &Actor, call: &str, case: Option<&str>) -> Result<()> {
        let call = self.allowed_call(actor, Permission::Note, ("case.set", "tie calls to cases"), call).await?;
        let case = limits::optional_name("the case", case)?;
        let mut audit = record_of(actor, if case.is_some() { "case.set" } else { "case.remove" }, &call);
        audit.foreign.clone_from(&case);
        Ok(self.store().set_case(actor.reach(Permission::Note), call, case, audit).await?)
    }

    /// Cases in use, with how many calls are tied to each.
    ///
    /// # Errors
    /// Without the right `see`.
    pub async fn cases(&self, actor: &Actor) -> Result<Vec<(String, u64)>> {
        self.may_see(actor).await?;
        Ok(self.store().cases(actor.scope(Permission::See)).await?)
    }
}
