//! The cursor: where it is, and the shortest way to where it shall be.

use super::digits;

/// What is known of the cursor's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Unknown,
    /// The row is sure, the column is not: behind the last column, or behind a character of unsure width.
    Row(u16),
    /// Column and row from 0.
    At(u16, u16),
}

/// Writes the shortest sequence that moves the cursor to column `x` of row `y`.
pub fn go(out: &mut Vec<u8>, from: Place, x: u16, y: u16) {
    if from == Place::At(x, y) {
        return;
    }
    let mut best = Vec::with_capacity(10);
    absolute(&mut best, x, y);
    let (row, column) = match from {
        Place::Unknown => (None, None),
        Place::Row(row) => (Some(row), None),
        Place::At(column, row) => (Some(row), Some(column)),
    };
    if let Some(row) = row {
        let mut relative = Vec::with_capacity(10);
        vertical(&mut relative, row, y);
        let before = relative.len();
        sideways(&mut relative, column, x);
        // A column that is not known may be one that does not exist: `\r` first, then the way down.
        if column.is_none() {
            let sideways = relative.split_off(before);
            relative.splice(0..0, sideways);
        }
        if relative.len() < best.len() {
            best = relative;
        }
    }
    out.extend_from_slice(&best);
}

/// Bytes that [`go`] would write.
pub fn cost(from: Place, x: u16, y: u16) -> usize {
    let mut out = Vec::with_capacity(10);
    go(&mut out, from, x, y);
    out.len()
}

fn absolute(out: &mut Vec<u8>, x: u16, y: u16) {
    out.extend_from_slice(b"\x1b[");
    if (x, y) != (0, 0) {
        digits(out, y + 1);
    }
    if x > 0 {
        out.push(b';');
        digits(out, x + 1);
    }
    out.push(b'H');
}

/// `\n` and `ESC M` keep the column (raw mode), and scroll only at the edges, which lie behind the target.
fn vertical(out: &mut Vec<u8>, from: u16, to: u16) {
    let (by, single, last) =
        if to >= from { (to - from, b"\n".as_slice(), b'B') } else { (from - to, b"\x1bM".as_slice(), b'A') };
    counted(out, by, single, last);
}

fn sideways(out: &mut Vec<u8>, from: Option<u16>, to: u16) {
    let mut by_return = vec![b'\r'];
    counted(&mut by_return, to, b"\x1b[C", b'C');
    let mut direct = Vec::new();
    match from {
        None => direct.clone_from(&by_return),
        Some(from) if from <= to => counted(&mut direct, to - from, b"\x1b[C", b'C'),
        Some(from) => counted(&mut direct, from - to, b"\x08", b'D'),
    }
    out.extend_from_slice(if direct.len() <= by_return.len() { &direct } else { &by_return });
}

/// One step so many times, or the sequence that counts.
fn counted(out: &mut Vec<u8>, by: u16, single: &[u8], last: u8) {
    let mut sequence = b"\x1b[".to_vec();
    if by > 1 {
        digits(&mut sequence, by);
    }
    sequence.push(last);
    if usize::from(by) * single.len() <= sequence.len() {
        for _ in 0..by {
            out.extend_from_slice(single);
        }
    } else {
        out.extend_from_slice(&sequence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(from: Place, x: u16, y: u16) -> String {
        let mut out = Vec::new();
        go(&mut out, from, x, y);
        String::from_utf8(out).expect("ASCII").replace('\x1b', "^").replace('\x08', "<").replace('\r', "R").replace('\n', "N")
    }

    #[test]
    fn the_shortest_way_is_taken() {
        for (from, x, y, wanted) in [
            (Place::At(5, 5), 5, 5, ""),
            (Place::At(1, 6), 0, 7, "N<"),
            (Place::At(1, 6), 0, 6, "<"),
            (Place::At(40, 6), 0, 6, "R"),
            (Place::At(40, 6), 0, 7, "NR"),
            (Place::At(40, 6), 1, 7, "NR^[C"),
            (Place::At(4, 6), 9, 6, "^[5C"),
            (Place::At(9, 6), 9, 5, "^M"),
            (Place::At(70, 6), 30, 6, "^[40D"),
            (Place::At(3, 20), 40, 2, "^[3;41H"),
            (Place::Row(6), 0, 7, "RN"),
            (Place::Row(6), 0, 6, "R"),
            (Place::Unknown, 0, 0, "^[H"),
            (Place::Unknown, 0, 9, "^[10H"),
            (Place::Unknown, 9, 0, "^[1;10H"),
        ] {
            assert_eq!(way(from, x, y), wanted, "{from:?} to {x},{y}");
        }
    }
}
