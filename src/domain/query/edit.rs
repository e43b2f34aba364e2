//! Changes to the text of a query: what forms, chips and facets write. What a person typed stays as it is, word by word;
//! only the terms that are meant are added, changed or taken out.

#[cfg(test)]
mod tests;

use super::{
    QueryError,
    fields::{self, Kind},
    parse::{self, Pieces},
    syntax::{Comparison, FieldTerm, Node, Operand, Value, quote},
};
use crate::domain::clean::fold;

/// One outermost term of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// As it was written, with its negation.
    pub text: String,
    pub node: Node,
}

/// Whether a value is in a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    #[default]
    No,
    In,
    /// It is excluded.
    Out,
}

/// Terms whose values may stand side by side: those of a field, or of some of its values. `is:missed,busy` can be joined,
/// `is:missed,flagged` means something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family<'a> {
    pub field: &'a str,
    /// Empty: any value.
    pub among: &'a [&'a str],
}

/// The terms of a text, which all have to hold. Alternatives (`a OR b`) are one term, in parentheses.
///
/// # Errors
/// When the text is no query.
pub fn terms(text: &str) -> Result<Vec<Term>, QueryError> {
    let wrapped;
    let (text, pieces) = match parse::pieces(text)? {
        Pieces::Terms(pieces) => (text, pieces),
        Pieces::Alternatives => {
            wrapped = format!("({})", text.trim());
            match parse::pieces(&wrapped)? {
                Pieces::Terms(pieces) => (wrapped.as_str(), pieces),
                Pieces::Alternatives => (wrapped.as_str(), Vec::new()),
            }
        }
    };
    let term =
        |(span, node): (super::Span, Node)| Term { text: text.get(span.start..span.end).unwrap_or_default().to_owned(), node };
    Ok(pieces.into_iter().map(term).collect())
}

