//! How one call is drawn.

use ratatui::layout::Rect;

use super::{Player, Shown, lines};
use crate::{
    console::{
        deck::DeckState,
        desk::Desk,
        effect::Slot,
        theme::Role,
        widgets::{Painter, waveform, width, wrap},
    },
    domain::length::Tenths,
    wire::{CallBody, CallDetailBody},
};

/// Draws the call in full into the content area.
pub fn view(player: &Player, shown: &Shown<'_>, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let Some(call) = shown.call else {
        painter.text(area.x + 2, area.y + 1, area.width - 2, &texts.get("no-call-here"), Role::TextMuted);
        return;
    };
    let mut y = area.y;
    let detail = shown.detail;
    let recording = shown.recording(player);
    let peaks = shown.peaks.filter(|peaks| recording.is_some_and(|recording| recording.id == peaks.recording));
    if let Some(recording) = recording {
        let lanes = lanes(area.height);
        let wave = Rect::new(area.x + 2, y + 1, area.width.saturating_sub(4), lanes);
        let side = if recording.channels > 1 { texts.get("lane-agent") } else { texts.get("lane-both") };
        let other = if recording.channels > 1 { texts.get("lane-customer") } else { String::new() };
        painter.rule(Rect::new(area.x, y, area.width, 1), &side, &other);
        let playing = desk.deck.is_of(&call.id) && desk.deck.state != DeckState::Failed;
        let head = playing.then(|| share(desk.deck.position, recording.length_s));
        match peaks {
            Some(peaks) => waveform(painter, wave, &peaks.levels, head),
            None => {
                let reading = desk.is_busy(Slot::Peaks) || detail.is_none();
                let text = texts.get(if reading { "waveform-reading" } else { "waveform-none" });
                painter.text(wave.x, wave.y + wave.height / 2, wave.width, &text, Role::TextMuted);
            }
        }
        y += lanes + 1;
        ruler(painter, Rect::new(area.x + 2, y, area.width.saturating_sub(4), 1), recording.length_s);
        y += 1;
    }
    strip(desk, Some(call), painter, Rect::new(area.x, y, area.width, 1));
    y += 1;
    if let Some(trouble) = desk.deck.trouble.as_ref().filter(|_| desk.deck.is_of(&call.id)) {
        for line in wrap(trouble, usize::from(area.width.saturating_sub(6))).iter().take(4) {
            painter.text(area.x + 4, y, area.width.saturating_sub(6), line, Role::Warn);
            y += 1;
        }
    }
    let above = y;
    y += 1;
    let rows = usize::from(area.bottom().saturating_sub(y));
    match detail {
        Some(detail) => {
            body(player, desk, detail, painter, Rect::new(area.x, y, area.width, area.bottom().saturating_sub(y)), (rows, above));
        }
        None => {
            painter.text(area.x + 2, y, area.width - 2, &texts.get("reading"), Role::TextMuted);
        }
    }
}

/// Lines of the waveform.
const fn lanes(height: u16) -> u16 {
    if height >= 30 { 10 } else { 4 }
}

/// The last line that can stand at the top of the text, and how many lines are seen at once.
pub fn extent(_player: &Player, shown: &Shown<'_>, desk: &Desk) -> (usize, usize) {
    // Without header, message line, hints and title.
    let height = desk.size.1.saturating_sub(4);
    let (Some(call), Some(detail)) = (shown.call, shown.detail) else { return (0, usize::from(height).max(1)) };
    let wave = if call.recordings.is_empty() { 0 } else { lanes(height) + 2 };
    let trouble = desk.deck.trouble.as_ref().filter(|_| desk.deck.is_of(&call.id));
    let trouble = trouble.map_or(0, |text| wrap(text, usize::from(desk.size.0.saturating_sub(6))).len().min(4));
    let rows = usize::from(height.saturating_sub(wave + 2)).saturating_sub(trouble);
    let lines = lines::all(desk, detail, usize::from(desk.size.0)).len();
    (lines.saturating_sub(rows), rows.max(1))
}

