//! What Tab offers in the query line: the language's own words, and names that exist here.

use std::ops::Range;

use jiff::{Timestamp, tz::TimeZone};

use crate::console::asking::Offer;
use crate::{
    console::values::Values,
    domain::{
        clean::fold,
        query::{self, Filter, Predicate, QueryContext},
    },
};

/// Offers of one kind; who wants another types on.
const MOST: usize = 200;

/// The stretch that the completions stand for, and the completions themselves, best first.
pub fn complete(text: &str, at: usize, values: &Values, context: &QueryContext) -> Option<(Range<usize>, Vec<Offer>)> {
    let typing = query::typing(text, at)?;
    let typed = fold(typing.typed);
    let mut offers: Vec<Offer> = query::complete(text, at)
        .into_iter()
        .map(|offer| {
            let remark =
                if offer.meaning.is_empty() { meaning(typing.field, &offer.text, context) } else { offer.meaning.to_owned() };
            Offer { text: offer.text, remark }
        })
        .collect();
    match typing.field.map(str::to_ascii_lowercase).as_deref() {
        Some("view") => {
            let fits = values.views.iter().filter(|view| fold(&view.name).contains(&typed));
            offers.extend(fits.map(|view| Offer { text: query::quote(&view.name), remark: view.query.clone() }));
        }
        Some(field) => {
            let fits = values.of(field).iter().filter(|known| fold(&known.name).contains(&typed)).take(MOST);
            let mut names: Vec<_> = fits.collect();
            names.sort_by_key(|known| !fold(&known.name).starts_with(&typed));
            offers.extend(names.into_iter().map(|known| Offer { text: query::quote(&known.name), remark: known.calls_text() }));
        }
        None => {}
    }
    // What stands there already is no offer.
    offers.retain(|offer| offer.text != typing.typed);
    (!offers.is_empty()).then_some((typing.start..typing.end, offers))
}

/// Names of customers that were found for what is typed.
pub fn customers(typed: &str, names: &[String]) -> Vec<Offer> {
    let typed = fold(typed);
    let fits = names.iter().filter(|name| fold(name).contains(&typed));
    fits.map(|name| Offer { text: query::quote(name), remark: String::new() }).collect()
}

/// The days that a word of dates means.
fn meaning(field: Option<&str>, word: &str, context: &QueryContext) -> String {
    if !field.is_some_and(|field| matches!(field, "date" | "after" | "before")) {
        return String::new();
    }
    let Ok(prepared) = query::prepare(&format!("date:{word}"), context) else { return String::new() };
    let Filter::Is(Predicate::Time(range)) = prepared.filter else { return String::new() };
    let day = |moment: Timestamp, zone: &TimeZone| moment.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string();
    let ends = (range.from, range.until.map(|until| until - jiff::SignedDuration::from_micros(1)));
    match ends {
        (Some(from), Some(until)) => {
            let (from, until) = (day(from, &context.zone), day(until, &context.zone));
            if from == until { from } else { format!("{from} – {until}") }
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::values::Known;

    fn context() -> QueryContext {
        QueryContext {
            now: "2026-11-07T14:32:00+01:00".parse().expect("an instant"),
            zone: TimeZone::get("Europe/Warsaw").expect("a zone"),
            country_code: None,
            national_prefix: None,
            views: std::collections::BTreeMap::new(),
        }
    }

    fn words(text: &str, values: &Values) -> Option<(Range<usize>, Vec<String>)> {
        let (range, offers) = complete(text, text.len(), values, &context())?;
        Some((range, offers.into_iter().map(|offer| offer.text).collect()))
    }

    fn values() -> Values {
        let known = |name: &str, calls| Known { name: name.to_owned(), calls: Some(calls) };
        Values {
            tags: vec![known("refund", 18), known("reklamácia dva", 3)],
            agents: vec![known("Anna \"A\" Nowak", 88), known("Nováková", 4), known("-7d", 1), known("OR", 1)],
            views: vec![crate::wire::View {
                name: "Late ones".to_owned(),
                query: "time:18:00..".to_owned(),
                ..Default::default()
            }],
            ..Values::default()
        }
    }

    #[test]
    fn fields_and_values_complete_where_the_cursor_stands() {
        assert_eq!(words("talk:>2m -tal", &values()), Some((10..13, vec!["talk:".to_owned()])));
        assert_eq!(words("is:mi", &values()), Some((3..5, vec!["missed".to_owned()])));
        assert_eq!(words("is:missed", &values()), None, "what stands there is no offer");
        assert_eq!(words("tag:refund,rek", &values()), Some((11..14, vec!["\"reklamácia dva\"".to_owned()])));
        assert_eq!(words("view:late", &values()), Some((5..9, vec!["\"Late ones\"".to_owned()])));
        assert_eq!(words("zzz", &values()), None);
        assert_eq!(words("note:\"a ta", &values()), None, "inside quotes text is text");
        let (_, offers) = complete("date:yes", 8, &values(), &context()).expect("offers");
        assert_eq!(offers[0], Offer { text: "yesterday".to_owned(), remark: "2026-11-06".to_owned() });
        let (_, offers) = complete("tag:", 4, &values(), &context()).expect("offers");
        assert_eq!(offers[0], Offer { text: "refund".to_owned(), remark: "18".to_owned() });
    }

    #[test]
    fn every_offer_is_understood() {
        for field in query::FIELDS {
            let text = format!("{}:", field.name);
            for word in words(&text, &values()).map(|(_, words)| words).unwrap_or_default() {
                let written = format!("{text}{word}");
                assert!(query::parse(&written).is_ok(), "{written}");
                let views = std::collections::BTreeMap::from([("Late ones".to_owned(), "time:18:00..".to_owned())]);
                assert!(query::prepare(&written, &QueryContext { views, ..context() }).is_ok(), "{written}");
            }
        }
    }
}
