//! Terms as SQL expressions over the alias `c`.

use std::rc::Rc;

use rusqlite::{
    ToSql,
    types::{ToSqlOutput, Value},
};

use super::term::Term;
use crate::{
    domain::query::Range,
    store::{numbers::NumberSet, reader::Reader, row::OTHER_PARTY},
};

/// An argument of a statement.
#[derive(Clone, Debug)]
pub(in crate::store) enum Param {
    Int(i64),
    Array(Rc<Vec<Value>>),
}

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Int(number) => number.to_sql(),
            Self::Array(values) => values.to_sql(),
        }
    }
}

/// Numbers for `rarray(?)`.
pub(in crate::store) fn array(ids: impl IntoIterator<Item = i64>) -> Param {
    Param::Array(Rc::new(ids.into_iter().map(Value::Integer).collect()))
}

/// Up to here a set goes as an array, beyond as a bit set asked by the SQL function `in_set`.
const ARRAY: usize = 500;

/// Minutes after midnight in the company's zone.
const MINUTE: &str = "local_minute(c.id)%1440";

const FAR_PLACES: &str = "c.places>>62&1 AND EXISTS(SELECT 1 FROM recording r CROSS JOIN recording_copy p ON p.recording=r.id \
    WHERE r.call=c.id AND p.state<>3 AND p.place IN rarray(?))";

/// An expression with its arguments in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Expression {
    pub(super) text: String,
    pub(super) params: Vec<Param>,
}

impl Expression {
    /// ` AND (…)` for each term, ready to follow the bounds.
    pub(super) fn and_all(reader: &Reader, terms: &[Term]) -> Self {
        let mut expression = Self::default();
        for term in terms {
            if !matches!(term, Term::Const(true)) {
                expression.text.push_str(" AND ");
                expression.push(reader, term);
            }
        }
        expression
    }

    fn push(&mut self, reader: &Reader, term: &Term) {
        self.text.push('(');
        match term {
            Term::Const(value) => self.text.push(if *value { '1' } else { '0' }),
            Term::And(parts) => self.join(reader, parts, " AND ", '1'),
            Term::Or(parts) => self.join(reader, parts, " OR ", '0'),
            Term::Not(inner) => {
                self.text.push_str("NOT ");
                self.push(reader, inner);
            }
            Term::Time(from, until) => self.text.push_str(&format!("+c.id>={from} AND +c.id<{until}")),
            Term::Ids(keys) => {
                self.text.push_str("+c.id IN rarray(?)");
                self.params.push(array(keys.iter().copied()));
            }
            Term::Extensions(ids) => {
                let sets = reader.names.extset.with_any(|id| ids.contains(&id));
                self.text.push_str("c.extset IN rarray(?)");
                self.params.push(array(sets));
            }
            Term::Outcomes(codes) => {
                let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
                self.text.push_str(&format!("+c.outcome IN ({})", codes.join(",")));
            }
            Term::Numbers { set, from, to } => {
                let columns: &[&str] = match (from, to) {
                    (true, true) => &["+c.from_no", "+c.to_no", "+c.reached_no"],
                    (true, false) => &["+c.from_no"],
                    _ => &["+c.to_no", "+c.reached_no"],
                };
                self.numbers(reader, set, columns);
            }
            Term::OtherParty(set) => self.numbers(reader, set, &[OTHER_PARTY]),
            Term::In(column, ids) => match ids.as_slice() {
                [id] => self.text.push_str(&format!("{} IS {id}", column.sql())),
                _ => {
                    self.text.push_str(&format!("ifnull({} IN rarray(?),0)", column.sql()));
                    self.params.push(array(ids.iter().copied()));
                }
            },
            Term::Between(column, range) => self.between(column.sql(), range),
            Term::Bits(column, bits) => self.text.push_str(&format!("{}&{bits}<>0", column.sql())),
            Term::Positive(column) => self.text.push_str(&format!("ifnull({}>0,0)", column.sql())),
            Term::TimeOfDay(from, to) => {
                let joint = if from <= to { "AND" } else { "OR" };
                self.text.push_str(&format!("{MINUTE}>={from} {joint} {MINUTE}<{to}"));
            }
            Term::Weekdays(days) => self.text.push_str(&format!("({days}>>(local_minute(c.id)/1440))&1")),
            Term::FarPlaces(places) => {
                self.text.push_str(FAR_PLACES);
                self.params.push(array(places.iter().copied()));
            }
        }
        self.text.push(')');
    }

    fn join(&mut self, reader: &Reader, parts: &[Term], word: &str, empty: char) {
        if parts.is_empty() {
            self.text.push(empty);
        }
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.text.push_str(word);
            }
            self.push(reader, part);
        }
    }

    fn between(&mut self, column: &str, range: &Range) {
        self.text.push_str(&format!("{column} IS NOT NULL"));
        if let Some(from) = range.from {
            self.text.push_str(&format!(" AND {column}>={from}"));
        }
        if let Some(to) = range.to {
            self.text.push_str(&format!(" AND {column}<={to}"));
        }
    }

    fn numbers(&mut self, reader: &Reader, set: &std::sync::Arc<NumberSet>, columns: &[&str]) {
        if set.is_empty() {
            self.text.push('0');
            return;
        }
        let slot = (set.len() > ARRAY).then(|| reader.lend(std::sync::Arc::clone(set)));
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                self.text.push_str(" OR ");
            }
            match slot {
                Some(slot) => self.text.push_str(&format!("in_set({slot},{column})")),
                None => {
                    self.text.push_str(&format!("ifnull({column} IN rarray(?),0)"));
                    self.params.push(array(set.iter()));
                }
            }
        }
    }
}
