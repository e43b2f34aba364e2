//! The plan of a query, chosen here and not by SQLite: exactly one way into the table, everything else tested row by row.
//!
//! Each statement names its index (`INDEXED BY`) or forbids all (`NOT INDEXED`, which leaves the key), so that no other plan
//! can creep in.

use std::collections::HashSet;

use rusqlite::{Row, params_from_iter};

use super::{
    sql::{Expression, Param, array},
    term::{END, Term, indexed},
};
use crate::{
    domain::{actor::Scope, query::Filter},
    store::{error::Sql, reader::Reader},
};

/// One way into the table of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    Key,
    Outcome(i64),
    Extension(i64),
}

/// Extensions looked up one by one.
const EXTENSIONS: usize = 64;
/// Keys that are read one by one rather than in a pass over the column index.
const NARROW: usize = 5_000;
/// Entries of an extension that are counted one by one rather than in a pass over the column index.
const ENTRIES: usize = if cfg!(test) { 20 } else { 20_000 };
/// Keys asked for in one statement.
const CHUNK: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Order {
    Oldest,
    Newest,
}

/// Which calls, and how to get at them.
#[derive(Clone, Debug)]
pub(in crate::store) struct Access {
    ways: Vec<Way>,
    /// Instead of a way: these keys, ascending.
    keys: Option<Vec<i64>>,
    from: i64,
    until: i64,
    rest: Vec<Term>,
}

impl Access {
    /// Chooses the plan for a filter within a scope.
    pub(in crate::store) fn of(reader: &Reader, scope: &Scope, filter: &Filter) -> Sql<Self> {
        Ok(Self::of_term(reader, Term::of(reader, scope, filter)?))
    }

    /// Chooses the plan for a resolved filter.
    pub(in crate::store) fn of_term(reader: &Reader, term: Term) -> Self {
        let mut access = Self { ways: vec![Way::Key], keys: None, from: 0, until: END, rest: Vec::new() };
        let mut terms = Vec::new();
        flatten(term, &mut terms);
        for term in terms {
            match term {
                Term::Time(from, until) => access.bound(from, until),
                Term::Const(true) => {}
                Term::Const(false) => return Self::nothing(),
                other => access.rest.push(other),
            }
        }
        access.choose(indexed(reader));
        access
    }

    /// Whether the rows looked at are hardly more than the rows meant, of few keys: no pass over all calls can be quicker.
    pub(in crate::store) fn is_narrow(&self) -> bool {
        self.keys.as_ref().is_some_and(|keys| keys.len() <= NARROW)
    }

    /// Whether a page by time reads nothing but its own rows.
    pub(in crate::store) fn is_straight(&self) -> bool {
        self.is_narrow() || (self.rest.is_empty() && self.keys.is_none())
    }

    fn nothing() -> Self {
        Self::of_keys(Vec::new())
    }

    /// Exactly these keys, ascending.
    pub(in crate::store) const fn of_keys(keys: Vec<i64>) -> Self {
        Self { ways: Vec::new(), keys: Some(keys), from: 0, until: END, rest: Vec::new() }
    }

    /// Narrows to keys from `from` inclusive to `until` exclusive.
    pub(in crate::store) fn bound(&mut self, from: i64, until: i64) {
        self.from = self.from.max(from);
        self.until = self.until.min(until);
    }

    /// One call, if it is within the scope.
    pub(in crate::store) fn of_key(reader: &Reader, scope: &Scope, key: i64) -> Sql<Self> {
        Self::of_keys_in(reader, scope, vec![key])
    }

    /// Those of these keys, ascending, that are within the scope.
    pub(in crate::store) fn of_keys_in(reader: &Reader, scope: &Scope, keys: Vec<i64>) -> Sql<Self> {
        let mut access = Self::of_keys(keys);
        flatten(Term::of(reader, scope, &Filter::All)?, &mut access.rest);
        Ok(access)
    }

