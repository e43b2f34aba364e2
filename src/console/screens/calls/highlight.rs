//! What of a cell the query asked for: fragments of numbers, and words in names.

use unicode_segmentation::UnicodeSegmentation;

use super::{Calls, columns::Kind};
use crate::{
    console::{desk::Desk, widgets::width},
    domain::{
        call::Direction,
        clean::fold,
        query::{ExtensionPattern, Filter, NamePattern, NumberFragment, Predicate, Query, QueryContext, Side, parse, resolve},
    },
    wire::CallBody,
};

/// What the query that runs asks for, as far as it can be shown in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Highlights {
    asked: Vec<Predicate>,
}

impl Highlights {
    pub fn of(calls: &Calls, desk: &Desk) -> Self {
        let text = &calls.query.applied;
        if text.is_empty() {
            return Self::default();
        }
        let company = desk.who.as_ref().map(|who| &who.company);
        let context = QueryContext {
            now: desk.now,
            zone: desk.zone.clone(),
            country_code: company.and_then(|company| company.country_code.clone()),
            national_prefix: company.and_then(|company| company.national_prefix.clone()),
            views: calls
                .values
                .iter()
                .flat_map(|values| values.views.iter().map(|view| (view.name.clone(), view.query.clone())))
                .collect(),
        };
        let Ok(query) = parse(text) else { return Self::default() };
        let mut asked = Vec::new();
        // Where one term cannot be resolved here (a view that is not known) the others still show what they found.
        match resolve(&query, &context) {
            Ok(prepared) => collect(prepared.filter, &mut asked),
            Err(_) => {
                for node in query.root.into_iter().flat_map(parts) {
                    if let Ok(prepared) = resolve(&Query { root: Some(node) }, &context) {
                        collect(prepared.filter, &mut asked);
                    }
                }
            }
        }
        Self { asked }
    }

    /// Columns of the cell's text that were asked for: start and width of each stretch, in order and apart.
    pub fn stretches(&self, kind: Kind, call: &CallBody, text: &str) -> Vec<(u16, u16)> {
        if self.asked.is_empty() || text.is_empty() {
            return Vec::new();
        }
        let cell = Cell::new(text);
        let mut marked = vec![false; cell.clusters.len()];
        for predicate in &self.asked {
            for (from, to) in found(predicate, kind, call, &cell) {
                marked[from..to].fill(true);
            }
        }
        let mut stretches: Vec<(u16, u16)> = Vec::new();
        for (cluster, _) in cell.clusters.iter().zip(&marked).filter(|(_, marked)| **marked) {
            match stretches.last_mut() {
                Some((start, wide)) if *start + *wide == cluster.column => *wide += cluster.wide,
                _ => stretches.push((cluster.column, cluster.wide)),
            }
        }
        stretches
    }
}

fn parts(node: crate::domain::query::Node) -> Vec<crate::domain::query::Node> {
    match node {
        crate::domain::query::Node::And(parts) => parts,
        other => vec![other],
    }
}

/// The tests that a call passes because it matches; what is negated shows nothing.
fn collect(filter: Filter, asked: &mut Vec<Predicate>) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.into_iter().for_each(|part| collect(part, asked)),
        Filter::Is(predicate) => asked.push(predicate),
        Filter::All | Filter::Not(_) => {}
    }
}

/// A text with its folded clusters.
struct Cell {
    clusters: Vec<Cluster>,
}

struct Cluster {
    folded: String,
    /// The digit, or the plus, that counts in a number.
    digit: Option<char>,
    column: u16,
    wide: u16,
}

