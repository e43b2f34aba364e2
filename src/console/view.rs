//! The whole picture from the model. Draws, changes nothing: a frame is a function of the model.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    desk::{Connection, Desk},
    gate, hints,
    keymap::Action,
    line::{self, Lost},
    model::{Model, Pane, shown},
    notices::Level,
    overlays, places,
    screens::{audit, calls, first_run, player, users},
    theme::Role,
    update::takes_text,
    widgets::{Painter, fit, grouped, width, wrap},
    work,
};
use crate::wire::CallBody;

/// Smallest screen that is drawn.
pub const LEAST: (u16, u16) = (60, 16);

/// Draws the model into a buffer. Gives the place of the terminal's cursor, if something is being typed.
pub fn view(model: &Model, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let area = buffer.area;
    let glyphs = model.desk.setup.glyphs;
    let mut painter = Painter { buffer, theme: &model.desk.setup.theme };
    painter.fill(area, Role::Text);
    let cursor = if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(model, &mut painter, area);
        None
    } else {
        frame(model, &mut painter, area)
    };
    glyphs.apply(buffer);
    cursor
}

fn too_small(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let (least_columns, least_lines) = (LEAST.0.to_string(), LEAST.1.to_string());
    let (columns, lines) = (area.width.to_string(), area.height.to_string());
    let arguments = [("columns", least_columns.as_str()), ("lines", &least_lines), ("width", &columns), ("height", &lines)];
    let texts = [model.desk.setup.texts.with("too-small", &arguments), model.desk.setup.texts.get("too-small-more")];
    let lines = texts.iter().flat_map(|text| wrap(text, usize::from(area.width)));
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        painter.text(area.x, y, area.width, &line, Role::Text);
    }
}

fn frame(model: &Model, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    header(model, painter, Rect::new(area.x, area.y, area.width, 1));
    let content = Rect::new(area.x, area.y + 1, area.width, area.height - 3);
    if let Some(gate) = model.gate.as_ref().filter(|gate| gate.locked.is_some()) {
        return gate::view(gate, &model.desk, painter, Rect::new(area.x, area.y + 1, area.width, area.height - 1));
    }
    let mut cursor = match (&model.desk.connection, model.pane) {
        (Connection::FirstRun, _) => {
            first_run::view(&model.first_run, &model.desk, painter, content);
            None
        }
        (Connection::SignedOut, _) if !model.desk.up() => {
            waiting(model, painter, content, "line-sign-in-first", "line-sign-in-first-more");
            None
        }
        (Connection::Connecting, _) => {
            waiting(model, painter, content, "connecting", "connecting-more");
            None
        }
        (Connection::Lost(Lost { why, .. }) | Connection::OtherVersion(why) | Connection::Failed(why), _) if !model.desk.up() => {
            painter.text(content.x + 3, content.y + 3, content.width.saturating_sub(6), &failed_title(model), Role::Error);
            let mut y = content.y + 5;
            for piece in wrap(why, usize::from(content.width.saturating_sub(6))) {
                painter.text(content.x + 3, y, content.width.saturating_sub(6), &piece, Role::Text);
                y += 1;
            }
            painter.text(
                content.x + 3,
                y + 1,
                content.width.saturating_sub(6),
                &model.desk.setup.texts.get(if matches!(model.desk.connection, Connection::Lost(_)) {
                    "line-failed-more"
                } else {
                    "failed-more"
                }),
                Role::TextMuted,
            );
            None
        }
        (_, Pane::Audit) => audit::view(&model.audit, &model.desk, painter, content),
        (_, Pane::Users) => {
            users::view(&model.users, &model.desk, painter, content);
            None
        }
        (_, Pane::Calls) => calls::view(&model.calls, &model.desk, painter, content),
        (_, Pane::Player) => {
            title_line(model, painter, Rect::new(content.x, content.y, content.width, 1));
            let rest = Rect::new(content.x, content.y + 1, content.width, content.height - 1);
            player::view(&model.player, &shown(&model.calls), &model.desk, painter, rest);
            None
        }
    };
    message_line(model, painter, Rect::new(area.x, area.bottom() - 2, area.width, 1));
    hints::view(model, painter, Rect::new(area.x, area.bottom() - 1, area.width, 1));
    if model.prefix.shown && model.overlays.is_empty() {
        prefix_box(model, painter, content);
    }
    for overlay in &model.overlays {
        cursor = overlays::view(overlay, &model.desk, painter, content);
    }
    if let Some(gate) = &model.gate {
        cursor = gate::view(gate, &model.desk, painter, content);
    }
    cursor
}

fn failed_title(model: &Model) -> String {
    model.desk.setup.texts.with("failed", &[("place", &model.desk.setup.place)])
}

