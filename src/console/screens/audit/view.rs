//! How the pane is drawn: question, chips, list, the entry under the cursor, its session.

use ratatui::layout::Rect;

use super::{Audit, CHIPS, told};
use crate::{
    console::{
        asking::{WIDE, draw_chips, line_view, offers_view, problem_view},
        desk::Desk,
        effect::Slot,
        keymap::Action,
        overlays::Reading,
        theme::Role,
        widgets::{Painter, grouped, width, wrap},
    },
    domain::{actor::Permission, query::edit},
    wire::AuditEntry,
};

/// Lines of the entry under the list; of a high screen.
const DETAIL: u16 = 7;
const DETAIL_HIGH: u16 = 11;
const DETAIL_LOW: u16 = 4;
/// Columns of labels.
const LABEL: u16 = 9;
/// Lines of one fact below the list.
const ENTRY_LINES: usize = 2;

/// Places of the list's columns.
struct Places {
    entry: Option<u16>,
    time: u16,
    who: u16,
    did: u16,
    what: u16,
    from: u16,
}

/// `from`: columns of the widest place in memory, so that what was done has the rest.
const fn places(width: u16, from: u16) -> Places {
    if width < NARROW {
        Places { entry: None, time: 3, who: 13, did: 23, what: 34, from: width }
    } else if width >= WIDE {
        Places { entry: Some(3), time: 13, who: 24, did: 37, what: 51, from: width.saturating_sub(from) }
    } else {
        Places { entry: None, time: 3, who: 14, did: 25, what: 38, from: width.saturating_sub(from) }
    }
}

/// On a screen narrower than this the place stands below alone.
const NARROW: u16 = 76;
/// Columns of a place, at least and at most.
const FROM: (u16, u16) = (6, 17);
const FROM_WIDE: (u16, u16) = (12, 30);

fn from_columns(audit: &Audit, wide: bool) -> u16 {
    let (least, most) = if wide { FROM_WIDE } else { FROM };
    let widest = audit.rows.iter().map(|entry| width(&told::from(entry))).max().unwrap_or(0);
    u16::try_from(widest + 1).unwrap_or(most).clamp(least, most)
}

/// Draws the pane; gives the cursor's place while one types.
pub fn view(audit: &Audit, desk: &Desk, painter: &mut Painter<'_>, area: Rect) -> Option<(u16, u16)> {
    let texts = &desk.setup.texts;
    let line = |y: u16| Rect::new(area.x, area.y + y, area.width, 1);
    let right = right(audit, desk);
    let whole = texts.get("audit-empty");
    let empty = if width(&whole) + width(&right) + 8 <= usize::from(area.width) { whole } else { texts.get("audit-empty-short") };
    let cursor = line_view(&audit.query, &right, &empty, painter, line(0));
    let text = if audit.query.editing { audit.query.input.text() } else { &audit.query.applied };
    let chips = (0..CHIPS.len()).map(|at| (texts.get(&format!("audit-chip-{}", at + 1)), edit::has(text, CHIPS[at])));
    draw_chips(chips, !text.is_empty(), desk, painter, line(1));
    let remark = if desk.may(Permission::Audit) { String::new() } else { texts.get("audit-mine") };
    if !desk.setup.remote {
        painter.rule(line(2), "", &remark);
    }
    let detail = match area.height {
        30.. => DETAIL_HIGH,
        16..30 => DETAIL,
        _ => DETAIL_LOW,
    };
    let detail = detail.min(area.height.saturating_sub(6));
    let list = Rect::new(area.x, area.y + 3, area.width, area.height.saturating_sub(3 + detail));
    if audit.rows.is_empty() {
        nothing(audit, desk, painter, list);
    } else {
        rows(audit, desk, painter, list);
        if let Some(entry) = audit.current().filter(|_| detail > 1) {
            let below = Rect::new(area.x, list.bottom(), area.width, detail);
            if area.width >= WIDE {
                let side = area.width * 2 / 5;
                let (left, beside) =
                    (Rect { width: area.width - side, ..below }, Rect { x: area.right() - side, width: side, ..below });
                entry_view(audit, entry, desk, painter, left);
                session(audit, entry, desk, painter, beside);
            } else {
                entry_view(audit, entry, desk, painter, below);
            }
        }
    }
    problem_view(&audit.query, painter, line(2));
    offers_view(&audit.query, desk, painter, line(0));
    cursor
}