impl Cell {
    fn new(text: &str) -> Self {
        let mut column = 0;
        let clusters = text.graphemes(true).map(|cluster| {
            let wide = u16::try_from(width(cluster)).unwrap_or(1);
            let digit = cluster.chars().next().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '#'));
            let at = column;
            column += wide;
            Cluster { folded: fold(cluster), digit, column: at, wide }
        });
        Self { clusters: clusters.collect() }
    }

    /// Where a folded text stands.
    fn texts(&self, wanted: &str) -> Vec<(usize, usize)> {
        let wanted = fold(wanted);
        if wanted.is_empty() {
            return Vec::new();
        }
        (0..self.clusters.len())
            .filter_map(|from| {
                let mut rest = wanted.as_str();
                for (at, cluster) in self.clusters.iter().enumerate().skip(from) {
                    match rest.strip_prefix(cluster.folded.as_str()) {
                        Some("") => return Some((from, at + 1)),
                        Some(more) => rest = more,
                        None if !rest.is_empty() && cluster.folded.starts_with(rest) => return Some((from, at + 1)),
                        None => return None,
                    }
                }
                None
            })
            .collect()
    }

    /// Where names that are meant stand. A cell may show several: those that are meant whole end where words do.
    fn names(&self, pattern: &NamePattern) -> Vec<(usize, usize)> {
        let (NamePattern::Whole(text) | NamePattern::Beginning(text) | NamePattern::Part(text)) = pattern;
        let parts_words = |at: Option<usize>| {
            let cluster = at.and_then(|at| self.clusters.get(at));
            cluster.is_none_or(|cluster| !cluster.folded.starts_with(char::is_alphanumeric))
        };
        let (from_start, to_end) = (!matches!(pattern, NamePattern::Part(_)), matches!(pattern, NamePattern::Whole(_)));
        let mut found = self.texts(text);
        found.retain(|(from, to)| (!from_start || parts_words(from.checked_sub(1))) && (!to_end || parts_words(Some(*to))));
        found
    }

    /// Where the digits of a fragment stand; blanks and dashes between them do not count.
    fn numbers(&self, fragment: &NumberFragment) -> Vec<(usize, usize)> {
        let digits: Vec<(usize, char)> =
            self.clusters.iter().enumerate().filter_map(|(at, cluster)| cluster.digit.map(|digit| (at, digit))).collect();
        let wanted: Vec<char> = fragment.digits.chars().collect();
        if wanted.is_empty() || wanted.len() > digits.len() {
            return Vec::new();
        }
        let last = digits.len() - wanted.len();
        (0..=last)
            .filter(|from| (!fragment.from_start || *from == 0) && (!fragment.to_end || *from == last))
            .filter(|from| digits[*from..].iter().zip(&wanted).all(|((_, digit), wanted)| digit == wanted))
            .map(|from| (digits[from].0, digits[from + wanted.len() - 1].0 + 1))
            .collect()
    }
}

