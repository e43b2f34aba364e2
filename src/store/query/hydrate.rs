//! Rows of a page as calls, by a few statements for all of them.

use std::{borrow::Cow, collections::HashMap};

use jiff::SignedDuration;
use rusqlite::Row;

use super::sql::array;
use crate::{
    domain::{
        call::{Call, Direction, Money, Number, Outcome, Route},
        id::{CallId, Noun, instant_of},
        length::Tenths,
        recording::Recording,
    },
    store::{
        error::{Sql, damaged},
        reader::Reader,
        recordings,
        row::{CallRow, flag, raw_of},
        source_key::told,
    },
};

struct More {
    first_key: Option<i64>,
    source_ids: String,
    late_ms: i64,
    answered_ms: Option<i64>,
    end_ms: Option<i64>,
    legs: u32,
}

/// The calls of rows, in the order of the rows.
pub(in crate::store) fn calls(reader: &Reader, rows: Vec<CallRow>) -> Sql<Vec<Call>> {
    let keys = || array(rows.iter().map(|row| row.id));
    let numbers = numbers(reader, &rows)?;
    let customers = customers(reader, &rows)?;
    let mut more: HashMap<i64, More> = HashMap::new();
    each(
        reader,
        "SELECT id, first_key, source_ids, ifnull(late_ms, 0), answered_ms, end_ms, legs FROM call_more WHERE id IN rarray(?1)",
        keys(),
        |row| {
            let value = More {
                first_key: row.get(1)?,
                source_ids: row.get(2)?,
                late_ms: row.get(3)?,
                answered_ms: row.get(4)?,
                end_ms: row.get(5)?,
                legs: row.get(6)?,
            };
            more.insert(row.get(0)?, value);
            Ok(())
        },
    )?;
    let mut tags = beside(reader, &rows, flag::TAG, "SELECT call, tag FROM call_tag WHERE call IN rarray(?1)")?;
    let mut cases = beside(reader, &rows, flag::CASE, "SELECT call, case_number FROM call_case WHERE call IN rarray(?1)")?;
    let recorded: Vec<i64> = rows.iter().filter(|row| row.rec_count > 0).map(|row| row.id).collect();
    let mut recordings = if recorded.is_empty() { HashMap::new() } else { recordings::of_calls(reader, recorded)? };
    let mut calls = Vec::with_capacity(rows.len());
    for row in rows {
        let more = more.remove(&row.id).ok_or_else(|| damaged("a call"))?;
        let named = |ids: Option<Vec<i64>>, name: &dyn Fn(i64) -> Option<String>| {
            let mut names: Vec<String> = ids.unwrap_or_default().into_iter().filter_map(name).collect();
            names.sort_unstable();
            names
        };
        let tags = named(tags.remove(&row.id), &|id| reader.names.tag.text(id));
        let case = named(cases.remove(&row.id), &|id| reader.names.case.text(id)).pop();
        let recordings = recordings.remove(&row.id).unwrap_or_default();
        let customer = customers.get(&row.other_party()).cloned();
        calls.push(call(reader, row, more, &numbers, Extra { customer, tags, case, recordings })?);
    }
    Ok(calls)
}

struct Extra {
    customer: Option<String>,
    tags: Vec<String>,
    case: Option<String>,
    recordings: Vec<Recording>,
}

