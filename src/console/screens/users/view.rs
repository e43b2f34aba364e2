//! How the lists are drawn.

use ratatui::layout::Rect;

use super::{Current, Part, Users, lists, sheet};
use crate::console::{
    desk::Desk,
    theme::Role,
    widgets::{Painter, width, wrap},
};

/// Lines of the facts below the list, their rule included.
const FACTS: u16 = 8;
/// Columns of the labels there.
const LABEL: u16 = 16;

/// Lines of the list on a screen so high.
pub fn rows(height: u16) -> u16 {
    height.saturating_sub(3 + 2 + FACTS)
}

/// Draws the pane.
pub fn view(users: &Users, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    if let Some(matrix) = &users.matrix {
        return sheet::view(matrix, desk, painter, area);
    }
    let texts = &desk.setup.texts;
    parts(users, desk, painter, Rect { height: 1, ..area });
    let Some(people) = &users.people else {
        painter.text(area.x + 2, area.y + 2, area.width.saturating_sub(4), &texts.get("reading"), Role::TextMuted);
        return;
    };
    let list = Rect { y: area.y + 1, height: area.height.saturating_sub(1 + FACTS), ..area };
    heads(users.part, desk, painter, list);
    let height = usize::from(list.height.saturating_sub(1));
    let top = (users.row() + 1).saturating_sub(height);
    let all: Vec<Current<'_>> = match users.part {
        Part::Users => people.users.iter().map(Current::User).collect(),
        Part::Roles => people.roles.iter().map(Current::Role).collect(),
        Part::Tokens => people.tokens.iter().map(Current::Token).collect(),
        Part::Sessions => people.sessions.iter().map(Current::Session).collect(),
        Part::Shares => people.shares.iter().map(Current::Share).collect(),
    };
    if all.is_empty() {
        let text = texts.get(&format!("users-none-{}", users.part.word()));
        for (y, line) in (list.y + 2..list.bottom()).zip(wrap(&text, usize::from(area.width.saturating_sub(4)))) {
            painter.text(area.x + 2, y, area.width.saturating_sub(4), &line, Role::TextMuted);
        }
    }
    for (y, (at, current)) in (list.y + 1..list.bottom()).zip(all.iter().enumerate().skip(top)) {
        let here = at == users.row();
        let base = if off(*current, desk) { Role::TextMuted } else { Role::Text };
        let role = if here { Role::CursorRow } else { base };
        if here {
            painter.tint(Rect::new(area.x, y, area.width, 1), Role::CursorRow);
            painter.text(area.x, y, 1, "►", Role::CursorRow);
        }
        let mut x = area.x + 2;
        for (cell, (_, wide)) in
            lists::cells(*current, users, desk, area.width).iter().zip(lists::columns(users.part, area.width))
        {
            if !has_room(x, wide, area) {
                break;
            }
            painter.text(x, y, wide.min(area.right().saturating_sub(x)).saturating_sub(1), cell, role);
            x += wide;
        }
    }
    if let Some(current) = users.current() {
        let place = Rect { y: area.bottom().saturating_sub(FACTS), height: FACTS, ..area };
        facts(current, users.part, desk, painter, place);
    }
}

/// What is of no use any more, or for now.
fn off(current: Current<'_>, desk: &Desk) -> bool {
    match current {
        Current::User(user) => user.locked,
        Current::Token(token) => token.revoked || token.expires <= desk.now,
        Current::Share(share) => !lists::leads_somewhere(share, desk),
        Current::Role(_) | Current::Session(_) => false,
    }
}

/// The names of the lists, the one that is on lit; and that one sees only oneself, if so.
fn parts(users: &Users, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let mut x = area.x + 1;
    for part in Part::ALL {
        let count = if users.people.is_some() { format!(" {}", users.count(part)) } else { String::new() };
        let name = format!("{}{count}", texts.get(&format!("users-part-{}", part.word())));
        let columns = u16::try_from(width(&name)).unwrap_or(12);
        if part == users.part {
            painter.text(x, area.y, columns + 2, &format!("[{name}]"), Role::TabActive);
        } else {
            painter.text(x + 1, area.y, columns, &name, Role::TextMuted);
        }
        x += columns + 3;
    }
    if users.people.as_ref().is_some_and(|people| people.alone) {
        painter.right(x, area.y, area.right().saturating_sub(x + 1), &texts.get("users-alone"), Role::Warn);
    }
}

/// A column of which next to nothing would be seen is left out; the facts below have it.
fn has_room(x: u16, wide: u16, area: Rect) -> bool {
    area.right().saturating_sub(x) >= wide.min(6)
}

fn heads(part: Part, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let mut x = area.x + 2;
    for (id, wide) in lists::columns(part, area.width) {
        if !has_room(x, wide, area) {
            break;
        }
        painter.text(
            x,
            area.y,
            wide.min(area.right().saturating_sub(x)).saturating_sub(1),
            &desk.setup.texts.get(id),
            Role::TextMuted,
        );
        x += wide;
    }
}

fn facts(current: Current<'_>, part: Part, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    painter.rule(Rect { height: 1, ..area }, &lists::title(current), &texts.get(&format!("users-one-{}", part.word())));
    let mut y = area.y + 1;
    for (label, text) in lists::facts(current, desk) {
        let room = area.width.saturating_sub(LABEL + 2);
        for (at, line) in wrap(&text, usize::from(room)).iter().enumerate() {
            if y >= area.bottom() {
                return;
            }
            if at == 0 {
                painter.text(area.x + 1, y, LABEL - 1, &texts.get(label), Role::TextMuted);
            }
            painter.text(area.x + LABEL, y, room, line, Role::Text);
            y += 1;
        }
    }
}

/// The rows as plain text, for the copy page.
pub fn plain(users: &Users, desk: &Desk) -> Vec<String> {
    let Some(people) = &users.people else { return Vec::new() };
    let line = |current: Current<'_>| lists::cells(current, users, desk, 80).join("  ");
    match users.part {
        Part::Users => people.users.iter().map(|user| line(Current::User(user))).collect(),
        Part::Roles => people.roles.iter().map(|role| line(Current::Role(role))).collect(),
        Part::Tokens => people.tokens.iter().map(|token| line(Current::Token(token))).collect(),
        Part::Sessions => people.sessions.iter().map(|session| line(Current::Session(session))).collect(),
        Part::Shares => people.shares.iter().map(|share| line(Current::Share(share))).collect(),
    }
}
