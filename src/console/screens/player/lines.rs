//! Everything that is known of a call, as lines: facts, notes, timeline, recordings and why there are none, legs, history.

use jiff::Timestamp;

use super::{
    Player, Shown, facts,
    marks::{self, Kind},
    timeline, waiting,
    wave::Wave,
};
use crate::{
    console::{
        desk::Desk,
        theme::Role,
        widgets::{width, wrap},
    },
    domain::{clean, length::Tenths, number, receipt::HeardSide},
    wire::{CallBody, CallDetailBody, RecordingBody},
};

/// One line: a label column and text.
pub struct Line {
    pub label: String,
    pub text: String,
    pub role: Role,
    /// Heads a section.
    pub heading: bool,
    /// Which note it belongs to.
    pub note: Option<usize>,
    /// Columns of its label.
    pub label_columns: usize,
    /// Its blanks are part of a drawing.
    pub(super) drawn: bool,
}

/// Columns of a label.
const LABEL: usize = 18;
/// Columns of the name of a note's author.
const AUTHOR: usize = 14;

/// Lengths as people read them; unknown is a dash.
pub fn length(value: Option<Tenths>) -> String {
    value.map_or_else(|| "–".to_owned(), Tenths::clock)
}

/// Bytes as people read them; decimal units.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.0} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

/// All that is known, for a list of so many columns; `beside`: what the panel of facts tells is left to it.
pub fn all(player: &Player, shown: &Shown<'_>, desk: &Desk, columns: usize, beside: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    notes(player, shown, desk, &mut lines);
    // What was written is seen also where the call itself could not be read yet.
    let Some(detail) = shown.detail else { return lines };
    clips(shown, desk, &mut lines);
    if !beside {
        heard(player, shown, desk, &mut lines);
    }
    lines.push(heading(desk, "section-facts"));
    facts(desk, detail, &mut lines);
    happened(desk, detail, columns.saturating_sub(LABEL + EDGES), &mut lines);
    recordings(desk, &detail.call, &mut lines);
    listened(desk, detail, &mut lines);
    why(detail, desk, &mut lines);
    legs(desk, detail, &mut lines);
    history(desk, detail, &mut lines);
    lines.into_iter().flat_map(|line| wrapped(line, columns)).collect()
}

/// What is seen of the call, as plain lines for a screen of this width.
pub fn plain(player: &Player, shown: &Shown<'_>, desk: &Desk) -> Vec<String> {
    let text = |line: Line| if line.label.is_empty() { line.text } else { format!("{}  {}", line.label, line.text) };
    let lines = all(player, shown, desk, usize::from(desk.size.0), false);
    lines.into_iter().map(|line| text(line).trim_end().to_owned()).collect()
}

/// Columns beside label and text: both edges, and between them.
const EDGES: usize = 4;

/// A text that is too long goes on below; nothing is cut off.
fn wrapped(line: Line, columns: usize) -> Vec<Line> {
    if line.drawn {
        return vec![line];
    }
    let Line { mut label, text, role, heading, note, label_columns, drawn } = line;
    let pieces = wrap(&text, columns.saturating_sub(label_columns + EDGES).max(12)).into_iter();
    pieces.map(|text| Line { label: std::mem::take(&mut label), text, role, heading, note, label_columns, drawn }).collect()
}

fn heading(desk: &Desk, id: &str) -> Line {
    Line {
        label: desk.setup.texts.get(id),
        text: String::new(),
        role: Role::Title,
        heading: true,
        note: None,
        label_columns: LABEL,
        drawn: false,
    }
}

pub(super) fn line(label: impl Into<String>, text: impl Into<String>) -> Line {
    Line {
        label: label.into(),
        text: text.into(),
        role: Role::Text,
        heading: false,
        note: None,
        label_columns: LABEL,
        drawn: false,
    }
}

/// A line whose blanks stay.
pub(super) const fn drawn(label: String, text: String, role: Role) -> Line {
    Line { label, text, role, heading: false, note: None, label_columns: LABEL, drawn: true }
}

fn clock(desk: &Desk, at: Timestamp) -> String {
    at.to_zoned(desk.zone.clone()).strftime("%H:%M:%S").to_string()
}

