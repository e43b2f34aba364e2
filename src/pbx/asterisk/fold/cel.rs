//! A call from its channel events: the truth, where there are any.

use std::collections::BTreeMap;

use super::{
    bridges::{Member, Stretch, stretches},
    legs::{legs, name_of},
    outcome::outcome,
    parties::{Parties, Party, is_short},
    text, timeline, to_number, to_time,
};
use crate::{
    domain::{
        call::{Direction, Route},
        fold::FoldedCall,
        length::Tenths,
        number::is_withheld,
    },
    pbx::asterisk::{
        channel::{ChannelName, dial_targets},
        record::{Cel, Micros, QueueEvent},
    },
};

/// One channel's life.
#[derive(Clone, Debug)]
pub(super) struct Channel<'a> {
    pub first: &'a Cel,
    /// Its `CHAN_START` was read.
    pub started: bool,
    pub party: Party,
    pub answered: Option<Micros>,
    pub end: Option<Micros>,
    pub cause: Option<i32>,
    pub hangup_source: &'a str,
    pub dial_status: &'a str,
    /// Last number shown on it.
    pub number: &'a str,
}

/// One stretch of talk, or of the other party waiting alone.
#[derive(Clone, Debug)]
struct Interval {
    from: Micros,
    until: Option<Micros>,
    /// Extensions in it, in order of entering; outside legs where nobody of ours was.
    with: Vec<Member>,
}

/// The call as seen while folding.
pub(super) struct View<'a> {
    pub events: Vec<&'a Cel>,
    pub queue_events: Vec<&'a QueueEvent>,
    pub channels: Vec<(String, Channel<'a>)>,
    pub parties: Parties<'a>,
}

impl<'a> View<'a> {
    pub fn new(events: Vec<&'a Cel>, queue_events: Vec<&'a QueueEvent>, parties: Parties<'a>) -> Self {
        let mut index: BTreeMap<&str, usize> = BTreeMap::new();
        let mut channels: Vec<(String, Channel<'a>)> = Vec::new();
        for event in &events {
            let at = *index.entry(&event.unique_id).or_insert_with(|| {
                channels.push((event.unique_id.clone(), Channel::new(event, &parties)));
                channels.len() - 1
            });
            channels[at].1.see(event);
        }
        Self { events, queue_events, channels, parties }
    }

    fn channel(&self, unique_id: &str) -> Option<&Channel<'a>> {
        self.channels.iter().find(|(id, _)| id == unique_id).map(|(_, channel)| channel)
    }

    /// The channel that the call began on; none if its events are lost.
    pub fn caller(&self) -> Option<(&str, &Channel<'a>)> {
        let (id, channel) = self.channels.iter().find(|(_, channel)| channel.party != Party::Inside)?;
        // A leg that was dialled from the start has lost its caller: the linkedid is another channel's.
        let dialled = channel.first.linked_id != *id && !self.channels.iter().any(|(other, _)| *other == channel.first.linked_id);
        (!dialled).then_some((id.as_str(), channel))
    }

    fn extensions(&self) -> Vec<String> {
        let mut extensions: Vec<String> = Vec::new();
        for event in &self.events {
            if !matches!(event.kind.as_str(), "CHAN_START" | "BRIDGE_ENTER" | "ANSWER") {
                continue;
            }
            if let Party::Extension(number) = self.parties.of(&event.channel)
                && !extensions.contains(&number)
            {
                extensions.push(number);
            }
        }
        extensions
    }

    fn queue_starts(&self) -> impl Iterator<Item = (&'a Cel, &'a str)> + '_ {
        self.events
            .iter()
            .filter(|event| event.kind == "APP_START" && event.app == "Queue")
            .map(|event| (*event, event.app_data.split([',', '|']).next().unwrap_or_default()))
    }
}

impl<'a> Channel<'a> {
    fn new(first: &'a Cel, parties: &Parties<'_>) -> Self {
        Self {
            first,
            started: false,
            party: parties.of(&first.channel),
            answered: None,
            end: None,
            cause: None,
            hangup_source: "",
            dial_status: "",
            number: "",
        }
    }

