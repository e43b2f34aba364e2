//! One call in full, with the player.

mod lines;
mod timeline;
mod update;
mod view;

pub use lines::plain;
pub use update::{act, passes_on};
pub use view::view;

/// State of the screen; the call itself is the one under the list's cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Player {
    /// First line shown below the waveform.
    pub top: usize,
    /// The note that the cursor stands on.
    pub note: Option<usize>,
}
