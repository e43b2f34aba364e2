//! A call from call records alone: conservative, since they tell neither the dialled number of incoming calls, nor menu
//! time from talk time. What cannot be known stays unknown.

use super::{
    parties::{Parties, Party},
    text, to_number, to_time,
};
use crate::{
    domain::{
        call::{Direction, Leg, Outcome, Route, TimelineEvent, TimelineKind},
        fold::FoldedCall,
        length::Tenths,
        number::is_withheld,
    },
    pbx::asterisk::record::{Cdr, Micros, QueueEvent},
};

const SECOND: Micros = 1_000_000;

/// The lines of one call, first things first.
struct Lines<'a> {
    lines: Vec<&'a Cdr>,
    parties: &'a Parties<'a>,
    direction: Direction,
    queue: Option<String>,
    /// A queue ran, whether its name is known or not.
    queued: bool,
}

pub(super) fn fold(lines: &[&Cdr], queue_events: &[&QueueEvent], parties: &Parties<'_>) -> FoldedCall {
    let view = Lines::new(lines, queue_events, parties);
    let nothing = Cdr::default();
    let first = view.lines.first().copied().unwrap_or(&nothing);
    let start = first.start;
    let end = view.lines.iter().map(|line| line.end).max().unwrap_or(start);
    let whole = view.lines.iter().any(|line| line.whole_seconds);
    let talked = view.talk_lines();
    let outcome = view.outcome(&talked, queue_events, end);
    let extensions = view.extensions();
    let known = view.direction != Direction::In;
    let bound: i64 = talked.iter().filter(|line| line.channel == first.channel).map(|line| billed(line)).sum();
    let (wait, talk, at_most, answered) = match talked.first() {
        None => (Some(end - start), Some(0), whole.then_some(0), None),
        Some(line) if known && talked.len() == 1 => {
            let answer = line.answer.unwrap_or(line.end);
            let talk = if whole { line.billsec.max(0) * SECOND } else { line.end - answer };
            (Some(answer - start), Some(talk), whole.then_some(bound), Some(answer))
        }
        Some(line) if known => (line.answer.map(|answer| answer - start), None, Some(bound), line.answer),
        Some(_) => (None, None, Some(bound), None),
    };
    let plan = &parties.rules().plan;
    let (from, to, reached) = view.numbers(first, &talked);
    let extension = match view.direction {
        Direction::In => talked.iter().find_map(|line| view.extension_of(line)).or_else(|| extensions.first().cloned()),
        _ => extensions.first().cloned(),
    };
    let legs = view.legs();
    FoldedCall {
        source_ids: Vec::new(),
        start: to_time(start),
        start_whole_second: whole,
        answered: answered.map(to_time),
        end: Some(to_time(end)),
        direction: view.direction,
        route: (view.direction == Direction::In && view.queued).then_some(Route::Queue),
        outcome,
        from: to_number(&from, plan),
        to: to_number(&to, plan),
        reached: to_number(&reached, plan),
        caller_name: (view.direction == Direction::In).then(|| name_of(first)).flatten(),
        extension,
        extensions,
        queue: view.queue.clone(),
        wait: wait.map(Tenths::from_micros),
        talk: talk.map(Tenths::from_micros),
        talk_at_most: at_most.map(|micros| Tenths(micros.max(0).div_euclid(100_000) + i64::from(micros % 100_000 != 0))),
        on_hold: talked.is_empty().then_some(Tenths(0)),
        duration: Some(Tenths::from_micros(end - start)),
        leg_count: u32::try_from(legs.len()).unwrap_or(u32::MAX),
        timeline: timeline(&view, start, end),
        legs,
        records: Vec::new(),
    }
}

/// How long a line was answered; where only whole seconds are told, one more always bounds it.
fn billed(line: &Cdr) -> Micros {
    if line.whole_seconds { (line.billsec.max(0) + 1) * SECOND } else { line.end - line.answer.unwrap_or(line.end) }
}

