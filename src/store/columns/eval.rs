//! Tests a stretch of a segment.

use std::ops::Range;

use super::{
    block::{Block, Word, by_width},
    image::Damaged,
    mask::{self, Hits},
    part::{HOURS, Part},
    plan::{TableTest, Test},
    rows::Rows,
    segment::Segment,
    view::Held,
};
use crate::{
    domain::call::Direction,
    store::{numbers::NumberSet, row::other_party as other_party_of, zone::LocalClock},
};

/// Numbers are looked up one by one in the postings while there are so many fewer than the segment has.
const FEW: usize = 32;
/// Stretches so short are tested row by row rather than through postings.
const SHORT: usize = if cfg!(test) { 48 } else { 4_096 };

/// Tests segments; holds what one query needs beside them.
pub(in crate::store) struct Tester<'a> {
    pub(in crate::store) test: &'a Test,
    pub(in crate::store) clock: LocalClock,
}

impl Tester<'_> {
    /// Rows of a segment within keys (from inclusive, until exclusive), without testing them.
    pub(in crate::store) fn stretch(segment: &Segment, from: i64, until: i64) -> Result<Range<usize>, Damaged> {
        let (start, end) = (segment.lower(from)?, segment.lower(until)?);
        Ok(start..end.max(start))
    }

    /// The rows of a stretch that count and pass.
    pub(in crate::store) fn hits(&mut self, held: &Held, rows: Range<usize>) -> Result<Hits, Damaged> {
        if rows.is_empty() {
            return Ok(Hits::None);
        }
        let test = self.test;
        let hits = self.test(&held.segment, test, &rows)?;
        let Some(dead) = &held.dead else { return Ok(hits) };
        let alive = rows.map(|row| u8::from(!dead.contains(row))).collect();
        Ok(hits.and(Hits::Some(alive)))
    }

    fn test(&mut self, segment: &Segment, test: &Test, rows: &Range<usize>) -> Result<Hits, Damaged> {
        Ok(match test {
            Test::Const(value) => Hits::of_bool(*value),
            Test::And(parts) => {
                let mut hits = Hits::All;
                for part in parts {
                    hits = hits.and(self.test(segment, part, rows)?).settle();
                    if matches!(hits, Hits::None) {
                        break;
                    }
                }
                hits
            }
            Test::Or(parts) => {
                let mut hits = Hits::None;
                for part in parts {
                    hits = hits.or(self.test(segment, part, rows)?);
                    if matches!(hits, Hits::All) {
                        break;
                    }
                }
                hits
            }
            Test::Not(inner) => self.test(segment, inner, rows)?.not(),
            Test::Time(from, until) => {
                let within = Self::stretch(segment, *from, *until)?;
                let (start, end) = (within.start.max(rows.start), within.end.min(rows.end));
                if start >= end {
                    Hits::None
                } else if (start, end) == (rows.start, rows.end) {
                    Hits::All
                } else {
                    let mut mask = vec![0; rows.len()];
                    mask[start - rows.start..end - rows.start].fill(1);
                    Hits::Some(mask)
                }
            }
            Test::Keys(keys) => {
                let (first, end) = segment.span();
                let mine = &keys[keys.partition_point(|key| *key < first)..keys.partition_point(|key| *key < end)];
                let mut found = Vec::new();
                for key in mine {
                    found.extend(segment.find(*key)?);
                }
                marked(rows, found.into_iter())
            }
            Test::Table(part, test) => {
                let table = table(segment, test)?;
                mask::looked_up(segment.load(*part)?.ints(), rows.clone(), &table)
            }
            Test::Between(part, from, to) => {
                let block = segment.block(*part);
                if block.misses(*from, *to) {
                    return Ok(Hits::None);
                }
                if block.within(*from, *to) {
                    return Ok(Hits::All);
                }
                mask::between(segment.load(*part)?.ints(), rows.clone(), *from, *to)
            }
            Test::Numbers { set, from, to } => numbers(segment, set, *from, *to, rows)?,
            Test::OtherParty(set) => other_party(segment, set, rows)?,
            Test::Weekdays(days) => {
                let table: Vec<u8> = (0..HOURS).map(|hour| (days >> (hour / 24) & 1) as u8).collect();
                mask::looked_up(segment.load(Part::Hour)?.ints(), rows.clone(), &table)
            }
            Test::TimeOfDay(from, to) if from % 60 == 0 && to % 60 == 0 => {
                let within = |hour: usize| inside((hour % 24) as i64 * 60, *from, *to);
                let table: Vec<u8> = (0..HOURS).map(|hour| u8::from(within(hour))).collect();
                mask::looked_up(segment.load(Part::Hour)?.ints(), rows.clone(), &table)
            }
            Test::TimeOfDay(from, to) => {
                // Hours that lie inside or outside as a whole need no minutes.
                let whole = |hour: usize| {
                    let first = (hour % 24) as i64 * 60;
                    let (begins, ends) = (inside(first, *from, *to), inside(first + 59, *from, *to));
                    let parted = (first + 1..first + 60).contains(from) || (first + 1..first + 60).contains(to);
                    if parted { None } else { Some(begins && ends) }
                };
                let hours: Vec<Option<bool>> = (0..HOURS).map(whole).collect();
                let (keys, hour_of) = (segment.keys()?, segment.load(Part::Hour)?);
                let mut mask = Vec::with_capacity(rows.len());
                Rows::Range(rows.clone()).values(hour_of.ints(), |row, hour| {
                    let known = hour.and_then(|hour| hours.get(hour as usize).copied().flatten());
                    mask.push(u8::from(
                        known.unwrap_or_else(|| inside(self.clock.minute_of_week(keys.at(row).unwrap_or(0)) % 1440, *from, *to)),
                    ));
                });
                Hits::Some(mask)
            }
        })
    }
}

