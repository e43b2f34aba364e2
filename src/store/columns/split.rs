//! Sums of each value of one field in one pass.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use super::{
    image::Damaged,
    part::{HOURS, Part},
    rows::Rows,
    segment::{Segment, seat},
    tally::{costs, days, others},
};
use crate::{
    domain::{
        call::Outcome,
        facet::{LENGTHS, length_bucket},
    },
    store::{
        query::{Counted, Split, Sums},
        row::flag,
        zone::LocalClock,
    },
};

/// Rows whose values are brought together before they are added up.
const CHUNK: usize = if cfg!(test) { 16 } else { 1_024 };
/// Neighbours are often of one value; added in turns, no sum waits for the one before it.
const TURNS: usize = 2;
/// More values would leave the processor's cache.
const FEW: usize = 512;
/// Outcomes that sums tell apart; the last is for all others.
const OUTCOMES: [Outcome; 4] = [Outcome::Answered, Outcome::Missed, Outcome::Unanswered, Outcome::Busy];
/// What is summed up of each row.
const SUMMED: [Part; 4] = [Part::Talk, Part::RecordingCount, Part::RecordingBytes, Part::RecordingLength];

/// What rows of one value add up to, in one line of the processor's cache.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Added {
    outcomes: [i64; OUTCOMES.len()],
    sums: [i64; SUMMED.len()],
}

/// Values of rows as small numbers.
struct Groups {
    /// What the numbers stand for.
    codes: Vec<Option<i64>>,
    /// Of each row that is meant.
    of_rows: Vec<u16>,
}

/// Distinct values, numbered as they come.
struct Numbered<K> {
    ids: HashMap<K, u16>,
    codes: Vec<K>,
}

impl<K: Hash + Eq + Copy> Numbered<K> {
    fn new() -> Self {
        Self { ids: HashMap::new(), codes: Vec::new() }
    }

    /// No segment has more rows than there are numbers.
    fn of(&mut self, code: K) -> u16 {
        *self.ids.entry(code).or_insert_with(|| {
            self.codes.push(code);
            (self.codes.len() - 1) as u16
        })
    }
}

/// Adds the rows of a segment to the sums of their values.
pub(super) fn add(
    segment: &Segment,
    rows: Rows,
    split: &Split,
    clock: &mut LocalClock,
    into: &mut HashMap<Option<i64>, Sums>,
) -> Result<(), Damaged> {
    let rows = rows.picked();
    let groups = groups(segment, &rows, split, clock)?;
    let added = added(segment, &rows, &groups)?;
    let mut cost: HashMap<u16, BTreeMap<i64, i64>> = HashMap::new();
    costs(segment, &rows, |nth, currency, minor| {
        *cost.entry(groups.of_rows[nth]).or_default().entry(currency).or_default() += minor;
    })?;
    for (group, (code, added)) in groups.codes.into_iter().zip(added).enumerate() {
        let calls = added.outcomes.iter().sum::<i64>();
        if calls == 0 {
            continue;
        }
        let sums = into.entry(code).or_default();
        sums.calls += calls.unsigned_abs();
        for (outcome, calls) in OUTCOMES.iter().zip(added.outcomes) {
            sums.add_outcome(outcome.code(), calls.unsigned_abs());
        }
        let [talk, recordings, bytes, recorded] = added.sums;
        sums.talk += talk;
        sums.recordings += recordings;
        sums.bytes += bytes;
        sums.recorded += recorded;
        for (currency, minor) in cost.remove(&(group as u16)).unwrap_or_default() {
            *sums.cost.entry(currency).or_default() += minor;
        }
    }
    Ok(())
}