    /// Every call there is.
    pub(super) fn is_everything(&self) -> bool {
        self.ways == [Way::Key] && self.keys.is_none() && self.rest.is_empty() && self.from == 0 && self.until == END
    }

    fn choose(&mut self, indexed: bool) {
        let rank = |term: &Term| match term {
            Term::Ids(_) => Some(0),
            Term::Extensions(ids) if ids.len() <= EXTENSIONS => Some(1),
            Term::Outcomes(codes) if indexed && !codes.contains(&0) => Some(2),
            _ => None,
        };
        let best = self.rest.iter().enumerate().filter_map(|(index, term)| Some((rank(term)?, index))).min();
        let Some((_, index)) = best else { return };
        match self.rest.swap_remove(index) {
            Term::Ids(keys) => {
                self.ways = Vec::new();
                self.keys = Some(keys);
            }
            Term::Extensions(ids) => self.ways = ids.into_iter().map(Way::Extension).collect(),
            Term::Outcomes(codes) => self.ways = codes.into_iter().map(Way::Outcome).collect(),
            other => self.rest.push(other),
        }
    }

    /// Several ways become the list of keys that they lead to, each call once. `limit` is of the result in `order`.
    pub(in crate::store) fn settle(self, reader: &Reader, order: Order, limit: Option<usize>) -> Sql<Self> {
        if self.keys.is_some() || self.ways.len() == 1 {
            return Ok(self);
        }
        let mut keys = HashSet::new();
        for way in &self.ways {
            self.run(reader, way, "c.id", Some(order), limit, &mut |row| {
                keys.insert(row.get::<_, i64>(0)?);
                Ok(())
            })?;
        }
        let mut keys: Vec<i64> = keys.into_iter().collect();
        keys.sort_unstable();
        if let Some(limit) = limit.filter(|limit| *limit < keys.len()) {
            match order {
                Order::Oldest => keys.truncate(limit),
                Order::Newest => drop(keys.drain(..keys.len() - limit)),
            }
        }
        Ok(Self::of_keys(keys))
    }

