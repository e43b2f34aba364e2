//! Checking the log, and signing how far it is.

use super::record;
use crate::{
    domain::{
        actor::{Actor, Permission},
        audit::{AuditRecord, AuditReport, Checkpoint},
    },
    service::{Result, Service, ServiceError},
    store::{CheckAsk, Due, Since},
};

impl Service {
    /// Computes the log again, and compares it with the checkpoints here and those that were kept elsewhere. `since` is the
    /// number of an entry or a date as queries write it.
    ///
    /// # Errors
    /// [`ServiceError::NotAllowed`] without the right `audit`; a `since` that is neither.
    pub async fn check_audit(&self, actor: &Actor, since: Option<&str>, outside: Option<Vec<Checkpoint>>) -> Result<AuditReport> {
        self.require(actor, Permission::Audit, "audit.check", "check the audit log", None).await?;
        let since = match since.map(str::trim).filter(|since| !since.is_empty()) {
            None => None,
            Some(since) => Some(match since.parse::<i64>() {
                Ok(seq) if seq > 0 => Since::Seq(seq),
                _ => {
                    let context = self.query_context(actor).await?;
                    let date = crate::domain::query::first_moment(since, &context).map_err(|why| {
                        ServiceError::Invalid(format!(
                            "\"{}\" is neither the number of an entry nor a date: {why}",
                            crate::domain::clean::line(since, 40)
                        ))
                    })?;
                    Since::Date(date)
                }
            }),
        };
        let mut remarks = Vec::new();
        let (key, kept) = match self.seals() {
            None => (None, None),
            Some(seals) => {
                let seals = seals.clone();
                tokio::task::spawn_blocking(move || (seals.public(), seals.kept())).await.unwrap_or_default()
            }
        };
        let own_file = self.seals().filter(|_| outside.is_none()).map(|seals| seals.file().display().to_string());
        let absent = kept.is_none();
        let outside = match (outside, kept) {
            (Some(outside), _) => Some(outside),
            (None, Some(Ok(kept))) => {
                if let Some(file) = &own_file {
                    remarks.push(format!(
                        "checkpoints were compared with {file}; a copy on another machine proves more (--checkpoints)"
                    ));
                }
                Some(kept)
            }
            (None, Some(Err(why))) => {
                remarks.push(why);
                None
            }
            (None, None) => None,
        };
        let mut report = self.store().check_audit(CheckAsk { since, outside, key }).await?;
        if absent && let Some(file) = own_file {
            remarks.push(if report.checkpoints == 0 {
                format!("there is no file {file} of checkpoints to compare with")
            } else {
                format!("there is no file {file}, though the database has checkpoints: it was removed, or is kept elsewhere")
            });
        }
        report.remarks.append(&mut remarks);
        Ok(report)
    }

    /// The signed checkpoints, oldest first.
    ///
    /// # Errors
    /// [`ServiceError::NotAllowed`] without the right `audit`.
    pub async fn checkpoints(&self, actor: &Actor, after: i64) -> Result<Vec<Checkpoint>> {
        self.require(actor, Permission::Audit, "audit.read", "read the checkpoints of the audit log", None).await?;
        Ok(self.store().checkpoints(after).await?)
    }

    /// Signs now, by hand.
    ///
    /// # Errors
    /// [`ServiceError::NotAllowed`] without the right `audit`; where nothing can be written, or there is no place for a key.
    pub async fn make_checkpoint(&self, actor: &Actor) -> Result<Checkpoint> {
        self.require(actor, Permission::Audit, "audit.checkpoint", "sign the audit log", None).await?;
        self.must_be_writable("sign the audit log")?;
        let made = self.seal_by(Due::Now, Some(record(actor, "audit.checkpoint"))).await?;
        made.ok_or_else(|| ServiceError::Storage("the log was not signed".to_owned()))
    }

    /// Signs what is due (`Due::InTime`), or all there is; keeps the file of checkpoints complete. Nothing where this program
    /// has no place for a key.
    ///
    /// # Errors
    /// When the key or the checkpoint cannot be written.
    pub async fn seal(&self, due: Due) -> Result<Option<Checkpoint>> {
        if self.read_only().is_some() || self.seals().is_none() || !self.store().unsigned_audit().await?.due(due) {
            return Ok(None);
        }
        self.seal_by(due, None).await
    }

    async fn seal_by(&self, due: Due, record: Option<AuditRecord>) -> Result<Option<Checkpoint>> {
        let no_place = || ServiceError::ReadOnly("this program has no place for the key that signs the audit log".to_owned());
        let seals = self.seals().ok_or_else(no_place)?.clone();
        let broke = |_| ServiceError::Storage("a defect of callreel stopped the signing of the audit log".to_owned());
        let held = seals.clone();
        let key = tokio::task::spawn_blocking(move || held.key()).await.map_err(broke)?.map_err(ServiceError::Storage)?;
        let made = self.store().sign_audit(key, due, record).await?;
        if let Some(made) = &made {
            tracing::info!(log = made.log, seq = made.seq, at = %made.at, hash = made.hash, previous = made.previous, key = made.key_id, signature = made.signature, "audit checkpoint");
        }
        let known = self.store().checkpoints(0).await?;
        let written = tokio::task::spawn_blocking(move || seals.keep(&known)).await.map_err(broke)?;
        if let Err(why) = written {
            tracing::error!(why, "the file of checkpoints falls behind; the next one tries again");
        }
        Ok(made)
    }
}
