//! Refused attempts in the audit log: the first is a row at once, those that follow it are counted and written as a sum.

use super::{
    secret,
    signing_in::nobody,
    throttle::{Attempt, Refused},
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::AuditRecord,
    },
    service::{Result, Service, audit::record},
};

impl Service {
    /// Writes a refused sign-in down, or counts it. `account`: the name of the account that was tried, if there is one.
    pub(super) async fn refused(&self, attempt: &Attempt, account: Option<&str>, origin: &Origin) -> Result<()> {
        // The name is told where it is an account's: what else is typed there may be a password.
        let who = Actor { name: account.unwrap_or("unknown").to_owned(), ..nobody(origin.clone()) };
        self.refused_once(&said(attempt, account), record(&who, "session.begin"), "wrong name or password").await
    }

    /// Writes a refusal down with the number of those like it since the last row, or counts it where that row is new.
    /// `key`: which are alike.
    ///
    /// # Errors
    /// [`crate::service::ServiceError::NotAudited`].
    pub(in crate::service) async fn refused_once(&self, key: &str, act: AuditRecord, why: &str) -> Result<()> {
        if self.read_only().is_some() {
            return Ok(());
        }
        let door = &self.inner.door;
        let row = AuditRecord { outcome: "refused", detail: Some(why.to_owned()), ..act };
        let Some(before) = door.throttle(|throttle| throttle.say(key, &row, door.now())) else { return Ok(()) };
        let mut told = row.clone();
        if before > 0 {
            told.detail = Some(format!("{why}; {before} more refused attempts before"));
        }
        let written = self.write_down(told).await;
        if written.is_err() {
            let refused = Refused { key: key.to_owned(), row, count: before.saturating_add(1) };
            door.throttle(|throttle| throttle.put_back(refused, door.now()));
        }
        written
    }

    /// Writes down the refused attempts that are counted and in no row yet: those whose row is some minutes old, or `all`.
    ///
    /// # Errors
    /// [`crate::service::ServiceError::NotAudited`]: what was not written is still counted.
    pub async fn write_refusals(&self, all: bool) -> Result<()> {
        if self.read_only().is_some() {
            return Ok(());
        }
        let door = &self.inner.door;
        let mut failed = None;
        for refused in door.throttle(|throttle| throttle.overdue(door.now(), all)) {
            if failed.is_none() {
                failed = self.write_down(refused.sum()).await.err();
            }
            if failed.is_some() {
                door.throttle(|throttle| throttle.put_back(refused, door.now()));
            }
        }
        failed.map_or_else(|| Ok(()), Err)
    }
}

/// Under what refused attempts are counted. What is typed as a name is not kept where it is no account's: it may be a password.
pub(super) fn said(attempt: &Attempt, account: Option<&str>) -> String {
    let hash = secret::hash(&attempt.account);
    let account = account.unwrap_or_default();
    format!("{} {:02x}{:02x}{:02x}{:02x} {account}", attempt.address, hash[0], hash[1], hash[2], hash[3])
}
