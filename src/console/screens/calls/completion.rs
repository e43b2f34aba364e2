//! What Tab offers in the query line.

use std::ops::Range;

use crate::console::effect::Values;

const FIELDS: &[&str] = &[
    "date:", "after:", "before:", "time:", "day:", "num:", "from:", "to:", "name:", "ext:", "agent:", "group:", "queue:",
    "project:", "dir:", "route:", "is:", "has:", "talk:", "wait:", "on-hold:", "len:", "cost:", "size:", "case:", "tag:",
    "note:", "id:", "on:", "mode:", "view:", "sort:",
];

/// The stretch that the completions stand for, and the completions themselves, best first.
pub fn complete(text: &str, at: usize, values: &Values) -> Option<(Range<usize>, Vec<String>)> {
    let start = text[..at].rfind([' ', '(', '|']).map_or(0, |space| space + 1);
    let word = text[start..at].trim_start_matches('-');
    let start = at - word.len();
    let (from, words): (usize, Vec<String>) = match word.split_once(':') {
        None => (start, FIELDS.iter().filter(|field| field.starts_with(word)).map(|field| (*field).to_owned()).collect()),
        Some((field, rest)) => {
            let part = rest.rsplit(',').next().unwrap_or(rest);
            let fits = |value: &&str| crate::domain::clean::fold(value).starts_with(&crate::domain::clean::fold(part));
            (at - part.len(), of_field(field, values).into_iter().filter(fits).map(quoted).collect())
        }
    };
    (!words.is_empty()).then_some((from..at, words))
}

fn of_field<'v>(field: &str, values: &'v Values) -> Vec<&'v str> {
    let names = |list: &'v [String]| list.iter().map(String::as_str).collect();
    match field {
        "dir" => vec!["out", "in", "internal"],
        "route" => vec!["direct", "ivr", "queue"],
        "is" => {
            vec!["answered", "missed", "unanswered", "abandoned", "busy", "failed", "recorded", "unrecorded", "flagged", "lost"]
        }
        "has" => vec!["recording", "note", "tag", "case"],
        "mode" => vec!["auto", "on-demand"],
        "date" => vec!["today", "yesterday", "this-week", "last-week", "this-month", "last-month", "-7d", "-1mo"],
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

fn quoted(value: &str) -> String {
    if value.contains([' ', ',', '(', ')', '"']) { format!("\"{}\"", value.replace('"', "")) } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_values_complete_where_the_cursor_stands() {
        let values = Values { tags: vec!["refund".to_owned(), "reklamácia".to_owned()], ..Values::default() };
        assert_eq!(complete("talk:>2m -i", 11, &values), Some((10..11, vec!["is:".to_owned(), "id:".to_owned()])));
        assert_eq!(complete("is:mi", 5, &values), Some((3..5, vec!["missed".to_owned()])));
        assert_eq!(complete("tag:refund,rek", 14, &values), Some((11..14, vec!["reklamácia".to_owned()])));
        assert_eq!(complete("zzz", 3, &values), None);
    }
}
