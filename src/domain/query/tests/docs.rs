use std::fmt::Write;

use super::{error, prepared};
use crate::domain::query::{FIELDS, PLANNED_FIELDS, PLANNED_VALUES};

const PAGE: &str = include_str!("../../../../docs/query.md");

fn section(title: &str) -> &'static str {
    let start = PAGE.find(&format!("\n## {title}\n")).unwrap_or_else(|| panic!("docs/query.md has no section {title}"));
    let rest = &PAGE[start + 1..];
    rest.get(3..).and_then(|rest| rest.find("\n## ")).map_or(rest, |end| &rest[..end + 3])
}

/// Queries in the first column of a section's table, and what stands beside each.
fn rows(title: &str) -> Vec<(Vec<String>, String)> {
    let lines = section(title).lines().filter(|line| line.starts_with("| `"));
    let rows = lines.map(|line| {
        let cells: Vec<String> =
            line.replace("\\|", "\u{1}").trim_matches('|').split('|').map(|cell| cell.replace('\u{1}', "|")).collect();
        (code(&cells[0]), cells[1].trim().to_owned())
    });
    rows.collect()
}

/// What stands between backticks.
fn code(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_example_is_a_query() {
    let mut tried = 0;
    for title in ["Putting terms together", "Words without a field", "Dates", "Numbers", "Lengths and sizes"] {
        for query in rows(title).into_iter().flat_map(|(queries, _)| queries) {
            prepared(&query);
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried} examples were found");
}

#[test]
fn every_refusal_is_answered_so() {
    let refused = rows("What is refused");
    assert!(refused.len() >= 8);
    for (queries, answer) in refused {
        assert_eq!(error(&queries[0]).message, answer, "{}", queries[0]);
    }
}

#[test]
fn the_fields_are_those_of_the_code() {
    let mut table = "| field | finds | values or an example |\n| --- | --- | --- |\n".to_owned();
    for field in FIELDS {
        let fixed = matches!(field.name, "is" | "has" | "dir" | "route" | "mode" | "day");
        let last = if fixed { field.values.join(" ") } else { field.example.to_owned() };
        writeln!(table, "| `{}:` | {} | `{last}` |", field.name, field.meaning).unwrap();
    }
    assert!(section("Fields").contains(table.trim_end()), "docs/query.md wants this table of fields:\n{table}");
}

#[test]
fn what_comes_later_is_named() {
    let mut planned: Vec<String> = PLANNED_FIELDS.iter().map(|(name, _)| format!("`{name}:`")).collect();
    planned.extend(
        PLANNED_VALUES.iter().filter(|(field, ..)| *field != "sort").map(|(field, value, _)| format!("`{field}:{value}`")),
    );
    let sentence = planned.join(" ");
    assert!(section("What is refused").contains(&sentence), "docs/query.md wants this list: {sentence}");
}
