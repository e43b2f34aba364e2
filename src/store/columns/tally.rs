//! Counts and sums in one pass: what does not depend on single rows is kept with each segment.

use std::collections::{BTreeMap, HashMap};

use super::{
    eval::{Tester, other_of},
    image::Damaged,
    mask::Hits,
    part::{HOURS, Part},
    query::{Query, Trouble},
    rows::Rows,
    segment::{Seat, Segment, seat},
};
use crate::store::{query::Counted, row::flag};

/// What is to be counted.
pub(in crate::store) struct Ask {
    pub(in crate::store) sums: bool,
    pub(in crate::store) by: Vec<Counted>,
}

/// Sums over the calls meant; lengths in tenths of a second.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Sums {
    pub(in crate::store) talk: i64,
    pub(in crate::store) recordings: i64,
    pub(in crate::store) bytes: i64,
    pub(in crate::store) recorded: i64,
    /// Minor units by currency.
    pub(in crate::store) cost: BTreeMap<i64, i64>,
    pub(in crate::store) answered: u64,
    pub(in crate::store) missed: u64,
    pub(in crate::store) unanswered: u64,
}

#[derive(Clone, Debug)]
pub(in crate::store) struct Tally {
    pub(in crate::store) calls: u64,
    pub(in crate::store) sums: Sums,
    /// For each thing asked for: calls by what its column holds.
    pub(in crate::store) by: Vec<HashMap<Option<i64>, u64>>,
}

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
    pub(in crate::store) fn tally(&self, ask: &Ask) -> Result<Tally, Trouble> {
        let mut tester = self.tester();
        let mut tally = Tally { calls: 0, sums: Sums::default(), by: Vec::new() };
        let mut counters: Vec<Counter> = ask
            .by
            .iter()
            .map(|counted| match counted {
                Counted::Keys(_) => Counter::Keys(Vec::new(), 0),
                _ => Counter::Dense(Dense::default()),
            })
            .collect();
        for held in self.segments() {
            self.go_on()?;
            let stretch = Tester::stretch(&held.segment, self.from, self.until)?;
            let hits = tester.hits(held, stretch.clone())?;
            let whole = matches!(hits, Hits::All) && stretch == (0..held.segment.rows());
            let Some(rows) = Rows::of(hits, stretch) else { continue };
            tally.calls += rows.len() as u64;
            add_segment(&held.segment, &rows, whole, ask, &mut tally, &mut counters)?;
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

/// Rows by place in a table, or what is kept of all rows.
fn places(segment: &Segment, rows: &Rows, whole: bool, table: Part) -> Result<Vec<u32>, Damaged> {
    let kept = if table == Part::Kind { Part::KindCalls } else { Part::PartyCalls };
    if whole {
        return Ok(segment.load(kept)?.ints().iter().map(|count| count.unwrap_or(0) as u32).collect());
    }
    Ok(rows.counts(segment.load(table)?.ints(), segment.block(kept).count as usize))
}

fn add_segment(
    segment: &Segment,
    rows: &Rows,
    whole: bool,
    ask: &Ask,
    tally: &mut Tally,
    counters: &mut [Counter],
) -> Result<(), Damaged> {
    let needs = |table: Part| ask.by.iter().any(|counted| counted.table() == Some(table));
    let kinds = if ask.sums || needs(Part::Kind) { places(segment, rows, whole, Part::Kind)? } else { Vec::new() };
    let parties = if needs(Part::Party) { places(segment, rows, whole, Part::Party)? } else { Vec::new() };
    if ask.sums {
        add_sums(segment, rows, whole, &kinds, &mut tally.sums)?;
    }
    for (counted, counter) in ask.by.iter().zip(counters) {
        match (counted, counter) {
            (Counted::Keys(bit), Counter::Keys(keys, without)) => add_keys(segment, rows, *bit, &kinds, keys, without)?,
            (Counted::Column(column), Counter::Dense(dense)) => match seat(*column) {
                Seat::Row(part) => {
                    let loaded = segment.load(part)?;
                    rows.each(|row| dense.add(loaded.ints().get(row), 1));
                }
                Seat::Kind(part) => add_table(segment, part, &kinds, dense)?,
                Seat::Party(part) => add_table(segment, part, &parties, dense)?,
            },
            (Counted::Flagged, Counter::Dense(dense)) => {
                let flags = segment.load(Part::KindFlags)?;
                for (flags, count) in flags.ints().iter().zip(&kinds).filter(|(_, count)| **count > 0) {
                    dense.add(flags.map(|flags| flags & flag::FLAGGED), u64::from(*count));
                }
            }
            (Counted::Hour, Counter::Dense(dense)) if whole => {
                let hours = segment.load(Part::HourCalls)?;
                for (hour, count) in hours.ints().iter().enumerate().filter(|(_, count)| *count > Some(0)) {
                    dense.add(Some(hour as i64), count.unwrap_or(0).unsigned_abs());
                }
            }
            (Counted::Hour, Counter::Dense(dense)) => {
                let counts = rows.counts(segment.load(Part::Hour)?.ints(), HOURS);
                for (hour, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                    dense.add(Some(hour as i64), u64::from(count));
                }
            }
            (Counted::Recorded, Counter::Dense(dense)) => add_table(segment, Part::KindRecorded, &kinds, dense)?,
            (Counted::Reached, Counter::Dense(dense)) => {
                let (to, reached) = (segment.load(Part::To)?, segment.load(Part::Reached)?);
                rows.each(|row| dense.add(reached.ints().get(row).or_else(|| to.ints().get(row)), 1));
            }
            (Counted::OtherParty, Counter::Dense(dense)) => {
                let [kind, directions] = [segment.load(Part::Kind)?, segment.load(Part::KindDirection)?];
                let [from, to, reached] = [segment.load(Part::From)?, segment.load(Part::To)?, segment.load(Part::Reached)?];
                rows.each(|row| {
                    let direction = kind.ints().get(row).and_then(|kind| directions.ints().get(kind as usize));
                    let other = other_of(direction, from.ints().get(row), to.ints().get(row), reached.ints().get(row));
                    dense.add(Some(other), 1);
                });
            }
            (Counted::Keys(_), Counter::Dense(_)) | (_, Counter::Keys(..)) => {}
        }
    }
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

fn add_keys(
    segment: &Segment,
    rows: &Rows,
    bit: i64,
    kinds: &[u32],
    keys: &mut Vec<i64>,
    without: &mut u64,
) -> Result<(), Damaged> {
    let flags = segment.load(Part::KindFlags)?;
    let with: Vec<bool> = flags.ints().iter().map(|flags| flags.unwrap_or(0) & bit != 0).collect();
    let some: u64 = kinds.iter().zip(&with).filter(|(_, with)| **with).map(|(count, _)| u64::from(*count)).sum();
    *without += rows.len() as u64 - some;
    if some == 0 {
        return Ok(());
    }
    let [kind, seconds, rests] = [segment.load(Part::Kind)?, segment.load(Part::Second)?, segment.load(Part::Rest)?];
    rows.each(|row| {
        if kind.ints().get(row).is_some_and(|kind| with.get(kind as usize) == Some(&true))
            && let Some((second, rest)) = seconds.ints().get(row).zip(rests.ints().get(row))
        {
            keys.push(second << 14 | rest);
        }
    });
    Ok(())
}

fn add_sums(segment: &Segment, rows: &Rows, whole: bool, kinds: &[u32], sums: &mut Sums) -> Result<(), Damaged> {
    let outcomes = segment.load(Part::KindOutcome)?;
    for (outcome, count) in outcomes.ints().iter().zip(kinds) {
        match outcome {
            Some(0) => sums.answered += u64::from(*count),
            Some(1 | 3) => sums.missed += u64::from(*count),
            Some(2) => sums.unanswered += u64::from(*count),
            _ => {}
        }
    }
    if whole {
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
    if !segment.block(Part::Cost).all_unknown() {
        let [kind, currency, cost] = [segment.load(Part::Kind)?, segment.load(Part::KindCurrency)?, segment.load(Part::Cost)?];
        rows.each(|row| {
            let currency = kind.ints().get(row).and_then(|kind| currency.ints().get(kind as usize));
            if let Some((currency, cost)) = currency.zip(cost.ints().get(row)) {
                *sums.cost.entry(currency).or_default() += cost;
            }
        });
    }
    Ok(())
}

impl Counted {
    fn table(&self) -> Option<Part> {
        match self {
            Self::Column(column) => seat(*column).table(),
            Self::Keys(_) | Self::Flagged | Self::Recorded => Some(Part::Kind),
            Self::Reached | Self::OtherParty | Self::Hour => None,
        }
    }
}
