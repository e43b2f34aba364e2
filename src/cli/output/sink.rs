//! Where data goes: stdout, by lines on a terminal and in blocks otherwise.

use std::io::{self, BufWriter, LineWriter, Stdout, Write};

/// A buffered stdout.
pub enum Sink {
    Lines(LineWriter<Stdout>),
    // Stdout itself flushes at each line; the block goes through in one piece.
    Blocks(BufWriter<Stdout>),
}

impl Sink {
    pub fn stdout(terminal: bool) -> Self {
        if terminal {
            Self::Lines(LineWriter::new(io::stdout()))
        } else {
            Self::Blocks(BufWriter::with_capacity(1 << 16, io::stdout()))
        }
    }
}

impl Write for Sink {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self {
            Self::Lines(out) => out.write(data),
            Self::Blocks(out) => out.write(data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Lines(out) => out.flush(),
            Self::Blocks(out) => out.flush(),
        }
    }
}
