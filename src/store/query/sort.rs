//! Orders other than time: one walk over what is filtered, keeping only the rows of the page.

use std::{cmp::Ordering, collections::HashMap};

use super::{
    access::{Access, Order},
    page::Found,
    ranked,
    term::Term,
};
use crate::{
    domain::{
        clean::fold,
        list::{Cursor, PageRequest},
        query::{Sort, SortField},
    },
    store::{
        error::Sql,
        names::Dictionary,
        numbers::natural,
        reader::Reader,
        row::{COLUMNS, CallRow, OTHER_PARTY},
    },
};

/// What a row is ordered by: unknown last, ties newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    value: Value,
    key: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Number(i64),
    Text(String),
    Unknown,
}

impl Place {
    fn of(cursor: &Cursor) -> Self {
        let value = match (&cursor.value, &cursor.text) {
            (Some(number), _) => Value::Number(*number),
            (None, Some(text)) => Value::Text(text.clone()),
            (None, None) => Value::Unknown,
        };
        Self { value, key: cursor.key }
    }

    fn into_cursor(self) -> Cursor {
        let (value, text) = match self.value {
            Value::Number(number) => (Some(number), None),
            Value::Text(text) => (None, Some(text)),
            Value::Unknown => (None, None),
        };
        Cursor { value, text, key: self.key }
    }

    /// In the order of the list.
    fn compare(&self, other: &Self, sort: Sort) -> Ordering {
        let known = match (&self.value, &other.value) {
            (Value::Unknown, Value::Unknown) => Ordering::Equal,
            (Value::Unknown, _) => return Ordering::Greater,
            (_, Value::Unknown) => return Ordering::Less,
            (Value::Number(left), Value::Number(right)) => left.cmp(right),
            (Value::Text(left), Value::Text(right)) => natural(left, right),
            (Value::Number(_), Value::Text(_)) => Ordering::Less,
            (Value::Text(_), Value::Number(_)) => Ordering::Greater,
        };
        let known = if sort.descending { known.reverse() } else { known };
        known.then(other.key.cmp(&self.key))
    }
}

pub(super) fn page(reader: &Reader, term: Term, request: &PageRequest, limit: usize) -> Sql<Found> {
    let key = Key::new(reader, request.sort.field)?;
    let forward = |left: &Place, right: &Place| {
        let order = left.compare(right, request.sort);
        if request.backwards { order.reverse() } else { order }
    };
    let access = Access::of_term(reader, term.clone());
    let kept = if access.is_narrow() { None } else { ranked::keys(reader, &term, request, limit + 1)? };
    let mut best = match kept {
        Some(keys) => {
            let mut places = Vec::with_capacity(keys.len());
            Access::of_keys(keys).each(reader, &format!("c.id, {}", key.column), None, None, &mut |row| {
                places.push(Place { key: row.get(0)?, value: key.value(reader, row.get(0)?, row.get(1)?)? });
                Ok(())
            })?;
            places
        }
        None => walk(reader, access, request, limit, &key, &forward)?,
    };
    best.sort_unstable_by(forward);
    let more = best.len() > limit;
    best.truncate(limit);
    let mut keys: Vec<i64> = best.iter().map(|place| place.key).collect();
    keys.sort_unstable();
    let mut rows: HashMap<i64, CallRow> = HashMap::new();
    Access::of_keys(keys).each(reader, COLUMNS, None, None, &mut |row| {
        let row = CallRow::read(row)?;
        rows.insert(row.id, row);
        Ok(())
    })?;
    let found = best.into_iter().filter_map(|place| Some((rows.remove(&place.key)?, place.into_cursor()))).collect();
    Ok((found, more))
}

/// The best places of all that is filtered, and some more.
fn walk(
    reader: &Reader,
    access: Access,
    request: &PageRequest,
    limit: usize,
    key: &Key,
    forward: &dyn Fn(&Place, &Place) -> Ordering,
) -> Sql<Vec<Place>> {
    let after = request.after.as_ref().map(Place::of);
    let mut best: Vec<Place> = Vec::with_capacity(2 * limit + 2);
    let mut worst: Option<Place> = None;
    let access = access.settle(reader, Order::Newest, None)?;
    access.each(reader, &format!("c.id, {}", key.column), None, None, &mut |row| {
        let place = Place { key: row.get(0)?, value: key.value(reader, row.get(0)?, row.get(1)?)? };
        if after.as_ref().is_some_and(|after| forward(&place, after) != Ordering::Greater)
            || worst.as_ref().is_some_and(|worst| forward(&place, worst) != Ordering::Less)
        {
            return Ok(());
        }
        best.push(place);
        if best.len() > 2 * limit + 1 {
            best.sort_unstable_by(forward);
            best.truncate(limit + 1);
            worst = best.last().cloned();
        }
        Ok(())
    })?;
    Ok(best)
}

/// How a sort field is read from a row.
struct Key {
    column: &'static str,
    by: By,
}