/// `214 of 51,880 · chain 14:00 √`.
fn right(audit: &Audit, desk: &Desk) -> String {
    let texts = &desk.setup.texts;
    let number = |number: Option<u64>| number.map_or_else(|| if audit.loaded { "…" } else { "–" }.to_owned(), grouped);
    let count = match audit.all {
        Some(all) => texts.with("audit-count", &[("n", &number(audit.total)), ("m", &grouped(all))]),
        None => number(audit.total),
    };
    if !desk.may(Permission::Audit) {
        return count;
    }
    let chain = match &audit.check {
        _ if desk.is_busy(Slot::AuditCheck) => texts.get("audit-chain-checking"),
        None => texts.get("audit-chain-unchecked"),
        Some((at, report)) => match report.first_bad_seq {
            None => {
                let time = at.to_zoned(desk.zone.clone()).strftime("%H:%M").to_string();
                texts.with("audit-chain-whole", &[("time", &time)])
            }
            Some(0) => texts.get("audit-chain-broken-table"),
            Some(seq) => texts.with("audit-chain-broken", &[("seq", &seq.to_string())]),
        },
    };
    format!("{count} · {chain}")
}

fn nothing(audit: &Audit, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let (first, second) = match &audit.refused {
        Some(why) => (why.clone(), String::new()),
        None if !audit.loaded => (texts.get("reading"), String::new()),
        None => (texts.get("audit-nothing"), texts.get("audit-nothing-more")),
    };
    let y = area.y + area.height / 3;
    painter.text(area.x + 4, y, area.width.saturating_sub(8), &first, Role::Text);
    painter.text(area.x + 4, y + 1, area.width.saturating_sub(8), &second, Role::TextMuted);
}

fn rows(audit: &Audit, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let at = places(area.width, from_columns(audit, area.width >= WIDE));
    let mut head = |x: u16, id: &str| painter.text(area.x + x, area.y, 12, &texts.get(id), Role::TextMuted);
    if let Some(x) = at.entry {
        head(x, "audit-column-entry");
    }
    head(at.time, "audit-column-time");
    head(at.who, "audit-column-who");
    head(at.did, "audit-column-did");
    head(at.what, "audit-column-what");
    if at.from < area.width {
        head(at.from, "audit-column-from");
    }
    let height = usize::from(area.height.saturating_sub(1));
    let top = audit.top(height);
    for ((index, entry), y) in audit.rows.iter().enumerate().skip(top).take(height).zip(area.y + 1..) {
        row(entry, index == audit.cursor, desk, painter, Rect::new(area.x, y, area.width, 1), &at);
    }
}

fn row(entry: &AuditEntry, here: bool, desk: &Desk, painter: &mut Painter<'_>, area: Rect, at: &Places) {
    let lit = here && !desk.setup.remote;
    if lit {
        painter.tint(area, Role::CursorRow);
    }
    let role = |role: Role| match role {
        _ if !lit => role,
        Role::TextMuted => Role::CursorRowMuted,
        _ => Role::CursorRow,
    };
    if here {
        painter.text(area.x, area.y, 1, "►", role(Role::Text));
    }
    if let Some(x) = at.entry {
        painter.right(area.x + x, area.y, 8, &grouped(entry.seq.unsigned_abs()), role(Role::TextMuted));
    }
    let mut put = |from: u16, until: u16, text: &str, of: Role| {
        painter.text(area.x + from, area.y, until.saturating_sub(from + 1), text, role(of));
    };
    put(at.time, at.who, &told::time(entry, desk), Role::TextMuted);
    put(at.who, at.did, told::who(entry), Role::Text);
    put(at.did, at.what, &told::did(entry, desk), if entry.outcome == "done" { Role::Text } else { Role::Warn });
    put(at.what, at.from, &told::what(entry, area.width < WIDE), Role::Text);
    if at.from < area.width {
        put(at.from, area.width, &told::from(entry), Role::TextMuted);
    }
}

/// Everything that is known of an entry: ids of labels and what stands behind them.
fn facts(audit: &Audit, entry: &AuditEntry, desk: &Desk) -> Vec<(&'static str, String)> {
    let texts = &desk.setup.texts;
    let time = entry.at.to_zoned(desk.zone.clone()).strftime("%a %-d %b %Y %H:%M:%S%.3f %:z").to_string();
    let who = [Some(entry.who.as_str()), entry.session.as_deref(), entry.sudo_user.as_deref()];
    let who = who.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let link = match entry.seq {
        ..=1 => texts.get("audit-first"),
        seq => texts.with("audit-follows", &[("n", &grouped((seq - 1).unsigned_abs()))]),
    };
    let whole = audit.check.as_ref().is_some_and(|(_, report)| {
        report.first_bad_seq.is_none() && report.last.as_ref().is_some_and(|(last, _)| *last >= entry.seq)
    });
    let fault = audit.check.iter().flat_map(|(_, report)| &report.faults).find(|fault| fault.seq == entry.seq);
    let did = [entry.did.as_str(), entry.object.as_deref().unwrap_or_default(), entry.project.as_deref().unwrap_or_default()];
    let did = did.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let mut facts =
        vec![("audit-label-time", time), ("audit-label-who", format!("{who} · {}", told::from(entry))), ("audit-label-did", did)];
    facts.extend(entry.detail.clone().map(|detail| ("audit-label-what", detail)));
    facts.extend(entry.foreign.clone().map(|text| ("audit-label-text", format!("“{text}”"))));
    facts.extend(fault.map(|fault| ("audit-label-fault", fault.reason.clone())));
    facts.push(("audit-label-chain", format!("{} · {link}{}", told::hash(entry), if whole { " √" } else { "" })));
    facts
}

