//! Counts and sums in one pass: what does not depend on single rows is kept with each segment.

use std::collections::HashMap;

use super::{
    eval::Tester,
    image::Damaged,
    mask::Hits,
    part::{HOURS, Part},
    query::{Query, Trouble},
    rows::Rows,
    segment::{Seat, Segment, seat},
    split,
};
use crate::{
    domain::facet::LENGTHS,
    store::{
        query::{Ask, Counted, Sums, Tally},
        row::{flag, other_party},
        zone::LocalClock,
    },
};

/// Counters by small numbers; the first is for unknown.
#[derive(Default)]
struct Dense(Vec<u64>);

impl Dense {
    fn add(&mut self, value: Option<i64>, count: u64) {
        let place = value.map_or(0, |value| value.max(0) as usize + 1);
        if place >= self.0.len() {
            self.0.resize((place + 1).next_power_of_two(), 0);
        }
        self.0[place] += count;
    }

    fn into_map(self) -> HashMap<Option<i64>, u64> {
        let counted = self.0.into_iter().enumerate().filter(|(_, count)| *count > 0);
        counted.map(|(place, count)| (place.checked_sub(1).map(|value| value as i64), count)).collect()
    }
}

enum Counter {
    Dense(Dense),
    /// Each call that has the flag by its key, and how many have it not.
    Keys(Vec<i64>, u64),
}

impl Query<'_> {
    pub(in crate::store) fn tally(&self, ask: &Ask<'_>) -> Result<Tally, Trouble> {
        let mut tester = self.tester();
        let mut clock = LocalClock::new(self.view.zone().clone());
        let mut tally = Tally::default();
        let mut counters: Vec<Counter> = ask
            .by
            .iter()
            .map(|counted| match counted {
                Counted::Keys(_) => Counter::Keys(Vec::new(), 0),
                _ => Counter::Dense(Dense::default()),
            })
            .collect();
        let mut scratch = Vec::new();
        for held in self.segments() {
            self.go_on()?;
            let stretch = Tester::stretch(&held.segment, self.from, self.until)?;
            let hits = tester.hits(held, stretch.clone())?;
            let whole = matches!(hits, Hits::All) && stretch == (0..held.segment.rows());
            let Some(rows) = Rows::of(hits, stretch) else { continue };
            let mut pass = Pass { segment: &held.segment, rows: &rows, whole, clock: &mut clock };
            pass.add(ask, &mut tally.sums, &mut counters)?;
            if let Some(by) = &ask.split {
                split::add(&held.segment, rows, by, (&mut clock, &mut scratch), &mut tally.split)?;
            }
        }
        tally.by = counters
            .into_iter()
            .map(|counter| match counter {
                Counter::Dense(dense) => dense.into_map(),
                Counter::Keys(keys, without) => {
                    let with = keys.into_iter().map(|key| (Some(key), 1));
                    with.chain((without > 0).then_some((None, without))).collect()
                }
            })
            .collect();
        Ok(tally)
    }
}

/// The days of a segment, and the rows of each.
pub(super) fn days(segment: &Segment, clock: &mut LocalClock) -> Result<Vec<(i64, std::ops::Range<usize>)>, Damaged> {
    let (mut days, mut row) = (Vec::new(), 0);
    let keys = segment.keys()?;
    while let Some(key) = keys.at(row) {
        let day = clock.day(key);
        let end = segment.lower(day.until)?.max(row + 1);
        days.push((day.number, row..end));
        row = end;
    }
    Ok(days)
}

/// One segment, and which of its rows are meant.
struct Pass<'a> {
    segment: &'a Segment,
    rows: &'a Rows,
    /// All of them.
    whole: bool,
    clock: &'a mut LocalClock,
}

