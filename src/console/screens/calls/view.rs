//! How the screen is laid out: query line, list, detail strip.

use ratatui::layout::Rect;

use super::{
    Calls,
    areas::areas,
    chips, customer, facets,
    query_view::{offers, problem_or_rule, query_line},
    rows_view::{empty, rows},
    strip_view::{dear_detail, detail},
    totals,
};
use crate::console::{desk::Desk, widgets::Painter};

/// Draws the screen into the content area (its first line is the query line). Gives the place of the terminal's cursor:
/// where one types, and on a dear line on the row that is chosen.
pub fn view(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let places = areas(calls, desk, area);
    let typing = query_line(calls, desk, painter, places.query);
    if places.chips.height > 0 {
        chips::line(calls, desk, painter, places.chips);
    }
    if places.facets.width > 0 {
        facets::view(calls, desk, painter, places.facets);
    }
    if calls.list.is_empty() {
        empty(calls, desk, painter, places.list);
    } else {
        rows(calls, desk, painter, places.list);
    }
    problem_or_rule(calls, desk, painter, places.rule);
    if places.strip.height > 0 {
        if desk.setup.remote {
            dear_detail(calls, desk, painter, places.strip)
        } else {
            detail(calls, desk, painter, places.strip)
        }
    }
    if calls.facets.focus && places.facets.width == 0 {
        facets::over(
            calls,
            desk,
            painter,
            Rect { x: area.x, width: area.width, height: area.bottom() - places.list.y, ..places.list },
        );
    }
    if let Some(page) = &calls.customer {
        customer::view(
            page,
            desk,
            painter,
            places.side,
            Rect { y: places.list.y, height: area.bottom() - places.list.y, ..area },
        );
    }
    if let Some(page) = &calls.totals_page {
        totals::view(page, desk, painter, area);
        return None;
    }
    offers(calls, desk, painter, places.query);
    let line = calls.list.line_of_cursor().and_then(|line| u16::try_from(line).ok()).unwrap_or(0);
    let chosen = desk.setup.remote && !calls.list.is_empty() && line + 1 < places.list.height;
    typing.or(chosen.then_some((places.list.x, places.list.y + 1 + line)))
}
