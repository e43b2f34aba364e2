//! What `play` and `peaks` are given: a recording of the place, or any file.

use std::{
    fs::File,
    io::Cursor,
    path::{Path, PathBuf},
};

use super::{Context, Failure};
use crate::{
    client::{AudioUse, Client, ClientError},
    config::SOUND_CACHE,
    domain::{
        clean,
        recording::{are_sides_of_one_call, one_side},
    },
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

/// Opens a file, together with that of the other side of the call where one lies beside it (`X-in.wav` and `X-out.wav`).
/// Gives also the file that was joined to it.
pub(super) fn open_sides(path: &Path) -> Result<(Box<dyn Decoder>, Option<PathBuf>), Failure> {
    let decoder = open_file(path)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let Some(side) = one_side(&stem).filter(|_| decoder.facts().channels == 1) else { return Ok((decoder, None)) };
    let mut twin = path.with_file_name(&side.twin).into_os_string();
    if let Some(suffix) = path.extension() {
        twin.push(".");
        twin.push(suffix);
    }
    let twin = PathBuf::from(twin);
    // What cannot be its other side is no reason not to play it.
    let Ok(other) = open_file(&twin) else { return Ok((decoder, None)) };
    let (one, two) = (decoder.facts(), other.facts());
    if two.channels != 1 || one.rate != two.rate || !are_sides_of_one_call(one.seconds(), two.seconds()) {
        return Ok((decoder, None));
    }
    let (left, right) = if side.is_left { (decoder, other) } else { (other, decoder) };
    let failed = |why| Failure::failed(format!("{}: {why}", clean::line(&path.display().to_string(), 200)));
    Ok((sound::join(left, right, 0).map_err(failed)?, Some(twin)))
}

/// Where a sound came from, for receipts.
pub(super) struct Origin {
    pub client: Client,
    pub recording: String,
    /// Where in the recording the sound begins, in seconds: a clip's lies behind its beginning.
    pub begins_s: f64,
}

/// A sound to be heard; of a file nobody need know who hears it.
pub(super) struct Opened {
    pub decoder: Box<dyn Decoder>,
    pub of: Option<Origin>,
}

/// Opens a sound by its name. The bytes of a recording come through the API while it is heard, those of a
/// clip, which is short, before.
pub(super) async fn open(named: &Named, context: &Context) -> Result<Opened, Failure> {
    let id = match named {
        Named::File(path) => {
            let (decoder, twin) = open_sides(path)?;
            if let Some(twin) = twin {
                let twin = clean::line(&twin.display().to_string(), 200);
                context.say(&format!("{}: played together with its other side, {twin}", named.shown()));
            }
            return Ok(Opened { decoder, of: None });
        }
        Named::Recording(id) => id,
    };
    let client = context.client().await?;
    let recording = match client.recording(id).await {
        Ok(recording) => recording,
        Err(ClientError::Problem(problem)) if problem.status == 404 => {
            // That there is no such clip says less than that there is no such recording.
            return open_clip(&client, id).await?.ok_or_else(|| ClientError::Problem(problem).into());
        }
        Err(other) => return Err(other.into()),
    };
    let name = crate::takeout::name_for(&recording);
    let decoder = listening::open(&client, id, &name, cache(context).as_ref()).await.map_err(|error| match error {
        ListenError::Client(error) => error.into(),
        error => Failure::failed(format!("{}: {error}", named.shown())),
    })?;
    Ok(Opened { decoder, of: Some(Origin { client, recording: recording.id, begins_s: 0.0 }) })
}

/// None where there is no such clip.
async fn open_clip(client: &Client, id: &str) -> Result<Option<Opened>, Failure> {
    let clip = match client.clip(id).await {
        Ok(clip) => clip,
        Err(ClientError::Problem(problem)) if problem.status == 404 => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let bytes = client.clip_bytes(&clip.id, AudioUse::Play).await?;
    let length = bytes.len() as u64;
    let decoder = sound::open(Box::new(Cursor::new(bytes)), length, &format!("{}.wav", clip.id))
        .map_err(|why| Failure::failed(format!("clip {}: {why}", clip.id)))?;
    let of = Origin { client: client.clone(), recording: clip.recording, begins_s: clip.from_s };
    Ok(Some(Opened { decoder, of: Some(of) }))
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
