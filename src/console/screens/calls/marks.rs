//! Marked calls: some by name, or everything that a query matches.

use std::collections::BTreeSet;

/// What is marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Marks {
    #[default]
    None,
    Calls(BTreeSet<String>),
    /// Everything that matches; kept as the query and counted again before anything is done with it.
    Query(String),
}

impl Marks {
    pub fn is_none(&self) -> bool {
        match self {
            Self::None => true,
            Self::Calls(calls) => calls.is_empty(),
            Self::Query(_) => false,
        }
    }

    pub fn has(&self, call: &str) -> bool {
        match self {
            Self::None => false,
            Self::Calls(calls) => calls.contains(call),
            Self::Query(_) => true,
        }
    }

    /// Marks a call, or takes its mark away.
    pub fn toggle(&mut self, call: &str) {
        match self {
            Self::Calls(calls) => {
                if !calls.remove(call) {
                    calls.insert(call.to_owned());
                }
                if calls.is_empty() {
                    *self = Self::None;
                }
            }
            Self::None | Self::Query(_) => *self = Self::Calls(BTreeSet::from([call.to_owned()])),
        }
    }
}
