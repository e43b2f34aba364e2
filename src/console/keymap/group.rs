//! What actions are for, so that a long list of them can be read.

use super::Action;

/// What a group of actions is for, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Find,
    Look,
    Mark,
    Edit,
    Take,
    Play,
    Move,
    Go,
    Program,
}

impl Group {
    /// The part of the catalogue's ids.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Look => "look",
            Self::Mark => "mark",
            Self::Edit => "edit",
            Self::Take => "take",
            Self::Play => "play",
            Self::Move => "move",
            Self::Go => "go",
            Self::Program => "program",
        }
    }
}

impl Action {
    pub fn group(self) -> Group {
        match self.name().split('.').next().unwrap_or_default() {
            "query" | "views" | "view" | "chip" | "facet" => Group::Find,
            "open" | "audit" | "sort" | "columns" | "totals" | "customer" | "why" | "panels" | "list" | "part" => Group::Look,
            "mark" => Group::Mark,
            "access" | "cell" | "matrix" | "edit" | "note" | "collection" | "flag" | "undo" | "redo" => Group::Edit,
            "take" | "copy" | "share" => Group::Take,
            "play" | "call" | "recording" => Group::Play,
            "move" => Group::Move,
            "go" | "back" => Group::Go,
            _ => Group::Program,
        }
    }
}