/// A raw number says something new only where its digits differ.
fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn facts(desk: &Desk, detail: &CallDetailBody, lines: &mut Vec<Line>) {
    let texts = &desk.setup.texts;
    let call = &detail.call;
    let withheld = || texts.get("withheld");
    let raw = |canonical: &Option<String>, raw: &Option<String>| match (canonical, raw) {
        (Some(canonical), Some(raw)) if digits(canonical) != digits(raw) && !raw.contains('…') => {
            format!("{} ({raw})", number::spaced(canonical))
        }
        (Some(canonical), _) => number::spaced(canonical),
        (None, Some(raw)) => raw.clone(),
        (None, None) => withheld(),
    };
    let start = call.start.to_zoned(desk.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let route = call.route.map(|route| format!(" · {}", texts.get(&format!("route-{route}")))).unwrap_or_default();
    let what = format!(
        "{}{route} · {}",
        texts.get(&format!("direction-{}", call.direction)),
        texts.get(&format!("outcome-{}", call.outcome))
    );
    lines.push(line(texts.get("fact-start"), format!("{start} · {what}")));
    let reached = call.reached.as_ref().filter(|reached| call.to.as_ref() != Some(*reached));
    let reached = reached.map(|reached| texts.with("fact-reached", &[("number", &number::spaced(reached))])).unwrap_or_default();
    lines.push(line(
        texts.get("fact-parties"),
        format!("{} → {}{reached}", raw(&call.from, &detail.from_raw), raw(&call.to, &detail.to_raw)),
    ));
    let talk = match (call.talk_s, call.talk_at_most_s) {
        (None, Some(most)) => texts.with("at-most", &[("length", &most.clock())]),
        (talk, _) => length(talk),
    };
    lines.push(line(
        texts.get("fact-times"),
        texts.with(
            "fact-times-text",
            &[
                ("wait", &length(call.wait_s)),
                ("talk", &talk),
                ("hold", &length(call.on_hold_s)),
                ("all", &length(call.duration_s)),
            ],
        ),
    ));
    let who = [call.extension.as_deref(), call.agent.as_deref(), call.group.as_deref()];
    let mut who: Vec<String> = who.into_iter().flatten().map(ToOwned::to_owned).collect();
    if call.extensions.len() > 1 {
        who.push(texts.with("fact-took-part", &[("list", &call.extensions.join(", "))]));
    }
    if !who.is_empty() {
        lines.push(line(texts.get("fact-extension"), who.join(" · ")));
    }
    if let Some(queue) = &call.queue {
        lines.push(line(texts.get("fact-queue"), queue.clone()));
    }
    if let Some(cost) = &call.cost {
        lines.push(line(texts.get("fact-cost"), money(cost.minor, &cost.currency)));
    }
    let mut bound = Vec::new();
    if let Some(case) = &call.case {
        bound.push(texts.with("fact-case", &[("case", case)]));
    }
    if !call.tags.is_empty() {
        bound.push(texts.with("fact-tags", &[("tags", &call.tags.join(", "))]));
    }
    if call.flagged {
        bound.push(texts.get("fact-flagged"));
    }
    if !bound.is_empty() {
        lines.push(line(texts.get("fact-bound"), bound.join(" · ")));
    }
}

/// Why it was recorded or not.
fn why(detail: &CallDetailBody, desk: &Desk, lines: &mut Vec<Line>) {
    let mut label = desk.setup.texts.get("fact-why");
    for why in &detail.why {
        lines.push(line(std::mem::take(&mut label), why.text.clone()));
    }
}

/// `1.45 PLN`.
pub fn money(minor: i64, currency: &str) -> String {
    format!("{}.{:02} {currency}", minor / 100, minor.unsigned_abs() % 100)
}

/// Notes and what else stands at a second of the recording.
fn notes(player: &Player, shown: &Shown<'_>, desk: &Desk, lines: &mut Vec<Line>) {
    let marks = marks::of(shown.detail, Wave::of(player, shown).and_then(|wave| wave.speech));
    let notes = shown.detail.map_or(&[][..], |detail| detail.notes.as_slice());
    let waiting = waiting::of(shown, desk);
    if marks.is_empty() && waiting.is_empty() {
        return;
    }
    let texts = &desk.setup.texts;
    lines.push(heading(desk, "section-notes"));
    lines.extend(waiting);
    let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
    let author = notes.iter().map(|note| width(&note.author)).max().unwrap_or(0).min(AUTHOR);
    let time = marks.iter().filter_map(|mark| mark.at_s).map(|at| width(&clock(at))).max().unwrap_or(1).max(5);
    for mark in marks {
        let (sign, at) = (mark.sign.unwrap_or(' '), mark.at_s.map_or_else(|| "–".to_owned(), clock));
        let label_columns = time + author + 6;
        let mut put = |who: &str, note, text: String, role| {
            let label = format!("{sign}  {at:>time$}  {who}");
            lines.push(Line { note, label_columns, role, ..line(label, text) });
        };
        let lasts = mark.until_s.unwrap_or_default() - mark.at_s.unwrap_or_default();
        match mark.kind {
            Kind::Note(number) => {
                let Some(note) = notes.get(number) else { continue };
                let mut pieces = clean::lines(&note.text, 2_000).into_iter();
                match pieces.next().filter(|text| !text.is_empty()) {
                    Some(text) => put(&note.author, Some(number), text, Role::Text),
                    None => put(&note.author, Some(number), texts.get("mark-plain"), Role::TextMuted),
                }
                lines.extend(pieces.map(|text| Line { note: Some(number), label_columns, ..line("", text) }));
            }
            Kind::Hold => put("▬", None, texts.with("mark-hold", &[("length", &clock(lasts))]), Role::TextMuted),
            Kind::Paused => {
                let until = clock(mark.until_s.unwrap_or_default());
                put("░", None, texts.with("mark-paused", &[("until", &until)]), Role::TextMuted);
            }
        }
    }
}

/// Stretches that were saved.
fn clips(shown: &Shown<'_>, desk: &Desk, lines: &mut Vec<Line>) {
    if shown.clips.is_empty() {
        return;
    }
    lines.push(heading(desk, "section-clips"));
    let notes = shown.detail.map_or(0, |detail| detail.notes.len());
    let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
    for (at, clip) in shown.clips.iter().enumerate() {
        let title = clip.title.as_deref().map_or_else(|| desk.setup.texts.get("clip-untitled"), |title| clean::line(title, 200));
        let label = format!("{} – {}", clock(clip.from_s), clock(clip.until_s));
        let text = format!("{title} · {} · {}", clip.who, bytes(clip.bytes));
        lines.push(Line { note: Some(notes + at), ..line(label, text) });
    }
}

/// What the recording tells of the talk.
fn heard(player: &Player, shown: &Shown<'_>, desk: &Desk, lines: &mut Vec<Line>) {
    let facts = facts::facts(player, shown, desk, false);
    if !facts.is_empty() {
        lines.push(heading(desk, "section-talk"));
        lines.extend(facts.into_iter().map(|(label, parts)| line(label, parts.join(" · "))));
    }
}

fn recordings(desk: &Desk, call: &CallBody, lines: &mut Vec<Line>) {
    lines.push(heading(desk, "section-recordings"));
    if call.recordings.is_empty() {
        lines.push(line("", desk.setup.texts.get("no-recording")));
    }
    for recording in &call.recordings {
        lines.push(line(length(Some(recording.length_s)), file(desk, recording)));
        let (first, second) = recording.sha256.split_at_checked(32).unwrap_or((recording.sha256.as_str(), ""));
        lines.push(line("sha256", first));
        if !second.is_empty() {
            lines.push(line("", second));
        }
    }
}

/// Mode, format, channels, size, places and their state.
pub fn file(desk: &Desk, recording: &RecordingBody) -> String {
    let mode = mode(desk, recording);
    format!("{mode} · {} · {}", format(desk, recording), places(desk, recording))
}

fn mode(desk: &Desk, recording: &RecordingBody) -> String {
    let texts = &desk.setup.texts;
    recording.mode.map_or_else(|| texts.get("mode-unknown"), |mode| texts.get(&format!("mode-{mode}")))
}

/// Format, channels, size.
pub fn format(desk: &Desk, recording: &RecordingBody) -> String {
    let texts = &desk.setup.texts;
    let channels = match recording.channels {
        1 => texts.get("mono"),
        2 => texts.get("stereo"),
        more => more.to_string(),
    };
    format!("{} {channels} · {}", recording.format, bytes(recording.bytes))
}

/// Where it lies and how it is there.
pub fn places(desk: &Desk, recording: &RecordingBody) -> String {
    let texts = &desk.setup.texts;
    let mut places: Vec<String> =
        recording.copies.iter().map(|copy| format!("{} {}", copy.place, texts.get(&format!("copy-{}", copy.state)))).collect();
    if recording.state.word() != "stored" {
        places.push(texts.get(&format!("state-{}", recording.state)));
    }
    places.join(", ")
}

fn happened(desk: &Desk, detail: &CallDetailBody, columns: usize, lines: &mut Vec<Line>) {
    if detail.timeline.is_empty() {
        return;
    }
    lines.push(heading(desk, "section-timeline"));
    lines.extend(timeline::bar(desk, detail, columns));
    lines.extend(timeline::list(desk, detail));
}

fn legs(desk: &Desk, detail: &CallDetailBody, lines: &mut Vec<Line>) {
    if detail.leg_list.is_empty() {
        return;
    }
    lines.push(heading(desk, "section-legs"));
    for leg in &detail.leg_list {
        let mut parts = vec![leg.channel.clone()];
        parts.extend(leg.number.clone().or_else(|| leg.extension.clone()));
        if let Some(answered) = leg.answered {
            parts.push(desk.setup.texts.with("leg-answered", &[("time", &clock(desk, answered))]));
        }
        if let Some(end) = leg.end {
            parts.push(desk.setup.texts.with("leg-ended", &[("time", &clock(desk, end))]));
        }
        if let Some(cause) = leg.cause {
            parts.push(desk.setup.texts.with("leg-cause", &[("cause", &cause.to_string())]));
        }
        lines.push(line(clock(desk, leg.start), parts.join(" · ")));
    }
}

/// Who heard what of it, and who took it out.
fn listened(desk: &Desk, detail: &CallDetailBody, lines: &mut Vec<Line>) {
    let texts = &desk.setup.texts;
    let moment = |at: Timestamp| at.to_zoned(desk.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
    if detail.receipts.is_empty() && detail.taken.is_empty() {
        return;
    }
    lines.push(heading(desk, "section-heard"));
    for receipt in &detail.receipts {
        let heard = &receipt.heard;
        let mut parts = vec![receipt.who.clone(), format!("{} – {}", clock(heard.from_s), clock(heard.until_s))];
        if (heard.speed - 1.0).abs() >= 0.005 {
            parts.push(format!("{}x", (heard.speed * 100.0).round() / 100.0));
        }
        match heard.side {
            HeardSide::Both => {}
            HeardSide::Left => parts.push(texts.get("hearing-agent")),
            HeardSide::Right => parts.push(texts.get("hearing-customer")),
        }
        lines.push(line(moment(receipt.at), parts.join(" · ")));
    }
    for taken in &detail.taken {
        let did = texts.get(if taken.clip.is_some() { "heard-took-clip" } else { "heard-took" });
        let detail = taken.detail.as_ref().map(|detail| format!(" · {detail}")).unwrap_or_default();
        lines.push(line(moment(taken.at), format!("{} · {did}{detail}", taken.who)));
    }
}

fn history(desk: &Desk, detail: &CallDetailBody, lines: &mut Vec<Line>) {
    if detail.history.is_empty() {
        return;
    }
    lines.push(heading(desk, "section-history"));
    for entry in &detail.history {
        let at = entry.at.to_zoned(desk.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let detail = entry.detail.as_ref().map(|detail| format!(" · {detail}")).unwrap_or_default();
        lines.push(line(at, format!("{} · {}{detail}", entry.who, entry.did)));
    }
}
