//! The audit log: making records, asking it, checking it, signing it.

mod ask;
mod check;
mod seals;

pub use ask::{AuditListed, AuditRequest};
pub use seals::Seals;

use crate::domain::{actor::Actor, audit::AuditRecord};

/// A record of something done by this actor; callers fill in what they know.
pub fn record(actor: &Actor, did: &'static str) -> AuditRecord {
    AuditRecord {
        who: actor.name.clone(),
        origin: actor.origin.clone(),
        did,
        object: None,
        project: None,
        outcome: "done",
        detail: None,
        foreign: None,
    }
}

/// As [`record`], about one thing of ours (a public id, an extension, a name that people here gave).
pub(super) fn record_of(actor: &Actor, did: &'static str, object: &str) -> AuditRecord {
    AuditRecord { object: Some(object.to_owned()), ..record(actor, did) }
}
