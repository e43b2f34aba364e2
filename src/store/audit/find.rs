//! Questions to the log as SQL over the aliases `a` (the log) and `f` (what outsiders wrote).

use std::rc::Rc;

use rusqlite::{
    ToSql,
    types::{ToSqlOutput, Value},
};

use super::AuditPageRequest;
use crate::{
    domain::{
        audit::Did,
        clean::fold,
        id::Noun,
        query::{AuditFilter, AuditPredicate, NamePattern, TimeRange, WAYS},
    },
    store::{error::Sql, query::fits, reader::Reader},
};

/// An argument of a statement.
#[derive(Clone, Debug)]
pub(super) enum Param {
    One(Value),
    Array(Rc<Vec<Value>>),
}

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::One(value) => value.to_sql(),
            Self::Array(values) => values.to_sql(),
        }
    }
}

/// A test with its arguments, and the index that has its rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    pub(super) sql: String,
    pub(super) params: Vec<Param>,
    pub(super) index: Option<&'static str>,
}

/// Up to so many rows an index is worth walking before the order is made; beyond, the log is read in its order until the
/// page is full.
const FEW: i64 = 20_000;

impl Condition {
    fn of(sql: &str, params: Vec<Param>, index: Option<&'static str>) -> Self {
        Self { sql: sql.to_owned(), params, index }
    }

    fn never() -> Self {
        Self::of("0", Vec::new(), None)
    }

    fn joined(parts: Vec<Self>, between: &str, nothing: &str) -> Self {
        let sql = match parts.len() {
            0 => nothing.to_owned(),
            _ => format!("({})", parts.iter().map(|part| part.sql.as_str()).collect::<Vec<_>>().join(between)),
        };
        Self { sql, params: parts.into_iter().flat_map(|part| part.params).collect(), index: None }
    }
}

