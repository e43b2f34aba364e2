//! Writes a planned call out as the exchange would have told it: numbers, legs, timeline.

use jiff::{SignedDuration, Timestamp};

use super::{
    numbers::{direct_number, inside, main_number, number, outside},
    plan::{Plan, Sequel},
    staff::{QUEUES, Staff},
};
use crate::domain::{
    call::{Direction, Leg, Number, Outcome, Route, TimelineEvent, TimelineKind},
    fold::FoldedCall,
};

/// Q.850 causes.
const NORMAL: i32 = 16;
const BUSY: i32 = 17;
const NO_ANSWER: i32 = 19;
const ELSEWHERE: i32 = 26;
const CONGESTED: i32 = 34;

/// Channels of one call get numbers next to each other.
const CHANNELS: u64 = 8;
/// An exchange starts its channel numbers anew now and then; so many fit into the 22 bits that ids leave for them.
const SEQUENCES: u64 = 1 << 22;

/// Writes calls out.
#[derive(Clone, Copy, Debug)]
pub struct Teller<'a> {
    pub seed: u64,
    pub staff: &'a Staff,
    /// Leave the timeline out and name only the linkedid: for millions of calls.
    pub lean: bool,
    /// Parties of lower rank have names, which the exchange tells.
    pub named: u64,
}

impl Teller<'_> {
    pub fn tell(&self, plan: &Plan) -> FoldedCall {
        let start = instant(plan.start, 0);
        let answered = (plan.outcome == Outcome::Answered).then(|| instant(plan.start, plan.before_talk()));
        let other = plan.party.map(|party| outside(number(self.seed, party).0));
        let extensions: Vec<String> = plan.seats().iter().map(|seat| self.extension(*seat)).collect();
        let own = plan.main_seat().and_then(|seat| self.staff.seats.get(seat)).map(|seat| seat.extension.clone());
        let (from, to) = match plan.direction {
            Direction::Out => (Some(self.shown(plan)), other.clone()),
            Direction::In => (other.clone(), Some(self.called(plan))),
            Direction::Internal => {
                (extensions.first().map(|number| inside(number)), extensions.get(1).map(|number| inside(number)))
            }
        };
        let reached = answered.and_then(|_| match (plan.direction, plan.sequel) {
            (Direction::Out, _) => other.clone(),
            (Direction::Internal, _) => to.clone(),
            (Direction::In, Sequel::Forward) => Some(forwarded_to(plan)),
            (Direction::In, Sequel::Blind | Sequel::Attended) => extensions.last().map(|number| inside(number)),
            (Direction::In, _) => own.as_deref().map(inside),
        });
        let mut script = Script::new(self, plan, other.as_ref());
        script.play();
        let source_ids =
            if self.lean { vec![unique_id(plan, 0)] } else { script.legs.iter().map(|leg| leg.unique_id.clone()).collect() };
        FoldedCall {
            source_ids,
            start,
            start_whole_second: false,
            answered,
            end: Some(instant(plan.start, plan.duration().0)),
            direction: plan.direction,
            route: plan.route,
            outcome: plan.outcome,
            caller_name: self.caller_name(plan),
            from,
            to,
            reached,
            extension: own,
            extensions,
            queue: plan.queue.and_then(|queue| QUEUES.get(usize::from(queue))).map(|(name, _)| (*name).to_owned()),
            wait: Some(plan.wait()),
            talk: Some(plan.talked()),
            talk_at_most: None,
            on_hold: Some(crate::domain::length::Tenths(plan.hold)),
            duration: Some(plan.duration()),
            leg_count: u32::try_from(script.legs.len()).unwrap_or(0),
            legs: script.legs,
            timeline: script.timeline,
            records: Vec::new(),
        }
    }

    fn extension(&self, seat: u16) -> String {
        self.staff.seats.get(usize::from(seat)).map(|seat| seat.extension.clone()).unwrap_or_default()
    }

    /// What somebody called by us sees: managers and salespeople show their own number.
    fn shown(&self, plan: &Plan) -> Number {
        match plan.main_seat() {
            Some(seat) if seat % 3 == 0 => direct_number(&self.extension(seat as u16)),
            _ => main_number(),
        }
    }

    fn called(&self, plan: &Plan) -> Number {
        match (plan.route, plan.seats().first()) {
            (Some(Route::Direct), Some(seat)) => direct_number(&self.extension(*seat)),
            _ => main_number(),
        }
    }

    fn caller_name(&self, plan: &Plan) -> Option<String> {
        match plan.party {
            Some(super::numbers::Party::Regular(rank)) if plan.direction == Direction::In && rank < self.named => {
                Some(super::numbers::customer_name(self.seed, rank))
            }
            _ => None,
        }
    }
}