impl Pass<'_> {
    fn add(&mut self, ask: &Ask<'_>, sums: &mut Sums, counters: &mut [Counter]) -> Result<(), Damaged> {
        sums.calls += self.rows.len() as u64;
        let needs = |table: Part| ask.by.iter().any(|counted| counted.table() == Some(table));
        let kinds = if ask.sums || needs(Part::Kind) { self.places(Part::Kind)? } else { Vec::new() };
        let parties = if needs(Part::Party) { self.places(Part::Party)? } else { Vec::new() };
        if ask.sums {
            self.add_sums(&kinds, sums)?;
        }
        for (counted, counter) in ask.by.iter().zip(counters) {
            match (counted, counter) {
                (Counted::Keys(bit), Counter::Keys(keys, without)) => self.add_keys(*bit, &kinds, keys, without)?,
                (counted, Counter::Dense(dense)) => self.add_dense(*counted, &kinds, &parties, dense)?,
                (_, Counter::Keys(..)) => {}
            }
        }
        Ok(())
    }

    /// Rows by place in a table, or what is kept of all rows.
    fn places(&self, table: Part) -> Result<Vec<u32>, Damaged> {
        let kept = if table == Part::Kind { Part::KindCalls } else { Part::PartyCalls };
        if self.whole {
            return Ok(self.segment.load(kept)?.ints().iter().map(|count| count.unwrap_or(0) as u32).collect());
        }
        Ok(self.rows.counts(self.segment.load(table)?.ints(), self.segment.block(kept).count as usize))
    }

    fn add_dense(&mut self, counted: Counted, kinds: &[u32], parties: &[u32], dense: &mut Dense) -> Result<(), Damaged> {
        let (segment, rows) = (self.segment, self.rows);
        match counted {
            Counted::Column(column) => match seat(column) {
                Seat::Row(part) => {
                    let loaded = segment.load(part)?;
                    rows.each(|row| dense.add(loaded.ints().get(row), 1));
                }
                Seat::Kind(part) => add_table(segment, part, kinds, dense)?,
                Seat::Party(part) => add_table(segment, part, parties, dense)?,
            },
            Counted::Recorded => add_table(segment, Part::KindRecorded, kinds, dense)?,
            Counted::Flagged => {
                let flags = segment.load(Part::KindFlags)?;
                for (flags, count) in flags.ints().iter().zip(kinds).filter(|(_, count)| **count > 0) {
                    dense.add(flags.map(|flags| flags & flag::FLAGGED), u64::from(*count));
                }
            }
            Counted::Hour if self.whole => {
                let hours = segment.load(Part::HourCalls)?;
                for (hour, count) in hours.ints().iter().enumerate().filter(|(_, count)| *count > Some(0)) {
                    dense.add(Some(hour as i64), count.unwrap_or(0).unsigned_abs());
                }
            }
            Counted::Hour => {
                let counts = rows.counts(segment.load(Part::Hour)?.ints(), HOURS);
                for (hour, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                    dense.add(Some(hour as i64), u64::from(count));
                }
            }
            Counted::Day => {
                for (day, stretch) in days(segment, self.clock)? {
                    dense.add(Some(day), rows.within(stretch) as u64);
                }
            }
            Counted::Length => {
                let talk = segment.load(Part::Talk)?;
                let mut longer = rows.at_least(talk.ints(), i64::MIN);
                dense.add(None, rows.len() as u64 - longer);
                for bucket in 0..LENGTHS.len() {
                    let next = LENGTHS.get(bucket + 1).map_or(0, |(_, from)| rows.at_least(talk.ints(), *from));
                    dense.add(Some(bucket as i64), longer - next);
                    longer = next;
                }
            }
            Counted::Reached => {
                let (to, reached) = (segment.load(Part::To)?, segment.load(Part::Reached)?);
                rows.each(|row| dense.add(reached.ints().get(row).or_else(|| to.ints().get(row)), 1));
            }
            Counted::OtherParty => others(segment, rows, |other| dense.add(Some(other), 1))?,
            // Those have counters of their own.
            Counted::Keys(_) => {}
        }
        Ok(())
    }

    fn add_keys(&self, bit: i64, kinds: &[u32], keys: &mut Vec<i64>, without: &mut u64) -> Result<(), Damaged> {
        let flags = self.segment.load(Part::KindFlags)?;
        let with: Vec<bool> = flags.ints().iter().map(|flags| flags.unwrap_or(0) & bit != 0).collect();
        let some: u64 = kinds.iter().zip(&with).filter(|(_, with)| **with).map(|(count, _)| u64::from(*count)).sum();
        *without += self.rows.len() as u64 - some;
        if some == 0 {
            return Ok(());
        }
        let (kind, of_rows) = (self.segment.load(Part::Kind)?, self.segment.keys()?);
        self.rows.each(|row| {
            if kind.ints().get(row).is_some_and(|kind| with.get(kind as usize) == Some(&true)) {
                keys.extend(of_rows.at(row));
            }
        });
        Ok(())
    }

    fn add_sums(&self, kinds: &[u32], sums: &mut Sums) -> Result<(), Damaged> {
        let (segment, rows) = (self.segment, self.rows);
        let outcomes = segment.load(Part::KindOutcome)?;
        for (outcome, count) in outcomes.ints().iter().zip(kinds) {
            sums.add_outcome(outcome.unwrap_or(-1), u64::from(*count));
        }
        if self.whole {
            let kept = segment.load(Part::Sums)?;
            let kept = |place| kept.ints().get(place).unwrap_or(0);
            sums.talk += kept(0);
            sums.recordings += kept(1);
            sums.bytes += kept(2);
            sums.recorded += kept(3);
            let [currency, cost, rated] =
                [segment.load(Part::KindCurrency)?, segment.load(Part::KindCost)?, segment.load(Part::KindRated)?];
            for (place, currency) in currency.ints().iter().enumerate() {
                if let Some(currency) = currency.filter(|_| rated.ints().get(place).is_some_and(|rated| rated > 0)) {
                    *sums.cost.entry(currency).or_default() += cost.ints().get(place).unwrap_or(0);
                }
            }
            return Ok(());
        }
        sums.talk += rows.sum(segment.load(Part::Talk)?.ints());
        sums.recordings += rows.sum(segment.load(Part::RecordingCount)?.ints());
        sums.bytes += rows.sum(segment.load(Part::RecordingBytes)?.ints());
        sums.recorded += rows.sum(segment.load(Part::RecordingLength)?.ints());
        costs(segment, rows, |_nth, currency, cost| *sums.cost.entry(currency).or_default() += cost)
    }
}

