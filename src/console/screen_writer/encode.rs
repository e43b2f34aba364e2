//! From one picture to the next in as few bytes as we can.

use ratatui::style::Color;

use super::{
    Abilities,
    cell::{Cell, Pen, Symbol},
    digits,
    moves::{self, Place},
    picture::Picture,
    scroll::Scroll,
    sgr,
};

/// Blanks in a row that are erased by count instead of written.
const ERASED: usize = 10;

/// Bytes so far, and what the terminal is in after them.
#[derive(Clone, Debug)]
pub struct Encoder {
    pub out: Vec<u8>,
    pub place: Place,
    /// None: not known.
    pub pen: Option<Pen>,
    pub abilities: Abilities,
}

impl Encoder {
    /// Everything that changes, without moving rows.
    pub fn picture(&mut self, shown: &Picture, next: &Picture) {
        for (y, (before, after)) in (0..).zip(shown.rows.iter().zip(&next.rows)) {
            if before != after {
                self.row(y, before, after);
            }
        }
    }

    /// Clears the screen; gives the background that it has then.
    pub fn clear(&mut self, next: &Picture) -> Color {
        let bg = if self.abilities.erases_in_colour { next.commonest_background() } else { Color::Reset };
        self.pen = None;
        self.pen(Pen::background(bg));
        // Margins that somebody else left would move with the first scroll.
        self.out.extend_from_slice(b"\x1b[r\x1b[H\x1b[2J");
        self.place = Place::At(0, 0);
        bg
    }

    /// Lets the terminal move rows; those that come in are blank in its own background.
    pub fn scroll(&mut self, scroll: Scroll) {
        let (Ok(top), Ok(bottom)) = (u16::try_from(scroll.top), u16::try_from(scroll.bottom)) else { return };
        self.pen(Pen::PLAIN);
        self.out.extend_from_slice(b"\x1b[");
        digits(&mut self.out, top + 1);
        self.out.push(b';');
        digits(&mut self.out, bottom + 1);
        self.out.push(b'r');
        self.place = Place::Unknown;
        let (edge, step): (_, &[u8]) = if scroll.by > 0 { (bottom, b"\n") } else { (top, b"\x1bM") };
        self.go(0, edge);
        for _ in 0..scroll.by.unsigned_abs() {
            self.out.extend_from_slice(step);
        }
        self.out.extend_from_slice(b"\x1b[r");
        self.place = Place::Unknown;
    }

    pub fn go(&mut self, x: u16, y: u16) {
        moves::go(&mut self.out, self.place, x, y);
        self.place = Place::At(x, y);
    }

    fn pen(&mut self, to: Pen) {
        sgr::change(&mut self.out, self.pen, to, self.abilities.takes_attributes_away);
        self.pen = Some(to);
    }

    fn row(&mut self, y: u16, before: &[Cell], after: &[Cell]) {
        let unsure = before.iter().chain(after).any(|cell| !cell.is_sure());
        // Where a character may be wider or narrower than we think, everything behind it may have moved: all is written.
        let changed =
            |at: usize| unsure || before[at] != after[at] || (after[at].columns == 2 && before.get(at + 1) != after.get(at + 1));
        let end = self.erased_from(after, changed);
        let mut at = 0;
        while at < end.unwrap_or(after.len()) {
            let cell = &after[at];
            if changed(at) {
                self.go_along(at, y, after);
                at += self.blanks(at, end.unwrap_or(after.len()), after, changed).unwrap_or_else(|| {
                    self.put(after, at, y);
                    usize::from(cell.columns.max(1))
                });
            } else {
                at += usize::from(cell.columns.max(1));
            }
        }
        if let Some(end) = end
            && let Some(first) = (end..after.len()).find(|at| changed(*at))
        {
            self.go_along(first, y, after);
            self.blank_pen(after, first);
            self.out.extend_from_slice(b"\x1b[K");
        }
    }

