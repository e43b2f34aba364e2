//! How a query line is drawn: the text, what is told beside it, and what is wrong with it.

use ratatui::layout::Rect;

use super::{QueryLine, QueryProblem};
use crate::{
    console::{
        desk::Desk,
        theme::Role,
        widgets::{Painter, width, wrap},
    },
    domain::query,
};

/// A query line of any pane: what is typed or holds, and what is told at its right. Gives the cursor's place while one types.
pub fn line_view(line: &QueryLine, right: &str, empty: &str, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let right_columns = u16::try_from(width(right)).unwrap_or(area.width).min(area.width.saturating_sub(10));
    let problem = shown_problem(line);
    let role = if problem.is_some() { Role::Error } else { Role::TextMuted };
    painter.right(area.right().saturating_sub(right_columns + 1), area.y, right_columns, right, role);
    painter.text(area.x + 1, area.y, 1, "/", Role::Key);
    let x = area.x + 3;
    let columns = area.width.saturating_sub(right_columns + 6);
    let text = if line.editing { line.input.text() } else { &line.applied };
    if text.is_empty() && !line.editing {
        painter.text(x, area.y, columns, empty, Role::TextMuted);
        return None;
    }
    let at = u16::try_from(line.input.column()).unwrap_or(u16::MAX);
    let skip = if line.editing { at.saturating_sub(columns.saturating_sub(2)) } else { 0 };
    let shown: String = text.chars().skip(usize::from(skip)).collect();
    let role = if line.editing { Role::Input } else { Role::Text };
    painter.text(x, area.y, columns, &shown, role);
    if let Some((start, end)) = problem_columns(text, problem.and_then(|problem| problem.position)) {
        let (start, end) = (start.saturating_sub(skip), end.saturating_sub(skip).min(columns));
        if end > start {
            painter.tint(Rect::new(x + start, area.y, end - start, 1), Role::Error);
            painter.tint(Rect::new(x + start, area.y, end - start, 1), Role::Match);
        }
    }
    line.editing.then(|| (x + at.saturating_sub(skip), area.y))
}

/// Offers that are listed at once, and the columns they may take.
const OFFERS: usize = 6;
const OFFER_COLUMNS: u16 = 52;

/// What Tab can put at the cursor, under the line. On a dear line only once Tab was pressed.
pub fn offers_view(query: &QueryLine, desk: &Desk, painter: &mut Painter<'_>, line: Rect) {
    let Some(offers) = query.offers.as_ref().filter(|_| query.editing) else { return };
    if desk.setup.remote && offers.at.is_none() {
        return;
    }
    let skip = offers.at.map_or(0, |at| at.saturating_sub(OFFERS - 1));
    let shown: Vec<_> = offers.list.iter().enumerate().skip(skip).take(OFFERS).collect();
    let remark_columns = shown.iter().map(|(_, offer)| width(&offer.remark)).max().unwrap_or(0).min(34);
    let text_columns = shown.iter().map(|(_, offer)| width(&offer.text)).max().unwrap_or(0);
    let more = offers.list.len().saturating_sub(skip + shown.len());
    let columns = u16::try_from(text_columns + remark_columns + 7).unwrap_or(OFFER_COLUMNS).clamp(16, OFFER_COLUMNS);
    let before = query.input.text().get(..offers.range.start).map_or(0, width);
    let at = line.x + 3 + u16::try_from(before).unwrap_or(u16::MAX - 8).min(line.width);
    let x = at.saturating_sub(2).min(line.right().saturating_sub(columns));
    let rows = u16::try_from(shown.len() + usize::from(more > 0)).unwrap_or(1);
    let area = Rect::new(x, line.y + 1, columns.min(line.width), rows);
    painter.fill(area, Role::Popup);
    let base = painter.style(Role::Popup);
    let styled = |painter: &Painter<'_>, role: Role| {
        let style = base.patch(painter.style(role));
        base.bg.map_or(style, |bg| style.bg(bg))
    };
    for y in area.top()..area.bottom() {
        let style = styled(painter, Role::Border);
        painter.styled(area.x, y, 1, "│", style);
        painter.styled(area.right() - 1, y, 1, "│", style);
    }
    let inner = area.width.saturating_sub(4);
    for (y, (place, offer)) in (area.top()..area.bottom()).zip(&shown) {
        let here = offers.at == Some(*place);
        let (style, muted) = if here {
            painter.tint(Rect::new(area.x + 1, y, area.width - 2, 1), Role::CursorRow);
            (painter.style(Role::CursorRow), painter.style(Role::CursorRow))
        } else {
            (base, styled(painter, Role::TextMuted))
        };
        if here {
            painter.styled(area.x + 1, y, 1, "►", style);
        }
        let remark = u16::try_from(width(&offer.remark)).unwrap_or(u16::MAX).min(34).min(inner / 2 + 4);
        let end = painter.styled(area.x + 2, y, inner.saturating_sub(remark + 1), &offer.text, style);
        let start = (area.right() - 2).saturating_sub(remark).max(end + 1);
        painter.styled(start, y, (area.right() - 2).saturating_sub(start), &offer.remark, muted);
    }
    if more > 0 {
        let style = styled(painter, Role::TextMuted);
        let text = desk.setup.texts.with("offers-more", &[("n", &more.to_string())]);
        painter.styled(area.x + 2, area.bottom() - 1, inner, &text, style);
    }
}

/// What is wrong with the query of any pane; false where nothing is.
pub fn problem_view(line: &QueryLine, painter: &mut Painter<'_>, area: Rect) -> bool {
    let Some(problem) = shown_problem(line) else { return false };
    let text = if line.editing { line.input.text() } else { &line.applied };
    let start = problem_columns(text, problem.position).map_or(0, |(start, _)| start) + 3;
    let columns = u16::try_from(width(&problem.message)).unwrap_or(area.width) + 2;
    let x = area.x + start.min(area.width.saturating_sub(columns + 1));
    let end = painter.text(x, area.y, 2, "▲ ", Role::Error);
    for (row, piece) in (0..).zip(wrap(&problem.message, usize::from(area.right().saturating_sub(end))).iter().take(2)) {
        if row > 0 {
            painter.fill(Rect::new(area.x, area.y + row, area.width, 1), Role::Text);
        }
        painter.text(end, area.y + row, area.right().saturating_sub(end), piece, Role::Error);
    }
    true
}

/// What is wrong, unless it is about the word that is being typed and completions are offered for it.
fn shown_problem(line: &QueryLine) -> Option<&QueryProblem> {
    let problem = line.problem.as_ref()?;
    if line.editing
        && query::typing(line.input.text(), line.input.at())
            .is_some_and(|typing| typing.field.is_some() && typing.typed.is_empty())
    {
        // A value is about to be typed.
        return None;
    }
    let typing = line.offers.as_ref().filter(|_| line.editing);
    let in_word = typing
        .zip(problem.position)
        .is_some_and(|(offers, (at, length))| at <= offers.range.end && at + length >= offers.range.start);
    (!in_word).then_some(problem)
}

/// Columns of the word at a byte offset.
fn problem_columns(text: &str, position: Option<(usize, usize)>) -> Option<(u16, u16)> {
    let (at, length) = position?;
    let start = text.get(..at).map_or_else(|| width(text), width);
    let end = text.get(..at + length).map_or_else(|| width(text), width).max(start + 1);
    Some((u16::try_from(start).ok()?, u16::try_from(end).ok()?))
}