fn waiting(model: &Model, painter: &mut Painter<'_>, area: Rect, first: &str, second: &str) {
    let texts = &model.desk.setup.texts;
    let place = [("place", model.desk.setup.place.as_str())];
    painter.text(area.x + 3, area.y + 3, area.width.saturating_sub(6), &texts.with(first, &place), Role::Text);
    painter.text(area.x + 3, area.y + 4, area.width.saturating_sub(6), &texts.get(second), Role::TextMuted);
}

/// Lines that a message may take.
const MESSAGE_LINES: usize = 5;

const PANES: [(&str, Action); 6] = [
    ("calls", Action::GoCalls),
    ("review", Action::GoReview),
    ("rules", Action::GoRules),
    ("storage", Action::GoStorage),
    ("drives", Action::GoDrives),
    ("audit", Action::GoAudit),
];

/// The pane whose name stands in the header at a column.
pub fn tab_at(model: &Model, at: u16) -> Option<Action> {
    let mut x = 0;
    for (pane, action) in PANES {
        let columns = u16::try_from(width(&model.desk.setup.texts.get(&format!("pane-{pane}")))).unwrap_or(8) + 2;
        if (x..x + columns).contains(&at) {
            return Some(action);
        }
        x += columns;
    }
    None
}

/// Panes at the left, where one is at the right. No clock: an idle screen writes nothing.
fn header(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let texts = &model.desk.setup.texts;
    painter.fill(area, Role::Bar);
    let mut x = area.x + 1;
    for (pane, _) in PANES {
        let name = texts.get(&format!("pane-{pane}"));
        let active = pane == model.pane.tab();
        let columns = u16::try_from(width(&name)).unwrap_or(8);
        if active {
            painter.text(x - 1, area.y, columns + 2, &format!(" {name} "), Role::TabActive);
        } else {
            painter.text(x, area.y, columns, &name, Role::Tab);
        }
        x += columns + 2;
    }
    // What has no place of its own stands there while it is on.
    if !PANES.iter().any(|(pane, _)| *pane == model.pane.tab()) {
        let name = texts.get(&format!("pane-{}", model.pane.tab()));
        let columns = u16::try_from(width(&name)).unwrap_or(8);
        painter.text(x - 1, area.y, columns + 2, &format!(" {name} "), Role::TabActive);
        x += columns + 2;
    }
    x = painter.text(x, area.y, 4, &texts.get("pane-rest"), Role::Tab) + 2;
    let mut right = line::signs(&model.desk);
    if model.gate.as_ref().is_some_and(|gate| gate.locked.is_some() && gate.ended.is_none()) {
        right.insert(0, texts.get("header-locked"));
    }
    right.extend(work::progress(&model.desk));
    let pending = model.desk.saving();
    if pending > 0 {
        right.push(texts.counted("header-saving", pending as u64, &[]));
    }
    if model.desk.deck.is_active() && model.gate.is_none() {
        let output = model.desk.deck.output.as_deref().map(|output| fit(output, 26));
        right.push(
            output.map_or_else(|| texts.get("header-playing"), |output| texts.with("header-playing-to", &[("output", &output)])),
        );
    }
    // Where it will come out, once somebody chose.
    let deck = &model.desk.deck;
    right.extend(deck.output.clone().filter(|_| !deck.is_active() && deck.chosen_output.is_some()));
    if let Some(who) = &model.desk.who {
        if who.read_only {
            right.push(texts.get("header-read-only"));
        }
        right.push(places::title(&model.desk));
        if area.width >= 110 {
            right.push(who.name.clone());
        }
    } else {
        right.push(model.desk.setup.place.clone());
    }
    // Where there is no room for all of it the last parts, which change least, go first.
    let room = area.right().saturating_sub(x + 1);
    // A place whose line is away is named, if only by its beginning.
    let signs = line::signs(&model.desk).join(" · ");
    let rest = usize::from(room).saturating_sub(width(&signs) + 3);
    if !signs.is_empty() && width(&right.join(" · ")) > usize::from(room) && rest >= 6 {
        right = vec![signs, fit(&places::title(&model.desk), rest)];
    }
    while right.len() > 1 && width(&right.join(" · ")) > usize::from(room) {
        right.pop();
    }
    let text = Some(right.join(" · ")).filter(|text| width(text) <= usize::from(room) || room > 12).unwrap_or_default();
    painter.right(x, area.y, room, &text, Role::Bar);
}

fn title_line(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let texts = &model.desk.setup.texts;
    let Some(call) = model.calls.current() else { return };
    let place = model.calls.list.cursor() + 1;
    let of = match model.calls.count {
        Some(count) if model.calls.list.at_beginning() => {
            texts.with("place-of", &[("n", &grouped(place as u64)), ("all", &calls::count_text(count))])
        }
        _ => String::new(),
    };
    let end = painter.text(area.x + 1, area.y, 12, &texts.get("back-to-calls"), Role::TextMuted);
    let room = area.right().saturating_sub(end + 4 + u16::try_from(width(&of)).unwrap_or(0));
    let titles = titles(call, &model.desk);
    let title = titles.iter().find(|title| width(title) <= usize::from(room)).or(titles.last()).cloned().unwrap_or_default();
    painter.text(end + 2, area.y, room, &title, Role::Title);
    painter.right(end, area.y, area.right().saturating_sub(end + 1), &of, Role::TextMuted);
}

