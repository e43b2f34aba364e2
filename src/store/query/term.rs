//! A filter with every name resolved to ids.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
};

use rusqlite::{Connection, OptionalExtension};

use super::sql::array;
use crate::{
    domain::{
        actor::Scope,
        clean::fold,
        id::{IdCodec, Noun, key_of},
        query::{Filter, Has, Is, NamePattern, Predicate, Range, Side, TimeRange, words},
    },
    store::{
        collections::collected,
        column::Column,
        error::Sql,
        numbers::NumberSet,
        reader::Reader,
        receipts::{downloaded_by, heard_by},
        row::flag,
        source_key::calls_of,
    },
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
    /// The column is one of these.
    In(Column, Vec<i64>),
    /// Known, and between these, both inclusive.
    Between(Column, Range),
    /// Any of these bits is set.
    Bits(Column, i64),
    /// Greater than zero.
    Positive(Column),
    /// Minutes after midnight in the company's zone, from inclusive, to exclusive; from > to runs over midnight.
    TimeOfDay(i64, i64),
    /// Bit n: n days after Monday.
    Weekdays(i64),
    /// A copy at one of these places, which have no bit of their own.
    FarPlaces(Vec<i64>),
}

/// Places that have a bit of their own in `call.places`.
const OWN_BITS: i64 = 62;

/// No key is beyond this.
pub(super) const END: i64 = i64::MAX;

impl Term {
    /// The calls of a filter within a scope; the scope comes first.
    pub(in crate::store) fn of(reader: &Reader, scope: &Scope, filter: &Filter) -> Sql<Self> {
        let scope = Self::within(reader, scope);
        Ok(Self::And(vec![scope, Self::resolve(reader, filter)?]))
    }

