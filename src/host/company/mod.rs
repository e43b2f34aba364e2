//! A made-up company: who works there, who calls, and every call of years, from a seed.
//!
//! The same seed gives the same data on every machine, whatever its zone and however the calls are dealt into batches.
//! `generate` fills a database for measuring; `demo` makes one to look at and listen to.

mod chance;
pub mod demo;
mod fill;
pub mod generate;
mod load;
mod names;
mod numbers;
mod plan;
mod recorded;
mod remarks;
mod staff;
mod tell;
pub(crate) mod voice;

pub use fill::CompanyError;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use self::{
    chance::{Purpose, stream},
    load::Slot,
    plan::{Plan, Planner},
    staff::Staff,
    tell::Teller,
};
use crate::domain::{
    directory::{Company as Settings, Customer},
    fold::FoldedCall,
};

/// The zone in which the made-up company lives and its days begin.
pub const ZONE: &str = "Europe/Warsaw";

/// A live company's last call begins so long before now, so that all are over.
const QUIET: SignedDuration = SignedDuration::from_mins(4);

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Shape {
    pub calls: u64,
    pub seed: u64,
    pub since: Timestamp,
    pub until: Timestamp,
    pub zone: TimeZone,
    /// The last hours before `until` are busy whatever the clock says, and all calls are over four minutes after it: somebody
    /// looks at them now.
    pub alive: bool,
    /// Few words about each call, for millions of them.
    pub lean: bool,
}

/// A made-up company. Holds its staff and its hours, never its calls.
#[derive(Clone, Debug)]
pub struct Company {
    shape: Shape,
    staff: Staff,
    slots: Vec<Slot>,
}

impl Company {
    pub fn new(shape: Shape) -> Self {
        let staff = Staff::new(shape.seed, Staff::seats_for(shape.calls));
        let slots = load::slots(shape.seed, shape.calls, shape.since, shape.until, &shape.zone, shape.alive);
        Self { shape, staff, slots }
    }

    /// What every program on the database must know of it.
    pub fn settings() -> Settings {
        Settings {
            zone: ZONE.to_owned(),
            country_code: Some("48".to_owned()),
            national_prefix: Some("0".to_owned()),
            currency: Some("PLN".to_owned()),
        }
    }

    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    pub const fn staff(&self) -> &Staff {
        &self.staff
    }

    /// How many of those who call often have names.
    pub fn named(&self) -> u64 {
        (self.shape.calls / 50).clamp(20, if self.shape.lean { 500 } else { 200 }).min(numbers::regulars(self.shape.calls))
    }

    /// The best customers, with their numbers.
    pub fn customers(&self) -> Vec<Customer> {
        let customer = |rank| Customer {
            id: String::new(),
            name: numbers::customer_name(self.shape.seed, rank),
            numbers: vec![numbers::number(self.shape.seed, numbers::Party::Regular(rank)).0],
            remark: None,
        };
        (0..self.named()).map(customer).collect()
    }

    /// Every call in the order of start, in numbers only: a hundred times cheaper than [`Self::calls`].
    pub fn plans(&self) -> impl Iterator<Item = Plan> + '_ {
        let planner = Planner { staff: &self.staff, regulars: numbers::regulars(self.shape.calls) };
        let seed = self.shape.seed;
        let over = self.shape.alive.then(|| (self.shape.until + QUIET).as_millisecond());
        let mut before = 0;
        self.slots.iter().flat_map(move |slot| {
            let first = std::mem::replace(&mut before, slot.upto);
            arrivals(seed, slot, first).into_iter().zip(first..).map(move |(start, index)| {
                let mut plan = planner.plan(&mut stream(seed, Purpose::Call, index), index, start, slot.open);
                if let Some(over) = over {
                    plan.shorten((over - start) / 100);
                }
                plan
            })
        })
    }

    /// Every call in the order of start, written out.
    pub fn calls(&self) -> impl Iterator<Item = FoldedCall> + '_ {
        self.plans().map(|plan| self.tell(&plan))
    }

    pub fn tell(&self, plan: &Plan) -> FoldedCall {
        let named = if self.shape.lean { 0 } else { self.named() };
        Teller { seed: self.shape.seed, staff: &self.staff, lean: self.shape.lean, named }.tell(plan)
    }
}

/// Starts of the calls of one stretch, ascending.
fn arrivals(seed: u64, slot: &Slot, first: u64) -> Vec<i64> {
    let mut rng = stream(seed, Purpose::Arrivals, slot.from.unsigned_abs());
    let mut starts: Vec<i64> = (first..slot.upto).map(|_| rng.i64(slot.from..slot.until.max(slot.from + 1))).collect();
    starts.sort_unstable();
    starts
}

#[cfg(test)]
mod tests;
