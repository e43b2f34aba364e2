//! The audit log: who did what, when, from where, and whether the log itself was changed.

mod list;
mod told;
mod typing;
mod update;
mod view;

pub use list::Audit;
pub use update::{act, answered, begin, call_query, input, wanted};
pub use view::{plain, view, whole};

/// What the digits stand for; each has a short name among the texts.
pub const CHIPS: [&str; 8] = [
    "today",
    "this-week",
    "did:listened,heard",
    "did:exported,downloaded",
    "did:deleted",
    "did:rules",
    "did:sign-in",
    "did:denied",
];

#[cfg(test)]
mod tests {
    use crate::domain::query::{edit, parse};

    #[test]
    fn every_chip_is_understood() {
        let context = crate::domain::query::QueryContext {
            now: jiff::Timestamp::UNIX_EPOCH,
            zone: jiff::tz::TimeZone::UTC,
            country_code: None,
            national_prefix: None,
            views: std::collections::BTreeMap::new(),
        };
        for piece in super::CHIPS {
            assert!(parse(piece).is_ok() && edit::has(piece, piece), "{piece}");
            assert!(crate::domain::query::prepare_audit(piece, &context).is_ok(), "{piece}");
        }
    }
}
