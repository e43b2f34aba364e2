//! Up to 65,536 calls in the order of their keys, column by column.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use super::{
    block::Block,
    image::{Damaged, Image, ImageBuilder, Loaded},
    map::Map,
    part::{HOURS, PARTS, Part},
    row::IndexRow,
};
use crate::store::{column::Column, row::CallRow, zone::LocalClock};

/// Rows of a segment at most.
pub(in crate::store) const ROWS: usize = if cfg!(test) { 256 } else { 65_536 };

pub(in crate::store) struct Segment {
    image: Image,
}

/// Extension, set, agent, set, group, set, project set, queue.
type Party = [Option<i64>; 8];
/// Direction, route, outcome, currency, recording modes, flags, places, recorded.
type Kind = [Option<i64>; 8];

fn party(row: &CallRow) -> Party {
    [row.ext, Some(row.extset), row.agent, Some(row.agentset), row.grp, Some(row.grpset), Some(row.projset), row.queue]
}

fn kind(row: &CallRow) -> Kind {
    [
        Some(row.dir),
        row.route,
        Some(row.outcome),
        row.currency,
        Some(row.rec_modes),
        Some(row.flags),
        Some(row.places),
        Some(i64::from(row.rec_count > 0)),
    ]
}

/// The distinct values, and the place of each row's among them.
fn distinct<K: Hash + Eq + Copy>(rows: &[IndexRow], key: impl Fn(&CallRow) -> K) -> (Vec<K>, Vec<usize>) {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut values = Vec::new();
    let of_rows = rows
        .iter()
        .map(|row| {
            let key = key(&row.row);
            *places.entry(key).or_insert_with(|| {
                values.push(key);
                values.len() - 1
            })
        })
        .collect();
    (values, of_rows)
}

impl Segment {
    /// Of at least one row and at most [`ROWS`], keys ascending.
    pub(in crate::store) fn build(rows: &[IndexRow], clock: &mut LocalClock) -> Self {
        let mut image = ImageBuilder::default();
        let hours: Vec<usize> = rows.iter().map(|row| clock.minute_of_week(row.row.id) as usize / 60).collect();
        let (parties, party_of) = distinct(rows, party);
        let (kinds, kind_of) = distinct(rows, kind);
        image.push_known(rows.iter().map(|row| row.row.id >> REST_BITS));
        image.push_known(rows.iter().map(|row| row.row.id & ((1 << REST_BITS) - 1)));
        image.push_known(hours.iter().map(|hour| *hour as i64));
        image.push_known(rows.iter().map(|row| row.row.from_no));
        image.push_known(rows.iter().map(|row| row.row.to_no));
        image.push(&rows.iter().map(|row| row.row.reached_no).collect::<Vec<_>>());
        image.push_known(party_of.iter().map(|place| *place as i64));
        image.push_known(kind_of.iter().map(|place| *place as i64));
        let optional: [fn(&IndexRow) -> Option<i64>; 12] = [
            |row| row.row.wait,
            |row| row.row.talk,
            |row| row.row.talk_most,
            |row| row.row.hold,
            |row| row.row.dur,
            |row| row.row.cost,
            |row| Some(row.row.rec_count),
            |row| row.row.rec_bytes,
            |row| row.row.rec_ds,
            |row| row.answered,
            |row| row.end,
            |row| Some(row.legs),
        ];
        for value in optional {
            image.push(&rows.iter().map(value).collect::<Vec<_>>());
        }
        let counts = |places: &[usize], many: usize| {
            let mut counts = vec![0_i64; many];
            places.iter().for_each(|place| counts[*place] += 1);
            counts
        };
        for field in 0..8 {
            image.push(&parties.iter().map(|party| party[field]).collect::<Vec<_>>());
        }
        image.push_known(counts(&party_of, parties.len()));
        for field in 0..8 {
            image.push(&kinds.iter().map(|kind| kind[field]).collect::<Vec<_>>());
        }
        image.push_known(counts(&kind_of, kinds.len()));
        let (mut cost, mut rated) = (vec![0_i64; kinds.len()], vec![0_i64; kinds.len()]);
        for (row, kind) in rows.iter().zip(&kind_of) {
            if let Some(minor) = row.row.cost {
                cost[*kind] = cost[*kind].saturating_add(minor);
                rated[*kind] += 1;
            }
        }
        image.push_known(cost);
        image.push_known(rated);
        image.push_known(counts(&hours, HOURS));
        let sum = |value: fn(&CallRow) -> Option<i64>| rows.iter().filter_map(|row| value(&row.row)).sum::<i64>();
        image.push_known([sum(|row| row.talk), sum(|row| Some(row.rec_count)), sum(|row| row.rec_bytes), sum(|row| row.rec_ds)]);
        push_postings(&mut image, rows, |row| [Some(row.from_no), None]);
        push_postings(&mut image, rows, |row| [Some(row.to_no), row.reached_no]);
        Self { image: image.finish() }
    }

    pub(in crate::store) fn of_file(map: Arc<Map>, start: u64, length: u64, directory: &[u64]) -> Option<Self> {
        let image = Image::of_file(map, start, length, directory)?;
        let rows = image.block(0).count;
        let row_parts = (0..=Part::Legs as usize).all(|part| image.block(part).count == rows);
        (rows > 0 && rows <= ROWS as u64 && row_parts).then_some(Self { image })
    }

