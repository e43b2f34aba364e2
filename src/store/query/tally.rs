//! The one way to count and sum up what is filtered: from the column index in one pass, or by SQL where few calls are meant or
//! there is no index. Both give the same.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Row;

use super::{
    access::{Access, Order},
    term::Term,
};
use crate::{
    domain::{
        call::{Money, Outcome},
        facet::LENGTHS,
        length::Tenths,
        list::Totals,
    },
    store::{
        column::Column,
        error::Sql,
        names::Sets,
        reader::Reader,
        row::{OTHER_PARTY, flag},
    },
};

/// What calls are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Counted {
    Column(Column),
    /// The number that was reached.
    Reached,
    /// The number of the other side.
    OtherParty,
    /// The key of each call that has the flag; none for the others.
    Keys(i64),
    /// The bit, or 0.
    Flagged,
    /// 1 with a recording, 0 without.
    Recorded,
    /// Hours after the last Monday, 00:00, in the company's zone.
    Hour,
    /// Days after 1970-01-01 in the company's zone.
    Day,
    /// Place of the talk time among [`LENGTHS`].
    Length,
}

impl Counted {
    fn sql(self) -> String {
        match self {
            Self::Column(column) => column.sql().to_owned(),
            Self::Reached => "ifnull(c.reached_no,c.to_no)".to_owned(),
            Self::OtherParty => OTHER_PARTY.to_owned(),
            Self::Keys(bit) => format!("CASE WHEN c.flags&{bit} THEN c.id END"),
            Self::Flagged => format!("c.flags&{}", flag::FLAGGED),
            Self::Recorded => "c.rec_count>0".to_owned(),
            Self::Hour => "local_minute(c.id)/60".to_owned(),
            Self::Day => "local_day(c.id)".to_owned(),
            Self::Length => {
                let longer = LENGTHS.iter().skip(1).map(|(_, from)| format!("(c.talk_ds>={from})"));
                longer.collect::<Vec<_>>().join("+")
            }
        }
    }

    const fn is_local(self) -> bool {
        matches!(self, Self::Hour | Self::Day)
    }
}

/// What is to be counted.
#[derive(Default)]
pub(in crate::store) struct Ask<'a> {
    pub(in crate::store) sums: bool,
    pub(in crate::store) by: Vec<Counted>,
    /// Sums of each value.
    pub(in crate::store) split: Option<Split<'a>>,
}

impl Ask<'_> {
    /// Where the counts of a thing will stand.
    pub(in crate::store) fn also_by(&mut self, counted: Counted) -> usize {
        self.by.iter().position(|known| *known == counted).unwrap_or_else(|| {
            self.by.push(counted);
            self.by.len() - 1
        })
    }
}

/// What sums are parted by.
pub(in crate::store) struct Split<'a> {
    pub(in crate::store) by: Counted,
    /// What is counted by are sets, and their members count instead of them.
    pub(in crate::store) sets: Option<&'a Sets>,
    /// What stands for each telephone number instead.
    pub(in crate::store) recode: Option<Recode>,
}

/// What stands for telephone numbers; most have nothing, and are unknown.
#[derive(Default)]
pub(in crate::store) struct Recode {
    /// By number, 0 for nothing.
    codes: Vec<u32>,
    /// A bit by number: most numbers need no more, and these stay in the processor's cache.
    known: Vec<u64>,
}

impl Recode {
    pub(in crate::store) fn put(&mut self, number: i64, code: i64) {
        let (Ok(place), Ok(code)) = (usize::try_from(number), u32::try_from(code)) else { return };
        if place >= self.codes.len() {
            self.codes.resize(place + 1, 0);
            self.known.resize(place / 64 + 1, 0);
        }
        self.codes[place] = code;
        self.known[place / 64] |= 1 << (place % 64);
    }

    fn of(&self, number: i64) -> Option<i64> {
        let place = usize::try_from(number).ok()?;
        self.known.get(place / 64).filter(|known| *known >> (place % 64) & 1 == 1)?;
        self.codes.get(place).map(|code| i64::from(*code))
    }
}

