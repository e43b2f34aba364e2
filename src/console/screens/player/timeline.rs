//! A call drawn as a line over time: a lane each for waiting, talk and hold, numbered marks below, and what they were.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::lines::{Line, drawn, line};
use crate::{
    console::{desk::Desk, theme::Role, widgets::width},
    domain::{call::TimelineKind, length::Tenths},
    wire::{CallDetailBody, TimelineEvent},
};

/// What marks are numbered with.
const MARKS: &str = "123456789abcdefghijklmnopqrstuvwxyz";

/// Widest that the bar is drawn.
const WIDEST: usize = 300;

/// A stretch in tenths of a second from the start of the call.
type Stretch = (i64, i64);

/// Lanes, marks and their words, for a bar of so many columns; nothing where the call has no length.
pub fn bar(desk: &Desk, detail: &CallDetailBody, columns: usize) -> Vec<Line> {
    let texts = &desk.setup.texts;
    let length = length(detail);
    // Pages to be copied have no width of their own.
    let columns = columns.min(WIDEST);
    if length <= 0 || columns < 20 {
        return Vec::new();
    }
    let lanes = Lanes::of(detail, length);
    let mut lines = Vec::new();
    for (id, stretches, block, role) in [
        ("lane-wait", &lanes.wait, "░", Role::TextMuted),
        ("lane-talk", &lanes.talk, "█", Role::LaneAgent),
        ("lane-hold", &lanes.hold, "▬", Role::Warn),
    ] {
        if !stretches.is_empty() {
            lines.push(drawn(texts.get(id), lane(stretches, length, columns, block), role));
        }
    }
    let mut at: BTreeMap<usize, char> = BTreeMap::new();
    let mut words = Words::new(columns);
    for (event, mark) in marked(detail) {
        let column = column(offset(detail, event.at), length, columns);
        at.entry(column).or_insert(mark);
        words.put(column, &texts.get(&format!("event-{}", event.kind)));
    }
    let axis: String = (0..columns)
        .map(|column| match at.get(&column) {
            Some(mark) => *mark,
            None if column == 0 => '├',
            None if column + 1 == columns => '┤',
            None => '─',
        })
        .collect();
    lines.push(drawn(String::new(), axis, Role::Text));
    lines.extend(words.rows().map(|row| drawn(String::new(), row, Role::TextMuted)));
    lines.push(drawn(String::new(), clock_row(length, columns), Role::TextMuted));
    lines
}

/// What happened, each with its mark, its distance from the start and its time of day.
pub fn list(desk: &Desk, detail: &CallDetailBody) -> Vec<Line> {
    let marks: Vec<(&TimelineEvent, char)> = marked(detail).collect();
    detail
        .timeline
        .iter()
        .map(|event| {
            let mark = marks.iter().find(|(other, _)| std::ptr::eq(*other, event)).map_or(' ', |(_, mark)| *mark);
            let clock = event.at.to_zoned(desk.zone.clone()).strftime("%H:%M:%S").to_string();
            let mut text = format!("{clock}  {}", desk.setup.texts.get(&format!("event-{}", event.kind)));
            for part in [&event.party, &event.detail].into_iter().flatten() {
                text = format!("{text} · {part}");
            }
            line(format!("{mark} {:>8}", Tenths(offset(detail, event.at)).clock()), text)
        })
        .collect()
}

/// The events that have a mark: not the ends of the bar, nor each leg's hanging up.
fn marked(detail: &CallDetailBody) -> impl Iterator<Item = (&TimelineEvent, char)> {
    let plain = |kind| matches!(kind, TimelineKind::Start | TimelineKind::End | TimelineKind::Leave | TimelineKind::Hangup);
    detail.timeline.iter().filter(move |event| !plain(event.kind)).zip(MARKS.chars())
}

fn offset(detail: &CallDetailBody, at: Timestamp) -> i64 {
    let micros = at.duration_since(detail.call.start).as_micros();
    Tenths::from_micros(i64::try_from(micros).unwrap_or(0)).0.max(0)
}

/// Until the last that is known of the call.
fn length(detail: &CallDetailBody) -> i64 {
    let end = detail.call.end.map(|end| offset(detail, end));
    let last = detail.timeline.iter().map(|event| offset(detail, event.at)).max();
    let duration = detail.call.duration_s.map(|duration| duration.0);
    end.max(last).max(duration).unwrap_or(0)
}

