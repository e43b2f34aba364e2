//! How the list is drawn: query line, columns, rows, detail strip.

use ratatui::{layout::Rect, style::Modifier};

use super::{Calls, columns, update::marked_text};
use crate::{
    console::{
        deck::DeckState,
        desk::Desk,
        effect::Slot,
        theme::Role,
        widgets::{Painter, grouped, waveform, width, wrap},
    },
    domain::{length::Tenths, list::Count, recording::RecordingState},
    wire::{CallBody, CallDetailBody, RecordingBody},
};

/// Lines of the detail strip with its title, by the height of the content. On a dear line it has no waveform.
pub const fn strip_lines(height: u16, remote: bool) -> u16 {
    match height {
        0..=14 => 0,
        15..=27 if remote => 3,
        _ if remote => 5,
        15..=19 => 5,
        20..=27 => 7,
        _ => 12,
    }
}

/// Draws the screen into the content area (its first line is the query line). Gives the place of the terminal's cursor:
/// where one types, and on a dear line on the row that is chosen.
pub fn view(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let typing = query_line(calls, desk, painter, Rect::new(area.x, area.y, area.width, 1));
    let strip = strip_lines(area.height, desk.setup.remote);
    let list = Rect::new(area.x, area.y + 2, area.width, area.height.saturating_sub(2 + strip));
    if calls.list.is_empty() {
        empty(calls, desk, painter, list);
    } else {
        rows(calls, desk, painter, list);
    }
    problem_or_rule(calls, desk, painter, Rect::new(area.x, area.y + 1, area.width, 1));
    if strip > 0 {
        let area = Rect::new(area.x, list.bottom(), area.width, strip);
        if desk.setup.remote { dear_detail(calls, desk, painter, area) } else { detail(calls, desk, painter, area) }
    }
    let row = u16::try_from(calls.list.cursor() - calls.list.top()).unwrap_or(0);
    let chosen = desk.setup.remote && !calls.list.is_empty() && row + 1 < list.height;
    typing.or(chosen.then_some((list.x, list.y + 1 + row)))
}

/// `312`, or `≥ 10,000` where counting stopped.
pub fn count_text(count: Count) -> String {
    if count.exact { grouped(count.count) } else { format!("≥ {}", grouped(count.count)) }
}

/// Columns that a query keeps for itself before sums are shown beside it.
const LINE_ROOM: usize = 28;

/// What the calls that match come to, from the fullest form to the shortest.
fn sums(calls: &Calls, desk: &Desk) -> Vec<String> {
    let Some(totals) = calls.totals.as_deref().filter(|totals| totals.calls > 0 && calls.is_figured()) else { return Vec::new() };
    let talk = desk.setup.texts.with("sum-talk", &[("talk", &long_length(totals.talk_s))]);
    let share = (totals.answered * 200 / totals.calls).div_ceil(2).to_string();
    let answered = desk.setup.texts.with("sum-answered", &[("percent", &share)]);
    vec![format!("{answered} · {talk}"), talk]
}

/// `21 h 06 min`, `12 min`, `40 s`; of many hours only them.
fn long_length(length: Tenths) -> String {
    let seconds = u64::try_from(length.0.max(0) / 10).unwrap_or(0);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min"),
        (..100, _) => format!("{hours} h {minutes:02} min"),
        _ => format!("{} h", grouped(hours)),
    }
}

