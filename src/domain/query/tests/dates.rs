use super::{Filter, Predicate, context, filter, moments, prepare};
use crate::domain::query::TimeRange;

#[test]
fn every_form_of_date_means_its_moments() {
    let open = "";
    let table = [
        ("today", "2026-11-07T00:00", "2026-11-08T00:00"),
        ("Today", "2026-11-07T00:00", "2026-11-08T00:00"),
        ("yesterday", "2026-11-06T00:00", "2026-11-07T00:00"),
        ("now", "2026-11-07T14:32", "2026-11-07T14:33"),
        ("mon", "2026-11-02T00:00", "2026-11-03T00:00"),
        ("sat", "2026-11-07T00:00", "2026-11-08T00:00"),
        ("sun", "2026-11-01T00:00", "2026-11-02T00:00"),
        ("this-week", "2026-11-02T00:00", "2026-11-09T00:00"),
        ("last-week", "2026-10-26T00:00", "2026-11-02T00:00"),
        ("this-month", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("last-month", "2026-10-01T00:00", "2026-11-01T00:00"),
        ("-7d", "2026-11-01T00:00", "2026-11-07T14:32"),
        ("date:-7d", "2026-11-01T00:00", "2026-11-07T14:32"),
        ("-1d", "2026-11-07T00:00", "2026-11-07T14:32"),
        ("-2w", "2026-10-25T00:00", "2026-11-07T14:32"),
        ("-3mo", "2026-08-08T00:00", "2026-11-07T14:32"),
        ("-1y", "2025-11-08T00:00", "2026-11-07T14:32"),
        ("-12h", "2026-11-07T02:32", "2026-11-07T14:32"),
        ("date:-7d..-1d", "2026-10-31T00:00", "2026-11-07T00:00"),
        ("-7d..-1d", "2026-10-31T00:00", "2026-11-07T00:00"),
        ("date:-7d..", "2026-10-31T00:00", open),
        ("date:-12h..-6h", "2026-11-07T02:32", "2026-11-07T08:32"),
        ("date:..now", open, "2026-11-07T14:32"),
        ("2026-11", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("date:2026-11..", "2026-11-01T00:00", open),
        ("date:..2026-10", open, "2026-11-01T00:00"),
        ("date:2026", "2026-01-01T00:00", "2027-01-01T00:00"),
        ("2026-11-07", "2026-11-07T00:00", "2026-11-08T00:00"),
        ("2026-11-07T14:00", "2026-11-07T14:00", "2026-11-07T14:01"),
        ("date:2026-11-07T08:00..2026-11-07T11:59", "2026-11-07T08:00", "2026-11-07T12:00"),
        ("after:2026-11-07T13:21:04.927Z", "2026-11-07T14:21", open),
        ("2026-W45", "2026-11-02T00:00", "2026-11-09T00:00"),
        ("2026-w45", "2026-11-02T00:00", "2026-11-09T00:00"),
        ("7.11.", "2026-11-07T00:00", "2026-11-08T00:00"),
        ("24.12.", "2025-12-24T00:00", "2025-12-25T00:00"),
        ("29.2.", "2024-02-29T00:00", "2024-03-01T00:00"),
        ("7.11.2026", "2026-11-07T00:00", "2026-11-08T00:00"),
        ("date:1.11...7.11.", "2026-11-01T00:00", "2026-11-08T00:00"),
        ("1.11...7.11.", "2026-11-01T00:00", "2026-11-08T00:00"),
        ("date:1.11..7.11.", "2026-11-01T00:00", "2026-11-08T00:00"),
        ("date:1.11.2026..7.11.2026", "2026-11-01T00:00", "2026-11-08T00:00"),
        ("date:1.11...", "2026-11-01T00:00", open),
        ("date:mon..wed", "2026-11-02T00:00", "2026-11-05T00:00"),
        ("after:2026-10-01", "2026-10-01T00:00", open),
        ("before:2026-11-01", open, "2026-11-01T00:00"),
        ("date:>2026-11-01", "2026-11-02T00:00", open),
        ("date:>=2026-11-01", "2026-11-01T00:00", open),
        ("date:<2026-11-01", open, "2026-11-01T00:00"),
        ("date:<=2026-11-01", open, "2026-11-02T00:00"),
    ];
    for (text, from, until) in table {
        let known = |moment: &str| (!moment.is_empty()).then(|| moment.to_owned());
        assert_eq!(moments(text), (known(from), known(until)), "{text}");
    }
}

#[test]
fn days_have_23_or_25_hours_where_clocks_change() {
    for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-07", 24)] {
        let Filter::Is(Predicate::Time(TimeRange { from: Some(from), until: Some(until) })) = filter(day) else { panic!() };
        assert_eq!((until - from).total(jiff::Unit::Hour).unwrap(), f64::from(hours), "{day}");
    }
}

#[test]
fn a_doubled_hour_is_taken_from_its_first_to_its_last_moment() {
    let Filter::Is(Predicate::Time(TimeRange { from, until })) = filter("date:2026-10-25T02:00..2026-10-25T02:59") else {
        panic!()
    };
    assert_eq!(from.unwrap().to_string(), "2026-10-25T00:00:00Z");
    assert_eq!(until.unwrap().to_string(), "2026-10-25T02:00:00Z");
}

#[test]
fn days_begin_at_their_first_moment_even_where_midnight_is_skipped() {
    let mut context = context();
    context.zone = jiff::tz::TimeZone::get("America/Sao_Paulo").unwrap();
    let filter = prepare("2018-11-04", &context).unwrap().filter;
    let Filter::Is(Predicate::Time(TimeRange { from: Some(from), until: Some(until) })) = filter else { panic!() };
    assert_eq!(until.duration_since(from), jiff::SignedDuration::from_hours(23));
}

#[test]
fn dates_in_words_are_not_negations_and_negated_dates_are() {
    assert!(matches!(filter("-7d"), Filter::Is(Predicate::Time(_))));
    assert!(matches!(filter("-date:yesterday"), Filter::Not(_)));
    assert!(matches!(filter("-today"), Filter::Not(_)));
    assert!(matches!(filter("NOT -7d"), Filter::Not(_)));
    assert!(matches!(filter("-601"), Filter::Not(_)));
}
