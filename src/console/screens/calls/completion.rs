//! What Tab offers in the query line: the language's own words, and names that exist here.

use std::ops::Range;

use crate::{
    console::effect::Values,
    domain::{clean::fold, query},
};

/// The stretch that the completions stand for, and the completions themselves, best first.
pub fn complete(text: &str, at: usize, values: &Values) -> Option<(Range<usize>, Vec<String>)> {
    let typing = query::typing(text, at)?;
    let mut words: Vec<String> = query::complete(text, at).into_iter().map(|offer| offer.text).collect();
    if let Some(field) = typing.field {
        let typed = fold(typing.typed);
        let fits = |name: &&str| fold(name).starts_with(&typed);
        let field = field.to_ascii_lowercase();
        words.extend(names_of(&field, values).into_iter().filter(fits).map(query::quote));
        if matches!(field.as_str(), "date" | "after" | "before") {
            words.extend(DATES.iter().filter(|date| date.starts_with(&typed)).map(|date| (*date).to_owned()));
        }
    }
    (!words.is_empty()).then_some((typing.start..typing.end, words))
}

/// Shorthands of dates that are worth a key.
const DATES: &[&str] = &["today", "yesterday", "this-week", "last-week", "this-month", "last-month", "-7d", "-1mo"];

/// Names of this company.
fn names_of<'v>(field: &str, values: &'v Values) -> Vec<&'v str> {
    let names = |list: &'v [String]| list.iter().map(String::as_str).collect();
    match field {
        "tag" => names(&values.tags),
        "case" => names(&values.cases),
        "ext" => names(&values.extensions),
        "agent" => names(&values.agents),
        "group" => names(&values.groups),
        "project" => names(&values.projects),
        "view" => values.views.iter().map(|(name, _)| name.as_str()).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_values_complete_where_the_cursor_stands() {
        let values = Values { tags: vec!["refund".to_owned(), "reklamácia dva".to_owned()], ..Values::default() };
        assert_eq!(complete("talk:>2m -tal", 13, &values), Some((10..13, vec!["talk:".to_owned()])));
        assert_eq!(complete("is:mi", 5, &values), Some((3..5, vec!["missed".to_owned()])));
        assert_eq!(complete("tag:refund,rek", 14, &values), Some((11..14, vec!["\"reklamácia dva\"".to_owned()])));
        assert_eq!(complete("zzz", 3, &values), None);
        assert_eq!(complete("note:\"a ta", 10, &values), None, "inside quotes text is text");
    }

    #[test]
    fn every_offer_is_understood() {
        let values = Values::default();
        for field in query::FIELDS {
            let text = format!("{}:", field.name);
            for word in complete(&text, text.len(), &values).map(|(_, words)| words).unwrap_or_default() {
                assert!(query::parse(&format!("{text}{word}")).is_ok(), "{text}{word}");
            }
        }
    }
}
