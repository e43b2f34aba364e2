//! The audit log.

use serde::Serialize;

use super::{Client, Result};
use crate::wire::{AuditEntry, AuditReport, Checkpoint, Page};

/// A question to the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuditQuery {
    /// Terms `who: did: object: where: date:` and words.
    pub q: String,
    /// `seq` (oldest first) or `-seq`.
    pub sort: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Only what the asker did: needs no right.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
}

impl Client {
    /// A page of the log; `total` on the first one.
    pub async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditEntry>> {
        self.get("/audit", query).await
    }

    /// Computes the whole chain again and compares it with the signed checkpoints.
    pub async fn check_audit(&self) -> Result<AuditReport> {
        self.get("/audit/check", &()).await
    }

    /// The signed checkpoints, oldest first: to be kept elsewhere.
    pub async fn checkpoints(&self) -> Result<Vec<Checkpoint>> {
        self.get("/audit/checkpoints", &()).await
    }
}
