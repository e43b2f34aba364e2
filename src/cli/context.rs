//! What every command works with: configuration, place, output, words.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    pin::Pin,
    sync::Mutex,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use tokio::sync::OnceCell;

use super::{
    Failure, Global, Outcome, log,
    output::{Format, Sink, list},
    place::{self, Place},
};
use crate::{
    client::{Client, InProcess, ServerAddress},
    config::{ConfigError, Environment, Paths, Settings},
    domain::clean,
    host::{Host, HostError, OpenRequest},
};

/// Columns of a table where the width of the terminal is not known.
const WIDTH: usize = 120;

/// Runs the console on the place of a context. `main` hands it in: commands know nothing of screens.
pub type ConsoleFace = for<'a> fn(&'a Context) -> Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// Handed to each command.
pub struct Context {
    pub global: Global,
    pub environment: Environment,
    pub settings: Settings,
    pub paths: Paths,
    /// The configuration file in use, whether it exists or not.
    pub config_file: PathBuf,
    /// How data is written to stdout.
    pub format: Format,
    /// Columns of the terminal that tables are made for.
    pub width: usize,
    /// Name of the command, for messages of other programs that meet our lock.
    pub program: String,
    /// What is wrong with the configuration, for the commands that work without one.
    pub config_error: Option<ConfigError>,
    pub console: ConsoleFace,
    stdout: Mutex<Sink>,
    words: bool,
    host: OnceCell<Host>,
    connected: OnceCell<Client>,
}

/// The server that has the database open, when that is why it cannot be opened here, and it answers.
///
/// # Errors
/// Any other reason as it is.
pub async fn through_server(error: HostError) -> Result<ServerAddress, Failure> {
    let Some(socket) = error.server.clone() else { return Err(error.into()) };
    let silent = |why: String| Failure::failed(format!("{error}\nits socket does not answer: {why}"));
    let address = ServerAddress::parse(&format!("unix:{}", socket.display())).map_err(silent)?;
    match tokio::net::UnixStream::connect(&socket).await {
        Ok(_) => Ok(address),
        Err(why) => Err(silent(why.to_string())),
    }
}

impl Context {
    /// Reads the configuration and starts the log, if one is asked for.
    ///
    /// # Errors
    /// When the configuration is wrong, or the log cannot be written.
    pub fn new(global: Global, environment: Environment, console: ConsoleFace) -> Result<Self, Failure> {
        let context = Self::without_settings(global, environment, console)?;
        match context.config_error {
            Some(error) => Err(error.into()),
            None => Ok(context),
        }
    }

