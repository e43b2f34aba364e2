//! How one call is drawn.

use ratatui::layout::Rect;

use super::{
    Player, Shown,
    facts::{self, Fact},
    layout::{Places, Wanted, places},
    lines::{self, Line},
    state_line,
    wave::{self, Wave},
};
use crate::console::{
    desk::Desk,
    theme::Role,
    widgets::{Painter, width, wrap},
};

/// Most lines that tell what went wrong.
const TROUBLE: usize = 4;

/// Draws the call in full into the content area.
pub fn view(player: &Player, shown: &Shown<'_>, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    if shown.call.is_none() {
        painter.text(area.x + 2, area.y + 1, area.width.saturating_sub(2), &texts.get("no-call-here"), Role::TextMuted);
        return;
    }
    let scene = Scene::of(player, shown, desk, area);
    let places = &scene.places;
    if let Some(wave) = scene.wave.as_ref().filter(|_| places.middle.height > 0) {
        wave::draw(player, shown, wave, desk, painter, places);
    }
    state_line::draw(player, shown, desk, painter, places.state);
    for (y, line) in (places.trouble.top()..places.trouble.bottom()).zip(&scene.trouble) {
        painter.text(places.trouble.x + 2, y, places.trouble.width.saturating_sub(2), line, Role::Warn);
    }
    if shown.detail.is_none() && scene.lines.is_empty() {
        painter.text(
            places.list.x + 2,
            places.list.y,
            places.list.width.saturating_sub(2),
            &texts.get("reading"),
            Role::TextMuted,
        );
    } else {
        list(player, &scene, desk, painter);
    }
    panel(&scene, desk, painter);
}

/// What is drawn, put in its places.
struct Scene<'a> {
    places: Places,
    wave: Option<Wave<'a>>,
    trouble: Vec<String>,
    lines: Vec<Line>,
    facts: Vec<Fact>,
}

impl<'a> Scene<'a> {
    fn of(player: &Player, shown: &Shown<'a>, desk: &Desk, area: Rect) -> Self {
        let wave = Wave::of(player, shown);
        let here = shown.call.is_some_and(|call| desk.deck.is_of(&call.id));
        let empty = wave.as_ref().is_some_and(|wave| wave.length_s <= 0.0);
        let trouble = desk.deck.trouble.clone().filter(|_| here);
        let trouble = trouble.or_else(|| empty.then(|| desk.setup.texts.get("waveform-empty")));
        let mut trouble = trouble.map(|text| wrap(&text, usize::from(area.width.saturating_sub(6)))).unwrap_or_default();
        trouble.truncate(TROUBLE);
        let facts = facts::facts(player, shown, desk, true);
        let wanted = Wanted {
            lanes: wave.as_ref().filter(|_| !empty).map_or(0, Wave::lanes),
            trouble: u16::try_from(trouble.len()).unwrap_or(0),
            zoomed: player.window.is_some(),
            facts: !facts.is_empty(),
        };
        let places = places(area, wanted);
        let lines = lines::all(player, shown, desk, usize::from(places.list.width), places.facts.height > 0);
        Self { places, wave, trouble, lines, facts }
    }

    /// The line that the list begins with: the chosen note is seen.
    fn top(&self, player: &Player) -> usize {
        let rows = usize::from(self.places.list.height);
        let top = player.top.min(self.last());
        let chosen = |line: &Line| player.note.is_some() && line.note == player.note;
        let lines = &self.lines[self.lines.len().min(1)..];
        match (lines.iter().position(chosen), lines.iter().rposition(chosen)) {
            (Some(first), Some(last)) => top.max((last + 1).saturating_sub(rows)).min(first),
            _ => top,
        }
    }

    /// The last line that can stand at the top. The first heading stands in the rule over the list.
    fn last(&self) -> usize {
        (self.lines.len().saturating_sub(1)).saturating_sub(usize::from(self.places.list.height))
    }
}

/// The last line that can stand at the top of the text, and how many lines are seen at once.
pub fn extent(player: &Player, shown: &Shown<'_>, desk: &Desk) -> (usize, usize) {
    let scene = Scene::of(player, shown, desk, area(desk));
    (scene.last(), usize::from(scene.places.list.height).max(1))
}

