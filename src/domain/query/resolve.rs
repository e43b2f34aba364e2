//! Tree → filter: fields and words get their meaning, dates become instants, views are expanded.

use super::{
    Prepared, QueryContext, QueryError,
    fields::{self, Kind},
    filter::{Filter, NumberPattern, Predicate, Side, Sort},
    parse::{self, MAX_DEPTH},
    syntax::{FieldTerm, Node, Operand, Query, Span},
    terms, word,
};
use crate::domain::clean;

/// How many tests one query may come to, views expanded. Beyond that databases give up, and no person reads it.
pub const MAX_TERMS: usize = 500;

/// Gives a parsed query its meaning.
///
/// # Errors
/// [`QueryError`] at the first term that means nothing.
pub fn resolve(query: &Query, context: &QueryContext) -> Result<Prepared, QueryError> {
    let mut resolver = Resolver { context, terms: 0, sort: None, view_sort: None, views: Vec::new() };
    let filter = resolver.root(query, 0)?;
    Ok(Prepared { filter, sort: resolver.sort.or(resolver.view_sort) })
}

struct Resolver<'a> {
    context: &'a QueryContext,
    terms: usize,
    /// From the text itself.
    sort: Option<Sort>,
    /// From a view that takes part.
    view_sort: Option<Sort>,
    /// Names of the views that are being expanded, outermost first.
    views: Vec<String>,
}

/// What a node comes to.
enum Part {
    Filter(Filter),
    /// `sort:` alone asks nothing of a call.
    Order(Span),
}

