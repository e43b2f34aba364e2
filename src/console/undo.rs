//! How the last acts are taken back.

use super::effect::Write;

/// One act and its opposite.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// What was done, for the message.
    pub what: String,
    pub how: How,
}

/// The way back.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    Writes(Vec<Write>),
    Query(String),
    Marks(super::screens::calls::Marks),
    Columns(super::screens::calls::Choice),
}