impl Split<'_> {
    /// Whether what stands for each call is a set, and its members.
    pub(in crate::store) fn members(&self, code: Option<i64>) -> Option<&[u32]> {
        Some(self.sets?.slice(code.unwrap_or(0)))
    }

    pub(in crate::store) fn recoded(&self, code: Option<i64>) -> Option<i64> {
        match &self.recode {
            Some(recode) => recode.of(code?),
            None => code,
        }
    }
}

/// Sums over calls; lengths in tenths of a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Sums {
    pub(in crate::store) calls: u64,
    pub(in crate::store) answered: u64,
    pub(in crate::store) missed: u64,
    pub(in crate::store) unanswered: u64,
    pub(in crate::store) talk: i64,
    pub(in crate::store) recordings: i64,
    pub(in crate::store) bytes: i64,
    pub(in crate::store) recorded: i64,
    /// Minor units by currency.
    pub(in crate::store) cost: BTreeMap<i64, i64>,
}

impl Sums {
    /// Counts calls of an outcome.
    pub(in crate::store) fn add_outcome(&mut self, code: i64, calls: u64) {
        match Outcome::from_code(code) {
            Some(Outcome::Answered) => self.answered += calls,
            Some(Outcome::Missed | Outcome::Abandoned) => self.missed += calls,
            Some(Outcome::Unanswered) => self.unanswered += calls,
            _ => {}
        }
    }

    pub(in crate::store) fn totals(&self, reader: &Reader) -> Totals {
        let currency = |id: &i64| reader.names.currency.text(*id).unwrap_or_default();
        Totals {
            calls: self.calls,
            answered: self.answered,
            missed: self.missed,
            unanswered: self.unanswered,
            talk_s: Tenths(self.talk),
            cost: self.cost.iter().map(|(id, minor)| Money { minor: *minor, currency: currency(id) }).collect(),
            recordings: self.recordings.unsigned_abs(),
            recorded_s: Tenths(self.recorded),
            bytes: self.bytes.unsigned_abs(),
        }
    }

    /// Of one call.
    fn add(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let number = |index: usize| -> rusqlite::Result<i64> { Ok(row.get::<_, Option<i64>>(index)?.unwrap_or(0)) };
        self.calls += 1;
        self.add_outcome(row.get(0)?, 1);
        self.talk += number(1)?;
        self.recordings += number(2)?;
        self.recorded += number(3)?;
        self.bytes += number(4)?;
        if let (Some(cost), Some(currency)) = (row.get::<_, Option<i64>>(5)?, row.get(6)?) {
            *self.cost.entry(currency).or_default() += cost;
        }
        Ok(())
    }
}

/// Counts of one kind that can be put together.
pub(in crate::store) trait Joined: Clone + Default {
    fn join(&mut self, other: &Self);
    fn calls(&self) -> u64;
}

impl Joined for u64 {
    fn join(&mut self, other: &Self) {
        *self += other;
    }

    fn calls(&self) -> u64 {
        *self
    }
}

impl Joined for Sums {
    fn join(&mut self, other: &Self) {
        self.calls += other.calls;
        self.answered += other.answered;
        self.missed += other.missed;
        self.unanswered += other.unanswered;
        self.talk += other.talk;
        self.recordings += other.recordings;
        self.bytes += other.bytes;
        self.recorded += other.recorded;
        for (currency, minor) in &other.cost {
            *self.cost.entry(*currency).or_default() += minor;
        }
    }

    fn calls(&self) -> u64 {
        self.calls
    }
}

#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Tally {
    /// Only the count of calls, unless sums were asked for.
    pub(in crate::store) sums: Sums,
    /// For each thing asked for: calls by what its column holds.
    pub(in crate::store) by: Vec<HashMap<Option<i64>, u64>>,
    /// Sums by what the column holds, or by the members of the sets that it holds.
    pub(in crate::store) split: HashMap<Option<i64>, Sums>,
}

