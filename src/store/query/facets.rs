//! How often each value occurs among what is filtered, and the sums of each value.

use std::collections::HashMap;

use super::{
    field::{Field, by_text, customer_codes, texts},
    tally::{Ask, Split, tally},
    term::Term,
};
use crate::{
    domain::{
        actor::Scope,
        list::{FacetCount, Share},
        query::Filter,
    },
    store::{
        Store,
        error::{Result, Sql},
        reader::Reader,
    },
};

impl Store {
    /// `fields` are JSON names of a call or names of the query language; the answer has the JSON names.
    ///
    /// # Errors
    /// [`crate::store::StoreError::Invalid`] for a name that is unknown or cannot be counted by value.
    pub async fn facets(&self, scope: Scope, filter: Filter, fields: Vec<String>) -> Result<Vec<(String, Vec<FacetCount>)>> {
        let fields = Field::all_of(&fields)?;
        self.threads.read_lists(move |reader| facets(reader, &scope, &filter, &fields)).await
    }

    /// The sums of each value of a field: most calls first, or in the order of the field where it has one.
    ///
    /// # Errors
    /// As [`Self::facets`].
    pub async fn breakdown(&self, scope: Scope, filter: Filter, field: String) -> Result<Vec<Share>> {
        let field = Field::of(&field)?;
        self.threads.read_lists(move |reader| breakdown(reader, &scope, &filter, field)).await
    }
}

fn facets(reader: &Reader, scope: &Scope, filter: &Filter, fields: &[Field]) -> Sql<Vec<(String, Vec<FacetCount>)>> {
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let term = Term::of(reader, scope, filter)?;
    let mut ask = Ask::default();
    let places: Vec<usize> = fields.iter().map(|field| ask.also_by(field.counted())).collect();
    named(reader, fields, &places, &tally(reader, &term, &ask)?.by)
}

/// Counts of each field by text; `places` are those of its counts.
pub(super) fn named(
    reader: &Reader,
    fields: &[Field],
    places: &[usize],
    counts: &[HashMap<Option<i64>, u64>],
) -> Sql<Vec<(String, Vec<FacetCount>)>> {
    let one = |(field, place): (&Field, &usize)| {
        let counts = by_text(reader, *field, &counts[*place])?;
        let counts = counts.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
        Ok((field.name().to_owned(), counts))
    };
    fields.iter().zip(places).map(one).collect()
}

fn breakdown(reader: &Reader, scope: &Scope, filter: &Filter, field: Field) -> Sql<Vec<Share>> {
    let term = Term::of(reader, scope, filter)?;
    let recode = if field == Field::Customer { Some(customer_codes(reader)?) } else { None };
    let ask = Ask { split: Some(Split { by: field.counted(), sets: field.sets(reader), recode }), ..Ask::default() };
    let shares = texts(reader, field, &tally(reader, &term, &ask)?.split)?;
    Ok(shares.into_iter().map(|(value, sums)| Share { value, totals: sums.totals(reader) }).collect())
}
