//! Long work of the server.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word_enum;

word_enum!(
    /// Where a job stands.
    JobState { Waiting = 0 "waiting", Running = 1 "running", Done = 2 "done", Partly = 3 "partly", Failed = 4 "failed", Cancelled = 5 "cancelled" }
);

/// A job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Job {
    pub id: String,
    /// Such as `import`.
    pub kind: String,
    pub state: JobState,
    pub who: String,
    #[serde(serialize_with = "super::instant::serialize")]
    pub created: Timestamp,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub done: u64,
    /// Null: not known yet.
    pub all: Option<u64>,
    /// What it says now, or why it failed.
    pub detail: Option<String>,
    /// What came out of it, by kind of job.
    pub result: Option<serde_json::Value>,
}
