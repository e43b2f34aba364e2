//! Sums of each value of one field in one pass.

use std::collections::{BTreeMap, HashMap};

use super::{
    image::Damaged,
    part::{HOURS, Part},
    rows::Rows,
    segment::{Segment, seat},
    tally::{costs, days},
};
use crate::{
    domain::{
        call::{Direction, Outcome},
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

impl Added {
    fn join(&mut self, more: &Self) {
        self.outcomes.iter_mut().zip(more.outcomes).for_each(|(sum, more)| *sum += more);
        self.sums.iter_mut().zip(more.sums).for_each(|(sum, more)| *sum += more);
    }
}

/// Values of rows as small numbers.
struct Groups {
    /// What the numbers stand for.
    codes: Vec<Option<i64>>,
    /// Of each row that is meant.
    of_rows: Vec<u16>,
}

/// Greater codes are numbered by hash.
const DENSE: i64 = 1 << 24;

/// Distinct values, numbered as they come.
struct Numbered<'a> {
    /// By code, one more than its number; 0 for none. All zeros before and after.
    scratch: &'a mut Vec<u32>,
    none: Option<u32>,
    great: HashMap<i64, u32>,
    codes: Vec<Option<i64>>,
}

impl<'a> Numbered<'a> {
    fn new(scratch: &'a mut Vec<u32>) -> Self {
        Self { scratch, none: None, great: HashMap::new(), codes: Vec::new() }
    }

    /// The number of a row's value: no segment has more rows than there are such numbers.
    fn of_row(&mut self, code: Option<i64>) -> u16 {
        self.of(code) as u16
    }

    fn of(&mut self, code: Option<i64>) -> u32 {
        let next = self.codes.len() as u32;
        match code {
            None => match self.none {
                Some(known) => return known,
                None => self.none = Some(next),
            },
            Some(code) if (0..DENSE).contains(&code) => {
                let place = code as usize;
                if place >= self.scratch.len() {
                    self.scratch.resize((place + 1).next_power_of_two(), 0);
                }
                match self.scratch[place].checked_sub(1) {
                    Some(known) => return known,
                    None => self.scratch[place] = next + 1,
                }
            }
            Some(code) => match self.great.get(&code) {
                Some(known) => return *known,
                None => {
                    self.great.insert(code, next);
                }
            },
        }
        self.codes.push(code);
        next
    }

    /// What the numbers stand for.
    fn finish(self) -> Vec<Option<i64>> {
        for code in self.codes.iter().flatten().filter(|code| **code < DENSE) {
            if let Some(number) = usize::try_from(*code).ok().and_then(|place| self.scratch.get_mut(place)) {
                *number = 0;
            }
        }
        self.codes
    }
}

/// Minor units by currency, of each value that has any.
type Costs = Vec<BTreeMap<i64, i64>>;

/// Adds the rows of a segment to the sums of their values. `scratch` is empty at first, and the same for all segments.
pub(super) fn add(
    segment: &Segment,
    rows: Rows,
    split: &Split<'_>,
    (clock, scratch): (&mut LocalClock, &mut Vec<u32>),
    into: &mut HashMap<Option<i64>, Sums>,
) -> Result<(), Damaged> {
    let rows = rows.picked();
    let groups = groups(segment, &rows, split, clock, scratch)?;
    let mut sums = added(segment, &rows, &groups)?;
    let mut cost = Costs::new();
    costs(segment, &rows, |nth, currency, minor| {
        if cost.is_empty() {
            cost = vec![BTreeMap::new(); groups.codes.len()];
        }
        *cost[usize::from(groups.of_rows[nth])].entry(currency).or_default() += minor;
    })?;
    let mut codes = groups.codes;
    if split.sets.is_some() {
        (codes, sums, cost) = folded(split, scratch, &codes, &sums, &cost);
    }
    for (group, (code, added)) in codes.into_iter().zip(sums).enumerate() {
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
        for (currency, minor) in cost.get(group).into_iter().flatten() {
            *sums.cost.entry(*currency).or_default() += minor;
        }
    }
    Ok(())
}

/// The sums of the members of sets from those of the sets: there are far fewer members.
fn folded(
    split: &Split<'_>,
    scratch: &mut Vec<u32>,
    codes: &[Option<i64>],
    sums: &[Added],
    cost: &Costs,
) -> (Vec<Option<i64>>, Vec<Added>, Costs) {
    let mut numbered = Numbered::new(scratch);
    let (mut members, mut costs): (Vec<Added>, Costs) = (Vec::new(), Costs::new());
    for (group, (set, more)) in codes.iter().zip(sums).enumerate() {
        // A segment's table has sets of which no row is meant.
        if more.outcomes.iter().all(|calls| *calls == 0) {
            continue;
        }
        let mut join = |member: Option<i64>| {
            let place = numbered.of(member) as usize;
            if place >= members.len() {
                members.resize(place + 1, Added::default());
            }
            members[place].join(more);
            for (currency, minor) in cost.get(group).into_iter().flatten() {
                if place >= costs.len() {
                    costs.resize(place + 1, BTreeMap::new());
                }
                *costs[place].entry(*currency).or_default() += minor;
            }
        };
        match split.members(*set) {
            None | Some([]) => join(None),
            Some(of_set) => of_set.iter().for_each(|member| join(Some(i64::from(*member)))),
        }
    }
    (numbered.finish(), members, costs)
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
        all[place % many].join(&more);
    }
    all.truncate(many);
    Ok(all)
}