/// Each row that has a cost: which one of those meant, its currency, the cost.
pub(super) fn costs(segment: &Segment, rows: &Rows, mut each: impl FnMut(usize, i64, i64)) -> Result<(), Damaged> {
    if segment.block(Part::Cost).all_unknown() {
        return Ok(());
    }
    let [kind, currency, cost] = [segment.load(Part::Kind)?, segment.load(Part::KindCurrency)?, segment.load(Part::Cost)?];
    let mut nth = 0;
    rows.each(|row| {
        let currency = kind.ints().get(row).and_then(|kind| currency.ints().get(kind as usize));
        if let Some((currency, cost)) = currency.zip(cost.ints().get(row)) {
            each(nth, currency, cost);
        }
        nth += 1;
    });
    Ok(())
}

/// The number of the other side of each row.
pub(super) fn others(segment: &Segment, rows: &Rows, mut each: impl FnMut(i64)) -> Result<(), Damaged> {
    let [kind, directions] = [segment.load(Part::Kind)?, segment.load(Part::KindDirection)?];
    let [from, to, reached] = [segment.load(Part::From)?, segment.load(Part::To)?, segment.load(Part::Reached)?];
    rows.each(|row| {
        let direction = kind.ints().get(row).and_then(|kind| directions.ints().get(kind as usize));
        each(other_party(direction, from.ints().get(row), to.ints().get(row), reached.ints().get(row)));
    });
    Ok(())
}

fn add_table(segment: &Segment, part: Part, counts: &[u32], dense: &mut Dense) -> Result<(), Damaged> {
    let values = segment.load(part)?;
    let mut counts = counts.iter();
    values.ints().each(|value| {
        if let Some(count) = counts.next().filter(|count| **count > 0) {
            dense.add(value, u64::from(*count));
        }
    });
    Ok(())
}

impl Counted {
    fn table(&self) -> Option<Part> {
        match self {
            Self::Column(column) => seat(*column).table(),
            Self::Keys(_) | Self::Flagged | Self::Recorded => Some(Part::Kind),
            Self::Reached | Self::OtherParty | Self::Hour | Self::Day | Self::Length => None,
        }
    }
}
