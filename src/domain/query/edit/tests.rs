use proptest::prelude::*;

use super::*;

const fn any(field: &str) -> Family<'_> {
    Family { field, among: &[] }
}

#[test]
fn terms_keep_their_spelling() {
    let spelled = |text: &str| terms(text).expect(text).into_iter().map(|term| term.text).collect::<Vec<_>>();
    assert_eq!(
        spelled("  today AND talk:>2m  NOT   \"a OR b\" -(x | y) "),
        ["today", "talk:>2m", "NOT   \"a OR b\"", "-(x | y)"]
    );
    assert_eq!(spelled("is:missed OR is:busy"), ["(is:missed OR is:busy)"]);
    assert_eq!(spelled("(is:missed OR is:busy)"), ["(is:missed OR is:busy)"]);
    assert_eq!(spelled("(a) OR (b)"), ["((a) OR (b))"]);
    assert_eq!(spelled(""), [""; 0]);
    assert!(terms("(a").is_err());
}

#[test]
fn pieces_go_in_and_out() {
    for (text, piece, result) in [
        ("", "is:missed", "is:missed"),
        ("is:missed", "is:missed", ""),
        ("today  is:missed talk:>2m", "is:missed", "today talk:>2m"),
        ("today", "is:missed,abandoned", "today is:missed,abandoned"),
        ("is:abandoned,missed today", "is:missed,abandoned", "today"),
        ("a OR b", "today", "(a OR b) today"),
        ("today -is:missed 601", "is:missed", "today is:missed 601"),
        ("today \"is:missed\"", "is:missed", "today \"is:missed\" is:missed"),
        ("AND today AND x", "x", "today"),
        ("today", "is:missed talk:>2m", "today is:missed talk:>2m"),
        ("is:missed today talk:>2m", "is:missed talk:>2m", "today"),
        ("TAG:\"refund\"", "tag:refund", ""),
    ] {
        assert_eq!(toggle(text, piece).as_deref(), Ok(result), "{text} + {piece}");
    }
    assert!(toggle("(today", "x").is_err());
    assert!(has("x (a OR b)", "(a OR b)") && !has("x", "") && !has("(x", "x"));
}

#[test]
fn pieces_are_excluded() {
    for (text, piece, result) in [
        ("", "is:missed", "-is:missed"),
        ("-is:missed today", "is:missed", "today"),
        ("today is:missed 601", "is:missed", "today -is:missed 601"),
        ("", "-7d", "NOT -7d"),
        ("", "a OR b", "-(a OR b)"),
        ("x | y", "a", "(x | y) -a"),
    ] {
        assert_eq!(exclude(text, piece).as_deref(), Ok(result), "{text} - {piece}");
    }
}

#[test]
fn values_stand_side_by_side() {
    let mut text = String::new();
    for (value, result) in [
        ("\"Anna Nowak\"", "today agent:\"Anna Nowak\""),
        ("Bob", "today agent:\"Anna Nowak\",Bob"),
        ("\"anna nowak\"", "today agent:Bob"),
        ("Bob", "today"),
    ] {
        text = toggle_value(if text.is_empty() { "today" } else { &text }, any("agent"), value).expect(value);
        assert_eq!(text, result);
    }
    assert_eq!(exclude_value("today agent:A,B", any("agent"), "A").as_deref(), Ok("today agent:B -agent:A"));
    assert_eq!(exclude_value("-agent:A", any("agent"), "B").as_deref(), Ok("-agent:A,B"));
    assert_eq!(exclude_value("-agent:A,B", any("agent"), "A").as_deref(), Ok("-agent:B"));
    assert_eq!(toggle_value("-agent:A,B", any("agent"), "A").as_deref(), Ok("-agent:B agent:A"));
    assert_eq!(presence("dir:in,out -tag:x", any("dir"), "out"), Presence::In);
    assert_eq!(presence("dir:in,out -tag:x", any("tag"), "X"), Presence::Out);
    assert_eq!(presence("dir:in OR tag:x", any("tag"), "x"), Presence::No);
    assert_eq!(without("today dir:in -dir:out", any("dir")).as_deref(), Some("today -dir:out"));
    assert_eq!(without("today", any("dir")), None);
    let outcomes = Family { field: "is", among: &["missed", "busy"] };
    assert_eq!(toggle_value("is:flagged", outcomes, "missed").as_deref(), Ok("is:flagged is:missed"));
    assert_eq!(toggle_value("is:Missed is:flagged", outcomes, "busy").as_deref(), Ok("is:Missed,busy is:flagged"));
    assert_eq!(without("is:missed is:missed,flagged", outcomes).as_deref(), Some("is:missed,flagged"));
}

