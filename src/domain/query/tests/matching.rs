use super::{context, filter};
use crate::domain::{
    call::{Direction, Outcome, Route},
    length::Tenths,
    query::{CallFacts, CollectionFacts, RecordingFacts},
    recording::{RecordingMode, RecordingState},
};

fn text(text: &str) -> String {
    text.to_owned()
}

/// An answered queue call of Friday 6 November 2026, 21:30:15.5 in Warsaw.
fn known() -> CallFacts {
    CallFacts {
        id: text("01JC0"),
        source_ids: vec![text("pbx-1.0"), text("pbx-1.1")],
        start: "2026-11-06T20:30:15.5Z".parse().unwrap(),
        direction: Direction::In,
        route: Some(Route::Queue),
        outcome: Outcome::Answered,
        from: Some(text("+48601222333")),
        to: Some(text("+48221234567")),
        reached: Some(text("601")),
        from_names: vec![text("Jiří Černý")],
        to_names: vec![text("Anna Wiśniewska"), text("Front desk")],
        customer: Some(text("Jiří Černý")),
        extensions: vec![text("601"), text("605")],
        agents: vec![text("Anna Wiśniewska")],
        groups: vec![text("Sales North")],
        projects: vec![text("Łódź"), text("retail")],
        queue: Some(text("billing")),
        wait: Some(Tenths(42)),
        talk: Some(Tenths(7230)),
        on_hold: Some(Tenths(0)),
        case: Some(text("C-17")),
        tags: vec![text("refund"), text("VIP")],
        flagged: true,
        notes: vec![text("Please call back on Monday."), text("Straße 5")],
        recordings: vec![
            RecordingFacts {
                id: text("01JR0"),
                mode: Some(RecordingMode::Auto),
                state: RecordingState::Stored,
                length: Tenths(4000),
                bytes: 6_400_000,
                places: vec![text("internal")],
            },
            RecordingFacts {
                id: text("01JR1"),
                mode: Some(RecordingMode::OnDemand),
                state: RecordingState::Lost,
                length: Tenths(3000),
                bytes: 4_800_000,
                places: Vec::new(),
            },
        ],
        heard_by: vec![text("Łucja Nowak"), text("local:anna")],
        downloaded_by: vec![text("local:anna")],
        collections: vec![
            CollectionFacts { name: text("Training North"), owner: text("anna"), readers: vec![text("*")] },
            CollectionFacts { name: text("secret"), owner: text("anna"), readers: vec![text("ben")] },
        ],
    }
}

/// The same moment; all that may be unknown is.
fn unknown() -> CallFacts {
    CallFacts {
        id: text("01JC1"),
        source_ids: Vec::new(),
        direction: Direction::Out,
        route: None,
        outcome: Outcome::Unanswered,
        from: None,
        to: None,
        reached: None,
        from_names: Vec::new(),
        to_names: Vec::new(),
        customer: None,
        extensions: Vec::new(),
        agents: Vec::new(),
        groups: Vec::new(),
        projects: Vec::new(),
        queue: None,
        wait: None,
        talk: None,
        on_hold: None,
        case: None,
        tags: Vec::new(),
        flagged: false,
        notes: Vec::new(),
        recordings: Vec::new(),
        heard_by: Vec::new(),
        downloaded_by: Vec::new(),
        collections: Vec::new(),
        ..known()
    }
}

