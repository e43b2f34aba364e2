//! What every command works with: configuration, place, output, words.

use std::{
    io::{IsTerminal, Write},
    sync::Mutex,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::{
    Failure, Global, log,
    output::{Format, Sink, list},
    place::{self, Place},
};
use crate::{
    client::Client,
    config::{Environment, Paths, Settings},
    domain::clean,
};

/// Columns of a table where the width of the terminal is not known.
const WIDTH: usize = 120;

/// Handed to each command.
pub struct Context {
    pub global: Global,
    pub environment: Environment,
    pub settings: Settings,
    pub paths: Paths,
    /// How data is written to stdout.
    pub format: Format,
    /// Columns of the terminal that tables are made for.
    pub width: usize,
    stdout: Mutex<Sink>,
    words: bool,
}

impl Context {
    /// Reads the configuration and starts the log, if one is asked for.
    ///
    /// # Errors
    /// When the configuration is wrong, or the log cannot be written.
    pub fn new(global: Global, environment: Environment) -> Result<Self, Failure> {
        let paths = Paths::of_this_user();
        let named = global.config.as_ref().or(environment.config.as_ref());
        let file = named.cloned().unwrap_or_else(|| paths.config_file());
        if let Some(file) = &global.log {
            log::start(file)?;
        }
        // `config` must be able to say where a broken file is, and what is wrong with it: it reads the file itself.
        let settings = Settings::load(&file, named.is_some())?;
        let stdout = std::io::stdout();
        let terminal = stdout.is_terminal();
        let width = environment
            .columns
            .map(usize::from)
            .or_else(|| terminal.then(crossterm::terminal::size).and_then(Result::ok).map(|(columns, _)| usize::from(columns)));
        Ok(Self {
            format: global.format.unwrap_or(if terminal { Format::Table } else { Format::Ndjson }),
            width: width.filter(|width| *width > 0).unwrap_or(WIDTH),
            words: !global.quiet,
            stdout: Mutex::new(Sink::stdout(terminal)),
            global,
            environment,
            settings,
            paths,
        })
    }

    /// Where this command works.
    ///
    /// # Errors
    /// As [`place::find`].
    pub fn place(&self) -> Result<Place, Failure> {
        place::find(&self.global, &self.environment, &self.settings, &self.paths)
    }

    /// The API of the place. A database that does not exist is an error.
    ///
    /// # Errors
    /// When there is no such database, or it cannot be opened.
    pub async fn client(&self) -> Result<Client, Failure> {
        self.open(false).await
    }

    /// As [`Self::client`], but makes the database if it is missing.
    ///
    /// # Errors
    /// When it cannot be made or opened.
    pub async fn client_making(&self) -> Result<Client, Failure> {
        self.open(true).await
    }

    #[expect(clippy::unused_async, reason = "skeleton, until the host is there")]
    async fn open(&self, make: bool) -> Result<Client, Failure> {
        match self.place()? {
            Place::Server { url, token } => Ok(Client::network(&url, token)?),
            Place::Local(path) if !make && !path.exists() => Err(Failure::not_found(format!(
                "no database {}; make one with `callreel import` or `callreel demo`, or name one with --db",
                path.display()
            ))),
            Place::Local(_) => Err(Failure::failed("local databases are not built yet")),
        }
    }

    /// Writes data to stdout.
    ///
    /// # Errors
    /// When it cannot be written; a closed pipe gives a failure that ends the program quietly.
    pub fn write(&self, data: &[u8]) -> Result<(), Failure> {
        self.with_stdout(|sink| sink.write_all(data))
    }

    /// Writes one line to stdout.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn line(&self, line: &str) -> Result<(), Failure> {
        self.with_stdout(|sink| {
            sink.write_all(line.as_bytes())?;
            sink.write_all(b"\n")
        })
    }

    /// Sends on what is still buffered.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn flush(&self) -> Result<(), Failure> {
        self.with_stdout(Write::flush)
    }

    fn with_stdout(&self, act: impl FnOnce(&mut Sink) -> std::io::Result<()>) -> Result<(), Failure> {
        let mut sink = self.stdout.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        act(&mut sink).map_err(|why| Failure::of_stdout(&why))
    }

    /// Writes a list as table, JSON array, NDJSON or CSV; `columns` are JSON names of the items' fields.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn show_list<T: Serialize>(&self, items: &[T], columns: &[&str]) -> Result<(), Failure> {
        self.write(&list::of_items(items, columns, self.format)?)
    }

    /// Writes one thing: its fields a line each as a table, else JSON, or CSV of one row.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn show_value(&self, value: &impl Serialize) -> Result<(), Failure> {
        self.write(&list::of_value(value, self.format)?)
    }

    /// Says something on stderr, unless `--quiet`. Foreign text in it is cleaned.
    pub fn say(&self, words: &str) {
        if self.words {
            let text: Vec<String> = clean::lines(words, 4_000);
            // Nobody can be told that stderr is closed.
            let _ = writeln!(std::io::stderr(), "{}", text.join("\n"));
        }
    }

    /// A progress bar on stderr: hidden with `--quiet`, and where stderr is no terminal. `total` none: only counted.
    pub fn progress(&self, label: &str, total: Option<u64>) -> ProgressBar {
        let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
        let shown = self.words && std::io::stderr().is_terminal();
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() });
        let template = if total.is_some() { "{prefix} {wide_bar} {pos}/{len} {eta}" } else { "{prefix} {human_pos}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(clean::line(label, 60));
        bar
    }
}
