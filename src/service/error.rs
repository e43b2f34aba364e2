//! Why a use case was not done.

use crate::{
    domain::{actor::Permission, query::QueryError},
    sound::SoundError,
    store::StoreError,
    vault::VaultError,
};

/// Each says what failed, for which thing, why, and what now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    #[error("{0}")]
    Query(#[from] QueryError),
    /// A parameter or a body that makes no sense.
    #[error("{0}")]
    Invalid(String),
    #[error("{0}")]
    TooLarge(String),
    /// Does not exist, or lies outside the actor's projects: the two must look the same.
    #[error("{0}")]
    NotFound(String),
    #[error("{} may not {what}: the right \"{permission}\" is missing", .who)]
    NotAllowed { who: String, what: String, permission: Permission },
    /// As [`Self::NotAllowed`], for a reason that is no missing right.
    #[error("{0}")]
    Forbidden(String),
    /// No valid session or token, or wrong credentials: all look the same.
    #[error("{0}")]
    NotSignedIn(String),
    /// The act needs somebody who signed in just now.
    #[error("{0}")]
    SignInAgain(String),
    /// Too many wrong credentials; try again after so many seconds.
    #[error("{why}")]
    TooMany { why: String, retry_after_s: u32 },
    /// The act must be audited (or written) and nothing can be written here.
    #[error("{0}")]
    ReadOnly(String),
    /// The act must be audited first, and the audit log could not be written now.
    #[error("{0}")]
    NotAudited(String),
    #[error("{0}")]
    Conflict(String),
    /// Somebody else changed it since the version that the request names.
    #[error("{0}")]
    Changed(String),
    /// There are no bytes to hear: deleted, lost, or never there.
    #[error("{0}")]
    Gone(String),
    /// The bytes are not those that were recorded.
    #[error("{0}")]
    Damaged(String),
    /// Locked by another program; try again.
    #[error("{0}")]
    Busy(String),
    /// Full or failing disk, unusable database.
    #[error("{0}")]
    Storage(String),
    /// The reader went away; nobody sees this.
    #[error("interrupted")]
    Interrupted,
}

/// Result of every use case.
pub type Result<T> = std::result::Result<T, ServiceError>;

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(why) => Self::NotFound(why),
            StoreError::Conflict(why) => Self::Conflict(why),
            StoreError::Invalid(why) => Self::Invalid(why),
            StoreError::Busy(why) => Self::Busy(why),
            StoreError::ReadOnly(why) => Self::ReadOnly(why),
            StoreError::Unusable(why) | StoreError::Failed(why) => Self::Storage(why),
            StoreError::Interrupted => Self::Interrupted,
        }
    }
}

impl From<VaultError> for ServiceError {
    fn from(error: VaultError) -> Self {
        Self::Storage(error.to_string())
    }
}

impl From<SoundError> for ServiceError {
    fn from(error: SoundError) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// For acts guarded by `If-Match`: a conflict of the store is a version that changed meanwhile.
pub(super) fn changed(error: StoreError) -> ServiceError {
    match error {
        StoreError::Conflict(why) => ServiceError::Changed(why),
        other => other.into(),
    }
}

/// As [`changed`], for acts that make something of version 0: that it is there already is no change.
pub(super) fn changed_or_there(version: i64) -> fn(StoreError) -> ServiceError {
    if version == 0 { ServiceError::from } else { changed }
}
