//! What calls can be counted and summed up by, and each value as a term of the query language.

use super::{clean::fold, query::quote};

/// Fields that calls can be counted by, by their JSON names.
pub const FACETS: &[&str] = &[
    "direction",
    "route",
    "outcome",
    "extension",
    "agent",
    "group",
    "projects",
    "queue",
    "mode",
    "case",
    "tags",
    "customer",
    "flagged",
    "extensions",
    "agents",
    "groups",
    "recorded",
    "length",
    "hour",
    "weekday",
    "day",
    "from",
    "to",
    "reached",
];

/// Fields that sums can be parted by: all but telephone numbers, which stand last and of which there are as many as calls.
pub const BREAKDOWNS: &[&str] = FACETS.split_at(FACETS.len() - 3).0;

/// Stretches of talk time, shortest first: what `talk:` takes, and the tenths of a second at which each begins. No call is
/// in two of them.
pub const LENGTHS: [(&str, i64); 6] =
    [("<10s", 0), ("10s..59.9s", 100), ("1m..1m59.9s", 600), ("2m..4m59.9s", 1_200), ("5m..14m59.9s", 3_000), (">=15m", 9_000)];

/// Days of the week, Monday first.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Whether the values of a field have an order of their own, in which they are listed.
pub fn is_ordered(field: &str) -> bool {
    matches!(field, "length" | "hour" | "weekday" | "day")
}

/// The place of a talk time among [`LENGTHS`].
pub fn length_bucket(tenths: i64) -> usize {
    // Without a branch: it is asked for each of millions of calls.
    LENGTHS[1..].iter().map(|(_, from)| usize::from(tenths >= *from)).sum()
}

/// The term that finds the calls of a facet's value (none: unknown), or none where the language has no such term.
///
/// It finds exactly those calls, but for `extension`, `agent` and `group`, whose terms also find calls in which somebody else
/// is shown. `known` are other values of the field, as [`name_value`] takes them.
pub fn term<'a>(field: &str, value: Option<&str>, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let Some(value) = value else {
        return match field {
            "length" => Some("-talk:>=0s".to_owned()),
            "tags" => Some("-has:tag".to_owned()),
            "case" => Some("-has:case".to_owned()),
            "mode" => Some("-mode:auto,on-demand".to_owned()),
            "route" => Some("-route:direct,ivr,queue".to_owned()),
            _ => None,
        };
    };
    let state = |state: &str| Some(format!("{}is:{state}", if value == "true" { "" } else { "-" }));
    let name = match field {
        "recorded" | "flagged" => return state(field),
        "direction" => "dir",
        "outcome" => "is",
        "length" => return Some(format!("talk:{value}")),
        "hour" => "time",
        "weekday" => "day",
        "day" => "date",
        "extension" | "extensions" => "ext",
        "agent" | "agents" => "agent",
        "group" | "groups" => "group",
        "projects" => "project",
        "tags" => "tag",
        "customer" => "name",
        "route" | "mode" | "queue" | "case" => field,
        _ => return None,
    };
    Some(format!("{name}:{}", name_value(name, value, known)))
}

/// A value as a field of the query language takes it: plain, and after `=` where the plain one would find others of those
/// that are known too.
pub fn name_value<'a>(field: &str, value: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let finds_others = match field {
        "agent" | "tag" | "name" => {
            let part = fold(value);
            known.into_iter().map(fold).any(|other| other != part && other.contains(&part))
        }
        "group" | "queue" | "project" | "case" => value.ends_with('*'),
        _ => false,
    };
    format!("{}{}", if finds_others { "=" } else { "" }, quote(value))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::{Timestamp, tz::TimeZone};

    use super::*;
    use crate::domain::query::{Filter, Predicate, QueryContext, prepare};

    fn filter(text: &str) -> Filter {
        let now: Timestamp = "2026-11-07T12:00:00Z".parse().expect("instant");
        let (country_code, national_prefix) = (None, None);
        let context = QueryContext { now, zone: TimeZone::UTC, country_code, national_prefix, views: BTreeMap::new() };
        prepare(text, &context).unwrap_or_else(|why| panic!("{text}: {why:?}")).filter
    }

    /// Every tenth of a second up to 20 minutes is found by the term of its bucket and by no other.
    #[test]
    fn each_length_is_in_the_bucket_whose_term_finds_it() {
        let ranges = LENGTHS.map(|(text, _)| match filter(&term("length", Some(text), []).expect("a term")) {
            Filter::Is(Predicate::Talk(range)) => range,
            other => panic!("{text}: {other:?}"),
        });
        for tenths in (0..12_000).chain([i64::MAX]) {
            for (place, range) in ranges.iter().enumerate() {
                let found = range.from.is_none_or(|from| from <= tenths) && range.to.is_none_or(|to| tenths <= to);
                assert_eq!(found, place == length_bucket(tenths), "{tenths} tenths, {}", LENGTHS[place].0);
            }
        }
    }

    #[test]
    fn terms_can_be_read() {
        for (field, value) in [
            ("recorded", "false"),
            ("hour", "00"),
            ("hour", "23"),
            ("weekday", "sun"),
            ("day", "2026-11-07"),
            ("agents", "Anna \"A\" Nowak"),
            ("groups", "OR"),
            ("tags", "-7d"),
            ("extensions", "601"),
            ("mode", "on-demand"),
        ] {
            filter(&term(field, Some(value), []).expect("a term"));
        }
        assert_eq!(term("recorded", Some("false"), []).as_deref(), Some("-is:recorded"));
        assert_eq!(term("agents", Some("Anna Nowak"), ["anna nowak", "Anna"]).as_deref(), Some("agent:\"Anna Nowak\""));
        let exact = |field: &str, value: &str, other: &str| term(field, Some(value), [other]).expect("a term");
        for (field, value, other, expected) in [
            ("agents", "Anna", "JOÁNNA Nowak", "agent:=Anna"),
            ("agent", "Joanna Nowak", "Anna", "agent:\"Joanna Nowak\""),
            ("tags", "v \"ip\"", "v \"ip\" 2", "tag:=\"v \"\"ip\"\"\""),
            ("customer", "Łódź", "lodz 2", "name:=Łódź"),
            ("queue", "sales", "sales 2", "queue:sales"),
            ("queue", "hot*", "", "queue:=\"hot*\""),
        ] {
            assert_eq!(exact(field, value, other), expected);
            filter(expected);
        }
        for field in FACETS {
            if let Some(unknown) = term(field, None, []) {
                assert!(matches!(filter(&unknown), Filter::Not(_)), "{unknown}");
            }
        }
    }

    #[test]
    fn sums_go_by_what_counts_go_by() {
        assert!(BREAKDOWNS.iter().all(|field| FACETS.contains(field)));
    }
}
