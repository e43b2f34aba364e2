//! Flags and commands as clap knows them. Help lists only what works.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::{
    audit, backup, calls, case, clip, collection, completions, config, customer, demo, download, ear, extension, flag, generate,
    import, jobs, login, logout, named, note, output::Format, peaks, play, role, serve, session, share, show, tag, token, user,
    view, whoami,
};

/// Call recordings and call history of a company.
#[derive(Debug, Parser)]
#[command(
    name = "callreel",
    bin_name = "callreel",
    version,
    about = "Recordings and history of a company's telephone calls: console and command line",
    after_help = "Exit status: 0 done, 1 failed, 2 wrong usage, query or configuration, 3 not allowed, 4 not found, \
                  5 partly done, 6 out of reach.\nEnvironment: CALLREEL_DB, CALLREEL_SERVER, CALLREEL_PROFILE, \
                  CALLREEL_CONFIG, CALLREEL_TOKEN_FILE, CALLREEL_EAR.",
    disable_help_subcommand = true,
    subcommand_required = false,
    args_conflicts_with_subcommands = false
)]
pub struct Root {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that stand before or after any command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Work on this database file
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["server", "profile"])]
    pub db: Option<PathBuf>,
    /// Work through this server (http://host:port, https://host:port or unix:/path/to.sock)
    #[arg(long, global = true, value_name = "URL", conflicts_with = "profile")]
    pub server: Option<String>,
    /// Work on the place that this profile of the configuration names
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Read this configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Form of the data on stdout [default: table on a terminal, ndjson otherwise]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Say nothing but errors on stderr
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Write a log to this file
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Draw without colours, borders and moving parts
    #[arg(long, global = true)]
    pub plain: bool,
    /// Colours of the console: dark, light, ansi, mono, or a file of your themes folder
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Signs that the terminal can show
    #[arg(long, global = true, value_name = "SET", value_parser = ["unicode", "wgl4", "cp437", "latin2", "ascii"])]
    pub glyphs: Option<String>,
    /// How many colours the terminal can show
    #[arg(long, global = true, value_name = "WHEN", value_parser = ["auto", "true", "256", "16", "none"])]
    pub color: Option<String>,
}

/// What callreel can be told to do.
#[derive(Debug, Subcommand, Default)]
pub enum Command {
    /// Open the full-screen console (what callreel without a command does)
    #[default]
    Console,
    Demo(demo::Args),
    Import(import::Args),
    Backup(backup::Args),
    Restore(backup::RestoreArgs),
    Generate(generate::Args),
    Calls(calls::Args),
    Share(share::Args),
    Show(show::Args),
    Play(play::Args),
    Download(download::Args),
    Ear(ear::Args),
    Jobs(jobs::Args),
    Peaks(peaks::Args),
    Note(note::Args),
    Tag(tag::Args),
    Case(case::Args),
    Flag(flag::Args),
    Clip(clip::Args),
    Collection(collection::Args),
    View(view::Args),
    Extension(extension::Args),
    Group(named::GroupArgs),
    Project(named::ProjectArgs),
    Customer(customer::Args),
    User(user::Args),
    Role(role::Args),
    Token(token::Args),
    Session(session::Args),
    Serve(serve::Args),
    Audit(audit::Args),
    Login(login::Args),
    Logout(logout::Args),
    Whoami(whoami::Args),
    Config(config::Args),
    Completions(completions::Args),
    Man(completions::ManArgs),
}

impl Command {
    /// What must work when `config.toml` is broken.
    pub const fn works_without_settings(&self) -> bool {
        matches!(self, Self::Config(_) | Self::Completions(_) | Self::Man(_))
    }
}
