//! `callreel config`: where the configuration is, what it says, whether it is right.

use std::io::Write;

use clap::{Args as ClapArgs, Subcommand};
use serde_json::json;

use super::{Context, ExitStatus, Failure, Outcome, Place};
use crate::config::TEMPLATE;

/// Where the configuration is, what it says, whether it is right
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Say where the configuration file is
    Path,
    /// Show what holds now: file, place, looks
    Show,
    /// Check the file; errors name line and key
    Check,
    /// Write a file with every key, commented out; an existing one is left alone
    Init,
}

/// # Errors
/// For a wrong file (exit 2), and for one that cannot be written.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let file = &context.config_file;
    match args.act {
        Act::Path => context.line(&file.display().to_string())?,
        Act::Check => {
            if let Some(error) = &context.config_error {
                return Err(error.clone().into());
            }
            let words =
                if context.settings.file.is_some() { "is right" } else { "does not exist; every setting has its default" };
            context.say(&format!("{} {words}", file.display()));
        }
        Act::Show => show(context)?,
        Act::Init => init(context)?,
    }
    Ok(ExitStatus::Done)
}

fn show(context: &Context) -> Result<(), Failure> {
    if let Some(error) = &context.config_error {
        return Err(error.clone().into());
    }
    let settings = &context.settings;
    let (database, server) = match context.place()? {
        Place::Local(path) => (Some(path), None),
        Place::Server(server) => (None, Some(server.url().to_owned())),
    };
    context.show_value(&json!({
        "file": context.config_file,
        "exists": settings.file.is_some(),
        "database": database,
        "server": server,
        "profiles": settings.profiles.keys().collect::<Vec<_>>(),
        "theme": context.global.theme.as_ref().or(settings.theme.as_ref()),
        "glyphs": context.global.glyphs.as_ref().or(settings.glyphs.as_ref()),
        "color": context.global.color.as_ref().or(settings.color.as_ref()),
        "language": settings.language,
        "zone_of_new_databases": settings.company().zone,
        "sound_output": settings.sound.output,
        "sound_volume": settings.sound.volume,
        "data_folder": context.paths.data,
        "state_folder": context.paths.state,
    }))
}

fn init(context: &Context) -> Result<(), Failure> {
    let file = &context.config_file;
    let failed = |why: std::io::Error| Failure::failed(format!("{} cannot be written: {why}", file.display()));
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut opened = match std::fs::OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(opened) => opened,
        Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Failure::failed(format!("{} exists already; edit it, or move it away first", file.display())));
        }
        Err(why) => return Err(failed(why)),
    };
    opened.write_all(TEMPLATE.as_bytes()).map_err(failed)?;
    context.say(&format!("wrote {}", file.display()));
    Ok(())
}
