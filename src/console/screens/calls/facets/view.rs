//! How the facets are drawn: beside the list, or over it.

use ratatui::{layout::Rect, style::Style};

use super::{Line, label, presence, title};
use crate::{
    console::{
        desk::Desk,
        screens::calls::Calls,
        theme::Role,
        widgets::{Painter, compact, grouped, width},
    },
    domain::query::edit::Presence,
};

/// Columns of the box over the list.
const OVER: u16 = 40;

/// The panel in its place beside the list.
pub fn view(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    for y in area.top()..area.bottom() {
        painter.text(area.right() - 1, y, 1, "│", Role::Border);
    }
    lines(calls, desk, painter, Rect { width: area.width - 2, ..area }, false);
}

/// The panel over the list, where there is no room beside it.
pub(in crate::console::screens::calls) fn over(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let area = Rect { width: OVER.min(area.width), ..area };
    let inside = painter.boxed(area, &texts.get("facets-title"), "");
    if inside.height > 0 {
        lines(calls, desk, painter, Rect { x: inside.x - 1, width: inside.width + 2, ..inside }, true);
    }
}

fn lines(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect, boxed: bool) {
    let style = |painter: &Painter<'_>, role: Role| in_box(painter, role, boxed);
    let texts = &desk.setup.texts;
    let facets = &calls.facets;
    let query = &calls.query.applied;
    let lines = facets.lines(query);
    if lines.is_empty() {
        let id = if facets.of.is_none() { "facets-reading" } else { "facets-none" };
        let shade = style(painter, Role::TextMuted);
        painter.styled(area.x + 1, area.y, area.width.saturating_sub(1), &texts.get(id), shade);
        return;
    }
    let cursor = facets.at.as_ref().and_then(|at| lines.iter().position(|line| line.spot().as_ref() == Some(at))).unwrap_or(0);
    let height = usize::from(area.height);
    let top = if facets.focus { cursor.saturating_sub(height * 2 / 3).min(lines.len().saturating_sub(height)) } else { 0 };
    // Counts of the query before are told from those of this one.
    let stale = facets.of.as_ref() != Some(query);
    for (y, (at, line)) in (area.top()..area.bottom()).zip(lines.iter().enumerate().skip(top)) {
        let here = facets.focus && at == cursor && line.spot().is_some();
        let lit = here && !desk.setup.remote;
        if lit {
            painter.tint(Rect::new(area.x, y, area.width, 1), Role::CursorRow);
        }
        if here {
            let shade = style(painter, if lit { Role::CursorRow } else { Role::Text });
            painter.styled(area.x, y, 1, "►", shade);
        }
        let role = |plain: Role| match (lit, plain) {
            (true, Role::TextMuted) => Role::CursorRowMuted,
            (true, _) => Role::CursorRow,
            (false, plain) => plain,
        };
        match line {
            Line::Blank => {}
            Line::Heading(section) => {
                let title = title(*section, desk);
                let shade = style(painter, Role::Title);
                painter.styled(area.x + 1, y, area.width - 1, &title, shade);
            }
            Line::More(_, hidden) => {
                let more = texts.with("facet-more", &[("n", &hidden.to_string())]);
                let shade = style(painter, role(Role::TextMuted));
                painter.styled(area.x + 3, y, area.width.saturating_sub(3), &more, shade);
            }
            Line::Value(section, count) => {
                let value = count.value.as_deref();
                let found = presence(facets, *section, value, query);
                let sign = match found {
                    Presence::In => "■",
                    Presence::Out => "-",
                    Presence::No => " ",
                };
                let shade = style(painter, role(Role::Marked));
                painter.styled(area.x + 1, y, 1, sign, shade);
                let label = label(*section, value, desk);
                // The name matters more than the last digits: those are in the list of all values.
                let whole = grouped(count.count);
                let fits = width(&label) + width(&whole) + 4 <= usize::from(area.width);
                let number = if fits { whole } else { compact(count.count) };
                let columns = u16::try_from(width(&number)).unwrap_or(0);
                let plain = if found == Presence::No { Role::Text } else { Role::Marked };
                let room = area.width.saturating_sub(columns + 4);
                let shade = style(painter, role(plain));
                painter.styled(area.x + 3, y, room, &label, shade);
                let plain = if stale { Role::TextMuted } else { Role::Text };
                let shade = style(painter, role(plain));
                painter.styled(area.right() - columns, y, columns, &number, shade);
            }
        }
    }
}

/// A role's colours, on the ground of a box where it stands in one.
fn in_box(painter: &Painter<'_>, role: Role, boxed: bool) -> Style {
    if !boxed || matches!(role, Role::CursorRow | Role::CursorRowMuted) {
        return painter.style(role);
    }
    let base = painter.style(Role::Popup);
    let style = if role == Role::Text { base } else { base.patch(painter.style(role)) };
    base.bg.map_or(style, |bg| style.bg(bg))
}
