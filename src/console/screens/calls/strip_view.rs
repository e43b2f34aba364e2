//! How the strip under the list tells of the call under the cursor.

use ratatui::{layout::Rect, style::Modifier};

use super::{Calls, columns};
use crate::{
    console::{
        deck::DeckState,
        desk::Desk,
        theme::Role,
        widgets::{Bar, Grows, Painter, columns as loudest, lane, wrap},
    },
    domain::{actor::Permission, length::Tenths, recording::RecordingState},
    wire::{CallBody, CallDetailBody, Peaks, RecordingBody},
};

/// The strip that follows the cursor.
pub(super) fn detail(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let Some(call) = calls.current() else {
        painter.rule(Rect::new(area.x, area.y, area.width, 1), "", "");
        return;
    };
    let known = calls.current_detail();
    let title = columns::headline(call, desk);
    painter.rule(Rect::new(area.x, area.y, area.width, 1), &title, &remark(call, known, desk));
    let inside = Rect::new(area.x + 1, area.y + 1, area.width.saturating_sub(2), area.height - 1);
    if inside.height >= SECTIONS {
        sections(calls, call, known, desk, painter, inside);
        return;
    }
    if call.recordings.is_empty() {
        let mut lines = vec![(facts(call, desk), Role::Text)];
        lines.extend(no_recording(known, desk));
        lines.extend(strip_text(call, known, desk));
        let pieces =
            lines.iter().flat_map(|(text, role)| wrap(text, usize::from(inside.width)).into_iter().map(|line| (line, *role)));
        put(painter, inside, pieces.collect());
        return;
    }
    let mut y = inside.y;
    let lanes = match inside.height {
        0..=4 => 0,
        5..=8 => 2,
        _ => 6,
    };
    if lanes > 0 {
        wave(calls, call, desk, painter, Rect::new(inside.x, y, inside.width, lanes));
        y += lanes + 1;
    }
    for (text, role) in strip_text(call, known, desk) {
        let room = usize::from(inside.bottom().saturating_sub(y));
        let pieces = wrap(&text, usize::from(inside.width));
        for (at, piece) in pieces.iter().take(room).enumerate() {
            // The ellipsis of the last line tells that there was more.
            let piece = if at + 1 == room { pieces[at..].join(" ") } else { piece.clone() };
            painter.text(inside.x, y, inside.width, &piece, role);
            y += 1;
        }
    }
}

/// Lines from which notes and file have parts of their own.
const SECTIONS: u16 = 12;

/// Facts, waveform, notes and what happened, files: each in its place, so that nothing jumps from call to call.
fn sections(
    calls: &Calls,
    call: &CallBody,
    known: Option<&CallDetailBody>,
    desk: &Desk,
    painter: &mut Painter<'_>,
    inside: Rect,
) {
    let texts = &desk.setup.texts;
    let lanes = inside.height - 8;
    painter.text(inside.x, inside.y, inside.width, &facts(call, desk), Role::Text);
    let place = Rect::new(inside.x, inside.y + 1, inside.width, lanes);
    if call.recordings.is_empty() {
        let lines = no_recording(known, desk);
        let pieces =
            lines.iter().flat_map(|(text, role)| wrap(text, usize::from(place.width)).into_iter().map(|line| (line, *role)));
        put(painter, Rect { y: place.y + 1, height: place.height, ..place }, pieces.collect());
    } else {
        wave(calls, call, desk, painter, place);
    }
    let notes = Rect::new(inside.x - 1, inside.y + lanes + 2, inside.width + 2, 1);
    painter.rule(notes, &texts.get("section-notes"), "");
    let file = Rect { y: notes.y + 4, ..notes };
    painter.rule(file, &texts.get("section-file"), "");
    let mut lines: Vec<(String, Role)> = note_text(call, known, desk).map(|text| (text, Role::Text)).into_iter().collect();
    if lines.is_empty() {
        lines.push((texts.get("no-note-yet"), Role::TextMuted));
    }
    lines.extend(known.and_then(|detail| steps(detail, desk)).map(|text| (text, Role::TextMuted)));
    let pieces =
        lines.iter().flat_map(|(text, role)| wrap(text, usize::from(inside.width)).into_iter().map(|line| (line, *role)));
    put(painter, Rect::new(inside.x, notes.y + 1, inside.width, 3), pieces.collect());
    let files = call.recordings.iter().map(|recording| (file_text(recording, desk), Role::TextMuted));
    let none = call.recordings.is_empty().then(|| (texts.get("no-recording-why"), Role::TextMuted));
    put(
        painter,
        Rect::new(inside.x, file.y + 1, inside.width, inside.bottom().saturating_sub(file.y + 1)),
        files.chain(none).collect(),
    );
}

/// Lines into a place; the last one ends with an ellipsis where there were more.
fn put(painter: &mut Painter<'_>, area: Rect, lines: Vec<(String, Role)>) {
    let room = usize::from(area.height);
    for (at, ((text, role), y)) in lines.iter().zip(area.y..area.bottom()).enumerate() {
        let more = at + 1 == room && lines.len() > room;
        let text = if more { format!("{text} {}", lines[at + 1].0) } else { text.clone() };
        painter.text(area.x, y, area.width, &if more { format!("{text} …") } else { text }, *role);
    }
}