fn column(at: i64, length: i64, columns: usize) -> usize {
    let columns = i64::try_from(columns).unwrap_or(i64::MAX);
    usize::try_from((at * (columns - 1) / length).clamp(0, columns - 1)).unwrap_or(0)
}

/// What went on when, as far as the records tell.
#[derive(Default)]
struct Lanes {
    wait: Vec<Stretch>,
    talk: Vec<Stretch>,
    hold: Vec<Stretch>,
}

impl Lanes {
    fn of(detail: &CallDetailBody, length: i64) -> Self {
        let call = &detail.call;
        let mut lanes = Self::default();
        let wait = call.wait_s.map(|wait| wait.0.min(length)).filter(|wait| *wait > 0);
        lanes.wait.extend(wait.map(|wait| (0, wait)));
        let talked = call.talk_s.is_some_and(|talk| talk.0 > 0);
        let begin = call.answered.map(|at| offset(detail, at)).or(wait);
        // Where it is told who came and went, two make a talk; else it lasts from the answer on.
        let told = detail.timeline.iter().filter(|event| event.kind == TimelineKind::Bridge).count() >= 2;
        let (mut there, mut held, mut since) = (0i32, None::<i64>, None::<i64>);
        let mut talking_from = None::<i64>;
        let mut end = length;
        for event in &detail.timeline {
            let at = offset(detail, event.at);
            match event.kind {
                TimelineKind::Bridge => there += 1,
                TimelineKind::Leave => there -= 1,
                TimelineKind::Hold => {
                    held.get_or_insert(at);
                }
                TimelineKind::Unhold => lanes.hold.extend(held.take().map(|from| (from, at))),
                TimelineKind::End => end = at,
                _ => {}
            }
            let begun = begin.is_some_and(|begin| at >= begin);
            let talking = talked && held.is_none() && if told { there >= 2 } else { begun };
            match (talking, since) {
                (true, None) => since = Some(at.max(begin.unwrap_or(at))),
                (false, Some(from)) => {
                    lanes.talk.push((from, at));
                    since = None;
                }
                _ => {}
            }
            talking_from = talking_from.or(since);
        }
        lanes.hold.extend(held.map(|from| (from, end)));
        lanes.talk.extend(since.map(|from| (from, end)));
        // Nothing was told of the talk itself.
        if talked && talking_from.is_none() {
            lanes.talk.extend(begin.map(|begin| (begin, end)));
        }
        lanes.talk.retain(|(from, to)| to > from);
        lanes
    }
}

fn lane(stretches: &[Stretch], length: i64, columns: usize, block: &str) -> String {
    let inside = |at: usize| {
        stretches.iter().any(|(from, to)| (column(*from, length, columns)..=column(to - 1, length, columns)).contains(&at))
    };
    let text: String = (0..columns).map(|at| if inside(at) { block } else { " " }).collect();
    text.trim_end().to_owned()
}

/// Words below marks, on the first of a few rows that has room.
struct Words {
    rows: [String; 2],
    columns: usize,
}

impl Words {
    fn new(columns: usize) -> Self {
        Self { rows: [const { String::new() }; 2], columns }
    }

    fn put(&mut self, at: usize, word: &str) {
        for row in &mut self.rows {
            let used = width(row);
            if (used == 0 || used < at) && at + width(word) <= self.columns {
                row.push_str(&" ".repeat(at.saturating_sub(used)));
                row.push_str(word);
                return;
            }
        }
    }

    fn rows(&self) -> impl Iterator<Item = String> {
        self.rows.iter().filter(|row| !row.is_empty()).cloned()
    }
}

/// Times below the bar: beginning, quarters, end.
fn clock_row(length: i64, columns: usize) -> String {
    let mut row = String::new();
    for quarter in 0..=4usize {
        let text = Tenths(length * i64::try_from(quarter).unwrap_or(0) / 4).clock();
        let wide = width(&text);
        let at = match quarter {
            0 => 0,
            4 => columns.saturating_sub(wide),
            _ => (columns * quarter / 4).saturating_sub(wide / 2),
        };
        let used = width(&row);
        if used == 0 || used < at {
            row.push_str(&" ".repeat(at.saturating_sub(used)));
            row.push_str(&text);
        }
    }
    row
}
