//! What keys and answers do to the facets.

use super::{Facets, Line, SECTIONS, Spot, Term, term};
use crate::{
    client::CallsQuery,
    console::{
        asking::WIDE,
        desk::Desk,
        effect::{Read, Slot},
        keymap::Action,
        screens::calls::{Calls, requery::change_query},
        values::Known,
    },
    domain::{
        facet,
        query::{
            QueryError,
            edit::{self, Family, Presence},
        },
    },
    wire,
};

/// Count and sums go first, and who types on needs no facets of what is passed.
const AFTER_MS: u64 = 40;
/// Lines of a page.
const PAGE: isize = 10;

/// Asks for the counts of the query that runs, where they are looked at and not known.
pub fn want(calls: &mut Calls, desk: &mut Desk) {
    let facets = &calls.facets;
    let seen = facets.focus || facets.beside(desk);
    let applied = &calls.query.applied;
    if !seen || !desk.up() || !calls.list.loaded || calls.query.problem.is_some() || facets.asked.as_ref() == Some(applied) {
        return;
    }
    let (q, parts) = (applied.clone(), parts(facets, applied));
    calls.facets.asked = Some(q.clone());
    desk.read(Slot::Facets, AFTER_MS, Read::Facets { q, parts });
}

/// The counts follow the query. A section whose own values are asked for counts without them: the others could not be added
/// otherwise.
fn parts(facets: &Facets, query: &str) -> Vec<CallsQuery> {
    let mut parts: Vec<CallsQuery> = vec![CallsQuery::new(query)];
    for (at, section) in SECTIONS.iter().enumerate() {
        let among = if section.name == "recorded" { vec!["recorded"] } else { facets.among(at) };
        let q = edit::without(query, Family { field: section.field, among: &among }).unwrap_or_else(|| query.to_owned());
        let part = match parts.iter().position(|part| part.q == q) {
            Some(place) => &mut parts[place],
            None => {
                parts.push(CallsQuery::new(q));
                let last = parts.len() - 1;
                &mut parts[last]
            }
        };
        if !part.by.is_empty() {
            part.by.push(',');
        }
        part.by.push_str(section.name);
    }
    parts.retain(|part| !part.by.is_empty());
    parts
}

/// Another query runs: a count that is under way ends.
pub fn superseded(calls: &mut Calls, desk: &mut Desk) {
    if desk.is_busy(Slot::Facets) {
        calls.facets.asked = None;
        desk.wait(Slot::Facets, 0);
    }
}

/// The data changed: what is known is old.
pub fn refresh(calls: &mut Calls) {
    calls.facets.asked = None;
}

/// Takes the counts.
pub fn answered(calls: &mut Calls, q: String, counts: wire::Facets) {
    let facets = &mut calls.facets;
    (facets.of, facets.counts) = (Some(q), counts);
    let lines = calls.facets.lines(&calls.query.applied);
    let facets = &mut calls.facets;
    let there = |at: &(usize, Spot)| lines.iter().any(|line| line.spot().as_ref() == Some(at));
    if !facets.at.as_ref().is_some_and(there) {
        let section = facets.at.as_ref().map(|(section, _)| *section);
        let near = lines.iter().filter_map(Line::spot).find(|(other, _)| section.is_none_or(|section| *other >= section));
        facets.at = near.or_else(|| lines.iter().find_map(Line::spot));
    }
}

/// Runs an action while the panel has the keys, or one that opens it; false where it is none of the panel's.
pub fn act(calls: &mut Calls, desk: &mut Desk, action: Action) -> bool {
    match action {
        Action::Wide => wide(calls, desk),
        Action::NextPart | Action::PreviousPart if !calls.facets.focus => {
            calls.facets.hidden = false;
            calls.facets.focus = true;
            want(calls, desk);
        }
        Action::NextPart | Action::PreviousPart | Action::Back | Action::Quit => calls.facets.focus = false,
        _ if !calls.facets.focus => return false,
        Action::Down => step(calls, 1),
        Action::Up => step(calls, -1),
        Action::PageDown | Action::HalfDown => step(calls, PAGE),
        Action::PageUp | Action::HalfUp => step(calls, -PAGE),
        Action::First => step(calls, isize::MIN / 2),
        Action::Last => step(calls, isize::MAX / 2),
        Action::FacetAdd | Action::FacetExclude => {
            if let Some((section, Spot::Value(value))) = calls.facets.at.clone() {
                toggle(calls, desk, section, value.as_deref(), action == Action::FacetExclude);
            }
        }
        _ => return false,
    }
    true
}

fn wide(calls: &mut Calls, desk: &mut Desk) {
    if desk.size.0 < WIDE && !calls.facets.focus {
        desk.say("facets-narrow", &[("columns", &WIDE.to_string())]);
        return;
    }
    if desk.size.0 >= WIDE {
        calls.facets.hidden = !calls.facets.hidden;
    }
    calls.facets.focus = false;
    want(calls, desk);
}

