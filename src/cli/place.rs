//! Where a command works: a database file or a server. Flags beat the environment, which beats the profile, which beats
//! the database of the configuration; then comes a server that runs on this machine, and last the database in the data folder.

use std::{
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use super::{Failure, Global};
use crate::{
    client::ServerAddress,
    config::{Environment, Paths, Profile, Settings, read_secret},
    domain::{fingerprint::Fingerprint, nearest::suggestion},
};

/// Where the server of the whole machine listens (its service file says so).
pub const SYSTEM_SOCKET: &str = "/run/callreel/callreel.sock";

/// A place of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A database file; it may not exist yet.
    Local(PathBuf),
    Server(ServerAddress),
}

/// Finds the place.
///
/// # Errors
/// When two places are named at once, a profile is unknown, or a token cannot be read.
pub fn find(global: &Global, environment: &Environment, settings: &Settings, paths: &Paths) -> Result<Place, Failure> {
    let named = named(global, environment, settings)?;
    let running = || sockets(environment).into_iter().find(|socket| UnixStream::connect(socket).is_ok());
    match named.or_else(|| settings.database.clone().map(Place::Local)) {
        Some(place) => Ok(place),
        None => match running() {
            Some(socket) => server(&format!("unix:{}", socket.display()), None, &Profile::default(), environment),
            None => Ok(Place::Local(paths.database())),
        },
    }
}

/// Finds the database file of a command that works on one, whether a server runs or not.
///
/// # Errors
/// As [`find`], and when a server is named.
pub fn database(
    command: &str,
    global: &Global,
    environment: &Environment,
    settings: &Settings,
    paths: &Paths,
) -> Result<PathBuf, Failure> {
    match named(global, environment, settings)? {
        Some(Place::Local(path)) => Ok(path),
        Some(Place::Server(server)) => {
            Err(Failure::usage(format!("{command} works on a database file, not on {}; name one with --db", server.url())))
        }
        None => Ok(settings.database.clone().unwrap_or_else(|| paths.database())),
    }
}

/// Sockets on which a server of this machine may be found: the system's, then the person's own.
pub fn sockets(environment: &Environment) -> Vec<PathBuf> {
    let own = environment.xdg_runtime_dir.as_ref().map(|folder| folder.join("callreel.sock"));
    [Some(PathBuf::from(SYSTEM_SOCKET)), own].into_iter().flatten().collect()
}

/// What flags, environment or profile name.
fn named(global: &Global, environment: &Environment, settings: &Settings) -> Result<Option<Place>, Failure> {
    if let Some(db) = &global.db {
        return Ok(Some(Place::Local(db.clone())));
    }
    let at = |url: &String| {
        let (name, profile) = of_url(url, settings);
        server(url, name, profile, environment).map(Some)
    };
    if let Some(url) = &global.server {
        return at(url);
    }
    if let Some(name) = &global.profile {
        return of_profile(name, settings, environment).map(Some);
    }
    match (&environment.db, &environment.server) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage("CALLREEL_DB and CALLREEL_SERVER are both set; unset one, or use --db or --server"));
        }
        (Some(db), None) => return Ok(Some(Place::Local(db.clone()))),
        (None, Some(url)) => return at(url),
        (None, None) => {}
    }
    let profile = environment.profile.as_ref().or(settings.active_profile.as_ref());
    profile.map(|name| of_profile(name, settings, environment)).transpose()
}

fn of_profile(name: &str, settings: &Settings, environment: &Environment) -> Result<Place, Failure> {
    match settings.profiles.get(name) {
        Some(profile @ Profile { server: Some(url), .. }) => server(url, Some(name), profile, environment),
        Some(Profile { db: Some(db), .. }) => Ok(Place::Local(db.clone())),
        _ => {
            let near = suggestion(name, settings.profiles.keys().map(String::as_str));
            let file = settings.file.as_ref().map_or_else(|| "config.toml".to_owned(), |file| file.display().to_string());
            Err(Failure::usage(format!("no profile \"{name}\" in {file}{near}")))
        }
    }
}

/// The profile of a server that is named by its address: its key stays pinned, and its token is shown.
fn of_url<'a>(url: &str, settings: &'a Settings) -> (Option<&'a str>, &'a Profile) {
    static NONE: Profile = Profile { server: None, db: None, token_file: None, fingerprint: None };
    let same = |profile: &Profile| {
        profile.server.as_deref().is_some_and(|server| server.trim_end_matches('/') == url.trim_end_matches('/'))
    };
    let found = settings.profiles.iter().find(|(_, profile)| same(profile));
    found.map_or((None, &NONE), |(name, profile)| (Some(name.as_str()), profile))
}

fn server(url: &str, name: Option<&str>, profile: &Profile, environment: &Environment) -> Result<Place, Failure> {
    let token_file = environment.token_file.as_deref().or(profile.token_file.as_deref());
    address(url, profile.fingerprint, token_file).map(|address| Place::Server(address.with_profile(name)))
}

