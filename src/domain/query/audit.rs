//! The same language over the audit log, with fields of its own.

use super::{
    QueryContext, QueryError,
    fields::{self, AUDIT_FIELDS, Kind},
    filter::{NamePattern, TimeRange},
    parse::{self, MAX_DEPTH},
    resolve::MAX_TERMS,
    syntax::{FieldTerm, Node, Operand, Span},
    terms, word,
};
use crate::domain::audit::Did;

/// One test of one entry. Text is folded (case, accents) before comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditPredicate {
    Who(NamePattern),
    Did(Did),
    /// Id or name of what it was done to; of a call also what was done to its recordings and clips.
    Object(NamePattern),
    /// The way in (`http`), or part of the address.
    Where(String),
    Session(NamePattern),
    Time(TimeRange),
    /// In any of who, what, object, detail, address and foreign text.
    Text(String),
}

/// A question to the log, ready to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AuditFilter {
    #[default]
    All,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Is(AuditPredicate),
}

/// A question and the order that its text asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreparedAudit {
    pub filter: AuditFilter,
    /// From `sort:`; true: newest first.
    pub newest_first: Option<bool>,
}

/// Ways in that `where:` knows by name.
pub const WAYS: &[&str] = &["local", "socket", "http", "job", "share"];

/// `seq` or `-seq`, and what people say for it: true is newest first.
///
/// # Errors
/// A sentence with the nearest order.
pub fn audit_sort(text: &str) -> Result<bool, String> {
    let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
    match name.to_ascii_lowercase().as_str() {
        "seq" | "at" | "date" | "time" => Ok(descending),
        _ => Err(fields::unknown_value("sort", text, &["seq", "-seq"])),
    }
}

/// Parses and resolves a question to the audit log.
///
/// # Errors
/// [`QueryError`] at the first word that cannot be understood.
pub fn prepare_audit(text: &str, context: &QueryContext) -> Result<PreparedAudit, QueryError> {
    let mut resolver = Resolver { context, terms: 0, newest_first: None };
    let filter = match parse::parse(text)?.root {
        None => AuditFilter::All,
        Some(root) => resolver.node(&root, 0, true)?,
    };
    Ok(PreparedAudit { filter, newest_first: resolver.newest_first })
}

struct Resolver<'a> {
    context: &'a QueryContext,
    terms: usize,
    newest_first: Option<bool>,
}

impl Resolver<'_> {
    /// `and`: nothing but "and" stands above, so that an order may be told here.
    fn node(&mut self, node: &Node, depth: usize, and: bool) -> Result<AuditFilter, QueryError> {
        if depth > MAX_DEPTH {
            return Err(QueryError::new(Span::default(), "nested too deep".to_owned()));
        }
        let all = |resolver: &mut Self, parts: &[Node], and: bool| {
            parts.iter().map(|part| resolver.node(part, depth + 1, and)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match node {
            Node::And(parts) => {
                let mut filters = all(self, parts, and)?;
                filters.retain(|filter| *filter != AuditFilter::All);
                match filters.len() {
                    0 => AuditFilter::All,
                    1 => filters.swap_remove(0),
                    _ => AuditFilter::And(filters),
                }
            }
            Node::Or(parts) => AuditFilter::Or(all(self, parts, false)?),
            Node::Not(inner) => AuditFilter::Not(Box::new(self.node(inner, depth + 1, false)?)),
            Node::Word(value) => {
                self.spend(1, value.span)?;
                let told = |message| QueryError::new(value.span, message);
                AuditFilter::Is(match word::time(value, self.context).map_err(told)? {
                    Some(range) => AuditPredicate::Time(range),
                    None => {
                        let text = if value.quoted { &value.text } else { value.text.trim_matches('*') };
                        AuditPredicate::Text(word::sought(text).map_err(told)?)
                    }
                })
            }
            Node::Field(term) => self.field(term, and)?,
        })
    }

    fn field(&mut self, term: &FieldTerm, and: bool) -> Result<AuditFilter, QueryError> {
        let Some(field) = AUDIT_FIELDS.iter().find(|field| field.name == term.name) else {
            return Err(QueryError::new(term.name_span, fields::unknown_audit_field(&term.name)));
        };
        if field.kind == Kind::Sort {
            return self.order(term, and);
        }
        self.spend(term.operands.len(), term.span)?;
        let mut alternatives = Vec::with_capacity(term.operands.len());
        for operand in &term.operands {
            let predicate = terms::audit(field, operand, self.context);
            alternatives.push(AuditFilter::Is(predicate.map_err(|message| QueryError::new(operand.span(), message))?));
        }
        Ok(if alternatives.len() == 1 { alternatives.swap_remove(0) } else { AuditFilter::Or(alternatives) })
    }

    fn order(&mut self, term: &FieldTerm, and: bool) -> Result<AuditFilter, QueryError> {
        let told = |message: &str| QueryError::new(term.span, message.to_owned());
        let [Operand::One(value)] = term.operands.as_slice() else {
            return Err(told("\"sort:\" takes seq or -seq"));
        };
        let newest_first = audit_sort(&value.text).map_err(|message| QueryError::new(value.span, message))?;
        if !and {
            return Err(told("\"sort:\" is no alternative and cannot be negated; write it at the end"));
        }
        if self.newest_first.replace(newest_first).is_some() {
            return Err(told("there is a \"sort:\" already"));
        }
        Ok(AuditFilter::All)
    }

    fn spend(&mut self, terms: usize, span: Span) -> Result<(), QueryError> {
        self.terms += terms;
        if self.terms > MAX_TERMS {
            return Err(QueryError::new(span, format!("the query has more than {MAX_TERMS} terms")));
        }
        Ok(())
    }
}
