//! How the gate is drawn.

use ratatui::layout::Rect;

use super::Gate;
use crate::{
    console::{
        desk::{Connection, Desk},
        overlays::input_line,
        theme::Role,
        widgets::{LineInput, Painter, width, wrap},
    },
    domain::clean,
};

/// That the sign-in has ended; and why, as far as the server told more than that it has.
fn ended(gate: &Gate, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    let why = gate.ended.as_deref().map(|why| clean::line(why, 200)).unwrap_or_default();
    let told = texts.get("sign-in-ended");
    if why.is_empty() || why.contains("sign in") {
        told
    } else {
        texts.with("sign-in-ended-why", &[("told", &told), ("why", &why)])
    }
}

/// Draws the box, or the lock that hides the content area. Gives the place of the cursor.
pub fn view(gate: &Gate, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    if gate.locked.is_some() {
        painter.fill(area, Role::Text);
    }
    let title = match gate.locked {
        Some(since) if gate.ended.is_some() => {
            texts.with("ended-title", &[("since", &desk.zone.to_datetime(since).strftime("%H:%M").to_string())])
        }
        Some(since) => texts.with("lock-title", &[("since", &desk.zone.to_datetime(since).strftime("%H:%M").to_string())]),
        None => texts.get("sign-in-title"),
    };
    let told = match (gate.locked, gate.open, desk.who.is_some()) {
        _ if gate.for_act => texts.get("sign-in-for-act"),
        (Some(_), ..) if gate.ended.is_some() => ended(gate, desk),
        (Some(_), true, _) => texts.get("lock-open"),
        (Some(_), false, _) => texts.get("lock-asks"),
        (None, ..) => texts.with("sign-in-first", &[("place", &desk.setup.place)]),
    };
    let wide = 66.min(area.width);
    let lines = wrap(&told, usize::from(wide.saturating_sub(4)));
    let rows = u16::try_from(lines.len()).unwrap_or(3);
    let fields = if gate.open { 0 } else { 5 };
    let height = (rows + fields + 5).min(area.height);
    let place = Rect::new(area.x + (area.width - wide) / 2, area.y + (area.height - height) / 2, wide, height);
    let inside = painter.boxed(place, &title, "");
    if inside.height < 3 {
        return None;
    }
    for (line, y) in lines.iter().zip(inside.y + 1..) {
        painter.popup(inside.x, y, inside.width, line, Role::Popup);
    }
    let bottom = inside.bottom() - 1;
    let hint = match (gate.open, gate.locked.is_some(), gate.is_bound) {
        _ if gate.ended.is_some() => "ended-hint",
        (true, ..) => "lock-hint-open",
        (_, true, _) => "lock-hint",
        (_, _, true) => "sign-in-hint-bound",
        _ => "sign-in-hint",
    };
    painter.popup(inside.x, bottom, inside.width, &texts.get(hint), Role::TextMuted);
    if gate.open {
        return None;
    }
    let y = inside.y + rows + 2;
    let labels = [texts.get("sign-in-user"), texts.get("sign-in-password")];
    let column = inside.x + u16::try_from(labels.iter().map(|label| width(label)).max().unwrap_or(0)).unwrap_or(8) + 2;
    let columns = inside.right().saturating_sub(column);
    painter.popup(inside.x, y, inside.width, &labels[0], Role::Popup);
    painter.popup(inside.x, y + 1, inside.width, &labels[1], Role::Popup);
    let user = if gate.is_bound {
        painter.popup(column, y, columns, gate.user.text(), Role::Popup);
        (column, y)
    } else {
        input_line(painter, column, y, columns, &gate.user)
    };
    // As many stars as were typed, and no more is told.
    let stars = LineInput::new("*".repeat(gate.password.text().chars().count()));
    let password = input_line(painter, column, y + 1, columns, &stars);
    let said = match (&gate.problem, gate.working, &desk.connection) {
        (Some(problem), ..) => Some((problem.clone(), Role::Error)),
        (_, true, _) => Some((texts.get("sign-in-working"), Role::TextMuted)),
        (_, _, Connection::Lost(_)) => Some((texts.get("sign-in-away"), Role::Warn)),
        _ => None,
    };
    if let Some((text, role)) = said {
        let text = clean::line(&text, 400);
        for (line, y) in wrap(&text, usize::from(inside.width)).iter().zip(y + 2..bottom) {
            painter.popup(inside.x, y, inside.width, line, role);
        }
    }
    (!gate.working).then_some(if gate.at_password { password } else { user })
}