fn query_line(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    let line = &calls.query;
    let n = calls.count.map_or_else(|| if calls.list.loaded { "…".to_owned() } else { "–".to_owned() }, count_text);
    let m = calls.all.map_or_else(|| "–".to_owned(), count_text);
    let mut right = texts.with("count-of", &[("n", &n), ("m", &m)]);
    if let Some(marked) = marked_text(calls, desk) {
        right = format!("{marked} · {right}");
    }
    let typed = if line.editing { line.input.text() } else { &line.applied };
    let room = usize::from(area.width).saturating_sub(width(&right) + width(typed).max(LINE_ROOM) + 8);
    if let Some(sums) = sums(calls, desk).into_iter().find(|sums| width(sums) <= room) {
        right = format!("{sums} · {right}");
    }
    let right_columns = u16::try_from(width(&right)).unwrap_or(area.width).min(area.width.saturating_sub(10));
    let role = if line.problem.is_some() { Role::Error } else { Role::TextMuted };
    painter.right(area.right().saturating_sub(right_columns + 1), area.y, right_columns, &right, role);
    painter.text(area.x + 1, area.y, 1, "/", Role::Key);
    let x = area.x + 3;
    let columns = area.width.saturating_sub(right_columns + 6);
    let text = if line.editing { line.input.text() } else { &line.applied };
    if text.is_empty() && !line.editing {
        painter.text(x, area.y, columns, &texts.get("query-empty"), Role::TextMuted);
        return None;
    }
    let at = u16::try_from(line.input.column()).unwrap_or(u16::MAX);
    let skip = if line.editing { at.saturating_sub(columns.saturating_sub(2)) } else { 0 };
    let shown: String = text.chars().skip(usize::from(skip)).collect();
    let role = if line.editing { Role::Input } else { Role::Text };
    painter.text(x, area.y, columns, &shown, role);
    if let Some((start, end)) = problem_columns(text, line.problem.as_ref().and_then(|problem| problem.position)) {
        let (start, end) = (start.saturating_sub(skip), end.saturating_sub(skip).min(columns));
        if end > start {
            painter.tint(Rect::new(x + start, area.y, end - start, 1), Role::Error);
            painter.tint(Rect::new(x + start, area.y, end - start, 1), Role::Match);
        }
    }
    line.editing.then(|| (x + at.saturating_sub(skip), area.y))
}

/// Columns of the word at a byte offset.
fn problem_columns(text: &str, position: Option<(usize, usize)>) -> Option<(u16, u16)> {
    let (at, length) = position?;
    let start = text.get(..at).map_or_else(|| width(text), width);
    let end = text.get(..at + length).map_or_else(|| width(text), width).max(start + 1);
    Some((u16::try_from(start).ok()?, u16::try_from(end).ok()?))
}

/// The rule under the query line, or what is wrong with the query, under its word where that leaves room for all of it; a
/// longer sentence goes on over the heading of the list.
fn problem_or_rule(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let Some(problem) = &calls.query.problem else {
        // A rule across the screen costs three bytes a column.
        if !desk.setup.remote {
            painter.rule(area, "", "");
        }
        return;
    };
    let text = if calls.query.editing { calls.query.input.text() } else { &calls.query.applied };
    let start = problem_columns(text, problem.position).map_or(0, |(start, _)| start) + 3;
    let columns = u16::try_from(width(&problem.message)).unwrap_or(area.width) + 2;
    let x = area.x + start.min(area.width.saturating_sub(columns + 1));
    let end = painter.text(x, area.y, 2, "▲ ", Role::Error);
    for (row, line) in (0..).zip(wrap(&problem.message, usize::from(area.right().saturating_sub(end))).iter().take(2)) {
        if row > 0 {
            painter.fill(Rect::new(area.x, area.y + row, area.width, 1), Role::Text);
        }
        painter.text(end, area.y + row, area.right().saturating_sub(end), line, Role::Error);
    }
}

fn empty(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let (first, second) = if let Some(why) = &calls.refused {
        (why.clone(), texts.get("empty-refused-more"))
    } else if calls.query.problem.is_some() {
        (texts.get("empty-wrong"), texts.get("empty-no-match-more"))
    } else if !calls.list.loaded {
        (texts.get("reading"), String::new())
    } else if calls.query.applied.is_empty() {
        (texts.get("empty-no-calls"), texts.get("empty-no-calls-more"))
    } else {
        (texts.get("empty-no-match"), texts.get("empty-no-match-more"))
    };
    let y = area.y + area.height / 3;
    painter.text(area.x + 4, y, area.width.saturating_sub(8), &first, Role::Text);
    painter.text(area.x + 4, y + 1, area.width.saturating_sub(8), &second, Role::TextMuted);
}

