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

/// A text of any kind with its outside numbers masked.
pub(super) fn within(line: &str) -> String {
    let part = |character: char| character.is_ascii_digit() || "+-()./".contains(character);
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(from) = rest.find(part) {
        let (before, number) = rest.split_at(from);
        let mut until = 0;
        // Blanks belong to a number that goes on behind them.
        for (index, character) in number.char_indices() {
            match character {
                _ if part(character) => until = index + 1,
                ' ' => {}
                _ => break,
            }
        }
        let (number, behind) = number.split_at(until);
        shown.push_str(before);
        shown.push_str(&text(number));
        rest = behind;
    }
    shown + rest
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
    fn numbers_within_a_text_are_masked() {
        for (line, shown) in [
            ("from:+48221234567 is:missed", "from:+48…567 is:missed"),
            ("num:\"22 123 45 67\" OR 601", "num:\"22 … 67\" OR 601"),
            ("date:2026-11-07 talk:>2m", "date:202…-07 talk:>2m"),
            ("Žaneta +420777555090, ext 601", "Žaneta +42…090, ext 601"),
            ("", ""),
        ] {
            assert_eq!(within(line), shown);
        }
    }

    #[test]
    fn a_number_inside_a_negation_still_asks() {
        let name = Filter::Is(Predicate::CustomerName(NamePattern::Part("kowalski".to_owned())));
        assert!(asks(&Filter::And(vec![Filter::All, Filter::Not(Box::new(Filter::Or(vec![name])))])));
        assert!(!asks(&Filter::Is(Predicate::Tag(NamePattern::Part("refund".to_owned())))));
    }
}