    fn see(&mut self, event: &'a Cel) {
        let extra = |key: &str| event.extra.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        match event.kind.as_str() {
            "CHAN_START" => self.started = true,
            "ANSWER" => self.answered = self.answered.or(Some(event.at)),
            "HANGUP" => {
                self.cause = extra("hangupcause").and_then(|cause| cause.parse().ok());
                self.hangup_source = extra("hangupsource").unwrap_or_default();
                self.dial_status = extra("dialstatus").unwrap_or_default();
                self.end = Some(event.at);
            }
            "CHAN_END" => self.end = Some(event.at),
            _ => {}
        }
        if !event.number.is_empty() {
            self.number = &event.number;
        }
    }
}

/// Everything that talk, wait and hold follow from.
struct Talk {
    intervals: Vec<Interval>,
    on_hold: Micros,
    /// Nobody of ours took part: the call was passed on to an outside number.
    forwarded: bool,
    /// The last outside leg that the caller was joined to, and when.
    outside: Option<(Micros, Member)>,
    /// A bridge never ended in the events.
    open: bool,
}

pub(super) fn fold(view: &View<'_>) -> FoldedCall {
    let caller = view.caller();
    let direction = direction(view);
    let all = stretches(&view.events, &view.parties);
    let talk = talk(view, direction, &all);
    let start = view
        .channels
        .iter()
        .filter(|(_, channel)| channel.started)
        .map(|(_, channel)| channel.first.at)
        .min()
        .or_else(|| view.events.first().map(|event| event.at))
        .unwrap_or_default();
    let end = end(view);
    let first_talk = talk.intervals.first();
    let answered = first_talk.map(|interval| interval.from);
    let (queue, route) = (queue(view, answered), route(view, direction, answered));
    let outcome = outcome(view, direction, first_talk.is_some(), queue.is_some());
    let length = talk.intervals.iter().map(|interval| interval.until.unwrap_or(interval.from) - interval.from).sum();
    let extensions = view.extensions();
    let (from, to, reached) = numbers(view, direction, &talk);
    let extension = match direction {
        Direction::In if talk.forwarded || first_talk.is_none() => forwarder(view, &talk).or_else(|| extensions.first().cloned()),
        Direction::In => {
            first_talk.and_then(|interval| interval.with.iter().find_map(|member| member.party.extension())).map(str::to_owned)
        }
        Direction::Out => first_talk
            .and_then(|interval| interval.with.iter().find_map(|member| member.party.extension()))
            .map(str::to_owned)
            .or_else(|| extensions.first().cloned()),
        Direction::Internal => {
            caller.and_then(|(_, channel)| channel.party.extension()).map(str::to_owned).or_else(|| extensions.first().cloned())
        }
    };
    let mut extensions = extensions;
    if let Some(number) = &extension
        && !extensions.contains(number)
    {
        extensions.insert(0, number.clone());
    }
    let plan = &view.parties.rules().plan;
    let wait = answered.or(end).map(|until| Tenths::from_micros(until - start));
    FoldedCall {
        source_ids: Vec::new(),
        start: to_time(start),
        start_whole_second: false,
        answered: answered.map(to_time),
        end: end.map(to_time),
        direction,
        route,
        outcome,
        from: to_number(&from, plan),
        to: to_number(&to, plan),
        reached: to_number(&reached, plan),
        caller_name: caller.filter(|_| direction == Direction::In).and_then(|(_, channel)| name_of(channel.first)),
        extension,
        extensions,
        queue,
        wait,
        talk: (!talk.open).then_some(Tenths::from_micros(length)),
        talk_at_most: None,
        on_hold: (!talk.open).then_some(Tenths::from_micros(talk.on_hold)),
        duration: end.map(|end| Tenths::from_micros(end - start)),
        leg_count: u32::try_from(view.channels.iter().filter(|(_, channel)| channel.party != Party::Inside).count())
            .unwrap_or(u32::MAX),
        legs: legs(view),
        timeline: timeline::build(view, direction),
        records: Vec::new(),
    }
}

