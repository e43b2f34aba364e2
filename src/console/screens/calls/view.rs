//! How the screen is laid out: query line, list, detail strip.

use ratatui::layout::Rect;

use super::{
    Calls,
    areas::areas,
    chips, customer, facets,
    query_view::{problem_or_rule, query_line},
    rows_view::{columns_left_out, empty, rows},
    strip_view::{dear_detail, detail},
    totals,
};
use crate::{
    console::{
        asking::{WIDE, offers_view},
        desk::Desk,
        widgets::Painter,
    },
    domain::query::{Sort, SortField},
};

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
    if !desk.setup.remote && calls.query.problem.is_none() && !calls.list.is_empty() {
        painter.rule(places.rule, "", &order_remark(calls, desk, places.list.width));
    }
    if places.strip.height > 0 {
        if desk.setup.remote {
            dear_detail(calls, desk, painter, places.strip);
        } else {
            detail(calls, desk, painter, places.strip);
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
    offers_view(&calls.query, desk, painter, places.query);
    let line = calls.list.line_of_cursor().and_then(|line| u16::try_from(line).ok()).unwrap_or(0);
    let chosen = desk.setup.remote && !calls.list.is_empty() && line + 1 < places.list.height;
    typing.or(chosen.then_some((places.list.x, places.list.y + 1 + line)))
}

/// How the list is ordered, where there is room to say so, and how many of its columns found no room.
fn order_remark(calls: &Calls, desk: &Desk, width: u16) -> String {
    let texts = &desk.setup.texts;
    let mut parts = Vec::new();
    let order = calls.order();
    if desk.size.0 >= WIDE || order != Sort::default() {
        let field = texts.get(&format!("sort-{}", order.field.word().replace('_', "-")));
        let way = match (order.field, order.descending) {
            (SortField::Start, true) => "order-newest",
            (SortField::Start, false) => "order-oldest",
            (_, true) => "order-down",
            (_, false) => "order-up",
        };
        parts.push(texts.with(way, &[("field", &field)]));
    }
    let left_out = columns_left_out(calls, desk, width);
    if left_out > 0 {
        parts.push(texts.counted("columns-left-out", left_out as u64, &[]));
    }
    parts.join(" · ")
}
