//! Brings a painted buffer to the terminal in as few bytes as we can. It owns the picture that stands on the terminal:
//! rows that only moved are moved by the terminal (scroll regions), of the rest only what differs is written, with the
//! shortest cursor moves and the fewest attributes; where nothing differs, nothing.

mod abilities;
mod cell;
mod encode;
mod moves;
mod picture;
mod scroll;
mod sgr;
#[cfg(test)]
mod tests;

pub use abilities::Abilities;

use ratatui::buffer::Buffer;

use encode::Encoder;
use moves::Place;
use picture::Picture;

/// The terminal's state as we left it.
#[derive(Debug)]
pub struct ScreenWriter {
    abilities: Abilities,
    /// None: not known; the next frame clears the screen.
    shown: Option<Picture>,
    place: Place,
    pen: Option<cell::Pen>,
    /// Whether the cursor is seen, and where it was put.
    cursor: Option<(u16, u16)>,
}

impl ScreenWriter {
    /// For a terminal whose cursor is hidden.
    pub const fn new(abilities: Abilities) -> Self {
        Self { abilities, shown: None, place: Place::Unknown, pen: None, cursor: None }
    }

    /// The next frame draws everything.
    pub fn repaint(&mut self) {
        (self.shown, self.place, self.pen) = (None, Place::Unknown, None);
    }

    /// As [`Self::repaint`], on a terminal that was just taken over: its cursor is hidden.
    pub fn taken_over(&mut self) {
        *self = Self::new(self.abilities);
    }

    /// The bytes that bring a buffer to the terminal, the cursor shown at a place or hidden. Empty if nothing differs.
    pub fn frame(&mut self, buffer: &Buffer, cursor: Option<(u16, u16)>) -> Vec<u8> {
        let next = Picture::read(buffer);
        let mut encoder = Encoder { out: Vec::new(), place: self.place, pen: self.pen, abilities: self.abilities };
        match self.shown.take().filter(|shown| shown.same_size(&next)) {
            Some(shown) if shown == next => {}
            Some(shown) => encoder = self.shorter(encoder, &shown, &next),
            None => {
                let bg = encoder.clear(&next);
                let rows = u16::try_from(next.rows.len()).unwrap_or(u16::MAX);
                encoder.picture(&Picture::blank(next.columns, rows, bg), &next);
            }
        }
        self.shown = Some(next);
        match (self.cursor, cursor) {
            (Some(_), None) => encoder.out.extend_from_slice(b"\x1b[?25l"),
            (_, Some((x, y))) => {
                encoder.go(x, y);
                if self.cursor.is_none() {
                    encoder.out.extend_from_slice(b"\x1b[?25h");
                }
            }
            (None, None) => {}
        }
        self.cursor = cursor;
        (self.place, self.pen) = (encoder.place, encoder.pen);
        encoder.out
    }

    /// Writes what differs, with the terminal moving rows where that is shorter.
    fn shorter(&self, encoder: Encoder, shown: &Picture, next: &Picture) -> Encoder {
        let mut plain = encoder.clone();
        plain.picture(shown, next);
        let scroll = if self.abilities.scrolls_regions { scroll::find(shown, next) } else { None };
        let Some(scroll) = scroll else { return plain };
        let mut moving = encoder;
        let mut moved = shown.clone();
        moving.scroll(scroll);
        scroll.apply(&mut moved);
        moving.picture(&moved, next);
        if moving.out.len() < plain.out.len() { moving } else { plain }
    }
}

/// Writes a number in decimal.
fn digits(out: &mut Vec<u8>, number: u16) {
    if number >= 10 {
        digits(out, number / 10);
    }
    out.push(b'0' + (number % 10) as u8);
}
