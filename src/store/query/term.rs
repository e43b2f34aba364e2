//! A filter with every name resolved to ids.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
};

use rusqlite::{Connection, OptionalExtension};

use super::sql::{Param, array};
use crate::{
    domain::{
        actor::Scope,
        clean::fold,
        id::{IdCodec, Noun, key_of},
        query::{Filter, Has, Is, Predicate, Range, Side, TimeRange, words},
    },
    store::{error::Sql, numbers::NumberSet, reader::Reader, row::flag, source_key::source_key},
};

/// A test of the narrow row; never NULL.
#[derive(Clone, Debug)]
pub(in crate::store) enum Term {
    Const(bool),
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// Keys from inclusive, to exclusive.
    Time(i64, i64),
    /// Keys of calls, ascending.
    Ids(Vec<i64>),
    /// Any of these took part.
    Extensions(Vec<i64>),
    Outcomes(Vec<i64>),
    Numbers {
        set: Arc<NumberSet>,
        from: bool,
        to: bool,
    },
    /// The other side has one of these numbers.
    OtherParty(Arc<NumberSet>),
    /// An expression over `c.…` that is never NULL.
    Test(String, Vec<Param>),
}

/// No key is beyond this.
pub(super) const END: i64 = i64::MAX;

impl Term {
    /// The calls of a filter within a scope; the scope comes first.
    pub(in crate::store) fn of(reader: &Reader, scope: &Scope, filter: &Filter) -> Sql<Self> {
        let scope = match scope {
            Scope::Company => Self::Const(true),
            Scope::Projects(names) => {
                let wanted: HashSet<i64> = names.iter().filter_map(|name| reader.names.project.id(name)).collect();
                in_list("c.projset", reader.names.projset.with_any(|id| wanted.contains(&id)))
            }
            Scope::Own(numbers) => {
                Self::Extensions(numbers.iter().filter_map(|number| reader.names.extension.id(number)).collect())
            }
        };
        Ok(Self::And(vec![scope, Self::resolve(reader, filter)?]))
    }

    fn resolve(reader: &Reader, filter: &Filter) -> Sql<Self> {
        Ok(match filter {
            Filter::All => Self::Const(true),
            Filter::And(parts) => Self::And(parts.iter().map(|part| Self::resolve(reader, part)).collect::<Sql<_>>()?),
            Filter::Or(parts) => merge(parts.iter().map(|part| Self::resolve(reader, part)).collect::<Sql<_>>()?),
            Filter::Not(inner) => Self::Not(Box::new(Self::resolve(reader, inner)?)),
            Filter::Is(predicate) => Self::predicate(reader, predicate)?,
        })
    }