const fn inside(minute: i64, from: i64, to: i64) -> bool {
    if from <= to { minute >= from && minute < to } else { minute >= from || minute < to }
}

/// 1 for each entry of a table that passes.
pub(in crate::store) fn table(segment: &Segment, test: &TableTest) -> Result<Vec<u8>, Damaged> {
    let join = |tests: &[TableTest], join: fn(u8, u8) -> u8| -> Result<Vec<u8>, Damaged> {
        let mut joined: Option<Vec<u8>> = None;
        for test in tests {
            let more = table(segment, test)?;
            joined = Some(match joined {
                None => more,
                Some(before) => before.into_iter().zip(more).map(|(left, right)| join(left, right)).collect(),
            });
        }
        Ok(joined.unwrap_or_default())
    };
    match test {
        TableTest::And(tests) => join(tests, |left, right| left & right),
        TableTest::Or(tests) => join(tests, |left, right| left | right),
        TableTest::Not(inner) => Ok(table(segment, inner)?.into_iter().map(|value| value ^ 1).collect()),
        TableTest::In(part, ids) => each(segment, *part, |value| ids.contains(value)),
        TableTest::Bits(part, bits) => each(segment, *part, |value| value & bits != 0),
        TableTest::Positive(part) => each(segment, *part, |value| value > 0),
    }
}

fn each(segment: &Segment, part: Part, pass: impl Fn(i64) -> bool) -> Result<Vec<u8>, Damaged> {
    let loaded = segment.load(part)?;
    let mut table = Vec::with_capacity(loaded.ints().len());
    loaded.ints().each(|value| table.push(u8::from(value.is_some_and(&pass))));
    Ok(table)
}

fn marked(rows: &Range<usize>, found: impl Iterator<Item = usize>) -> Hits {
    let mut mask: Option<Vec<u8>> = None;
    for row in found.filter(|row| rows.contains(row)) {
        mask.get_or_insert_with(|| vec![0; rows.len()])[row - rows.start] = 1;
    }
    mask.map_or(Hits::None, Hits::Some)
}