/// Queries that the known call satisfies, each about something that the other does not know.
const TRUE_OF_KNOWN: &[&str] = &[
    "num:601222",
    "from:+48601",
    "from:0601222333",
    "from:*333",
    "num:^601",
    "num:=+48221234567",
    "from:=0601222333",
    "to:=601",
    "to:601",
    "to:22-123-45-67",
    "from:cerny",
    "to:wisniewska",
    "to:\"front d\"",
    "num:jiri",
    "name:čern",
    "ext:605",
    "ext:600..605",
    "ext:60*",
    "agent:WISN",
    "agent:=\"anna WISNIEWSKA\"",
    "tag:=vip",
    "name:=\"jiri cerny\"",
    "group:=\"sales north\"",
    "case:=c-17",
    "project:=lodz",
    "group:\"sales north\"",
    "group:\"sales*\"",
    "project:lodz",
    "queue:billing,sales",
    "route:queue",
    "dir:in",
    "is:answered",
    "is:recorded",
    "is:flagged",
    "is:lost",
    "has:recording",
    "has:note",
    "has:tag",
    "has:case",
    "mode:on-demand",
    "heard-by:lucja",
    "heard-by:=\"łucja nowak\"",
    "downloaded-by:anna",
    "in:\"training north\"",
    "in:train*",
    "talk:12:03",
    "talk:>12m",
    "talk:723..",
    "wait:4.2",
    "wait:<5",
    "on-hold:0",
    "on-hold:..1m",
    "len:11:40",
    "size:11MB",
    "size:>11MB size:<12MB",
    "case:c-17",
    "case:c*",
    "tag:vip",
    "tag:fun",
    "note:\"back call\"",
    "note:strasse",
    "id:01JC0",
    "id:pbx-1.1",
    "id:01JR1",
    "on:internal",
    "wisniewska",
    "billing",
    "refund",
    "monday",
];

#[test]
fn what_is_known_is_found_and_its_negation_is_not() {
    let zone = context().zone;
    for query in TRUE_OF_KNOWN {
        let filter = filter(query);
        assert!(filter.matches(&known(), &zone), "{query}");
        assert!(!super::filter(&format!("-({query})")).matches(&known(), &zone), "-({query})");
    }
}

#[test]
fn on_unknown_values_terms_are_false_and_their_negations_true() {
    let zone = context().zone;
    for query in TRUE_OF_KNOWN {
        assert!(!filter(query).matches(&unknown(), &zone), "{query}");
        assert!(filter(&format!("-({query})")).matches(&unknown(), &zone), "-({query})");
    }
    for range in ["talk:>2m", "talk:<2m", "wait:0..", "on-hold:0", "len:<1h", "size:<1GB"] {
        assert!(!filter(range).matches(&unknown(), &zone), "{range}");
    }
}

#[test]
fn what_is_otherwise_is_not_found() {
    let zone = context().zone;
    for query in [
        "from:^601",
        "from:+4822",
        "to:333",
        "num:=60",
        "num:=+4822123456",
        "to:=+48601222333",
        "num:999999",
        "from:wisniewska",
        "name:wisniewska",
        "ext:60",
        "ext:6010",
        "ext:601*5",
        "group:sales",
        "queue:bill",
        "project:ret",
        "route:ivr",
        "dir:out",
        "is:missed",
        "talk:<12m",
        "talk:12:04",
        "talk:>12:03",
        "on-hold:>0",
        "len:<11:40",
        "case:C-1",
        "tag:funds,unfair",
        "note:ack",
        "note:\"call five\"",
        "id:01jc0",
        "on:inter",
        "niewska anna.",
        "\"anna back\"",
    ] {
        let found = crate::domain::query::prepare(query, &context()).map(|prepared| prepared.filter.matches(&known(), &zone));
        assert!(!found.unwrap_or(false), "{query}");
    }
}

#[test]
fn moments_are_taken_in_the_companys_zone() {
    let zone = context().zone;
    for (query, expected) in [
        ("yesterday", true),
        ("today", false),
        ("fri", true),
        ("2026-11-06T21:30", true),
        ("2026-11-06T20:30", false),
        ("date:2026-11-06T21:30:15", true),
        ("date:>=2026-11-06T21:30:16", false),
        ("before:2026-11-06T20:30:15.5Z", false),
        ("after:2026-11-06T20:30:15.5Z", true),
        ("day:fri", true),
        ("day:sat..thu", false),
        ("day:thu..sat", true),
        ("time:21:30..22:00", true),
        ("time:20:00..21:30", false),
        ("time:21:00..06:00", true),
        ("time:22:00..06:00", false),
        ("time:21", true),
        ("-7d", true),
        ("-12h", false),
        ("2026-W45", true),
        ("date:..2026-11-05", false),
    ] {
        assert_eq!(filter(query).matches(&known(), &zone), expected, "{query}");
    }
}
