//! What is known of a number, as lines.

use jiff::Timestamp;

use super::CustomerPage;
use crate::{
    console::{
        desk::Desk,
        screens::calls::{
            bytes,
            columns::{talk, way},
            query_view::long_length,
            totals,
        },
        theme::Role,
        widgets::{grouped, wrap},
    },
    domain::{clean, facet, length::Tenths, number},
    wire::{NumberBody, Used},
};

/// What Enter on a line leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This call, in the list of all calls with the customer.
    Call(String),
    /// All calls with the customer.
    Calls,
    /// The list, narrowed by a term.
    Term(String),
}

/// One line: a label column and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    pub text: String,
    pub role: Role,
    pub heading: bool,
    pub target: Option<Target>,
}

/// Columns of the labels.
pub const LABEL: usize = 13;

fn line(label: &str, text: String) -> Line {
    Line { label: label.to_owned(), text, role: Role::Text, heading: false, target: None }
}

/// All lines, wrapped to so many columns.
pub fn lines(page: &CustomerPage, desk: &Desk, columns: usize) -> Vec<Line> {
    let texts = &desk.setup.texts;
    let mut lines = Vec::new();
    if let Some(why) = page.nothing.filter(|why| !why.is_empty()) {
        lines.push(Line { role: Role::TextMuted, ..line("", texts.get(&format!("customer-none-{why}"))) });
    } else if let Some(why) = &page.refused {
        lines.push(Line { role: Role::Error, ..line("", why.clone()) });
    } else if let Some(body) = &page.body {
        person(body, desk, &mut lines);
        sums(body, desk, &mut lines);
        others(body, desk, &mut lines);
        notes(body, desk, &mut lines);
        calls(page, desk, &mut lines);
    } else {
        lines.push(Line { role: Role::TextMuted, ..line("", texts.get("reading")) });
    }
    lines.into_iter().flat_map(|line| wrapped(line, columns)).collect()
}

fn wrapped(line: Line, columns: usize) -> Vec<Line> {
    let Line { mut label, text, role, heading, target } = line;
    let room = columns.saturating_sub(if label.is_empty() && !heading { 0 } else { LABEL }).max(8);
    if heading {
        return vec![Line { label, text, role, heading, target }];
    }
    let indent = !label.is_empty();
    wrap(&text, room)
        .into_iter()
        .enumerate()
        .map(|(at, text)| Line {
            label: if at == 0 {
                std::mem::take(&mut label)
            } else if indent {
                " ".to_owned()
            } else {
                String::new()
            },
            text,
            role,
            heading,
            target: target.clone(),
        })
        .collect()
}

fn heading(desk: &Desk, id: &str) -> Line {
    Line { label: desk.setup.texts.get(id), text: String::new(), role: Role::Title, heading: true, target: None }
}

