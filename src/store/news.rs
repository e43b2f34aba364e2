//! What changed since somebody looked, by the same rows that the column index goes by.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::{
    Store,
    calls::first_key,
    error::{Result, Sql},
    query::Access,
    reader::Reader,
};
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

/// How far the changes and the audit log were when somebody was told last what they see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub seq: i64,
    pub audit: i64,
}

/// Keys that are looked up at once.
const CHUNK: usize = 5_000;

impl Store {
    /// Where one stands now, and whether since `after` any call of a scope changed, `who` did anything, or the settings of the
    /// whole company did. What is not known any more has changed.
    pub async fn seen_since(&self, scope: Scope, who: String, after: Option<Standing>) -> Result<(Standing, bool)> {
        self.threads
            .read(move |reader| {
                let (seq, audit) = reader
                    .conn
                    .prepare_cached(
                        "SELECT (SELECT ifnull(max(seq), 0) FROM change), (SELECT ifnull(max(seq), 0) FROM audit_log)",
                    )?
                    .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                let now = Standing { seq, audit };
                let Some(after) = after.filter(|after| *after != now) else { return Ok((now, false)) };
                let acted = "SELECT 1 FROM audit_log INDEXED BY audit_who WHERE who=?1 AND seq>?2 AND outcome='done' LIMIT 1";
                let settings = "SELECT 1 FROM audit_log INDEXED BY audit_did WHERE did=?1 AND seq>?2 AND outcome='done' LIMIT 1";
                let changed = reader.conn.prepare_cached(acted)?.exists(params![who, after.audit])?
                    || reader.conn.prepare_cached(settings)?.exists(params!["company.set", after.audit])?
                    || touched(reader, &scope, after.seq, seq)?;
                Ok((now, changed))
            })
            .await
    }

    /// Whether any call of a scope changed after one number of the changes up to another.
    pub async fn has_changed(&self, scope: Scope, after: i64, until: i64) -> Result<bool> {
        self.threads.read(move |reader| touched(reader, &scope, after, until)).await
    }

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

fn touched(reader: &Reader, scope: &Scope, after: i64, until: i64) -> Sql<bool> {
    if after >= until {
        // A number that there never was is of another database.
        return Ok(after > until);
    }
    let first: Option<i64> = reader.conn.prepare_cached("SELECT min(seq) FROM change")?.query_row([], |row| row.get(0))?;
    if first.is_none_or(|first| first > after + 1) {
        return Ok(true);
    }
    let mut statement = reader.conn.prepare_cached("SELECT DISTINCT id FROM change WHERE seq>?1 AND seq<=?2 AND id>=0")?;
    let mut rows = statement.query([after, until])?;
    let mut keys = Vec::new();
    loop {
        let row = rows.next()?;
        if let Some(row) = row {
            keys.push(row.get(0)?);
        }
        if row.is_none() || keys.len() == CHUNK {
            keys.sort_unstable();
            let mut found = false;
            Access::of_keys_in(reader, scope, std::mem::take(&mut keys))?.each(reader, "1", None, Some(1), &mut |_row| {
                found = true;
                Ok(())
            })?;
            if found || row.is_none() {
                return Ok(found);
            }
        }
    }
}