    fn predicate(reader: &Reader, predicate: &Predicate) -> Sql<Self> {
        let names = &reader.names;
        Ok(match predicate {
            Predicate::Time(range) => time(range),
            Predicate::TimeOfDay { from, to } => {
                reader.use_company_zone()?;
                let minute = "local_minute(c.id)%1440";
                let test = if from <= to {
                    format!("{minute}>={from} AND {minute}<{to}")
                } else {
                    format!("({minute}>={from} OR {minute}<{to})")
                };
                Self::Test(test, Vec::new())
            }
            Predicate::Weekday(days) => {
                reader.use_company_zone()?;
                Self::Test(format!("({}>>(local_minute(c.id)/1440))&1", days.0 & 0x7f), Vec::new())
            }
            Predicate::Number(side, pattern) => {
                let set = Arc::new(reader.numbers()?.matching(pattern));
                Self::Numbers { set, from: *side != Side::To, to: *side != Side::From }
            }
            Predicate::PartyName(side, text) => {
                let set = customer_numbers(reader, text)?.union(&extension_numbers(reader, text)?);
                Self::Numbers { set: Arc::new(set), from: *side != Side::To, to: *side != Side::From }
            }
            Predicate::CustomerName(text) => Self::OtherParty(Arc::new(customer_numbers(reader, text)?)),
            Predicate::Extension(pattern) => Self::Extensions(names.extension.matching(|number| pattern.matches(number))),
            Predicate::Agent(text) => {
                let wanted = part_of(text);
                let agents: HashSet<i64> = names.agent.matching(wanted).into_iter().collect();
                in_list("c.agentset", names.agentset.with_any(|id| agents.contains(&id)))
            }
            Predicate::Group(pattern) => {
                let groups: HashSet<i64> = names.group.matching(whole(pattern)).into_iter().collect();
                in_list("c.grpset", names.groupset.with_any(|id| groups.contains(&id)))
            }
            Predicate::Queue(pattern) => in_list("c.queue", names.queue.matching(whole(pattern))),
            Predicate::Project(pattern) => {
                let projects: HashSet<i64> = names.project.matching(whole(pattern)).into_iter().collect();
                in_list("c.projset", names.projset.with_any(|id| projects.contains(&id)))
            }
            Predicate::Direction(direction) => Self::Test(format!("c.dir={}", direction.code()), Vec::new()),
            Predicate::Route(route) => Self::Test(format!("c.route IS {}", route.code()), Vec::new()),
            Predicate::Outcome(outcome) => Self::Outcomes(vec![outcome.code()]),
            Predicate::Is(Is::Recorded) | Predicate::Has(Has::Recording) => Self::Test("c.rec_count>0".to_owned(), Vec::new()),
            // No rules yet, so no call that a rule wanted recorded.
            Predicate::Is(Is::Unrecorded) => Self::Const(false),
            Predicate::Is(Is::Flagged) => flagged(flag::FLAGGED),
            Predicate::Is(Is::Lost) => flagged(flag::LOST),
            Predicate::Has(Has::Note) => flagged(flag::NOTE),
            Predicate::Has(Has::Tag) => flagged(flag::TAG),
            Predicate::Has(Has::Case) => flagged(flag::CASE),
            Predicate::Mode(mode) => Self::Test(format!("c.rec_modes&{}<>0", 1 << mode.code()), Vec::new()),
            Predicate::Talk(range) => between("c.talk_ds", range),
            Predicate::Wait(range) => between("c.wait_ds", range),
            Predicate::OnHold(range) => between("c.hold_ds", range),
            Predicate::RecordingLength(range) => between("c.rec_ds", range),
            Predicate::Size(range) => between("c.rec_bytes", range),
            Predicate::Case(pattern) => keys(
                &reader.conn,
                "SELECT call FROM call_case WHERE case_number IN rarray(?1)",
                names.case.matching(whole(pattern)),
            )?,
            Predicate::Tag(text) => tagged(reader, text)?,
            Predicate::Note(text) => noted(reader, text)?,
            Predicate::Id(id) => Self::Ids(by_id(reader, id)?),
            Predicate::On(place) => {
                let places = names.place.matching(whole(place));
                if places.is_empty() {
                    return Ok(Self::Const(false));
                }
                let test = "c.rec_count>0 AND EXISTS(SELECT 1 FROM recording r CROSS JOIN recording_copy p ON p.recording=r.id \
                            WHERE r.call=c.id AND p.state<>3 AND p.place IN rarray(?))";
                Self::Test(test.to_owned(), vec![array(places)])
            }
            Predicate::Text(text) => {
                let agents = Self::predicate(reader, &Predicate::Agent(text.clone()))?;
                let queues = in_list("c.queue", names.queue.matching(part_of(text)));
                let customers = Self::OtherParty(Arc::new(customer_numbers(reader, text)?));
                Self::Or(vec![agents, queues, customers, tagged(reader, text)?, noted(reader, text)?])
            }
        })
    }
}

