//! What people type: bytes of the terminal become keys and pastes on a thread of their own.

mod decode;
mod key;
mod mouse;
mod reader;

pub use decode::Decoder;
pub use key::{Code, Key};
pub use mouse::{Button, Mouse};
pub use reader::{Reader, spawn};

/// One thing that came from the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// Pasted text is text, never keys.
    Paste(String),
}
