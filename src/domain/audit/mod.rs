//! What the audit log holds.

mod acts;
mod columns;

pub use acts::{ACTS, Act, Did, WORDS, known_did, told};
pub use columns::COLUMNS;

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
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct AuditEntry {
    pub seq: i64,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub at: jiff::Timestamp,
    pub who: String,
    pub via: String,
    /// Of the other end of the line.
    #[serde(default)]
    pub address: Option<String>,
    /// Of the session, token or share that was shown.
    #[serde(default)]
    pub session: Option<String>,
    pub did: String,
    pub object: Option<String>,
    pub project: Option<String>,
    pub outcome: String,
    pub detail: Option<String>,
    /// What outsiders wrote: a number, a name, the text of a query. Null where there is none, and where it was erased.
    pub foreign: Option<String>,
    /// Of a person on this machine, or behind its socket.
    #[serde(default)]
    pub uid: Option<u32>,
    /// Who they were before `sudo`.
    #[serde(default)]
    pub sudo_user: Option<String>,
    /// As SSH tells it: address and port of the client, address and port of the server.
    #[serde(default)]
    pub ssh_connection: Option<String>,
    /// This row's link of the chain, hexadecimal.
    #[serde(default)]
    pub hash: String,
}

/// A signed statement of how far the chain was.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Checkpoint {
    /// Id of the database whose log it is.
    pub log: String,
    /// The last row that it covers.
    #[serde(deserialize_with = "super::whole::needed::<_, _, 0, { super::whole::MOST }>")]
    #[schema(minimum = 0)]
    pub seq: i64,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub at: jiff::Timestamp,
    /// Hash of that row, hexadecimal.
    pub hash: String,
    /// SHA-256 of the signed message and signature of the checkpoint before, hexadecimal; zeros for the first.
    pub previous: String,
    /// The public key that signed, hexadecimal.
    pub key_id: String,
    /// Ed25519 over the message of docs/audit.md, hexadecimal.
    pub signature: String,
}

/// Something that is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct AuditFault {
    /// The first row, or the checkpoint's, that is wrong or missing.
    pub seq: i64,
    pub reason: String,
}

/// What a check of the whole log found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct AuditReport {
    /// Nothing is wrong.
    pub ok: bool,
    pub rows: u64,
    /// Number and hash of the last row.
    pub last: Option<(i64, String)>,
    pub checkpoints: u64,
    /// The last signed checkpoint.
    pub signed: Option<Checkpoint>,
    /// Number of the first entry that is wrong or missing; 0 where only the table itself is.
    pub first_bad_seq: Option<i64>,
    pub faults: Vec<AuditFault>,
    /// What could not be checked, such as a file of checkpoints that is not there.
    pub remarks: Vec<String>,
}