/// Alternatives of one kind become one term, so that `ext:601,605` still finds its index.
fn merge(parts: Vec<Term>) -> Term {
    let mut merged: Vec<Term> = Vec::new();
    for part in parts {
        match part {
            Term::Const(false) => {}
            Term::Extensions(more) => {
                if let Some(Term::Extensions(ids)) = merged.iter_mut().find(|term| matches!(term, Term::Extensions(_))) {
                    ids.extend(more);
                    ids.sort_unstable();
                    ids.dedup();
                } else {
                    merged.push(Term::Extensions(more));
                }
            }
            Term::Outcomes(more) => {
                if let Some(Term::Outcomes(codes)) = merged.iter_mut().find(|term| matches!(term, Term::Outcomes(_))) {
                    codes.extend(more);
                    codes.sort_unstable();
                    codes.dedup();
                } else {
                    merged.push(Term::Outcomes(more));
                }
            }
            Term::Ids(more) => {
                if let Some(Term::Ids(ids)) = merged.iter_mut().find(|term| matches!(term, Term::Ids(_))) {
                    ids.extend(more);
                    ids.sort_unstable();
                    ids.dedup();
                } else {
                    merged.push(Term::Ids(more));
                }
            }
            Term::Numbers { set: more, from, to } => {
                let same = merged.iter_mut().find_map(|term| match term {
                    Term::Numbers { set, from: f, to: t } if (*f, *t) == (from, to) => Some(set),
                    _ => None,
                });
                match same {
                    Some(set) => *set = Arc::new(set.as_ref().clone().union(&more)),
                    None => merged.push(Term::Numbers { set: more, from, to }),
                }
            }
            other => merged.push(other),
        }
    }
    match merged.len() {
        0 => Term::Const(false),
        1 => merged.swap_remove(0),
        _ => Term::Or(merged),
    }
}

fn time(range: &TimeRange) -> Term {
    // A key holds whole milliseconds: an instant between two of them begins with the later.
    let bound = |at: jiff::Timestamp| {
        let above = at.as_nanosecond().rem_euclid(1_000_000) != 0;
        key_of(at).map_or(0, |key| if above { crate::domain::id::next_key(key | 0xf) } else { key })
    };
    Term::Time(range.from.map_or(0, bound), range.until.map_or(END, bound))
}

fn between(column: &str, range: &Range) -> Term {
    let mut test = format!("{column} IS NOT NULL");
    if let Some(from) = range.from {
        test.push_str(&format!(" AND {column}>={from}"));
    }
    if let Some(to) = range.to {
        test.push_str(&format!(" AND {column}<={to}"));
    }
    Term::Test(test, Vec::new())
}

fn flagged(bit: i64) -> Term {
    Term::Test(format!("c.flags&{bit}<>0"), Vec::new())
}

fn in_list(column: &str, ids: Vec<i64>) -> Term {
    if ids.is_empty() {
        return Term::Const(false);
    }
    Term::Test(format!("ifnull({column} IN rarray(?),0)"), vec![array(ids)])
}

fn part_of(text: &str) -> impl Fn(&str) -> bool {
    let part = fold(text);
    move |name| fold(name).contains(&part)
}

fn whole(pattern: &str) -> impl Fn(&str) -> bool {
    let pattern = fold(pattern);
    move |name| match pattern.strip_suffix('*') {
        Some(beginning) => fold(name).starts_with(beginning),
        None => fold(name) == pattern,
    }
}