fn direction(view: &View<'_>) -> Direction {
    let outside = view.channels.iter().any(|(_, channel)| channel.party == Party::Outside);
    match view.caller() {
        Some((_, caller)) if caller.party == Party::Outside => Direction::In,
        Some(_) if outside => Direction::Out,
        Some((id, caller)) => {
            // No leg beside it: the dialled number or Dial's argument tells where it should have gone.
            let alone = view.channels.iter().filter(|(_, channel)| channel.party != Party::Inside).count() < 2;
            let to_trunk = view.events.iter().filter(|event| event.app == "Dial").any(|event| {
                dial_targets(&event.app_data).iter().any(|target| {
                    !target.technology.eq_ignore_ascii_case("local")
                        && target.number.is_some_and(|number| number != target.endpoint)
                })
            });
            let dialled = dialled(view, id, caller);
            let long = dialled.len() > 6 && dialled.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+');
            if alone && (to_trunk || long) { Direction::Out } else { Direction::Internal }
        }
        None => Direction::In,
    }
}

/// What the caller asked for: `exten` of the first event, else what later events of that channel say.
fn dialled(view: &View<'_>, id: &str, caller: &Channel<'_>) -> String {
    let is_number = |text: &str| !text.is_empty() && !matches!(text, "s" | "h" | "i" | "t" | "o");
    if caller.started && is_number(&caller.first.exten) {
        return caller.first.exten.clone();
    }
    let own = || view.events.iter().filter(|event| event.unique_id == id);
    own()
        .map(|event| event.dnid.as_str())
        .chain(own().filter(|event| event.app == "Dial").map(|event| event.exten.as_str()))
        .find(|text| is_number(text))
        .unwrap_or_default()
        .to_owned()
}

fn talk(view: &View<'_>, direction: Direction, all: &[Stretch]) -> Talk {
    let caller = view.caller().map(|(id, _)| id.to_owned());
    let other = other_party(view, direction, caller.as_deref(), all);
    let is_extension = |member: &&Member| member.party.extension().is_some();
    let (mut with_us, mut passed_on, mut alone, mut held) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut outside = None;
    for stretch in all {
        for room in &stretch.rooms {
            let Some(place) = room.iter().position(|member| is_other(direction, &other, member)) else { continue };
            let other_member = &room[place];
            // With the caller's events lost, or among colleagues, the other party is an extension itself.
            let among_us = direction == Direction::Internal;
            let counted = |index: usize| among_us || index != place || direction == Direction::In && other.is_empty();
            let mut ours: Vec<Member> = room
                .iter()
                .enumerate()
                .filter(|(index, member)| counted(*index) && is_extension(member))
                .map(|(_, member)| member.clone())
                .collect();
            if among_us && ours.len() < 2 {
                ours.clear();
            }
            let strangers: Vec<Member> = room
                .iter()
                .filter(|member| member.party == Party::Outside && member.unique_id != other_member.unique_id)
                .cloned()
                .collect();
            let interval = |with| Interval { from: stretch.from, until: stretch.until, with };
            if !ours.is_empty() {
                if other_member.held && !other.is_empty() || ours.iter().all(|member| member.held) {
                    held.push(interval(Vec::new()));
                } else if !consulting(direction, &other, stretch) {
                    with_us.push(interval(ours));
                }
            } else if !strangers.is_empty() {
                if direction == Direction::In {
                    outside = strangers.last().map(|member| (stretch.from, member.clone()));
                }
                passed_on.push(interval(strangers));
            } else {
                alone.push(interval(Vec::new()));
            }
            break;
        }
    }
    let forwarded = with_us.is_empty() && !passed_on.is_empty() && direction == Direction::In;
    let intervals = if forwarded { passed_on } else { with_us };
    let open = intervals.iter().any(|interval| interval.until.is_none());
    let (first, last) = (intervals.first().map(|one| one.from), intervals.last().map(|one| one.from));
    let between =
        |interval: &&Interval| first.is_some_and(|first| interval.from >= first) && last.is_some_and(|last| interval.from < last);
    let length = |interval: &Interval| interval.until.unwrap_or(interval.from) - interval.from;
    let on_hold = alone.iter().filter(between).map(length).sum::<Micros>()
        + held.iter().filter(|interval| first.is_some_and(|first| interval.from >= first)).map(length).sum::<Micros>();
    Talk { intervals, on_hold, forwarded, outside, open }
}