/// Who with whom, how it came, what it is bound to.
fn facts(call: &CallBody, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    let ours = [call.extension.as_deref(), call.group.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let ours = match (&call.agent, ours.is_empty()) {
        (Some(agent), false) => format!("{agent} ({ours})"),
        (Some(agent), true) => agent.clone(),
        (None, _) => ours,
    };
    let number = call.other_party().map_or_else(|| texts.get("withheld"), crate::domain::number::spaced);
    let theirs = call.customer.as_ref().map_or_else(|| number.clone(), |name| format!("{name} {number}"));
    let parties = match (call.direction, ours.is_empty()) {
        (_, true) => theirs,
        (crate::domain::call::Direction::In, false) => format!("{theirs} → {ours}"),
        (_, false) => format!("{ours} → {theirs}"),
    };
    let mut parts = vec![parties, texts.get(&format!("outcome-{}", call.outcome))];
    if let Some(route) = call.route {
        let queue = call.queue.as_ref().map(|queue| format!(" {queue}")).unwrap_or_default();
        parts.push(format!("{}{queue}", texts.get(&format!("route-{route}"))));
    }
    parts.extend(call.case.as_ref().map(|case| texts.with("fact-case", &[("case", case)])));
    parts.join(" · ")
}

/// The strip on a dear line: what differs from call to call stands in columns of its own, in one colour, and the least of
/// it. Where a bar is reversed only its first line is one.
pub(super) fn dear_detail(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let reversed = painter.style(Role::Bar).add_modifier.contains(Modifier::REVERSED);
    let (bar, below) = if reversed { (1, Role::Text) } else { (area.height, Role::Bar) };
    painter.fill(Rect::new(area.x, area.y, area.width, bar), Role::Bar);
    let Some(call) = calls.told(true) else { return };
    let known = calls.detail.as_deref().filter(|detail| detail.call.id == call.id);
    let inside = Rect::new(area.x + 1, area.y, area.width.saturating_sub(2), area.height);
    let headline = columns::dear_headline(call, &remark(call, known, desk), desk);
    painter.text(inside.x, inside.y, inside.width, &headline, Role::Bar);
    let files = call.recordings.iter().map(|recording| dear_file(recording, desk));
    let lines = files.chain(call.recordings.is_empty().then(String::new)).chain(note_text(call, known, desk));
    let pieces = lines.flat_map(|line| wrap(&line, usize::from(inside.width)));
    for (y, piece) in (inside.y + 1..inside.bottom()).zip(pieces) {
        painter.text(inside.x, y, inside.width, &piece, below);
    }
}

fn remark(call: &CallBody, known: Option<&CallDetailBody>, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    let mut parts = vec![columns::talk(call, desk).0.trim().to_owned()];
    if call.legs > 1 {
        parts.push(texts.counted("legs", u64::from(call.legs), &[]));
    }
    match known.map(|detail| detail.notes.len()) {
        Some(0) | None => {}
        Some(notes) => parts.push(texts.counted("notes", notes as u64, &[])),
    }
    parts.join(" · ")
}

/// That there is none, and why, as far as the records show.
fn no_recording(known: Option<&CallDetailBody>, desk: &Desk) -> Vec<(String, Role)> {
    let mut lines = vec![(desk.setup.texts.get("no-recording"), Role::TextMuted)];
    lines.extend(known.into_iter().flat_map(|detail| &detail.why).map(|why| (why.text.clone(), Role::TextMuted)));
    lines
}

/// Lanes of the whole recording, and where it plays.
fn sound(peaks: &Peaks, desk: &Desk, painter: &mut Painter<'_>, area: Rect, head: Option<f64>) {
    let blocks = desk.setup.glyphs.blocks();
    let bars = |side: usize| -> Vec<Bar> {
        let levels = peaks.levels.get(side).map_or(&[][..], Vec::as_slice);
        loudest(levels, (0.0, 1.0), (0.0, 1.0), area.width).into_iter().map(|level| Bar { level, dim: false }).collect()
    };
    let upper = if peaks.levels.len() > 1 { area.height.div_ceil(2) } else { area.height };
    lane(painter, Rect { height: upper, ..area }, &bars(0), Grows::Up, blocks, Role::LaneAgent);
    if upper < area.height {
        let lower = Rect { y: area.y + upper, height: area.height - upper, ..area };
        lane(painter, lower, &bars(1), Grows::Down, blocks, Role::LaneCustomer);
    }
    if let Some(head) = head.filter(|_| area.width > 0) {
        let column = ((head.clamp(0.0, 1.0) * f64::from(area.width)) as u16).min(area.width - 1);
        let style = painter.style(Role::Playhead);
        for y in area.top()..area.bottom() {
            painter.cell(area.x + column, y, '│', style);
        }
    }
}

fn wave(calls: &Calls, call: &CallBody, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let Some(recording) = call.recordings.first() else { return };
    let label = 10;
    let lanes = Rect::new(area.x + label, area.y, area.width.saturating_sub(label), area.height);
    if recording.channels > 1 {
        painter.text(area.x, area.y + area.height / 2 - 1, label - 1, &texts.get("lane-agent"), Role::LaneAgent);
        painter.text(area.x, area.y + area.height / 2, label - 1, &texts.get("lane-customer"), Role::LaneCustomer);
    } else {
        painter.text(area.x, area.y + area.height / 2, label - 1, &texts.get("lane-both"), Role::LaneAgent);
    }
    let playing = desk.deck.is_of(&call.id) && desk.deck.state != DeckState::Failed;
    let length = recording.length_s;
    let head = playing.then(|| if length.0 > 0 { desk.deck.position / length.seconds() } else { 0.0 });
    match calls.peaks.as_ref().filter(|peaks| peaks.recording == recording.id) {
        Some(peaks) => sound(peaks, desk, painter, lanes, head),
        None if recording.state == RecordingState::Stored => {
            if !desk.may(Permission::Listen) || desk.deaf_to(&recording.id) {
                let y = lanes.y + lanes.height.saturating_sub(1) / 2;
                painter.text(lanes.x, y, lanes.width, &texts.get("waveform-no-listen"), Role::Warn);
            }
        }
        None => {
            let text = texts.get(&format!("state-{}", recording.state));
            painter.text(lanes.x, lanes.y, lanes.width, &text, Role::Warn);
        }
    }
    let y = area.bottom();
    painter.text(lanes.x, y, 8, "0:00", Role::TextMuted);
    let middle = Tenths(length.0 / 2).clock();
    painter.text(lanes.x + lanes.width / 2 - 2, y, 8, &middle, Role::TextMuted);
    painter.right(lanes.x, y, lanes.width, &length.clock(), Role::TextMuted);
    if playing {
        let text = format!(
            "{} {}",
            if desk.deck.state == DeckState::Playing { "►" } else { "■" },
            Tenths::from_seconds(desk.deck.position).clock()
        );
        painter.text(area.x, y, label - 1, &text, Role::Playhead);
    }
}

fn strip_text(call: &CallBody, known: Option<&CallDetailBody>, desk: &Desk) -> Vec<(String, Role)> {
    let mut lines: Vec<(String, Role)> = note_text(call, known, desk).map(|text| (text, Role::Text)).into_iter().collect();
    lines.extend(known.and_then(|detail| steps(detail, desk)).map(|text| (text, Role::TextMuted)));
    lines.extend(call.recordings.iter().map(|recording| (file_text(recording, desk), Role::TextMuted)));
    lines
}

/// What happened, on one line.
fn steps(detail: &CallDetailBody, desk: &Desk) -> Option<String> {
    let steps: Vec<String> = detail
        .timeline
        .iter()
        .filter(|event| !matches!(event.kind.word(), "start" | "end" | "leave" | "hangup"))
        .map(|event| {
            let offset = Tenths::from_micros(event.at.duration_since(detail.call.start).as_micros().try_into().unwrap_or(0));
            let party = event.party.as_ref().map(|party| format!(" {party}")).unwrap_or_default();
            format!("{} {}{party}", offset.clock(), desk.setup.texts.get(&format!("event-{}", event.kind)))
        })
        .collect();
    (!steps.is_empty()).then(|| steps.join(" · "))
}

fn file_text(recording: &RecordingBody, desk: &Desk) -> String {
    let hash: String = recording.sha256.chars().take(12).collect();
    let (mode, size) = (mode_text(recording, desk), columns::bytes(recording.bytes));
    format!("{mode} · {} · {size} · {} · sha256 {hash}", recording.format, places(recording))
}

/// The newest note and the tags.
fn note_text(call: &CallBody, known: Option<&CallDetailBody>, desk: &Desk) -> Option<String> {
    let tags = (!call.tags.is_empty()).then(|| desk.setup.texts.with("fact-tags", &[("tags", &call.tags.join(", "))]));
    let note = known.and_then(|detail| detail.notes.last()).map(|note| {
        let at = note.at.map(|at| format!("{} ", at.clock())).unwrap_or_default();
        format!("{at}{}: “{}”", note.author, note.text)
    });
    let parts: Vec<String> = note.into_iter().chain(tags).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn mode_text(recording: &RecordingBody, desk: &Desk) -> String {
    recording.mode.map_or_else(|| desk.setup.texts.get("mode-unknown"), |mode| desk.setup.texts.get(&format!("mode-{mode}")))
}

/// Size first: it is as wide for every call, and mode and places seldom differ.
fn dear_file(recording: &RecordingBody, desk: &Desk) -> String {
    format!("{:>8} · {} · {}", columns::bytes(recording.bytes), mode_text(recording, desk), places(recording))
}

fn places(recording: &RecordingBody) -> String {
    recording.copies.iter().map(|copy| copy.place.as_str()).collect::<Vec<_>>().join(", ")
}
