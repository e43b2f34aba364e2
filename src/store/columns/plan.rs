//! A filter as the columns can test it.

use std::sync::Arc;

use super::{
    part::Part,
    segment::{Seat, seat},
};
use crate::{
    domain::query::Range,
    store::{column::Column, names::Names, numbers::NumberSet, query::Term},
};

/// A test of rows.
#[derive(Debug)]
pub(in crate::store) enum Test {
    Const(bool),
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// Keys from inclusive, to exclusive.
    Time(i64, i64),
    /// Keys, ascending.
    Keys(Vec<i64>),
    /// Of a party or kind alone.
    Table(Part, TableTest),
    /// Known and within, of a row's own value.
    Between(Part, i64, i64),
    Numbers {
        set: Arc<NumberSet>,
        from: bool,
        to: bool,
    },
    OtherParty(Arc<NumberSet>),
    /// Minutes after midnight, as in [`Term::TimeOfDay`].
    TimeOfDay(i64, i64),
    Weekdays(i64),
}

/// A test of one entry of the table of parties or kinds.
#[derive(Debug)]
pub(in crate::store) enum TableTest {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    In(Part, NumberSet),
    Bits(Part, i64),
    Positive(Part),
}

impl Test {
    /// None where the columns do not know enough.
    pub(in crate::store) fn of(term: &Term, names: &Names) -> Option<Self> {
        Some(match term {
            Term::Const(value) => Self::Const(*value),
            Term::And(parts) => Self::join(parts, names, true)?,
            Term::Or(parts) => Self::join(parts, names, false)?,
            Term::Not(inner) => match Self::of(inner, names)? {
                Self::Table(table, test) => Self::Table(table, TableTest::Not(Box::new(test))),
                Self::Const(value) => Self::Const(!value),
                other => Self::Not(Box::new(other)),
            },
            Term::Time(from, until) => Self::Time(*from, *until),
            Term::Ids(keys) => Self::Keys(keys.clone()),
            Term::Extensions(ids) => {
                let wanted: NumberSet = ids.iter().copied().collect();
                Self::of_table(Column::ExtensionSet, &names.extset.with_any(|id| wanted.contains(id)))?
            }
            Term::Outcomes(codes) => Self::of_table(Column::Outcome, codes)?,
            Term::Numbers { set, from, to } => Self::Numbers { set: Arc::clone(set), from: *from, to: *to },
            Term::OtherParty(set) => Self::OtherParty(Arc::clone(set)),
            Term::In(column, ids) => Self::of_table(*column, ids)?,
            Term::Between(column, Range { from, to }) => match seat(*column) {
                Seat::Row(part) => Self::Between(part, from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX)),
                Seat::Party(_) | Seat::Kind(_) => return None,
            },
            Term::Bits(column, bits) => Self::Table(seat(*column).table()?, TableTest::Bits(seat(*column).part(), *bits)),
            Term::Positive(Column::RecordingCount) => Self::Table(Part::Kind, TableTest::Positive(Part::KindRecorded)),
            Term::Positive(column) => match seat(*column) {
                Seat::Row(part) => Self::Between(part, 1, i64::MAX),
                Seat::Party(part) => Self::Table(Part::Party, TableTest::Positive(part)),
                Seat::Kind(part) => Self::Table(Part::Kind, TableTest::Positive(part)),
            },
            Term::TimeOfDay(from, to) => Self::TimeOfDay(*from, *to),
            Term::Weekdays(days) => Self::Weekdays(*days),
            Term::FarPlaces(_) => return None,
        })
    }

    fn of_table(column: Column, ids: &[i64]) -> Option<Self> {
        let seat = seat(column);
        let ids = ids.iter().copied().collect();
        Some(Self::Table(seat.table()?, TableTest::In(seat.part(), ids)))
    }

    /// Parts of one table become one test of its entries; the cheapest is asked first.
    fn join(parts: &[Term], names: &Names, and: bool) -> Option<Self> {
        let (mut parties, mut kinds, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            match Self::of(part, names)? {
                Self::Table(Part::Party, test) => parties.push(test),
                Self::Table(_, test) => kinds.push(test),
                Self::Const(value) if value == and => {}
                Self::Const(value) => return Some(Self::Const(value)),
                Self::And(inner) if and => others.extend(inner),
                other => others.push(other),
            }
        }
        let one = |table: Part, mut tests: Vec<TableTest>| match tests.len() {
            0 => None,
            1 => Some(Self::Table(table, tests.remove(0))),
            _ if and => Some(Self::Table(table, TableTest::And(tests))),
            _ => Some(Self::Table(table, TableTest::Or(tests))),
        };
        others.extend(one(Part::Party, parties));
        others.extend(one(Part::Kind, kinds));
        others.sort_by_key(Self::cost);
        Some(match others.len() {
            0 => Self::Const(and),
            1 => others.remove(0),
            _ if and => Self::And(others),
            _ => Self::Or(others),
        })
    }

    /// Asked earlier when less.
    const fn cost(&self) -> u8 {
        match self {
            Self::Const(_) | Self::Time(..) => 0,
            Self::Keys(_) => 1,
            Self::Between(..) => 2,
            Self::Table(Part::Kind, _) => 3,
            Self::Numbers { .. } | Self::Table(..) => 4,
            Self::Weekdays(_) | Self::OtherParty(_) => 5,
            Self::TimeOfDay(..) => 6,
            Self::And(_) | Self::Or(_) | Self::Not(_) => 7,
        }
    }

    /// Keys outside are not meant.
    pub(in crate::store) fn bounds(&self) -> (i64, i64) {
        match self {
            Self::Time(from, until) => (*from, *until),
            Self::Keys(keys) => match (keys.first(), keys.last()) {
                (Some(first), Some(last)) => (*first, last.saturating_add(1)),
                _ => (0, 0),
            },
            Self::And(parts) => parts
                .iter()
                .map(Self::bounds)
                .fold((i64::MIN, i64::MAX), |(from, until), (more, less)| (from.max(more), until.min(less))),
            Self::Or(parts) => parts
                .iter()
                .map(Self::bounds)
                .fold((i64::MAX, i64::MIN), |(from, until), (less, more)| (from.min(less), until.max(more))),
            Self::Const(false) => (0, 0),
            _ => (i64::MIN, i64::MAX),
        }
    }
}