fn call(reader: &Reader, row: CallRow, more: More, numbers: &HashMap<i64, Number>, extra: Extra) -> Sql<Call> {
    let names = &reader.names;
    let start = instant_of(row.id) - SignedDuration::from_millis(more.late_ms);
    let after = |ms: Option<i64>| ms.and_then(|ms| start.checked_add(SignedDuration::from_millis(ms)).ok());
    let number = |id: i64| numbers.get(&id).cloned();
    Ok(Call {
        id: CallId(reader.shared.codec.encode(Noun::Call, more.first_key.unwrap_or(row.id))),
        source_ids: told(&more.source_ids, row.id).map(Cow::into_owned).collect(),
        start,
        start_whole_second: row.flags & flag::WHOLE_SECOND != 0,
        answered: after(more.answered_ms),
        end: after(more.end_ms),
        direction: Direction::from_code(row.dir).ok_or_else(|| damaged("a call's direction"))?,
        route: row.route.and_then(Route::from_code),
        outcome: Outcome::from_code(row.outcome).ok_or_else(|| damaged("a call's outcome"))?,
        from: number(row.from_no),
        to: number(row.to_no),
        reached: number(row.reached_no.unwrap_or(row.to_no)),
        customer: extra.customer,
        extension: row.ext.and_then(|id| names.extension.text(id)),
        extensions: names.extset.members(row.extset).iter().filter_map(|id| names.extension.text(*id)).collect(),
        agent: row.agent.and_then(|id| names.agent.text(id)),
        group: row.grp.and_then(|id| names.group.text(id)),
        projects: names.projset.members(row.projset).iter().filter_map(|id| names.project.text(*id)).collect(),
        queue: row.queue.and_then(|id| names.queue.text(id)),
        wait: row.wait.map(Tenths),
        talk: row.talk.map(Tenths),
        talk_at_most: row.talk_most.map(Tenths),
        on_hold: row.hold.map(Tenths),
        duration: row.dur.map(Tenths),
        cost: row
            .cost
            .zip(row.currency)
            .and_then(|(minor, currency)| Some(Money { minor, currency: names.currency.text(currency)? })),
        case: extra.case,
        tags: extra.tags,
        flagged: row.flags & flag::FLAGGED != 0,
        has_note: row.flags & flag::NOTE != 0,
        recordings: extra.recordings,
        legs: more.legs,
    })
}

fn each(reader: &Reader, sql: &str, keys: super::Param, mut each: impl FnMut(&Row<'_>) -> Sql<()>) -> Sql<()> {
    let mut statement = reader.conn.prepare_cached(sql)?;
    let mut rows = statement.query([keys])?;
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    Ok(())
}

fn numbers(reader: &Reader, rows: &[CallRow]) -> Sql<HashMap<i64, Number>> {
    let mut ids: Vec<i64> = rows.iter().flat_map(|row| [row.from_no, row.to_no, row.reached_no.unwrap_or(0)]).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut numbers = HashMap::new();
    each(reader, "SELECT id, canonical, raw FROM number WHERE id IN rarray(?1)", array(ids), |row| {
        let canonical: String = row.get(1)?;
        let raw = raw_of(&canonical, row.get(2)?);
        numbers.insert(row.get(0)?, Number { canonical, raw });
        Ok(())
    })?;
    Ok(numbers)
}

/// Customer names by the number of the other side.
fn customers(reader: &Reader, rows: &[CallRow]) -> Sql<HashMap<i64, String>> {
    let mut ids: Vec<i64> = rows.iter().map(CallRow::other_party).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut customers = HashMap::new();
    let sql = "SELECT n.id, k.name FROM number n CROSS JOIN customer_number m ON m.canonical=n.canonical \
               CROSS JOIN customer k ON k.id=m.customer WHERE n.id IN rarray(?1)";
    each(reader, sql, array(ids), |row| {
        customers.insert(row.get(0)?, row.get(1)?);
        Ok(())
    })?;
    Ok(customers)
}

/// Ids beside the calls that have the flag.
fn beside(reader: &Reader, rows: &[CallRow], bit: i64, sql: &str) -> Sql<HashMap<i64, Vec<i64>>> {
    let keys: Vec<i64> = rows.iter().filter(|row| row.flags & bit != 0).map(|row| row.id).collect();
    let mut found: HashMap<i64, Vec<i64>> = HashMap::new();
    if !keys.is_empty() {
        each(reader, sql, array(keys), |row| {
            found.entry(row.get(0)?).or_default().push(row.get(1)?);
            Ok(())
        })?;
    }
    Ok(found)
}
