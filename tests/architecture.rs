//! Who may import whom. Fails with the row of docs/architecture.md that was broken.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the whole crate is tests")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use regex::Regex;

/// What one room may use of ours, and of others.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
    crates: Crates,
}

enum Crates {
    Only(&'static [&'static str]),
    Not(&'static [&'static str]),
}
use Crates::{Not, Only};

const SCREEN: [&str; 4] = ["ratatui", "crossterm", "tui_textarea", "fluent_bundle"];

const ROOMS: &[Room] = &[
    Room {
        name: "domain",
        may_use: &[],
        crates: Only(&[
            "std",
            "core",
            "serde",
            "serde_json",
            "jiff",
            "thiserror",
            "sha2",
            "ulid",
            "strsim",
            "regex",
            "unicode_normalization",
            "unicode_segmentation",
            "unicode_width",
            "utoipa",
        ]),
    },
    Room {
        name: "archive",
        may_use: &["domain"],
        crates: Not(&["tokio", "rusqlite", "axum", "ratatui", "crossterm", "reqwest", "rodio"]),
    },
    Room { name: "wire", may_use: &["domain"], crates: Only(&["std", "serde", "serde_json", "jiff", "utoipa"]) },
    Room { name: "config", may_use: &["domain"], crates: Not(&["tokio", "rusqlite", "axum", "ratatui", "reqwest"]) },
    Room { name: "store", may_use: &["domain"], crates: Not(&["axum", "ratatui", "crossterm", "reqwest", "rodio"]) },
    Room { name: "vault", may_use: &["domain"], crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "reqwest", "rodio"]) },
    Room {
        name: "sound",
        may_use: &["domain"],
        crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "reqwest", "rodio", "pulseaudio", "tokio"]),
    },
    Room { name: "pbx", may_use: &["domain"], crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "rodio"]) },
    Room {
        name: "service",
        may_use: &["jobs", "archive", "domain", "store", "vault", "sound", "pbx"],
        crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "rodio"]),
    },
    Room {
        name: "jobs",
        may_use: &["service", "domain", "store", "vault", "sound", "pbx"],
        crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "rodio"]),
    },
    Room {
        name: "server",
        may_use: &["service", "jobs", "wire", "domain", "config"],
        crates: Not(&["rusqlite", "ratatui", "crossterm", "rodio"]),
    },
    Room {
        name: "host",
        may_use: &["server", "service", "jobs", "archive", "store", "vault", "pbx", "sound", "config", "domain"],
        crates: Not(&["rusqlite", "ratatui", "crossterm", "rodio"]),
    },
    Room { name: "client", may_use: &["wire", "domain"], crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "rodio"]) },
    Room {
        name: "takeout",
        may_use: &["archive", "client", "wire", "domain", "sound"],
        crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "reqwest", "rodio"]),
    },
    Room {
        name: "listening",
        may_use: &["client", "playback", "sound", "wire", "domain", "config"],
        crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "reqwest", "rodio"]),
    },
    Room {
        name: "playback",
        may_use: &["sound", "domain"],
        crates: Not(&["rusqlite", "axum", "ratatui", "crossterm", "reqwest"]),
    },
    Room {
        name: "console",
        may_use: &["client", "listening", "playback", "sound", "takeout", "wire", "domain", "config"],
        crates: Not(&["rusqlite", "axum", "reqwest"]),
    },
    Room {
        name: "face",
        may_use: &["cli", "client", "console", "config", "host", "domain"],
        crates: Not(&["rusqlite", "axum", "ratatui", "reqwest"]),
    },
    Room {
        name: "cli",
        may_use: &["client", "config", "wire", "domain", "sound", "listening", "takeout", "playback", "host"],
        crates: Not(&["rusqlite", "axum", "ratatui", "reqwest"]),
    },
];