/// Applications that answer in place of a person.
fn is_machine(app: &str) -> bool {
    matches!(
        app,
        "VoiceMail"
            | "VoiceMailMain"
            | "Playback"
            | "Read"
            | "WaitExten"
            | "BackGround"
            | "Hangup"
            | "Echo"
            | "MusicOnHold"
            | "Congestion"
            | "Busy"
    )
}

impl<'a> Lines<'a> {
    fn new(lines: &[&'a Cdr], queue_events: &[&QueueEvent], parties: &'a Parties<'a>) -> Self {
        // The same line by two writers: the one with the finer clock counts.
        let precise: Vec<&str> = lines.iter().filter(|line| !line.whole_seconds).map(|line| line.unique_id.as_str()).collect();
        let mut lines: Vec<&Cdr> =
            lines.iter().copied().filter(|line| !line.whole_seconds || !precise.contains(&line.unique_id.as_str())).collect();
        lines.sort_by_key(|line| {
            (line.start, line.linked_id != line.unique_id, line.far_channel.is_empty(), line.end, line.sequence)
        });
        let outside = |channel: &str| !channel.is_empty() && parties.of(channel) == Party::Outside;
        let started = lines.iter().find(|line| parties.of(&line.channel) != Party::Inside).or_else(|| lines.first());
        let direction = match started {
            Some(line) if outside(&line.channel) => Direction::In,
            Some(line) => {
                let leaves = lines.iter().any(|line| outside(&line.channel) || outside(&line.far_channel));
                let alone = lines.iter().all(|line| line.far_channel.is_empty());
                let long =
                    line.destination.len() > 6 && line.destination.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+');
                if leaves || alone && long { Direction::Out } else { Direction::Internal }
            }
            None => Direction::In,
        };
        let queue = lines
            .iter()
            .filter(|line| line.app == "Queue")
            .map(|line| line.app_data.split([',', '|']).next().unwrap_or_default())
            .chain(queue_events.iter().filter(|event| event.kind == "ENTERQUEUE").map(|event| event.queue.as_str()))
            .rfind(|name| !name.is_empty())
            .map(text);
        let queued = queue.is_some() || lines.iter().any(|line| line.app == "Queue");
        Self { lines, parties, direction, queue, queued }
    }

    /// Lines on which two parties were joined.
    fn talk_lines(&self) -> Vec<&'a Cdr> {
        let joined = |line: &&&Cdr| line.disposition == "ANSWERED" && !line.far_channel.is_empty() && !is_machine(&line.app);
        let caller = self.lines.first().map(|line| line.channel.as_str());
        let main = |line: &&&Cdr| Some(line.channel.as_str()) == caller;
        if self.lines.iter().filter(joined).any(|line| main(&line)) {
            self.lines.iter().filter(joined).filter(main).copied().collect()
        } else {
            self.lines.iter().filter(joined).copied().collect()
        }
    }

    fn extension_of(&self, line: &Cdr) -> Option<String> {
        [&line.channel, &line.far_channel]
            .into_iter()
            .filter(|channel| !channel.is_empty())
            .find_map(|channel| self.parties.of(channel).extension().map(str::to_owned))
    }

    fn extensions(&self) -> Vec<String> {
        let mut extensions: Vec<String> = Vec::new();
        for channel in self.lines.iter().flat_map(|line| [&line.channel, &line.far_channel]).filter(|channel| !channel.is_empty())
        {
            if let Party::Extension(number) = self.parties.of(channel)
                && !extensions.contains(&number)
            {
                extensions.push(number);
            }
        }
        extensions
    }

    fn outcome(&self, talked: &[&Cdr], queue_events: &[&QueueEvent], end: Micros) -> Outcome {
        if !talked.is_empty() {
            return Outcome::Answered;
        }
        let last = self.lines.iter().rev().max_by_key(|line| (line.end, line.start));
        let disposition = last.map(|line| line.disposition.as_str()).unwrap_or_default();
        if self.queued {
            let word = queue_events
                .iter()
                .rev()
                .find(|event| matches!(event.kind.as_str(), "ABANDON" | "EXITWITHTIMEOUT" | "EXITWITHKEY" | "EXITEMPTY"));
            let in_queue = last.is_some_and(|line| {
                let timeout = line.app_data.split([',', '|']).nth(4).and_then(|text| text.trim().parse::<i64>().ok());
                line.app == "Queue" && timeout.is_none_or(|timeout| timeout <= 0 || (end - line.start) / SECOND < timeout)
            });
            if word.map_or(in_queue, |word| word.kind == "ABANDON" && in_queue) {
                return Outcome::Abandoned;
            }
        }
        match (self.direction, disposition) {
            (_, "BUSY") => Outcome::Busy,
            (Direction::In, _) => Outcome::Missed,
            (_, "FAILED" | "CONGESTION") => Outcome::Failed,
            (Direction::Out, _) => Outcome::Unanswered,
            (Direction::Internal, _) => Outcome::Missed,
        }
    }

