//! What can go wrong between a face and the API, told once for all faces.

use crate::wire::Problem;

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The API answered with a problem.
    #[error("{}", .0.detail)]
    Problem(Problem),
    /// The server could not be reached, or the line was lost.
    #[error("cannot reach {place}: {why}")]
    Unreachable { place: String, why: String },
    /// The answer made no sense: another version, or not this API.
    #[error("the server's answer cannot be read: {0}; it is of another version, or no callreel server")]
    Answer(String),
}

impl ClientError {
    /// The exit status that the command line gives for it.
    pub const fn exit_status(&self) -> u8 {
        match self {
            Self::Unreachable { .. } | Self::Answer(_) => 6,
            Self::Problem(problem) => match problem.status {
                400 | 422 => 2,
                401 | 403 | 429 => 3,
                404 => 4,
                502..=504 => 6,
                _ => 1,
            },
        }
    }

    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            _ => None,
        }
    }
}
