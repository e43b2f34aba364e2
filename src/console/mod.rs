//! The full-screen console.
//!
//! [`message::Msg`] (what happened) → [`update::update`] (changes the [`model::Model`]; synchronous, total) →
//! [`effect::Effect`] (what to do) → `runner` (does it, answers with messages). [`view::view`] draws the model and changes
//! nothing. Model, update and view know no clock, file, network or sound.

mod access;
mod accounts;
mod asking;
mod commands;
mod copying;
mod deck;
mod desk;
mod dispatch;
mod ears;
mod edits;
mod effect;
mod event_loop;
mod filling;
mod gate;
mod glyphs;
mod hints;
mod input;
mod keeping;
mod keymap;
mod line;
mod listening;
mod many;
mod memory;
mod message;
mod model;
mod mouse;
mod notices;
mod overlays;
mod places;
mod reads;
mod reasons;
mod runner;
mod screen_writer;
mod screens;
mod searching;
mod setup;
mod sharing;
mod shelf;
mod slot;
mod taking;
mod tasks;
mod terminal;
#[cfg(test)]
mod tests;
pub mod texts;
mod theme;
mod undo;
mod unsent;
mod update;
mod values;
mod view;
mod viewing;
mod widgets;
mod work;
mod writer;

pub use glyphs::Glyphs;
pub use terminal::is_terminal;
pub use theme::{ColorChoice, Depth, Environment};

use std::{future::Future, path::PathBuf, pin::Pin, sync::Arc};

use crate::client::Client;

/// What opening gave.
pub enum Opened {
    Client(Client),
    /// There is no database yet: the first-run screen asks how to begin. Nothing was made.
    NothingYet,
}

/// An opening under way; an error is a sentence for the screen.
pub type Opening = Pin<Box<dyn Future<Output = Result<Opened, String>> + Send>>;

/// Opens the database or connects to the server, with the token of a sign-in if there was one; called after the first frame, and
/// again when the person asks for it or the line was lost.
pub type Opener = Arc<dyn Fn(Option<&str>) -> Opening + Send + Sync>;

/// Writes the token of a sign-in where the next start finds it; an error is a sentence.
pub type TokenKeeper = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// A place of calls that can be gone to.
#[derive(Clone)]
pub struct Door {
    /// Name of its profile; empty: it has none.
    pub profile: String,
    /// Address of the server, or name of the file.
    pub place: String,
    /// Address or whole path: tells it from all others.
    pub key: String,
    pub opener: Opener,
    /// None: the token of a sign-in stays in memory.
    pub keep_token: Option<TokenKeeper>,
}

/// The ways to begin where there is no database; where one is missing, the command to type is shown.
#[derive(Clone, Default)]
pub struct Ways {
    pub demo: Option<Arc<dyn Fn() -> Opening + Send + Sync>>,
    /// Imports what an Asterisk left in this folder.
    pub import: Option<Arc<dyn Fn(String) -> Opening + Send + Sync>>,
    /// Connects to the server at this address.
    pub server: Option<Arc<dyn Fn(String) -> Opening + Send + Sync>>,
}

/// What the console is started with.
#[derive(Clone, Default)]
pub struct Options {
    /// What the environment tells of the terminal.
    pub environment: Environment,
    /// Whether the terminal may be told to move rows; none: by its name.
    pub scroll_regions: Option<bool>,
    /// Name of a theme; none: chosen by the terminal.
    pub theme: Option<String>,
    /// Name of a glyph set; none: by the locale.
    pub glyphs: Option<String>,
    pub color: ColorChoice,
    /// Folder with `keymap.toml` and `themes/`.
    pub config_folder: Option<PathBuf>,
    /// Folder for what is remembered from one start to the next.
    pub state_folder: Option<PathBuf>,
    /// Where stderr goes while the screen is ours; none: nowhere.
    pub log: Option<PathBuf>,
    /// Where one can go without leaving; the first is where one begins.
    pub doors: Vec<Door>,
    /// Nobody at the keys for so long locks the screen, where one had to sign in; none: never.
    pub lock_after: Option<std::time::Duration>,
    pub ways: Ways,
    /// As `playback` takes it.
    pub output: Option<String>,
    /// Where sound may come out, as the environment tells.
    pub sound: crate::playback::Environment,
    /// Where sounds that came over a line are kept; none: nowhere.
    pub cache: Option<crate::listening::Cache>,
    /// Percent, until the person changes it.
    pub volume: Option<u8>,
    /// Language of the texts.
    pub language: String,
}

/// Why the console could not run.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    #[error("the console needs a terminal: stdin or stdout is none; `callreel calls` works without")]
    NoTerminal,
    #[error("the terminal failed: {0}")]
    Terminal(#[from] std::io::Error),
}

/// Runs the console until the person leaves; gives the exit status. Call it on the main thread, inside a runtime.
///
/// # Errors
/// When there is no terminal, or it fails.
pub async fn run(options: Options) -> Result<u8, ConsoleError> {
    if !is_terminal() {
        return Err(ConsoleError::NoTerminal);
    }
    let (setup, troubles) = setup::load(&options);
    terminal::install_panic_hook();
    let log = options.log.as_ref().and_then(|log| std::fs::File::options().create(true).append(true).open(log).ok());
    let abilities = screen_writer::Abilities::of(&options.environment, options.scroll_regions);
    let mut screen = terminal::Screen::enter(&options.environment, abilities, log)?;
    let mut model = model::Model::new(setup, jiff::Timestamp::now(), screen.size());
    if let Some(volume) = options.volume {
        model.desk.deck.volume = f32::from(volume.min(150)) / 100.0;
    }
    for trouble in troubles {
        model.desk.tell(notices::Level::Error, trouble);
    }
    let (sender, messages) = tokio::sync::mpsc::channel(event_loop::WAITING);
    let player = crate::playback::PlayerOptions {
        output: options.output,
        environment: options.sound,
        tick: std::time::Duration::from_millis(if options.environment.remote { 250 } else { 100 }),
    };
    let unsent = options.state_folder.as_ref().map(|folder| folder.join("unsent.json"));
    let memory = options.state_folder.map(|folder| folder.join("console.toml"));
    let mut runner = runner::Runner::new(
        sender,
        options.doors,
        options.ways,
        (memory, unsent),
        player,
        options.cache,
        options.environment.remote,
    );
    let status = event_loop::run(&mut model, &mut screen, &mut runner, messages).await?;
    drop(screen);
    Ok(status)
}