fn step(calls: &mut Calls, by: isize) {
    let spots: Vec<_> = calls.facets.lines(&calls.query.applied).iter().filter_map(Line::spot).collect();
    let place = calls.facets.at.as_ref().and_then(|at| spots.iter().position(|spot| spot == at)).unwrap_or(0);
    let last = spots.len().saturating_sub(1);
    let place = place.saturating_add_signed(by).min(last);
    calls.facets.at = spots.into_iter().nth(place);
}

/// The section whose values are all asked for, where the cursor stands on its last line.
pub fn all_values(calls: &Calls) -> Option<usize> {
    match &calls.facets.at {
        Some((section, Spot::More)) if calls.facets.focus => Some(*section),
        _ => None,
    }
}

/// Puts a value into the query or takes it out; or excludes it, or no longer.
pub fn toggle(calls: &mut Calls, desk: &mut Desk, section: usize, value: Option<&str>, exclude: bool) {
    let field = SECTIONS.get(section).map_or("", |section| section.field);
    let known = calls.values.as_ref().map_or(&[][..], |values| values.of(field));
    match changed(&calls.facets, known, section, value, exclude, &calls.query.applied) {
        None => desk.say("facet-no-term", &[]),
        Some(Err(_)) => desk.warn("query-mend-first", &[]),
        Some(Ok(text)) => change_query(calls, desk, &text),
    }
}

/// The query with a value put in, taken out or excluded; none where the language has no term for it.
fn changed(
    facets: &Facets,
    known: &[Known],
    section: usize,
    value: Option<&str>,
    exclude: bool,
    query: &str,
) -> Option<Result<String, QueryError>> {
    let among = facets.among(section);
    let field = SECTIONS.get(section)?.field;
    let family = Family { field, among: &among };
    let listed = facets.values(section).iter().filter_map(|count| count.value.as_deref());
    let others = listed.chain(known.iter().map(|known| known.name.as_str()));
    let written = match (term(section, value), value) {
        (Term::Value(_), Some(value)) if field != "talk" => Term::Value(facet::name_value(field, value, others)),
        (other, _) => other,
    };
    Some(match (written, exclude) {
        (Term::None, _) => return None,
        (Term::Value(value), false) => edit::toggle_value(query, family, &value),
        (Term::Value(value), true) => edit::exclude_value(query, family, &value),
        (Term::Piece(piece), false) => edit::toggle(query, &piece),
        (Term::Piece(piece), true) => match super::presence(facets, section, value, query) {
            Presence::In => edit::toggle(query, &piece).and_then(|query| edit::exclude(&query, &piece)),
            _ => edit::exclude(query, &piece),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{super::presence, *};

    #[test]
    fn a_section_counts_without_its_own_values() {
        let facets = Facets::default();
        let parts = parts(&facets, "today agent:A is:missed is:recorded -tag:x");
        let found: Vec<(&str, &str)> = parts.iter().map(|part| (part.q.as_str(), part.by.as_str())).collect();
        assert_eq!(
            found,
            [
                ("today agent:A is:missed is:recorded -tag:x", "direction,groups,queue,length,tags,projects"),
                ("today agent:A is:recorded -tag:x", "outcome"),
                ("today is:missed is:recorded -tag:x", "agents"),
                ("today agent:A is:missed -tag:x", "recorded"),
            ]
        );
    }

    #[test]
    fn values_go_in_and_out() {
        let (facets, known) = (Facets::default(), ["Anna", "Joanna Kos"].map(Known::new));
        let place = |name: &str| SECTIONS.iter().position(|section| section.name == name).expect("a section");
        let turned = |name: &str, value: Option<&str>, exclude: bool, query: &str| {
            changed(&facets, &known, place(name), value, exclude, query).map(|changed| changed.expect("a query"))
        };
        assert_eq!(turned("agents", Some("Anna Nowak"), false, "today").as_deref(), Some("today agent:\"Anna Nowak\""));
        assert_eq!(turned("outcome", Some("missed"), false, "is:flagged").as_deref(), Some("is:flagged is:missed"));
        assert_eq!(turned("recorded", Some("false"), false, "is:recorded").as_deref(), Some("-is:recorded"));
        assert_eq!(turned("recorded", Some("true"), true, "is:recorded").as_deref(), Some("-is:recorded"));
        assert_eq!(turned("tags", None, false, "").as_deref(), Some("-has:tag"));
        assert_eq!(turned("tags", None, true, "").as_deref(), Some("has:tag"));
        assert_eq!(turned("queue", None, false, ""), None);
        assert_eq!(turned("agents", Some("Anna"), false, "agent:Bob").as_deref(), Some("agent:Bob,=Anna"));
        assert_eq!(turned("agents", Some("Anna"), false, "agent:Bob,=anna").as_deref(), Some("agent:Bob"));
        assert_eq!(turned("agents", Some("Anna"), false, "agent:anna").as_deref(), Some(""));
        assert_eq!(turned("agents", Some("Anna"), true, "agent:=anna").as_deref(), Some("-agent:=Anna"));
        assert_eq!(turned("agents", Some("Joanna Kos"), false, "agent:=\"Joanna Kos\"").as_deref(), Some(""));
        assert_eq!(presence(&facets, place("agents"), Some("Anna"), "-agent:=ANNA"), Presence::Out);
    }
}
