//! What Tab offers in the question: the language's own words, and names that stand in the entries in memory.

use std::collections::BTreeSet;

use super::{Audit, told};
use crate::{
    console::{
        asking::{Offer, Offers},
        desk::Desk,
    },
    domain::{clean::fold, query},
};

/// Names of one field that are offered.
const NAMES: usize = 100;

/// Finds what can stand at the cursor, as soon as something is typed there.
pub(super) fn offer(audit: &mut Audit) {
    let line = &audit.query;
    let wanted = query::typing(line.input.text(), line.input.at());
    let begun = wanted.is_some_and(|typing| typing.field.is_some() || !typing.typed.is_empty());
    audit.query.offers = if begun { found(audit) } else { None };
}

/// Tab: the next completion of the word at the cursor, or what is offered in place of a word that is wrong. True if the text
/// is another now.
pub(super) fn complete(audit: &mut Audit, desk: &mut Desk, forward: bool) -> bool {
    if audit.query.offers.is_none() {
        let line = &mut audit.query;
        if let Some((range, meant)) = line.problem.as_ref().and_then(|problem| problem.suggestion(line.input.text())) {
            line.input.replace(range, &meant);
            return true;
        }
        audit.query.offers = found(audit);
    }
    let Some(mut offers) = audit.query.offers.take() else {
        desk.say("no-completion", &[]);
        return false;
    };
    let count = offers.list.len();
    let at = match offers.at {
        None if forward => 0,
        None => count - 1,
        Some(at) => (if forward { at + 1 } else { at + count - 1 }) % count,
    };
    offers.at = Some(at);
    if let Some(offer) = offers.list.get(at) {
        audit.query.input.replace(offers.range.clone(), &offer.text);
        offers.range.end = offers.range.start + offer.text.len();
    }
    audit.query.offers = Some(offers);
    true
}

fn found(audit: &Audit) -> Option<Offers> {
    let line = &audit.query;
    let (text, at) = (line.input.text(), line.input.at());
    let typing = query::typing(text, at)?;
    let words = query::complete_audit(text, at);
    let mut list: Vec<Offer> = words.into_iter().map(|word| Offer { text: word.text, remark: word.meaning.to_owned() }).collect();
    let typed = fold(typing.typed);
    if let Some(field) = typing.field {
        let names = names(audit, &field.to_ascii_lowercase());
        let fits = names.into_iter().filter(|name| fold(name).contains(&typed)).take(NAMES);
        list.extend(fits.map(|name| Offer { text: query::quote(&name), remark: String::new() }));
    }
    list.retain(|offer| offer.text != typing.typed);
    (!list.is_empty()).then_some(Offers { range: typing.start..typing.end, list, at: None })
}

/// What a field says in the entries that are in memory.
fn names(audit: &Audit, field: &str) -> BTreeSet<String> {
    let of = |entry: &crate::wire::AuditEntry| match field {
        "who" => Some(told::who(entry).to_owned()),
        "object" => entry.object.clone(),
        "where" => entry.place().map(ToOwned::to_owned),
        "session" => entry.session.clone(),
        _ => None,
    };
    audit.rows.iter().filter_map(of).filter(|name| !name.is_empty()).collect()
}
