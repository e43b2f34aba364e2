use proptest::prelude::*;

use super::context;
use crate::domain::query::{Comparison, FieldTerm, Node, Operand, Query, Span, Value, complete, parse, prepare, resolve};

fn value(text: String, quoted: bool) -> Value {
    Value { text, quoted, span: Span::default() }
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[a-ząčßλ0-9^*+][a-z0-9:*+#/-]{0,6}".prop_map(|text| value(text, false)),
        "[0-9]{1,2}\\.[0-9]{1,2}\\.".prop_map(|text| value(text, false)),
        "-[0-9]{1,3}(d|w|mo|y|h)".prop_map(|text| value(text, false)),
        "\\PC{0,8}".prop_map(|text| value(text, true)),
    ]
}

fn operands() -> impl Strategy<Value = Operand> {
    prop_oneof![
        values().prop_map(Operand::One),
        (prop::sample::select(&Comparison::ALL), values()).prop_map(|(sign, value)| Operand::Compare(sign, value)),
        (values(), prop::option::of(values())).prop_map(|(from, to)| Operand::Range(Some(from), to)),
        values().prop_map(|to| Operand::Range(None, Some(to))),
    ]
}

fn terms() -> impl Strategy<Value = Node> {
    prop_oneof![
        ("[a-z][a-z-]{0,6}", prop::collection::vec(operands(), 1..4)).prop_map(|(name, operands)| {
            Node::Field(FieldTerm { name, name_span: Span::default(), span: Span::default(), operands })
        }),
        "[a-złé0-9+^*>,.][a-z0-9.,*]{0,8}".prop_map(|text| Node::Word(value(text, false))),
        "-[0-9]{1,3}(d|w|mo|y|h)".prop_map(|text| Node::Word(value(text, false))),
        "\\PC{0,10}".prop_map(|text| Node::Word(value(text, true))),
        prop::sample::select(&["AND", "OR", "NOT", "|", "-x", "a:b"][..])
            .prop_map(|text| Node::Word(value(text.to_owned(), true))),
    ]
}

/// Trees as the parser makes them.
fn nodes() -> impl Strategy<Value = Node> {
    terms().prop_recursive(5, 60, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Node::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Node::Or),
            inner.prop_map(|node| Node::Not(Box::new(node))),
        ]
    })
}

fn without_places(node: &mut Node) {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter_mut().for_each(without_places),
        Node::Not(inner) => without_places(inner),
        Node::Word(value) => value.span = Span::default(),
        Node::Field(term) => {
            (term.span, term.name_span) = (Span::default(), Span::default());
            for operand in &mut term.operands {
                match operand {
                    Operand::One(value) | Operand::Compare(_, value) => value.span = Span::default(),
                    Operand::Range(from, to) => from.iter_mut().chain(to).for_each(|value| value.span = Span::default()),
                }
            }
        }
    }
}

/// Pieces of the language, in no order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "(",
        ")",
        "-",
        "\"",
        "|",
        " OR ",
        "NOT ",
        "AND ",
        "date:",
        "talk:",
        "size:",
        "num:",
        "ext:",
        "time:",
        "day:",
        "sort:",
        "view:loop",
        "view:complaints",
        "is:",
        "missed",
        "..",
        ",",
        ">",
        "<=",
        "=",
        "*",
        "^",
        "+",
        "00",
        "601",
        "-7d",
        "2m",
        "10MB",
        "2026-11-07",
        "2026-W53",
        "T25:00",
        "7.11.",
        "29.2.",
        "9999-99",
        "-1y",
        "now",
        "ł",
        "\u{202e}",
        "👩‍👩‍👧",
        "\u{0}",
        "\t",
        "99999999999999999999",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn printing_and_parsing_gives_the_same_tree(node in nodes()) {
        let query = Query { root: Some(node) };
        let text = query.to_string();
        let mut again = parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        again.root.iter_mut().for_each(without_places);
        prop_assert_eq!(&again, &query, "{}", text);
        prop_assert_eq!(again.to_string(), text);
    }

    #[test]
    fn what_is_typed_keeps_its_meaning_when_printed(text in soup()) {
        if let Ok(query) = parse(&text) {
            let printed = query.to_string();
            let again = parse(&printed).unwrap_or_else(|error| panic!("{text} → {printed}: {error}"));
            prop_assert_eq!(again.to_string(), printed);
            let meaning = |query| resolve(query, &context()).map_err(|error| error.message);
            prop_assert_eq!(meaning(&again), meaning(&query));
        }
    }

    #[test]
    fn any_text_gives_a_filter_or_an_error_inside_it(text in prop_oneof![soup(), ".*", "\\PC{0,400}"]) {
        if let Err(error) = prepare(&text, &context()) {
            prop_assert!(text.get(error.position..error.position + error.length).is_some(), "{:?}: {:?}", text, error);
            prop_assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn completions_fit_where_they_say(text in prop_oneof![soup(), ".{0,40}"], cursor in 0_usize..80) {
        for completion in complete(&text, cursor) {
            prop_assert!(text.get(completion.start..completion.end).is_some(), "{:?}", completion);
        }
    }
}

#[test]
fn completion_offers_fields_and_fixed_values() {
    let texts = |text: &str| complete(text, text.len()).into_iter().map(|completion| completion.text).collect::<Vec<_>>();
    assert_eq!(texts("today ta"), ["talk:", "tag:"]);
    assert_eq!(texts("-is:an"), ["answered"]);
    assert_eq!(texts("is:missed,ab"), ["abandoned"]);
    assert_eq!(texts("(dir:"), ["in", "out", "internal"]);
    assert_eq!(texts("tag:\"is:an"), Vec::<String>::new());
    let one = complete("is:missed,ab -x", 12);
    assert_eq!((one[0].start, one[0].end), (10, 12));
}