fn body(player: &Player, desk: &Desk, detail: &CallDetailBody, painter: &mut Painter<'_>, area: Rect, place: (usize, u16)) {
    let (rows, above) = place;
    let all = lines::all(desk, detail, usize::from(area.width));
    let mut top = player.top.min(all.len().saturating_sub(rows));
    // The chosen note is on the screen.
    let chosen = |line: &&lines::Line| player.note.is_some() && line.note == player.note;
    if let (Some(first), Some(last)) = (all.iter().position(|line| chosen(&line)), all.iter().rposition(|line| chosen(&line))) {
        top = top.max((last + 1).saturating_sub(rows)).min(first);
    }
    for (row, line) in all.iter().skip(top).take(rows).enumerate() {
        let y = area.y + u16::try_from(row).unwrap_or(0);
        if line.heading {
            painter.rule(Rect::new(area.x, y, area.width, 1), &line.label, "");
        } else {
            let (mut label, mut text) = (Role::TextMuted, line.role);
            if chosen(&line) {
                painter.tint(Rect::new(area.x, y, area.width, 1), Role::CursorRow);
                painter.text(area.x, y, 1, "►", Role::CursorRow);
                (label, text) = (Role::CursorRowMuted, Role::CursorRow);
            }
            painter.text(area.x + 2, y, 18, &line.label, label);
            painter.text(area.x + 21, y, area.width.saturating_sub(22), &line.text, text);
        }
    }
    // What does not fit is told, and how to get at it.
    if all.len() > rows {
        let (first, last) = ((top + 1).to_string(), (top + rows).min(all.len()).to_string());
        let place = [("first", first.as_str()), ("last", &last), ("all", &all.len().to_string())];
        let text = desk.setup.texts.with("detail-lines", &place);
        painter.right(area.x, above, area.width.saturating_sub(2), &text, Role::TextMuted);
    }
}

fn share(position: f64, length: Tenths) -> f64 {
    if length.0 > 0 { position / length.seconds() } else { 0.0 }
}

/// Times below a waveform: its beginning, quarters and end.
fn ruler(painter: &mut Painter<'_>, area: Rect, length: Tenths) {
    let marks: i64 = if area.width >= 60 { 4 } else { 2 };
    for mark in 0..=marks {
        let text = Tenths(length.0 * mark / marks).clock();
        let wide = u16::try_from(width(&text)).unwrap_or(4);
        let x = u16::try_from(i64::from(area.width) * mark / marks).unwrap_or(0);
        let x = if mark == 0 {
            0
        } else if mark == marks {
            x.saturating_sub(wide)
        } else {
            x.saturating_sub(wide / 2)
        };
        painter.text(area.x + x, area.y, wide, &text, Role::TextMuted);
    }
}

/// The player strip: what plays, where it stands, where the sound comes out.
pub fn strip(desk: &Desk, call: Option<&CallBody>, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let deck = &desk.deck;
    let here = call.is_some_and(|call| deck.is_of(&call.id));
    let (glyph, role, state) = match deck.state {
        _ if !here => ("■", Role::TextMuted, "player-stopped"),
        DeckState::Empty => ("■", Role::TextMuted, "player-stopped"),
        DeckState::Loading => ("…", Role::Info, "player-loading"),
        DeckState::Playing => ("►", Role::Ok, "player-playing"),
        DeckState::Paused => ("║", Role::Warn, "player-paused"),
        DeckState::Ended => ("■", Role::TextMuted, "player-ended"),
        DeckState::Failed => ("×", Role::Error, "player-failed-short"),
    };
    let mut x = painter.text(area.x + 2, area.y, 1, glyph, role) + 1;
    x = painter.text(x, area.y, 14, &texts.get(state), Role::Text) + 1;
    let recorded = call.and_then(|call| call.recordings.first()).map(|recording| recording.length_s);
    let length = match (&deck.loaded, here) {
        (Some(loaded), true) => Some(Tenths::from_seconds(loaded.length)),
        _ => recorded,
    };
    if let Some(length) = length {
        let position = if here { Tenths::from_seconds(deck.position) } else { Tenths(0) };
        let left = Tenths((length.0 - position.0).max(0));
        x = painter.text(x, area.y, 30, &format!("{} / {}   -{}", position.clock(), length.clock(), left.clock()), Role::Text)
            + 3;
    } else {
        x = painter.text(x, area.y, 30, &texts.get("no-recording"), Role::TextMuted) + 3;
    }
    let volume = texts.with("player-volume", &[("percent", &format!("{:.0}", deck.volume * 100.0))]);
    x = painter.text(x, area.y, 18, &volume, Role::TextMuted) + 2;
    let out = match (&deck.output, &deck.trouble) {
        (_, Some(_)) if here && deck.state == DeckState::Failed => texts.get("player-silent"),
        (Some(output), _) => texts.with("player-to", &[("output", output)]),
        (None, _) => String::new(),
    };
    painter.right(x, area.y, area.right().saturating_sub(x + 2), &out, Role::TextMuted);
}
