//! Where the parts of the screen stand: query line, chips, facets, list, detail, and what is opened beside the list.

use ratatui::layout::Rect;

use super::{Calls, columns::Class};
use crate::console::desk::Desk;

/// The parts. One without lines is not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    pub query: Rect,
    pub chips: Rect,
    /// The rule above the list; what is wrong with a query stands there too.
    pub rule: Rect,
    /// Counts by value, left of the list, with the column that parts them.
    pub facets: Rect,
    /// Heading and rows.
    pub list: Rect,
    pub strip: Rect,
    /// The customer, right of the list.
    pub side: Rect,
}

/// Lines that the chips take.
const fn chips_lines(content: Rect) -> u16 {
    // Lower contents keep their lines for the list.
    if content.height >= 15 { 1 } else { 0 }
}

/// Columns that the facets take beside the list; 0 where they are an overlay or hidden.
const fn facets_columns(calls: &Calls, desk: &Desk) -> u16 {
    match (calls.facets.beside(desk), desk.size.0) {
        (false, _) => 0,
        // All the columns of the list still stand beside them.
        (true, ..132) => 20,
        (true, _) => 25,
    }
}

/// Lays the content area out; it is the screen without header, message line and hints.
pub fn areas(calls: &Calls, desk: &Desk, content: Rect) -> Areas {
    let line = |y: u16, height: u16| Rect::new(content.x, y, content.width, height);
    let chips = chips_lines(content);
    let query = line(content.y, 1);
    let rule = line(content.y + 1 + chips, 1);
    let below = rule.bottom();
    let height = content.bottom().saturating_sub(below);
    let facets = facets_columns(calls, desk).min(content.width / 3);
    let side = side_columns(calls.customer.is_some(), content.width);
    let facets = if side > 0 { 0 } else { facets };
    let strip = strip_lines(content.height, desk.setup.remote);
    let main = Rect::new(content.x + facets, below, content.width.saturating_sub(facets + side), height);
    Areas {
        query,
        chips: line(content.y + 1, chips),
        rule,
        facets: Rect::new(content.x, below, facets, height),
        list: Rect::new(main.x, main.y, main.width, height.saturating_sub(strip)),
        strip: Rect::new(main.x, main.bottom().saturating_sub(strip), main.width, strip),
        side: Rect::new(main.right(), below, side, height),
    }
}

/// Columns beside the list that what is opened there takes; a narrow screen shows it in a box instead.
pub(super) fn side_columns(open: bool, screen: u16) -> u16 {
    if open && Class::of(screen) == Class::Wide { (screen * 45 / 100).min(90) } else { 0 }
}

/// Lines of the detail strip with its title, by the height of the content. On a dear line it has no waveform.
pub const fn strip_lines(height: u16, remote: bool) -> u16 {
    match height {
        0..=14 => 0,
        15..=27 if remote => 3,
        _ if remote => 5,
        15..=19 => 5,
        20..=27 => 7,
        28..=33 => 12,
        _ => 13,
    }
}