/// What the console's models and updates must not name: they are functions of messages.
const NOT_IN_UPDATES: &[&str] =
    &["tokio", "reqwest", "rodio", "std::fs", "std::thread", "std::time::Instant", "std::time::SystemTime"];
/// Calls that read a clock, however they were imported.
const CLOCKS: &str = r"\b(Instant|SystemTime|Timestamp|Zoned)::now\b";

/// Longest file without its tests; a longer one needs a reason here.
const LONGEST: usize = 500;
const LONG_FILES: &[(&str, &str)] = &[(
    "src/pbx/asterisk/fold/cel.rs",
    "one state machine over the events of one call; halves of it would share all of its state",
)];

#[test]
fn rooms_use_only_what_the_table_allows() {
    let mut broken = Vec::new();
    for source in sources() {
        let Some(room) = ROOMS.iter().find(|room| source.module.first().is_some_and(|first| first == room.name)) else {
            continue;
        };
        broken.extend(room_breaks(room, source).into_iter().map(|what| format!("{what}\n    {}", row_of(room.name))));
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn room_breaks(room: &Room, source: &Source) -> Vec<String> {
    let names: BTreeSet<&str> = ROOMS.iter().map(|room| room.name).collect();
    let mut broken = BTreeSet::new();
    for path in source.paths() {
        match path.split("::").collect::<Vec<_>>().as_slice() {
            ["crate", used, ..] if names.contains(used) => {
                if *used != room.name && !room.may_use.contains(used) {
                    broken.insert(format!("{} uses `{path}`", source.file));
                }
            }
            ["crate" | "self" | "super", ..] => {}
            [outside, ..] => {
                let allowed = match room.crates {
                    Only(list) => list.contains(outside) || !DEPENDENCIES.contains(*outside),
                    Not(list) => {
                        !list.contains(outside)
                            && (room.name == "console" || !SCREEN.contains(outside) || *outside == "crossterm")
                    }
                };
                if !allowed {
                    broken.insert(format!("{} uses the crate `{outside}`", source.file));
                }
            }
            [] => {}
        }
    }
    broken.into_iter().collect()
}

#[test]
fn models_and_updates_of_the_console_are_functions_of_messages() {
    let clocks = Regex::new(CLOCKS).unwrap();
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| is_model_or_update(source)) {
        for path in source.paths() {
            if NOT_IN_UPDATES.iter().any(|not| path == *not || path.starts_with(&format!("{not}::"))) {
                broken.push(format!("{} uses `{path}`", source.file));
            }
        }
        for clock in clocks.find_iter(&source.code) {
            broken.push(format!("{} reads a clock: `{}`", source.file, clock.as_str()));
        }
    }
    assert!(broken.is_empty(), "\n{}\n    {}", broken.join("\n"), row_of("console's model and update"));
}

fn is_model_or_update(source: &Source) -> bool {
    source.module.first().is_some_and(|room| room == "console")
        && source.module.iter().any(|part| part == "model" || part == "update" || part == "dispatch")
}

#[test]
fn screens_do_not_know_each_other() {
    let broken: Vec<String> = sources().iter().flat_map(screen_breaks).collect();
    assert!(broken.is_empty(), "\n{}\n    screens::a must not import screens::b: they talk by messages", broken.join("\n"));
}

fn screen_breaks(source: &Source) -> Vec<String> {
    let ["console", "screens", own, ..] = source.module.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return Vec::new();
    };
    let screens: BTreeSet<String> = fs::read_dir(root().join("src/console/screens"))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .filter(|name| name != "mod" && name != "tests")
        .collect();
    source
        .paths()
        .into_iter()
        .filter(|path| {
            path.strip_prefix("crate::console::screens::")
                .and_then(|rest| rest.split("::").next())
                .is_some_and(|other| other != own && screens.contains(other))
        })
        .map(|path| format!("{} uses `{path}`", source.file))
        .collect()
}

