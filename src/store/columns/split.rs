//! Sums of each value of one field in one pass.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use super::{
    block::Ints,
    image::Damaged,
    part::Part,
    rows::Rows,
    segment::{Segment, seat},
    tally::{costs, days, others},
};
use crate::{
    domain::facet::length_bucket,
    store::{
        query::{Counted, Split, Sums},
        row::flag,
        zone::LocalClock,
    },
};

/// Neighbours are often of one value; added in turns, no sum waits for the one before it.
const TURNS: usize = 4;
/// More values would leave the processor's cache.
const FEW: usize = 512;

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
    rows: &Rows,
    split: &Split,
    clock: &mut LocalClock,
    into: &mut HashMap<Option<i64>, Sums>,
) -> Result<(), Damaged> {
    let groups = groups(segment, rows, split, clock)?;
    let many = groups.codes.len();
    let outcomes = outcomes(segment, rows, &groups)?;
    let sum = |part: Part| -> Result<Vec<i64>, Damaged> { Ok(sums(rows, segment.load(part)?.ints(), &groups.of_rows, many)) };
    let (talk, recordings) = (sum(Part::Talk)?, sum(Part::RecordingCount)?);
    let (bytes, recorded) = (sum(Part::RecordingBytes)?, sum(Part::RecordingLength)?);
    let mut cost: Vec<BTreeMap<i64, i64>> = vec![BTreeMap::new(); many];
    costs(segment, rows, |nth, currency, minor| {
        *cost[usize::from(groups.of_rows[nth])].entry(currency).or_default() += minor;
    })?;
    for (group, code) in groups.codes.into_iter().enumerate() {
        let sums = into.entry(code).or_default();
        for (outcome, calls) in outcomes.iter() {
            sums.calls += u64::from(calls[group]);
            sums.add_outcome(*outcome, u64::from(calls[group]));
        }
        sums.talk += talk[group];
        sums.recordings += recordings[group];
        sums.bytes += bytes[group];
        sums.recorded += recorded[group];
        for (currency, minor) in &cost[group] {
            *sums.cost.entry(*currency).or_default() += minor;
        }
    }
    Ok(())
}

/// Calls of each outcome, by group.
fn outcomes(segment: &Segment, rows: &Rows, groups: &Groups) -> Result<Vec<(i64, Vec<u32>)>, Damaged> {
    let mut numbered = Numbered::new();
    let table: Vec<usize> =
        segment.load(Part::KindOutcome)?.ints().iter().map(|outcome| usize::from(numbered.of(outcome.unwrap_or(-1)))).collect();
    let (many, kind) = (groups.codes.len(), segment.load(Part::Kind)?);
    let mut counts = vec![0_u32; numbered.codes.len() * many];
    let mut of_rows = groups.of_rows.iter();
    rows.values(kind.ints(), |_row, kind| {
        if let Some((kind, group)) = kind.zip(of_rows.next()) {
            counts[table[kind as usize] * many + usize::from(*group)] += 1;
        }
    });
    Ok(numbered.codes.into_iter().zip(counts.chunks(many.max(1)).map(<[u32]>::to_vec)).collect())
}

/// Sums of a column by group.
fn sums(rows: &Rows, ints: Ints<'_>, of_rows: &[u16], many: usize) -> Vec<i64> {
    if ints.block.all_unknown() || (ints.block.least, ints.block.greatest) == (0, 0) {
        return vec![0; many];
    }
    let turns = if many <= FEW { TURNS } else { 1 };
    let mut sums = vec![0_i64; many * turns];
    let mut nth = 0;
    rows.values(ints, |_row, value| {
        let turn = nth % turns * many;
        sums[turn + usize::from(of_rows[nth])] += value.unwrap_or(0);
        nth += 1;
    });
    for place in many..sums.len() {
        sums[place % many] += sums[place];
    }
    sums.truncate(many);
    sums
}

fn groups(segment: &Segment, rows: &Rows, split: &Split, clock: &mut LocalClock) -> Result<Groups, Damaged> {
    let mut numbered: Numbered<Option<i64>> = Numbered::new();
    let mut of_rows: Vec<u16> = Vec::with_capacity(rows.len());
    let through = |table: Part, values: Vec<Option<i64>>, numbered: &mut Numbered<Option<i64>>, of_rows: &mut Vec<u16>| {
        let table_ids: Vec<u16> = values.into_iter().map(|value| numbered.of(value)).collect();
        let places = segment.load(table)?;
        rows.values(places.ints(), |_row, place| of_rows.push(table_ids[place.unwrap_or(0) as usize]));
        Ok::<(), Damaged>(())
    };
    let all = |part: Part| -> Result<Vec<Option<i64>>, Damaged> { Ok(segment.load(part)?.ints().iter().collect()) };
    match split.by {
        Counted::Column(column) => match seat(column).table() {
            Some(table) => through(table, all(seat(column).part())?, &mut numbered, &mut of_rows)?,
            None => rows.values(segment.load(seat(column).part())?.ints(), |_row, value| of_rows.push(numbered.of(value))),
        },
        Counted::Recorded => through(Part::Kind, all(Part::KindRecorded)?, &mut numbered, &mut of_rows)?,
        Counted::Flagged => {
            let flagged = all(Part::KindFlags)?.into_iter().map(|flags| flags.map(|flags| flags & flag::FLAGGED)).collect();
            through(Part::Kind, flagged, &mut numbered, &mut of_rows)?;
        }
        Counted::Keys(bit) => {
            let with: Vec<bool> = all(Part::KindFlags)?.into_iter().map(|flags| flags.unwrap_or(0) & bit != 0).collect();
            let keys = segment.keys()?;
            rows.values(segment.load(Part::Kind)?.ints(), |row, kind| {
                let has = kind.is_some_and(|kind| with.get(kind as usize) == Some(&true));
                of_rows.push(numbered.of(if has { keys.at(row) } else { None }));
            });
        }
        Counted::Hour => rows.values(segment.load(Part::Hour)?.ints(), |_row, hour| of_rows.push(numbered.of(hour))),
        Counted::Day => {
            for (day, stretch) in days(segment, clock)? {
                let count = rows.within(stretch);
                if count > 0 {
                    let day = numbered.of(Some(day));
                    of_rows.resize(of_rows.len() + count, day);
                }
            }
        }
        Counted::Length => {
            rows.values(segment.load(Part::Talk)?.ints(), |_row, talk| {
                of_rows.push(numbered.of(talk.map(|talk| length_bucket(talk) as i64)));
            });
        }
        Counted::Reached => {
            let (to, reached) = (segment.load(Part::To)?, segment.load(Part::Reached)?);
            let number = |row: usize| reached.ints().get(row).or_else(|| to.ints().get(row));
            rows.each(|row| of_rows.push(numbered.of(split.recoded(number(row)))));
        }
        Counted::OtherParty => others(segment, rows, |other| of_rows.push(numbered.of(split.recoded(Some(other)))))?,
    }
    Ok(Groups { codes: numbered.codes, of_rows })
}
