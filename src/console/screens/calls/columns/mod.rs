//! Columns of the list: which there are, which are chosen, how they fit, and what stands in them.

mod cell;
mod choice;
mod chooser;
mod kind;
mod layout;
#[cfg(test)]
mod tests;

pub use cell::{bytes, dear_headline, headline, talk, way};
pub use choice::{Choice, Chosen, Class};
pub use chooser::{Chooser, Chose};
pub use kind::Kind;
pub use layout::{LEFT, Laid, TimeForm, layout};