/// The screen without header, title, message line and hints.
fn area(desk: &Desk) -> Rect {
    Rect::new(0, 2, desk.size.0, desk.size.1.saturating_sub(4))
}

/// What is at a place of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spot {
    /// A second of the recording.
    Second(f64),
    /// A note, by its index.
    Note(usize),
}

/// What one would press on at a column and a line of the screen.
pub fn spot(player: &Player, shown: &Shown<'_>, desk: &Desk, x: u16, y: u16) -> Option<Spot> {
    let scene = Scene::of(player, shown, desk, area(desk));
    let places = &scene.places;
    let within = |place: &Rect| place.contains((x, y).into());
    if let Some(wave) = scene.wave.as_ref().filter(|_| places.middle.height > 0) {
        let line = places.middle;
        if [places.upper, line, places.lower, places.marks, places.ruler].iter().any(within) {
            return Some(Spot::Second(wave.window.second(x - line.x, line.width)));
        }
        if within(&places.overview) {
            return Some(Spot::Second(super::Window::whole(wave.length_s).second(x - places.overview.x, places.overview.width)));
        }
    }
    let row = usize::from(y.checked_sub(places.list.y)?);
    within(&places.list).then(|| scene.lines.get(1 + scene.top(player) + row)?.note.map(Spot::Note)).flatten()
}

fn list(player: &Player, scene: &Scene<'_>, desk: &Desk, painter: &mut Painter<'_>) {
    let (place, rows) = (scene.places.list, usize::from(scene.places.list.height));
    let top = scene.top(player);
    let all = scene.lines.len().saturating_sub(1);
    // What does not fit is told, and how to get at it.
    let mut remark = String::new();
    if all > rows && rows > 0 {
        let (first, last) = ((top + 1).to_string(), (top + rows).min(all).to_string());
        let counts = [("first", first.as_str()), ("last", &last), ("all", &all.to_string())];
        remark = desk.setup.texts.with("detail-lines", &counts);
    }
    let section = scene.lines.iter().take(top + 1).rfind(|line| line.heading);
    if scene.places.heading.height > 0 {
        painter.rule(scene.places.heading, section.map_or("", |line| line.label.as_str()), &remark);
    }
    for (y, line) in (place.top()..place.bottom()).zip(scene.lines.iter().skip(1 + top)) {
        if line.heading {
            painter.rule(Rect { y, height: 1, ..place }, &line.label, "");
            continue;
        }
        let (mut label, mut text) = (Role::TextMuted, line.role);
        if player.note.is_some() && line.note == player.note {
            painter.tint(Rect { y, height: 1, ..place }, Role::CursorRow);
            painter.text(place.x, y, 1, "►", Role::CursorRow);
            (label, text) = (Role::CursorRowMuted, Role::CursorRow);
        }
        let columns = u16::try_from(line.label_columns).unwrap_or(0).min(place.width.saturating_sub(2));
        painter.text(place.x + 2, y, columns, &line.label, label);
        let x = place.x + columns + 3;
        painter.text(x, y, place.right().saturating_sub(x + 1), &line.text, text);
    }
}

/// Facts beside the list; what there is no room for is reached in the list.
fn panel(scene: &Scene<'_>, desk: &Desk, painter: &mut Painter<'_>) {
    let place = scene.places.facts;
    if place.height == 0 {
        return;
    }
    painter.rule(scene.places.facts_heading, &desk.setup.texts.get("section-panel"), "");
    let labels = scene.facts.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
    let labels = u16::try_from(labels).unwrap_or(0).min(place.width / 3);
    let x = place.x + 2 + labels + 2;
    let columns = place.right().saturating_sub(x + 1);
    let mut y = place.y;
    for (label, parts) in &scene.facts {
        let pieces = joined(parts, usize::from(columns));
        for (at, piece) in pieces.iter().enumerate().take(usize::from(place.bottom().saturating_sub(y))) {
            if at == 0 {
                painter.text(place.x + 2, y, labels, label, Role::TextMuted);
            }
            painter.text(x, y, columns, piece, Role::Text);
            y += 1;
        }
    }
}

/// Parts with dots between them, as many a line as fit.
fn joined(parts: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(last) if width(last) + width(part) + 3 <= columns => {
                last.push_str(" · ");
                last.push_str(part);
            }
            _ => lines.extend(wrap(part, columns)),
        }
    }
    lines
}