fn keys(conn: &Connection, sql: &str, ids: Vec<i64>) -> Sql<Term> {
    if ids.is_empty() {
        return Ok(Term::Const(false));
    }
    let mut statement = conn.prepare_cached(sql)?;
    let mut keys = statement.query_map([array(ids)], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    keys.sort_unstable();
    keys.dedup();
    Ok(Term::Ids(keys))
}

fn tagged(reader: &Reader, text: &str) -> Sql<Term> {
    keys(&reader.conn, "SELECT call FROM call_tag WHERE tag IN rarray(?1)", reader.names.tag.matching(part_of(text)))
}

fn noted(reader: &Reader, text: &str) -> Sql<Term> {
    let wanted: Vec<String> = words(text).iter().map(|word| format!("\"{word}\"*")).collect();
    if wanted.is_empty() {
        return Ok(Term::Const(false));
    }
    let mut statement =
        reader.conn.prepare_cached("SELECT n.call FROM note_text t JOIN note n ON n.id=t.rowid WHERE note_text MATCH ?1")?;
    let mut keys = statement.query_map([wanted.join(" ")], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    keys.sort_unstable();
    keys.dedup();
    Ok(Term::Ids(keys))
}

/// Numbers of the customers whose name has the text in it.
fn customer_numbers(reader: &Reader, text: &str) -> Sql<NumberSet> {
    let test = part_of(text);
    let mut statement = reader.conn.prepare_cached("SELECT id, name FROM customer")?;
    let mut rows = statement.query([])?;
    let mut customers = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get_ref(1)?.as_str().is_ok_and(&test) {
            customers.push(row.get::<_, i64>(0)?);
        }
    }
    let mut set = NumberSet::default();
    if customers.is_empty() {
        return Ok(set);
    }
    let mut statement = reader.conn.prepare_cached(
        "SELECT n.id FROM customer_number m CROSS JOIN number n ON n.canonical=m.canonical WHERE m.customer IN rarray(?1)",
    )?;
    let mut rows = statement.query([array(customers)])?;
    while let Some(row) = rows.next()? {
        set.insert(row.get(0)?);
    }
    Ok(set)
}

/// Numbers that are extensions whose label or present agent has the text in it.
fn extension_numbers(reader: &Reader, text: &str) -> Sql<NumberSet> {
    let test = part_of(text);
    let mut set = NumberSet::default();
    let mut statement = reader.conn.prepare_cached(
        "SELECT e.name, e.label, (SELECT a.agent FROM extension_assignment a WHERE a.ext=e.id ORDER BY a.since DESC LIMIT 1) \
         FROM extension e",
    )?;
    let mut of_number = reader.conn.prepare_cached("SELECT id FROM number WHERE canonical=?1")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let agent = row.get::<_, Option<i64>>(2)?.and_then(|id| reader.names.agent.name(id));
        let label = row.get_ref(1)?.as_str_or_null().unwrap_or(None);
        if label.is_some_and(&test) || agent.is_some_and(|agent| test(agent)) {
            for id in of_number.query_map([row.get_ref(0)?.as_str().unwrap_or_default()], |row| row.get(0))? {
                set.insert(id?);
            }
        }
    }
    Ok(set)
}

/// Keys of the calls that an id names: public id of a call or recording, or a source id.
pub(in crate::store) fn by_id(reader: &Reader, id: &str) -> Sql<Vec<i64>> {
    keys_of(&reader.conn, &reader.shared.codec, id)
}

/// As [`by_id`], on any connection.
pub(in crate::store) fn keys_of(conn: &Connection, codec: &IdCodec, id: &str) -> Sql<Vec<i64>> {
    let mut keys: Vec<i64> = Vec::new();
    if let Some(key) = codec.decode(Noun::Call, id)
        && let Some(call) = crate::store::calls::current_key(conn, key)?
    {
        keys.push(call);
    }
    if let Some(key) = codec.decode(Noun::Recording, id) {
        let mut statement = conn.prepare_cached("SELECT call FROM recording WHERE id=?1")?;
        let call: Option<Option<i64>> = statement.query_row([key], |row| row.get(0)).optional()?;
        keys.extend(call.flatten());
    }
    let mut statement =
        conn.prepare_cached("SELECT s.call, m.source_ids FROM source s CROSS JOIN call_more m ON m.id=s.call WHERE s.key=?1")?;
    let mut rows = statement.query([source_key(id)])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(1)?.as_str().is_ok_and(|ids| ids.split('\n').any(|line| line == id)) {
            keys.push(row.get(0)?);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Whether the secondary indexes are there.
pub(super) fn indexed(reader: &Reader) -> bool {
    !reader.shared.loading.load(Ordering::Relaxed)
}
