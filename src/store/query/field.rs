//! Fields that calls are counted by: what is counted for each, and the texts of what columns hold.

use std::collections::HashMap;

use super::tally::{Counted, Joined, Recode};
use crate::{
    domain::{
        call::{Direction, Outcome, Route},
        facet::{LENGTHS, WEEKDAYS, is_ordered},
        recording::RecordingMode,
    },
    store::{
        column::Column,
        error::{Result, Sql, StoreError},
        names::{Dictionary, Sets},
        reader::Reader,
        row::flag,
        zone::Day,
    },
};

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
    Agents,
    Group,
    Groups,
    Projects,
    Queue,
    Case,
    Tags,
    Flagged,
    Recorded,
    Mode,
    Length,
    Hour,
    Weekday,
    Day,
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
    (Field::Agents, "agents", "agents", Counted::Column(Column::AgentSet)),
    (Field::Group, "group", "group", Counted::Column(Column::Group)),
    (Field::Groups, "groups", "groups", Counted::Column(Column::GroupSet)),
    (Field::Projects, "projects", "project", Counted::Column(Column::ProjectSet)),
    (Field::Queue, "queue", "queue", Counted::Column(Column::Queue)),
    (Field::Case, "case", "case", Counted::Keys(flag::CASE)),
    (Field::Tags, "tags", "tag", Counted::Keys(flag::TAG)),
    (Field::Flagged, "flagged", "flagged", Counted::Flagged),
    (Field::Recorded, "recorded", "recorded", Counted::Recorded),
    (Field::Mode, "mode", "mode", Counted::Column(Column::RecordingModes)),
    (Field::Length, "length", "length", Counted::Length),
    (Field::Hour, "hour", "hour", Counted::Hour),
    (Field::Weekday, "weekday", "weekday", Counted::Hour),
    (Field::Day, "day", "day", Counted::Day),
];

impl Field {
    pub(super) fn of(name: &str) -> Result<Self> {
        FIELDS.iter().find(|(_, json, query, _)| *json == name || *query == name).map(|(field, ..)| *field).ok_or_else(|| {
            let known: Vec<&str> = FIELDS.iter().map(|(_, json, ..)| *json).collect();
            StoreError::Invalid(format!("no facet {name:?}; there are {}", known.join(", ")))
        })
    }

    pub(super) fn all_of(names: &[String]) -> Result<Vec<Self>> {
        names.iter().map(|name| Self::of(name)).collect()
    }

    /// The JSON name.
    pub(super) fn name(self) -> &'static str {
        self.entry().0
    }

    pub(super) fn counted(self) -> Counted {
        self.entry().1
    }

    /// The sets that the column holds.
    pub(super) fn sets(self, reader: &Reader) -> Option<&Sets> {
        let names = &reader.names;
        match self {
            Self::Extensions => Some(&names.extset),
            Self::Agents => Some(&names.agentset),
            Self::Groups => Some(&names.groupset),
            Self::Projects => Some(&names.projset),
            _ => None,
        }
    }

    fn entry(self) -> (&'static str, Counted) {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or(("", Counted::Recorded), |(_, json, _, by)| (json, *by))
    }
}

/// Counts by text from counts by what the column holds: most calls first, or in the order of the field where it has one.
pub(super) fn by_text<V: Joined>(
    reader: &Reader,
    field: Field,
    counts: &HashMap<Option<i64>, V>,
) -> Sql<Vec<(Option<String>, V)>> {
    let members = |sets: &Sets| -> HashMap<Option<i64>, V> {
        let mut of_members: HashMap<Option<i64>, V> = HashMap::new();
        for (set, count) in counts {
            let members = sets.slice(set.unwrap_or(0));
            for member in members {
                of_members.entry(Some(i64::from(*member))).or_default().join(count);
            }
            if members.is_empty() {
                of_members.entry(None).or_default().join(count);
            }
        }
        of_members
    };
    match field.sets(reader) {
        Some(sets) => texts(reader, field, &members(sets)),
        None => texts(reader, field, counts),
    }
}

