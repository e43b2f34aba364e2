use ratatui::style::{Color, Modifier};

use super::*;

#[test]
fn every_built_in_theme_names_every_role() {
    for (name, text) in BUILT_IN {
        let parsed = parse::parse(text);
        assert!(parsed.is_ok(), "{name}: {parsed:?}");
        for role in Role::ALL {
            assert!(*name == "mono" || text.contains(&format!("\n{} ", role.name())), "{name} leaves out {}", role.name());
        }
    }
}

#[test]
fn without_colour_the_cursor_is_still_seen() {
    for (name, _) in BUILT_IN {
        let theme = Theme::built_in(name, Depth::None);
        assert!(theme.style(Role::CursorRow).add_modifier.contains(Modifier::REVERSED), "{name}");
        assert_eq!(theme.style(Role::Error).fg, None, "{name}");
    }
}

#[test]
fn an_error_names_its_line_and_what_was_meant() {
    let error =
        Theme::from_file("mine", "kind = \"dark\"\n[role]\ncursr-row = { fg = \"default\" }\n", Depth::C16).expect_err("role");
    assert_eq!(error.line, 3);
    assert!(error.message.contains("cursor-row"), "{error}");
    let error = Theme::from_file("mine", "[role]\ntext = { fg = \"nowhere\" }\n", Depth::C16).expect_err("colour");
    assert_eq!(error.line, 2);
}

#[test]
fn a_small_file_changes_only_what_it_names() {
    let theme = Theme::from_file("mine", "inherit = \"dark\"\n[role]\nok = { fg = \"#010203\" }\n", Depth::True).expect("theme");
    assert_eq!(theme.style(Role::Ok).fg, Some(Color::Rgb(1, 2, 3)));
    assert_eq!(theme.style(Role::Warn), Theme::built_in("dark", Depth::True).style(Role::Warn));
}

#[test]
fn depth_follows_the_environment() {
    let environment = |term: &str, colorterm: &str, no_color: bool, screen: bool| Environment {
        term: term.to_owned(),
        colorterm: colorterm.to_owned(),
        no_color,
        inside_screen: screen,
        ..Environment::default()
    };
    let depth = |environment: Environment| ColorChoice::Auto.depth(&environment);
    assert_eq!(depth(environment("xterm-256color", "truecolor", false, false)), Depth::True);
    assert_eq!(depth(environment("xterm-256color", "", false, false)), Depth::C256);
    assert_eq!(depth(environment("xterm-256color", "truecolor", true, false)), Depth::None);
    assert_eq!(depth(environment("screen-256color", "truecolor", false, true)), Depth::C256);
    assert_eq!(depth(environment("linux", "", false, false)), Depth::C16);
    assert_eq!(depth(environment("vt220", "", false, false)), Depth::None);
}