/// Uniqueids of the other party; empty where the caller's events are lost.
fn other_party(view: &View<'_>, direction: Direction, caller: Option<&str>, all: &[Stretch]) -> Vec<String> {
    let rooms = || all.iter().flat_map(|stretch| stretch.rooms.iter());
    match direction {
        Direction::In => caller.map(str::to_owned).into_iter().collect(),
        Direction::Out => {
            let first = rooms().find_map(|room| {
                let ours = room.iter().any(|member| member.party.extension().is_some());
                room.iter().find(|member| ours && member.party == Party::Outside).map(|member| member.unique_id.clone())
            });
            let any = || view.channels.iter().find(|(_, channel)| channel.party == Party::Outside).map(|(id, _)| id.clone());
            first.or_else(any).into_iter().collect()
        }
        Direction::Internal => {
            let Some(caller) = caller else { return Vec::new() };
            let partner = rooms()
                .filter(|room| room.iter().any(|member| member.unique_id == caller))
                .find_map(|room| room.iter().find(|member| member.unique_id != caller && member.party.extension().is_some()));
            std::iter::once(caller.to_owned()).chain(partner.map(|member| member.unique_id.clone())).collect()
        }
    }
}

fn is_other(direction: Direction, other: &[String], member: &Member) -> bool {
    if other.is_empty() {
        return direction == Direction::In && member.party.extension().is_some();
    }
    other.contains(&member.unique_id)
}

/// Between colleagues: one of the two parties of an internal call waits alone while the other asks a third.
fn consulting(direction: Direction, other: &[String], stretch: &Stretch) -> bool {
    direction == Direction::Internal
        && stretch.rooms.iter().any(|room| {
            room.iter().any(|member| other.contains(&member.unique_id))
                && room.iter().filter(|member| member.party.extension().is_some()).count() == 1
        })
        && stretch.rooms.iter().filter(|room| room.iter().any(|member| other.contains(&member.unique_id))).count() > 1
}

fn end(view: &View<'_>) -> Option<Micros> {
    let ended = view.events.iter().filter(|event| event.kind == "LINKEDID_END").map(|event| event.at).max();
    let all_over = view.channels.iter().all(|(_, channel)| channel.end.is_some());
    let last = || view.channels.iter().filter_map(|(_, channel)| channel.end).max();
    match ended {
        // A second linkedid of the same call may end earlier than the rest of it.
        Some(end) => Some(if all_over { last().map_or(end, |last| last.max(end)) } else { end }),
        None => all_over.then(last).flatten(),
    }
}

fn queue(view: &View<'_>, answered: Option<Micros>) -> Option<String> {
    let in_time = |at: Micros| answered.is_none_or(|answered| at <= answered + 1_000_000);
    view.queue_starts()
        .filter(|(event, _)| in_time(event.at))
        .map(|(_, name)| name)
        .chain(
            view.queue_events
                .iter()
                .filter(|event| event.kind == "ENTERQUEUE" && in_time(event.at))
                .map(|event| event.queue.as_str()),
        )
        .filter(|name| !name.is_empty() && *name != "NONE")
        .last()
        .map(text)
}

fn route(view: &View<'_>, direction: Direction, answered: Option<Micros>) -> Option<Route> {
    if direction != Direction::In {
        return None;
    }
    let queued = queue(view, answered).is_some()
        || view.events.iter().any(|event| event.app == "AppQueue" && answered.is_none_or(|answered| event.at <= answered));
    if queued {
        return Some(Route::Queue);
    }
    let (id, caller) = view.caller()?;
    let called = view
        .channels
        .iter()
        .find(|(other, channel)| other != id && channel.party != Party::Inside)
        .map(|(_, channel)| channel.first.at);
    let dialled = view.events.iter().find(|event| event.kind == "APP_START" && event.app == "Dial").map(|event| event.at);
    let called = [called, dialled].into_iter().flatten().min();
    let by_menu = caller.answered.is_some_and(|answered| called.is_none_or(|called| answered < called));
    Some(if by_menu { Route::Ivr } else { Route::Direct })
}

