//! The message line and its history.

use jiff::Timestamp;

/// Messages kept for `:messages`.
const KEPT: usize = 200;

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Info,
    Warn,
    Error,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub level: Level,
    pub text: String,
    pub at: Timestamp,
    /// How often it came in a row.
    pub times: u32,
}

/// All messages, newest last, and the one on the line.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    history: Vec<Notice>,
    shown: bool,
}

impl Notices {
    pub fn push(&mut self, level: Level, text: String, at: Timestamp) {
        self.shown = true;
        if let Some(last) = self.history.last_mut().filter(|last| last.text == text) {
            last.times += 1;
            last.at = at;
            return;
        }
        if self.history.len() == KEPT {
            self.history.remove(0);
        }
        self.history.push(Notice { level, text, at, times: 1 });
    }

    /// For the history alone: the line says it in its own way.
    pub fn record(&mut self, level: Level, text: String, at: Timestamp) {
        self.push(level, text, at);
        self.shown = false;
    }

    /// The message on the line. It stays until the next key, so that an idle screen writes nothing.
    pub fn current(&self) -> Option<&Notice> {
        self.history.last().filter(|_| self.shown)
    }

    /// A key was pressed: what was said has been seen.
    pub fn seen(&mut self) {
        self.shown = false;
    }

    pub fn history(&self) -> &[Notice] {
        &self.history
    }
}