    /// Reads columns of the calls, in an order if one is asked for. Only of a settled plan.
    pub(in crate::store) fn each(
        &self,
        reader: &Reader,
        columns: &str,
        order: Option<Order>,
        limit: Option<usize>,
        each: &mut dyn FnMut(&Row<'_>) -> Sql<()>,
    ) -> Sql<()> {
        let Some(keys) = &self.keys else {
            return match self.ways.first() {
                Some(way) => self.run(reader, way, columns, order, limit, each),
                None => Ok(()),
            };
        };
        let keys = &keys[keys.partition_point(|key| *key < self.from)..keys.partition_point(|key| *key < self.until)];
        let mut left = limit.unwrap_or(usize::MAX);
        let mut chunk = |chunk: &[i64]| -> Sql<()> {
            let mut seen = 0;
            self.run_keys(reader, chunk, columns, order, left, &mut |row| {
                seen += 1;
                each(row)
            })?;
            left -= seen;
            Ok(())
        };
        if order == Some(Order::Newest) {
            keys.rchunks(CHUNK).try_for_each(&mut chunk)
        } else {
            keys.chunks(CHUNK).try_for_each(&mut chunk)
        }
    }

    fn run_keys(
        &self,
        reader: &Reader,
        keys: &[i64],
        columns: &str,
        order: Option<Order>,
        left: usize,
        each: &mut dyn FnMut(&Row<'_>) -> Sql<()>,
    ) -> Sql<()> {
        if left == 0 {
            return Ok(());
        }
        let rest = Expression::and_all(reader, &self.rest);
        let mut sql = format!("SELECT {columns} FROM call c NOT INDEXED WHERE c.id IN rarray(?){}", rest.text);
        push_order(&mut sql, order, "c.id");
        let params = std::iter::once(array(keys.iter().copied())).chain(rest.params);
        let mut statement = reader.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        // A LIMIT in SQL would cut an aggregate's single row no shorter.
        for _ in 0..left {
            match rows.next()? {
                Some(row) => each(row)?,
                None => break,
            }
        }
        Ok(())
    }

    fn run(
        &self,
        reader: &Reader,
        way: &Way,
        columns: &str,
        order: Option<Order>,
        limit: Option<usize>,
        each: &mut dyn FnMut(&Row<'_>) -> Sql<()>,
    ) -> Sql<()> {
        let (sql, params) = self.statement(reader, way, columns, order, limit);
        let mut statement = reader.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }

    fn statement(
        &self,
        reader: &Reader,
        way: &Way,
        columns: &str,
        order: Option<Order>,
        limit: Option<usize>,
    ) -> (String, Vec<Param>) {
        let rest = Expression::and_all(reader, &self.rest);
        let mut key = "c.id";
        let (mut sql, mut params) = match way {
            Way::Key => ("call c NOT INDEXED WHERE 1".to_owned(), Vec::new()),
            Way::Outcome(code) => {
                ("call c INDEXED BY call_outcome WHERE c.outcome=? AND c.outcome<>0".to_owned(), vec![Param::Int(*code)])
            }
            Way::Extension(id) => {
                key = "e.call";
                let only_keys = rest.text.is_empty() && matches!(columns, "count(*)" | "1");
                let join = if only_keys { "" } else { " CROSS JOIN call c NOT INDEXED ON c.id=e.call" };
                (format!("call_extension e{join} WHERE e.ext=?"), vec![Param::Int(*id)])
            }
        };
        sql.insert_str(0, &format!("SELECT {columns} FROM "));
        sql.push_str(&format!(" AND {key}>=? AND {key}<?"));
        params.extend([Param::Int(self.from), Param::Int(self.until)]);
        sql.push_str(&rest.text);
        params.extend(rest.params);
        push_order(&mut sql, order, key);
        if let Some(limit) = limit {
            sql.push_str(" LIMIT ?");
            params.push(Param::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
        }
        (sql, params)
    }

    /// How many; at most `limit` are looked at. Only of a settled plan.
    pub(super) fn count(&self, reader: &Reader, limit: Option<usize>) -> Sql<u64> {
        let mut count = 0_u64;
        if let (None, Some(way), Some(limit)) = (&self.keys, self.ways.first(), limit) {
            let (sql, params) = self.statement(reader, way, "1", None, Some(limit));
            let mut statement = reader.conn.prepare_cached(&format!("SELECT count(*) FROM ({sql})"))?;
            return Ok(statement.query_row(params_from_iter(params), |row| row.get(0))?);
        }
        self.each(reader, "count(*)", None, None, &mut |row| {
            count += row.get::<_, u64>(0)?;
            Ok(())
        })?;
        Ok(count)
    }

    /// How many, where it is all that one extension took part in and not much.
    pub(super) fn few_of_extension(&self, reader: &Reader) -> Sql<Option<u64>> {
        if !self.rest.is_empty() || self.keys.is_some() || !matches!(self.ways.as_slice(), [Way::Extension(_)]) {
            return Ok(None);
        }
        let count = self.count(reader, Some(ENTRIES + 1))?;
        Ok((count <= ENTRIES as u64).then_some(count))
    }

    #[cfg(test)]
    pub(in crate::store) fn statements(
        &self,
        reader: &Reader,
        columns: &str,
        order: Order,
        limit: usize,
    ) -> Vec<(String, Vec<Param>)> {
        self.ways.iter().map(|way| self.statement(reader, way, columns, Some(order), Some(limit))).collect()
    }
}

fn flatten(term: Term, into: &mut Vec<Term>) {
    match term {
        Term::And(parts) => parts.into_iter().for_each(|part| flatten(part, into)),
        other => into.push(other),
    }
}

fn push_order(sql: &mut String, order: Option<Order>, key: &str) {
    match order {
        Some(Order::Newest) => sql.push_str(&format!(" ORDER BY {key} DESC")),
        Some(Order::Oldest) => sql.push_str(&format!(" ORDER BY {key}")),
        None => {}
    }
}
