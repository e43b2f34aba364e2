use super::{Filter, Predicate, context, filter, prepared};
use crate::domain::{
    call::{Direction, Outcome, Route},
    query::{
        ExtensionPattern, FIELDS, Has, Is, NamePattern, NumberFragment, NumberPattern, Range, Side, Sort, SortField, Weekdays,
        prepare, quote,
    },
    recording::RecordingMode,
};

fn is(predicate: Predicate) -> Filter {
    Filter::Is(predicate)
}

fn number(side: Side, fragments: &[(&str, bool, bool)]) -> Filter {
    let fragments = fragments
        .iter()
        .map(|(digits, from_start, to_end)| NumberFragment {
            digits: (*digits).to_owned(),
            from_start: *from_start,
            to_end: *to_end,
        })
        .collect();
    is(Predicate::Number(side, NumberPattern { fragments }))
}

const fn range(from: i64, to: i64) -> Range {
    Range { from: Some(from), to: Some(to) }
}

const fn at_least(from: i64) -> Range {
    Range { from: Some(from), to: None }
}

const fn at_most(to: i64) -> Range {
    Range { from: None, to: Some(to) }
}

#[test]
fn lengths_and_sizes() {
    for (text, expected) in [
        ("talk:>2m", at_least(1201)),
        ("talk:>=2m", at_least(1200)),
        ("talk:<2m", at_most(1199)),
        ("talk:<=2m", at_most(1200)),
        ("talk:90s", range(900, 909)),
        ("talk:=90", range(900, 909)),
        ("talk:4.2", range(42, 42)),
        ("talk:1h30m", range(54_000, 54_009)),
        ("talk:1:02:30..", at_least(37_500)),
        ("talk:2:30..5:00", range(1500, 3000)),
        (">2m", at_least(1201)),
        ("<=30s", at_most(300)),
    ] {
        assert_eq!(filter(text), is(Predicate::Talk(expected)), "{text}");
    }
    assert_eq!(filter("len:2:30..5:00"), is(Predicate::RecordingLength(range(1500, 3000))));
    assert_eq!(filter("wait:<=30s"), is(Predicate::Wait(at_most(300))));
    assert_eq!(filter("on-hold:>1m"), is(Predicate::OnHold(at_least(601))));
    for (text, expected) in [
        ("size:>10MB", at_least(10_000_001)),
        ("size:10MB", range(10_000_000, 10_999_999)),
        ("size:1.5GB..2GB", range(1_500_000_000, 2_000_000_000)),
        ("size:<500kB", at_most(499_999)),
        ("size:1000", range(1000, 1000)),
    ] {
        assert_eq!(filter(text), is(Predicate::Size(expected)), "{text}");
    }
}

#[test]
fn numbers() {
    for (text, fragments) in [
        ("0142", &[("0142", false, false), ("+48142", true, false)][..]),
        ("+36", &[("+36", true, false)]),
        ("^+48", &[("+48", true, false)]),
        ("*0188", &[("0188", false, true)]),
        ("601*", &[("601", true, false)]),
        ("*601*", &[("601", false, false)]),
        ("^601", &[("601", true, false)]),
        ("0048601", &[("+48601", true, false)]),
        ("000", &[("000", false, false)]),
        ("0601222333", &[("0601222333", false, false), ("+48601222333", true, false)]),
        ("601-222-333", &[("601222333", false, false)]),
    ] {
        assert_eq!(filter(text), number(Side::Any, fragments), "{text}");
        assert_eq!(filter(&format!("num:{text}")), number(Side::Any, fragments), "num:{text}");
    }
    assert_eq!(filter("num:\"+48 (22) 123-45\""), number(Side::Any, &[("+482212345", true, false)]));
    assert_eq!(
        filter("from:601 to:+36*"),
        Filter::And(vec![number(Side::From, &[("601", false, false)]), number(Side::To, &[("+36", true, false)])])
    );
    assert_eq!(filter("from:novak"), is(Predicate::PartyName(Side::From, "novak".to_owned())));
    assert_eq!(filter("num:\"Anna Nowak\""), is(Predicate::PartyName(Side::Any, "Anna Nowak".to_owned())));
    assert_eq!(filter("12"), is(Predicate::Text("12".to_owned())), "two digits are text");
}

