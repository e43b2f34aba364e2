//! Orders other than time, by the column index: names and telephone numbers become ranks.

use std::{collections::HashMap, sync::Arc};

use super::{
    sort::{cases, customers},
    term::Term,
};
use crate::{
    domain::{
        clean::fold,
        list::{Cursor, PageRequest},
        query::SortField,
    },
    store::{
        column::Column,
        columns::{By, Part, Query, Trouble, Wanted, seat},
        error::Sql,
        names::Dictionary,
        numbers::natural,
        reader::Reader,
    },
};

/// Keys of the rows of a page, in no order; none where SQL has to answer.
pub(super) fn keys(reader: &Reader, term: &Term, request: &PageRequest, limit: usize) -> Sql<Option<Vec<i64>>> {
    if reader.view().is_none() {
        return Ok(None);
    }
    let after = request.after.as_ref();
    let wanted = |after: Option<(Option<i64>, i64)>| Wanted {
        descending: request.sort.descending,
        backwards: request.backwards,
        after,
        limit,
    };
    let plain = |by: By<'_>| {
        reader.ask(term, |query| query.sorted(&by, wanted(after.map(|cursor| (cursor.value, cursor.key))))).map(sorted)
    };
    let column = |column| plain(By::Column(seat(column), None));
    let names = &reader.names;
    let named = |column: Column, dictionary: &Dictionary| {
        let folded: Vec<(i64, String)> = dictionary.iter().map(|(id, name)| (id, fold(name))).collect();
        let ranks = Ranked::new(folded.iter().map(|(_, name)| name.as_str()));
        let mut by_id = vec![None; folded.len() + 1];
        for (id, name) in &folded {
            by_id[*id as usize] = Some(ranks.of(name));
        }
        let after = after.map(|cursor| (ranks.after(cursor), cursor.key));
        reader.ask(term, |query| query.sorted(&By::Column(seat(column), Some(by_id.clone())), wanted(after))).map(sorted)
    };
    match request.sort.field {
        SortField::Start => Ok(None),
        SortField::Direction => column(Column::Direction),
        SortField::Route => column(Column::Route),
        SortField::Outcome => column(Column::Outcome),
        SortField::Wait => column(Column::Wait),
        SortField::Talk => column(Column::Talk),
        SortField::OnHold => column(Column::OnHold),
        SortField::Duration => column(Column::Duration),
        SortField::Cost => column(Column::Cost),
        SortField::TalkAtMost => column(Column::TalkAtMost),
        SortField::RecordingLength => column(Column::RecordingLength),
        SortField::Size => column(Column::RecordingBytes),
        SortField::Mode => plain(By::Modes),
        SortField::Flagged => plain(By::Flagged),
        SortField::Legs => plain(By::Legs),
        SortField::Answered => plain(By::Instant(Part::Answered)),
        SortField::End => plain(By::Instant(Part::End)),
        SortField::Extension => named(Column::Extension, &names.extension),
        SortField::Agent => named(Column::Agent, &names.agent),
        SortField::Queue => named(Column::Queue, &names.queue),
        SortField::Group => named(Column::Group, &names.group),
        SortField::From | SortField::To | SortField::Reached => {
            let ask = |query: &Query<'_>| by_number(reader, query, request, &wanted);
            reader.ask(term, |query| ask(&query)).map(sorted)
        }
        SortField::Customer => {
            let customers = customers(reader)?;
            let ranks = Ranked::new(customers.values().map(String::as_str));
            let last = customers.keys().copied().max().unwrap_or(0);
            let mut by_number = vec![None; last as usize + 1];
            for (number, name) in &customers {
                by_number[*number as usize] = Some(ranks.of(name));
            }
            let rank = |number: i64| by_number.get(usize::try_from(number).ok()?).copied().flatten();
            let after = after.map(|cursor| (ranks.after(cursor), cursor.key));
            let known = Term::OtherParty(Arc::new(customers.keys().copied().collect()));
            parted(reader, term, known, &By::OtherParty(&rank), wanted(after)).map(sorted)
        }
        SortField::Case => {
            let cases = cases(reader)?;
            let ranks = Ranked::new(cases.values().map(String::as_str));
            let of_calls: HashMap<i64, i64> = cases.iter().map(|(call, name)| (*call, ranks.of(name))).collect();
            let after = after.map(|cursor| (ranks.after(cursor), cursor.key));
            let mut keys: Vec<i64> = cases.keys().copied().collect();
            keys.sort_unstable();
            parted(reader, term, Term::Ids(keys), &By::Case(of_calls), wanted(after)).map(sorted)
        }
    }
}