/// Terms as a text again.
pub fn join(terms: &[Term]) -> String {
    terms.iter().map(|term| term.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Whether all terms of a piece stand in a query.
pub fn has(text: &str, piece: &str) -> bool {
    let (Ok(terms), Ok(wanted)) = (terms(text), terms(piece)) else { return false };
    !wanted.is_empty() && has_all(&terms, &wanted)
}

fn has_all(terms: &[Term], wanted: &[Term]) -> bool {
    wanted.iter().all(|wanted| terms.iter().any(|term| same(&term.node, &wanted.node)))
}

/// Puts a piece into a query, or takes it out where it stands in it already. Where it is excluded it stands in its place
/// from now on.
///
/// # Errors
/// When either is no query.
pub fn toggle(text: &str, piece: &str) -> Result<String, QueryError> {
    let (mut found, wanted) = (terms(text)?, terms(piece)?);
    if wanted.is_empty() {
        return Ok(text.to_owned());
    }
    if has_all(&found, &wanted) {
        found.retain(|term| !wanted.iter().any(|wanted| same(&term.node, &wanted.node)));
        return Ok(join(&found));
    }
    for piece in wanted {
        if found.iter().any(|term| same(&term.node, &piece.node)) {
            continue;
        }
        let opposite = negated(&piece.node);
        put(&mut found, piece, |term| same(&term.node, &opposite));
    }
    Ok(join(&found))
}

/// Excludes a piece, or no longer. Where it stands in the query it is turned round in its place.
///
/// # Errors
/// When either is no query.
pub fn exclude(text: &str, piece: &str) -> Result<String, QueryError> {
    let (mut found, wanted) = (terms(text)?, parse::parse(piece)?);
    let Some(positive) = wanted.root else { return Ok(text.to_owned()) };
    let negative = negated(&positive);
    if found.iter().any(|term| same(&term.node, &negative)) {
        found.retain(|term| !same(&term.node, &negative));
        return Ok(join(&found));
    }
    let term = Term { text: negative.to_string(), node: negative };
    put(&mut found, term, |term| same(&term.node, &positive));
    Ok(join(&found))
}

/// Puts a term in the place of the first that it supersedes, else at the end; others that it supersedes go.
fn put(terms: &mut Vec<Term>, term: Term, supersedes: impl Fn(&Term) -> bool) {
    let place = terms.iter().position(&supersedes);
    terms.retain(|term| !supersedes(term));
    terms.insert(place.unwrap_or(terms.len()).min(terms.len()), term);
}

/// Gives a field another value, or none: its positive terms go, the new one stands in the place of the first. `values` is
/// written as the language takes it.
///
/// # Errors
/// When the text, or the new term, is no query.
pub fn set_field(text: &str, field: &str, values: Option<&str>) -> Result<String, QueryError> {
    let mut found = terms(text)?;
    let of_field = |term: &Term| matches!(&term.node, Node::Field(known) if known.name == field);
    match values {
        None => found.retain(|term| !of_field(term)),
        Some(values) => {
            for term in terms(&format!("{field}:{values}"))? {
                put(&mut found, term, of_field);
            }
        }
    }
    Ok(join(&found))
}

/// The query without what it asks of a field, in its own positive terms: what else there would be to choose from.
pub fn without(text: &str, family: Family<'_>) -> Option<String> {
    let found = terms(text).ok()?;
    let kept: Vec<Term> = found.iter().filter(|term| of(term, family, false).is_none()).cloned().collect();
    (kept.len() < found.len()).then(|| join(&kept))
}

/// Whether a value of a field is asked for, or excluded.
pub fn presence(text: &str, family: Family<'_>, value: &str) -> Presence {
    let Ok(terms) = terms(text) else { return Presence::No };
    let stands =
        |negative| terms.iter().filter_map(|term| of(term, family, negative)).any(|term| place_of(term, value).is_some());
    match (stands(false), stands(true)) {
        (true, _) => Presence::In,
        (false, true) => Presence::Out,
        (false, false) => Presence::No,
    }
}

/// Asks for a value of a field beside those that are asked for already (`agent:A` becomes `agent:A,B`), or no longer.
/// `value` is written as the language takes it.
///
/// # Errors
/// When the text, or the term, is no query.
pub fn toggle_value(text: &str, family: Family<'_>, value: &str) -> Result<String, QueryError> {
    let taken = turn(&terms(text)?, family, value, true);
    match presence(text, family, value) {
        Presence::In => Ok(join(&turn(&terms(text)?, family, value, false))),
        Presence::Out | Presence::No => add(taken, family, value, false),
    }
}

/// Excludes a value of a field beside those that are excluded already, or no longer.
///
/// # Errors
/// When the text, or the term, is no query.
pub fn exclude_value(text: &str, family: Family<'_>, value: &str) -> Result<String, QueryError> {
    let taken = turn(&terms(text)?, family, value, false);
    match presence(text, family, value) {
        Presence::Out => Ok(join(&turn(&terms(text)?, family, value, true))),
        Presence::In | Presence::No => add(taken, family, value, true),
    }
}

/// The terms with a value taken out of those that ask for it, or exclude it.
fn turn(terms: &[Term], family: Family<'_>, value: &str, negative: bool) -> Vec<Term> {
    let mut kept = Vec::with_capacity(terms.len());
    for term in terms {
        let Some(asked) = of(term, family, negative).filter(|asked| place_of(asked, value).is_some()) else {
            kept.push(term.clone());
            continue;
        };
        let mut left = asked.clone();
        while let Some(at) = place_of(&left, value) {
            left.operands.remove(at);
        }
        if !left.operands.is_empty() {
            kept.push(written(left, negative));
        }
    }
    kept
}

fn add(mut terms: Vec<Term>, family: Family<'_>, value: &str, negative: bool) -> Result<String, QueryError> {
    let operands = match parse::parse(&format!("{}:{value}", family.field))?.root {
        Some(Node::Field(term)) => term.operands,
        _ => return Ok(join(&terms)),
    };
    match terms.iter().position(|term| of(term, family, negative).is_some()) {
        Some(at) => {
            if let Some(mut asked) = terms.get(at).and_then(|term| of(term, family, negative)).cloned() {
                asked.operands.extend(operands);
                terms[at] = written(asked, negative);
            }
        }
        None => {
            let term = FieldTerm {
                name: family.field.to_owned(),
                name_span: super::Span::default(),
                span: super::Span::default(),
                operands,
            };
            terms.push(written(term, negative));
        }
    }
    Ok(join(&terms))
}

fn written(term: FieldTerm, negative: bool) -> Term {
    let node = if negative { Node::Not(Box::new(Node::Field(term))) } else { Node::Field(term) };
    Term { text: node.to_string(), node }
}

fn of<'t>(term: &'t Term, family: Family<'_>, negative: bool) -> Option<&'t FieldTerm> {
    let term = match (&term.node, negative) {
        (Node::Field(term), false) => term,
        (Node::Not(inner), true) => match inner.as_ref() {
            Node::Field(term) => term,
            _ => return None,
        },
        _ => return None,
    };
    let among = |operand: &Operand| family.among.iter().any(|value| operand_key(operand) == fold(value));
    let belongs = term.name == family.field && (family.among.is_empty() || term.operands.iter().all(among));
    belongs.then_some(term)
}

/// Where a value stands among those of a term.
fn place_of(term: &FieldTerm, value: &str) -> Option<usize> {
    let wanted = match parse::parse(&format!("{}:{value}", term.name)).ok()?.root? {
        Node::Field(wanted) => wanted.operands.first().map(|operand| value_key(&term.name, operand))?,
        _ => return None,
    };
    term.operands.iter().position(|operand| value_key(&term.name, operand) == wanted)
}

/// As [`operand_key`]; a value is the same with `=` and without, but for numbers, where only `=` wants the whole.
fn value_key(field: &str, operand: &Operand) -> String {
    let party = || fields::find(field).is_some_and(|field| matches!(field.kind, Kind::Party(_)));
    match operand {
        Operand::Compare(Comparison::Equal, value) if !party() => operand_key(&Operand::One(value.clone())),
        other => operand_key(other),
    }
}

fn negated(node: &Node) -> Node {
    match node {
        Node::Not(inner) => inner.as_ref().clone(),
        other => Node::Not(Box::new(other.clone())),
    }
}

/// Two terms that ask the same: the order of values, case and needless quotes do not matter.
fn same(one: &Node, other: &Node) -> bool {
    match (one, other) {
        (Node::Not(one), Node::Not(other)) => same(one, other),
        (Node::Field(one), Node::Field(other)) => {
            let keys = |term: &FieldTerm| {
                let mut keys: Vec<String> = term.operands.iter().map(operand_key).collect();
                keys.sort_unstable();
                keys.dedup();
                keys
            };
            one.name == other.name && keys(one) == keys(other)
        }
        (Node::Word(one), Node::Word(other)) => one.quoted == other.quoted && fold(&one.text) == fold(&other.text),
        (Node::And(_), Node::And(_)) | (Node::Or(_), Node::Or(_)) => one.to_string() == other.to_string(),
        _ => false,
    }
}

fn operand_key(operand: &Operand) -> String {
    let plain = |value: &Value| Value { quoted: value.quoted && quote(&value.text) != value.text, ..value.clone() };
    let operand = match operand {
        Operand::One(value) => Operand::One(plain(value)),
        Operand::Compare(sign, value) => Operand::Compare(*sign, plain(value)),
        Operand::Range(from, to) => Operand::Range(from.as_ref().map(plain), to.as_ref().map(plain)),
    };
    fold(&operand.to_string())
}
