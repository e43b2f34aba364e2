//! What the audit log holds.

use super::actor::Origin;

/// One act, before the log gives it its number and hash.
///
/// `foreign` holds what outsiders wrote (numbers, names, query text): in the chain it stands only as a salted commitment,
/// the text itself lies beside it in an erasable table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    pub who: String,
    pub origin: Origin,
    /// Such as `note.add`, `recording.play`, `import.run`.
    pub did: &'static str,
    /// Public id or name of what it was done to.
    pub object: Option<String>,
    pub project: Option<String>,
    /// `done`, `refused` or `failed`.
    pub outcome: &'static str,
    /// Our own words and numbers, safe to keep for ever.
    pub detail: Option<String>,
    pub foreign: Option<String>,
}

/// A record as read back.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditEntry {
    pub seq: i64,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub at: jiff::Timestamp,
    pub who: String,
    pub via: String,
    pub did: String,
    pub object: Option<String>,
    pub project: Option<String>,
    pub outcome: String,
    pub detail: Option<String>,
    pub foreign: Option<String>,
}