    /// As [`Self::new`], for commands that must work with a broken configuration (`config check`).
    ///
    /// # Errors
    /// When the log cannot be written.
    pub fn without_settings(global: Global, environment: Environment, console: ConsoleFace) -> Result<Self, Failure> {
        let paths = Paths::of_this_user();
        let (file, named) = config_file(&global, &environment, &paths);
        if let Some(file) = &global.log {
            log::start(file)?;
        }
        let (settings, config_error) = match Settings::load(&file, named) {
            Ok(settings) => (settings, None),
            Err(error) => (Settings::default(), Some(error)),
        };
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
            console,
            stdout: Mutex::new(Sink::stdout(terminal)),
            host: OnceCell::new(),
            connected: OnceCell::new(),
            program: "callreel".to_owned(),
            config_file: file,
            config_error,
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

    /// The place of a profile, whatever the command line names.
    ///
    /// # Errors
    /// As [`place::find`].
    pub fn place_of(&self, profile: &str) -> Result<Place, Failure> {
        let global = Global { profile: Some(profile.to_owned()), ..Global::default() };
        place::find(&global, &self.environment, &self.settings, &self.paths)
    }

    /// The API of the place. A database that does not exist is an error.
    ///
    /// # Errors
    /// When there is no such database, or it cannot be opened.
    pub async fn client(&self) -> Result<Client, Failure> {
        self.open(false).await
    }

    /// As [`Self::client`], but makes the database if it is missing: for what a script tells a new one before its first calls.
    /// Its folder is made only where nobody named one.
    ///
    /// # Errors
    /// When it cannot be made or opened.
    pub async fn client_making(&self) -> Result<Client, Failure> {
        self.open(true).await
    }

    async fn open(&self, make: bool) -> Result<Client, Failure> {
        match self.place()? {
            Place::Server(server) => self.connect(server),
            Place::Local(path) => {
                let create = make.then(|| self.settings.company());
                let request = OpenRequest { create, makes_folder: self.is_own(&path), ..self.request(path.clone()) };
                let host = match self.host.get_or_try_init(|| Host::open(request)).await {
                    Ok(host) => host,
                    Err(error) => return self.connect(through_server(error).await?),
                };
                if host.was_made() {
                    self.say(&format!("made the new, empty database {}", path.display()));
                }
                let api = host.local_api();
                Ok(Client::in_process(InProcess::new(move |request| api(request))))
            }
        }
    }

    /// The API of a server.
    ///
    /// # Errors
    /// When this machine cannot speak to anybody.
    pub fn connect(&self, server: ServerAddress) -> Result<Client, Failure> {
        let client = Client::connect(server)?;
        // Kept, so that what a pinned certificate lacks can be said in the end.
        let _ = self.connected.set(client.clone());
        Ok(client)
    }

    /// The database file of a command that works on one, whether a server runs or not.
    ///
    /// # Errors
    /// As [`place::database`].
    pub fn database(&self, command: &str) -> Result<PathBuf, Failure> {
        place::database(command, &self.global, &self.environment, &self.settings, &self.paths)
    }

    /// Whether this is the database of one's data folder, which is made at the first need.
    pub fn is_own(&self, database: &std::path::Path) -> bool {
        database == self.paths.database()
    }

    /// How to open a database file: an existing one, in the name of whoever runs this.
    pub fn request(&self, path: PathBuf) -> OpenRequest {
        OpenRequest {
            program: self.program.clone(),
            login: self.environment.login.clone(),
            uid: self.environment.uid,
            sudo_user: self.environment.sudo_user.clone(),
            ssh_connection: self.environment.ssh_connection.clone(),
            checkpoints: self.settings.checkpoints.clone(),
            longest_share_days: self.settings.longest_share_days,
            ..OpenRequest::new(path)
        }
    }

    /// Writes home what a local database still has in memory, and lets its lock go.
    ///
    /// # Errors
    /// When the last checkpoint fails.
    pub async fn close(self) -> Result<(), Failure> {
        if let Some(warning) = self.connected.get().and_then(Client::warning) {
            self.warn(&warning);
        }
        match self.host.into_inner() {
            Some(host) => Ok(host.close().await?),
            None => Ok(()),
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

    /// Says on stderr what somebody must do now, also with `--quiet`.
    pub fn ask(&self, words: &str) {
        // Nobody can be told that stderr is closed.
        let _ = writeln!(std::io::stderr(), "{}", clean::lines(words, 4_000).join("\n"));
    }

    /// Says on stderr what went wrong with a part of the work, also with `--quiet`.
    pub fn warn(&self, words: &str) {
        // Nobody can be told that stderr is closed.
        let _ = writeln!(std::io::stderr(), "callreel: {}", clean::lines(words, 4_000).join("\n"));
    }

    /// Whether somebody sees progress.
    pub fn words_on_a_terminal(&self) -> bool {
        self.words && std::io::stderr().is_terminal()
    }

    /// A progress bar on stderr: hidden with `--quiet`, and where stderr is no terminal. `total` none: only counted.
    pub fn progress(&self, label: &str, total: Option<u64>) -> ProgressBar {
        let bar = ProgressBar::no_length();
        let shown = self.words_on_a_terminal();
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() });
        measure(&bar, total);
        bar.set_prefix(clean::line(label, 60));
        bar
    }

    /// Moves a bar to where work told from inside stands; how much there is may become known on the way.
    pub fn advance(&self, bar: &ProgressBar, done: u64, all: Option<u64>) {
        if all.is_some() && bar.length() != all {
            measure(bar, all);
        }
        bar.set_position(done);
    }
}

/// Shapes a bar for so much work; none: only counted.
fn measure(bar: &ProgressBar, total: Option<u64>) {
    let template = if total.is_some() { "{prefix} {wide_bar} {pos}/{len} {eta}" } else { "{prefix} {human_pos}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    if let Some(total) = total {
        bar.set_length(total);
    }
}

/// The configuration file, and whether somebody named it.
fn config_file(global: &Global, environment: &Environment, paths: &Paths) -> (PathBuf, bool) {
    let named = global.config.as_ref().or(environment.config.as_ref());
    (named.cloned().unwrap_or_else(|| paths.config_file()), named.is_some())
}
