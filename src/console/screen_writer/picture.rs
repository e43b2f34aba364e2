//! A whole screen of cells.

use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::{buffer::Buffer, style::Color};

use super::cell::Cell;

/// Rows of cells, as they stand on the terminal or shall stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub columns: u16,
    pub rows: Vec<Vec<Cell>>,
}

impl Picture {
    pub fn blank(columns: u16, rows: u16, bg: Color) -> Self {
        Self { columns, rows: vec![vec![Cell::blank(bg); usize::from(columns)]; usize::from(rows)] }
    }

    pub fn read(buffer: &Buffer) -> Self {
        let area = buffer.area;
        let row = |y: u16| {
            let mut cells: Vec<Cell> = Vec::with_capacity(usize::from(area.width));
            for x in area.left()..area.right() {
                let cell = match cells.last() {
                    Some(before) if before.columns == 2 => Cell::covered(before.pen),
                    _ => Cell::read(&buffer[(x, y)], usize::from(area.right() - x)),
                };
                cells.push(cell);
            }
            cells
        };
        Self { columns: area.width, rows: (area.top()..area.bottom()).map(row).collect() }
    }

    pub fn same_size(&self, other: &Self) -> bool {
        self.columns == other.columns && self.rows.len() == other.rows.len()
    }

    /// The background that most blanks have.
    pub fn commonest_background(&self) -> Color {
        let mut counts: Vec<(Color, usize)> = Vec::new();
        for cell in self.rows.iter().flatten().filter(|cell| cell.is_bare()) {
            match counts.iter_mut().find(|(color, _)| *color == cell.pen.bg) {
                Some((_, count)) => *count += 1,
                None => counts.push((cell.pen.bg, 1)),
            }
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map_or(Color::Reset, |(color, _)| color)
    }
}

/// A number that equal rows share.
pub fn hash(row: &[Cell]) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.hash(&mut hasher);
    hasher.finish()
}
