//! Columns of a call by name: the JSON names of docs/api.md, with the query language's names as synonyms.

pub use super::facet::FACETS;

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

/// Columns that only screens have: more than one field stands in them, or none of a table.
pub const SCREEN: &[&str] = &["way", "party", "number", "place", "notes", "review"];

/// What a saved view may hold as columns.
pub fn of_views() -> Vec<&'static str> {
    COLUMNS.iter().chain(SCREEN).copied().collect()
}

/// The JSON name of a column given by that name or by the query language's.
pub fn column_name(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_lowercase();
    let json = match lower.as_str() {
        "date" | "time" => "start",
        "dir" => "direction",
        "is" => "outcome",
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
    COLUMNS.iter().chain(SCREEN).find(|column| **column == json).copied()
}

/// As [`column_name`], with a sentence for people when there is no such column among `allowed`.
///
/// # Errors
/// The sentence, with the nearest name where one is near.
pub fn column_among(name: &str, allowed: &[&'static str], what: &str) -> Result<&'static str, String> {
    let lower = name.trim().to_lowercase();
    let exact = allowed.iter().find(|column| **column == lower).copied();
    if let Some(column) = exact.or_else(|| column_name(&lower).filter(|column| allowed.contains(column))) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_query_language_are_synonyms() {
        assert_eq!(column_name("ext"), Some("extension"));
        for facet in FACETS {
            assert_eq!(column_among(facet, FACETS, "facet"), Ok(*facet));
        }
        assert_eq!(column_among("length", COLUMNS, "column"), Ok("recorded_s"));
    }

    #[test]
    fn a_wrong_name_gets_the_nearest() {
        let why = column_among("tlak_s", COLUMNS, "column").expect_err("no such column");
        assert_eq!(why, "no column \"tlak_s\"; did you mean \"talk_s\"?");
        assert!(column_among("talk", FACETS, "facet").is_err(), "a column, but not one to count by");
    }
}