fn groups(
    segment: &Segment,
    rows: &Rows,
    split: &Split<'_>,
    clock: &mut LocalClock,
    scratch: &mut Vec<u32>,
) -> Result<Groups, Damaged> {
    let all = |part: Part| -> Result<Vec<Option<i64>>, Damaged> { Ok(segment.load(part)?.ints().iter().collect()) };
    let through = |mut numbered: Numbered<'_>, table: Part, values: Vec<Option<i64>>| -> Result<Groups, Damaged> {
        let ids: Vec<u16> = values.into_iter().map(|value| numbered.of_row(value)).collect();
        Ok(Groups { codes: numbered.finish(), of_rows: rows.looked_up(segment.load(table)?.ints(), &ids) })
    };
    let mut numbered = Numbered::new(scratch);
    let mut of_rows: Vec<u16> = Vec::new();
    match split.by {
        Counted::Column(column) => match seat(column).table() {
            Some(table) => return through(numbered, table, all(seat(column).part())?),
            None => rows.values(segment.load(seat(column).part())?.ints(), |_row, value| of_rows.push(numbered.of_row(value))),
        },
        Counted::Recorded => return through(numbered, Part::Kind, all(Part::KindRecorded)?),
        Counted::Flagged => {
            let flagged = all(Part::KindFlags)?.into_iter().map(|flags| flags.map(|flags| flags & flag::FLAGGED)).collect();
            return through(numbered, Part::Kind, flagged);
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
            let (keys, none) = (segment.keys()?, numbered.of_row(None));
            if !with.contains(&true) {
                return Ok(Groups { codes: numbered.finish(), of_rows: vec![none; rows.len()] });
            }
            rows.values(segment.load(Part::Kind)?.ints(), |row, kind| {
                let has = kind.is_some_and(|kind| with.get(kind as usize) == Some(&true));
                of_rows.push(if has { numbered.of_row(keys.at(row)) } else { none });
            });
        }
        Counted::Day => {
            for (day, stretch) in days(segment, clock)? {
                let count = rows.within(stretch);
                if count > 0 {
                    let day = numbered.of_row(Some(day));
                    of_rows.resize(of_rows.len() + count, day);
                }
            }
        }
        Counted::Reached => {
            let (to, reached) = (segment.load(Part::To)?, segment.load(Part::Reached)?);
            let number = |row: usize| reached.ints().get(row).or_else(|| to.ints().get(row));
            rows.each(|row| of_rows.push(numbered.of_row(split.recoded(number(row)))));
        }
        Counted::OtherParty => {
            let none = numbered.of_row(None);
            others(segment, rows, |other| {
                of_rows.push(split.recoded(Some(other)).map_or(none, |code| numbered.of_row(Some(code))));
            })?;
        }
    }
    Ok(Groups { codes: numbered.finish(), of_rows })
}

/// The number of the other side of each row, as [`crate::store::row::other_party`]. Of picked rows.
fn others(segment: &Segment, rows: &Rows, mut each: impl FnMut(i64)) -> Result<(), Damaged> {
    const FROM: usize = 0;
    const TO: usize = 1;
    const REACHED: usize = 2;
    let side = |direction: Option<i64>| match direction.and_then(Direction::from_code) {
        Some(Direction::In) => FROM as u16,
        Some(Direction::Internal) => REACHED as u16,
        _ => TO as u16,
    };
    let table: Vec<u16> = segment.load(Part::KindDirection)?.ints().iter().map(side).collect();
    let sides = rows.looked_up(segment.load(Part::Kind)?.ints(), &table);
    let loaded = [segment.load(Part::From)?, segment.load(Part::To)?, segment.load(Part::Reached)?];
    let mut values = [[0_i64; CHUNK]; 3];
    for (chunk, sides) in sides.chunks(CHUNK).enumerate() {
        for (part, values) in loaded.iter().zip(&mut values) {
            rows.gather(part.ints(), chunk * CHUNK, &mut values[..sides.len()]);
        }
        for (nth, side) in sides.iter().enumerate() {
            let called = values[TO][nth % CHUNK];
            each(match usize::from(*side) {
                FROM => values[FROM][nth % CHUNK],
                REACHED if called == 0 => values[REACHED][nth % CHUNK],
                _ => called,
            });
        }
    }
    Ok(())
}
