//! docs/api.md against the OpenAPI document, both ways.

use std::collections::{BTreeMap, BTreeSet};

use callreel::server::document;
use serde_json::Value;

use super::openapi::operations;

const TOLD: &str = include_str!("../../../docs/api.md");

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// `METHOD /path`, below `/api/v1` unless it lies beside it.
fn addresses() -> BTreeSet<String> {
    let text: Vec<&str> = TOLD.split("```").step_by(2).collect();
    let mut found = BTreeSet::new();
    for part in text.iter().flat_map(|part| quoted(part)) {
        let Some((method, path)) = part.split_once(' ').filter(|(_, path)| path.starts_with('/')) else { continue };
        if !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let path = path.split('?').next().unwrap_or_default();
            let beside = ["/health/", "/metrics", "/s/", "/r/"].iter().any(|beginning| path.starts_with(beginning));
            found.insert(format!("{method} {}{path}", if beside { "" } else { "/api/v1" }));
        }
    }
    found
}

#[test]
fn every_operation_is_told_and_every_address_that_is_told_exists() {
    let there: BTreeSet<String> =
        operations(&document::document()).into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let told: BTreeSet<String> = addresses();
    assert_eq!(there.difference(&told).collect::<Vec<_>>(), Vec::<&String>::new(), "operations that docs/api.md does not tell");
    assert_eq!(told.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "told in docs/api.md, but not there");
    assert!(told.len() > 80, "only {} addresses were found", told.len());
}

/// The table of errors has each status that any operation may answer with.
#[test]
fn every_status_of_an_error_is_told_once() {
    let table = TOLD.split("## Errors").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a section of errors");
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for row in table.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit()) {
        *told.entry(row.split('|').nth(1).unwrap_or_default().trim().to_owned()).or_default() += 1;
    }
    let mut there: BTreeSet<String> = BTreeSet::from(["405".to_owned()]);
    for (.., operation) in operations(&document::document()) {
        let statuses = operation["responses"].as_object().into_iter().flat_map(serde_json::Map::keys);
        there.extend(statuses.filter(|status| status.as_str() >= "400").cloned());
    }
    assert_eq!(told.keys().cloned().collect::<BTreeSet<_>>(), there);
    assert!(told.values().all(|rows| *rows == 1), "{told:?}");
}

/// Parameters of a query are told by their names.
#[test]
fn every_parameter_is_told() {
    let words: BTreeSet<&str> = quoted(TOLD).flat_map(|part| part.split([' ', '=', ',', ':'])).collect();
    let mut missing = Vec::new();
    for (.., operation) in operations(&document::document()) {
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|known| known["in"] != "path") {
            let name = parameter["name"].as_str().unwrap_or_default();
            if !words.contains(name) {
                missing.push(format!("{} {name}", operation["operationId"].as_str().unwrap_or_default()));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(matches!(document::document(), Value::Object(_)));
}