fn rows(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let layout = columns::layout(calls, desk, area.width);
    let sort = calls.sort.unwrap_or_default();
    for column in &layout {
        let mut title = desk.setup.texts.get(&format!("column-{}", column.kind.word()));
        if column.kind.sorts().contains(&sort.field) {
            title = format!("{title}{}", if sort.descending { "▼" } else { "▲" });
        }
        if column.kind.is_right() {
            painter.right(area.x + column.x, area.y, column.width, &title, Role::TextMuted);
        } else {
            painter.text(area.x + column.x, area.y, column.width, &title, Role::TextMuted);
        }
    }
    let height = usize::from(area.height.saturating_sub(1));
    let stale = desk.is_busy(Slot::List);
    for (row, entry) in calls.list.rows().skip(calls.list.top()).take(height).enumerate() {
        let y = area.y + 1 + u16::try_from(row).unwrap_or(0);
        let index = calls.list.top() + row;
        let here = index == calls.list.cursor();
        let in_range = calls.range.is_some_and(|from| {
            let (low, high) = (from.min(calls.list.cursor()), from.max(calls.list.cursor()));
            (low..=high).contains(&index)
        });
        // On a dear line the gutter and the terminal's own cursor mark the row: a thirtieth of the bytes a step.
        let lit = here && !desk.setup.remote;
        if lit {
            painter.tint(Rect::new(area.x, y, area.width, 1), Role::CursorRow);
        }
        if here {
            painter.text(area.x, y, 1, "►", if lit { Role::CursorRow } else { Role::Text });
        }
        let call = &entry.call;
        if calls.marks.has(&call.id) || in_range {
            painter.text(area.x + 2, y, 1, "■", if lit { Role::CursorRow } else { Role::Marked });
        } else if call.flagged {
            painter.text(area.x + 2, y, 1, "F", if lit { Role::CursorRow } else { Role::Warn });
        }
        for column in &layout {
            let (text, role) = column.kind.cell(call, desk, column.width);
            let role = match (lit, stale) {
                (true, _) if role == Role::TextMuted => Role::CursorRowMuted,
                (true, _) => Role::CursorRow,
                (false, _) => role,
            };
            if column.kind.is_right() {
                painter.right(area.x + column.x, y, column.width, &text, role);
            } else {
                painter.text(area.x + column.x, y, column.width, &text, role);
            }
        }
        if desk.is_pending(&call.id) {
            painter.text(area.x + 1, y, 1, "…", if lit { Role::CursorRow } else { Role::Info });
        }
    }
}

/// The strip that follows the cursor.
fn detail(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let Some(call) = calls.current() else {
        painter.rule(Rect::new(area.x, area.y, area.width, 1), "", "");
        return;
    };
    let known = calls.current_detail();
    let title = columns::headline(call, desk);
    painter.rule(Rect::new(area.x, area.y, area.width, 1), &title, &remark(call, known, desk));
    let inside = Rect::new(area.x + 1, area.y + 1, area.width.saturating_sub(2), area.height - 1);
    let mut y = inside.y;
    let lanes = match inside.height {
        0..=4 => 0,
        5..=8 => 2,
        _ => 6,
    };
    if lanes > 0 {
        wave(calls, call, desk, painter, Rect::new(inside.x, y, inside.width, lanes));
        y += lanes + u16::from(!call.recordings.is_empty());
        if call.recordings.is_empty() {
            y += 1;
        }
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

/// The strip on a dear line: what differs from call to call stands in columns of its own, in one colour, and the least of
/// it. Where a bar is reversed only its first line is one.
fn dear_detail(calls: &Calls, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
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

fn wave(calls: &Calls, call: &CallBody, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let Some(recording) = call.recordings.first() else {
        painter.text(area.x, area.y + area.height / 2, area.width, &texts.get("no-recording"), Role::TextMuted);
        return;
    };
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
        Some(peaks) => waveform(painter, lanes, &peaks.levels, head),
        None if recording.state == RecordingState::Stored => {}
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
    let texts = &desk.setup.texts;
    let mut lines: Vec<(String, Role)> = note_text(call, known, desk).map(|text| (text, Role::Text)).into_iter().collect();
    if let Some(detail) = known {
        let steps: Vec<String> = detail
            .timeline
            .iter()
            .filter(|event| !matches!(event.kind.word(), "start" | "end" | "leave" | "hangup"))
            .map(|event| {
                let offset = Tenths::from_micros(event.at.duration_since(detail.call.start).as_micros().try_into().unwrap_or(0));
                let party = event.party.as_ref().map(|party| format!(" {party}")).unwrap_or_default();
                format!("{} {}{party}", offset.clock(), texts.get(&format!("event-{}", event.kind)))
            })
            .collect();
        if !steps.is_empty() {
            lines.push((steps.join(" · "), Role::TextMuted));
        }
    }
    for recording in &call.recordings {
        let hash: String = recording.sha256.chars().take(12).collect();
        let (mode, size) = (mode_text(recording, desk), columns::bytes(recording.bytes));
        let text = format!("{mode} · {} · {size} · {} · sha256 {hash}", recording.format, places(recording));
        lines.push((text, Role::TextMuted));
    }
    lines
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
