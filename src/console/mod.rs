//! The full-screen console: model, update, view, effects, runner.

pub mod texts;