#[test]
fn national_form_follows_the_company() {
    let mut context = context();
    context.national_prefix = None;
    let one = |text: &str, context: &_| match prepare(text, context).unwrap().filter {
        Filter::Is(Predicate::Number(_, pattern)) => {
            pattern.fragments.into_iter().map(|fragment| fragment.digits).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(one("num:0601", &context), ["0601", "+48601"]);
    context.national_prefix = Some("8".to_owned());
    assert_eq!(one("num:8601", &context), ["8601", "+48601"]);
    assert_eq!(one("num:0601", &context), ["0601"]);
    context.country_code = None;
    assert_eq!(one("num:8601", &context), ["8601"]);
}

#[test]
fn whole_numbers_have_every_form_that_they_stand_for() {
    let context = context();
    let forms = |text: &str| match prepare(text, &context).map(|prepared| prepared.filter) {
        Ok(Filter::Is(Predicate::Number(side, pattern))) => {
            assert!(pattern.fragments.iter().all(|one| one.from_start && one.to_end), "{text}");
            (side, pattern.fragments.into_iter().map(|one| one.digits).collect::<Vec<_>>())
        }
        other => panic!("{text}: {other:?}"),
    };
    for (text, side, expected) in [
        ("num:=+48221234567", Side::Any, &["+48221234567"][..]),
        ("from:=0048221234567", Side::From, &["+48221234567"]),
        ("to:=\"+48 (22) 123-45-67\"", Side::To, &["+48221234567"]),
        ("num:=0221234567", Side::Any, &["0221234567", "+48221234567"]),
        ("num:=221234567", Side::Any, &["221234567", "+48221234567"]),
        ("num:=601", Side::Any, &["601"]),
        ("num:=112,=997,=+420777555090", Side::Any, &["112", "997", "+420777555090"]),
        ("num:=anna", Side::Any, &["anna"]),
        ("num:=\"Queue *support\"", Side::Any, &["Queue *support"]),
    ] {
        assert_eq!(forms(text), (side, expected.iter().map(|form| (*form).to_owned()).collect::<Vec<_>>()), "{text}");
    }
    let many: Vec<String> = (0..1_000).map(|number| format!("=+4822123{number:04}")).collect();
    assert_eq!(forms(&format!("num:{}", many.join(","))).1.len(), 1_000);
    assert!(prepare("num:=+48*", &context).is_err());
    assert!(prepare("num:=", &context).is_err());
    assert!(matches!(filter("num:=601,22"), Filter::Or(parts) if parts.len() == 2));
}

#[test]
fn fields_with_words() {
    let text = |text: &str| text.to_owned();
    for (query, expected) in [
        ("ext:601", Predicate::Extension(ExtensionPattern::Exact(text("601")))),
        ("ext:601..609", Predicate::Extension(ExtensionPattern::Range(text("601"), text("609")))),
        ("ext:6*", Predicate::Extension(ExtensionPattern::Prefix(text("6")))),
        ("agent:wisniewska", Predicate::Agent(NamePattern::Part(text("wisniewska")))),
        ("agent:wisn*", Predicate::Agent(NamePattern::Part(text("wisn")))),
        ("group:sales", Predicate::Group(NamePattern::Whole(text("sales")))),
        ("queue:sal*", Predicate::Queue(NamePattern::Beginning(text("sal")))),
        ("project:\"North East\"", Predicate::Project(NamePattern::Whole(text("North East")))),
        ("agent:=\"Anna Nowak\"", Predicate::Agent(NamePattern::Whole(text("Anna Nowak")))),
        ("tag:=vip", Predicate::Tag(NamePattern::Whole(text("vip")))),
        ("name:=Černý", Predicate::CustomerName(NamePattern::Whole(text("Černý")))),
        ("group:=sales", Predicate::Group(NamePattern::Whole(text("sales")))),
        ("queue:=\"hot*\"", Predicate::Queue(NamePattern::Whole(text("hot*")))),
        ("case:=\"*\"", Predicate::Case(NamePattern::Whole(text("*")))),
        ("project:=retail", Predicate::Project(NamePattern::Whole(text("retail")))),
        ("dir:in", Predicate::Direction(Direction::In)),
        ("dir:INTERNAL", Predicate::Direction(Direction::Internal)),
        ("route:ivr", Predicate::Route(Route::Ivr)),
        ("is:missed", Predicate::Outcome(Outcome::Missed)),
        ("is:recorded", Predicate::Is(Is::Recorded)),
        ("is:flagged", Predicate::Is(Is::Flagged)),
        ("is:lost", Predicate::Is(Is::Lost)),
        ("has:note", Predicate::Has(Has::Note)),
        ("mode:on-demand", Predicate::Mode(RecordingMode::OnDemand)),
        ("case:C-17", Predicate::Case(NamePattern::Whole(text("C-17")))),
        ("tag:refund", Predicate::Tag(NamePattern::Part(text("refund")))),
        ("note:\"call back\"", Predicate::Note(text("call back"))),
        ("id:pbx-1795219324.0", Predicate::Id(text("pbx-1795219324.0"))),
        ("on:\"S3 Frankfurt\"", Predicate::On(NamePattern::Whole(text("S3 Frankfurt")))),
        ("name:Černý", Predicate::CustomerName(NamePattern::Part(text("Černý")))),
        ("day:mon..fri", Predicate::Weekday(Weekdays(0b001_1111))),
        ("day:fri..mon", Predicate::Weekday(Weekdays(0b111_0001))),
        ("day:sun", Predicate::Weekday(Weekdays(0b100_0000))),
        ("time:08:00..12:00", Predicate::TimeOfDay { from: 480, to: 720 }),
        ("time:22:00..06:00", Predicate::TimeOfDay { from: 1320, to: 360 }),
        ("time:8", Predicate::TimeOfDay { from: 480, to: 540 }),
        ("time:18:00..", Predicate::TimeOfDay { from: 1080, to: 1440 }),
        ("time:<8:30", Predicate::TimeOfDay { from: 0, to: 510 }),
        ("wisniewska", Predicate::Text(text("wisniewska"))),
        ("\"Anna OR\"", Predicate::Text(text("Anna OR"))),
        ("\"say \"\"hi\"\"\"", Predicate::Text(text("say \"hi\""))),
        ("2:30", Predicate::Text(text("2:30"))),
    ] {
        assert_eq!(filter(query), is(expected), "{query}");
    }
}

#[test]
fn whole_names_have_no_star() {
    for text in ["agent:=wisn*", "tag:=*", "group:=sal*", "name:=", "agent:=\"\"", "agent:>Anna", "agent:=a..b*"] {
        assert!(prepare(text, &context()).is_err(), "{text}");
    }
    let name = |name: &str| is(Predicate::Agent(NamePattern::Whole(name.to_owned())));
    assert_eq!(filter("-agent:=Anna,=Bob"), Filter::Not(Box::new(Filter::Or(vec![name("Anna"), name("Bob")]))));
}

#[test]
fn terms_combine() {
    let sales = || is(Predicate::Queue(NamePattern::Whole("sales".to_owned())));
    let billing = || is(Predicate::Queue(NamePattern::Whole("billing".to_owned())));
    let missed = || is(Predicate::Outcome(Outcome::Missed));
    let either = || Filter::Or(vec![sales(), billing()]);
    for (text, expected) in [
        ("", Filter::All),
        ("  \t ", Filter::All),
        ("queue:sales is:missed", Filter::And(vec![sales(), missed()])),
        ("queue:sales AND is:missed", Filter::And(vec![sales(), missed()])),
        ("queue:sales,billing", either()),
        ("queue:sales | queue:billing", either()),
        ("queue:sales|queue:billing", either()),
        ("(queue:sales OR queue:billing) is:missed", Filter::And(vec![either(), missed()])),
        ("queue:sales OR queue:billing is:missed", Filter::Or(vec![sales(), Filter::And(vec![billing(), missed()])])),
        ("-is:missed", Filter::Not(Box::new(missed()))),
        ("NOT is:missed", Filter::Not(Box::new(missed()))),
        ("-(is:missed)", Filter::Not(Box::new(missed()))),
        ("-queue:sales,billing", Filter::Not(Box::new(either()))),
        ("NOT -is:missed", Filter::Not(Box::new(Filter::Not(Box::new(missed()))))),
    ] {
        assert_eq!(filter(text), expected, "{text}");
    }
    let Filter::And(parts) = filter("today >2m ext:601..609 -is:flagged") else { panic!() };
    assert_eq!(parts.len(), 4);
}

#[test]
fn views_are_expanded_with_their_order() {
    let complaints =
        || Filter::Or(vec![is(Predicate::Tag(NamePattern::Part("complaint".to_owned()))), is(Predicate::Has(Has::Case))]);
    let prepared_view = prepared("view:complaints dir:in");
    assert_eq!(prepared_view.filter, Filter::And(vec![complaints(), is(Predicate::Direction(Direction::In))]));
    assert_eq!(prepared_view.sort, Some(Sort { field: SortField::Talk, descending: true }));
    assert_eq!(prepared("view:complaints sort:wait").sort, Some(Sort { field: SortField::Wait, descending: false }));
    assert_eq!(filter("-view:complaints"), Filter::Not(Box::new(complaints())));
    assert_eq!(filter("view:late"), is(Predicate::TimeOfDay { from: 1080, to: 1320 }), "names fold");
}

#[test]
fn orders_take_both_kinds_of_names() {
    for (text, field, descending) in [
        ("sort:-talk", SortField::Talk, true),
        ("sort:talk_s", SortField::Talk, false),
        ("sort:date", SortField::Start, false),
        ("sort:-len", SortField::RecordingLength, true),
        ("is:missed OR is:busy sort:on-hold", SortField::OnHold, false),
    ] {
        assert_eq!(prepared(text).sort, Some(Sort { field, descending }), "{text}");
    }
    for field in SortField::ALL {
        assert_eq!(Sort::parse(field.word()).is_ok(), *field != SortField::Cost, "{field}");
    }
}

#[test]
fn every_field_has_an_example_and_words_that_work() {
    for field in FIELDS {
        prepared(field.example);
        for value in field.values {
            prepared(&format!("{}:{value}", field.name));
        }
    }
}

#[test]
fn quoted_values_survive() {
    for text in ["sales", "North East", "a\"b", "", "OR", "-x", "^1", "a..b", "7.11.", "x,y", "ł ß", "*"] {
        let written = format!("case:{}", quote(text));
        match prepare(&written, &context()) {
            Ok(prepared) => assert_eq!(prepared.filter, is(Predicate::Case(NamePattern::Whole(text.to_owned()))), "{written}"),
            Err(error) => assert!(matches!(text, "" | "*"), "{written}: {error}"),
        }
    }
}

#[test]
fn two_hundred_terms_and_more_are_taken() {
    let text = (0..400).map(|n| format!("tag:t{n}")).collect::<Vec<_>>().join(" OR ");
    assert!(matches!(filter(&text), Filter::Or(parts) if parts.len() == 400));
    let ands = (0..400).map(|n| format!("-tag:t{n}")).collect::<Vec<_>>().join(" ");
    assert!(matches!(filter(&ands), Filter::And(parts) if parts.len() == 400));
}
