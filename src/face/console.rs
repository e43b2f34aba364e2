//! The full-screen console on the place that the command line names.

use std::{path::Path, sync::Arc};

use tokio::sync::Mutex;

use super::first_run::ways;
use crate::{
    cli::{Context, ExitStatus, Failure, Outcome, Place, sound_cache, sound_environment, through_server},
    client::{Client, InProcess, ServerAddress},
    console::{self, ColorChoice, Environment, Opened, Opening, Options},
    host::{Host, OpenRequest},
};

/// Databases that were opened; they stay open until the console has ended.
pub(super) type Hosts = Arc<Mutex<Vec<Host>>>;

/// Runs the console until the person quits.
///
/// # Errors
/// Without a terminal, or where the place of the calls cannot be told.
pub(super) async fn run(context: &Context) -> Outcome {
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
            remote: settings
                .terminal
                .remote
                .unwrap_or_else(|| environment.ssh_tty.is_some() || environment.ssh_connection.is_some()),
            lines: environment.lines,
            columns: environment.columns,
            inside_screen: environment.screen,
            inside_tmux: environment.tmux,
            term_program: environment.term_program.clone().unwrap_or_default(),
            colorfgbg: environment.colorfgbg.clone().unwrap_or_default(),
        },
        scroll_regions: settings.terminal.scroll_regions,
        theme: global.theme.clone().or_else(|| settings.theme.clone()),
        glyphs: global.glyphs.clone().or_else(|| settings.glyphs.clone()),
        color: color.unwrap_or_default(),
        config_folder: context.config_file.parent().map(Path::to_path_buf),
        state_folder: Some(context.paths.state.clone()),
        log: global.log.clone(),
        place: match place {
            Place::Server(server) => server.url().to_owned(),
            Place::Local(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        },
        ways: ways(place, context, hosts),
        output: settings.sound.output.clone(),
        sound: sound_environment(context),
        cache: sound_cache(context),
        volume: settings.sound.volume,
        language: settings.language.clone().or_else(|| environment.language().map(ToOwned::to_owned)).unwrap_or_default(),
    }
}

fn opener(place: &Place, context: &Context, hosts: &Hosts) -> console::Opener {
    match place {
        Place::Server(server) => {
            let server = server.clone();
            Arc::new(move || connect(Ok(server.clone())))
        }
        Place::Local(path) => {
            let request = OpenRequest { program: "console".to_owned(), keeps_columns: true, ..context.request(path.clone()) };
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

pub(super) fn connect(server: Result<ServerAddress, String>) -> Opening {
    Box::pin(async move { Client::connect(server?).map(Opened::Client).map_err(|error| error.to_string()) })
}

pub(super) async fn open(request: OpenRequest, hosts: &Hosts) -> Result<Opened, String> {
    let host = match Host::open(request).await {
        Ok(host) => host,
        Err(error) => return connect(through_server(error).await.map_err(|failure| failure.message)).await,
    };
    let api = host.local_api();
    hosts.lock().await.push(host);
    Ok(Opened::Client(Client::in_process(InProcess::new(move |request| api(request)))))
}
