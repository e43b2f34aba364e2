//! Columns of a call by name: the JSON names of docs/api.md, with the query language's names as synonyms.

use super::query::{Sort, SortField};

/// JSON names of a call's fields that fit one cell, in the order in which they are listed.
pub const COLUMNS: &[&str] = &[
    "id",
    "source_ids",
    "start",
    "answered",
    "end",
    "direction",
    "route",
    "outcome",
    "from",
    "to",
    "reached",
    "customer",
    "extension",
    "extensions",
    "agent",
    "group",
    "projects",
    "queue",
    "wait_s",
    "talk_s",
    "talk_at_most_s",
    "on_hold_s",
    "duration_s",
    "cost",
    "case",
    "tags",
    "flagged",
    "recordings",
    "recorded_s",
    "bytes",
    "mode",
    "legs",
];

/// Fields that can be counted by value.
pub const FACETS: &[&str] = &[
    "direction",
    "route",
    "outcome",
    "extension",
    "agent",
    "group",
    "projects",
    "queue",
    "mode",
    "case",
    "tags",
    "customer",
    "flagged",
];

/// The JSON name of a column given by that name or by the query language's.
pub fn column_name(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_lowercase();
    let json = match lower.as_str() {
        "date" | "time" => "start",
        "dir" => "direction",
        "ext" => "extension",
        "name" => "customer",
        "project" => "projects",
        "wait" => "wait_s",
        "talk" => "talk_s",
        "talk-at-most" => "talk_at_most_s",
        "on-hold" | "hold_s" => "on_hold_s",
        "duration" => "duration_s",
        "len" | "length" | "length_s" => "recorded_s",
        "size" => "bytes",
        "tag" => "tags",
        "recording" => "recordings",
        other => other,
    };
    COLUMNS.iter().find(|column| **column == json).copied()
}

/// As [`column_name`], with a sentence for people when there is no such column among `allowed`.
///
/// # Errors
/// The sentence, with the nearest name where one is near.
pub fn column_among(name: &str, allowed: &[&'static str], what: &str) -> Result<&'static str, String> {
    if let Some(column) = column_name(name).filter(|column| allowed.contains(column)) {
        return Ok(column);
    }
    let cleaned = super::clean::line(name.trim(), 40);
    let nearest = allowed
        .iter()
        .map(|column| (strsim::damerau_levenshtein(&cleaned.to_lowercase(), column), column))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    Err(match nearest {
        Some((_, column)) => format!("no {what} \"{cleaned}\"; did you mean \"{column}\"?"),
        None => format!("no {what} \"{cleaned}\"; there are {}", allowed.join(", ")),
    })
}

/// An order such as `talk_s` or `-talk` (largest first).
///
/// # Errors
/// A sentence that names what there is.
pub fn sort_of(text: &str) -> Result<Sort, String> {
    let text = text.trim();
    let (descending, name) = match text.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, text),
    };
    let allowed: Vec<&'static str> = SortField::ALL.iter().map(|field| field.word()).collect();
    let column = column_among(name, &allowed, "order")?;
    column.parse().map(|field| Sort { field, descending }).map_err(|()| format!("cannot sort by \"{column}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_query_language_are_synonyms() {
        assert_eq!(sort_of("-talk"), Ok(Sort { field: SortField::Talk, descending: true }));
        assert_eq!(sort_of("len"), Ok(Sort { field: SortField::RecordingLength, descending: false }));
        assert_eq!(column_name("ext"), Some("extension"));
        for field in SortField::ALL {
            assert_eq!(sort_of(field.word()).map(|sort| sort.field), Ok(*field));
        }
        for column in FACETS {
            assert_eq!(column_name(column), Some(*column));
        }
    }

    #[test]
    fn a_wrong_name_gets_the_nearest() {
        let why = sort_of("tlak").expect_err("no such order");
        assert!(why.contains("did you mean \"talk_s\""), "{why}");
    }
}