/// Where calls of a forwarding extension go: a mobile number that Ofcom keeps for drama.
fn forwarded_to(plan: &Plan) -> Number {
    outside(format!("+447700900{:03}", plan.main_seat().unwrap_or(0) % 1_000))
}

/// `tenths` after a start in Unix milliseconds.
pub fn instant(start: i64, tenths: i64) -> Timestamp {
    let start = Timestamp::from_millisecond(start).unwrap_or(Timestamp::UNIX_EPOCH);
    start.checked_add(SignedDuration::from_millis(tenths * 100)).unwrap_or(start)
}

/// The exchange's own id of the n-th channel of a call; the first is the linkedid.
pub fn unique_id(plan: &Plan, channel: u64) -> String {
    let sequence = (plan.index * CHANNELS + channel) % SEQUENCES;
    format!("pbx-{}.{sequence}", plan.start.div_euclid(1000))
}

/// Legs and timeline of one call while they are written.
struct Script<'a> {
    teller: &'a Teller<'a>,
    plan: &'a Plan,
    other: Option<&'a Number>,
    legs: Vec<Leg>,
    timeline: Vec<TimelineEvent>,
}

impl<'a> Script<'a> {
    fn new(teller: &'a Teller<'a>, plan: &'a Plan, other: Option<&'a Number>) -> Self {
        Self { teller, plan, other, legs: Vec::with_capacity(4), timeline: Vec::new() }
    }

    fn play(&mut self) {
        let plan = self.plan;
        let end = plan.duration().0;
        let answered = plan.outcome == Outcome::Answered;
        let talk = plan.before_talk();
        let done = if answered { talk + plan.conversation() } else { end };
        let caller = if plan.direction == Direction::In { None } else { plan.seats().first().copied() };
        let picked_up = if plan.menu > 0 { Some(1) } else { answered.then_some(talk) };
        let cause = match plan.outcome {
            Outcome::Answered => NORMAL,
            Outcome::Busy => BUSY,
            Outcome::Failed => CONGESTED,
            _ => NO_ANSWER,
        };
        self.event(0, TimelineKind::Start, caller, None);
        self.leg(caller, 0, picked_up, done, cause);
        if plan.menu > 0 {
            self.event(1, TimelineKind::Menu, None, None);
        }
        if let Some((queue, _)) = plan.queue.and_then(|queue| QUEUES.get(usize::from(queue))) {
            self.event(plan.menu, TimelineKind::Queue, None, Some(queue));
        }
        self.ringing(talk, done, cause);
        if answered {
            self.event(talk, TimelineKind::Bridge, self.plan.seats().get(usize::from(plan.first)).copied(), None);
            self.sequel(talk, done);
        }
        self.event(done, TimelineKind::Hangup, None, None);
        self.event(end, TimelineKind::End, None, None);
        self.timeline.sort_by_key(|event| event.at);
    }

