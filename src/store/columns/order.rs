//! Orders other than time: the best rows of a page, found in one pass that skips what cannot be among them.

use std::collections::HashMap;

use super::{
    image::Damaged,
    part::Part,
    query::{Query, Trouble},
    rows::Rows,
    segment::{Seat, Segment},
    view::Held,
};
use crate::{
    domain::id::milliseconds_of,
    store::row::{flag, other_party},
};

/// What rows are ordered by: a number, by which more than one text may be known.
pub(in crate::store) enum By<'a> {
    /// The value of a column, or for columns of names its rank by id.
    Column(Seat, Option<Vec<Option<i64>>>),
    /// Milliseconds since 2000 of the instant so long after the key.
    Instant(Part),
    Legs,
    Flagged,
    /// Without any it is unknown.
    Modes,
    /// Rank of a telephone number by id.
    From(&'a dyn Fn(i64) -> Option<i64>),
    To(&'a dyn Fn(i64) -> Option<i64>),
    Reached(&'a dyn Fn(i64) -> Option<i64>),
    OtherParty(&'a dyn Fn(i64) -> Option<i64>),
    /// Ranks of the calls that have a case.
    Case(HashMap<i64, i64>),
}

/// Which page.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Wanted {
    pub(in crate::store) descending: bool,
    pub(in crate::store) backwards: bool,
    /// Value and key of the row behind which it begins.
    pub(in crate::store) after: Option<(Option<i64>, i64)>,
    pub(in crate::store) limit: usize,
}

/// A place in the order of reading: less comes first.
type Place = (u64, u64);

impl Wanted {
    /// Unknown last, ties newest first; all of it the other way round when read backwards.
    fn place(self, value: Option<i64>, key: i64) -> Place {
        let place = (self.major(value), !key.cast_unsigned());
        if self.backwards { (place.0, !place.1) } else { place }
    }

    fn major(self, value: Option<i64>) -> u64 {
        let place = match value {
            None => u64::MAX,
            Some(value) => {
                // Values are far from the ends: lengths, bytes, money, ranks.
                let ordered = value.clamp(-(1 << 61), 1 << 61).wrapping_add(1 << 62).cast_unsigned();
                if self.descending { (1 << 63) - ordered } else { ordered }
            }
        };
        if self.backwards { !place } else { place }
    }
}

/// The values of a segment's rows.
type Values<'a> = Box<dyn Fn(usize) -> Option<i64> + 'a>;

impl Query<'_> {
    /// Keys of the rows of the page, in no order.
    pub(in crate::store) fn sorted(&self, by: &By<'_>, wanted: Wanted) -> Result<Vec<i64>, Trouble> {
        let after = wanted.after.map(|(value, key)| wanted.place(value, key));
        let mut segments: Vec<(Place, &Held)> =
            self.segments().map(|held| Ok((nearest(&held.segment, by, wanted, after)?, held))).collect::<Result<_, Damaged>>()?;
        segments.sort_by_key(|(nearest, _)| *nearest);
        let mut best = Best { places: Vec::new(), limit: wanted.limit, worst: (u64::MAX, u64::MAX) };
        let mut tester = self.tester();
        for (nearest, held) in segments {
            self.go_on()?;
            if nearest > best.worst {
                break;
            }
            if let Some(rows) = self.rows(&mut tester, held)? {
                take(&held.segment, &rows, by, wanted, after, &mut best)?;
                best.shrink();
            }
        }
        Ok(best.places.into_iter().map(|(_, key)| key).collect())
    }
}

struct Best {
    places: Vec<(Place, i64)>,
    limit: usize,
    worst: Place,
}

impl Best {
    fn push(&mut self, place: Place, key: i64) {
        self.places.push((place, key));
        if self.places.len() > 2 * self.limit + 64 {
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        self.places.sort_unstable();
        self.places.truncate(self.limit);
        if self.places.len() == self.limit
            && let Some((worst, _)) = self.places.last()
        {
            self.worst = *worst;
        }
    }
}

fn take(
    segment: &Segment,
    rows: &Rows,
    by: &By<'_>,
    wanted: Wanted,
    after: Option<Place>,
    best: &mut Best,
) -> Result<(), Damaged> {
    let keys = segment.keys()?;
    let key = |row: usize| keys.at(row).unwrap_or(0);
    let first = after.map_or(0, |after| after.0);
    let mut consider = |row: usize, value: Option<i64>| {
        let major = wanted.major(value);
        if major > best.worst.0 || major < first {
            return;
        }
        let place = wanted.place(value, key(row));
        if place <= best.worst && after.is_none_or(|after| place > after) {
            best.push(place, key(row));
        }
    };
    if let Some((table, values)) = of_table(segment, by)? {
        let places = segment.load(table)?;
        rows.values(places.ints(), |row, place| {
            consider(row, place.and_then(|place| values.get(place as usize).copied().flatten()));
        });
    } else if let Some(part) = of_part(by) {
        rows.values(segment.load(part)?.ints(), consider);
    } else if let By::From(rank) | By::To(rank) = by {
        let part = if matches!(by, By::From(_)) { Part::From } else { Part::To };
        let ranked = |number: Option<i64>| number.filter(|number| *number != 0).and_then(rank);
        rows.values(segment.load(part)?.ints(), |row, number| consider(row, ranked(number)));
    } else {
        let values = of_rows(segment, by)?;
        rows.each(|row| consider(row, values(row)));
    }
    Ok(())
}

/// The column whose values rows are ordered by as they are.
const fn of_part(by: &By<'_>) -> Option<Part> {
    match by {
        By::Column(Seat::Row(part), _) => Some(*part),
        By::Legs => Some(Part::Legs),
        _ => None,
    }
}

/// A table that rows are ordered through, and the value of each of its entries.
type Through = (Part, Vec<Option<i64>>);

fn of_table(segment: &Segment, by: &By<'_>) -> Result<Option<Through>, Damaged> {
    let all = |part: Part, value: &dyn Fn(i64) -> Option<i64>| -> Result<Vec<Option<i64>>, Damaged> {
        let loaded = segment.load(part)?;
        let mut values = Vec::with_capacity(loaded.ints().len());
        loaded.ints().each(|held| values.push(held.and_then(value)));
        Ok(values)
    };
    Ok(match by {
        By::Column(Seat::Party(part), ranks) => {
            let ranked = |id: i64| match ranks {
                Some(ranks) => ranks.get(usize::try_from(id).ok()?).copied().flatten(),
                None => Some(id),
            };
            Some((Part::Party, all(*part, &ranked)?))
        }
        By::Column(Seat::Kind(part), _) => Some((Part::Kind, all(*part, &Some)?)),
        By::Flagged => {
            let bit = |flags: i64| Some(i64::from(flags & flag::FLAGGED != 0));
            Some((Part::Kind, all(Part::KindFlags, &bit)?))
        }
        By::Modes => Some((Part::Kind, all(Part::KindModes, &|modes| Some(modes).filter(|modes| *modes != 0))?)),
        _ => None,
    })
}

/// Values that each row has of its own.
fn of_rows<'a>(segment: &'a Segment, by: &'a By<'_>) -> Result<Values<'a>, Damaged> {
    let keys = segment.keys()?;
    Ok(match by {
        By::Instant(part) => {
            let after = segment.load(*part)?;
            Box::new(move |row| Some(milliseconds_of(keys.at(row)?) + after.ints().get(row)?))
        }
        By::Reached(rank) => {
            let (to, reached) = (segment.load(Part::To)?, segment.load(Part::Reached)?);
            Box::new(move |row| {
                let number = reached.ints().get(row).or_else(|| to.ints().get(row))?;
                if number == 0 { None } else { rank(number) }
            })
        }
        By::OtherParty(rank) => {
            let [kinds, directions] = [segment.load(Part::Kind)?, segment.load(Part::KindDirection)?];
            let [from, to, reached] = [segment.load(Part::From)?, segment.load(Part::To)?, segment.load(Part::Reached)?];
            Box::new(move |row| {
                let direction = kinds.ints().get(row).and_then(|kind| directions.ints().get(kind as usize));
                rank(other_party(direction, from.ints().get(row), to.ints().get(row), reached.ints().get(row)))
            })
        }
        By::Case(ranks) => Box::new(move |row| ranks.get(&keys.at(row)?).copied()),
        By::Column(..) | By::Legs | By::Flagged | By::Modes | By::From(_) | By::To(_) => Box::new(|_row| None),
    })
}