fn day(at: Timestamp, desk: &Desk) -> String {
    at.to_zoned(desk.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn person(body: &NumberBody, desk: &Desk, lines: &mut Vec<Line>) {
    let texts = &desk.setup.texts;
    let name = body.customer.as_ref().map_or_else(|| texts.get("customer-no-name"), |customer| customer.name.clone());
    lines.push(Line { role: Role::Title, target: Some(Target::Calls), ..line(&texts.get("customer-name"), name) });
    let numbers: Vec<String> = body.numbers.iter().map(|one| number::spaced(one)).collect();
    let numbers = if numbers.is_empty() { number::spaced(&body.number) } else { numbers.join(", ") };
    lines.push(line(&texts.get("customer-numbers"), numbers));
    if let Some(remark) = body.customer.as_ref().and_then(|customer| customer.remark.clone()).filter(|text| !text.is_empty()) {
        lines.push(line(&texts.get("customer-remark"), remark));
    }
}

fn sums(body: &NumberBody, desk: &Desk, lines: &mut Vec<Line>) {
    let texts = &desk.setup.texts;
    let totals = &body.totals;
    let calls = texts.counted("customer-calls-sum", totals.calls, &[]);
    let answered = texts.with(
        "customer-answered",
        &[
            ("answered", &grouped(totals.answered)),
            ("missed", &grouped(totals.missed)),
            ("unanswered", &grouped(totals.unanswered)),
        ],
    );
    lines.push(Line { target: Some(Target::Calls), ..line(&texts.get("customer-calls"), format!("{calls} · {answered}")) });
    let talk = texts.with("sum-talk", &[("talk", &long_length(totals.talk_s))]);
    let recorded = if totals.recordings == 0 {
        texts.get("customer-no-recordings")
    } else {
        let size = bytes(totals.bytes);
        let recorded = texts.counted("customer-recordings", totals.recordings, &[]);
        format!("{recorded}, {}, {size}", long_length(totals.recorded_s))
    };
    lines.push(line(&texts.get("customer-talk"), format!("{talk} · {recorded}")));
    if !totals.cost.is_empty() {
        lines.push(line(&texts.get("fact-cost"), totals::cost(totals)));
    }
    if let (Some(first), Some(last)) = (body.first, body.last) {
        lines.push(line(&texts.get("customer-first"), day(first, desk)));
        lines.push(line(&texts.get("customer-last"), day(last, desk)));
    }
}

fn others(body: &NumberBody, desk: &Desk, lines: &mut Vec<Line>) {
    let texts = &desk.setup.texts;
    let known: Vec<_> = body.agents.iter().filter_map(|share| Some((share, share.value.clone()?))).collect();
    if !known.is_empty() {
        lines.push(heading(desk, "customer-agents"));
        for (share, name) in known {
            let calls = texts.counted("customer-calls-sum", share.totals.calls, &[]);
            let talk = texts.with("sum-talk", &[("talk", &long_length(share.totals.talk_s))]);
            lines.push(line("", format!("{name} · {calls} · {talk}")));
        }
    }
    let used = |used: &[Used]| used.iter().map(|used| format!("{} ({})", used.name, grouped(used.calls))).collect::<Vec<_>>();
    if !body.cases.is_empty() {
        lines.push(heading(desk, "customer-cases"));
        for (case, text) in body.cases.iter().zip(used(&body.cases)) {
            let target = facet::term("case", Some(&case.name), []).map(Target::Term);
            lines.push(Line { target, ..line("", text) });
        }
    }
    if !body.tags.is_empty() {
        lines.push(heading(desk, "customer-tags"));
        lines.push(line("", used(&body.tags).join(", ")));
    }
}

fn notes(body: &NumberBody, desk: &Desk, lines: &mut Vec<Line>) {
    if body.notes.is_empty() {
        return;
    }
    lines.push(heading(desk, "section-notes"));
    for entry in &body.notes {
        let head = format!("{} · {}", day(entry.note.created, desk), entry.note.author);
        let target = Some(Target::Call(entry.call.clone()));
        lines.push(Line { role: Role::TextMuted, target: target.clone(), ..line("", head) });
        for text in clean::lines(&entry.note.text, 2_000) {
            lines.push(Line { target: target.clone(), ..line("", text) });
        }
    }
}

fn calls(page: &CustomerPage, desk: &Desk, lines: &mut Vec<Line>) {
    lines.push(heading(desk, "customer-list"));
    let Some(calls) = &page.calls else {
        lines.push(Line { role: Role::TextMuted, ..line("", desk.setup.texts.get("reading")) });
        return;
    };
    for call in calls {
        let length = talk(call, desk).0;
        let recorded = call.recordings.iter().map(|one| one.length_s.0).sum();
        let recording = if call.recordings.is_empty() { "○".to_owned() } else { format!("● {}", Tenths(recorded).clock()) };
        let who = call.agent.clone().or_else(|| call.extension.clone()).unwrap_or_default();
        let first = format!("{} {} {length}", day(call.start, desk), way(call).0.trim());
        let text = [first, who, recording].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        lines.push(Line { target: Some(Target::Call(call.id.clone())), ..line("", text) });
    }
    if let Some(body) = &page.body
        && body.totals.calls > calls.len() as u64
    {
        let more = desk.setup.texts.with("customer-more", &[("n", &grouped(body.totals.calls - calls.len() as u64))]);
        lines.push(Line { role: Role::TextMuted, target: Some(Target::Calls), ..line("", more) });
    }
}
