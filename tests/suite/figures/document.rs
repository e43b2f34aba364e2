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