/// What can stand in the title, the fullest first: number and case go before group, extension and agent.
fn titles(call: &CallBody, desk: &Desk) -> Vec<String> {
    let head = calls::headline(call, desk);
    let number = call.other_party().filter(|_| call.customer.is_some()).map(crate::domain::number::spaced);
    let numbered = number.map_or_else(|| head.clone(), |number| format!("{head} {number}"));
    let ours = |places: &[&Option<String>]| {
        let places = places.iter().filter_map(|place| place.as_deref()).collect::<Vec<_>>().join(", ");
        match &call.agent {
            Some(agent) if places.is_empty() => agent.clone(),
            Some(agent) => format!("{agent} ({places})"),
            None => places,
        }
    };
    let whole = ours(&[&call.extension, &call.group]);
    let case = call.case.clone().unwrap_or_default();
    let wanted = [
        [&numbered, &whole, &case],
        [&head, &whole, &case],
        [&head, &whole, &String::new()],
        [&head, &ours(&[&call.extension]), &String::new()],
        [&head, &ours(&[]), &String::new()],
        [&head, &String::new(), &String::new()],
    ];
    let joined =
        wanted.map(|parts| parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · "));
    joined.into()
}

fn message_line(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let texts = &model.desk.setup.texts;
    let news = model.calls.new_calls;
    let right = if news > 0 { texts.counted("new-calls", news, &[]) } else { String::new() };
    let right_columns = u16::try_from(width(&right)).unwrap_or(0);
    let standing = line::told(&model.desk, takes_text(model)).map(|text| (Level::Warn, text));
    let said = model.desk.notices.current().map(|notice| (notice.level, notice.text.clone()));
    if let Some((level, text)) = said.or(standing) {
        let (glyph, role) = overlays::level(level);
        let role = if glyph == "·" { Role::Text } else { role };
        let mut x = area.x + 1;
        if glyph != "·" {
            x += 2;
        }
        // A long message grows upwards over the content until the next key: nothing of it is cut off.
        let columns = area.right().saturating_sub(x + right_columns + 2);
        let lines = wrap(&text, usize::from(columns));
        // What the player strip tells in full already is not told in full twice.
        let told = model.pane == Pane::Player && model.desk.deck.trouble.as_ref() == Some(&text);
        let most = if told { 0 } else { MESSAGE_LINES };
        let lines = &lines[..lines.len().min(most)];
        let above = u16::try_from(lines.len().saturating_sub(1)).unwrap_or(0).min(area.y);
        painter.fill(Rect::new(area.x, area.y - above, area.width, above), Role::Text);
        let top = area.y - above;
        if glyph != "·" && !lines.is_empty() {
            painter.text(area.x + 1, top, 1, glyph, role);
        }
        for (y, line) in (top..).zip(lines) {
            painter.text(x, y, columns, line, role);
        }
    }
    if !right.is_empty() {
        painter.right(area.x, area.y, area.width - 1, &right, Role::Warn);
    }
}

/// What can follow a prefix key.
fn prefix_box(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let texts = &model.desk.setup.texts;
    let following = model.desk.setup.keymap.following(model.context(), &model.prefix.keys);
    let columns: u16 = if following.len() > 6 { 3 } else { 1 };
    let rows = u16::try_from(following.len()).unwrap_or(1).div_ceil(columns);
    let title = model.prefix.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let wide = if columns == 1 { 36 } else { 76 };
    let place = Rect::new(
        area.x + (area.width.saturating_sub(wide)) / 2,
        area.bottom().saturating_sub(rows + 3),
        wide.min(area.width),
        rows + 2,
    );
    let inside = painter.boxed(place, &title, "");
    let cell = inside.width / columns;
    for (at, (key, action)) in following.iter().enumerate() {
        let at = u16::try_from(at).unwrap_or(0);
        let (x, y) = (inside.x + at / rows * cell, inside.y + at % rows);
        let style = painter.style(Role::Popup).add_modifier(ratatui::style::Modifier::BOLD);
        painter.styled(x, y, 6, key, style);
        let role = if action.not_there_yet() { Role::TextMuted } else { Role::Popup };
        let style = painter.style(Role::Popup).patch(painter.style(role));
        let style = painter.style(Role::Popup).bg.map_or(style, |bg| style.bg(bg));
        painter.styled(x + 4, y, cell.saturating_sub(5), &texts.get(&action.hint()), style);
    }
}