enum By {
    Number,
    /// An id of a dictionary, as folded names.
    Name(HashMap<i64, String>),
    TelephoneNumber,
    /// By the key of the call itself.
    Call(HashMap<i64, String>),
}

const FLAGGED: &str = "c.flags>>3&1";
/// Milliseconds since 2000: a key holds seconds and, in ten bits, milliseconds.
const ANSWERED: &str =
    "(SELECT (c.id>>14)*1000+(c.id>>4&1023)-ifnull(m.late_ms,0)+m.answered_ms FROM call_more m WHERE m.id=c.id)";
const END: &str = "(SELECT (c.id>>14)*1000+(c.id>>4&1023)-ifnull(m.late_ms,0)+m.end_ms FROM call_more m WHERE m.id=c.id)";

impl Key {
    fn new(reader: &Reader, field: SortField) -> Sql<Self> {
        let names = &reader.names;
        let folded = |dictionary: &Dictionary| By::Name(dictionary.iter().map(|(id, name)| (id, fold(name))).collect());
        let (column, by) = match field {
            SortField::Start => ("c.id", By::Number),
            SortField::Direction => ("c.dir", By::Number),
            SortField::Route => ("c.route", By::Number),
            SortField::Outcome => ("c.outcome", By::Number),
            SortField::Wait => ("c.wait_ds", By::Number),
            SortField::Talk => ("c.talk_ds", By::Number),
            SortField::OnHold => ("c.hold_ds", By::Number),
            SortField::Duration => ("c.dur_ds", By::Number),
            SortField::Cost => ("c.cost", By::Number),
            SortField::TalkAtMost => ("c.talk_most_ds", By::Number),
            SortField::Mode => ("nullif(c.rec_modes,0)", By::Number),
            SortField::Flagged => (FLAGGED, By::Number),
            SortField::Legs => ("(SELECT m.legs FROM call_more m WHERE m.id=c.id)", By::Number),
            SortField::Answered => (ANSWERED, By::Number),
            SortField::End => (END, By::Number),
            SortField::RecordingLength => ("c.rec_ds", By::Number),
            SortField::Size => ("c.rec_bytes", By::Number),
            SortField::From => ("c.from_no", By::TelephoneNumber),
            SortField::To => ("c.to_no", By::TelephoneNumber),
            SortField::Reached => ("ifnull(c.reached_no,c.to_no)", By::TelephoneNumber),
            SortField::Customer => (OTHER_PARTY, By::Name(customers(reader)?)),
            SortField::Extension => ("c.ext", folded(&names.extension)),
            SortField::Agent => ("c.agent", folded(&names.agent)),
            SortField::Queue => ("c.queue", folded(&names.queue)),
            SortField::Group => ("c.grp", folded(&names.group)),
            SortField::Case => ("NULL", By::Call(cases(reader)?)),
        };
        Ok(Self { column, by })
    }

    fn value(&self, reader: &Reader, call: i64, read: Option<i64>) -> Sql<Value> {
        let text = |text: Option<&String>| text.map_or(Value::Unknown, |text| Value::Text(text.clone()));
        Ok(match &self.by {
            By::Number => read.map_or(Value::Unknown, Value::Number),
            By::Name(names) => text(read.and_then(|id| names.get(&id))),
            By::Call(names) => text(names.get(&call)),
            By::TelephoneNumber => match read {
                None | Some(0) => Value::Unknown,
                Some(id) => reader.with_numbers(|numbers| numbers.text(id))?.map_or(Value::Unknown, Value::Text),
            },
        })
    }
}

/// Folded customer names by number id.
pub(super) fn customers(reader: &Reader) -> Sql<HashMap<i64, String>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT n.id, k.name FROM customer_number m CROSS JOIN customer k ON k.id=m.customer \
         CROSS JOIN number n ON n.canonical=m.canonical",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, fold(row.get_ref(1)?.as_str().unwrap_or_default()))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn cases(reader: &Reader) -> Sql<HashMap<i64, String>> {
    let mut statement = reader.conn.prepare_cached("SELECT call, case_number FROM call_case")?;
    let name = |id| reader.names.case.name(id).map(|name| fold(name)).unwrap_or_default();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, name(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_comes_last_both_ways_and_ties_newest_first() {
        let place = |value: Option<i64>, key| Place { value: value.map_or(Value::Unknown, Value::Number), key };
        for descending in [false, true] {
            let sort = Sort { field: SortField::Talk, descending };
            let mut places = [place(None, 1), place(Some(5), 2), place(Some(5), 3), place(Some(9), 4), place(None, 5)];
            places.sort_by(|left, right| left.compare(right, sort));
            let keys: Vec<i64> = places.iter().map(|place| place.key).collect();
            assert_eq!(keys, if descending { [4, 3, 2, 5, 1] } else { [3, 2, 4, 5, 1] });
        }
    }
}
