//! A waveform with a lane a side: the extension's side grows up from the line, the other party's down, so that the side
//! tells who speaks and colour only helps. One cell is two levels (half blocks exist in every glyph set).

use ratatui::layout::Rect;

use super::Painter;
use crate::console::theme::Role;

/// Draws `levels` (one list a channel, 0 silence to 255) into an area; `played` is the share that was heard.
///
/// Two lanes share the height; a single channel takes all of it.
pub fn waveform(painter: &mut Painter<'_>, area: Rect, levels: &[Vec<u8>], head: Option<f64>) {
    let area = area.intersection(painter.buffer.area);
    if area.width == 0 || area.height == 0 {
        return;
    }
    let upper_rows = if levels.len() > 1 { area.height.div_ceil(2) } else { area.height };
    for column in 0..area.width {
        let x = area.x + column;
        for (lane, role) in levels.iter().take(2).zip([Role::LaneAgent, Role::LaneCustomer]).enumerate() {
            let (lane, role) = (lane, role);
            let (values, role) = (lane_values(role.0, column, area.width), role.1);
            let rows = if lane == 0 { upper_rows } else { area.height - upper_rows };
            let halves = (u32::from(values) * u32::from(rows) * 2).div_ceil(255);
            for row in 0..rows {
                let full = halves.saturating_sub(u32::from(row) * 2);
                let (y, half) =
                    if lane == 0 { (area.y + upper_rows - 1 - row, "▄") } else { (area.y + upper_rows + row, "▀") };
                match full {
                    0 => {}
                    1 => drop(painter.text(x, y, 1, half, role)),
                    _ => drop(painter.text(x, y, 1, "█", role)),
                }
            }
        }
    }
    if let Some(head) = head {
        let column = ((head.clamp(0.0, 1.0) * f64::from(area.width)) as u16).min(area.width - 1);
        for y in area.top()..area.bottom() {
            painter.text(area.x + column, y, 1, "│", Role::Playhead);
        }
    }
}

/// The loudest of the values that fall into a column.
fn lane_values(values: &[u8], column: u16, columns: u16) -> u8 {
    let (length, column, columns) = (values.len(), usize::from(column), usize::from(columns));
    let from = column * length / columns;
    let until = ((column + 1) * length / columns).max(from + 1).min(length);
    values.get(from..until).and_then(|slice| slice.iter().copied().max()).unwrap_or(0)
}
