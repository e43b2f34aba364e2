//! Commands with something behind them, typed into the palette: `mouse on`, `chip 5 is:missed`, `3:12`.

use super::{dispatch, keymap::Action, model::Model, screens::calls};

/// A command's name and how it is written.
pub const COMMANDS: &[(&str, &str)] = &[
    ("undo", "undo"),
    ("messages", "messages"),
    ("jobs", "jobs"),
    ("chip", "chip 5 QUERY"),
    ("mouse", "mouse on|off"),
    ("quit", "quit"),
];

/// The command that a line begins with.
pub fn named(line: &str) -> Option<&'static str> {
    let first = line.split_whitespace().next()?;
    COMMANDS.iter().map(|(name, _)| *name).find(|name| *name == first)
}

/// Runs a line.
pub(super) fn run(model: &mut Model, line: &str) {
    let rest = line.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim());
    match (named(line), rest) {
        (Some("undo"), _) => dispatch::run(model, Action::UndoList),
        (Some("messages"), _) => dispatch::run(model, Action::Messages),
        (Some("jobs"), _) => dispatch::run(model, Action::GoJobs),
        (Some("quit"), _) => dispatch::run(model, Action::Quit),
        (Some("mouse"), "" | "on" | "off") => dispatch::mouse(model, rest),
        (Some("chip"), _) => match calls::chip_command(line) {
            Some((at, piece)) => calls::set_chip(&mut model.calls, &mut model.desk, at, &piece),
            None => usage(model, "chip"),
        },
        (Some(name), _) => usage(model, name),
        (None, _) => usage(model, line),
    }
}

fn usage(model: &mut Model, name: &str) {
    match COMMANDS.iter().find(|(known, _)| *known == name) {
        Some((_, usage)) => model.desk.say("command-usage", &[("usage", usage)]),
        None => model.desk.say("command-unknown", &[("name", name)]),
    }
}
