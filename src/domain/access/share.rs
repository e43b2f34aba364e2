//! Shares: chosen recordings and clips for somebody without an account.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word_enum;

word_enum!(
    /// What can be shared.
    SharedThing { Recording = 0 "recording", Clip = 1 "clip" }
);

/// One thing of a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShareItem {
    pub kind: SharedThing,
    pub id: String,
}

/// A share as it shall be.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ShareDraft {
    pub items: Vec<ShareItem>,
    /// What the page is headed with.
    pub title: Option<String>,
    /// Whom it is for; only people with an account see it.
    pub remark: Option<String>,
    /// Seconds until it expires; none: 14 days.
    #[serde(deserialize_with = "crate::domain::whole::number::<_, _, 1, { crate::domain::whole::MOST }>")]
    pub expires_s: Option<u64>,
    /// Asked for before anything is shown.
    pub passphrase: Option<String>,
    /// How often it may be played in all; none: as often as wanted.
    #[serde(deserialize_with = "crate::domain::whole::number::<_, _, 1, { u32::MAX as i64 }>")]
    pub plays: Option<u32>,
}

impl fmt::Debug for ShareDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShareDraft").field("items", &self.items).field("title", &self.title).finish_non_exhaustive()
    }
}

/// A share without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Share {
    pub id: String,
    pub items: Vec<ShareItem>,
    pub title: Option<String>,
    pub remark: Option<String>,
    pub who: String,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub created: Timestamp,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub expires: Timestamp,
    pub passphrase: bool,
    /// Null: as often as wanted.
    pub plays: Option<u32>,
    pub played: u32,
    pub revoked: bool,
}

/// A share just made: the only time that its address is told.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MadeShare {
    /// Path on the server: `/s/SECRET`.
    pub path: String,
    #[serde(flatten)]
    pub facts: Share,
}

impl fmt::Debug for MadeShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeShare").field("facts", &self.facts).finish_non_exhaustive()
    }
}
