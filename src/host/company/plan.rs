//! What one made-up call is, before any name or number is written out: small, cheap, and enough to count by.

use fastrand::Rng;

use super::{
    chance::{log_normal, percent, weighted},
    numbers::{self, Party},
    staff::{Group, QUEUES, Staff},
};
use crate::domain::{
    call::{Direction, Outcome, Route},
    length::Tenths,
};

/// Most extensions that one call touches.
pub const PARTIES: usize = 3;

/// How a call went on after its first talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequel {
    None,
    /// The other party waited with music, then the same two talked on.
    Hold,
    /// Handed to the second seat, which rang while nobody talked.
    Blind,
    /// Handed to the second seat after asking it; the other party was on hold meanwhile.
    Attended,
    /// The extension sends its calls to an outside number, which answered.
    Forward,
}

/// A call in numbers. All stretches are tenths of a second and follow each other in the order of the fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    pub index: u64,
    /// Unix milliseconds.
    pub start: i64,
    pub direction: Direction,
    pub route: Option<Route>,
    pub outcome: Outcome,
    /// None: the number was withheld, or both sides are ours.
    pub party: Option<Party>,
    /// Which seats took part, in order; the first `count` hold.
    seats: [u16; PARTIES],
    count: u8,
    /// Which of them talked first.
    pub first: u8,
    /// Index into [`QUEUES`].
    pub queue: Option<u8>,
    pub sequel: Sequel,
    pub menu: i64,
    pub queued: i64,
    pub ring: i64,
    pub talk: i64,
    pub hold: i64,
    pub gap: i64,
    pub talk_again: i64,
    /// From the last hang-up until the exchange is done.
    pub tail: i64,
}

impl Plan {
    pub fn seats(&self) -> &[u16] {
        self.seats.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// The seat that the call is listed under.
    pub fn main_seat(&self) -> Option<usize> {
        self.seats().get(usize::from(self.first)).map(|seat| usize::from(*seat))
    }

    /// Start to the first talk, or to the end.
    pub fn wait(&self) -> Tenths {
        if self.outcome == Outcome::Answered { Tenths(self.before_talk()) } else { self.duration() }
    }

    pub const fn before_talk(&self) -> i64 {
        self.menu + self.queued + self.ring
    }

    pub const fn talked(&self) -> Tenths {
        Tenths(self.talk + self.talk_again)
    }

    pub const fn duration(&self) -> Tenths {
        Tenths(self.before_talk() + self.talk + self.hold + self.gap + self.talk_again + self.tail)
    }

    /// Lets the call end within so many tenths of its start, if it would last longer: it is over by then.
    pub fn shorten(&mut self, most: i64) {
        if self.duration().0 <= most {
            return;
        }
        if matches!(self.sequel, Sequel::Blind | Sequel::Attended) {
            self.count -= 1;
        }
        if self.sequel != Sequel::Forward {
            self.sequel = Sequel::None;
        }
        (self.hold, self.gap, self.talk_again, self.tail) = (0, 0, 0, 0);
        self.queued = self.queued.min((most / 2 - self.menu - self.ring).max(0));
        if self.outcome == Outcome::Answered {
            self.talk = self.talk.min((most - self.before_talk()).max(10));
        }
    }

    /// From the first talk to the last.
    pub const fn conversation(&self) -> i64 {
        self.talk + self.hold + self.gap + self.talk_again
    }
}

/// Draws calls for one company.
#[derive(Clone, Copy, Debug)]
pub struct Planner<'a> {
    pub staff: &'a Staff,
    pub regulars: u64,
}