/// Where a test is passed in a cell.
fn found(predicate: &Predicate, kind: Kind, call: &CallBody, cell: &Cell) -> Vec<(usize, usize)> {
    let customers = matches!(kind, Kind::Party | Kind::Customer);
    match predicate {
        Predicate::Number(side, pattern) if shows_number(kind, *side, call) => {
            pattern.fragments.iter().flat_map(|fragment| cell.numbers(fragment)).collect()
        }
        Predicate::PartyName(side, text)
            if (customers && is_theirs(*side, call)) || (kind == Kind::Agent && is_ours(*side, call)) =>
        {
            cell.texts(text)
        }
        Predicate::CustomerName(pattern) if customers => cell.names(pattern),
        Predicate::Agent(pattern) if kind == Kind::Agent => cell.names(pattern),
        Predicate::Text(text) if customers || matches!(kind, Kind::Agent | Kind::Queue | Kind::Tags) => cell.texts(text),
        Predicate::Tag(pattern) if kind == Kind::Tags => cell.names(pattern),
        Predicate::Case(pattern) if kind == Kind::Case => cell.names(pattern),
        Predicate::Queue(pattern) if kind == Kind::Queue => cell.names(pattern),
        Predicate::Group(pattern) if kind == Kind::Group => cell.names(pattern),
        Predicate::Extension(pattern) if kind == Kind::Extension => match pattern {
            ExtensionPattern::Exact(text) | ExtensionPattern::Prefix(text) => beginning(cell, text),
            ExtensionPattern::Range(..) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn beginning(cell: &Cell, text: &str) -> Vec<(usize, usize)> {
    cell.texts(text).into_iter().filter(|(from, _)| *from == 0).collect()
}

/// Whether a cell shows the number of a side.
fn shows_number(kind: Kind, side: Side, call: &CallBody) -> bool {
    let from = match kind {
        Kind::From => true,
        Kind::To | Kind::Reached => false,
        Kind::Number => call.direction == Direction::In,
        // Without a name the caller of an internal call stands there.
        Kind::Party => call.direction == Direction::Internal && call.customer.is_none(),
        _ => return false,
    };
    if kind == Kind::Party && !from {
        return false;
    }
    match side {
        Side::Any => true,
        Side::From => from,
        Side::To => !from,
    }
}

/// Whether a side is the other party's.
fn is_theirs(side: Side, call: &CallBody) -> bool {
    match side {
        Side::Any => true,
        Side::From => call.direction == Direction::In,
        Side::To => call.direction == Direction::Out,
    }
}

fn is_ours(side: Side, call: &CallBody) -> bool {
    match side {
        Side::Any => true,
        Side::From => call.direction != Direction::In,
        Side::To => call.direction != Direction::Out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::prepare;

    fn highlights(text: &str) -> Highlights {
        let context = QueryContext {
            now: "2026-11-07T14:00:00Z".parse().expect("an instant"),
            zone: jiff::tz::TimeZone::UTC,
            country_code: Some("48".to_owned()),
            national_prefix: Some("0".to_owned()),
            views: std::collections::BTreeMap::new(),
        };
        let mut asked = Vec::new();
        collect(prepare(text, &context).expect("a query").filter, &mut asked);
        Highlights { asked }
    }

    fn call(direction: &str) -> CallBody {
        serde_json::from_value(serde_json::json!({
            "id": "01", "source_ids": [], "start": "2026-11-07T13:21:04.927Z", "answered": null, "end": null, "direction": direction,
            "route": null, "outcome": "missed", "from": "+48601555017", "to": "+48601555017", "reached": null,
            "customer": "Łucja Őri", "extension": null, "extensions": [], "agent": null, "group": null, "projects": [], "queue": null,
            "wait_s": 4.2, "talk_s": null, "talk_at_most_s": null, "on_hold_s": null, "duration_s": null, "cost": null, "case": null,
            "tags": [], "flagged": false, "recordings": [], "review": null, "legs": 2
        }))
        .expect("a call")
    }

    #[test]
    fn fragments_and_names_are_found_where_they_stand() {
        for (query, kind, direction, text, stretches) in [
            ("num:5550", Kind::Number, "in", "+48601555017", &[(6, 4)][..]),
            ("60155", Kind::Number, "in", "+48 601 555 017", &[(4, 6)]),
            ("num:60-15", Kind::Number, "in", "+48601555017", &[(3, 4)]),
            ("num:^0601", Kind::Number, "in", "+48601555017", &[(0, 6)]),
            ("^+48", Kind::Number, "out", "+48601555017", &[(0, 3)]),
            ("num:*017", Kind::Number, "out", "+48601555017", &[(9, 3)]),
            ("num:*555", Kind::Number, "out", "+48601555017", &[]),
            ("num:55", Kind::Number, "out", "+48601555017", &[(6, 3)]),
            ("from:601", Kind::Number, "in", "+48601555017", &[(3, 3)]),
            ("from:601", Kind::Number, "out", "+48601555017", &[]),
            ("to:601", Kind::To, "out", "+48601555017", &[(3, 3)]),
            ("-num:601", Kind::Number, "in", "+48601555017", &[]),
            ("601 OR num:017", Kind::Number, "in", "+48601555017", &[(3, 3), (9, 3)]),
            ("lucja", Kind::Party, "in", "Łucja Őri", &[(0, 5)]),
            ("name:ori", Kind::Customer, "in", "Łucja Őri", &[(6, 3)]),
            ("from:lucja", Kind::Party, "out", "Łucja Őri", &[]),
            ("ori", Kind::Case, "in", "Łucja Őri", &[]),
            ("case:c-*", Kind::Case, "in", "C-17", &[(0, 2)]),
            ("tag:=vip", Kind::Tags, "in", "vip2 VIP", &[(5, 3)]),
            ("tag:vip", Kind::Tags, "in", "vip2 VIP", &[(0, 3), (5, 3)]),
            ("日本", Kind::Party, "in", "a日本語", &[(1, 4)]),
        ] {
            assert_eq!(highlights(query).stretches(kind, &call(direction), text), stretches, "{query} in {text}");
        }
    }
}