/// As [`by_text`], of members where what the column holds are sets.
pub(super) fn texts<V: Joined>(reader: &Reader, field: Field, counts: &HashMap<Option<i64>, V>) -> Sql<Vec<(Option<String>, V)>> {
    let names = &reader.names;
    let word = |code: Option<i64>, word: fn(i64) -> Option<&'static str>| vec![code.and_then(word).map(str::to_owned)];
    let name = |dictionary: &Dictionary, id: Option<i64>| vec![id.and_then(|id| dictionary.text(id))];
    let beside = beside(reader, field)?;
    let mut by_text: HashMap<Option<String>, V> = HashMap::new();
    for (value, count) in counts {
        let texts = match field {
            Field::Direction => word(*value, |code| Some(Direction::from_code(code)?.word())),
            Field::Route => word(*value, |code| Some(Route::from_code(code)?.word())),
            Field::Outcome => word(*value, |code| Some(Outcome::from_code(code)?.word())),
            Field::From | Field::To | Field::Reached => {
                vec![reader.with_numbers(|numbers| numbers.text(value.unwrap_or(0)))?]
            }
            Field::Extension | Field::Extensions => name(&names.extension, *value),
            Field::Agent | Field::Agents => name(&names.agent, *value),
            Field::Group | Field::Groups => name(&names.group, *value),
            Field::Projects => name(&names.project, *value),
            Field::Queue => name(&names.queue, *value),
            Field::Customer | Field::Case | Field::Tags => match value.and_then(|key| beside.get(&key)) {
                Some(texts) => texts.iter().cloned().map(Some).collect(),
                None => vec![None],
            },
            Field::Flagged => vec![Some((value.unwrap_or(0) & flag::FLAGGED != 0).to_string())],
            Field::Recorded => vec![Some((*value == Some(1)).to_string())],
            Field::Mode => {
                let bits = value.unwrap_or(0);
                let modes = RecordingMode::ALL.iter().filter(|mode| bits >> mode.code() & 1 == 1);
                let modes: Vec<Option<String>> = modes.map(|mode| Some(mode.word().to_owned())).collect();
                if modes.is_empty() { vec![None] } else { modes }
            }
            Field::Length => word(*value, |place| Some(LENGTHS.get(usize::try_from(place).ok()?)?.0)),
            Field::Weekday => word(*value, |hour| WEEKDAYS.get(usize::try_from(hour / 24).ok()?).copied()),
            Field::Hour => vec![value.map(|hour| format!("{:02}", hour % 24))],
            Field::Day => vec![value.and_then(Day::date).map(|date| date.to_string())],
        };
        for text in texts {
            by_text.entry(text).or_default().join(count);
        }
    }
    let mut by_text: Vec<(Option<String>, V)> = by_text.into_iter().filter(|(_, count)| count.calls() > 0).collect();
    let place = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        WEEKDAYS.iter().position(|day| *day == text).or_else(|| LENGTHS.iter().position(|(length, _)| *length == text))
    };
    if is_ordered(field.name()) {
        by_text.sort_by_cached_key(|(text, _)| (text.is_none(), place(text), text.clone()));
    } else {
        by_text.sort_by(|left, right| right.1.calls().cmp(&left.1.calls()).then_with(|| left.0.cmp(&right.0)));
    }
    Ok(by_text)
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

/// One number of each customer for all of the same name, so that sums are kept by customer and not by number.
pub(super) fn customer_codes(reader: &Reader) -> Sql<Recode> {
    let (mut firsts, mut codes): (HashMap<String, i64>, _) = (HashMap::new(), Recode::default());
    for (number, names) in beside(reader, Field::Customer)? {
        codes.put(number, *firsts.entry(names.into_iter().next().unwrap_or_default()).or_insert(number));
    }
    Ok(codes)
}
