//! One question to a view: how many, and which.

use std::{
    ops::Range,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    eval::{Tester, table},
    image::Damaged,
    mask::Hits,
    part::Part,
    plan::Test,
    rows::Rows,
    view::{Held, View},
};
use crate::store::{names::Names, query::Term, zone::LocalClock};

/// Why there is no answer.
#[derive(Debug)]
pub(in crate::store) enum Trouble {
    /// The index is worth nothing: SQL answers.
    Damaged,
    /// Nobody waits for it any more.
    Stopped,
}

impl From<Damaged> for Trouble {
    fn from(_: Damaged) -> Self {
        Self::Damaged
    }
}

/// A filter over a view.
pub(in crate::store) struct Query<'a> {
    pub(in crate::store) view: &'a View,
    pub(in crate::store) test: Test,
    pub(in crate::store) from: i64,
    pub(in crate::store) until: i64,
    stop: &'a AtomicBool,
}

/// Rows of a page by time are looked for in stretches of so many, then of more and more.
const STRETCH: usize = if cfg!(test) { 32 } else { 2_048 };

impl<'a> Query<'a> {
    /// None where the columns do not know enough.
    pub(in crate::store) fn new(view: &'a View, term: &Term, names: &Names, stop: &'a AtomicBool) -> Option<Self> {
        let test = Test::of(term, names)?;
        let (from, until) = test.bounds();
        Some(Self { view, test, from, until, stop })
    }

    /// Narrows to keys from inclusive, to exclusive.
    pub(in crate::store) fn bound(&mut self, from: i64, until: i64) {
        self.from = self.from.max(from);
        self.until = self.until.min(until);
    }

    pub(in crate::store) fn tester(&self) -> Tester<'_> {
        Tester { test: &self.test, clock: LocalClock::new(self.view.zone().clone()) }
    }

    pub(in crate::store) fn go_on(&self) -> Result<(), Trouble> {
        if self.stop.load(Ordering::Relaxed) { Err(Trouble::Stopped) } else { Ok(()) }
    }

    /// Segments that may have rows within the bounds.
    pub(in crate::store) fn segments(&self) -> impl DoubleEndedIterator<Item = &Held> {
        self.view.segments().filter(|held| {
            let (first, end) = held.segment.span();
            first < self.until && self.from < end
        })
    }

    /// The rows of a segment that are meant.
    pub(in crate::store) fn rows(&self, tester: &mut Tester<'_>, held: &Held) -> Result<Option<Rows>, Damaged> {
        let stretch = Tester::stretch(&held.segment, self.from, self.until)?;
        Ok(Rows::of(tester.hits(held, stretch.clone())?, stretch))
    }

    /// How many.
    pub(in crate::store) fn count(&self) -> Result<u64, Trouble> {
        let mut tester = self.tester();
        let mut count = 0;
        for held in self.segments() {
            self.go_on()?;
            let stretch = Tester::stretch(&held.segment, self.from, self.until)?;
            if let Some(kept) = self.kept(held, &stretch)? {
                count += kept;
                continue;
            }
            count += match tester.hits(held, stretch.clone())? {
                Hits::None => 0,
                Hits::All => stretch.len() as u64,
                Hits::Some(mask) => mask.iter().map(|row| u64::from(*row)).sum(),
            };
        }
        Ok(count)
    }

    /// How many of a whole segment, where the entries of one table tell it.
    fn kept(&self, held: &Held, stretch: &Range<usize>) -> Result<Option<u64>, Damaged> {
        let Test::Table(part, test) = &self.test else { return Ok(None) };
        if held.dead.is_some() || *stretch != (0..held.segment.rows()) {
            return Ok(None);
        }
        let calls = held.segment.load(if *part == Part::Kind { Part::KindCalls } else { Part::PartyCalls })?;
        let mut passes = table(&held.segment, test)?.into_iter();
        let mut count = 0;
        calls.ints().each(|calls| count += calls.filter(|_| passes.next() == Some(1)).unwrap_or(0).unsigned_abs());
        Ok(Some(count))
    }

    /// Keys of the newest (or oldest) within the bounds, in that order.
    pub(in crate::store) fn by_time(&self, newest: bool, limit: usize) -> Result<Vec<i64>, Trouble> {
        let mut tester = self.tester();
        let mut segments: Vec<&Held> = self.segments().collect();
        segments.sort_by_key(|held| {
            let (first, end) = held.segment.span();
            if newest { -end } else { first }
        });
        // As places in the order asked for: the least are wanted.
        let sign = if newest { -1 } else { 1 };
        let mut best: Vec<i64> = Vec::new();
        for held in segments {
            self.go_on()?;
            let (first, end) = held.segment.span();
            let nearest = if newest { -(end - 1) } else { first };
            if best.len() >= limit && best.get(limit - 1).is_some_and(|worst| *worst < nearest) {
                break;
            }
            let stretch = Tester::stretch(&held.segment, self.from, self.until)?;
            let mut found = 0;
            let (mut left, mut most) = (stretch, STRETCH);
            while !left.is_empty() && found < limit {
                self.go_on()?;
                let size = left.len().min(most);
                most *= 8;
                let part = if newest { left.end - size..left.end } else { left.start..left.start + size };
                left = if newest { left.start..part.start } else { part.end..left.end };
                let Some(rows) = Rows::of(tester.hits(held, part.clone())?, part) else { continue };
                found += rows.len();
                let keys = held.segment.keys()?;
                rows.each(|row| best.extend(keys.at(row).map(|key| sign * key)));
            }
            best.sort_unstable();
            best.truncate(limit);
        }
        Ok(best.into_iter().map(|place| sign * place).collect())
    }
}
