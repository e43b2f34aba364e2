//! Pieces that screens are drawn from. They know nothing of screens.

mod cells;
mod line_input;
mod painter;
mod waveform;

pub use cells::{compact, fit, grouped, width, wrap};
pub use line_input::LineInput;
pub use painter::Painter;
pub use waveform::{Bar, Blocks, Grows, columns, lane};
