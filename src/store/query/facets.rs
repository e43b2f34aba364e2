//! How often each value occurs among what is filtered: one scan, counters in memory.

use std::collections::{BTreeMap, HashMap};

use super::{
    access::{Access, Order},
    term::Term,
};
use crate::{
    domain::{
        actor::Scope,
        call::{Direction, Outcome, Route},
        list::FacetCount,
        query::Filter,
    },
    store::{
        Store,
        column::Column,
        columns::Ask,
        error::{Result, Sql, StoreError},
        names::{Dictionary, Sets},
        reader::Reader,
        row::flag,
    },
};

impl Store {
    /// `fields` are JSON names of a call or names of the query language; the answer has the JSON names.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a name that is unknown or cannot be counted by value.
    pub async fn facets(&self, scope: Scope, filter: Filter, fields: Vec<String>) -> Result<Vec<(String, Vec<FacetCount>)>> {
        let fields = fields.iter().map(|name| Field::of(name)).collect::<Result<Vec<_>>>()?;
        self.threads.read_lists(move |reader| facets(reader, &scope, &filter, &fields)).await
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Direction,
    Route,
    Outcome,
    From,
    To,
    Reached,
    Customer,
    Extension,
    Extensions,
    Agent,
    Group,
    Projects,
    Queue,
    Case,
    Tags,
    Flagged,
    Recorded,
    Mode,
}

/// What calls are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Counted {
    Column(Column),
    /// The number that was reached.
    Reached,
    /// The number of the other side.
    OtherParty,
    /// The key of each call that has the flag; none for the others.
    Keys(i64),
    /// The bit, or 0.
    Flagged,
    /// 1 with a recording, 0 without.
    Recorded,
    /// Hours after the last Monday, 00:00, in the company's zone.
    Hour,
}

impl Counted {
    fn sql(self) -> String {
        match self {
            Self::Column(column) => column.sql().to_owned(),
            Self::Reached => "ifnull(c.reached_no,c.to_no)".to_owned(),
            Self::OtherParty => super::sql::OTHER_PARTY.to_owned(),
            Self::Keys(bit) => format!("CASE WHEN c.flags&{bit} THEN c.id END"),
            Self::Flagged => format!("c.flags&{}", flag::FLAGGED),
            Self::Recorded => "c.rec_count>0".to_owned(),
            Self::Hour => "local_minute(c.id)/60".to_owned(),
        }
    }
}

/// JSON name, synonym of the query language, what is counted.
const FIELDS: &[(Field, &str, &str, Counted)] = &[
    (Field::Direction, "direction", "dir", Counted::Column(Column::Direction)),
    (Field::Route, "route", "route", Counted::Column(Column::Route)),
    (Field::Outcome, "outcome", "is", Counted::Column(Column::Outcome)),
    (Field::From, "from", "from", Counted::Column(Column::From)),
    (Field::To, "to", "to", Counted::Column(Column::To)),
    (Field::Reached, "reached", "reached", Counted::Reached),
    (Field::Customer, "customer", "name", Counted::OtherParty),
    (Field::Extension, "extension", "ext", Counted::Column(Column::Extension)),
    (Field::Extensions, "extensions", "extensions", Counted::Column(Column::ExtensionSet)),
    (Field::Agent, "agent", "agent", Counted::Column(Column::Agent)),
    (Field::Group, "group", "group", Counted::Column(Column::Group)),
    (Field::Projects, "projects", "project", Counted::Column(Column::ProjectSet)),
    (Field::Queue, "queue", "queue", Counted::Column(Column::Queue)),
    (Field::Case, "case", "case", Counted::Keys(flag::CASE)),
    (Field::Tags, "tags", "tag", Counted::Keys(flag::TAG)),
    (Field::Flagged, "flagged", "flagged", Counted::Flagged),
    (Field::Recorded, "recorded", "recorded", Counted::Recorded),
    (Field::Mode, "mode", "mode", Counted::Column(Column::RecordingModes)),
];

impl Field {
    pub(super) fn of(name: &str) -> Result<Self> {
        FIELDS.iter().find(|(_, json, query, _)| *json == name || *query == name).map(|(field, ..)| *field).ok_or_else(|| {
            let known: Vec<&str> = FIELDS.iter().map(|(_, json, ..)| *json).collect();
            StoreError::Invalid(format!("no facet {name:?}; there are {}", known.join(", ")))
        })
    }

    pub(super) fn entry(self) -> (&'static str, Counted) {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or(("", Counted::Recorded), |(_, json, _, by)| (json, *by))
    }
}

fn facets(reader: &Reader, scope: &Scope, filter: &Filter, fields: &[Field]) -> Sql<Vec<(String, Vec<FacetCount>)>> {
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let term = Term::of(reader, scope, filter)?;
    let by: Vec<Counted> = fields.iter().map(|field| field.entry().1).collect();
    let counters = counters(reader, term, by)?;
    by_text(reader, fields, counters)
}