impl Planner<'_> {
    /// The call of this number and start; `open`: somebody is at work.
    pub fn plan(&self, rng: &mut Rng, index: u64, start: i64, open: bool) -> Plan {
        let mut plan = Plan {
            index,
            start,
            direction: Direction::Out,
            route: None,
            outcome: Outcome::Answered,
            party: None,
            seats: [0; PARTIES],
            count: 0,
            first: 0,
            queue: None,
            sequel: Sequel::None,
            menu: 0,
            queued: 0,
            ring: 0,
            talk: 0,
            hold: 0,
            gap: 0,
            talk_again: 0,
            tail: rng.i64(0..4),
        };
        let lanes = if open { [38, 20, 8, 24, 10] } else { [10, 25, 60, 0, 5] };
        match weighted(rng, &lanes) {
            0 => self.outgoing(rng, &mut plan, open),
            1 => self.direct(rng, &mut plan, open),
            2 => self.menu(rng, &mut plan, open),
            3 => self.queue(rng, &mut plan),
            _ => self.internal(rng, &mut plan),
        }
        if plan.direction != Direction::Internal {
            let withheld = plan.direction == Direction::In && percent(rng, 4.0);
            plan.party = (!withheld).then(|| numbers::draw(rng, self.regulars, index));
        }
        if plan.outcome == Outcome::Answered {
            self.conversation(rng, &mut plan);
        }
        plan
    }

    fn outgoing(&self, rng: &mut Rng, plan: &mut Plan, open: bool) {
        let group = [Group::Sales, Group::Support, Group::Accounts, Group::Logistics, Group::Management, Group::Reception]
            [weighted(rng, &[45, 20, 12, 8, 9, 6])];
        self.add(rng, plan, group);
        let shares = if open { [73, 18, 6, 3] } else { [45, 45, 6, 4] };
        plan.outcome = [Outcome::Answered, Outcome::Unanswered, Outcome::Busy, Outcome::Failed][weighted(rng, &shares)];
        plan.ring = match plan.outcome {
            Outcome::Unanswered => tenths(rng, 22.0, 0.5, (3.0, 60.0)),
            Outcome::Busy => tenths(rng, 1.6, 0.4, (0.5, 6.0)),
            Outcome::Failed => tenths(rng, 0.4, 0.6, (0.1, 4.0)),
            _ => tenths(rng, 9.0, 0.5, (1.5, 55.0)),
        };
    }

    fn direct(&self, rng: &mut Rng, plan: &mut Plan, open: bool) {
        (plan.direction, plan.route) = (Direction::In, Some(Route::Direct));
        let group = [Group::Sales, Group::Support, Group::Accounts, Group::Management, Group::Logistics, Group::Reception]
            [weighted(rng, &[34, 22, 14, 12, 12, 6])];
        self.add(rng, plan, group);
        let shares = if open { [77, 17, 6] } else { [14, 84, 2] };
        plan.outcome = [Outcome::Answered, Outcome::Missed, Outcome::Busy][weighted(rng, &shares)];
        plan.ring = match plan.outcome {
            Outcome::Missed => tenths(rng, 19.0, 0.5, (2.0, 60.0)),
            Outcome::Busy => rng.i64(0..3),
            _ => tenths(rng, 6.5, 0.5, (0.8, 40.0)),
        };
    }

    /// The menu without a key: the front desk rings, or the caller hangs up before.
    fn menu(&self, rng: &mut Rng, plan: &mut Plan, open: bool) {
        (plan.direction, plan.route) = (Direction::In, Some(Route::Ivr));
        if open && percent(rng, 78.0) || !open && percent(rng, 6.0) {
            self.add(rng, plan, Group::Reception);
            plan.menu = tenths(rng, 9.0, 0.3, (3.0, 25.0));
            plan.outcome = [Outcome::Answered, Outcome::Missed][weighted(rng, &[88, 12])];
            plan.ring = match plan.outcome {
                Outcome::Missed => tenths(rng, 24.0, 0.4, (3.0, 60.0)),
                _ => tenths(rng, 5.5, 0.5, (0.8, 40.0)),
            };
        } else {
            plan.outcome = Outcome::Missed;
            plan.menu = tenths(rng, 7.0, 0.6, (0.8, 40.0));
        }
    }

    fn queue(&self, rng: &mut Rng, plan: &mut Plan) {
        (plan.direction, plan.route) = (Direction::In, Some(Route::Queue));
        let queue = weighted(rng, &[45, 55]);
        plan.queue = u8::try_from(queue).ok();
        let group = QUEUES[queue].1;
        self.add(rng, plan, group);
        if percent(rng, 22.0) {
            self.add(rng, plan, group);
            plan.first = plan.count - 1;
        }
        plan.menu = tenths(rng, 5.0, 0.4, (1.5, 20.0));
        plan.outcome = [Outcome::Answered, Outcome::Abandoned, Outcome::Missed][weighted(rng, &[82, 14, 4])];
        match plan.outcome {
            Outcome::Abandoned => {
                plan.first = 0;
                plan.queued = tenths(rng, 38.0, 0.8, (1.0, 600.0));
                if plan.queued < 60 && percent(rng, 60.0) {
                    plan.count = 0;
                }
            }
            Outcome::Missed => (plan.first, plan.queued) = (0, 1_800),
            _ => {
                plan.queued = tenths(rng, 14.0, 1.0, (0.5, 540.0));
                plan.ring = tenths(rng, 5.0, 0.5, (0.8, 20.0));
            }
        }
    }

    fn internal(&self, rng: &mut Rng, plan: &mut Plan) {
        plan.direction = Direction::Internal;
        let any = [30, 25, 10, 12, 13, 10];
        let (caller, called) = (Group::ALL[weighted(rng, &any)], Group::ALL[weighted(rng, &any)]);
        self.add(rng, plan, caller);
        self.add(rng, plan, called);
        plan.outcome = [Outcome::Answered, Outcome::Missed, Outcome::Busy][weighted(rng, &[80, 14, 6])];
        plan.ring = match plan.outcome {
            Outcome::Missed => tenths(rng, 17.0, 0.5, (2.0, 60.0)),
            Outcome::Busy => rng.i64(0..5),
            _ => tenths(rng, 5.0, 0.6, (0.6, 40.0)),
        };
    }

    fn conversation(&self, rng: &mut Rng, plan: &mut Plan) {
        let (median, sigma) = match (plan.direction, plan.route) {
            (Direction::Internal, _) => (48.0, 1.0),
            (_, Some(Route::Queue)) => (165.0, 0.9),
            (_, Some(Route::Ivr)) => (70.0, 0.9),
            _ => (105.0, 1.1),
        };
        let talk = tenths(rng, median, sigma, (2.0, 7_200.0));
        let incoming = plan.direction == Direction::In;
        plan.sequel = match rng.u32(0..100) {
            0..8 if talk > 300 && plan.direction != Direction::Internal => Sequel::Hold,
            8..13 if incoming && talk > 200 => Sequel::Blind,
            13..16 if incoming && talk > 200 => Sequel::Attended,
            16 if incoming && plan.route == Some(Route::Direct) => Sequel::Forward,
            _ => Sequel::None,
        };
        plan.talk = talk;
        if matches!(plan.sequel, Sequel::None | Sequel::Forward) {
            return;
        }
        plan.talk = (talk as f64 * (0.15 + 0.6 * rng.f64())) as i64;
        plan.talk_again = talk - plan.talk;
        match plan.sequel {
            Sequel::Blind => plan.gap = tenths(rng, 6.0, 0.5, (1.0, 40.0)),
            Sequel::Attended => plan.hold = tenths(rng, 18.0, 0.6, (4.0, 180.0)),
            _ => plan.hold = tenths(rng, 32.0, 0.7, (3.0, 600.0)),
        }
        if plan.sequel != Sequel::Hold {
            let group = Group::ALL[weighted(rng, &[2, 30, 30, 14, 14, 10])];
            self.add(rng, plan, group);
        }
    }

    /// Lets a seat of the group take part that does not yet; the first of a group are the busiest.
    fn add(&self, rng: &mut Rng, plan: &mut Plan, group: Group) {
        let (first, end) = self.staff.block(group);
        let place = (rng.f64().powf(1.4) * (end - first) as f64) as usize;
        let mut seat = first + place.min((end - first).saturating_sub(1));
        while plan.seats().contains(&(seat as u16)) {
            seat = if seat + 1 < end { seat + 1 } else { first };
        }
        if let Some(free) = plan.seats.get_mut(usize::from(plan.count)) {
            *free = seat as u16;
            plan.count += 1;
        }
    }
}

fn tenths(rng: &mut Rng, median: f64, sigma: f64, range: (f64, f64)) -> i64 {
    (log_normal(rng, median, sigma, range) * 10.0).round() as i64
}
