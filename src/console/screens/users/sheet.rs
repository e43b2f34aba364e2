//! The sheet of permissions: names of rows and columns stay where they are while it moves.

use ratatui::layout::Rect;

use super::matrix::{Cell, Matrix};
use crate::{
    console::{
        desk::Desk,
        theme::Role,
        widgets::{Painter, width, wrap},
    },
    domain::actor::Permission,
};

/// Columns of the names of permissions.
const NAMES: u16 = 15;
/// Lines below the sheet: a rule, and what the cell says.
const BELOW: u16 = 3;

/// Draws the sheet.
pub fn view(matrix: &Matrix, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let title = match matrix.user() {
        Some(user) => texts.with("matrix-title-user", &[("name", &user.name)]),
        None => texts.get("matrix-title"),
    };
    let count = matrix.count_turned();
    let remark = if count == 0 { String::new() } else { texts.counted("matrix-turned", count as u64, &[]) };
    painter.rule(Rect::new(area.x, area.y, area.width, 1), &title, &remark);
    let heads = matrix.heads();
    if heads.is_empty() {
        painter.text(area.x + 2, area.y + 2, area.width.saturating_sub(4), &texts.get("matrix-none"), Role::TextMuted);
        return;
    }
    let wide = heads.iter().map(|head| u16::try_from(width(&head.name)).unwrap_or(20)).max().unwrap_or(0).clamp(5, 14) + 1;
    let shown = usize::from((area.width.saturating_sub(NAMES + 1)) / wide).max(1);
    let first = (matrix.column + 1).saturating_sub(shown).min(heads.len().saturating_sub(shown));
    let body = Rect { y: area.y + 2, height: area.height.saturating_sub(2 + BELOW), ..area };
    let height = usize::from(body.height);
    let top = (matrix.row + 1).saturating_sub(height).min(Permission::ALL.len().saturating_sub(height));
    for (at, head) in heads.iter().enumerate().skip(first).take(shown) {
        let x = area.x + NAMES + u16::try_from(at - first).unwrap_or(0) * wide;
        let role = if at == matrix.column { Role::Title } else { Role::TextMuted };
        painter.text(x, area.y + 1, wide.saturating_sub(1), &head.name, role);
    }
    if first > 0 {
        painter.text(area.x + NAMES - 2, area.y + 1, 1, "◄", Role::TextMuted);
    }
    if first + shown < heads.len() {
        painter.text(area.right().saturating_sub(1), area.y + 1, 1, "►", Role::TextMuted);
    }
    for (line, permission) in Permission::ALL.iter().enumerate().skip(top).take(height) {
        let y = body.y + u16::try_from(line - top).unwrap_or(0);
        let here = line == matrix.row;
        if here {
            painter.text(area.x, y, 1, "►", Role::Text);
        }
        painter.text(area.x + 1, y, NAMES - 1, permission.word(), if here { Role::Title } else { Role::Text });
        for (at, head) in heads.iter().enumerate().skip(first).take(shown) {
            let x = area.x + NAMES + u16::try_from(at - first).unwrap_or(0) * wide;
            let (sign, role) = match matrix.cell(line, at) {
                Cell::Yes => ("●", if head.fixed.is_some() { Role::TextMuted } else { Role::Ok }),
                Cell::Taken => ("○", Role::Warn),
                Cell::No => ("·", Role::TextMuted),
            };
            let turned = matrix.user().is_none() && matrix.is_turned(line, at);
            let text = format!(" {sign}{}", if turned { "*" } else { " " });
            if here && at == matrix.column {
                painter.text(x, y, 5, &format!("[{}]", text.trim_start()), Role::CursorRow);
            } else {
                painter.text(x, y, 5, &text, role);
            }
        }
    }
    // What lies above and below is told.
    let edge = area.right().saturating_sub(1);
    if top > 0 {
        painter.text(edge, body.y, 1, "▲", Role::TextMuted);
    }
    if top + height < Permission::ALL.len() {
        painter.text(edge, body.bottom().saturating_sub(1), 1, "▼", Role::TextMuted);
    }
    below(matrix, desk, painter, Rect { y: area.bottom().saturating_sub(BELOW), height: BELOW, ..area });
}

/// What the cell under the cursor says, and why.
fn below(matrix: &Matrix, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let heads = matrix.heads();
    let (Some(permission), Some(head)) = (Permission::ALL.get(matrix.row), heads.get(matrix.column)) else { return };
    painter.rule(Rect { height: 1, ..area }, &format!("{} · {}", permission.word(), head.name), "");
    let what = texts.get(&format!("permission-{}", permission.word()));
    let state = match (matrix.user(), matrix.cell(matrix.row, matrix.column)) {
        (Some(_), Cell::Yes) => texts.with("matrix-by", &[("grants", &matrix.why(matrix.row, matrix.column).join(", "))]),
        (Some(_), _) => texts.get("matrix-not-there"),
        (None, Cell::Taken) => texts.get("matrix-taken"),
        (None, _) => String::new(),
    };
    let fixed = head.fixed.filter(|_| matrix.user().is_none()).map(|id| texts.get(id)).unwrap_or_default();
    let told = [what, state, fixed].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    for (y, line) in (area.y + 1..area.bottom()).zip(wrap(&told, usize::from(area.width.saturating_sub(2)))) {
        painter.text(area.x + 1, y, area.width.saturating_sub(2), &line, Role::Text);
    }
}
