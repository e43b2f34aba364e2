//! Clips: a stretch of a recording with a hash of its own, and collections of calls and clips for training.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word_enum;

/// A clip to be cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClipDraft {
    pub recording: String,
    pub from_s: f64,
    pub until_s: f64,
    /// What it is called; null: nothing.
    pub title: Option<String>,
}

/// A clip: the bytes were cut once, are kept in the vault and compared with their hash like a recording's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Clip {
    pub id: String,
    pub call: String,
    pub recording: String,
    pub from_s: f64,
    pub until_s: f64,
    pub title: Option<String>,
    /// As of a recording: `wav/pcm`.
    pub format: String,
    pub channels: u8,
    pub bytes: u64,
    pub sha256: String,
    pub who: String,
    #[serde(serialize_with = "super::instant::serialize")]
    pub created: Timestamp,
}

word_enum!(
    /// What stands in a collection.
    ItemKind { Call = 0 "call", Clip = 1 "clip" }
);

/// One thing in a collection, in the order it was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CollectionItem {
    pub kind: ItemKind,
    pub id: String,
    pub who: String,
    #[serde(serialize_with = "super::instant::serialize")]
    pub added: Timestamp,
}

/// Calls and clips put together for a purpose; only its owner and its readers see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Collection {
    pub name: String,
    pub description: Option<String>,
    pub owner: String,
    /// Names of users, `*` for everybody.
    pub readers: Vec<String>,
    pub items: Vec<CollectionItem>,
    /// Raised by one at each change; what `If-Match` compares.
    pub version: i64,
}

/// Reader that stands for everybody.
pub const EVERYBODY: &str = "*";

/// Whether somebody sees a collection of this owner and these readers.
pub fn sees(who: &str, owner: &str, readers: &[String]) -> bool {
    !who.is_empty() && owner == who || readers.iter().any(|reader| reader == EVERYBODY || (reader == who && !who.is_empty()))
}
