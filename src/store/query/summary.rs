//! Everything that a list says of itself in one pass: count and sums, values of several fields, hours of the week, days.

use std::collections::HashMap;

use super::{
    facets,
    field::Field,
    tally::{Ask, Counted, tally},
    term::Term,
};
use crate::{
    domain::{
        actor::Scope,
        list::{DayCount, Summary},
        query::Filter,
    },
    store::{
        Store,
        error::{Result, Sql},
        reader::Reader,
        zone::Day,
    },
};

/// Hours of a week.
const HOURS: i64 = 168;

impl Store {
    /// `fields` as in [`Store::facets`].
    ///
    /// # Errors
    /// [`crate::store::StoreError::Invalid`] for a field that is unknown or cannot be counted by value.
    pub async fn summary(&self, scope: Scope, filter: Filter, fields: Vec<String>) -> Result<Summary> {
        let fields = Field::all_of(&fields)?;
        self.threads.read_lists(move |reader| summary(reader, &scope, &filter, &fields)).await
    }
}

fn summary(reader: &Reader, scope: &Scope, filter: &Filter, fields: &[Field]) -> Sql<Summary> {
    let term = Term::of(reader, scope, filter)?;
    let mut ask = Ask { sums: true, ..Ask::default() };
    let places: Vec<usize> = fields.iter().map(|field| ask.also_by(field.counted())).collect();
    let (hours, days) = (ask.also_by(Counted::Hour), ask.also_by(Counted::Day));
    let tally = tally(reader, &term, &ask)?;
    Ok(Summary {
        totals: tally.sums.totals(reader),
        facets: facets::named(reader, fields, &places, &tally.by)?,
        hours: (0..HOURS).map(|hour| tally.by[hours].get(&Some(hour)).copied().unwrap_or(0)).collect(),
        days: of_days(&tally.by[days]),
    })
}

fn of_days(counts: &HashMap<Option<i64>, u64>) -> Vec<DayCount> {
    let count = |(number, calls): (&Option<i64>, &u64)| Some(DayCount { day: Day::date((*number)?)?, calls: *calls });
    let mut days: Vec<DayCount> = counts.iter().filter(|(_, calls)| **calls > 0).filter_map(count).collect();
    days.sort_by_key(|count| count.day);
    days
}
