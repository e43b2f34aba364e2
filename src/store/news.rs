//! What changed since somebody looked, by the same rows that the column index goes by.

use std::collections::HashMap;

use rusqlite::OptionalExtension;

use super::{Store, calls::first_key, error::Result, query::Access};
use crate::domain::{
    actor::Scope,
    event::ChangedCallEvent,
    id::{Noun, instant_of},
};

/// Changes that are told one by one; of more it is told that there were many.
const MOST: i64 = 2_000;

/// What changed after one number of the changes up to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The revision at that moment.
    pub revision: String,
    /// The last change.
    pub seq: i64,
    /// Keys of the calls that changed, and whether they are new. None: too many, or not known any more.
    pub calls: Option<Vec<(i64, bool)>>,
}

impl Store {
    /// What changed after `seq`; none: only where one stands.
    pub async fn news(&self, seq: Option<i64>) -> Result<News> {
        self.threads
            .read(move |reader| {
                let conn = &reader.conn;
                let revision: i64 =
                    conn.prepare_cached("SELECT value FROM meta WHERE key='revision'")?.query_row([], |row| row.get(0))?;
                let (first, last): (Option<i64>, Option<i64>) = conn
                    .prepare_cached("SELECT (SELECT min(seq) FROM change), (SELECT max(seq) FROM change)")?
                    .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                let (first, last) = (first.unwrap_or(0), last.unwrap_or(0));
                let mut news = News { revision: revision.to_string(), seq: last, calls: Some(Vec::new()) };
                let Some(seen) = seq.filter(|seen| *seen != last) else { return Ok(news) };
                if seen > last || first > seen + 1 || last - seen > MOST {
                    news.calls = None;
                    return Ok(news);
                }
                let mut calls: HashMap<i64, bool> = HashMap::new();
                let mut statement = conn.prepare_cached("SELECT id, is_new FROM change WHERE seq>?1 AND seq<=?2 ORDER BY seq")?;
                let mut rows = statement.query([seen, last])?;
                while let Some(row) = rows.next()? {
                    // Whoever changes a call much takes it away first: then its first change is no insertion.
                    calls.entry(row.get(0)?).or_insert(row.get(1)?);
                }
                drop(rows);
                let mut there = conn.prepare_cached("SELECT 1 FROM call WHERE id=?1")?;
                let mut keys = Vec::new();
                // Marks of the column index are negative and no calls.
                for (key, is_new) in calls.into_iter().filter(|(key, _)| *key >= 0) {
                    if there.query_row([key], |_row| Ok(())).optional()?.is_some() {
                        // A call that moved in time has the public id of its first key.
                        keys.push((key, is_new && first_key(conn, key)? == key));
                    }
                }
                keys.sort_unstable();
                news.calls = Some(keys);
                Ok(news)
            })
            .await
    }

    /// Those of these calls that lie in a scope, oldest first.
    pub async fn changed_calls(&self, scope: Scope, calls: Vec<(i64, bool)>) -> Result<Vec<ChangedCallEvent>> {
        self.threads
            .read(move |reader| {
                let keys = calls.iter().map(|(key, _)| *key).collect();
                let mut found = Vec::new();
                Access::of_keys_in(reader, &scope, keys)?.each(reader, "c.id", None, None, &mut |row| {
                    found.push(row.get::<_, i64>(0)?);
                    Ok(())
                })?;
                let known: HashMap<i64, bool> = calls.into_iter().collect();
                let mut events = Vec::with_capacity(found.len());
                found.sort_unstable();
                for key in found {
                    events.push(ChangedCallEvent {
                        id: reader.shared.codec.encode(Noun::Call, first_key(&reader.conn, key)?),
                        start: instant_of(key),
                        new: known.get(&key).copied().unwrap_or(false),
                    });
                }
                Ok(events)
            })
            .await
    }
}
