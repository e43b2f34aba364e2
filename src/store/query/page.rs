//! Pages of the list: keyset cursors both ways, never OFFSET.

use std::collections::HashSet;

use super::{
    access::{Access, Order},
    hydrate, sort,
    term::{END, Term},
};
use crate::{
    domain::{
        actor::Scope,
        id::{CallId, Noun},
        list::{Cursor, Page, PageRequest},
        query::SortField,
    },
    store::{
        Store,
        calls::first_key,
        error::{Result, Sql},
        reader::Reader,
        row::{COLUMNS, CallRow},
    },
};

/// Rows of a page at most, and ids of one; what asks for more gets so many and a cursor.
const MOST: usize = 10_000;
const MOST_IDS: usize = 100_000;

impl Store {
    /// One page in the order asked for. A page read backwards comes in list order as well.
    pub async fn page(&self, scope: Scope, request: PageRequest) -> Result<Page> {
        self.threads.read_lists(move |reader| page(reader, &scope, &request)).await
    }

    /// As [`Self::page`], forwards, the public ids alone: nothing but keys is read.
    pub async fn ids(&self, scope: Scope, request: PageRequest) -> Result<(Vec<CallId>, Option<Cursor>)> {
        self.threads.read_lists(move |reader| ids(reader, &scope, &request)).await
    }

    /// The newest key now: the bound up to which a streamed export goes.
    pub async fn newest_key(&self) -> Result<Option<i64>> {
        self.threads
            .read(|reader| Ok(reader.conn.prepare_cached("SELECT max(id) FROM call")?.query_row([], |row| row.get(0))?))
            .await
    }
}

fn page(reader: &Reader, scope: &Scope, request: &PageRequest) -> Sql<Page> {
    let term = Term::of(reader, scope, &request.filter)?;
    let limit = request.limit.clamp(1, MOST);
    let (mut found, more) = if request.sort.field == SortField::Start {
        by_time(reader, term, request, limit)?
    } else {
        sort::page(reader, term, request, limit)?
    };
    if request.backwards {
        found.reverse();
    }
    let (before, behind) = if request.backwards { (more, request.after.is_some()) } else { (request.after.is_some(), more) };
    let previous = found.first().filter(|_| before).map(|(_, cursor)| cursor.clone());
    let next = found.last().filter(|_| behind).map(|(_, cursor)| cursor.clone());
    let items = hydrate::calls(reader, found.into_iter().map(|(row, _)| row).collect())?;
    Ok(Page { items, next, previous })
}

/// Rows with their cursors, in the order of reading (against the list if backwards), and whether there are more.
pub(super) type Found = (Vec<(CallRow, Cursor)>, bool);

fn by_time(reader: &Reader, term: Term, request: &PageRequest, limit: usize) -> Sql<Found> {
    let (order, span) = stretch(request);
    let (mut access, keys) = way_by_time(reader, term, order, span, limit)?;
    if let Some(mut keys) = keys {
        keys.sort_unstable();
        access = Access::of_keys(keys);
    }
    let mut found = Vec::with_capacity(limit + 1);
    access.settle(reader, order, Some(limit + 1))?.each(reader, COLUMNS, Some(order), Some(limit + 1), &mut |row| {
        let row = CallRow::read(row)?;
        let cursor = at(row.id);
        found.push((row, cursor));
        Ok(())
    })?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

const fn at(key: i64) -> Cursor {
    Cursor { value: None, text: None, key }
}

/// The order in which a page by time is read, and from which key until which.
fn stretch(request: &PageRequest) -> (Order, (i64, i64)) {
    let order = if request.sort.descending == request.backwards { Order::Oldest } else { Order::Newest };
    let span = match (&request.after, order) {
        (None, _) => (0, END),
        (Some(after), Order::Newest) => (0, after.key),
        (Some(after), Order::Oldest) => (after.key.saturating_add(1), END),
    };
    (order, span)
}

/// How to get at a page by time and one row more: a way into the table, or the very keys in the order of reading.
fn way_by_time(
    reader: &Reader,
    term: Term,
    order: Order,
    (from, until): (i64, i64),
    limit: usize,
) -> Sql<(Access, Option<Vec<i64>>)> {
    let mut access = Access::of_term(reader, term.clone());
    access.bound(from, until);
    if access.is_straight() {
        return Ok((access, None));
    }
    let keys = reader.ask(&term, |mut query| {
        query.bound(from, until);
        query.by_time(order == Order::Newest, limit + 1)
    })?;
    Ok((access, keys))
}

/// Keys in the order of time, at most `limit`, and whether there are more.
pub(super) fn keys_by_time(reader: &Reader, term: Term, order: Order, span: (i64, i64), limit: usize) -> Sql<(Vec<i64>, bool)> {
    let (access, keys) = way_by_time(reader, term, order, span, limit)?;
    let mut keys = match keys {
        Some(keys) => keys,
        None => {
            let mut keys = Vec::new();
            access.settle(reader, order, Some(limit + 1))?.each(reader, "c.id", Some(order), Some(limit + 1), &mut |row| {
                keys.push(row.get(0)?);
                Ok(())
            })?;
            keys
        }
    };
    let more = keys.len() > limit;
    keys.truncate(limit);
    Ok((keys, more))
}

fn ids(reader: &Reader, scope: &Scope, request: &PageRequest) -> Sql<(Vec<CallId>, Option<Cursor>)> {
    let term = Term::of(reader, scope, &request.filter)?;
    let limit = request.limit.clamp(1, MOST_IDS);
    if request.sort.field != SortField::Start {
        let (found, more) = sort::page(reader, term, request, limit.min(MOST))?;
        let next = found.last().filter(|_| more).map(|(_, cursor)| cursor.clone());
        let keys: Vec<i64> = found.into_iter().map(|(row, _)| row.id).collect();
        return Ok((public(reader, &keys)?, next));
    }
    let (order, span) = stretch(request);
    let (keys, more) = keys_by_time(reader, term, order, span, limit)?;
    let next = keys.last().filter(|_| more).map(|key| at(*key));
    Ok((public(reader, &keys)?, next))
}

/// The public ids of calls; those of moved ones are made of other keys.
pub(super) fn public(reader: &Reader, keys: &[i64]) -> Sql<Vec<CallId>> {
    let span = (keys.iter().min().copied().unwrap_or(0), keys.iter().max().copied().unwrap_or(0));
    let mut statement = reader.conn.prepare_cached("SELECT current FROM moved WHERE current>=?1 AND current<=?2")?;
    let moved = statement.query_map(span, |row| row.get(0))?.collect::<rusqlite::Result<HashSet<i64>>>()?;
    let codec = &reader.shared.codec;
    let id = |key: i64| Ok(CallId(codec.encode(Noun::Call, key)));
    keys.iter().map(|key| if moved.contains(key) { id(first_key(&reader.conn, *key)?) } else { id(*key) }).collect()
}
