//! The language over the audit log.

use std::fmt::Write;

use super::context;
use crate::domain::{
    audit::Did,
    query::{AUDIT_FIELDS, AuditFilter, AuditPredicate, NamePattern, prepare_audit},
};

fn filter(text: &str) -> AuditFilter {
    prepare_audit(text, &context()).unwrap_or_else(|error| panic!("{text}: {}", error.message)).filter
}

#[test]
fn every_field_has_its_meaning() {
    for field in AUDIT_FIELDS {
        assert!(prepare_audit(field.example, &context()).is_ok(), "{}", field.example);
        for value in field.values {
            assert!(prepare_audit(&format!("{}:{value}", field.name), &context()).is_ok(), "{}:{value}", field.name);
        }
    }
    let is = AuditFilter::Is;
    assert_eq!(filter("who:Anna"), is(AuditPredicate::Who(NamePattern::Part("Anna".to_owned()))));
    assert_eq!(filter("who:=anna"), is(AuditPredicate::Who(NamePattern::Whole("anna".to_owned()))));
    assert_eq!(filter("did:recording.play"), is(AuditPredicate::Did(Did::Exactly("recording.play".to_owned()))));
    assert_eq!(filter("did:recording"), is(AuditPredicate::Did(Did::Noun("recording".to_owned()))));
    assert_eq!(filter("did:denied"), is(AuditPredicate::Did(Did::Outcome("refused"))));
    assert!(matches!(filter("did:listened,noted"), AuditFilter::Or(parts) if parts.len() == 2));
    assert!(matches!(filter("-who:system today"), AuditFilter::And(parts) if matches!(parts[0], AuditFilter::Not(_))));
    assert_eq!(filter("date:2026-11-07"), filter("2026-11-07"));
    assert_eq!(filter("refund"), is(AuditPredicate::Text("refund".to_owned())));
    assert_eq!(filter("\"today\""), is(AuditPredicate::Text("today".to_owned())));
    assert_eq!(filter(""), AuditFilter::All);
    assert_eq!(prepare_audit("who:anna sort:-seq", &context()).expect("query").newest_first, Some(true));
}

#[test]
fn errors_point_at_the_word() {
    for (text, position, message) in [
        ("today whoo:anna", 6, "no field \"whoo:\" in the audit log; did you mean \"who:\"?"),
        ("minutes:>2m", 0, "no field \"minutes:\" in the audit log; to look for the text, put it in quotes"),
        ("did:lisened", 4, "no act \"lisened\" for \"did:\"; did you mean \"listened\"?"),
        ("user:anna", 0, "no field \"user:\" in the audit log; did you mean \"who:\"?"),
        ("who:a..b", 4, "\"who:\" takes no range; to look for the text, put it in quotes"),
        ("sort:who", 5, "no value \"who\" for \"sort:\"; it takes seq, -seq"),
        ("-sort:seq", 1, "\"sort:\" is no alternative and cannot be negated; write it at the end"),
        ("(who:anna", 0, "this parenthesis is not closed"),
    ] {
        let error = prepare_audit(text, &context()).expect_err(text);
        assert_eq!((error.position, error.message.as_str()), (position, message), "{text}");
    }
    let many = vec!["who:a"; 501].join(" ");
    assert!(prepare_audit(&many, &context()).expect_err("many").message.contains("500 terms"));
}

#[test]
fn the_fields_are_those_of_the_document() {
    let page = include_str!("../../../../docs/query.md");
    let mut table = "| field | finds | values or an example |\n| --- | --- | --- |\n".to_owned();
    for field in AUDIT_FIELDS {
        let fixed = matches!(field.name, "did" | "where");
        let last = if fixed { field.values.join(" ") } else { field.example.to_owned() };
        writeln!(table, "| `{}:` | {} | `{last}` |", field.name, field.meaning).expect("text");
    }
    assert!(page.contains(table.trim_end()), "docs/query.md wants this table:\n{table}");
}