/// Who passed the call on to an outside number, or was meant to get it.
fn forwarder(view: &View<'_>, talk: &Talk) -> Option<String> {
    if !talk.forwarded {
        return None;
    }
    let joined = talk.intervals.first()?.from;
    let rang = view.channels.iter().rev().find(|(_, channel)| channel.party.extension().is_some() && channel.first.at <= joined);
    if let Some((_, channel)) = rang {
        return channel.party.extension().map(str::to_owned);
    }
    let (id, _) = view.caller()?;
    let meant = |number: &str| is_short(number) && view.parties.is_extension(number);
    view.events
        .iter()
        .filter(|event| event.at <= joined)
        .filter_map(|event| {
            let local = ChannelName::parse(&event.channel).local_number();
            local.or_else(|| (event.unique_id == id || local.is_some()).then_some(event.exten.as_str()))
        })
        .rfind(|number| meant(number))
        .map(str::to_owned)
}

fn numbers(view: &View<'_>, direction: Direction, talk: &Talk) -> (String, String, String) {
    let Some((id, caller)) = view.caller() else {
        let reached = last_extension(talk, None);
        return (String::new(), String::new(), reached);
    };
    let to = dialled(view, id, caller);
    match direction {
        Direction::In => {
            let from = if is_withheld(&caller.first.number) { &caller.first.ani } else { &caller.first.number };
            let joined_later = |at: Micros| talk.intervals.last().is_none_or(|last| at > last.from);
            let reached = match &talk.outside {
                Some((at, member)) if talk.forwarded || joined_later(*at) => outside_number(view, &member.unique_id, &to),
                _ => last_extension(talk, None),
            };
            (from.clone(), to, reached)
        }
        Direction::Out => {
            let shown = view
                .events
                .iter()
                .filter(|event| event.unique_id == id && !event.number.is_empty())
                .find(|event| matches!(event.kind.as_str(), "APP_START" | "ANSWER" | "BRIDGE_ENTER" | "HANGUP"))
                .map_or_else(|| caller.first.number.clone(), |event| event.number.clone());
            let shown = if shown.is_empty() { caller.party.extension().unwrap_or_default().to_owned() } else { shown };
            let reached = if talk.intervals.is_empty() {
                String::new()
            } else {
                view.channels
                    .iter()
                    .find(|(_, channel)| channel.party == Party::Outside && channel.answered.is_some())
                    .map_or_else(|| to.clone(), |(other, _)| outside_number(view, other, &to))
            };
            (shown, to, reached)
        }
        Direction::Internal => {
            let from = caller.party.extension().unwrap_or_default().to_owned();
            (from, to, last_extension(talk, Some(id)))
        }
    }
}

fn last_extension(talk: &Talk, but: Option<&str>) -> String {
    let last = talk.intervals.last().filter(|_| !talk.forwarded);
    last.and_then(|interval| interval.with.iter().rev().find(|member| but != Some(member.unique_id.as_str())))
        .and_then(|member| member.party.extension())
        .unwrap_or_default()
        .to_owned()
}

/// The number behind an outside leg that was dialled: what Dial sent, else what the leg shows.
fn outside_number(view: &View<'_>, unique_id: &str, fallback: &str) -> String {
    let looks = |number: &&str| {
        number.len() > 1 && number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'*' | b'#'))
    };
    let shown = view.channel(unique_id).map(|channel| channel.number).filter(looks);
    let sent = || {
        let started = view.channel(unique_id)?.first.at;
        let name = ChannelName::parse(&view.channel(unique_id)?.first.channel);
        view.events
            .iter()
            .filter(|event| event.kind == "APP_START" && event.app == "Dial" && event.at <= started)
            .rev()
            .flat_map(|event| dial_targets(&event.app_data))
            .find(|target| target.endpoint == name.endpoint)
            .and_then(|target| target.number)
            .filter(looks)
    };
    shown.or_else(sent).unwrap_or(fallback).to_owned()
}