#[test]
fn a_field_has_one_value_afterwards() {
    for (text, value, result) in [
        ("today", Some(">2m"), "today talk:>2m"),
        ("talk:>1m today talk:<5m", Some("2m..5m"), "talk:2m..5m today"),
        ("talk:>1m today -talk:2m", None, "today -talk:2m"),
        ("a OR b", Some("1m"), "(a OR b) talk:1m"),
    ] {
        assert_eq!(set_field(text, "talk", value).as_deref(), Ok(result), "{text}");
    }
    assert!(set_field("today", "talk", Some("")).is_err());
}

const FIXED: &[&str] = &[
    "today",
    "-7d",
    "is:missed",
    "tag:a,b",
    "agent:\"Anna, (B) OR \"\"C\"\"\"",
    "601",
    "\"x | y\"",
    "talk:>2m",
    "(a OR b)",
    "ł",
];

fn words() -> impl Strategy<Value = String> {
    prop_oneof![prop::sample::select(FIXED).prop_map(ToOwned::to_owned), "[a-c]{1,2}", "\\PC{0,6}".prop_map(|text| quote(&text))]
}

/// Queries as people write them.
fn queries() -> impl Strategy<Value = String> {
    words()
        .prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                (prop::collection::vec(inner.clone(), 0..4), prop::sample::select(&[" ", "  ", " AND ", " OR ", "|"][..]))
                    .prop_map(|(parts, between)| parts.join(between)),
                inner.clone().prop_filter_map("nothing", |text| (!text.trim().is_empty()).then(|| format!("NOT ({text})"))),
                inner.prop_filter_map("nothing", |text| (!text.trim().is_empty()).then(|| format!("({text})"))),
            ]
        })
        .prop_filter("not a query", |text| parse::parse(text).is_ok())
}

/// The tree without nested sequences, as text.
fn meaning(text: &str) -> String {
    fn flat(node: Node) -> Node {
        match node {
            Node::And(parts) => {
                let parts = parts.into_iter().map(flat).flat_map(|part| match part {
                    Node::And(inner) => inner,
                    other => vec![other],
                });
                Node::And(parts.collect())
            }
            other => other,
        }
    }
    parse::parse(text).expect(text).root.map(flat).map_or_else(String::new, |node| node.to_string())
}

proptest! {
    #[test]
    fn adding_a_piece_narrows_and_nothing_else_changes(text in queries(), piece in words()) {
        let added = toggle(&text, &piece).expect(&text);
        prop_assert!(parse::parse(&added).is_ok(), "{added}");
        let negative = exclude("", &piece).expect("a piece");
        if !has(&text, &piece) && !has(&text, &negative) && !text.trim().is_empty() {
            prop_assert_eq!(meaning(&added), meaning(&format!("({text}) {piece}")));
        }
        prop_assert_eq!(has(&added, &piece), !has(&text, &piece));
        let twice = toggle(&added, &piece).expect(&added);
        prop_assert_eq!(has(&twice, &piece), has(&text, &piece));
        let out = exclude(&text, &piece).expect(&text);
        prop_assert!(parse::parse(&out).is_ok() && (!has(&out, &piece) || has(&text, &negative)), "{out}");
    }

    #[test]
    fn a_value_goes_in_and_out_again(text in queries(), value in "\\PC{0,6}", other in "[a-c]") {
        let (value, before) = (quote(&value), presence(&text, any("tag"), &quote(&value)));
        let _ = before;
        let with = toggle_value(&text, any("tag"), &other).expect(&text);
        prop_assert!(parse::parse(&with).is_ok(), "{with}");
        prop_assert_eq!(presence(&with, any("tag"), &other) == Presence::In, presence(&text, any("tag"), &other) != Presence::In);
        let out = exclude_value(&with, any("tag"), &value).expect(&with);
        prop_assert_eq!(presence(&out, any("tag"), &value) == Presence::Out, presence(&with, any("tag"), &value) != Presence::Out);
        let back = exclude_value(&out, any("tag"), &value).expect(&out);
        prop_assert_eq!(presence(&back, any("tag"), &value), if presence(&with, any("tag"), &value) == Presence::Out { Presence::Out } else { Presence::No });
        let set = set_field(&text, "tag", Some(&value)).expect(&text);
        prop_assert_eq!(presence(&set, any("tag"), &value), Presence::In);
    }
}