/// Where few rows have a value at all: those that have one in order, then the others by time.
fn parted(reader: &Reader, term: &Term, known: Term, by: &By<'_>, wanted: Wanted) -> Sql<Option<Vec<i64>>> {
    let both = |more: Term| Term::And(vec![term.clone(), more]);
    let unknown = both(Term::Not(Box::new(known.clone())));
    let known = both(known);
    let valued = |wanted: Wanted| reader.ask(&known, |query| query.sorted(by, wanted));
    let by_time = |after: Option<i64>, limit: usize| {
        reader.ask(&unknown, |mut query| {
            match after {
                Some(key) if wanted.backwards => query.bound(key.saturating_add(1), i64::MAX),
                Some(key) => query.bound(0, key),
                None => {}
            }
            query.by_time(!wanted.backwards, limit)
        })
    };
    // A page leads from one part into the other.
    let (first, second) = match (wanted.after, wanted.backwards) {
        (Some((None, key)), false) => (by_time(Some(key), wanted.limit)?, None),
        (None | Some((Some(_), _)), false) => (valued(wanted)?, Some(false)),
        (Some((Some(_), _)), true) => (valued(wanted)?, None),
        (Some((None, key)), true) => (by_time(Some(key), wanted.limit)?, Some(true)),
        (None, true) => (by_time(None, wanted.limit)?, Some(true)),
    };
    let Some(mut keys) = first else { return Ok(None) };
    let left = wanted.limit - keys.len().min(wanted.limit);
    if left > 0 {
        let more = match second {
            Some(false) => by_time(None, left)?,
            Some(true) => valued(Wanted { after: None, limit: left, ..wanted })?,
            None => Some(Vec::new()),
        };
        let Some(more) = more else { return Ok(None) };
        keys.extend(more);
    }
    Ok(Some(keys))
}

fn sorted(keys: Option<Vec<i64>>) -> Option<Vec<i64>> {
    keys.map(|mut keys| {
        keys.sort_unstable();
        keys
    })
}

fn by_number(
    reader: &Reader,
    query: &Query<'_>,
    request: &PageRequest,
    wanted: &dyn Fn(Option<(Option<i64>, i64)>) -> Wanted,
) -> Result<Vec<i64>, Trouble> {
    // What goes wrong with the database here goes wrong with the file as well: SQL tells it.
    let numbers = reader.up_to_date_numbers().map_err(|_fault| Trouble::Damaged)?;
    let after = match &request.after {
        None => None,
        Some(Cursor { text: None, key, .. }) => Some((None, *key)),
        Some(Cursor { text: Some(text), key, .. }) => Some((Some(numbers.rank_of(text)?), *key)),
    };
    numbers.with_ranks(|ranks| {
        let rank = |number: i64| ranks.of(number);
        let by = match request.sort.field {
            SortField::From => By::From(&rank),
            SortField::To => By::To(&rank),
            _ => By::Reached(&rank),
        };
        query.sorted(&by, wanted(after))
    })?
}

/// Texts in the order of lists: each an even number, odd ones lie between.
struct Ranked<'a> {
    texts: Vec<&'a str>,
}

impl<'a> Ranked<'a> {
    fn new(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut texts: Vec<&str> = texts.collect();
        texts.sort_unstable_by(|left, right| natural(left, right));
        texts.dedup();
        Self { texts }
    }

    fn of(&self, text: &str) -> i64 {
        match self.texts.binary_search_by(|other| natural(other, text)) {
            Ok(place) => place as i64 * 2,
            Err(place) => place as i64 * 2 - 1,
        }
    }

    fn after(&self, cursor: &Cursor) -> Option<i64> {
        cursor.text.as_deref().map(|text| self.of(text))
    }
}