    /// Where the blanks begin that one sequence erases to the end of the row; none: they are better written.
    fn erased_from(&self, after: &[Cell], changed: impl Fn(usize) -> bool) -> Option<usize> {
        let bg = after.last().filter(|cell| self.can_erase(cell))?.pen.bg;
        let end = after.iter().rposition(|cell| !(cell.is_bare() && cell.pen.bg == bg)).map_or(0, |last| last + 1);
        let first = (end..after.len()).find(|at| changed(*at))?;
        let last = (end..after.len()).rfind(|at| changed(*at))?;
        (last + 1 - first > 3).then_some(end)
    }

    fn can_erase(&self, cell: &Cell) -> bool {
        cell.is_bare() && (cell.pen.bg == Color::Reset || self.abilities.erases_in_colour)
    }

    /// Erases a run of changed blanks by count; gives its length, or none where writing them is as short.
    fn blanks(&mut self, at: usize, end: usize, after: &[Cell], changed: impl Fn(usize) -> bool) -> Option<usize> {
        if !self.abilities.erases_by_count || !self.can_erase(&after[at]) {
            return None;
        }
        let run = after[at..end].iter().take_while(|cell| **cell == after[at]).count();
        let run = (at..at + run).rfind(|at| changed(*at))? + 1 - at;
        if run <= ERASED {
            return None;
        }
        self.blank_pen(after, at);
        self.out.extend_from_slice(b"\x1b[");
        digits(&mut self.out, u16::try_from(run).ok()?);
        self.out.push(b'X');
        Some(run)
    }

    /// To a column of a row; over a few cells that stay as they are, writing them again is shorter than jumping.
    fn go_along(&mut self, to: usize, y: u16, after: &[Cell]) {
        let Ok(x) = u16::try_from(to) else { return };
        if let (Place::At(from, row), Some(pen)) = (self.place, self.pen)
            && row == y
            && from < x
        {
            let gap = &after[usize::from(from)..to];
            let fits = |cell: &Cell| cell.is_sure() && (cell.pen == pen || (cell.is_bare() && pen == pen.for_blank(cell.pen.bg)));
            let bytes: usize = gap.iter().filter(|cell| cell.columns > 0).map(Cell::bytes).sum();
            let begins_whole = gap.first().is_some_and(|cell| cell.columns > 0);
            if begins_whole && gap.iter().all(fits) && bytes <= moves::cost(self.place, x, y) {
                for at in usize::from(from)..to {
                    if after[at].columns > 0 {
                        self.put(after, at, y);
                    }
                }
                return;
            }
        }
        self.go(x, y);
    }

    /// Writes one cell where the cursor is.
    fn put(&mut self, after: &[Cell], at: usize, y: u16) {
        let cell = &after[at];
        if cell.is_bare() {
            self.blank_pen(after, at);
        } else {
            self.pen(cell.pen);
        }
        let wide = usize::from(cell.columns.max(1));
        if !cell.is_sure() {
            // First blanks: a terminal that draws it narrower than we think would leave what stood there.
            self.out.extend(std::iter::repeat_n(b' ', wide));
            if at + wide < after.len() {
                self.out.extend(std::iter::repeat_n(b'\x08', wide));
            } else {
                self.place = Place::Row(y);
                self.go(u16::try_from(at).unwrap_or(0), y);
            }
        }
        match &cell.symbol {
            Symbol::One(character) => {
                let mut bytes = [0; 4];
                self.out.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
            }
            Symbol::Many(text) => self.out.extend_from_slice(text.as_bytes()),
        }
        let behind = at + wide;
        self.place = match u16::try_from(behind) {
            Ok(x) if cell.is_sure() && behind < after.len() => Place::At(x, y),
            _ => Place::Row(y),
        };
    }

    /// A pen that writes the blank at `at`: the one there is if it does, else the one that is needed next.
    fn blank_pen(&mut self, after: &[Cell], at: usize) {
        let bg = after[at].pen.bg;
        if self.pen.is_some_and(|pen| pen == pen.for_blank(bg)) {
            return;
        }
        let next = after[at..].iter().find(|cell| !(cell.is_bare() && cell.pen.bg == bg));
        let pen = match next {
            Some(next) if next.pen.bg == bg && !next.pen.shows_on_blanks() => next.pen,
            _ => self.pen.map_or_else(|| Pen::background(bg), |pen| pen.for_blank(bg)),
        };
        self.pen(pen);
    }
}
