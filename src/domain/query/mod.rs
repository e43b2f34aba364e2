//! The query language of docs/query.md: text → [`Query`] (what was written) → [`Filter`] (instants and ranges, ready to run).

mod audit;
mod clock;
mod complete;
mod date;
pub mod edit;
mod facts;
mod fields;
mod filter;
mod measure;
mod number;
mod parse;
mod resolve;
mod sort;
mod syntax;
mod terms;
#[cfg(test)]
mod tests;
mod word;

pub use audit::{AuditFilter, AuditPredicate, PreparedAudit, WAYS, audit_sort, prepare_audit};
pub use complete::{Completion, Typing, complete, complete_audit, typing};
pub use facts::{CallFacts, CollectionFacts, RecordingFacts, words};
pub use fields::{AUDIT_FIELDS, FIELDS, Field, Kind, PLANNED_FIELDS, PLANNED_VALUES};
pub use filter::{
    ExtensionPattern, Filter, Has, Is, NamePattern, NumberFragment, NumberPattern, Predicate, Range, Side, Sort, SortField,
    TimeRange, Weekdays,
};
pub use parse::parse;
pub use resolve::{MAX_TERMS, resolve};
pub use syntax::{Comparison, FieldTerm, Node, Operand, Query, Span, Value, quote};

use std::collections::BTreeMap;

/// What a query needs to know of the world.
#[derive(Clone, Debug)]
pub struct QueryContext {
    pub now: jiff::Timestamp,
    /// The company's zone.
    pub zone: jiff::tz::TimeZone,
    pub country_code: Option<String>,
    pub national_prefix: Option<String>,
    /// Text of saved views by name.
    pub views: BTreeMap<String, String>,
}

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Byte offset of the word in the text.
    pub position: usize,
    /// Its length in bytes.
    pub length: usize,
    /// One sentence, with a suggestion where there is one.
    pub message: String,
}

/// A query ready to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    pub filter: Filter,
    /// From `sort:` in the text.
    pub sort: Option<Sort>,
}

/// A size in bytes as people write it: `256MB`, `1.5GB`, `1000`.
pub fn bytes(text: &str) -> Option<u64> {
    measure::size(text).and_then(|size| u64::try_from(size.value).ok())
}

/// A length of time as people write it: `90s 2m 1h30m 2:30 1:02:30`, a bare number is seconds.
pub fn length(text: &str) -> Option<super::length::Tenths> {
    measure::length(text).filter(|_| !text.trim().is_empty()).map(|measure| super::length::Tenths(measure.value))
}

/// The canonical forms that a whole number certainly stands for, however it is written (`num:=`).
pub fn whole_number(text: &str, context: &QueryContext) -> Vec<String> {
    number::whole(text, context).fragments.into_iter().map(|fragment| fragment.digits).collect()
}

/// Parses and resolves in one step.
///
/// # Errors
/// [`QueryError`] at the first word that cannot be understood.
pub fn prepare(text: &str, context: &QueryContext) -> Result<Prepared, QueryError> {
    resolve(&parse(text)?, context)
}

/// The first moment of a date as people write it.
///
/// # Errors
/// A sentence that says how dates are written.
pub fn first_moment(text: &str, context: &QueryContext) -> Result<jiff::Timestamp, String> {
    Ok(date::read_field(text)?.moments(date::Place::End, context)?.0)
}

impl QueryError {
    const fn new(span: Span, message: String) -> Self {
        Self { position: span.start, length: span.length(), message }
    }
}