#[test]
fn every_room_is_in_the_table() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules = Regex::new(r"(?m)^(?:pub )?mod (\w+);").unwrap();
    for found in modules.captures_iter(&lib) {
        assert!(ROOMS.iter().any(|room| room.name == &found[1]), "the room {} has no row in tests/architecture.rs", &found[1]);
        row_of(&found[1]);
    }
    let main = fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(main.lines().count() < 100, "main.rs only turns arguments into a face: under 100 lines");
}

#[test]
fn long_files_have_a_reason() {
    let mut broken = Vec::new();
    for source in sources() {
        let lines = source.code.lines().count();
        let reason = LONG_FILES.iter().find(|(file, _)| *file == source.file);
        if lines > LONGEST && reason.is_none() {
            broken.push(format!("{} has {lines} lines without its tests; split it, or say why not in LONG_FILES", source.file));
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn nothing_names_places_outside_the_project() {
    let outside = [concat!("..", "/shared"), concat!("/wo", "rk/wt"), concat!("/wo", "rk/shared"), concat!("/wo", "rk/main")];
    let mut broken = Vec::new();
    for file in files_below(root(), &|path| !path.ends_with("target") && !path.ends_with(".git")) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for (number, line) in text.lines().enumerate() {
            if let Some(named) = outside.iter().find(|named| line.contains(**named)) {
                broken.push(format!("{}:{} names {named}", file.display(), number + 1));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_through_groups_comments_and_tests() {
    let source = Source::new(
        "src/console/screens/calls/update.rs",
        r##"
        //! crate::store::in_a_comment
        use crate::{domain::{call::Call, query}, vault as bytes, word_enum};
        use super::{super::player::Player, model::Model};
        pub use tokio::{sync::mpsc, time};
        fn f<'a>(x: &'a str) -> char { let s = "crate::server::in_a_string"; let r = r#"crate::host"#; let c = '"'; crate::sound::peaks(x, c) }
        #[cfg(test)]
        mod tests { use crate::store::Store; }
        "##,
    );
    let expected = [
        "crate::console::screens::calls::model::Model",
        "crate::console::screens::player::Player",
        "crate::domain::call::Call",
        "crate::domain::query",
        "crate::sound::peaks",
        "crate::vault",
        "crate::word_enum",
        "tokio::sync::mpsc",
        "tokio::time",
    ];
    let paths = source.paths();
    for path in expected {
        assert!(paths.contains(path), "{path} is missing in {paths:?}");
    }
    assert!(!paths.iter().any(|path| ["store", "server", "host"].iter().any(|room| path.contains(room))), "{paths:?}");
    assert!(is_model_or_update(&source));
    let console = ROOMS.iter().find(|room| room.name == "console").unwrap();
    assert_eq!(room_breaks(console, &source), ["src/console/screens/calls/update.rs uses `crate::vault`"]);
    let domain = ROOMS.iter().find(|room| room.name == "domain").unwrap();
    let impure = Source::new("src/domain/x.rs", "use tokio::time; use crate::wire::CallBody; use local::Thing;");
    assert_eq!(
        room_breaks(domain, &impure),
        ["src/domain/x.rs uses `crate::wire::CallBody`", "src/domain/x.rs uses the crate `tokio`"]
    );
}

/// One file of src without comments, texts and tests.
struct Source {
    file: String,
    /// Path of the module it is, without `crate`.
    module: Vec<String>,
    code: String,
}

impl Source {
    fn new(file: &str, text: &str) -> Self {
        let inner = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
        let module = inner.split('/').filter(|part| *part != "mod").map(str::to_owned).collect();
        Self { file: file.to_owned(), module, code: without_tests(&without_texts(text)) }
    }

    /// Every path that the code names, from `crate` or from a crate's name on.
    fn paths(&self) -> BTreeSet<String> {
        let mut found = Vec::new();
        for tree in USE.captures_iter(&self.code) {
            expand("", tree[1].trim(), &mut found);
        }
        let rest = USE.replace_all(&self.code, "");
        found.extend(INLINE_PATH.captures_iter(&rest).map(|path| path[1].to_owned()));
        found.iter().map(|path| self.absolute(path)).collect()
    }

    fn absolute(&self, path: &str) -> String {
        let mut parts: Vec<&str> = path.split("::").map(str::trim).collect();
        let mut base: Vec<&str> = self.module.iter().map(String::as_str).collect();
        if !matches!(parts.first(), Some(&"self" | &"super")) {
            return parts.join("::");
        }
        while let Some(first @ ("self" | "super")) = parts.first().copied() {
            if first == "super" {
                base.pop();
            }
            parts.remove(0);
        }
        ["crate"].into_iter().chain(base).chain(parts).collect::<Vec<_>>().join("::")
    }
}

/// `a::{b, c::{d, e}}` → `a::b`, `a::c::d`, `a::c::e`.
fn expand(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default().trim();
        if !path.is_empty() {
            found.push(format!("{prefix}{path}").trim_end_matches("::self").to_owned());
        }
        return;
    };
    let prefix = format!("{prefix}{}", tree[..open].trim());
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut start) = (0, 0);
    for (index, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&prefix, &inner[start..index], found);
                start = index + 1;
            }
            _ => {}
        }
    }
    expand(&prefix, &inner[start..], found);
}

/// Blanks out comments, strings and characters, line by line.
fn without_texts(text: &str) -> String {
    let blank = |found: &regex::Captures<'_>| {
        if found[0].starts_with('/') {
            "\n".repeat(found[0].matches('\n').count())
        } else {
            format!("\"{}\"", "\n".repeat(found[0].matches('\n').count()))
        }
    };
    TEXT.replace_all(text, blank).into_owned()
}