/// The first place that a row of the segment can have, of those behind the cursor; less where that is not known.
fn nearest(segment: &Segment, by: &By<'_>, wanted: Wanted, after: Option<Place>) -> Result<Place, Damaged> {
    let (first, end) = segment.span();
    let minor = if wanted.backwards { first.cast_unsigned() } else { !end.cast_unsigned() };
    let behind = after.map_or(0, |after| after.0);
    let mut major = u64::MAX;
    let mut consider = |value: Option<i64>| {
        let place = wanted.major(value);
        if place >= behind {
            major = major.min(place);
        }
    };
    if let Some((_, values)) = of_table(segment, by)? {
        values.into_iter().for_each(consider);
        return Ok((major, minor));
    }
    if let Some(part) = of_part(by) {
        let block = segment.block(part);
        if block.unknown {
            consider(None);
        }
        if !block.all_unknown() {
            // What lies between the ends may be nearer to the cursor than they are.
            let ends = [wanted.major(Some(block.least)), wanted.major(Some(block.greatest))];
            let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            if high >= behind {
                major = major.min(low.max(behind));
            }
        }
        return Ok((major, minor));
    }
    let (lists, rank): (&[Part], _) = match by {
        By::From(rank) => (&[Part::FromNumbers], rank),
        By::To(rank) | By::Reached(rank) => (&[Part::ToNumbers], rank),
        By::OtherParty(rank) => (&[Part::FromNumbers, Part::ToNumbers], rank),
        _ => return Ok((0, 0)),
    };
    // A row may have no number at all.
    consider(None);
    for list in lists {
        segment.load(*list)?.ints().each(|number| consider(number.and_then(rank)));
    }
    Ok((major, minor))
}