    fn numbers(&self, first: &Cdr, talked: &[&Cdr]) -> (String, String, String) {
        let last_of_ours = |but: Option<&str>| {
            let of = |channel: &String| {
                self.parties.of(channel).extension().map(str::to_owned).filter(|number| Some(number.as_str()) != but)
            };
            talked
                .iter()
                .rev()
                .find_map(|line| Some(&line.far_channel).filter(|channel| !channel.is_empty()).and_then(of))
                .unwrap_or_default()
        };
        match self.direction {
            Direction::In => {
                let reached = last_of_ours(None);
                (first.source.clone(), String::new(), reached)
            }
            Direction::Out => {
                let reached = if talked.is_empty() { String::new() } else { first.destination.clone() };
                (first.source.clone(), first.destination.clone(), reached)
            }
            Direction::Internal => {
                let from = self.parties.of(&first.channel).extension().map_or_else(|| first.source.clone(), str::to_owned);
                let reached = last_of_ours(Some(&from));
                (from, first.destination.clone(), reached)
            }
        }
    }

    fn legs(&self) -> Vec<Leg> {
        let mut legs: Vec<Leg> = Vec::new();
        for line in &self.lines {
            for (channel, unique_id) in [(&line.channel, line.unique_id.as_str()), (&line.far_channel, "")] {
                if channel.is_empty() || self.parties.of(channel) == Party::Inside {
                    continue;
                }
                let channel = text(channel);
                if let Some(leg) = legs.iter_mut().find(|leg| leg.channel == channel) {
                    leg.end = leg.end.max(Some(to_time(line.end)));
                    if leg.unique_id.is_empty() {
                        unique_id.clone_into(&mut leg.unique_id);
                    }
                    continue;
                }
                let party = self.parties.of(&channel);
                let is_caller = !unique_id.is_empty();
                legs.push(Leg {
                    unique_id: unique_id.to_owned(),
                    extension: party.extension().map(str::to_owned),
                    number: (party == Party::Outside)
                        .then(|| text(if is_caller { &line.source } else { &line.destination }))
                        .filter(|number| !number.is_empty()),
                    start: to_time(line.start),
                    answered: line.answer.map(to_time),
                    end: Some(to_time(line.end)),
                    cause: None,
                    channel,
                });
            }
        }
        legs
    }
}

fn name_of(first: &Cdr) -> Option<String> {
    let name = first.caller_id.rsplit_once('<').map_or("", |(name, _)| name).trim();
    let name = text(name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name));
    (!is_withheld(&name) && name != first.source).then_some(name)
}

fn timeline(view: &Lines<'_>, start: Micros, end: Micros) -> Vec<TimelineEvent> {
    let event = |at, kind, party, detail| TimelineEvent { at: to_time(at), kind, party, detail };
    let mut timeline = vec![event(start, TimelineKind::Start, None, None)];
    for line in &view.lines {
        let party = view.extension_of(line);
        if !line.far_channel.is_empty() {
            timeline.push(event(
                line.start,
                TimelineKind::Ring,
                party.clone(),
                Some(text(&line.app)).filter(|app| !app.is_empty()),
            ));
        }
        if let Some(answer) = line.answer {
            timeline.push(event(answer, TimelineKind::Answer, party, None));
        }
    }
    timeline.push(event(end, TimelineKind::End, None, view.lines.last().map(|line| text(&line.disposition))));
    timeline.sort_by_key(|event| event.at);
    timeline
}