fn numbers(segment: &Segment, set: &NumberSet, from: bool, to: bool, rows: &Range<usize>) -> Result<Hits, Damaged> {
    if set.is_empty() {
        return Ok(Hits::None);
    }
    let mut mask = vec![0; rows.len()];
    if rows.len() <= SHORT || set.is_dense() {
        let parts: &[Part] = match (from, to) {
            (true, true) => &[Part::From, Part::To, Part::Reached],
            (true, false) => &[Part::From],
            _ => &[Part::To, Part::Reached],
        };
        for part in parts {
            let loaded = segment.load(*part)?;
            let ints = loaded.ints();
            let test = |number: Option<i64>| number.is_some_and(|number| number != 0 && set.contains(number));
            by_width!(ints, words => mark(&words[rows.clone()], ints.block, test, &mut mask), {
                if test((!ints.block.unknown).then_some(ints.block.least)) {
                    mask.fill(1);
                }
            });
        }
        return Ok(Hits::Some(mask).settle());
    }
    if from {
        postings(segment, FROM, set, rows, &mut mask)?;
    }
    if to {
        postings(segment, TO, set, rows, &mut mask)?;
    }
    Ok(Hits::Some(mask).settle())
}

/// Marks the rows that are not marked yet and pass.
fn mark<W: Word>(words: &[W], block: &Block, test: impl Fn(Option<i64>) -> bool, mask: &mut [u8]) {
    for (word, hit) in words.iter().zip(mask).filter(|(_, hit)| **hit == 0) {
        let known = !block.unknown || *word != W::UNKNOWN;
        *hit = u8::from(test(known.then(|| block.least.wrapping_add(word.wide().cast_signed()))));
    }
}

const FROM: [Part; 3] = [Part::FromNumbers, Part::FromStarts, Part::FromRows];
const TO: [Part; 3] = [Part::ToNumbers, Part::ToStarts, Part::ToRows];

/// Marks the rows that have any of the numbers.
fn postings(segment: &Segment, parts: [Part; 3], set: &NumberSet, rows: &Range<usize>, mask: &mut [u8]) -> Result<(), Damaged> {
    let [numbers, starts, of_rows] = [segment.load(parts[0])?, segment.load(parts[1])?, segment.load(parts[2])?];
    let (numbers, starts, of_rows) = (numbers.ints(), starts.ints(), of_rows.ints());
    let mut take = |place: usize| {
        let start = starts.get(place).unwrap_or(0) as usize;
        let end = starts.get(place + 1).map_or(of_rows.len(), |end| end as usize);
        Rows::Range(start..end).values(of_rows, |_entry, row| {
            if let Some(hit) = row.and_then(|row| mask.get_mut((row as usize).wrapping_sub(rows.start))) {
                *hit = 1;
            }
        });
    };
    if set.len() * FEW < numbers.len() {
        for number in set.iter() {
            let place = numbers.partition(number);
            if numbers.get(place) == Some(number) {
                take(place);
            }
        }
    } else {
        let mut place = 0;
        numbers.each(|number| {
            if number.is_some_and(|number| set.contains(number)) {
                take(place);
            }
            place += 1;
        });
    }
    Ok(())
}

/// As [`crate::store::row::CallRow::other_party`]: of calls that came in who called, of others who was called.
fn other_party(segment: &Segment, set: &NumberSet, rows: &Range<usize>) -> Result<Hits, Damaged> {
    let came = each(segment, Part::KindDirection, |direction| direction == Direction::In.code())?;
    let came = mask::looked_up(segment.load(Part::Kind)?.ints(), rows.clone(), &came);
    let callers = numbers(segment, set, true, false, rows)?;
    let (went, came_too) = match came {
        Hits::None => (Hits::All, Hits::None),
        Hits::All => return Ok(callers),
        Hits::Some(mask) => (Hits::Some(mask.iter().map(|row| row ^ 1).collect()), Hits::Some(mask)),
    };
    let called = went.and(numbers(segment, set, false, true, rows)?);
    let called = match called {
        Hits::Some(mut mask) => {
            // Those reached by somebody else than was called do not count.
            let [kinds, directions] = [segment.load(Part::Kind)?, segment.load(Part::KindDirection)?];
            let [to, reached] = [segment.load(Part::To)?, segment.load(Part::Reached)?];
            for (row, hit) in rows.clone().zip(&mut mask).filter(|(_, hit)| **hit == 1) {
                let direction = kinds.ints().get(row).and_then(|kind| directions.ints().get(kind as usize));
                *hit = u8::from(set.contains(other_party_of(direction, None, to.ints().get(row), reached.ints().get(row))));
            }
            Hits::Some(mask).settle()
        }
        other => other,
    };
    Ok(came_too.and(callers).or(called))
}
