//! `callreel serve`: the recording server.

use std::{io::IsTerminal, path::PathBuf};

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::{Context, ExitStatus, Failure, Outcome, log, place};
use crate::{
    config::read_secret,
    domain::access::OidcSettings,
    host::{
        BALLAST, HostErrorKind,
        serve::{self, Limits, Listen, ServeOrder, Serving, SocketPlace},
    },
};

/// Where it listens unless told otherwise.
const LISTEN: &str = "127.0.0.1:8400";

/// Serve the database to consoles, scripts and people of this machine and the network
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port; plain HTTP on loopback, TLS elsewhere; `none` for the socket alone [default: 127.0.0.1:8400]
    #[arg(long, value_name = "ADDR", num_args = 1)]
    listen: Vec<String>,
    /// Unix socket for people of this machine [default: in the runtime folder, or beside the database]
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// A certificate of your own (PEM) instead of the one made at the first start
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Lines at a time [default: 1024]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: Option<u32>,
    /// Lines at a time from one other machine [default: 256]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_per_address: Option<u32>,
    /// Print the fingerprint of the server's key, which people compare when they sign in, and end
    #[arg(long)]
    fingerprint: bool,
    /// The file of --log
    #[arg(skip)]
    pub(super) log: Option<PathBuf>,
}

/// Serves until it is told to stop.
///
/// # Errors
/// When the database is held by others, or an address cannot be listened on.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let path = context.database("serve")?;
    let path = std::path::absolute(&path).unwrap_or(path);
    let year = i32::from(jiff::Zoned::now().year());
    let settings = &context.settings.server;
    let own = args.tls_cert.clone().zip(args.tls_key.clone());
    let certificate = own.clone().or_else(|| settings.tls_cert.clone().zip(settings.tls_key.clone()));
    if args.fingerprint {
        let fingerprint = serve::fingerprint(&path, certificate.as_ref(), year)?;
        context.line(&fingerprint.to_string())?;
        return Ok(ExitStatus::Done);
    }
    let guard = log::start_json(args.log.as_deref())?;
    serve::raise_limits();
    let listen = listen(&args, context, own.is_some())?;
    let database = path.display().to_string();
    let order = ServeOrder {
        open: crate::host::OpenRequest {
            create: Some(context.settings.company()),
            makes_folder: context.is_own(&path),
            keeps_columns: true,
            readers: std::thread::available_parallelism().map_or(4, |count| count.get().clamp(4, 16)),
            ..context.request(path)
        },
        listen,
        socket: socket(&args, context),
        certificate,
        oidc: oidc(context)?,
        limits: Limits {
            connections: count(args.max_connections, settings.max_connections, Limits::default().connections),
            per_address: count(args.max_per_address, settings.max_per_address, Limits::default().per_address),
            ..Limits::default()
        },
        ballast: settings.ballast.unwrap_or(BALLAST),
        year,
    };
    let mut signals = Signals::new()?;
    let serving = Serving::start(order).await.map_err(|error| match error.kind {
        HostErrorKind::Unusable => Failure::usage(error.to_string()),
        _ => error.into(),
    })?;
    tell(&serving, &database, args.log.is_some(), context);
    let stopped = async {
        signals.next().await;
        context.say("stopping: requests that run may end; once more ends at once");
    };
    let ended = tokio::select! {
        ended = serving.run(stopped) => ended,
        () = signals_twice() => return Ok(ExitStatus::Terminated),
    };
    let whole = ended?;
    tracing::info!(target: "callreel::serve", whole, "stopped");
    drop(guard);
    Ok(ExitStatus::Done)
}

fn count(flag: Option<u32>, setting: Option<usize>, usual: usize) -> usize {
    flag.and_then(|count| usize::try_from(count).ok()).or(setting).unwrap_or(usual)
}

fn listen(args: &Args, context: &Context, tls: bool) -> Result<Vec<Listen>, Failure> {
    let usual = [LISTEN.to_owned()];
    let settings = context.settings.server.listen.as_slice();
    let named = [args.listen.as_slice(), settings, &usual].into_iter().find(|list| !list.is_empty()).unwrap_or(&usual);
    if matches!(named, [one] if one == "none") {
        return Ok(Vec::new());
    }
    let parse = |text: &String| Listen::parse(text).map(|listen| if tls { listen.with_tls() } else { listen });
    named.iter().map(parse).collect::<Result<_, _>>().map_err(Failure::usage)
}

/// The identity provider of the configuration.
fn oidc(context: &Context) -> Result<Option<OidcSettings>, Failure> {
    let Some(provider) = context.settings.oidc.clone() else { return Ok(None) };
    let secret = provider.client_secret_file.map(|file| read_secret(&file)).transpose().map_err(Failure::usage)?;
    let client_secret = secret.map(|secret| secret.as_str().to_owned());
    Ok(Some(OidcSettings { issuer: provider.issuer, client_id: provider.client_id, client_secret, claim: provider.claim }))
}

fn socket(args: &Args, context: &Context) -> SocketPlace {
    if let Some(path) = args.socket.clone().or_else(|| context.settings.server.socket.clone()) {
        return SocketPlace::Named(path);
    }
    let own = context.environment.xdg_runtime_dir.as_ref().map(|folder| folder.join("callreel.sock"));
    let system = (context.environment.uid == Some(0)).then(|| PathBuf::from(place::SYSTEM_SOCKET));
    SocketPlace::Usual(own.or(system).into_iter().collect())
}

/// Says where the server is and how one comes in.
fn tell(serving: &Serving, database: &str, apart: bool, context: &Context) {
    let places = serving.places();
    let fingerprint = serving.fingerprint().map(|print| print.to_string());
    tracing::info!(
        target: "callreel::serve",
        database,
        places = %json!(places),
        fingerprint,
        new = serving.is_first_start(),
        version = env!("CARGO_PKG_VERSION"),
        "serving"
    );
    // A log on the same stream has said it.
    if !apart && !std::io::stderr().is_terminal() {
        return;
    }
    let made = if serving.is_first_start() { "made the new, empty database " } else { "serving " };
    let mut words = format!("{made}{database}");
    for place in &places {
        words.push_str(&format!("\n  {place}"));
    }
    if let Some(fingerprint) = &fingerprint {
        words.push_str(&format!("\nits key: {fingerprint}"));
    }
    let socket = places.last().map(String::as_str).unwrap_or_default();
    words.push_str(&format!("\nyou, who run it, are its owner on the socket and need no password: callreel --server {socket}"));
    if let Some(network) = places.iter().find(|place| place.starts_with("http")) {
        words.push_str(&format!(
            "\nothers need an account (callreel user add NAME --server {socket}), then: callreel login {network}"
        ));
    }
    context.say(&words);
}

/// What tells a server to stop.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|why| Failure::failed(format!("signals cannot be heard: {why}")));
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// The second of two signals: whoever sends it does not want to wait.
async fn signals_twice() {
    match Signals::new() {
        Ok(mut signals) => {
            signals.next().await;
            signals.next().await;
        }
        Err(_) => std::future::pending().await,
    }
}