/// Counts and sums up the calls of a term.
pub(in crate::store) fn tally(reader: &Reader, term: &Term, ask: &Ask<'_>) -> Sql<Tally> {
    let access = Access::of_term(reader, term.clone());
    if !access.is_narrow()
        && let Some(tally) = reader.ask(term, |query| query.tally(ask))?
    {
        return Ok(tally);
    }
    if ask.by.iter().chain(ask.split.as_ref().map(|split| &split.by)).any(|counted| counted.is_local()) {
        reader.use_company_zone()?;
    }
    let access = access.settle(reader, Order::Newest, None)?;
    if ask.by.is_empty() && ask.split.is_none() {
        let sums = summed(reader, &access)?;
        return Ok(Tally { sums, ..Tally::default() });
    }
    walked(reader, &access, ask)
}

/// Columns in the order of [`Sums::add`].
const FACTS: &str = "c.outcome,c.talk_ds,c.rec_count,c.rec_ds,c.rec_bytes,c.cost,c.currency";
const FACTS_COUNT: usize = 7;

/// Row by row.
fn walked(reader: &Reader, access: &Access, ask: &Ask<'_>) -> Sql<Tally> {
    let facts = ask.sums || ask.split.is_some();
    let counted = ask.by.iter().copied().chain(ask.split.as_ref().map(|split| split.by));
    let columns: Vec<String> = facts.then(|| FACTS.to_owned()).into_iter().chain(counted.map(Counted::sql)).collect();
    let first = if facts { FACTS_COUNT } else { 0 };
    let mut tally = Tally { by: vec![HashMap::new(); ask.by.len()], ..Tally::default() };
    access.each(reader, &columns.join(", "), None, None, &mut |row| {
        if ask.sums {
            tally.sums.add(row)?;
        } else {
            tally.sums.calls += 1;
        }
        for (index, counter) in tally.by.iter_mut().enumerate() {
            *counter.entry(row.get(first + index)?).or_default() += 1;
        }
        if let Some(split) = &ask.split {
            let code = split.recoded(row.get(first + ask.by.len())?);
            match split.members(code) {
                None => tally.split.entry(code).or_default().add(row)?,
                Some([]) => tally.split.entry(None).or_default().add(row)?,
                Some(members) => {
                    for member in members {
                        tally.split.entry(Some(i64::from(*member))).or_default().add(row)?;
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(tally)
}

const SUMS: &str = "count(*), ifnull(sum(c.outcome=0),0), ifnull(sum(c.outcome IN (1,3)),0), ifnull(sum(c.outcome=2),0), \
    ifnull(sum(c.talk_ds),0), ifnull(sum(c.cost IS NOT NULL),0), ifnull(sum(c.rec_count),0), ifnull(sum(c.rec_ds),0), \
    ifnull(sum(c.rec_bytes),0)";
const _: () = assert!(
    Outcome::Answered.code() == 0
        && Outcome::Missed.code() == 1
        && Outcome::Unanswered.code() == 2
        && Outcome::Abandoned.code() == 3,
    "the codes that the SQL names"
);

/// Sums alone, which SQLite makes itself.
fn summed(reader: &Reader, access: &Access) -> Sql<Sums> {
    let mut sums = Sums::default();
    let mut rated = 0_u64;
    access.each(reader, SUMS, None, None, &mut |row| {
        sums.calls += row.get::<_, u64>(0)?;
        sums.answered += row.get::<_, u64>(1)?;
        sums.missed += row.get::<_, u64>(2)?;
        sums.unanswered += row.get::<_, u64>(3)?;
        sums.talk += row.get::<_, i64>(4)?;
        rated += row.get::<_, u64>(5)?;
        sums.recordings += row.get::<_, i64>(6)?;
        sums.recorded += row.get::<_, i64>(7)?;
        sums.bytes += row.get::<_, i64>(8)?;
        Ok(())
    })?;
    if rated > 0 {
        access.each(reader, "c.currency, c.cost", None, None, &mut |row| {
            if let (Some(currency), Some(cost)) = (row.get(0)?, row.get::<_, Option<i64>>(1)?) {
                *sums.cost.entry(currency).or_default() += cost;
            }
            Ok(())
        })?;
    }
    Ok(sums)
}
