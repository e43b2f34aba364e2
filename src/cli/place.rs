//! Where a command works: a database file or a server. Flags beat the environment, which beats the profile, which beats
//! the database of the configuration; last comes the database in the data folder.

use std::path::{Path, PathBuf};

use super::{Failure, Global};
use crate::{
    config::{Environment, Paths, Profile, Settings},
    domain::nearest::suggestion,
};

/// A place of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A database file; it may not exist yet.
    Local(PathBuf),
    Server {
        url: String,
        token: Option<String>,
    },
}

/// Finds the place.
///
/// # Errors
/// When two places are named at once, a profile is unknown, or a token cannot be read.
pub fn find(global: &Global, environment: &Environment, settings: &Settings, paths: &Paths) -> Result<Place, Failure> {
    let server = |url: &str, token_file: Option<&Path>| server(url, environment.token_file.as_deref().or(token_file));
    if let Some(db) = &global.db {
        return Ok(Place::Local(db.clone()));
    }
    if let Some(url) = &global.server {
        return server(url, None);
    }
    if let Some(name) = &global.profile {
        return of_profile(name, settings, server);
    }
    match (&environment.db, &environment.server) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage("CALLREEL_DB and CALLREEL_SERVER are both set; unset one, or use --db or --server"));
        }
        (Some(db), None) => return Ok(Place::Local(db.clone())),
        (None, Some(url)) => return server(url, None),
        (None, None) => {}
    }
    if let Some(name) = environment.profile.as_ref().or(settings.active_profile.as_ref()) {
        return of_profile(name, settings, server);
    }
    Ok(Place::Local(settings.database.clone().unwrap_or_else(|| paths.database())))
}

fn of_profile(
    name: &str,
    settings: &Settings,
    server: impl Fn(&str, Option<&Path>) -> Result<Place, Failure>,
) -> Result<Place, Failure> {
    match settings.profiles.get(name) {
        Some(Profile { server: Some(url), token_file, .. }) => server(url, token_file.as_deref()),
        Some(Profile { db: Some(db), .. }) => Ok(Place::Local(db.clone())),
        _ => {
            let near = suggestion(name, settings.profiles.keys().map(String::as_str));
            let file = settings.file.as_ref().map_or_else(|| "config.toml".to_owned(), |file| file.display().to_string());
            Err(Failure::usage(format!("no profile \"{name}\" in {file}{near}")))
        }
    }
}

fn server(url: &str, token_file: Option<&Path>) -> Result<Place, Failure> {
    if url.starts_with("unix:") {
        return Err(Failure::usage(format!("{url}: sockets come with `callreel serve`, which this version does not have yet")));
    }
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Failure::usage(format!("{url} is no server; write http://host:port or https://host:port")));
    }
    let token = match token_file {
        None => None,
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|why| Failure::usage(format!("the token file {} cannot be read: {why}", file.display())))?;
            Some(text.trim().to_owned())
        }
    };
    Ok(Place::Server { url: url.trim_end_matches('/').to_owned(), token })
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
        let office = Ok(Place::Server { url: "https://office".to_owned(), token: None });
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
        assert!(status(server("unix:/run/x"), Environment::default()).contains("does not have yet"));
        assert!(status(server("calls.example.org"), Environment::default()).contains("http://host:port"));
        let both = Environment { db: Some("a".into()), server: Some("http://b".to_owned()), ..Environment::default() };
        assert!(status(Global::default(), both).contains("both set"));
        let global = Global { profile: Some("ofice".to_owned()), ..Global::default() };
        assert!(status(global, Environment::default()).contains("did you mean \"office\"?"));
    }
}
