use std::{collections::BTreeSet, fs, path::Path};

use fluent_bundle::FluentResource;
use regex::Regex;

use super::{LANGUAGES, Texts};

const SAMPLE: &str = "
greeting = Hello { $name }
calls = { $n ->
    [one] { $n } call
   *[other] { $n } calls
}
";

#[test]
fn texts_are_filled_in_without_marks() {
    let texts = Texts::of(&[("en", SAMPLE)]);
    assert_eq!(texts.with("greeting", &[("name", "Łukasz")]), "Hello Łukasz");
    assert_eq!(texts.counted("calls", 1, &[]), "1 call");
    assert_eq!(texts.counted("calls", 0, &[]), "0 calls");
    assert_eq!(texts.counted("calls", 1_234_567, &[]), "1,234,567 calls");
    assert_eq!(texts.with("greeting", &[("name", "+48007")]), "Hello +48007", "texts that look like numbers stay as they are");
}

#[test]
fn what_is_missing_is_seen() {
    let texts = Texts::of(&[("en", SAMPLE)]);
    assert_eq!(texts.get("nothing-here"), "⟨nothing-here⟩");
    assert!(!texts.has("nothing-here") && texts.has("calls"));
}

#[test]
fn english_stands_in_for_what_a_language_lacks() {
    let texts = Texts::of(&[("pl", "greeting = Cześć { $name }"), ("en", SAMPLE)]);
    assert_eq!(texts.with("greeting", &[("name", "A")]), "Cześć A");
    assert_eq!(texts.counted("calls", 2, &[]), "2 calls");
}

#[test]
fn every_file_parses_and_names_no_id_twice() {
    for (language, source) in LANGUAGES {
        if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
            let told = errors.iter().map(|error| format!("line {}: {error}", source[..error.pos.start].lines().count()));
            panic!("{language}.ftl: {}", told.collect::<Vec<_>>().join("; "));
        }
        let mut ids = BTreeSet::new();
        for id in ids_of(source) {
            assert!(ids.insert(id.clone()), "{language}.ftl has {id} twice");
        }
    }
}

#[test]
fn code_and_catalogue_name_the_same_ids() {
    let mut sources = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console"), &mut sources);
    let english = LANGUAGES.iter().find(|(code, _)| *code == "en").map(|(_, source)| *source).unwrap();
    let complaints = differences(&ids_of(english), &sources.concat());
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn differences_are_found() {
    let catalogue = ["help-title".to_owned(), "place-top".to_owned(), "left-over".to_owned()];
    let code = r#"texts.get("help-title"); texts.get(&format!("place-{}", name)); texts.with("gone", &[]); desk.warn("quiet", &[]); other.get("also");"#;
    assert_eq!(
        differences(&catalogue, code),
        [
            "code asks for \"gone\", which en.ftl lacks",
            "code asks for \"quiet\", which en.ftl lacks",
            "nobody asks for \"left-over\" of en.ftl"
        ]
    );
}

/// Ids asked for by `get`, `with`, `counted` and by messages (`say`, `warn`, `fail`) must exist; ids that exist must stand in some literal, whole or as a
/// pattern such as `"place-{}"`.
fn differences(catalogue: &[String], code: &str) -> Vec<String> {
    let mut complaints = BTreeSet::new();
    let asked =
        Regex::new(r#"(?:\btexts?\s*(?:\(\))?\s*\.\s*(?:get|with|counted)|\.\s*(?:say|warn|fail))\(\s*"([a-z0-9-]+)""#).unwrap();
    for found in asked.captures_iter(code) {
        if !catalogue.iter().any(|id| *id == found[1]) {
            complaints.insert(format!("code asks for \"{}\", which en.ftl lacks", &found[1]));
        }
    }
    let literal = Regex::new(r#""([a-z0-9-]*(?:\{\w*\}[a-z0-9-]*)*)""#).unwrap();
    let literals: BTreeSet<&str> =
        literal.captures_iter(code).filter_map(|found| found.get(1)).map(|found| found.as_str()).collect();
    let patterns: Vec<Regex> = literals
        .iter()
        .filter(|literal| literal.contains('{') && literal.contains('-'))
        .map(|literal| {
            let parts = Regex::new(r"\{\w*\}").unwrap().replace_all(literal, "[a-z0-9-]+").into_owned();
            Regex::new(&format!("^{parts}$")).unwrap()
        })
        .collect();
    for id in catalogue {
        if !literals.contains(id.as_str()) && !patterns.iter().any(|pattern| pattern.is_match(id)) {
            complaints.insert(format!("nobody asks for \"{id}\" of en.ftl"));
        }
    }
    complaints.into_iter().collect()
}

fn ids_of(source: &str) -> Vec<String> {
    let id = Regex::new(r"(?m)^([a-zA-Z][a-zA-Z0-9_-]*) *=").unwrap();
    id.captures_iter(source).map(|found| found[1].to_owned()).collect()
}

/// Sources of a folder without the catalogue's own.
fn collect(folder: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("console/texts") {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "toml") {
            sources.push(fs::read_to_string(path).unwrap());
        }
    }
}