/// Takes out `#[cfg(test)]` items with their bodies.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..start]);
        let item = &rest[start..];
        let end = match (item.find('{'), item.find(';')) {
            (Some(open), semicolon) if semicolon.is_none_or(|semicolon| open < semicolon) => closing(item, open),
            (_, Some(semicolon)) => semicolon + 1,
            (_, None) => item.len(),
        };
        rest = &item[end..];
    }
    kept + rest
}

fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, character) in code[open..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => return open + index + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

fn sources() -> &'static [Source] {
    static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(read_sources);
    &SOURCES
}

fn read_sources() -> Vec<Source> {
    let not_a_test = |path: &Path| !path.ends_with("tests") && !path.ends_with("tests.rs");
    files_below(&root().join("src"), &not_a_test)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let file = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            Source::new(&file, &fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn files_below(folder: &Path, enter: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries.into_iter().filter(|path| enter(path)) {
        if path.is_dir() { files.extend(files_below(&path, enter)) } else { files.push(path) }
    }
    files
}

/// The row of docs/architecture.md about a room: the sentence that failures show.
fn row_of(room: &str) -> String {
    let table = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let row = table.lines().find(|line| {
        let first = line.split('|').nth(1).unwrap_or_default();
        line.starts_with('|') && first.replace('`', "").split(',').any(|name| name.trim() == room)
    });
    row.unwrap_or_else(|| panic!("docs/architecture.md has no row for {room}")).to_owned()
}

/// Names of the crates of Cargo.toml, as code writes them.
static DEPENDENCIES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let names = manifest["dependencies"].as_table().unwrap().keys();
    names.map(|name| name.replace('-', "_")).collect()
});

static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse\s+([^;]+);").unwrap());
static INLINE_PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|[^\w:])((?:\w+::)+\w+)").unwrap());
/// Comments, strings and characters.
static TEXT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r##"(?s)//[^\n]*|/\*.*?\*/|b?r#{2,}".*?"#{2,}|b?r#".*?"#|b?r"[^"]*"|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^\n]{1,10}|[^'\\\n])'"##,
    )
    .unwrap()
});

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
