//! The audit log: making records, reading them.

use super::{Result, Service};
use crate::domain::{
    actor::{Actor, Permission},
    audit::{AuditEntry, AuditRecord},
};

/// A record of something done by this actor; callers fill in what they know.
pub fn record(actor: &Actor, did: &'static str) -> AuditRecord {
    AuditRecord {
        who: actor.name.clone(),
        origin: actor.origin.clone(),
        did,
        object: None,
        project: None,
        outcome: "done",
        detail: None,
        foreign: None,
    }
}

/// As [`record`], about one thing of ours (a public id, an extension, a name that people here gave).
pub(super) fn record_of(actor: &Actor, did: &'static str, object: &str) -> AuditRecord {
    AuditRecord { object: Some(object.to_owned()), ..record(actor, did) }
}

impl Service {
    /// Records after number `after`, at most `limit`.
    ///
    /// # Errors
    /// [`super::ServiceError::NotAllowed`] without the right `audit`.
    pub async fn audit(&self, actor: &Actor, after: Option<i64>, limit: usize) -> Result<Vec<AuditEntry>> {
        self.require(actor, Permission::Audit, "audit.read", "read the audit log", None).await?;
        Ok(self.store().audit(after, limit).await?)
    }
}