/// The entry under the cursor in full, to be read.
pub fn whole(audit: &Audit, desk: &Desk) -> Option<Reading> {
    let entry = audit.current()?;
    let texts = &desk.setup.texts;
    let title = format!("{} {}", told::who(entry), told::did(entry, desk));
    let number = texts.with("audit-entry", &[("n", &grouped(entry.seq.unsigned_abs()))]);
    let facts = facts(audit, entry, desk).into_iter().chain(more_facts(entry));
    let paragraphs = facts.map(|(label, text)| format!("{}: {text}", texts.get(label))).collect();
    let then = super::call_query(audit).map(|_| (Action::AuditCall, "audit-hint-call"));
    Some(Reading { then, ..Reading::new(title, number, paragraphs) })
}

/// What only the whole entry tells.
fn more_facts(entry: &AuditEntry) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    facts.extend(entry.uid.map(|uid| ("audit-label-uid", uid.to_string())));
    facts.extend(entry.ssh_connection.clone().map(|line| ("audit-label-ssh", line)));
    facts.extend((!entry.hash.is_empty()).then(|| ("audit-label-hash", entry.hash.clone())));
    facts
}

/// The entry under the cursor; what finds no room ends with a mark, and Enter shows all of it.
fn entry_view(audit: &Audit, entry: &AuditEntry, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    let title = format!("{} {} {}", told::time(entry, desk), told::who(entry), told::did(entry, desk));
    let number = texts.with("audit-entry", &[("n", &grouped(entry.seq.unsigned_abs()))]);
    painter.rule(Rect { height: 1, ..area }, &title, &number);
    let room = usize::from(area.width.saturating_sub(LABEL + 3));
    let mut y = area.y + 1;
    for (label, text) in facts(audit, entry, desk) {
        let pieces = wrap(&text, room);
        for (at, piece) in pieces.iter().enumerate().take(ENTRY_LINES) {
            if y >= area.bottom() {
                return;
            }
            if at == 0 {
                painter.text(area.x + 1, y, LABEL, &texts.get(label), Role::TextMuted);
            }
            // The painter ends with an ellipsis what is longer than its place.
            let more = at + 1 == ENTRY_LINES && pieces.len() > ENTRY_LINES;
            let shown = if more { pieces[at..].join(" ") } else { piece.clone() };
            painter.text(area.x + 1 + LABEL, y, area.width.saturating_sub(LABEL + 2), &shown, Role::Text);
            y += 1;
        }
    }
}

/// What else was done in the same session, oldest first.
fn session(audit: &Audit, entry: &AuditEntry, desk: &Desk, painter: &mut Painter<'_>, area: Rect) {
    let texts = &desk.setup.texts;
    painter.rule(Rect { height: 1, ..area }, &texts.get("audit-session-title"), "");
    let columns = area.width.saturating_sub(4);
    let say = |painter: &mut Painter<'_>, id: &str| {
        painter.text(area.x + 3, area.y + 1, columns, &texts.get(id), Role::TextMuted);
    };
    let Some(session) = &entry.session else { return say(painter, "audit-session-without") };
    let Some((_, entries)) = audit.beside.as_ref().filter(|(of, _)| of == session) else {
        return say(painter, if desk.is_busy(Slot::AuditBeside) { "reading" } else { "audit-session-none" });
    };
    let height = usize::from(area.height.saturating_sub(1));
    // Those around the entry that is looked at.
    let here = entries.iter().position(|other| other.seq == entry.seq).unwrap_or(0);
    let first = here.saturating_sub(height / 2).min(entries.len().saturating_sub(height));
    let shown: Vec<&AuditEntry> = entries.iter().skip(first).take(height).collect();
    for (other, y) in shown.into_iter().rev().zip(area.y + 1..) {
        let sign = if other.seq == entry.seq { "►" } else { " " };
        let role = if other.seq == entry.seq { Role::Text } else { Role::TextMuted };
        painter.text(area.x + 1, y, 1, sign, role);
        let time = told::time(other, desk);
        let x = area.x + 3;
        painter.text(x, y, 10, &time, Role::TextMuted);
        let from = x + u16::try_from(width(&time)).unwrap_or(10) + 1;
        let text = format!("{} {}", told::did(other, desk), told::what(other, true));
        painter.text(from, y, area.right().saturating_sub(from), &text, role);
    }
}

/// The entries in memory as plain text, for the copy page.
pub fn plain(audit: &Audit, desk: &Desk) -> Vec<String> {
    let line = |entry: &AuditEntry| {
        let time = entry.at.to_zoned(desk.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
        format!(
            "{} {time} {} {} {} {}",
            entry.seq,
            entry.who,
            told::did(entry, desk),
            told::what(entry, false),
            told::from(entry)
        )
    };
    audit.rows.iter().map(line).collect()
}
