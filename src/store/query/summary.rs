//! Everything that a list says of itself in one pass: count and sums, values of several fields, hours of the week.

use std::collections::HashMap;

use super::{
    access::Access,
    count,
    facets::{self, Counted, Field},
    term::Term,
};
use crate::{
    domain::{actor::Scope, list::Summary, query::Filter},
    store::{
        Store,
        columns::Ask,
        error::{Result, Sql},
        reader::Reader,
    },
};

/// Hours of a week.
const HOURS: usize = 168;

impl Store {
    /// `fields` as in [`Store::facets`].
    ///
    /// # Errors
    /// [`crate::store::StoreError::Invalid`] for a field that is unknown or cannot be counted by value.
    pub async fn summary(&self, scope: Scope, filter: Filter, fields: Vec<String>) -> Result<Summary> {
        let fields = fields.iter().map(|name| Field::of(name)).collect::<Result<Vec<_>>>()?;
        self.threads.read_lists(move |reader| summary(reader, &scope, &filter, &fields)).await
    }
}

fn summary(reader: &Reader, scope: &Scope, filter: &Filter, fields: &[Field]) -> Sql<Summary> {
    let term = Term::of(reader, scope, filter)?;
    let by: Vec<Counted> = fields.iter().map(|field| field.entry().1).chain([Counted::Hour]).collect();
    let narrow = Access::of_term(reader, term.clone()).is_narrow();
    let ask = Ask { sums: true, by: by.clone() };
    let kept = if narrow { None } else { reader.ask(&term, |query| query.tally(&ask))? };
    let (totals, mut counters) = match kept {
        Some(tally) => (count::of_tally(reader, &tally), tally.by),
        None => {
            reader.use_company_zone()?;
            let access = Access::of_term(reader, term.clone()).settle(reader, super::Order::Newest, None)?;
            (count::walk(reader, access)?, facets::counters(reader, term, by)?)
        }
    };
    let hours = of_hours(&counters.pop().unwrap_or_default());
    Ok(Summary { totals, facets: facets::by_text(reader, fields, counters)?, hours, days: Vec::new() })
}

fn of_hours(counter: &HashMap<Option<i64>, u64>) -> Vec<u64> {
    (0..HOURS).map(|hour| counter.get(&Some(hour as i64)).copied().unwrap_or(0)).collect()
}
