//! Counts and sums of what is filtered.

use super::{
    access::{Access, Order},
    tally::{Ask, tally},
    term::Term,
};
use crate::{
    domain::{
        actor::Scope,
        list::{Count, Totals},
        query::Filter,
    },
    store::{
        Store,
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
    if let Some(count) = access.few_of_extension(reader)? {
        return Ok(Count { count, exact: true });
    }
    if !access.is_narrow()
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

fn totals(reader: &Reader, scope: &Scope, filter: &Filter) -> Sql<Totals> {
    let term = Term::of(reader, scope, filter)?;
    Ok(tally(reader, &term, &Ask { sums: true, ..Ask::default() })?.sums.totals(reader))
}
