//! `callreel ear`: the companion at the listener's own machine. It plays what a console far away sends through SSH, and only
//! ever takes sound.

mod line;

use std::{
    io::IsTerminal,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};

use super::{Context, ExitStatus, Failure, Outcome, listen};
use crate::{
    domain::clean,
    playback::{self, EarEvent, EarOptions, EarServer},
};
use line::{Far, Stop, Supervised, Work};

/// Hear at your own machine what a callreel plays that you reach by SSH
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Log in there by ssh and take the ear along: HOST, USER@HOST or ssh://USER@HOST:PORT
    #[arg(long, value_name = "HOST")]
    via: Option<String>,
    /// Run this there instead of a shell
    #[arg(long, value_name = "COMMAND", requires = "via")]
    command: Option<String>,
    /// Open no shell there: the ear alone, for a console that runs already
    #[arg(long, requires = "via", conflicts_with = "command")]
    no_shell: bool,
    /// The ssh to run, with its flags
    #[arg(long, value_name = "SSH", default_value = "ssh", requires = "via")]
    ssh: String,
    /// Listen on a port of this machine too, where sockets cannot be forwarded
    #[arg(long, conflicts_with = "via")]
    tcp: bool,
    /// Where it sounds here: pulse:SERVER, alsa:NAME, or the name of a sink
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
}

/// Listens until it is ended.
///
/// # Errors
/// Status 6 without a sound output here, or when the other machine is not reached; 1 when it forbids forwarding.
pub async fn run(args: Args, context: &Context) -> Outcome {
    if args.via.as_deref().is_some_and(|via| via.is_empty() || via.starts_with('-')) {
        return Err(Failure::usage("--via wants HOST, USER@HOST or ssh://USER@HOST:PORT"));
    }
    let options = EarOptions {
        // What the setting says of ears is meant for the far end of one.
        output: args
            .device
            .clone()
            .or_else(|| context.settings.sound.output.clone().filter(|output| output != "ear" && !output.starts_with("ear:"))),
        environment: listen::environment(context),
        token: playback::new_token().map_err(|why| Failure::failed(why.to_string()))?,
        name: own_name(context),
    };
    let looked = options.clone();
    let found = tokio::task::spawn_blocking(move || EarServer::check(&looked)).await;
    let output = found
        .map_err(|why| Failure::failed(format!("looking for sound stopped: {why}")))?
        .map_err(|(tried, advice)| Failure::new(ExitStatus::OutOfReach, playback::no_sound(&tried, &advice)))?;
    // With a shell the screen is the shell's.
    let shell = args.via.is_some() && !args.no_shell && (args.command.is_some() || std::io::stdin().is_terminal());
    let status = Arc::new(Status::new(context.words_on_a_terminal() && !shell));
    let token = options.token.clone();
    let told = Arc::clone(&status);
    let server = EarServer::new(options, move |event| told.event(&event));
    let folder = private_folder(context)?;
    let socket = folder.path().join("ear.sock");
    let failed = |why: std::io::Error| Failure::failed(format!("the ear cannot listen at {}: {why}", socket.display()));
    server.listen_at(&socket).map_err(failed)?;
    let outcome = match &args.via {
        None => by_hand(&args, context, &server, &socket, &token, &output, &status).await,
        Some(destination) => {
            let ssh: Vec<String> = args.ssh.split_whitespace().map(ToOwned::to_owned).collect();
            let work = Work {
                far: Far { ssh, destination: destination.clone() },
                folder: folder.path().to_owned(),
                socket: socket.clone(),
                server: server.clone(),
                token,
                shell: shell.then(|| (args.command.clone(), std::io::stdin().is_terminal())),
            };
            over_line(work, context, &output, &status).await
        }
    };
    status.bar.finish_and_clear();
    outcome
}

/// How the console calls this ear.
fn own_name(context: &Context) -> String {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    clean::line(&format!("{}@{host}", context.environment.login), 60)
}

/// A folder that nobody else may enter, removed at the end.
fn private_folder(context: &Context) -> Result<tempfile::TempDir, Failure> {
    let place = context.environment.xdg_runtime_dir.clone().filter(|folder| folder.is_dir());
    let place = place.unwrap_or_else(|| PathBuf::from("/tmp"));
    tempfile::Builder::new()
        // Not as the folders at the far end are called: this end is not looked for.
        .prefix("callreel-own-ear-")
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir_in(&place)
        .map_err(|why| Failure::failed(format!("no folder for the ear's socket in {}: {why}", place.display())))
}

/// Until somebody ends it; in words for [`Context::say`].
async fn ended() -> &'static str {
    let (Ok(mut terminated), Ok(mut hung_up)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        let _ = tokio::signal::ctrl_c().await;
        return "the ear is closed";
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
        _ = hung_up.recv() => {}
    }
    "the ear is closed"
}

