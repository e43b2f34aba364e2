//! Gathers the records of one call: union by linkedid and uniqueid; lines of `Master.csv`, which have no linkedid, by
//! channels that they share and that touch in time.

use std::collections::HashMap;

use super::{
    channel::ChannelName,
    record::{Micros, Record},
};

/// Whole-second times of two lines that touch may differ by this much.
const TOUCH: Micros = 1_000_000;

/// Open calls.
#[derive(Debug, Default)]
pub struct Groups {
    by_id: HashMap<String, u64>,
    by_channel: HashMap<String, Vec<(u64, Micros, Micros)>>,
    groups: HashMap<u64, Group>,
    next: u64,
    records: usize,
}

/// One open call.
#[derive(Clone, Debug, Default)]
pub struct Group {
    pub records: Vec<Record>,
    ids: Vec<String>,
    channels: Vec<String>,
    /// Time of the latest record, by the exchange's clock.
    pub latest: Micros,
    /// Count of records read when the last one of it came.
    pub touched: u64,
    /// A `LINKEDID_END` was seen and no other linkedid is open.
    pub ended: bool,
    /// Has lines without a linkedid, whose call may go on under another id.
    pub loose: bool,
    /// Has channel events, so that an end is to be expected.
    pub events: bool,
    /// Where its first record of each file begins: (file, offset, lines before).
    pub places: Vec<(usize, u64, u64)>,
}

impl Groups {
    /// Adds a record to its call, joining calls that it shows to be one. Gives the call's number.
    pub fn add(&mut self, record: Record) -> u64 {
        let ids = record.ids();
        let channels = loose_channels(&record);
        let mut found: Vec<u64> = ids.iter().filter_map(|id| self.by_id.get(*id).copied()).collect();
        for (channel, from, until) in &channels {
            for (number, other_from, other_until) in self.by_channel.get(*channel).into_iter().flatten() {
                if *from <= other_until + TOUCH && *other_from <= until + TOUCH {
                    found.push(*number);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        let number = match found.split_first() {
            Some((first, rest)) => {
                for other in rest {
                    self.join(*first, *other);
                }
                *first
            }
            None => {
                self.next += 1;
                self.next
            }
        };
        let group = self.groups.entry(number).or_default();
        for id in ids {
            if let Some(known) = self.by_id.get_mut(id) {
                *known = number;
            } else {
                self.by_id.insert(id.to_owned(), number);
                group.ids.push(id.to_owned());
            }
        }
        for (channel, from, until) in channels {
            let span = (number, from, until);
            match self.by_channel.get_mut(channel) {
                Some(spans) => spans.push(span),
                None => {
                    self.by_channel.insert(channel.to_owned(), vec![span]);
                }
            }
            group.channels.push(channel.to_owned());
            group.loose = true;
        }
        group.latest = group.latest.max(record.at());
        if let Record::Cel(cel) = &record {
            group.events = true;
            group.ended = cel.kind == "LINKEDID_END"
                || group.ended && !matches!(cel.kind.as_str(), "CHAN_START" | "BRIDGE_ENTER" | "APP_START");
        }
        if group.records.is_empty() {
            // Most calls of Master.csv have one line, and records are large.
            group.records.reserve_exact(1);
        }
        group.records.push(record);
        self.records += 1;
        number
    }

    /// Whether a record shares a channel with an open call that it touches in time.
    pub fn touches(&self, record: &Record) -> bool {
        loose_channels(record).iter().any(|(channel, from, until)| {
            let mut others = self.by_channel.get(*channel).into_iter().flatten();
            others.any(|(_, other_from, other_until)| *from <= other_until + TOUCH && *other_from <= until + TOUCH)
        })
    }

    fn join(&mut self, into: u64, other: u64) {
        let Some(taken) = self.groups.remove(&other) else { return };
        for id in &taken.ids {
            self.by_id.insert(id.clone(), into);
        }
        for channel in &taken.channels {
            for entry in self.by_channel.get_mut(channel).into_iter().flatten() {
                if entry.0 == other {
                    entry.0 = into;
                }
            }
        }
        let group = self.groups.entry(into).or_default();
        group.records.extend(taken.records);
        group.ids.extend(taken.ids);
        group.channels.extend(taken.channels);
        group.latest = group.latest.max(taken.latest);
        group.touched = group.touched.max(taken.touched);
        group.ended &= taken.ended;
        group.loose |= taken.loose;
        group.events |= taken.events;
        for place in taken.places {
            group.note_place(place);
        }
    }

    pub fn get_mut(&mut self, number: u64) -> Option<&mut Group> {
        self.groups.get_mut(&number)
    }

    /// Records of all open calls.
    pub const fn records(&self) -> usize {
        self.records
    }

    pub fn len(&self) -> usize {
        self.groups.len()
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub fn open(&self) -> impl Iterator<Item = (u64, &Group)> {
        self.groups.iter().map(|(number, group)| (*number, group))
    }

    /// Closes a call and gives it.
    pub fn take(&mut self, number: u64) -> Option<Group> {
        let group = self.groups.remove(&number)?;
        for id in &group.ids {
            self.by_id.remove(id);
        }
        for channel in &group.channels {
            if let Some(entries) = self.by_channel.get_mut(channel) {
                entries.retain(|(other, ..)| *other != number);
                if entries.is_empty() {
                    self.by_channel.remove(channel);
                }
            }
        }
        self.records -= group.records.len();
        Some(group)
    }

    /// Closes every call.
    pub fn take_all(&mut self) -> Vec<Vec<Record>> {
        let mut numbers: Vec<u64> = self.groups.keys().copied().collect();
        numbers.sort_unstable();
        numbers.into_iter().filter_map(|number| self.take(number)).map(|group| group.records).collect()
    }
}

impl Group {
    /// Every id of its records.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Remembers where its earliest record of a file stands.
    pub fn note_place(&mut self, (file, offset, lines): (usize, u64, u64)) {
        match self.places.iter_mut().find(|(other, ..)| *other == file) {
            Some(place) if place.1 <= offset => {}
            Some(place) => *place = (file, offset, lines),
            None => self.places.push((file, offset, lines)),
        }
    }
}

/// From when to when a record without a linkedid may touch others.
pub fn loose_span(record: &Record) -> Option<(Micros, Micros)> {
    let (_, from, until) = *loose_channels(record).first()?;
    Some((from - TOUCH, until + TOUCH))
}

/// Channels by which a line without a linkedid is joined; the ends of a Local pair are one.
fn loose_channels(record: &Record) -> Vec<(&str, Micros, Micros)> {
    let Record::Cdr(cdr) = record else { return Vec::new() };
    if !cdr.whole_seconds || !cdr.linked_id.is_empty() {
        return Vec::new();
    }
    [&cdr.channel, &cdr.far_channel]
        .into_iter()
        .filter(|channel| !channel.is_empty())
        .map(|channel| (ChannelName::pair(channel).unwrap_or(channel), cdr.start, cdr.end))
        .collect()
}
