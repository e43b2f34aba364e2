//! Numbers as those see them who lack the right `reveal-number` there: `+48…567`. What would find a number by asking is
//! refused to whom any that they see is hidden.

use crate::domain::{
    actor::{Actor, Permission},
    call::{Call, CallDetail, Number},
    query::{Filter, Predicate, QueryContext, Sort, SortField, prepare},
};

/// Characters kept in front and behind; shorter numbers (extensions, short codes) are no secret.
const FRONT: usize = 3;
const BEHIND: usize = 3;
const SHORTEST: usize = 7;

/// Whether numbers of anything that the actor sees are hidden from them.
pub(super) fn masks(actor: &Actor) -> bool {
    !actor.scope(Permission::RevealNumber).covers(&actor.scope(Permission::See))
}

/// Whether a query or an order tells numbers or names by what it matches.
pub(super) fn asks(filter: &Filter, sort: Sort) -> bool {
    matches!(sort.field, SortField::From | SortField::To | SortField::Reached | SortField::Customer) || asks_for(filter)
}

/// As [`asks`], of what is kept as text; what cannot be understood may ask.
pub(super) fn asks_in(query: &str, sort: &str, context: &QueryContext) -> bool {
    let sort = if sort.trim().is_empty() { Ok(Sort::default()) } else { Sort::parse(sort.trim()) };
    let Ok(sort) = sort else { return true };
    if query.trim().is_empty() {
        return asks(&Filter::All, sort);
    }
    prepare(query, context)
        .map_or(true, |prepared| asks(&prepared.filter, sort) || prepared.sort.is_some_and(|sort| asks(&Filter::All, sort)))
}

fn asks_for(filter: &Filter) -> bool {
    match filter {
        Filter::All => false,
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(asks_for),
        Filter::Not(part) => asks_for(part),
        Filter::Is(predicate) => {
            matches!(
                predicate,
                Predicate::Number(..) | Predicate::PartyName(..) | Predicate::CustomerName(_) | Predicate::Text(_)
            )
        }
    }
}

/// A call without its numbers.
pub(super) fn call(mut call: Call) -> Call {
    for number in [&mut call.from, &mut call.to, &mut call.reached].into_iter().flatten() {
        *number = Number { raw: text(&number.raw), canonical: text(&number.canonical) };
    }
    // A caller whose name the exchange does not know is often given their number as one.
    call.customer = call.customer.map(|name| within(&name));
    call
}

/// As [`call`], with everything of it.
pub(super) fn detail(mut detail: CallDetail) -> CallDetail {
    for leg in &mut detail.legs {
        leg.number = leg.number.take().map(|number| text(&number));
        leg.channel = of_channel(&leg.channel);
    }
    for told in detail.timeline.iter_mut().flat_map(|event| [&mut event.party, &mut event.detail]).flatten() {
        *told = within(told);
    }
    detail.call = call(detail.call);
    detail
}

/// `Local/48221234567@out-0000001a;2` without the number; what stands behind the last dash is the exchange's own count.
fn of_channel(channel: &str) -> String {
    match channel.rsplit_once('-') {
        Some((name, count)) => format!("{}-{count}", within(name)),
        None => within(channel),
    }
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
    use crate::domain::{actor::Scope, query::NamePattern};

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
        assert!(asks_for(&Filter::And(vec![Filter::All, Filter::Not(Box::new(Filter::Or(vec![name])))])));
        assert!(!asks_for(&Filter::Is(Predicate::Tag(NamePattern::Part("refund".to_owned())))));
    }

    #[test]
    fn numbers_in_channels_are_masked_and_their_counts_are_not() {
        assert_eq!(of_channel("Local/48221234567@out-00000001;2"), "Local/48…567@out-00000001;2");
        assert_eq!(of_channel("PJSIP/101-00000012"), "PJSIP/101-00000012");
    }

    #[test]
    fn numbers_are_hidden_where_the_right_is_missing() {
        let project = |name: &str| Scope::Projects(vec![name.to_owned()]);
        let mut actor = Actor::with("rita", "x", &[Permission::See], project("a").or(project("b")), Default::default());
        assert!(masks(&actor));
        actor.grants.push(crate::domain::actor::Granted { permissions: vec![Permission::RevealNumber], scope: project("a") });
        assert!(masks(&actor), "asking would tell of b");
        actor.grants[1].scope = Scope::Company;
        assert!(!masks(&actor));
    }
}
