//! One cell as the terminal shows it: what cannot be seen is left out, so that equal cells look equal and the other way
//! round.

use ratatui::{
    buffer::Cell as Painted,
    style::{Color, Modifier},
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Attributes that show on a blank.
const ON_BLANKS: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT);

/// Colours and attributes that characters are written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pen {
    pub fg: Color,
    pub bg: Color,
    pub modifier: Modifier,
}

impl Pen {
    pub const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    /// The pen of a blank that shows nothing but a background.
    pub const fn background(bg: Color) -> Self {
        Self { fg: Color::Reset, bg, modifier: Modifier::empty() }
    }

    pub const fn shows_on_blanks(self) -> bool {
        self.modifier.intersects(ON_BLANKS)
    }

    /// This pen as it can write a blank that shows nothing but `bg`.
    pub const fn for_blank(self, bg: Color) -> Self {
        Self { fg: self.fg, bg, modifier: self.modifier.difference(ON_BLANKS) }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    One(char),
    /// A cluster of several characters.
    Many(Box<str>),
}

/// A cell of the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    pub symbol: Symbol,
    pub pen: Pen,
    /// 1 or 2; 0: covered by the wide character at its left.
    pub columns: u8,
}

impl Cell {
    pub const fn blank(bg: Color) -> Self {
        Self { symbol: Symbol::One(' '), pen: Pen::background(bg), columns: 1 }
    }

    /// Reads what was painted; `room`: columns to the right edge, its own included.
    pub fn read(painted: &Painted, room: usize) -> Self {
        let text = painted.symbol();
        let mut characters = text.chars();
        let (symbol, columns) = match (characters.next(), characters.next()) {
            (Some(character), None) => (Symbol::One(character), character.width().unwrap_or(0)),
            (None, _) => (Symbol::One(' '), 1),
            _ => (Symbol::Many(text.into()), text.width()),
        };
        let fits = (1..=2).contains(&columns) && columns <= room;
        let symbol = if fits { symbol } else { Symbol::One(' ') };
        let pen = Pen { fg: painted.fg, bg: painted.bg, modifier: painted.modifier };
        let pen = if symbol == Symbol::One(' ') && !pen.shows_on_blanks() { Pen::background(pen.bg) } else { pen };
        Self { symbol, pen, columns: if fits && columns == 2 { 2 } else { 1 } }
    }

    /// The second half of a wide character.
    pub const fn covered(pen: Pen) -> Self {
        Self { symbol: Symbol::One(' '), pen, columns: 0 }
    }

    /// It is a blank that shows nothing but its background.
    pub fn is_bare(&self) -> bool {
        self.columns == 1 && self.symbol == Symbol::One(' ') && !self.pen.shows_on_blanks()
    }

    /// Every terminal moves on by as many columns as we count. It is not sure of clusters and of pictures.
    pub fn is_sure(&self) -> bool {
        match &self.symbol {
            Symbol::One(character) => {
                self.columns != 2
                    || matches!(u32::from(*character),
                        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
                        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x3fffd)
            }
            Symbol::Many(_) => false,
        }
    }

    /// Bytes of its symbol.
    pub fn bytes(&self) -> usize {
        match &self.symbol {
            Symbol::One(character) => character.len_utf8(),
            Symbol::Many(text) => text.len(),
        }
    }
}