impl Resolver<'_> {
    fn root(&mut self, query: &Query, depth: usize) -> Result<Filter, QueryError> {
        let Some(root) = &query.root else { return Ok(Filter::All) };
        Ok(match self.node(root, depth, false)? {
            Part::Filter(filter) => filter,
            Part::Order(_) => Filter::All,
        })
    }

    fn node(&mut self, node: &Node, depth: usize, negated: bool) -> Result<Part, QueryError> {
        Ok(Part::Filter(match node {
            Node::And(parts) => {
                let mut filters = Vec::with_capacity(parts.len());
                let mut order = None;
                for part in parts {
                    match self.node(part, depth + 1, negated)? {
                        Part::Filter(Filter::All) => {}
                        Part::Filter(filter) => filters.push(filter),
                        Part::Order(span) => order = Some(span),
                    }
                }
                match (filters.len(), order) {
                    (0, Some(span)) => return Ok(Part::Order(span)),
                    (0, None) => Filter::All,
                    (1, _) => filters.swap_remove(0),
                    _ => Filter::And(filters),
                }
            }
            Node::Or(parts) => {
                let mut filters = Vec::with_capacity(parts.len());
                for part in parts {
                    match self.node(part, depth + 1, negated)? {
                        Part::Filter(filter) => filters.push(filter),
                        Part::Order(span) => {
                            return Err(QueryError::new(span, "\"sort:\" is no alternative; write it at the end".to_owned()));
                        }
                    }
                }
                if filters.contains(&Filter::All) { Filter::All } else { Filter::Or(filters) }
            }
            Node::Not(inner) => match self.node(inner, depth + 1, true)? {
                Part::Filter(filter) => Filter::Not(Box::new(filter)),
                Part::Order(span) => return Err(QueryError::new(span, "\"sort:\" cannot be negated".to_owned())),
            },
            Node::Word(value) => {
                let filter = word::bare(value, self.context).map_err(|message| QueryError::new(value.span, message))?;
                self.spend(1, value.span)?;
                filter
            }
            Node::Field(term) => return self.field(term, depth, negated),
        }))
    }

    fn field(&mut self, term: &FieldTerm, depth: usize, negated: bool) -> Result<Part, QueryError> {
        let Some(field) = fields::find(&term.name) else {
            return Err(QueryError::new(term.name_span, fields::unknown_field(&term.name)));
        };
        if field.kind == Kind::Sort {
            return self.order(term, negated);
        }
        // However many whole numbers, they are looked for at once.
        let whole = matches!(field.kind, Kind::Party(_)) && term.operands.iter().all(terms::is_whole);
        self.spend(if whole { 1 } else { term.operands.len() }, term.span)?;
        let mut alternatives = Vec::with_capacity(term.operands.len());
        for operand in &term.operands {
            alternatives.push(match field.kind {
                Kind::View => self.view(term, operand, depth, negated)?,
                _ => terms::filter(field, operand, self.context).map_err(|message| QueryError::new(operand.span(), message))?,
            });
        }
        if whole {
            return Ok(Part::Filter(joined(alternatives)));
        }
        Ok(Part::Filter(if alternatives.len() == 1 { alternatives.swap_remove(0) } else { Filter::Or(alternatives) }))
    }

    fn order(&mut self, term: &FieldTerm, negated: bool) -> Result<Part, QueryError> {
        let [Operand::One(value)] = term.operands.as_slice() else {
            return Err(QueryError::new(term.span, "\"sort:\" takes one field, such as sort:-talk".to_owned()));
        };
        let sort = Sort::parse(&value.text).map_err(|message| QueryError::new(value.span, message))?;
        if negated {
            return Err(QueryError::new(term.span, "\"sort:\" cannot be negated; sort:-talk turns the order round".to_owned()));
        }
        let slot = if self.views.is_empty() { &mut self.sort } else { &mut self.view_sort };
        if self.views.is_empty() && slot.is_some() {
            return Err(QueryError::new(term.span, "there is a \"sort:\" already".to_owned()));
        }
        slot.get_or_insert(sort);
        Ok(Part::Order(term.span))
    }

    fn view(&mut self, term: &FieldTerm, operand: &Operand, depth: usize, negated: bool) -> Result<Filter, QueryError> {
        let error = |message: String| QueryError::new(term.span, message);
        let Operand::One(value) = operand else {
            return Err(error("\"view:\" takes the name of a saved view".to_owned()));
        };
        let shown = clean::line(&value.text, 40);
        let folded = clean::fold(&value.text);
        let views = &self.context.views;
        let found = views.get_key_value(&value.text).or_else(|| views.iter().find(|(name, _)| clean::fold(name) == folded));
        let Some((name, text)) = found else {
            let candidates: Vec<(String, &str)> = views.keys().map(|name| (clean::fold(name), name.as_str())).collect();
            let near = fields::nearest(&folded, candidates.iter().map(|(folded, name)| (folded.as_str(), *name)));
            return Err(QueryError::new(
                value.span,
                near.map_or_else(
                    || format!("no view \"{shown}\""),
                    |near| format!("no view \"{shown}\"; did you mean \"{}\"?", clean::line(near, 40)),
                ),
            ));
        };
        if self.views.contains(name) {
            return Err(error(format!("the view \"{shown}\" contains itself")));
        }
        if depth >= MAX_DEPTH {
            return Err(error("nested too deep".to_owned()));
        }
        let outer_sort = self.view_sort;
        self.views.push(name.clone());
        let filter = parse::parse(text).and_then(|query| self.root(&query, depth + 1));
        self.views.pop();
        if negated {
            self.view_sort = outer_sort;
        }
        filter.map_err(|inner| error(format!("in the view \"{shown}\": {}", inner.message)))
    }

    fn spend(&mut self, terms: usize, span: Span) -> Result<(), QueryError> {
        self.terms += terms;
        if self.terms > MAX_TERMS {
            return Err(QueryError::new(span, format!("the query has more than {MAX_TERMS} terms")));
        }
        Ok(())
    }
}

/// Whole numbers of one side as one test.
fn joined(alternatives: Vec<Filter>) -> Filter {
    let (mut side, mut fragments) = (Side::Any, Vec::new());
    for filter in alternatives {
        if let Filter::Is(Predicate::Number(of, pattern)) = filter {
            side = of;
            fragments.extend(pattern.fragments);
        }
    }
    Filter::of(Predicate::Number(side, NumberPattern { fragments }))
}

impl Filter {
    pub(super) const fn of(predicate: Predicate) -> Self {
        Self::Is(predicate)
    }
}