/// An address with what must be known and shown there.
///
/// # Errors
/// For what is no address, and for a token file that others can read.
pub fn address(url: &str, pin: Option<Fingerprint>, token_file: Option<&Path>) -> Result<ServerAddress, Failure> {
    let address = ServerAddress::parse(url).map_err(Failure::usage)?.with_fingerprint(pin);
    match token_file {
        None => Ok(address),
        Some(file) => {
            let token = read_secret(file).map_err(Failure::usage)?;
            address.with_token(token.trim()).map_err(Failure::usage)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let mut settings = Settings { database: Some("/file.db".into()), ..Settings::default() };
        let office = Profile { server: Some("https://office".to_owned()), ..Profile::default() };
        settings.profiles.insert("office".to_owned(), office);
        settings
    }

    #[test]
    fn flags_beat_the_environment_which_beats_profile_and_file() {
        let paths = Paths { config: "/c".into(), data: "/d".into(), state: "/s".into(), cache: "/k".into() };
        let global = Global { db: Some("/flag.db".into()), ..Global::default() };
        let environment = Environment { db: Some("/env.db".into()), ..Environment::default() };
        let none = (Global::default(), Environment::default());
        let local = |path: &str| Ok(Place::Local(path.into()));
        let address = ServerAddress::parse("https://office").expect("address");
        let office = Ok(Place::Server(address.with_profile(Some("office"))));
        assert_eq!(find(&global, &environment, &settings(), &paths), local("/flag.db"));
        assert_eq!(find(&none.0, &environment, &settings(), &paths), local("/env.db"));
        let by_profile = Environment { profile: Some("office".to_owned()), ..Environment::default() };
        assert_eq!(find(&none.0, &by_profile, &settings(), &paths), office);
        let active = Settings { active_profile: Some("office".to_owned()), ..settings() };
        assert_eq!(find(&none.0, &none.1, &active, &paths), office);
        assert_eq!(find(&none.0, &none.1, &settings(), &paths), local("/file.db"));
        assert_eq!(find(&none.0, &none.1, &Settings::default(), &paths), local("/d/callreel.db"));
    }

    #[test]
    fn what_cannot_be_a_place_is_wrong_usage() {
        let paths = Paths { config: "/c".into(), data: "/d".into(), state: "/s".into(), cache: "/k".into() };
        let status = |global: Global, environment: Environment| {
            find(&global, &environment, &settings(), &paths).expect_err("refused").message
        };
        let server = |url: &str| Global { server: Some(url.to_owned()), ..Global::default() };
        assert!(status(server("unix:"), Environment::default()).contains("names no socket"));
        assert!(status(server("calls.example.org"), Environment::default()).contains("http://host:port"));
        let both = Environment { db: Some("a".into()), server: Some("http://b".to_owned()), ..Environment::default() };
        assert!(status(Global::default(), both).contains("both set"));
        let global = Global { profile: Some("ofice".to_owned()), ..Global::default() };
        assert!(status(global, Environment::default()).contains("did you mean \"office\"?"));
    }
    #[test]
    fn a_running_server_comes_before_the_database_of_the_data_folder() {
        let folder = tempfile::tempdir().expect("folder");
        let paths = Paths { config: "/c".into(), data: "/d".into(), state: "/s".into(), cache: "/k".into() };
        let environment = Environment { xdg_runtime_dir: Some(folder.path().to_owned()), ..Environment::default() };
        let bare = |settings: &Settings| find(&Global::default(), &environment, settings, &paths).expect("a place");
        assert_eq!(bare(&Settings::default()), Place::Local("/d/callreel.db".into()));
        let socket = folder.path().join("callreel.sock");
        let listener = std::os::unix::net::UnixListener::bind(&socket).expect("socket");
        let Place::Server(found) = bare(&Settings::default()) else { panic!("the server") };
        assert_eq!(found.socket(), Some(socket.as_path()));
        assert_eq!(bare(&settings()), Place::Local("/file.db".into()), "what is written down was meant");
        let file = database("serve", &Global::default(), &environment, &Settings::default(), &paths);
        assert_eq!(file, Ok("/d/callreel.db".into()));
        drop(listener);
        assert_eq!(bare(&Settings::default()), Place::Local("/d/callreel.db".into()), "nobody listens any more");
    }

    #[test]
    fn a_server_named_by_its_address_keeps_the_pin_of_its_profile() {
        let paths = Paths { config: "/c".into(), data: "/d".into(), state: "/s".into(), cache: "/k".into() };
        let mut settings = settings();
        let pin = Fingerprint::of_key(b"x");
        settings.profiles.get_mut("office").expect("profile").fingerprint = Some(pin);
        let global = Global { server: Some("https://office/".to_owned()), ..Global::default() };
        let Ok(Place::Server(found)) = find(&global, &Environment::default(), &settings, &paths) else { panic!("a server") };
        assert_eq!(found.fingerprint(), Some(pin));
    }
}
