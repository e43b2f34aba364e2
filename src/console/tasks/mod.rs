//! Work that takes a while: changes of many calls, downloads, lists saved as files. One of a kind at a time, with progress;
//! each can be ended, and says what was done until then.

mod board;
mod gather;
mod ids;
mod run;

pub use board::{Entry, Role, State, Tasks};
pub use gather::{Gathered, Part};
pub use ids::Ids;
pub(super) use run::{Report, home, run};

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::{
    client::AuditQuery,
    takeout::{Downloaded, Form, Saved},
    wire::{Changed, Changes},
};

/// Which calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    /// Everything that matches, in this order.
    Query {
        q: String,
        sort: String,
    },
    Calls(Arc<Ids>),
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// The same to many calls.
    Change { scope: Scope, changes: Changes },
    /// Takes such a change back, or does it again.
    Restore(Arc<Vec<Part>>),
    /// Recordings into a folder; `all`: how many there are, if that is known.
    Download { scope: Scope, folder: String, template: String, zone: TimeZone, all: Option<u64> },
    /// The list as a file, in the order of the list; `replace`: a file of that name may go.
    Save { scope: Scope, sort: String, file: String, replace: bool, form: Form, columns: Vec<&'static str>, all: Option<u64> },
    /// Entries of the audit log as a file.
    SaveLog { query: AuditQuery, file: String, replace: bool, form: Form, all: Option<u64> },
}

impl Task {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Change { .. } | Self::Restore(_) => Kind::Change,
            Self::Download { .. } => Kind::Download,
            Self::Save { .. } | Self::SaveLog { .. } => Kind::Save,
        }
    }
}

/// Work of one kind waits for its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Change,
    Download,
    Save,
}

impl Kind {
    /// The part of the catalogue's ids.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Download => "download",
            Self::Save => "save",
        }
    }
}

/// What became of work.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskEvent {
    Progress {
        done: u64,
        all: Option<u64>,
    },
    /// One request of a change was answered; `part`: of which part of what is taken back.
    Changed {
        part: usize,
        changed: Box<Changed>,
    },
    Ended(TaskEnd),
}

/// How work ended. What a change did was told on the way.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskEnd {
    Changed { cancelled: bool },
    Downloaded(Box<Downloaded>),
    Saved(Box<Saved>),
    Failed(String),
}
