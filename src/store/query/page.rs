//! Pages of the list: keyset cursors both ways, never OFFSET.

use super::{
    access::{Access, Order},
    hydrate, sort,
    term::{END, Term},
};
use crate::{
    domain::{
        actor::Scope,
        list::{Cursor, Page, PageRequest},
        query::SortField,
    },
    store::{
        Store,
        error::{Result, Sql},
        reader::Reader,
        row::{COLUMNS, CallRow},
    },
};

/// Rows of a page at most; what asks for more gets so many and a cursor.
const MOST: usize = 500;

impl Store {
    /// One page in the order asked for. A page read backwards comes in list order as well.
    pub async fn page(&self, scope: Scope, request: PageRequest) -> Result<Page> {
        self.threads.read_lists(move |reader| page(reader, &scope, &request)).await
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
    let order = if request.sort.descending == request.backwards { Order::Oldest } else { Order::Newest };
    let (from, until) = match (&request.after, order) {
        (None, _) => (0, END),
        (Some(after), Order::Newest) => (0, after.key),
        (Some(after), Order::Oldest) => (after.key.saturating_add(1), END),
    };
    let mut access = Access::of_term(reader, term.clone());
    access.bound(from, until);
    if !access.is_straight() {
        let keys = reader.ask(&term, |mut query| {
            query.bound(from, until);
            query.by_time(order == Order::Newest, limit + 1)
        })?;
        if let Some(mut keys) = keys {
            keys.sort_unstable();
            access = Access::of_keys(keys);
        }
    }
    let mut found = Vec::with_capacity(limit + 1);
    access.settle(reader, order, Some(limit + 1))?.each(reader, COLUMNS, Some(order), Some(limit + 1), &mut |row| {
        let row = CallRow::read(row)?;
        let cursor = Cursor { value: None, text: None, key: row.id };
        found.push((row, cursor));
        Ok(())
    })?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}
