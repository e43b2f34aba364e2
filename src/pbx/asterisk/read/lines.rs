//! Lines with their numbers and places, in bounded memory.

use std::io::{BufRead, Result};

/// Longer lines are rejects; a channel event has some 500 bytes.
pub const LONGEST_LINE: usize = 64 * 1024;
/// How much of a line that is too long is kept for the rejects file.
const KEPT: usize = 1024;

/// How a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// With a line feed.
    Whole,
    /// At the end of the file: more may come.
    Open,
    /// Longer than [`LONGEST_LINE`]; only its beginning is given.
    TooLong,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from one.
    pub number: u64,
    /// Where it begins in the file.
    pub offset: u64,
    /// Where the next one begins.
    pub next: u64,
    pub end: LineEnd,
}

/// Reads lines from where an earlier reading stopped.
#[derive(Debug)]
pub struct LineReader<R> {
    input: R,
    number: u64,
    offset: u64,
}

impl<R: BufRead> LineReader<R> {
    /// `input` stands at `offset`, behind `lines` lines.
    pub const fn new(input: R, offset: u64, lines: u64) -> Self {
        Self { input, number: lines, offset }
    }

    pub const fn input(&mut self) -> &mut R {
        &mut self.input
    }

    /// Where the next line begins, and how many lines stand before it.
    pub const fn place(&self) -> (u64, u64) {
        (self.offset, self.number)
    }

    /// The input was put at another place.
    pub const fn go_to(&mut self, (offset, lines): (u64, u64)) {
        self.offset = offset;
        self.number = lines;
    }

    /// Goes back behind a line that was still open.
    pub const fn rewind(&mut self, line: &Line) {
        self.number = line.number - 1;
        self.offset = line.offset;
    }

    /// The next line into `buffer`, without its line feed; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Line>> {
        buffer.clear();
        let start = self.offset;
        let mut too_long = false;
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                if self.offset == start {
                    return Ok(None);
                }
                return Ok(Some(self.line(start, if too_long { LineEnd::TooLong } else { LineEnd::Open })));
            }
            let (used, found) = match memchr::memchr(b'\n', available) {
                Some(at) => (at + 1, true),
                None => (available.len(), false),
            };
            let part = &available[..used - usize::from(found)];
            let room = LONGEST_LINE.saturating_sub(buffer.len());
            if part.len() > room {
                if !too_long {
                    buffer.extend_from_slice(part.get(..KEPT.saturating_sub(buffer.len())).unwrap_or_default());
                    buffer.truncate(KEPT);
                }
                too_long = true;
            }
            if !too_long {
                buffer.extend_from_slice(part);
            }
            self.input.consume(used);
            self.offset += used as u64;
            if found {
                return Ok(Some(self.line(start, if too_long { LineEnd::TooLong } else { LineEnd::Whole })));
            }
        }
    }

    const fn line(&mut self, offset: u64, end: LineEnd) -> Line {
        self.number += 1;
        Line { number: self.number, offset, next: self.offset, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_numbers_places_and_a_longest() {
        let long = "x".repeat(LONGEST_LINE + 5);
        let text = format!("one\n{long}\nlast");
        let mut reader = LineReader::new(std::io::BufReader::with_capacity(7, text.as_bytes()), 0, 0);
        let mut buffer = Vec::new();
        let line = reader.next(&mut buffer).expect("read").expect("line");
        assert_eq!((line.number, line.offset, line.next, line.end, buffer.as_slice()), (1, 0, 4, LineEnd::Whole, &b"one"[..]));
        let line = reader.next(&mut buffer).expect("read").expect("line");
        assert_eq!((line.number, line.end), (2, LineEnd::TooLong));
        assert_eq!(buffer, "x".repeat(KEPT).into_bytes());
        let line = reader.next(&mut buffer).expect("read").expect("line");
        assert_eq!((line.number, line.end, buffer.as_slice()), (3, LineEnd::Open, &b"last"[..]));
        assert_eq!(reader.next(&mut buffer).expect("read"), None);
    }
}
