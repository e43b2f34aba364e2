mod audit;
mod dates;
mod docs;
mod errors;
mod generated;
mod matching;
mod meaning;

use std::collections::BTreeMap;

use super::{Filter, Predicate, Prepared, QueryContext, QueryError, TimeRange, prepare};

/// Saturday 2026-11-07 14:32 in Warsaw.
fn context() -> QueryContext {
    let views = [
        ("complaints", "tag:complaint OR has:case sort:-talk"),
        ("Late", "time:18:00..22:00"),
        ("loop", "is:missed view:ring"),
        ("ring", "view:loop"),
        ("broken", "lenght:>2m"),
    ];
    QueryContext {
        now: "2026-11-07T14:32:00+01:00".parse().unwrap(),
        zone: jiff::tz::TimeZone::get("Europe/Warsaw").unwrap(),
        country_code: Some("48".to_owned()),
        national_prefix: Some("0".to_owned()),
        views: views.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect::<BTreeMap<_, _>>(),
    }
}

fn prepared(text: &str) -> Prepared {
    prepare(text, &context()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn filter(text: &str) -> Filter {
    prepared(text).filter
}

fn error(text: &str) -> QueryError {
    match prepare(text, &context()) {
        Ok(prepared) => panic!("{text} was taken as {prepared:?}"),
        Err(error) => error,
    }
}

/// First and after-last moment in Warsaw, as `2026-11-07T00:00`.
fn moments(text: &str) -> (Option<String>, Option<String>) {
    let Filter::Is(Predicate::Time(TimeRange { from, until })) = filter(text) else { panic!("{text} is no date") };
    let zone = context().zone;
    let shown = |moment: jiff::Timestamp| zone.to_datetime(moment).strftime("%Y-%m-%dT%H:%M").to_string();
    (from.map(shown), until.map(shown))
}
