//! Sessions and tokens.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::actor::Permission;

/// What somebody shows to sign in. Never printed.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Credentials {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A session just begun: the only time that its token is told.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewSession {
    pub id: String,
    /// For `Authorization: Bearer`.
    pub token: String,
    pub user: String,
    /// It ends then at the latest.
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub until: Timestamp,
    /// It ends after so many seconds without a request.
    pub idle_s: u64,
}

impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Session {
    pub id: String,
    pub user: String,
    pub address: Option<String>,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub created: Timestamp,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub last_seen: Timestamp,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub until: Timestamp,
    /// The one that asks.
    pub current: bool,
}

/// A token as it shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct TokenDraft {
    pub name: String,
    /// What it may do, of what its owner may.
    pub scope: Vec<Permission>,
    /// Only over calls of these; none: over all that its owner reaches.
    pub projects: Vec<String>,
    /// Whose rights it carries; none: of whoever makes it.
    pub user: Option<String>,
    /// Seconds until it expires; none: 90 days.
    #[serde(deserialize_with = "crate::domain::whole::number::<_, _, 1, { crate::domain::whole::MOST }>")]
    pub expires_s: Option<u64>,
}

/// A token without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Token {
    pub id: String,
    pub name: String,
    /// Null: the owner of the database.
    pub user: Option<String>,
    pub scope: Vec<Permission>,
    pub projects: Vec<String>,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub created: Timestamp,
    #[serde(serialize_with = "crate::domain::instant::serialize")]
    pub expires: Timestamp,
    pub last_used: Option<Timestamp>,
    pub revoked: bool,
}

/// A token just made: the only time that its secret is told.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MadeToken {
    /// The secret.
    pub token: String,
    #[serde(flatten)]
    pub facts: Token,
}

impl fmt::Debug for MadeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeToken").field("facts", &self.facts).finish_non_exhaustive()
    }
}
