//! `callreel [console]`: the full-screen console.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::Mutex;

use super::{Context, ExitStatus, Failure, Outcome, Place, generate, listen};
use crate::{
    client::{Client, InProcess},
    config::Settings,
    console::{self, ColorChoice, Environment, Opened, Opening, Options, Ways},
    host::{
        Host, OpenRequest,
        company::demo,
        import::{self, Order},
    },
};

/// Open the full-screen console (what callreel without a command does)
#[derive(Debug, Default, clap::Args)]
pub struct Args {}

/// Databases that were opened; they stay open until the console has ended.
type Hosts = Arc<Mutex<Vec<Host>>>;

/// Runs the console until the person quits.
///
/// # Errors
/// Without a terminal, or where the place of the calls cannot be told.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let Args {} = args;
    let environment = &context.environment;
    let term = environment.term.as_deref().unwrap_or_default();
    if context.global.plain || environment.accessible || matches!(term, "" | "dumb") {
        return Err(Failure::usage(
            "this terminal asks for plain lines (--plain, ACCESSIBLE or TERM), which the console does not draw yet; \
             `callreel calls` and `callreel show` work everywhere",
        ));
    }
    let place = context.place()?;
    let hosts = Hosts::default();
    let opener = opener(&place, context, &hosts);
    let options = options(&place, context, &hosts);
    let status = console::run(options, opener).await;
    let mut closed = Ok(());
    for host in hosts.lock().await.drain(..) {
        closed = closed.and(host.close().await);
    }
    let status = status.map_err(|error| Failure::usage(error.to_string()))?;
    closed?;
    Ok(match status {
        129 => ExitStatus::HungUp,
        130 => ExitStatus::Interrupted,
        143 => ExitStatus::Terminated,
        _ => ExitStatus::Done,
    })
}

fn options(place: &Place, context: &Context, hosts: &Hosts) -> Options {
    let environment = &context.environment;
    let (global, settings) = (&context.global, &context.settings);
    let locale = [&environment.lc_all, &environment.lc_ctype, &environment.lang].into_iter().flatten().next();
    let color = global.color.as_deref().or(settings.color.as_deref()).and_then(ColorChoice::parse);
    Options {
        environment: Environment {
            term: environment.term.clone().unwrap_or_default(),
            colorterm: environment.colorterm.clone().unwrap_or_default(),
            no_color: environment.no_color,
            locale: locale.cloned().unwrap_or_default(),
            remote: environment.ssh_tty.is_some() || environment.ssh_connection.is_some(),
            lines: environment.lines,
            columns: environment.columns,
            ..Environment::default()
        },
        theme: global.theme.clone().or_else(|| settings.theme.clone()),
        glyphs: global.glyphs.clone().or_else(|| settings.glyphs.clone()),
        color: color.unwrap_or_default(),
        config_folder: context.config_file.parent().map(Path::to_path_buf),
        state_folder: Some(context.paths.state.clone()),
        log: global.log.clone(),
        place: match place {
            Place::Server { url, .. } => url.clone(),
            Place::Local(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        },
        ways: ways(place, context, hosts),
        output: settings.sound.output.clone(),
        sound: listen::environment(context),
        volume: settings.sound.volume,
        language: settings.language.clone().or_else(|| environment.language().map(ToOwned::to_owned)).unwrap_or_default(),
    }
}

fn opener(place: &Place, context: &Context, hosts: &Hosts) -> console::Opener {
    match place {
        Place::Server { url, token } => {
            let (url, token) = (url.clone(), token.clone());
            Arc::new(move || connect(url.clone(), token.clone()))
        }
        Place::Local(path) => {
            let request = OpenRequest { program: "console".to_owned(), ..context.request(path.clone()) };
            let hosts = Arc::clone(hosts);
            Arc::new(move || {
                let (request, hosts) = (request.clone(), Arc::clone(&hosts));
                Box::pin(async move {
                    if !request.path.exists() {
                        return Ok(Opened::NothingYet);
                    }
                    open(request, &hosts).await
                })
            })
        }
    }
}

fn connect(url: String, token: Option<String>) -> Opening {
    Box::pin(async move { Client::network(&url, token).map(Opened::Client).map_err(|error| error.to_string()) })
}

async fn open(request: OpenRequest, hosts: &Hosts) -> Result<Opened, String> {
    let host = Host::open(request).await.map_err(|error| error.to_string())?;
    let api = host.local_api();
    hosts.lock().await.push(host);
    Ok(Opened::Client(Client::in_process(InProcess::new(move |request| api(request)))))
}

/// What the first-run screen can do by itself.
fn ways(place: &Place, context: &Context, hosts: &Hosts) -> Ways {
    let Place::Local(path) = place else { return Ways::default() };
    let (folder, request) = (context.paths.data.join("demo"), context.request(path.clone()));
    let (demo_request, demo_hosts) = (request.clone(), Arc::clone(hosts));
    let (settings, import_hosts) = (context.settings.clone(), Arc::clone(hosts));
    Ways {
        demo: Some(Arc::new(move || {
            let (folder, request, hosts) = (folder.clone(), demo_request.clone(), Arc::clone(&demo_hosts));
            Box::pin(async move {
                let order = demo::Order { folder, calls: None, seed: None, now: jiff::Timestamp::now() };
                let made =
                    demo::demo(request.clone(), order, &|_| {}).await.map_err(|error| generate::failure(&error).message)?;
                open(OpenRequest { path: made.database, ..request }, &hosts).await
            })
        })),
        import: Some(Arc::new(move |from| {
            let (request, hosts, settings) = (request.clone(), Arc::clone(&import_hosts), settings.clone());
            Box::pin(async move {
                let order = spool(&from, &settings)?;
                import::run(request.clone(), order, |_| {}, std::future::pending()).await.map_err(|error| error.to_string())?;
                open(request, &hosts).await
            })
        })),
        server: Some(Arc::new(|address| connect(address, None))),
    }
}

/// What an Asterisk left in a folder, told by the names it uses: records, events, the queue log, and the folder itself for
/// recordings.
fn spool(from: &str, settings: &Settings) -> Result<Order, String> {
    let mut order = Order { company: settings.company(), ..Order::default() };
    let from = PathBuf::from(from);
    if from.is_file() {
        order.cdr.push(from);
        return Ok(order);
    }
    let mut folders = vec![(from.clone(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|why| format!("{} cannot be read: {why}", folder.display()))?;
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().to_ascii_lowercase());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < 3 {
                folders.push((path, depth + 1));
            } else if kind.is_file() && name.starts_with("queue_log") {
                order.queue_log.push(path);
            } else if kind.is_file() && name.contains("cel") && is_records(&name) {
                order.cel.push(path);
            } else if kind.is_file() && (name.contains("cdr") || name.contains("master")) && is_records(&name) {
                order.cdr.push(path);
            }
        }
    }
    order.recordings = Some(from);
    Ok(order)
}

fn is_records(name: &str) -> bool {
    name.ends_with(".csv")
        || name.ends_with(".json")
        || name.ends_with(".jsonl")
        || name.ends_with(".ndjson")
        || name.ends_with(".log")
}
