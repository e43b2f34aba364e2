use std::collections::BTreeMap;

use super::{context, error};
use crate::domain::query::{PLANNED_FIELDS, PLANNED_VALUES, prepare};

#[test]
fn errors_point_at_the_word_and_offer_the_nearest() {
    for (text, word, message) in [
        ("today lenght:>2m", "lenght:", "no field \"lenght:\"; did you mean \"len:\"?"),
        ("form:601", "form:", "no field \"form:\"; did you mean \"from:\"?"),
        ("łóżko FORM:601", "FORM:", "no field \"form:\"; did you mean \"from:\"?"),
        ("direction:in", "direction:", "no field \"direction:\"; did you mean \"dir:\"?"),
        ("zzzzzz:1", "zzzzzz:", "no field \"zzzzzz:\"; to look for the text, put it in quotes"),
        ("is:mised", "mised", "no value \"mised\" for \"is:\"; did you mean \"missed\"?"),
        ("is:unreviewd", "unreviewd", "no value \"unreviewd\" for \"is:\"; did you mean \"unreviewed\"? (it comes with reviews)"),
        ("is:unrecorded", "unrecorded", "no value \"unrecorded\" for \"is:\" yet: it comes with rules of recording"),
        ("has:hold", "hold", "no value \"hold\" for \"has:\" yet: it comes with holds"),
        ("cost:>1.50", "cost:", "no field \"cost:\" yet: it comes with costs and tariffs"),
        ("sort:-cost", "-cost", "no value \"cost\" for \"sort:\" yet: it comes with costs and tariffs"),
        ("dir:out,inn", "inn", "no value \"inn\" for \"dir:\"; did you mean \"in\"?"),
        ("dir:sideways", "sideways", "no value \"sideways\" for \"dir:\"; it takes in, out, internal"),
        ("len:>abc", ">abc", "not a length; try 90s, 2m, 1h30m or 2:30"),
        ("talk:2:75", "2:75", "not a length; try 90s, 2m, 1h30m or 2:30"),
        ("num:^", "^", "\"^\" has neither digits nor letters"),
        (">10MB", ">10MB", "not a length; did you mean \"size:>10MB\"?"),
        (">2026-11-01", ">2026-11-01", "not a length; did you mean \"date:>2026-11-01\"?"),
        ("size:big", "big", "not a size; try 500kB, 10MB or 1.5GB"),
        ("11/7/2026", "11/7/2026", "this could be two days; write 2026-11-07 or 7.11.2026"),
        ("date:11/7/2026", "11/7/2026", "this could be two days; write 2026-11-07 or 7.11.2026"),
        ("2026-13", "2026-13", "there is no such day or time; try today, -7d, 2026-11-07, 7.11. or 2026-W45"),
        ("31.2.2026", "31.2.2026", "there is no such day or time; try today, -7d, 2026-11-07, 7.11. or 2026-W45"),
        ("date:soon", "soon", "not a date; try today, -7d, 2026-11-07, 7.11. or 2026-W45"),
        ("-7m", "-7m", "months are written \"mo\": did you mean \"-7mo\"? (hours are \"h\")"),
        ("-99999999999d", "-99999999999d", "this is too far back"),
        ("date:-900000y..", "-900000y..", "this is too far away"),
        ("date:fri..mon", "fri..mon", "this range ends before it begins"),
        ("talk:5m..2m", "5m..2m", "this range ends before it begins"),
        ("time:25:00", "25:00", "not a time of day; try 08:00..12:00"),
        ("time:08:00..08:00", "08:00..08:00", "no time of day lies between these"),
        ("ext:601..60", "601..60", "a range of extensions wants two numbers of the same length, such as 601..609"),
        ("tag:>5", ">5", "\"tag:\" takes no comparison; to look for the text, put it in quotes"),
        ("tag:\"\"", "\"\"", "there is nothing to look for"),
        ("agent:*", "*", "there is nothing to look for"),
        ("note:---", "---", "there is no word to look for"),
        ("a \"b c", "\"b c", "this quotation mark is not closed"),
        ("tag:\"b c", "\"b c", "this quotation mark is not closed"),
        ("(a OR b", "(", "this parenthesis is not closed"),
        ("a) b", ")", "this parenthesis closes nothing"),
        ("a () b", "()", "there is nothing between these parentheses"),
        ("a OR", "OR", "OR wants a term on both sides"),
        ("a || b", "|", "OR wants a term on both sides"),
        ("(a OR ) b", "OR", "OR wants a term on both sides"),
        ("a -", "-", "a negation wants a term after it"),
        ("NOT", "NOT", "a negation wants a term after it"),
        ("tag: x", "tag:", "\"tag:\" wants a value after it, without a blank"),
        ("tag:a, b", "tag:a,", "\"tag:\" wants a value after it, without a blank"),
        ("talk:> 2m", ">", "\">\" wants a value after it, without a blank"),
        ("date:..", "..", "a range wants at least one end"),
        ("talk:1..2..3", "2..3", "a range has one \"..\" only"),
        ("view:complaint", "complaint", "no view \"complaint\"; did you mean \"complaints\"?"),
        ("view:nothing-like-it", "nothing-like-it", "no view \"nothing-like-it\""),
        ("view:loop", "view:loop", "in the view \"loop\": in the view \"ring\": the view \"loop\" contains itself"),
        ("a view:broken", "view:broken", "in the view \"broken\": no field \"lenght:\"; did you mean \"len:\"?"),
        ("-sort:talk", "sort:talk", "\"sort:\" cannot be negated; sort:-talk turns the order round"),
        ("a OR sort:talk", "sort:talk", "\"sort:\" is no alternative; write it at the end"),
        ("sort:talk sort:wait", "sort:wait", "there is a \"sort:\" already"),
    ] {
        let error = error(text);
        assert_eq!(error.message, message, "{text}");
        assert_eq!(text.get(error.position..error.position + error.length), Some(word), "{text}: {error:?}");
    }
}

#[test]
fn what_comes_later_is_never_accepted() {
    for (field, _) in PLANNED_FIELDS {
        assert!(error(&format!("{field}:1")).message.contains(" yet: it comes with "), "{field}");
    }
    for (field, value, _) in PLANNED_VALUES {
        assert!(error(&format!("{field}:{value}")).message.contains(" yet: it comes with "), "{field}:{value}");
    }
}

#[test]
fn deep_and_long_queries_are_refused_not_crashed_on() {
    for text in ["(".repeat(10_000), "-(".repeat(5_000), "-".repeat(10_000) + "a", "NOT ".repeat(2_500) + "a"] {
        assert!(prepare(&text, &context()).is_err());
    }
    assert_eq!(error(&format!("{}a{}", "(".repeat(100), ")".repeat(100))).message, "nested too deep");
    assert_eq!(error(&"a ".repeat(5_000)).message, "the query has more than 500 terms");
    assert_eq!(error(&"a".repeat(70_000)).message, "the query is longer than 64 kB");
    assert!(prepare(&format!("{}a{}", "(".repeat(30), ")".repeat(30)), &context()).is_ok());
}

#[test]
fn views_that_multiply_are_stopped() {
    let mut context = context();
    context.views = (0..20).map(|n| (format!("v{n}"), format!("view:v{0} view:v{0}", n + 1))).collect::<BTreeMap<_, _>>();
    context.views.insert("v20".to_owned(), "is:missed".to_owned());
    let error = prepare("view:v0", &context).unwrap_err();
    assert!(error.message.ends_with("the query has more than 500 terms"), "{error}");
}
