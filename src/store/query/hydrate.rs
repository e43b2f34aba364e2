//! Rows of a page as calls, by a few statements for all of them.

use std::{borrow::Cow, collections::HashMap};

use jiff::SignedDuration;
use rusqlite::{OptionalExtension, Row, params};

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

/// What a row names and what stands beside it, in one look: a join by keys costs less than a statement for each table.
const BESIDE: &str = "SELECT m.first_key, m.source_ids, ifnull(m.late_ms, 0), m.answered_ms, m.end_ms, m.legs, f.canonical, f.raw, \
    t.canonical, t.raw, r.canonical, r.raw, k.name FROM call_more m \
    LEFT JOIN number f ON f.id=?2 LEFT JOIN number t ON t.id=?3 LEFT JOIN number r ON r.id=?4 \
    LEFT JOIN customer_number c ON c.canonical=CASE ?5 WHEN ?2 THEN f.canonical WHEN ?3 THEN t.canonical ELSE r.canonical END \
    LEFT JOIN customer k ON k.id=c.customer WHERE m.id=?1";

struct Beside {
    first_key: Option<i64>,
    source_ids: String,
    late_ms: i64,
    answered_ms: Option<i64>,
    end_ms: Option<i64>,
    legs: u32,
    from: Option<Number>,
    to: Option<Number>,
    reached: Option<Number>,
    customer: Option<String>,
}

impl Beside {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let number = |index: usize| -> rusqlite::Result<Option<Number>> {
            let Some(canonical) = row.get::<_, Option<String>>(index)? else { return Ok(None) };
            let raw = raw_of(&canonical, row.get(index + 1)?);
            Ok(Some(Number { canonical, raw }))
        };
        Ok(Self {
            first_key: row.get(0)?,
            source_ids: row.get(1)?,
            late_ms: row.get(2)?,
            answered_ms: row.get(3)?,
            end_ms: row.get(4)?,
            legs: row.get(5)?,
            from: number(6)?,
            to: number(8)?,
            reached: number(10)?,
            customer: row.get(12)?,
        })
    }
}

/// The calls of rows, in the order of the rows.
pub(in crate::store) fn calls(reader: &Reader, rows: Vec<CallRow>) -> Sql<Vec<Call>> {
    let mut statement = reader.conn.prepare_cached(BESIDE)?;
    let mut tags = beside(reader, &rows, flag::TAG, "SELECT call, tag FROM call_tag WHERE call IN rarray(?1)")?;
    let mut cases = beside(reader, &rows, flag::CASE, "SELECT call, case_number FROM call_case WHERE call IN rarray(?1)")?;
    let recorded: Vec<i64> = rows.iter().filter(|row| row.rec_count > 0).map(|row| row.id).collect();
    let mut recordings = if recorded.is_empty() { HashMap::new() } else { recordings::of_calls(reader, recorded)? };
    let mut calls = Vec::with_capacity(rows.len());
    for row in rows {
        let keys = params![row.id, row.from_no, row.to_no, row.reached_no, row.other_party()];
        let more = statement.query_row(keys, Beside::read).optional()?.ok_or_else(|| damaged("a call"))?;
        let named = |ids: Option<Vec<i64>>, name: &dyn Fn(i64) -> Option<String>| {
            let mut names: Vec<String> = ids.unwrap_or_default().into_iter().filter_map(name).collect();
            names.sort_unstable();
            names
        };
        let tags = named(tags.remove(&row.id), &|id| reader.names.tag.text(id));
        let case = named(cases.remove(&row.id), &|id| reader.names.case.text(id)).pop();
        let recordings = recordings.remove(&row.id).unwrap_or_default();
        calls.push(call(reader, row, more, Extra { tags, case, recordings })?);
    }
    Ok(calls)
}

struct Extra {
    tags: Vec<String>,
    case: Option<String>,
    recordings: Vec<Recording>,
}

fn call(reader: &Reader, row: CallRow, more: Beside, extra: Extra) -> Sql<Call> {
    let names = &reader.names;
    let start = instant_of(row.id) - SignedDuration::from_millis(more.late_ms);
    let after = |ms: Option<i64>| ms.and_then(|ms| start.checked_add(SignedDuration::from_millis(ms)).ok());
    let reached = if row.reached_no.is_none() { more.to.clone() } else { more.reached };
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
        from: more.from,
        to: more.to,
        reached,
        customer: more.customer,
        extension: row.ext.and_then(|id| names.extension.text(id)),
        extensions: names.extset.members(row.extset).into_iter().filter_map(|id| names.extension.text(id)).collect(),
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
