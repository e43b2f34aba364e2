//! Why something was not taken out.

use crate::client::ClientError;

/// What went wrong, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
    /// The API refused, or is out of reach; with the query that it was asked.
    #[error("{error}")]
    Api { error: Box<ClientError>, query: Option<String> },
    /// A file or folder, or an answer that makes no sense.
    #[error("{0}")]
    Failed(String),
    /// Nothing is there to be taken out.
    #[error("{0}")]
    Nothing(String),
    /// A file of this name is there already, and it was not said that it may go.
    #[error("{0} is there already")]
    Exists(String),
}

impl TakeError {
    pub(super) fn of_query(query: &str, error: ClientError) -> Self {
        Self::Api { error: Box::new(error), query: Some(query.to_owned()) }
    }

    /// Whether the others are not worth trying either: who may not have one recording may have none, and a place out of
    /// reach has no others.
    pub(super) const fn stops_all(&self) -> bool {
        match self {
            Self::Api { error, .. } => matches!(error.exit_status(), 3 | 6),
            _ => false,
        }
    }
}

impl From<ClientError> for TakeError {
    fn from(error: ClientError) -> Self {
        Self::Api { error: Box::new(error), query: None }
    }
}

/// How work that was begun came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was done, or tried.
    Whole,
    /// Somebody ended it; what was done stays.
    Cancelled,
    /// It could not go on.
    Stopped(TakeError),
}
