//! What a listener is told while things happen.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::job::Job;

/// One thing that happened. In the stream each is an event of its own, named by its word, with a JSON object as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Something changed: what was listed may look otherwise when it is asked for again.
    Revision(NewRevision),
    /// A call came, or one changed. Only calls that one may see.
    Call(ChangedCallEvent),
    /// A job of one's own went on.
    Job(Box<Job>),
    /// Something was missed, because the line broke or the listener was too slow: ask for everything again.
    Resync,
}

/// The revision as it is now; compare for inequality only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewRevision {
    pub revision: String,
}

/// A call that came or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CallEvent)]
pub struct ChangedCallEvent {
    pub id: String,
    #[serde(serialize_with = "super::instant::serialize")]
    pub start: Timestamp,
    /// It was not there before.
    pub new: bool,
}

impl Event {
    /// The event's name in the stream.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Revision(_) => "revision",
            Self::Call(_) => "call",
            Self::Job(_) => "job",
            Self::Resync => "resync",
        }
    }

    /// What stands as data in the stream: the object without the name.
    pub fn data(&self) -> String {
        let text = match self {
            Self::Revision(body) => serde_json::to_string(body),
            Self::Call(body) => serde_json::to_string(body),
            Self::Job(body) => serde_json::to_string(body),
            Self::Resync => Ok("{}".to_owned()),
        };
        text.unwrap_or_default()
    }

    /// The event of a name and its data. None: an event of a later program, to be left alone.
    pub fn of(word: &str, data: &str) -> Option<Self> {
        match word {
            "revision" => serde_json::from_str(data).ok().map(Self::Revision),
            "call" => serde_json::from_str(data).ok().map(Self::Call),
            "job" => serde_json::from_str(data).ok().map(Self::Job),
            "resync" => Some(Self::Resync),
            _ => None,
        }
    }
}
