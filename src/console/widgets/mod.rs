//! Pieces that screens are drawn from. They know nothing of screens.

mod cells;
mod line_input;
mod painter;
mod waveform;

pub use cells::{compact, grouped, width, wrap};
pub use line_input::LineInput;
pub use painter::Painter;
pub use waveform::waveform;
