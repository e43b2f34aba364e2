//! Counts and sums of what is filtered.

use std::collections::BTreeMap;

use super::{
    access::{Access, Order},
    term::Term,
};
use crate::{
    domain::{
        actor::Scope,
        call::Money,
        length::Tenths,
        list::{Count, Totals},
        query::Filter,
    },
    store::{
        Store,
        columns::{Ask, Tally},
        error::{Result, Sql},
        reader::Reader,
    },
};

impl Store {
    /// Exact, or up to `at_most` and then "at least so many".
    pub async fn count(&self, scope: Scope, filter: Filter, at_most: Option<u64>) -> Result<Count> {
        self.threads.read_lists(move |reader| count(reader, &scope, &filter, at_most)).await
    }

    pub async fn totals(&self, scope: Scope, filter: Filter) -> Result<Totals> {
        self.threads.read_lists(move |reader| totals(reader, &scope, &filter)).await
    }
}

fn count(reader: &Reader, scope: &Scope, filter: &Filter, at_most: Option<u64>) -> Sql<Count> {
    let term = Term::of(reader, scope, filter)?;
    let access = Access::of_term(reader, term.clone());
    if !access.is_narrow()
        && !access.is_indexed()
        && let Some(count) = reader.ask(&term, |query| query.count())?
    {
        return Ok(Count { count, exact: true });
    }
    let limit = at_most.map(|most| usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1));
    if limit.is_none() && access.is_everything() {
        let count = reader.conn.prepare_cached("SELECT count(*) FROM call")?.query_row([], |row| row.get(0))?;
        return Ok(Count { count, exact: true });
    }
    let found = access.settle(reader, Order::Newest, limit)?.count(reader, limit)?;
    Ok(match at_most {
        Some(most) if found > most => Count { count: most, exact: false },
        _ => Count { count: found, exact: true },
    })
}

/// Sums that the column index made.
pub(super) fn of_tally(reader: &Reader, tally: &Tally) -> Totals {
    let sums = &tally.sums;
    Totals {
        calls: tally.calls,
        answered: sums.answered,
        missed: sums.missed,
        unanswered: sums.unanswered,
        talk_s: Tenths(sums.talk),
        cost: money(reader, &sums.cost),
        recordings: sums.recordings.unsigned_abs(),
        recorded_s: Tenths(sums.recorded),
        bytes: sums.bytes.unsigned_abs(),
    }
}

fn money(reader: &Reader, sums: &BTreeMap<i64, i64>) -> Vec<Money> {
    let currency = |id: &i64| reader.names.currency.text(*id).unwrap_or_default();
    sums.iter().map(|(id, minor)| Money { minor: *minor, currency: currency(id) }).collect()
}

const SUMS: &str = "count(*), ifnull(sum(c.outcome=0),0), ifnull(sum(c.outcome IN (1,3)),0), ifnull(sum(c.outcome=2),0), \
    ifnull(sum(c.talk_ds),0), ifnull(sum(c.cost IS NOT NULL),0), ifnull(sum(c.rec_count),0), ifnull(sum(c.rec_ds),0), \
    ifnull(sum(c.rec_bytes),0)";

fn totals(reader: &Reader, scope: &Scope, filter: &Filter) -> Sql<Totals> {
    let term = Term::of(reader, scope, filter)?;
    let access = Access::of_term(reader, term.clone());
    if !access.is_narrow()
        && let Some(tally) = reader.ask(&term, |query| query.tally(&Ask { sums: true, by: Vec::new() }))?
    {
        return Ok(of_tally(reader, &tally));
    }
    walk(reader, access)
}

/// Sums by SQL.
pub(super) fn walk(reader: &Reader, access: Access) -> Sql<Totals> {
    let access = access.settle(reader, Order::Newest, None)?;
    let mut totals = Totals::default();
    let mut rated = 0_u64;
    access.each(reader, SUMS, None, None, &mut |row| {
        totals.calls += row.get::<_, u64>(0)?;
        totals.answered += row.get::<_, u64>(1)?;
        totals.missed += row.get::<_, u64>(2)?;
        totals.unanswered += row.get::<_, u64>(3)?;
        totals.talk_s.0 += row.get::<_, i64>(4)?;
        rated += row.get::<_, u64>(5)?;
        totals.recordings += row.get::<_, u64>(6)?;
        totals.recorded_s = Tenths(totals.recorded_s.0 + row.get::<_, i64>(7)?);
        totals.bytes += row.get::<_, u64>(8)?;
        Ok(())
    })?;
    if rated > 0 {
        let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
        access.each(reader, "c.currency, c.cost", None, None, &mut |row| {
            if let (Some(currency), Some(cost)) = (row.get(0)?, row.get::<_, Option<i64>>(1)?) {
                *sums.entry(currency).or_default() += cost;
            }
            Ok(())
        })?;
        totals.cost = money(reader, &sums);
    }
    Ok(totals)
}