    /// The called side: trunk or phones.
    fn ringing(&mut self, talk: i64, done: i64, cause: i32) {
        let plan = self.plan;
        let answered = plan.outcome == Outcome::Answered;
        if plan.direction == Direction::Out {
            self.event(0, TimelineKind::Ring, None, None);
            self.leg(None, 0, answered.then_some(talk), done, cause);
            return;
        }
        let called = match plan.direction {
            Direction::Internal => plan.seats().get(1..2),
            _ if matches!(plan.sequel, Sequel::Blind | Sequel::Attended) => plan.seats().get(..plan.seats().len() - 1),
            _ => Some(plan.seats()),
        };
        let called = called.unwrap_or_default();
        for (place, seat) in called.iter().enumerate() {
            let talks = answered && place + 1 == called.len();
            let waited = if plan.queue.is_some() { plan.menu + plan.queued * (place as i64 + 1) / 3 } else { plan.menu };
            let begin = if talks { talk - plan.ring } else { waited.min(talk) };
            self.event(begin, TimelineKind::Ring, Some(*seat), None);
            if talks {
                let until =
                    if matches!(plan.sequel, Sequel::Blind | Sequel::Attended) { talk + plan.talk + plan.hold } else { done };
                self.leg(Some(*seat), begin, Some(talk), until, NORMAL);
            } else {
                let missed = if answered { ELSEWHERE } else { cause };
                self.leg(Some(*seat), begin, None, if answered { talk } else { done }, missed);
            }
        }
    }

    fn sequel(&mut self, talk: i64, done: i64) {
        let plan = self.plan;
        let first = plan.seats().get(usize::from(plan.first)).copied();
        let second = plan.seats().last().copied();
        let paused = talk + plan.talk;
        match plan.sequel {
            Sequel::None => {}
            Sequel::Hold => {
                self.event(paused, TimelineKind::Hold, first, None);
                self.event(paused + plan.hold, TimelineKind::Unhold, first, None);
            }
            Sequel::Blind => {
                self.event(paused, TimelineKind::Transfer, first, Some("blind"));
                self.event(paused, TimelineKind::Ring, second, None);
                self.leg(second, paused, Some(paused + plan.gap), done, NORMAL);
                self.event(paused + plan.gap, TimelineKind::Bridge, second, None);
            }
            Sequel::Attended => {
                let asked = paused + plan.hold / 3;
                self.event(paused, TimelineKind::Hold, first, None);
                self.event(paused, TimelineKind::Ring, second, None);
                self.leg(second, paused, Some(asked), done, NORMAL);
                self.event(asked, TimelineKind::Answer, second, None);
                self.event(paused + plan.hold, TimelineKind::Transfer, first, Some("attended"));
                self.event(paused + plan.hold, TimelineKind::Bridge, second, None);
            }
            Sequel::Forward => {
                let number = forwarded_to(plan).canonical;
                self.leg(None, talk - plan.ring / 2, Some(talk), done, NORMAL);
                if let Some(leg) = self.legs.last_mut() {
                    leg.number = Some(number);
                }
            }
        }
    }

    fn leg(&mut self, seat: Option<u16>, begin: i64, answered: Option<i64>, end: i64, cause: i32) {
        let channel = self.legs.len() as u64;
        let extension = seat.map(|seat| self.teller.extension(seat));
        let number = if extension.is_none() { self.other.map(|number| number.canonical.clone()) } else { None };
        let name = extension.as_deref().unwrap_or("trunk");
        self.legs.push(Leg {
            channel: format!("PJSIP/{name}-{:08x}", (self.plan.index * CHANNELS + channel) % SEQUENCES),
            unique_id: unique_id(self.plan, channel),
            extension,
            number,
            start: instant(self.plan.start, begin),
            answered: answered.map(|at| instant(self.plan.start, at)),
            end: Some(instant(self.plan.start, end)),
            cause: Some(cause),
        });
    }

    fn event(&mut self, at: i64, kind: TimelineKind, seat: Option<u16>, detail: Option<&str>) {
        if self.teller.lean {
            return;
        }
        let party = seat.map(|seat| self.teller.extension(seat)).or_else(|| match kind {
            TimelineKind::Start | TimelineKind::Ring => self.other.map(|number| number.canonical.clone()),
            _ => None,
        });
        self.timeline.push(TimelineEvent { at: instant(self.plan.start, at), kind, party, detail: detail.map(str::to_owned) });
    }
}
