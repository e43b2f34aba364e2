//! docs/performance.md says what there is.

use std::{collections::BTreeSet, fs, path::Path};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_document_names_every_figure_of_the_bench_and_no_other() {
    let bench = read("benches/figures/goals/mod.rs");
    let named: BTreeSet<(&str, &str)> = bench
        .lines()
        .filter_map(|line| {
            let mut words = line.split('"');
            let begins = words.next()?;
            let (number, _, name) = (words.next()?, words.next()?, words.next()?);
            begins.trim().ends_with("goal(").then_some((number, name))
        })
        .collect();
    assert_eq!(named.len(), 17, "{named:?}");
    let document = read("docs/performance.md");
    let told: BTreeSet<(&str, &str)> = document
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| G")?.split('|');
            let number = cells.next()?.trim();
            let name = cells.next()?.trim().strip_prefix('`')?.strip_suffix('`')?;
            Some((named.iter().find(|(goal, _)| goal[1..] == *number)?.0, name))
        })
        .collect();
    assert_eq!(told, named);
}

#[test]
fn the_document_names_every_figure_of_listening() {
    let bench = read("benches/listening/goals/mod.rs");
    let measured: BTreeSet<&str> =
        bench.lines().filter_map(|line| line.split_once("name: \"")?.1.split_once('"')).map(|(name, _)| name).collect();
    assert_eq!(measured.len(), 9, "{measured:?}");
    let document = read("docs/performance.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| L"));
    let told: BTreeSet<&str> =
        rows.filter_map(|row| row.split('|').nth(1)?.trim().strip_prefix('`')?.strip_suffix('`')).collect();
    assert_eq!(told, measured);
}