fn added(segment: &Segment, rows: &Rows, groups: &Groups) -> Result<Vec<Added>, Damaged> {
    let kind = |outcome: Option<i64>| match outcome.and_then(Outcome::from_code) {
        Some(Outcome::Answered) => 0,
        Some(Outcome::Missed | Outcome::Abandoned) => 1,
        Some(Outcome::Unanswered) => 2,
        _ => 3,
    };
    let table: Vec<u16> = segment.load(Part::KindOutcome)?.ints().iter().map(kind).collect();
    let outcomes = rows.looked_up(segment.load(Part::Kind)?.ints(), &table);
    let many = groups.codes.len();
    let turns = if many <= FEW { TURNS } else { 1 };
    let mut all = vec![Added::default(); many * turns];
    let [one, two, three, four] = SUMMED;
    let loaded = [segment.load(one)?, segment.load(two)?, segment.load(three)?, segment.load(four)?];
    let mut values = [[0_i64; CHUNK]; SUMMED.len()];
    let pairs = groups.of_rows.chunks(CHUNK).zip(outcomes.chunks(CHUNK));
    for (chunk, (of_rows, outcomes)) in pairs.enumerate() {
        for (part, values) in loaded.iter().zip(&mut values) {
            rows.gather(part.ints(), chunk * CHUNK, &mut values[..of_rows.len()]);
        }
        for (nth, (group, outcome)) in of_rows.iter().zip(outcomes).enumerate() {
            let added = &mut all[nth % turns * many + usize::from(*group)];
            added.outcomes[usize::from(*outcome) % OUTCOMES.len()] += 1;
            for (sum, values) in added.sums.iter_mut().zip(&values) {
                *sum += values[nth % CHUNK];
            }
        }
    }
    for place in many..all.len() {
        let more = all[place];
        let added = &mut all[place % many];
        added.outcomes.iter_mut().zip(more.outcomes).for_each(|(sum, more)| *sum += more);
        added.sums.iter_mut().zip(more.sums).for_each(|(sum, more)| *sum += more);
    }
    all.truncate(many);
    Ok(all)
}

fn groups(segment: &Segment, rows: &Rows, split: &Split, clock: &mut LocalClock) -> Result<Groups, Damaged> {
    let all = |part: Part| -> Result<Vec<Option<i64>>, Damaged> { Ok(segment.load(part)?.ints().iter().collect()) };
    let through = |table: Part, values: Vec<Option<i64>>| -> Result<Groups, Damaged> {
        let mut numbered = Numbered::new();
        let ids: Vec<u16> = values.into_iter().map(|value| numbered.of(value)).collect();
        Ok(Groups { codes: numbered.codes, of_rows: rows.looked_up(segment.load(table)?.ints(), &ids) })
    };
    let mut numbered: Numbered<Option<i64>> = Numbered::new();
    let mut of_rows: Vec<u16> = Vec::new();
    match split.by {
        Counted::Column(column) => match seat(column).table() {
            Some(table) => return through(table, all(seat(column).part())?),
            None => rows.values(segment.load(seat(column).part())?.ints(), |_row, value| of_rows.push(numbered.of(value))),
        },
        Counted::Recorded => return through(Part::Kind, all(Part::KindRecorded)?),
        Counted::Flagged => {
            let flagged = all(Part::KindFlags)?.into_iter().map(|flags| flags.map(|flags| flags & flag::FLAGGED)).collect();
            return through(Part::Kind, flagged);
        }
        Counted::Hour => {
            let hours: Vec<u16> = (0..HOURS as u16).collect();
            let codes = (0..HOURS as i64).map(Some).collect();
            return Ok(Groups { codes, of_rows: rows.looked_up(segment.load(Part::Hour)?.ints(), &hours) });
        }
        Counted::Length => {
            let unknown = LENGTHS.len() as u16;
            rows.values(segment.load(Part::Talk)?.ints(), |_row, talk| {
                of_rows.push(talk.map_or(unknown, |talk| length_bucket(talk) as u16));
            });
            return Ok(Groups { codes: (0..LENGTHS.len() as i64).map(Some).chain([None]).collect(), of_rows });
        }
        Counted::Keys(bit) => {
            let with: Vec<bool> = all(Part::KindFlags)?.into_iter().map(|flags| flags.unwrap_or(0) & bit != 0).collect();
            let (keys, none) = (segment.keys()?, numbered.of(None));
            if !with.contains(&true) {
                return Ok(Groups { codes: numbered.codes, of_rows: vec![none; rows.len()] });
            }
            rows.values(segment.load(Part::Kind)?.ints(), |row, kind| {
                let has = kind.is_some_and(|kind| with.get(kind as usize) == Some(&true));
                of_rows.push(if has { numbered.of(keys.at(row)) } else { none });
            });
        }
        Counted::Day => {
            for (day, stretch) in days(segment, clock)? {
                let count = rows.within(stretch);
                if count > 0 {
                    let day = numbered.of(Some(day));
                    of_rows.resize(of_rows.len() + count, day);
                }
            }
        }
        Counted::Reached => {
            let (to, reached) = (segment.load(Part::To)?, segment.load(Part::Reached)?);
            let number = |row: usize| reached.ints().get(row).or_else(|| to.ints().get(row));
            rows.each(|row| of_rows.push(numbered.of(split.recoded(number(row)))));
        }
        Counted::OtherParty => {
            let none = numbered.of(None);
            others(segment, rows, |other| {
                of_rows.push(split.recoded(Some(other)).map_or(none, |code| numbered.of(Some(code))));
            })?;
        }
    }
    Ok(Groups { codes: numbered.codes, of_rows })
}
