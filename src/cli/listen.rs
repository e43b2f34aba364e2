//! What `play` and `peaks` are given: a recording of the place, or any file.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use super::{Context, Failure};
use crate::{
    config::SOUND_CACHE,
    domain::clean,
    listening::{self, Cache, ListenError},
    playback::Environment,
    sound::{self, Decoder},
};

/// A sound that was named on the command line.
pub(super) enum Named {
    File(PathBuf),
    Recording(String),
}

impl Named {
    /// A path that is there, or looks like one, is a file; anything else the id of a recording.
    pub(super) fn of(word: &str) -> Self {
        let path = Path::new(word);
        let like_a_path = word.contains('/') || path.extension().is_some();
        if like_a_path || path.exists() { Self::File(path.to_owned()) } else { Self::Recording(word.to_owned()) }
    }

    /// For messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::File(path) => clean::line(&path.display().to_string(), 200),
            Self::Recording(id) => format!("recording {}", clean::line(id, 60)),
        }
    }
}

/// Opens a file for decoding. Needs no database and makes none.
pub(super) fn open_file(path: &Path) -> Result<Box<dyn Decoder>, Failure> {
    let shown = clean::line(&path.display().to_string(), 200);
    let failed = |why: std::io::Error| match why.kind() {
        std::io::ErrorKind::NotFound => Failure::not_found(format!("no file {shown}")),
        _ => Failure::failed(format!("{shown} cannot be read: {why}")),
    };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(Failure::failed(format!("{shown} is not a file")));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    sound::open(Box::new(file), metadata.len(), &name).map_err(|why| Failure::failed(format!("{shown}: {why}")))
}

/// Opens a sound by its name. The bytes of a recording come through the API while it is heard.
pub(super) async fn open(named: &Named, context: &Context) -> Result<Box<dyn Decoder>, Failure> {
    let id = match named {
        Named::File(path) => return open_file(path),
        Named::Recording(id) => id,
    };
    let client = context.client().await?;
    let recording = client.recording(id).await?;
    let name = crate::takeout::name_for(&recording);
    listening::open(&client, id, &name, cache(context).as_ref()).await.map_err(|error| match error {
        ListenError::Client(error) => error.into(),
        error => Failure::failed(format!("{}: {error}", named.shown())),
    })
}

/// Where sounds that came from a server are kept; none: the configuration wants none.
pub fn cache(context: &Context) -> Option<Cache> {
    let bytes = context.settings.sound.cache.unwrap_or(SOUND_CACHE);
    (bytes > 0).then(|| Cache { folder: context.paths.cache.join("sounds"), bytes })
}

/// What the environment says about sound, for the player.
pub fn environment(context: &Context) -> Environment {
    let read = &context.environment;
    Environment {
        pulse_server: read.pulse_server.clone(),
        pulse_sink: read.pulse_sink.clone(),
        pulse_runtime_path: read.pulse_runtime_path.clone(),
        xdg_runtime_dir: read.xdg_runtime_dir.clone(),
        pulse_cookie: read.pulse_cookie.clone(),
        home: read.home.clone(),
        ssh_connection: read.ssh_connection.clone(),
        ear: read.ear.clone(),
        login: Some(read.login.clone()).filter(|login| login != "unknown"),
    }
}