    fn within(reader: &Reader, scope: &Scope) -> Self {
        let names = &reader.names;
        match scope {
            Scope::Company => Self::Const(true),
            Scope::Projects(wanted) => {
                let wanted: HashSet<i64> = wanted.iter().filter_map(|name| names.project.id(name)).collect();
                in_list(Column::ProjectSet, names.projset.with_any(|id| wanted.contains(&id)))
            }
            Scope::Own(numbers) => Self::Extensions(numbers.iter().filter_map(|number| names.extension.id(number)).collect()),
            Scope::Agents(wanted) => {
                let wanted: HashSet<i64> = wanted.iter().filter_map(|name| names.agent.id(name)).collect();
                in_list(Column::AgentSet, names.agentset.with_any(|id| wanted.contains(&id)))
            }
            Scope::Any(scopes) if scopes.is_empty() => Self::Const(false),
            Scope::Any(scopes) => merge(scopes.iter().map(|scope| Self::within(reader, scope)).collect()),
            Scope::All(scopes) => Self::And(scopes.iter().map(|scope| Self::within(reader, scope)).collect()),
        }
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
                Self::TimeOfDay(i64::from(*from), i64::from(*to))
            }
            Predicate::Weekday(days) => {
                reader.use_company_zone()?;
                Self::Weekdays(i64::from(days.0 & 0x7f))
            }
            Predicate::Number(side, pattern) => {
                let set = reader.numbers_with(pattern)?;
                Self::Numbers { set, from: *side != Side::To, to: *side != Side::From }
            }
            Predicate::PartyName(side, text) => {
                let part = NamePattern::Part(text.clone());
                let set = customer_numbers(reader, &part)?.union(&extension_numbers(reader, &part)?);
                Self::Numbers { set: Arc::new(set), from: *side != Side::To, to: *side != Side::From }
            }
            Predicate::CustomerName(pattern) => Self::OtherParty(Arc::new(customer_numbers(reader, pattern)?)),
            Predicate::Extension(pattern) => Self::Extensions(names.extension.matching(|number| pattern.matches(number))),
            Predicate::Agent(pattern) => {
                let agents: HashSet<i64> = names.agent.matching(fits(pattern)).into_iter().collect();
                in_list(Column::AgentSet, names.agentset.with_any(|id| agents.contains(&id)))
            }
            Predicate::Group(pattern) => {
                let groups: HashSet<i64> = names.group.matching(fits(pattern)).into_iter().collect();
                in_list(Column::GroupSet, names.groupset.with_any(|id| groups.contains(&id)))
            }
            Predicate::Queue(pattern) => in_list(Column::Queue, names.queue.matching(fits(pattern))),
            Predicate::Project(pattern) => {
                let projects: HashSet<i64> = names.project.matching(fits(pattern)).into_iter().collect();
                in_list(Column::ProjectSet, names.projset.with_any(|id| projects.contains(&id)))
            }
            Predicate::Direction(direction) => Self::In(Column::Direction, vec![direction.code()]),
            Predicate::Route(route) => Self::In(Column::Route, vec![route.code()]),
            Predicate::Outcome(outcome) => Self::Outcomes(vec![outcome.code()]),
            Predicate::Is(Is::Recorded) | Predicate::Has(Has::Recording) => Self::Positive(Column::RecordingCount),
            // No rules yet, so no call that a rule wanted recorded.
            Predicate::Is(Is::Unrecorded) => Self::Const(false),
            Predicate::Is(Is::Flagged) => Self::Bits(Column::Flags, flag::FLAGGED),
            Predicate::Is(Is::Lost) => Self::Bits(Column::Flags, flag::LOST),
            Predicate::Has(Has::Note) => Self::Bits(Column::Flags, flag::NOTE),
            Predicate::Has(Has::Tag) => Self::Bits(Column::Flags, flag::TAG),
            Predicate::Has(Has::Case) => Self::Bits(Column::Flags, flag::CASE),
            Predicate::Mode(mode) => Self::Bits(Column::RecordingModes, 1 << mode.code()),
            Predicate::Talk(range) => Self::Between(Column::Talk, *range),
            Predicate::Wait(range) => Self::Between(Column::Wait, *range),
            Predicate::OnHold(range) => Self::Between(Column::OnHold, *range),
            Predicate::RecordingLength(range) => Self::Between(Column::RecordingLength, *range),
            Predicate::Size(range) => Self::Between(Column::RecordingBytes, *range),
            Predicate::Case(pattern) => keys(
                &reader.conn,
                "SELECT call FROM call_case WHERE case_number IN rarray(?1)",
                names.case.matching(fits(pattern)),
            )?,
            Predicate::Tag(pattern) => tagged(reader, pattern)?,
            Predicate::Note(text) => noted(reader, text)?,
            Predicate::Id(id) => Self::Ids(by_id(reader, id)?),
            Predicate::On(place) => {
                let places = names.place.matching(fits(place));
                on(&places)
            }
            Predicate::HeardBy { name, only } => heard_by(reader, name, only.as_deref())?,
            Predicate::DownloadedBy { name, only } => downloaded_by(reader, name, only.as_deref())?,
            Predicate::In { name, who } => collected(reader, name, who)?,
            Predicate::Text(text) => {
                let part = NamePattern::Part(text.clone());
                let queues = in_list(Column::Queue, names.queue.matching(fits(&part)));
                let customers = Self::OtherParty(Arc::new(customer_numbers(reader, &part)?));
                let tags = tagged(reader, &part)?;
                let agents = Self::predicate(reader, &Predicate::Agent(part))?;
                Self::Or(vec![agents, queues, customers, tags, noted(reader, text)?])
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

fn in_list(column: Column, ids: Vec<i64>) -> Term {
    if ids.is_empty() { Term::Const(false) } else { Term::In(column, ids) }
}

/// Calls with a copy at any of these places.
fn on(places: &[i64]) -> Term {
    let near = places.iter().filter(|place| **place <= OWN_BITS).fold(0, |bits, place| bits | 1 << (place - 1));
    let far: Vec<i64> = places.iter().copied().filter(|place| *place > OWN_BITS).collect();
    match (near, far.is_empty()) {
        (0, true) => Term::Const(false),
        (_, true) => Term::Bits(Column::Places, near),
        (0, false) => Term::FarPlaces(far),
        (_, false) => Term::Or(vec![Term::Bits(Column::Places, near), Term::FarPlaces(far)]),
    }
}

pub(in crate::store) fn fits(pattern: &NamePattern) -> impl Fn(&str) -> bool {
    let (NamePattern::Whole(text) | NamePattern::Beginning(text) | NamePattern::Part(text)) = pattern;
    let wanted = fold(text);
    move |name| {
        let name = fold(name);
        match pattern {
            NamePattern::Whole(_) => name == wanted,
            NamePattern::Beginning(_) => name.starts_with(&wanted),
            NamePattern::Part(_) => name.contains(&wanted),
        }
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

fn tagged(reader: &Reader, pattern: &NamePattern) -> Sql<Term> {
    keys(&reader.conn, "SELECT call FROM call_tag WHERE tag IN rarray(?1)", reader.names.tag.matching(fits(pattern)))
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

/// Numbers of the customers whose name is meant.
fn customer_numbers(reader: &Reader, pattern: &NamePattern) -> Sql<NumberSet> {
    let test = fits(pattern);
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

/// Numbers that are extensions whose label or present agent is meant.
fn extension_numbers(reader: &Reader, pattern: &NamePattern) -> Sql<NumberSet> {
    let test = fits(pattern);
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
    keys.extend(calls_of(conn, id)?);
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Whether the secondary indexes are there.
pub(super) fn indexed(reader: &Reader) -> bool {
    !reader.shared.loading.load(Ordering::Relaxed)
}
