//! How the screen is laid out: query line, list, detail strip.

use ratatui::layout::Rect;

use super::{
    Calls,
    query_view::{problem_or_rule, query_line},
    rows_view::{empty, rows},
    strip_view::{dear_detail, detail, strip_lines},
};
use crate::console::{desk::Desk, widgets::Painter};

/// Draws the screen into the content area (its first line is the query line). Gives the place of the terminal's cursor:
/// where one types, and on a dear line on the row that is chosen.
pub fn view(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let typing = query_line(calls, desk, painter, Rect::new(area.x, area.y, area.width, 1));
    let strip = strip_lines(area.height, desk.setup.remote);
    let list = Rect::new(area.x, area.y + 2, area.width, area.height.saturating_sub(2 + strip));
    if calls.list.is_empty() {
        empty(calls, desk, painter, list);
    } else {
        rows(calls, desk, painter, list);
    }
    problem_or_rule(calls, desk, painter, Rect::new(area.x, area.y + 1, area.width, 1));
    if strip > 0 {
        let area = Rect::new(area.x, list.bottom(), area.width, strip);
        if desk.setup.remote { dear_detail(calls, desk, painter, area) } else { detail(calls, desk, painter, area) }
    }
    let row = u16::try_from(calls.list.cursor() - calls.list.top()).unwrap_or(0);
    let chosen = desk.setup.remote && !calls.list.is_empty() && row + 1 < list.height;
    typing.or(chosen.then_some((list.x, list.y + 1 + row)))
}
