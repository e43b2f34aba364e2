//! Commands with something behind them, typed into the palette: `mouse on`, `chip 5 is:missed`, `speed 1.5`.

use super::{accounts, deck, dispatch, gate, keeping, keymap::Action, model::Model, overlays, places, screens::calls, sharing};
use crate::playback::SPEEDS;

/// A command's name and how it is written.
pub const COMMANDS: &[(&str, &str)] = &[
    ("undo", "undo"),
    ("messages", "messages"),
    ("pending", "pending"),
    ("profile", "profile NAME"),
    ("lock", "lock"),
    ("jobs", "jobs"),
    ("chip", "chip 5 QUERY"),
    ("mouse", "mouse on|off"),
    ("speed", "speed 1.5"),
    ("volume", "volume 80"),
    ("silence", "silence -45 dB, 1.5 s"),
    ("share", "share"),
    ("shares", "shares"),
    ("reset-password", "reset-password [set]"),
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
        (Some("profile"), name) => places::choose(model, name),
        (Some("lock"), _) => gate::lock(model),
        (Some("pending"), _) => keeping::open(model),
        (Some("jobs"), _) => dispatch::run(model, Action::GoJobs),
        (Some("share"), _) => dispatch::run(model, Action::Share),
        (Some("shares"), _) => sharing::list(model),
        (Some("reset-password"), rest) => accounts::reset_password(model, rest),
        (Some("quit"), _) => dispatch::run(model, Action::Quit),
        (Some("mouse"), "" | "on" | "off") => dispatch::mouse(model, rest),
        (Some("chip"), _) => match calls::chip_command(line) {
            Some((at, piece)) => calls::set_chip(&mut model.calls, &mut model.desk, at, &piece),
            None => usage(model, "chip"),
        },
        (Some("speed"), speed) => match speed.trim_end_matches(['x', '×']).parse() {
            Ok(speed) if SPEEDS.contains(&speed) => deck::set_speed(&mut model.desk, speed),
            _ => usage(model, "speed"),
        },
        (Some("volume"), percent) => match percent.trim_end_matches('%').trim_end().parse::<u8>() {
            Ok(percent) if percent <= 150 => deck::set_volume(&mut model.desk, f32::from(percent) / 100.0),
            _ => usage(model, "volume"),
        },
        (Some("silence"), rule) => match overlays::silence(rule) {
            Some(rule) => deck::set_silence(&mut model.desk, rule),
            None => usage(model, "silence"),
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
