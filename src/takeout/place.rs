//! Folders as people type them.

use std::path::{Path, PathBuf};

/// Most folders offered.
const OFFERED: usize = 200;

/// A path with `~` for the home folder.
pub fn at_home(text: &str, home: Option<&Path>) -> PathBuf {
    let text = text.trim();
    match (home, text.strip_prefix('~')) {
        (Some(home), Some("")) => home.to_owned(),
        (Some(home), Some(rest)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(text),
    }
}

/// Folders that begin as a text does, as the text would go on, each with a `/` at its end; sorted. Hidden ones only where a
/// dot was typed.
pub fn folders_like(text: &str, home: Option<&Path>) -> Vec<String> {
    let text = text.trim_start();
    if text == "~" {
        return vec!["~/".to_owned()];
    }
    let (folder, begun) = text.rsplit_once('/').map_or(("", text), |(folder, begun)| (&text[..=folder.len()], begun));
    let path = if folder.is_empty() { PathBuf::from(".") } else { at_home(folder, home) };
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let mut found: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with(begun) && (begun.starts_with('.') || !name.starts_with('.')))
        .map(|name| format!("{folder}{name}/"))
        .take(OFFERED)
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_is_a_tilde_and_nothing_else_is() {
        let home = Some(Path::new("/home/anna"));
        for (text, path) in [("~", "/home/anna"), ("~/x y", "/home/anna/x y"), ("~x", "~x"), ("/a/~", "/a/~"), (" out ", "out")] {
            assert_eq!(at_home(text, home), Path::new(path), "{text}");
        }
        assert_eq!(at_home("~/x", None), Path::new("~/x"));
    }

    #[test]
    fn folders_go_on_as_typed() {
        let folder = tempfile::tempdir().expect("folder");
        for name in ["calls", "cases", ".hidden", "other"] {
            std::fs::create_dir(folder.path().join(name)).expect("made");
        }
        std::fs::write(folder.path().join("cart"), "").expect("a file");
        assert_eq!(folders_like("~/ca", Some(folder.path())), ["~/calls/", "~/cases/"]);
        assert_eq!(folders_like("~/.", Some(folder.path())), ["~/.hidden/"]);
        let whole = format!("{}/o", folder.path().display());
        assert_eq!(folders_like(&whole, None), [format!("{}/other/", folder.path().display())]);
        assert!(folders_like("/nowhere/at/all", None).is_empty());
    }
}
