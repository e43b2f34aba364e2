//! Who may do it; refusals are written down.

use super::{Result, Service, ServiceError, record};
use crate::{
    domain::{
        actor::{Actor, Permission},
        audit::AuditRecord,
    },
    store::StoreError,
};

impl Service {
    /// Lets the actor pass, or writes the refused attempt into the audit and refuses. `did` is the audit's word for the
    /// act, `what` says it to people (`add notes`).
    ///
    /// # Errors
    /// [`ServiceError::NotAllowed`] when the right is missing.
    pub async fn require(
        &self,
        actor: &Actor,
        permission: Permission,
        did: &'static str,
        what: &str,
        object: Option<&str>,
    ) -> Result<()> {
        if actor.may(permission) {
            return Ok(());
        }
        if self.read_only().is_none() {
            let mut refused = record(actor, did);
            refused.outcome = "refused";
            refused.detail = Some(format!("right missing: {permission}"));
            // What was asked for is the asker's text, not ours: it stands beside the chain.
            refused.foreign = object.map(super::limits::short);
            self.write_down(refused).await?;
        }
        Err(ServiceError::NotAllowed { who: actor.name.clone(), what: what.to_owned(), permission })
    }

    /// Writes into the audit log before something is shown, heard or refused.
    ///
    /// # Errors
    /// [`ServiceError::NotAudited`]: then it is not done either.
    pub(super) async fn write_down(&self, record: AuditRecord) -> Result<()> {
        let did = record.did;
        self.store().append_audit(record).await.map(|_seq| ()).map_err(|error| match error {
            StoreError::Failed(why) | StoreError::Unusable(why) | StoreError::Busy(why) | StoreError::ReadOnly(why) => {
                ServiceError::NotAudited(format!("\"{did}\" cannot be written into the audit log, so it was not done: {why}"))
            }
            other => other.into(),
        })
    }

    /// Refuses acts that must be audited where nothing can be written.
    pub(super) fn must_be_writable(&self, what: &str) -> Result<()> {
        match self.read_only() {
            None => Ok(()),
            Some(why) => Err(ServiceError::ReadOnly(format!(
                "cannot {what}: it must be written into the audit log, and {why}; copy the database and its recordings to a \
                 place you can write to"
            ))),
        }
    }
}
