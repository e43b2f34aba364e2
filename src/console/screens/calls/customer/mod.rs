//! Everything of the number under the cursor: who it is, sums, who spoke with them, cases, tags, notes, calls both ways. Beside
//! the list where there is room, else over it.

mod lines;
mod update;
mod view;

pub use update::{act, answered, follow, toggle};
pub use view::view;

use crate::wire;

/// What is opened beside the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerPage {
    /// The number that it is of, or is being read for; none: withheld, or no outside number.
    number: Option<String>,
    /// Why nothing can be shown, by the part of the catalogue's id.
    nothing: Option<&'static str>,
    body: Option<Box<wire::NumberBody>>,
    /// The newest of the calls with them.
    calls: Option<Vec<wire::CallBody>>,
    refused: Option<String>,
    /// The line under the cursor.
    at: usize,
    /// The keys go to it, not to the list.
    pub focused: bool,
}