    pub(in crate::store) const fn image(&self) -> &Image {
        &self.image
    }

    pub(in crate::store) fn rows(&self) -> usize {
        self.image.block(Part::Second as usize).count as usize
    }

    pub(in crate::store) fn block(&self, part: Part) -> &Block {
        self.image.block(part as usize)
    }

    pub(in crate::store) fn load(&self, part: Part) -> Result<Loaded<'_>, Damaged> {
        self.image.load(part as usize)
    }

    /// No key is below, nor at or above the second.
    pub(in crate::store) fn span(&self) -> (i64, i64) {
        let seconds = self.block(Part::Second);
        (seconds.least << REST_BITS, (seconds.greatest + 1) << REST_BITS)
    }

    /// The keys of the rows.
    pub(in crate::store) fn keys(&self) -> Result<Keys<'_>, Damaged> {
        Ok(Keys { seconds: self.load(Part::Second)?, rests: self.load(Part::Rest)?, rows: self.rows() })
    }
}

/// Bits of a key that are no seconds: milliseconds and tie.
const REST_BITS: u32 = 14;

/// Keys of calls, put together from their two columns.
pub(in crate::store) struct Keys<'a> {
    seconds: Loaded<'a>,
    rests: Loaded<'a>,
    rows: usize,
}

impl Keys<'_> {
    /// None behind the last row, also where all values are the same.
    pub(in crate::store) fn at(&self, row: usize) -> Option<i64> {
        if row >= self.rows {
            return None;
        }
        let (second, rest) = self.seconds.ints().get(row).zip(self.rests.ints().get(row))?;
        Some(second << REST_BITS | rest)
    }

    /// The first row of the second of a key.
    pub(in crate::store) fn second(&self, key: i64) -> usize {
        self.seconds.ints().partition(key >> REST_BITS)
    }
}

/// Each row under its numbers; no number is 0 or the same twice.
fn push_postings(image: &mut ImageBuilder, rows: &[IndexRow], numbers: impl Fn(&CallRow) -> [Option<i64>; 2]) {
    let mut entries: Vec<(i64, i64)> = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let [one, other] = numbers(&row.row);
        entries.extend(one.filter(|number| *number != 0).map(|number| (number, place as i64)));
        entries.extend(other.filter(|number| *number != 0 && Some(*number) != one).map(|number| (number, place as i64)));
    }
    entries.sort_unstable();
    let (mut distinct, mut starts) = (Vec::new(), Vec::new());
    for (place, (number, _)) in entries.iter().enumerate() {
        if distinct.last() != Some(number) {
            distinct.push(*number);
            starts.push(place as i64);
        }
    }
    image.push_known(distinct);
    image.push_known(starts);
    image.push_known(entries.into_iter().map(|(_, row)| row));
}

/// Where a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Seat {
    Row(Part),
    Party(Part),
    Kind(Part),
}

/// Where the column stands in a segment.
pub(in crate::store) const fn seat(column: Column) -> Seat {
    match column {
        Column::Direction => Seat::Kind(Part::KindDirection),
        Column::Route => Seat::Kind(Part::KindRoute),
        Column::Outcome => Seat::Kind(Part::KindOutcome),
        Column::RecordingModes => Seat::Kind(Part::KindModes),
        Column::Flags => Seat::Kind(Part::KindFlags),
        Column::Places => Seat::Kind(Part::KindPlaces),
        Column::Extension => Seat::Party(Part::PartyExtension),
        Column::ExtensionSet => Seat::Party(Part::PartyExtensionSet),
        Column::Agent => Seat::Party(Part::PartyAgent),
        Column::AgentSet => Seat::Party(Part::PartyAgentSet),
        Column::Group => Seat::Party(Part::PartyGroup),
        Column::GroupSet => Seat::Party(Part::PartyGroupSet),
        Column::ProjectSet => Seat::Party(Part::PartyProjectSet),
        Column::Queue => Seat::Party(Part::PartyQueue),
        Column::From => Seat::Row(Part::From),
        Column::To => Seat::Row(Part::To),
        Column::Wait => Seat::Row(Part::Wait),
        Column::Talk => Seat::Row(Part::Talk),
        Column::TalkAtMost => Seat::Row(Part::TalkAtMost),
        Column::OnHold => Seat::Row(Part::OnHold),
        Column::Duration => Seat::Row(Part::Duration),
        Column::Cost => Seat::Row(Part::Cost),
        Column::RecordingCount => Seat::Row(Part::RecordingCount),
        Column::RecordingBytes => Seat::Row(Part::RecordingBytes),
        Column::RecordingLength => Seat::Row(Part::RecordingLength),
    }
}

impl Seat {
    pub(in crate::store) const fn part(self) -> Part {
        match self {
            Self::Row(part) | Self::Party(part) | Self::Kind(part) => part,
        }
    }

    /// The part that tells of which party or kind a row is, for columns of those.
    pub(in crate::store) const fn table(self) -> Option<Part> {
        match self {
            Self::Row(_) => None,
            Self::Party(_) => Some(Part::Party),
            Self::Kind(_) => Some(Part::Kind),
        }
    }
}

/// Blocks of a segment in a file's directory.
pub(in crate::store) const DIRECTORY: usize = PARTS * super::block::WORDS;