async fn by_hand(
    args: &Args,
    context: &Context,
    server: &EarServer,
    socket: &Path,
    token: &str,
    output: &str,
    status: &Status,
) -> Outcome {
    let user = &context.environment.login;
    let user = if user.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) { user.as_str() } else { "me" };
    // Another random number than the token: names in /tmp are seen by all.
    let random = playback::new_token().map_err(|why| Failure::failed(why.to_string()))?;
    let far = format!("/tmp/callreel-ear-{user}-{}.sock", random.get(..8).unwrap_or_default());
    let mut lines = vec![
        format!("ssh -R {far}:{} HOST", socket.display()),
        format!("ssh -O forward -R {far}:{} HOST", socket.display()),
        format!("export CALLREEL_EAR={far}#{token}"),
    ];
    if args.tcp {
        let port = server.listen_on_port().map_err(|why| Failure::failed(format!("the ear cannot listen on a port: {why}")))?;
        lines = vec![
            format!("ssh -R {port}:127.0.0.1:{port} HOST"),
            format!("ssh -O forward -R {port}:127.0.0.1:{port} HOST"),
            format!("export CALLREEL_EAR=tcp:127.0.0.1:{port}#{token}"),
        ];
    }
    context.say(&format!(
        "The ear is open; it sounds by {output}. Take it to HOST with the first line, or with the second over a connection that \
         runs already (ControlMaster), and enter the third line there. Ctrl-C ends it."
    ));
    for line in lines {
        context.line(&line)?;
    }
    context.flush()?;
    status.line("waiting for a console");
    context.say(ended().await);
    Ok(ExitStatus::Done)
}

async fn over_line(work: Work, context: &Context, output: &str, status: &Arc<Status>) -> Outcome {
    let destination = clean::line(&work.far.destination, 100);
    let shell = work.shell.is_some();
    if !shell {
        context.say(&format!("The ear sounds by {output}. Ctrl-C ends it."));
    }
    let (stop, told) = (Arc::new(Stop::default()), Arc::clone(status));
    let (supervisor, words) = (Arc::clone(&stop), context.words_on_a_terminal());
    let quiet = context.global.quiet;
    let name = destination.clone();
    let work = tokio::task::spawn_blocking(move || {
        line::supervise(&work, &supervisor, &|change| {
            let words_of_it = match &change {
                Supervised::Up(folder) => format!("connected to {name}; a callreel there finds the ear in {folder}"),
                Supervised::Cut(why) => format!("the line to {name} was cut ({why}); trying again"),
                Supervised::Still(why) => format!("{name} is not reached yet ({why}); trying again"),
            };
            if shell && matches!(change, Supervised::Up(_)) {
                return;
            }
            if words && !shell {
                told.line(&words_of_it);
            } else if !quiet {
                // Nobody can be told that stderr is closed.
                let _ = std::io::Write::write_all(
                    &mut std::io::stderr(),
                    format!("callreel ear: {}\n", clean::line(&words_of_it, 400)).as_bytes(),
                );
            }
        })
    });
    tokio::pin!(work);
    let outcome = tokio::select! {
        outcome = &mut work => Some(outcome),
        words = ended() => {
            stop.stop();
            status.bar.finish_and_clear();
            context.say(words);
            // The lines end by themselves now; the folder at the far end is removed by its own shell.
            let _ = (&mut work).await;
            None
        }
    };
    match outcome {
        None => Ok(ExitStatus::Done),
        Some(Ok(Ok(true))) => Ok(ExitStatus::Done),
        // The command there failed and said so itself.
        Some(Ok(Ok(false))) => Err(Failure::new(ExitStatus::Failed, "")),
        Some(Ok(Err(line::Broken { reached: false, why }))) => {
            Err(Failure::new(ExitStatus::OutOfReach, format!("{destination} is not reached: {why}")))
        }
        Some(Ok(Err(line::Broken { reached: true, why }))) => Err(Failure::failed(format!("{destination}: {why}"))),
        Some(Err(why)) => Err(Failure::failed(format!("the ear stopped: {why}"))),
    }
}

/// One line that tells how it stands, where somebody sees it.
struct Status {
    bar: ProgressBar,
    /// Of the line, and of the sound.
    parts: Mutex<(String, String)>,
}

impl Status {
    fn new(shown: bool) -> Self {
        let bar = ProgressBar::no_length();
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, parts: Mutex::default() }
    }

    fn line(&self, words: &str) {
        self.change(|parts| parts.0 = clean::line(words, 200));
    }

    fn event(&self, event: &EarEvent) {
        let words = match event {
            EarEvent::Came => "a console is here".to_owned(),
            EarEvent::Playing => "playing".to_owned(),
            EarEvent::Paused => "paused".to_owned(),
            EarEvent::Idle => "silent".to_owned(),
            EarEvent::Went(None) => "no console".to_owned(),
            EarEvent::Went(Some(why)) | EarEvent::Refused(why) => clean::line(why, 120),
        };
        self.change(|parts| parts.1 = words);
    }

    fn change(&self, act: impl FnOnce(&mut (String, String))) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut parts);
        let (line, sound) = &*parts;
        let text = if sound.is_empty() { line.clone() } else { format!("{sound} · {line}") };
        drop(parts);
        self.bar.set_message(text);
        self.bar.tick();
    }
}
