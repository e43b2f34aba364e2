//! What is read before the first frame: theme, key map, glyph set.

use std::path::Path;

use super::{
    Door, Options,
    desk::Setup,
    glyphs::Glyphs,
    keymap::Keymap,
    places::Place,
    texts::Texts,
    theme::{Depth, Theme},
};

/// Reads it; what is wrong with a file is told, and the built-in stands in for it.
pub(super) fn load(options: &Options) -> (Setup, Vec<String>) {
    let mut troubles = Vec::new();
    let depth = options.color.depth(&options.environment);
    let theme = theme(options, depth, &mut troubles);
    let keymap = keymap(options, &mut troubles);
    let glyphs = match options.glyphs.as_deref() {
        None => Glyphs::guess(&options.environment),
        Some(name) => Glyphs::parse(name).unwrap_or_else(|| {
            troubles.push(format!("no glyph set \"{name}\" (unicode, wgl4, cp437, latin2, ascii); the locale decides"));
            Glyphs::guess(&options.environment)
        }),
    };
    let setup = Setup {
        texts: Texts::new(&options.language),
        keymap,
        theme,
        glyphs,
        remote: options.environment.remote,
        place: options.doors.first().map(|door| door.place.clone()).unwrap_or_default(),
        places: options.doors.iter().map(place_of).collect(),
        lock_after: options.lock_after.and_then(|after| after.try_into().ok()),
        can_demo: options.ways.demo.is_some(),
        can_import: options.ways.import.is_some(),
        can_connect: options.ways.server.is_some(),
        session: ulid::Ulid::new().to_string(),
    };
    (setup, troubles)
}

fn place_of(door: &Door) -> Place {
    Place { profile: door.profile.clone(), name: door.place.clone(), key: door.key.clone() }
}

fn theme(options: &Options, depth: Depth, troubles: &mut Vec<String>) -> Theme {
    let fallback = options.environment.default_theme(depth);
    // Without colour every theme is its attributes; `mono` is made for it.
    let name = options.theme.as_deref().unwrap_or(fallback);
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) && !name.starts_with('.');
    let file = options.config_folder.as_ref().filter(|_| plain).map(|folder| folder.join("themes").join(format!("{name}.toml")));
    if let Some(file) = file
        && let Some(text) = read(&file, troubles)
    {
        match Theme::from_file(name, &text, depth) {
            Ok(theme) => return theme,
            Err(error) => troubles.push(format!("theme {}, {error}; the built-in theme stays", file.display())),
        }
        return Theme::built_in(if Theme::is_built_in(name) { name } else { fallback }, depth);
    }
    if !Theme::is_built_in(name) {
        troubles.push(format!(
            "no theme \"{name}\": neither built in (dark, light, ansi, mono) nor in the themes folder; using {fallback}"
        ));
        return Theme::built_in(fallback, depth);
    }
    Theme::built_in(name, depth)
}

fn keymap(options: &Options, troubles: &mut Vec<String>) -> Keymap {
    let Some(file) = options.config_folder.as_ref().map(|folder| folder.join("keymap.toml")) else { return Keymap::built_in() };
    let Some(text) = read(&file, troubles) else { return Keymap::built_in() };
    Keymap::with_file(&text).unwrap_or_else(|errors| {
        for error in errors {
            troubles.push(format!("{}, {error}; the built-in keys stay", file.display()));
        }
        Keymap::built_in()
    })
}

fn read(file: &Path, troubles: &mut Vec<String>) -> Option<String> {
    match std::fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            troubles.push(format!("cannot read {}: {error}; the built-in stays", file.display()));
            None
        }
    }
}
