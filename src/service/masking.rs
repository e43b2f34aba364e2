//! Numbers as those see them who lack the right `reveal-number`: `+48…567`. What would find a number by asking is refused.

use super::{Result, ServiceError};
use crate::domain::{
    actor::{Actor, Permission},
    call::{Call, CallDetail, Number},
    query::{Filter, Predicate, Sort, SortField},
};

/// Characters kept in front and behind; shorter numbers (extensions, short codes) are no secret.
const FRONT: usize = 3;
const BEHIND: usize = 3;
const SHORTEST: usize = 7;

pub(super) fn masks(actor: &Actor) -> bool {
    !actor.may(Permission::RevealNumber)
}

/// Refuses queries and orders that tell numbers or names by what they match.
pub(super) fn refuse_asking(actor: &Actor, filter: &Filter, sort: Sort) -> Result<()> {
    let by_order = matches!(sort.field, SortField::From | SortField::To | SortField::Reached | SortField::Customer);
    if masks(actor) && (by_order || asks(filter)) {
        return Err(ServiceError::NotAllowed {
            who: actor.name.clone(),
            what: "search or sort by numbers and names".to_owned(),
            permission: Permission::RevealNumber,
        });
    }
    Ok(())
}

fn asks(filter: &Filter) -> bool {
    match filter {
        Filter::All => false,
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(asks),
        Filter::Not(part) => asks(part),
        Filter::Is(predicate) => {
            matches!(
                predicate,
                Predicate::Number(..) | Predicate::PartyName(..) | Predicate::CustomerName(_) | Predicate::Text(_)
            )
        }
    }
}

pub(super) fn call(actor: &Actor, mut call: Call) -> Call {
    if masks(actor) {
        for number in [&mut call.from, &mut call.to, &mut call.reached].into_iter().flatten() {
            *number = Number { raw: text(&number.raw), canonical: text(&number.canonical) };
        }
    }
    call
}

pub(super) fn detail(actor: &Actor, mut detail: CallDetail) -> CallDetail {
    if masks(actor) {
        for number in detail.legs.iter_mut().filter_map(|leg| leg.number.as_mut()) {
            *number = text(number);
        }
        for party in detail.timeline.iter_mut().flat_map(|event| [&mut event.party, &mut event.detail]).flatten() {
            *party = text(party);
        }
        detail.call = call(actor, detail.call);
    }
    detail
}

/// `+48221234567` becomes `+48…567`; what is no outside number stays.
pub(super) fn text(number: &str) -> String {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let other = number.chars().any(|character| !character.is_ascii_digit() && !"+ -()./".contains(character));
    if digits < SHORTEST || other {
        return number.to_owned();
    }
    let characters: Vec<char> = number.chars().collect();
    let (front, behind) = (&characters[..FRONT], &characters[characters.len() - BEHIND..]);
    front.iter().chain(&['…']).chain(behind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::NamePattern;

    #[test]
    fn outside_numbers_are_masked_and_extensions_are_not() {
        for (number, shown) in
            [("+48221234567", "+48…567"), ("0221234567", "022…567"), ("601", "601"), ("queue-support", "queue-support"), ("", "")]
        {
            assert_eq!(text(number), shown);
        }
    }

    #[test]
    fn a_number_inside_a_negation_still_asks() {
        let name = Filter::Is(Predicate::CustomerName(NamePattern::Part("kowalski".to_owned())));
        assert!(asks(&Filter::And(vec![Filter::All, Filter::Not(Box::new(Filter::Or(vec![name])))])));
        assert!(!asks(&Filter::Is(Predicate::Tag(NamePattern::Part("refund".to_owned())))));
    }
}
