//! One line of text that is being typed.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::console::input::{Code, Key};

/// Longest text that is taken, in bytes.
const LIMIT: usize = 4096;

/// Text and where the next character goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineInput {
    text: String,
    /// Byte offset, on a character boundary.
    at: usize,
}

impl LineInput {
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { at: text.len(), text }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub const fn at(&self) -> usize {
        self.at
    }

    /// The text goes elsewhere.
    pub fn take(&mut self) -> String {
        self.at = 0;
        std::mem::take(&mut self.text)
    }

    pub fn set(&mut self, text: impl Into<String>) {
        *self = Self::new(text);
    }

    /// Replaces a stretch of bytes and goes behind it.
    pub fn replace(&mut self, range: std::ops::Range<usize>, with: &str) {
        if self.text.get(range.clone()).is_some() {
            self.text.replace_range(range.clone(), with);
            self.at = range.start + with.len();
        }
    }

    /// Columns before the cursor.
    pub fn column(&self) -> usize {
        self.text[..self.at].width()
    }

    /// Takes a text as it is, on one line. False where it did not fit and was cut.
    pub fn paste(&mut self, text: &str) -> bool {
        let line: String = text.trim_end_matches('\n').chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let room = LIMIT.saturating_sub(self.text.len());
        let cut = line.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room).last().unwrap_or(0);
        self.text.insert_str(self.at, &line[..cut]);
        self.at += cut;
        cut == line.len()
    }

    /// Handles a key of editing; tells whether the text changed, none for keys that are not of editing.
    pub fn key(&mut self, key: Key) -> Option<bool> {
        if let Some(character) = key.writes() {
            let mut bytes = [0; 4];
            self.paste(character.encode_utf8(&mut bytes));
            return Some(true);
        }
        match (key.code, key.ctrl) {
            (Code::Backspace, _) => Some(self.cut_before(self.previous())),
            (Code::Delete, _) | (Code::Char('d'), true) => {
                let end = self.next();
                let changed = end > self.at;
                self.text.replace_range(self.at..end, "");
                Some(changed)
            }
            (Code::Char('u'), true) => Some(self.cut_before(0)),
            (Code::Char('k'), true) => {
                let changed = self.at < self.text.len();
                self.text.truncate(self.at);
                Some(changed)
            }
            (Code::Char('w'), true) => Some(self.cut_before(self.word_before())),
            (Code::Left, false) | (Code::Char('b'), true) => self.go(self.previous()),
            (Code::Right, false) | (Code::Char('f'), true) => self.go(self.next()),
            (Code::Left, true) => self.go(self.word_before()),
            (Code::Home, _) | (Code::Char('a'), true) => self.go(0),
            (Code::End, _) | (Code::Char('e'), true) => self.go(self.text.len()),
            _ => None,
        }
    }

    const fn go(&mut self, to: usize) -> Option<bool> {
        self.at = to;
        Some(false)
    }

    fn cut_before(&mut self, from: usize) -> bool {
        let changed = from < self.at;
        self.text.replace_range(from..self.at, "");
        self.at = from;
        changed
    }

    fn previous(&self) -> usize {
        self.text[..self.at].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        self.text[self.at..].graphemes(true).next().map_or(self.at, |cluster| self.at + cluster.len())
    }

    fn word_before(&self) -> usize {
        let trimmed = self.text[..self.at].trim_end();
        trimmed.rfind(char::is_whitespace).map_or(0, |at| at + trimmed[at..].chars().next().map_or(1, char::len_utf8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_moving_and_cutting() {
        let mut input = LineInput::new("talk:>2m ext:601");
        input.key(Key::ctrl('w'));
        assert_eq!(input.text(), "talk:>2m ");
        for key in ["ś", "Left", "x", "Delete", "Backspace", "Home", "Ctrl-k"] {
            input.key(key.parse().expect("key"));
        }
        assert_eq!((input.text(), input.at()), ("", 0));
        input.paste("a\nb\u{1b}\n");
        assert_eq!(input.text(), "a b ");
    }
}