/// Counts of each field by text.
pub(super) fn by_text(
    reader: &Reader,
    fields: &[Field],
    counters: Vec<HashMap<Option<i64>, u64>>,
) -> Sql<Vec<(String, Vec<FacetCount>)>> {
    fields
        .iter()
        .zip(counters)
        .map(|(field, counter)| Ok((field.entry().0.to_owned(), named(reader, *field, counter)?)))
        .collect()
}

/// Counts by what the columns hold.
pub(super) fn counters(reader: &Reader, term: Term, by: Vec<Counted>) -> Sql<Vec<HashMap<Option<i64>, u64>>> {
    let access = Access::of_term(reader, term.clone());
    let columns: Vec<String> = by.iter().map(|counted| counted.sql()).collect();
    if !access.is_narrow()
        && let Some(tally) = reader.ask(&term, |query| query.tally(&Ask { sums: false, by }))?
    {
        return Ok(tally.by);
    }
    let mut counters: Vec<HashMap<Option<i64>, u64>> = vec![HashMap::new(); columns.len()];
    access.settle(reader, Order::Newest, None)?.each(reader, &columns.join(", "), None, None, &mut |row| {
        for (index, counter) in counters.iter_mut().enumerate() {
            *counter.entry(row.get(index)?).or_default() += 1;
        }
        Ok(())
    })?;
    Ok(counters)
}

/// Counts by text from counts by what the column holds.
fn named(reader: &Reader, field: Field, counter: HashMap<Option<i64>, u64>) -> Sql<Vec<FacetCount>> {
    let names = &reader.names;
    let mut counts: BTreeMap<Option<String>, u64> = BTreeMap::new();
    let words = |code: Option<i64>, word: fn(i64) -> Option<&'static str>| vec![code.and_then(word).map(str::to_owned)];
    let name = |dictionary: &Dictionary, id: Option<i64>| vec![id.and_then(|id| dictionary.text(id))];
    let members = |sets: &Sets, dictionary: &Dictionary, id: Option<i64>| {
        let members: Vec<Option<String>> = sets.members(id.unwrap_or(0)).iter().map(|member| dictionary.text(*member)).collect();
        if members.is_empty() { vec![None] } else { members }
    };
    let beside = beside(reader, field)?;
    for (value, count) in counter {
        let texts = match field {
            Field::Direction => words(value, |code| Some(Direction::from_code(code)?.word())),
            Field::Route => words(value, |code| Some(Route::from_code(code)?.word())),
            Field::Outcome => words(value, |code| Some(Outcome::from_code(code)?.word())),
            Field::From | Field::To | Field::Reached => {
                vec![reader.with_numbers(|numbers| numbers.text(value.unwrap_or(0)))?]
            }
            Field::Extension => name(&names.extension, value),
            Field::Agent => name(&names.agent, value),
            Field::Group => name(&names.group, value),
            Field::Queue => name(&names.queue, value),
            Field::Extensions => members(&names.extset, &names.extension, value),
            Field::Projects => members(&names.projset, &names.project, value),
            Field::Customer | Field::Case | Field::Tags => match value.and_then(|key| beside.get(&key)) {
                Some(texts) => texts.iter().cloned().map(Some).collect(),
                None => vec![None],
            },
            Field::Flagged => vec![Some((value.unwrap_or(0) & flag::FLAGGED != 0).to_string())],
            Field::Recorded => vec![Some((value == Some(1)).to_string())],
            Field::Mode => {
                let bits = value.unwrap_or(0);
                let modes = crate::domain::recording::RecordingMode::ALL.iter().filter(|mode| bits >> mode.code() & 1 == 1);
                let modes: Vec<Option<String>> = modes.map(|mode| Some(mode.word().to_owned())).collect();
                if modes.is_empty() { vec![None] } else { modes }
            }
        };
        for text in texts {
            *counts.entry(text).or_default() += count;
        }
    }
    let mut counts: Vec<FacetCount> = counts.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
    counts.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.value.cmp(&right.value)));
    Ok(counts)
}

/// What stands in other tables: texts by call, or by number for customers.
fn beside(reader: &Reader, field: Field) -> Sql<HashMap<i64, Vec<String>>> {
    let mut texts: HashMap<i64, Vec<String>> = HashMap::new();
    let sql = match field {
        Field::Customer => {
            "SELECT n.id, k.name FROM customer_number m CROSS JOIN customer k ON k.id=m.customer \
             CROSS JOIN number n ON n.canonical=m.canonical"
        }
        Field::Case => "SELECT c.call, n.name FROM call_case c CROSS JOIN case_number n ON n.id=c.case_number",
        Field::Tags => "SELECT t.call, n.name FROM call_tag t CROSS JOIN tag n ON n.id=t.tag",
        _ => return Ok(texts),
    };
    let mut statement = reader.conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        texts.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(texts)
}
