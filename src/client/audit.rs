//! The audit log.

use http::Method;
use serde::Serialize;

use super::{Client, Exported, Result};
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

    /// Everything that matches, as `text/csv` or `application/x-ndjson`; without columns all of them.
    pub async fn export_audit(&self, query: &AuditQuery, form: &'static str, columns: &[&str]) -> Result<Exported> {
        #[derive(Serialize)]
        struct Asked<'a> {
            q: &'a str,
            sort: &'a str,
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            mine: bool,
            columns: String,
        }
        let asked = Asked { q: &query.q, sort: &query.sort, mine: query.mine, columns: columns.join(",") };
        self.exported_from("/audit", &asked, form).await
    }

    /// Computes the log again, from an entry or date on, and compares it with the signed checkpoints of its machine.
    pub async fn check_audit(&self, since: Option<&str>) -> Result<AuditReport> {
        self.get("/audit/check", &since.map(|since| [("since", since)])).await
    }

    /// As [`Self::check_audit`], beside checkpoints that were kept elsewhere.
    pub async fn compare_audit(&self, since: Option<&str>, checkpoints: &[Checkpoint]) -> Result<AuditReport> {
        let body = serde_json::json!({ "since": since, "checkpoints": checkpoints });
        self.send(Method::POST, "/audit/check", &body).await
    }

    /// Signs the log as it is now.
    pub async fn make_checkpoint(&self) -> Result<Checkpoint> {
        self.send(Method::POST, "/audit/checkpoints", &()).await
    }

    /// The signed checkpoints, oldest first: to be kept elsewhere.
    pub async fn checkpoints(&self) -> Result<Vec<Checkpoint>> {
        self.get("/audit/checkpoints", &()).await
    }
}
