use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{
    fields::{Text, Tick},
    writing::Draft,
};
use crate::domain::query::{QueryContext, edit, prepare};

fn context() -> QueryContext {
    QueryContext {
        now: "2026-11-07T14:32:00+01:00".parse().expect("an instant"),
        zone: TimeZone::get("Europe/Warsaw").expect("a zone"),
        country_code: None,
        national_prefix: None,
        views: BTreeMap::new(),
    }
}

fn draft(query: &str) -> Draft {
    Draft::read(query, &context())
}

#[test]
fn fields_show_the_query_and_keep_what_they_cannot_show() {
    let draft = draft(
        "today >2m ext:601..609,7* -is:recorded is:missed,busy dir:in -tag:x (a OR b) wait:>30s is:missed,flagged agent:A agent:B",
    );
    assert_eq!(draft.text(Text::When), "today");
    assert_eq!(draft.text(Text::TalkFrom), ">2m");
    assert_eq!(draft.text(Text::Extension), "601..609,7*");
    assert_eq!(draft.text(Text::Wait), "30s");
    assert_eq!(draft.text(Text::Agent), "A");
    assert!(draft.ticked(Tick::NotRecorded) && draft.ticked(Tick::Missed) && draft.ticked(Tick::Busy) && draft.ticked(Tick::In));
    assert!(!draft.ticked(Tick::Answered) && !draft.ticked(Tick::Flagged) && !draft.ticked(Tick::Recorded));
    assert_eq!(draft.rest(), "-tag:x (a OR b) is:missed,flagged agent:B");
}

#[test]
fn what_is_filled_in_is_written() {
    let context = context();
    for (text, typed, written) in [
        (Text::When, "-7d", "-7d"),
        (Text::When, "2026", "date:2026"),
        (Text::When, "today,yesterday", "date:today,yesterday"),
        (Text::From, "2026-11-01", "date:2026-11-01.."),
        (Text::To, "7.11.", "date:..7.11."),
        (Text::Extension, "601,605", "ext:601,605"),
        (Text::Agent, "Anna Nowak", "agent:\"Anna Nowak\""),
        (Text::Agent, "Anna Nowak, Bob", "agent:\"Anna Nowak\",Bob"),
        (Text::Agent, "\"Nowak, Anna\",Bob", "agent:\"Nowak, Anna\",Bob"),
        (Text::Agent, "a) OR (b", "agent:\"a) OR (b\""),
        (Text::Number, "+48 22", "num:\"+48 22\""),
        (Text::TalkFrom, "2m", "talk:2m.."),
        (Text::TalkFrom, ">2m", "talk:>2m"),
        (Text::TalkTo, "5m", "talk:..5m"),
        (Text::Wait, "30s", "wait:>30s"),
        (Text::Wait, "<=30s", "wait:<=30s"),
        (Text::Size, "10MB", "size:>10MB"),
        (Text::Note, "call back", "note:\"call back\""),
        (Text::Note, "  ", ""),
    ] {
        let mut draft = Draft::default();
        draft.set(text, typed, &context);
        assert_eq!(draft.query(), written, "{text:?} {typed}");
        if text != Text::Note {
            assert!(prepare(&draft.query(), &context).is_ok(), "{written}");
        }
        assert_eq!(draft.rest(), "", "{written}");
        let again = Draft::read(&draft.query(), &context);
        assert_eq!((again.query(), again.rest()), (draft.query(), String::new()));
    }
    let mut draft = draft("yesterday is:busy x");
    draft.set(Text::When, "today", &context);
    draft.turn(Tick::Missed, &context);
    draft.turn(Tick::Recorded, &context);
    draft.turn(Tick::NotRecorded, &context);
    draft.set(Text::TalkFrom, ">2m", &context);
    draft.set(Text::TalkTo, "5m", &context);
    assert_eq!(draft.query(), "today is:missed,busy x -is:recorded talk:2m..5m");
    draft.set(Text::When, "", &context);
    assert_eq!(draft.query(), "is:missed,busy x -is:recorded talk:2m..5m");
}

#[test]
fn a_query_that_is_none_is_left_alone() {
    let mut draft = draft("(today");
    draft.turn(Tick::In, &context());
    assert_eq!((draft.query(), draft.rest()), ("(today dir:in".to_owned(), "(today".to_owned()));
}

proptest! {
    /// Opening the form changes nothing, and filling in one field leaves every other term as it was.
    #[test]
    fn other_terms_stay(parts in prop::collection::vec(prop::sample::select(&["today", "-tag:x", "agent:A,\"B C\"", "is:missed", "(a OR b)", "talk:>2m", "dir:in,out", "601", "NOT x", "\"y z\"", "ext:6*"][..]), 0..6), typed in "[a-c,\" ]{0,8}") {
        let text = parts.join(" ");
        let mut draft = draft(&text);
        prop_assert_eq!(&draft.query(), &text);
        draft.set(Text::Queue, &typed, &context());
        let query = draft.query();
        let terms = edit::terms(&query);
        prop_assert!(terms.is_ok(), "{query}");
        let kept: Vec<String> = terms.expect("a query").into_iter().map(|term| term.text).collect();
        prop_assert!(kept.join(" ").starts_with(&text), "{query}");
        draft.set(Text::Queue, "", &context());
        prop_assert_eq!(&draft.query(), &text);
    }
}
