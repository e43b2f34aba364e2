//! The full-screen console on the place that the command line names.

use std::{path::Path, sync::Arc, time::Duration};

use tokio::sync::Mutex;

use super::first_run::ways;
use crate::{
    cli::{Context, ExitStatus, Failure, Outcome, Place, sound_cache, sound_environment, through_server},
    client::{Client, InProcess, ServerAddress},
    config::write_secret,
    console::{self, ColorChoice, Door, Environment, Opened, Opening, Options},
    host::{Host, OpenRequest},
};

/// Nobody at the keys for so long locks the screen, unless the configuration says otherwise.
const LOCK_AFTER: Duration = Duration::from_secs(15 * 60);

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
    let options = options(&place, context, &hosts);
    let status = console::run(options).await;
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
        doors: doors(place, context, hosts),
        lock_after: settings
            .console
            .lock_after
            .map_or(Some(LOCK_AFTER), |minutes| (minutes > 0).then(|| Duration::from_secs(u64::from(minutes) * 60))),
        ways: ways(place, context, hosts),
        output: settings.sound.output.clone(),
        sound: sound_environment(context),
        cache: sound_cache(context),
        volume: settings.sound.volume,
        language: settings.language.clone().or_else(|| environment.language().map(ToOwned::to_owned)).unwrap_or_default(),
    }
}

/// Where one is, then the profiles; what the command line says of the address holds for the first alone.
fn doors(place: &Place, context: &Context, hosts: &Hosts) -> Vec<Door> {
    let settings = &context.settings;
    let profiles = settings.profiles.iter().map(|(name, profile)| (name.as_str(), profile, context.place_of(name)));
    let mut here = None;
    let mut others = Vec::new();
    for (name, profile, found) in profiles {
        if here.is_none() && found.as_ref().is_ok_and(|found| found == place) {
            here = Some((name, profile));
        } else {
            others.push(door(name, profile.token_file.as_deref(), found.map_err(|failure| failure.message), context, hosts));
        }
    }
    let token_file = here.and_then(|(_, profile)| profile.token_file.as_deref());
    let first = door(here.map_or("", |(name, _)| name), token_file, Ok(place.clone()), context, hosts);
    std::iter::once(first).chain(others).collect()
}

fn door(profile: &str, token_file: Option<&Path>, place: Result<Place, String>, context: &Context, hosts: &Hosts) -> Door {
    let keep_token = token_file.map(|file| {
        let file = file.to_owned();
        let keep = move |token: &str| {
            write_secret(&file, token).map_err(|why| format!("the token cannot be kept in {}: {why}", file.display()))
        };
        Arc::new(keep) as console::TokenKeeper
    });
    let (name, key) = match &place {
        Ok(Place::Server(server)) => (server.url().to_owned(), server.url().to_owned()),
        Ok(Place::Local(path)) => {
            (path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(), path.display().to_string())
        }
        Err(_) => (profile.to_owned(), profile.to_owned()),
    };
    let clean = |text: &str| crate::domain::clean::line(text, 200);
    Door { profile: clean(profile), place: clean(&name), key, opener: opener(place, context, hosts), keep_token }
}

fn opener(place: Result<Place, String>, context: &Context, hosts: &Hosts) -> console::Opener {
    match place {
        Err(why) => Arc::new(move |_token| {
            let why = why.clone();
            Box::pin(async move { Err(why) })
        }),
        Ok(Place::Server(server)) => Arc::new(move |token| {
            let server = server.clone();
            connect(match token {
                Some(token) => server.with_token(token),
                None => Ok(server),
            })
        }),
        Ok(Place::Local(path)) => {
            let request = OpenRequest { program: "console".to_owned(), keeps_columns: true, ..context.request(path) };
            let hosts = Arc::clone(hosts);
            // One program opens a database once, however often it goes there.
            let before: Arc<Mutex<Option<Client>>> = Arc::default();
            Arc::new(move |_token| {
                let (request, hosts, before) = (request.clone(), Arc::clone(&hosts), Arc::clone(&before));
                Box::pin(async move {
                    if !request.path.exists() {
                        return Ok(Opened::NothingYet);
                    }
                    let mut before = before.lock().await;
                    if let Some(client) = &*before {
                        return Ok(Opened::Client(client.clone()));
                    }
                    let opened = open(request, &hosts).await?;
                    if let Opened::Client(client) = &opened
                        && client.is_in_process()
                    {
                        *before = Some(client.clone());
                    }
                    Ok(opened)
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
