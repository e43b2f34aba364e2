//! Lanes of a waveform: one side's sound as a row of bars that grow up or down from a line, so that the side tells who
//! speaks and colour only helps. Speech stands as full blocks, other sound as a light shade.

use ratatui::layout::Rect;

use super::Painter;
use crate::console::theme::Role;

/// Level at which a bar is full: -3 dBFS where 0..=255 are -50..0 dBFS.
const FULL: u32 = 240;

/// How finely a cell can be filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blocks {
    /// `▁▂▃▄▅▆▇█` upwards and `▔▀█` hanging: reversed cells would show seams in fonts whose blocks do not fill them.
    #[default]
    Eighths,
    /// `▄▀█`: all that WGL4 and code page 437 have.
    Halves,
    /// ` .:-=+*#`.
    Ascii,
}

impl Blocks {
    const fn steps(self) -> u32 {
        match self {
            Self::Eighths => 8,
            Self::Halves => 2,
            Self::Ascii => 7,
        }
    }
}

/// Which way bars grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grows {
    Up,
    Down,
}

/// One column of a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// 0 is silence, 255 is 0 dBFS.
    pub level: u8,
    /// Sound that is not speech.
    pub dim: bool,
}

/// Draws bars into an area, a column each; cells without sound are left as they are.
pub fn lane(painter: &mut Painter<'_>, area: Rect, bars: &[Bar], grows: Grows, blocks: Blocks, role: Role) {
    let (bright, dim) = (painter.style(role), painter.style(Role::Masked));
    for (x, bar) in (area.left()..area.right()).zip(bars) {
        for row in 0..area.height {
            let y = if grows == Grows::Up { area.bottom() - 1 - row } else { area.y + row };
            if let Some(character) = filled(*bar, area.height, row, grows, blocks) {
                painter.cell(x, y, character, if bar.dim { dim } else { bright });
            }
        }
    }
}

/// The cell `row` rows away from the line, of a lane `rows` high.
fn filled(bar: Bar, rows: u16, row: u16, grows: Grows, blocks: Blocks) -> Option<char> {
    let steps = blocks.steps();
    let all = (u32::from(bar.level).min(FULL) * u32::from(rows) * steps + FULL / 2) / FULL;
    let here = all.saturating_sub(u32::from(row) * steps).min(steps);
    if here == 0 {
        return None;
    }
    if bar.dim {
        // No partial cells are shaded: what fills most of one fills it, and the cell at the line tells that there is sound.
        let shade = if blocks == Blocks::Ascii { '.' } else { '░' };
        return (row == 0 || here * 2 > steps).then_some(shade);
    }
    let pick = |set: &str, at: u32| set.chars().nth(at as usize).unwrap_or('█');
    Some(match (blocks, grows) {
        (Blocks::Ascii, _) => pick(" .:-=+*#", here),
        (_, _) if here == steps => '█',
        (Blocks::Halves, Grows::Up) => '▄',
        (Blocks::Halves, Grows::Down) => '▀',
        (Blocks::Eighths, Grows::Up) => pick(" ▁▂▃▄▅▆▇█", here),
        (Blocks::Eighths, Grows::Down) => pick(" ▔▔▀▀▀██", here),
    })
}

/// The loudest value in each of so many columns of a stretch (`from`, `until`), from values that cover `of` evenly.
pub fn columns(values: &[u8], of: (f64, f64), stretch: (f64, f64), columns: u16) -> Vec<u8> {
    let each = (of.1 - of.0) / values.len().max(1) as f64;
    if values.is_empty() || !each.is_finite() || each <= 0.0 {
        return vec![0; usize::from(columns)];
    }
    let wide = (stretch.1 - stretch.0) / f64::from(columns.max(1));
    let loudest = |column: u16| {
        let from = (stretch.0 + wide * f64::from(column) - of.0) / each;
        // What a column only touches by rounding is not of it.
        let first = (from + 1e-6).floor().max(0.0) as usize;
        let end = ((from + wide / each - 1e-6).ceil().max(0.0) as usize).max(first + 1).min(values.len());
        values.get(first..end).and_then(|slice| slice.iter().copied().max()).unwrap_or(0)
    };
    (0..columns).map(loudest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lane of one bar, from the line outwards.
    fn column(level: u8, dim: bool, rows: u16, grows: Grows, blocks: Blocks) -> String {
        (0..rows).map(|row| filled(Bar { level, dim }, rows, row, grows, blocks).unwrap_or(' ')).collect()
    }

    #[test]
    fn bars_grow_from_the_line_in_the_finest_steps_there_are() {
        use Blocks::{Ascii, Eighths, Halves};
        let up = [0, 30, 90, 120, 180, 240, 255].map(|level| column(level, false, 2, Grows::Up, Eighths));
        assert_eq!(up, ["  ", "▂ ", "▆ ", "█ ", "█▄", "██", "██"]);
        let down = [0, 30, 60, 90, 180, 240].map(|level| column(level, false, 2, Grows::Down, Eighths));
        assert_eq!(down, ["  ", "▔ ", "▀ ", "█ ", "█▀", "██"]);
        let halves = [20, 60, 120, 180, 240].map(|level| column(level, false, 2, Grows::Up, Halves));
        assert_eq!(halves, ["  ", "▄ ", "█ ", "█▄", "██"]);
        let ascii = [0, 10, 60, 120, 180, 240].map(|level| column(level, false, 2, Grows::Down, Ascii));
        assert_eq!(ascii, ["  ", ". ", "= ", "# ", "#=", "##"]);
    }

    #[test]
    fn sound_that_is_not_speech_is_a_shade_in_every_set() {
        let of = |blocks| [0, 10, 60, 160, 240].map(|level| column(level, true, 2, Grows::Up, blocks));
        assert_eq!(of(Blocks::Eighths), ["  ", "░ ", "░ ", "░ ", "░░"]);
        assert_eq!(of(Blocks::Ascii), ["  ", ". ", ". ", ". ", ".."]);
    }

    #[test]
    fn columns_take_the_loudest_that_falls_into_them() {
        let values: Vec<u8> = (0..100).collect();
        assert_eq!(columns(&values, (0.0, 10.0), (0.0, 10.0), 4), [24, 49, 74, 99]);
        assert_eq!(columns(&values, (0.0, 10.0), (5.0, 6.0), 5), [51, 53, 55, 57, 59]);
        assert_eq!(columns(&values, (0.0, 10.0), (5.0, 5.2), 4), [50, 50, 51, 51], "fewer values than columns");
        assert_eq!(columns(&values, (4.0, 6.0), (0.0, 8.0), 4), [0, 0, 99, 0], "a part only");
        assert_eq!(columns(&[], (0.0, 1.0), (0.0, 1.0), 2), [0, 0]);
        assert_eq!(columns(&values, (0.0, 0.0), (0.0, 0.0), 2), [0, 0]);
        assert_eq!(columns(&values, (0.0, 10.0), (0.0, 10.0), 0), Vec::<u8>::new());
    }
}