/// The whole condition of a page, with the index to walk where few rows are meant.
pub(super) fn plan(reader: &Reader, request: &AuditPageRequest) -> Sql<Condition> {
    let mut parts = Vec::new();
    if let Some(who) = &request.only {
        parts.push(Condition::of("a.who=?", vec![text(who)], Some("audit_who")));
    }
    let filters = match &request.filter {
        AuditFilter::All => &[][..],
        AuditFilter::And(filters) => filters,
        one => std::slice::from_ref(one),
    };
    for filter in filters {
        parts.push(condition(reader, filter, request.foreign)?);
    }
    let mut best: Option<(i64, &'static str)> = None;
    for part in &parts {
        let Some(index) = part.index else { continue };
        let rows: i64 = reader
            .conn
            .prepare_cached(&format!(
                "SELECT count(*) FROM (SELECT 1 FROM audit_log a INDEXED BY {index} WHERE {} LIMIT {FEW})",
                part.sql
            ))?
            .query_row(rusqlite::params_from_iter(&part.params), |row| row.get(0))?;
        if rows < best.map_or(FEW, |(least, _)| least) {
            best = Some((rows, index));
        }
    }
    let mut edge = |sql: &str, seq: Option<i64>| {
        parts.extend(seq.map(|seq| Condition::of(sql, vec![Param::One(Value::Integer(seq))], None)));
    };
    edge(if request.newest_first { "a.seq<?" } else { "a.seq>?" }, request.after);
    edge("a.seq<=?", request.bound);
    Ok(Condition { index: best.map(|(_, index)| index), ..Condition::joined(parts, " AND ", "1") })
}

fn text(text: &str) -> Param {
    Param::One(Value::Text(text.to_owned()))
}

fn texts(texts: impl IntoIterator<Item = String>) -> Param {
    Param::Array(Rc::new(texts.into_iter().map(Value::Text).collect()))
}

fn condition(reader: &Reader, filter: &AuditFilter, foreign: bool) -> Sql<Condition> {
    let all = |filters: &[AuditFilter]| filters.iter().map(|filter| condition(reader, filter, foreign)).collect::<Sql<Vec<_>>>();
    Ok(match filter {
        AuditFilter::All => Condition::of("1", Vec::new(), None),
        AuditFilter::And(filters) => Condition::joined(all(filters)?, " AND ", "1"),
        AuditFilter::Or(filters) => Condition::joined(all(filters)?, " OR ", "0"),
        AuditFilter::Not(inner) => {
            let inner = condition(reader, inner, foreign)?;
            // A test of an unknown value is false, its negation true.
            Condition { sql: format!("NOT ifnull({},0)", inner.sql), params: inner.params, index: None }
        }
        AuditFilter::Is(predicate) => test(reader, predicate, foreign)?,
    })
}

fn test(reader: &Reader, predicate: &AuditPredicate, foreign: bool) -> Sql<Condition> {
    Ok(match predicate {
        AuditPredicate::Who(pattern) => {
            let meant = fits(pattern);
            let names = distinct(reader, "who")?.into_iter().filter(|name| meant(name));
            Condition::of("a.who IN rarray(?)", vec![texts(names)], Some("audit_who"))
        }
        AuditPredicate::Did(Did::Outcome("done")) => Condition::of("a.outcome='done'", Vec::new(), None),
        AuditPredicate::Did(Did::Outcome(outcome)) => {
            Condition::of("a.outcome<>'done' AND a.outcome=?", vec![text(outcome)], Some("audit_undone"))
        }
        AuditPredicate::Did(did) => {
            let words = distinct(reader, "did")?.into_iter().filter(|word| did.is(word, ""));
            Condition::of("a.did IN rarray(?)", vec![texts(words)], Some("audit_did"))
        }
        AuditPredicate::Object(NamePattern::Whole(object)) => {
            let sql = "a.object COLLATE NOCASE IN rarray(?)";
            Condition::of(
                &format!("a.object IS NOT NULL AND {sql}"),
                vec![texts(with_parts(reader, object)?)],
                Some("audit_object"),
            )
        }
        AuditPredicate::Object(pattern) => beginning("a.object", pattern, Some("audit_object")),
        AuditPredicate::Session(NamePattern::Whole(session)) => {
            Condition::of("a.session IS NOT NULL AND a.session=? COLLATE NOCASE", vec![text(session)], Some("audit_session"))
        }
        AuditPredicate::Session(pattern) => beginning("a.session", pattern, Some("audit_session")),
        AuditPredicate::Where(way) if WAYS.contains(&fold(way).as_str()) => {
            Condition::of("a.via=?", vec![text(&fold(way))], None)
        }
        AuditPredicate::Where(address) => Condition::of("says(?, a.address, a.ssh_connection)", vec![text(&fold(address))], None),
        AuditPredicate::Time(TimeRange { from, until }) => {
            let micros = |instant: &jiff::Timestamp| Param::One(Value::Integer(instant.as_microsecond()));
            match (from, until) {
                (Some(from), Some(until)) => {
                    Condition::of("a.at_us>=? AND a.at_us<?", vec![micros(from), micros(until)], Some("audit_at"))
                }
                (Some(from), None) => Condition::of("a.at_us>=?", vec![micros(from)], Some("audit_at")),
                (None, Some(until)) => Condition::of("a.at_us<?", vec![micros(until)], Some("audit_at")),
                (None, None) => Condition::of("1", Vec::new(), None),
            }
        }
        AuditPredicate::Text(sought) => {
            let sought = fold(sought);
            let columns = "a.who, a.object, a.project, a.detail, a.address, a.ssh_connection, a.session";
            let words: Vec<String> = distinct(reader, "did")?
                .into_iter()
                .filter(|word| fold(word).contains(&sought) || fold(crate::domain::audit::told(word)).contains(&sought))
                .collect();
            let foreign = if foreign { ", f.text" } else { "" };
            let sql = format!("(a.did IN rarray(?) OR says(?, {columns}{foreign}))");
            Condition::of(&sql, vec![texts(words), text(&sought)], None)
        }
    })
}

fn beginning(column: &str, pattern: &NamePattern, index: Option<&'static str>) -> Condition {
    let (NamePattern::Beginning(from) | NamePattern::Whole(from) | NamePattern::Part(from)) = pattern;
    if from.is_empty() {
        return Condition::never();
    }
    let sql = format!("{column} IS NOT NULL AND {column} COLLATE NOCASE>=? AND {column} COLLATE NOCASE<?");
    Condition::of(&sql, vec![text(from), text(&format!("{from}\u{10ffff}"))], index)
}

/// An id, and of a call those of its recordings and of the clips of these.
fn with_parts(reader: &Reader, object: &str) -> Sql<Vec<String>> {
    let codec = &reader.shared.codec;
    let mut ids = vec![object.to_owned()];
    if let Some(call) = codec.decode(Noun::Call, object) {
        let mut statement = reader.conn.prepare_cached(
            "SELECT r.id, k.id FROM recording r INDEXED BY recording_call LEFT JOIN clip k ON k.recording=r.id WHERE r.call=?1",
        )?;
        let mut rows = statement.query([call])?;
        while let Some(row) = rows.next()? {
            ids.push(codec.encode(Noun::Recording, row.get(0)?));
            ids.extend(row.get::<_, Option<i64>>(1)?.map(|clip| codec.encode(Noun::Clip, clip)));
        }
    }
    Ok(ids)
}

/// The values of an indexed column: few, however long the log is.
fn distinct(reader: &Reader, column: &str) -> Sql<Vec<String>> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "WITH RECURSIVE each(it) AS (SELECT min({column}) FROM audit_log UNION ALL \
         SELECT (SELECT min({column}) FROM audit_log WHERE {column}>it) FROM each WHERE it IS NOT NULL) \
         SELECT it FROM each WHERE it IS NOT NULL"
    ))?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
