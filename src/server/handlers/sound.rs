//! Sound in an answer: as it is kept, whole or one range of it; or made for the asker.

use std::io::{Seek, SeekFrom};

use axum::{
    body::Body as Streamed,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::recording::suffix_of,
    server::{
        error::{Answer, Refused},
        range::{self, Part},
    },
    service::{AudioUse, Made, Making, ServiceError, Sound},
};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// What the sound is for; each takes a right of its own.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Use {
    #[default]
    Play,
    Download,
}

/// How sound is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct AskedSound {
    /// `play` or `download`.
    #[serde(default)]
    #[param(inline, value_type = Option<Use>)]
    r#use: Use,
    /// Second at which a part begins.
    #[param(minimum = 0)]
    from: Option<f64>,
    /// Second at which it ends; behind the end means the end.
    #[param(minimum = 0)]
    until: Option<f64>,
    /// `wav`, `mp3` or `opus`.
    #[param(pattern = "^(wav|mp3|opus)$")]
    convert: Option<String>,
}

/// Parts of a sound by bytes (RFC 9110, 14.2).
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "told in the document; read by `kept`")]
pub(in crate::server) struct Ranged {
    /// `bytes=FIRST-LAST`; several ranges and nonsense get the whole.
    #[param(rename = "Range")]
    range: Option<String>,
    /// The range counts only for the sound of this `ETag`.
    #[param(rename = "If-Range")]
    if_range: Option<String>,
    /// 304 if it is the sound of one of these `ETag`s.
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

/// A sound as it is kept.
pub(in crate::server) struct Kept {
    pub id: String,
    pub format: String,
    pub channels: u8,
    pub bytes: u64,
    pub sha256: String,
}

impl AskedSound {
    /// To be heard, as it is.
    pub(in crate::server) const fn to_hear() -> Self {
        Self { r#use: Use::Play, from: None, until: None, convert: None }
    }

    pub(super) const fn purpose(&self) -> AudioUse {
        match self.r#use {
            Use::Play => AudioUse::Play,
            Use::Download => AudioUse::Download,
        }
    }

    /// What is to be made; none: the sound as it is kept.
    pub(super) fn making(&self) -> Result<Option<Making>, ServiceError> {
        Making::of(self.from, self.until, self.convert.as_deref())
    }

    fn disposition(&self, file: &str) -> String {
        let how = match self.r#use {
            Use::Play => "inline",
            Use::Download => "attachment",
        };
        format!("{how}; filename=\"{file}\"")
    }
}

/// Sound that was made: whole, in the length that it has; no ranges, and no hash that it could be known by.
pub(super) fn made(asked: &AskedSound, made: Made) -> Answer<Response> {
    let body = ReaderStream::with_capacity(tokio::fs::File::from_std(made.file), CHUNK);
    let mut response = (StatusCode::OK, Streamed::from_stream(body)).into_response();
    set(&mut response, header::CONTENT_LENGTH, &made.bytes.to_string())?;
    let file = format!("{}.{}", made.id, made.target.suffix());
    described(&mut response, made.target.media_type(), &asked.disposition(&file))?;
    Ok(response)
}

/// What a `HEAD` tells of sound that would be made: it is not made for that.
pub(super) fn would_be_made(asked: &AskedSound, id: &str, making: &Making) -> Answer<Response> {
    let target = making.target.unwrap_or(crate::service::Target::Wav);
    let mut response = StatusCode::OK.into_response();
    let file = format!("{id}.{}", target.suffix());
    described(&mut response, target.media_type(), &asked.disposition(&file))?;
    Ok(response)
}

/// The sound as it is kept. `open` is asked for the file once it is clear that bytes leave, and told whether this may be a
/// further range of a playback that began already.
pub(in crate::server) async fn kept(
    asked: &AskedSound,
    kept: &Kept,
    method: &Method,
    headers: &HeaderMap,
    open: impl AsyncFnOnce(bool) -> Result<Sound, ServiceError>,
) -> Answer<Response> {
    let etag = format!("\"{}\"", kept.sha256);
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let answer = |status: StatusCode, body: Streamed| -> Answer<Response> {
        let mut response = (status, body).into_response();
        let file = format!("{}.{}", kept.id, suffix_of(&kept.format, kept.channels));
        described(&mut response, &content_type(kept), &asked.disposition(&file))?;
        set(&mut response, header::ETAG, &etag)?;
        set(&mut response, header::ACCEPT_RANGES, "bytes")?;
        Ok(response)
    };
    if text(header::IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|one| one.trim() == etag || one.trim() == "*")) {
        return answer(StatusCode::NOT_MODIFIED, Streamed::empty());
    }
    // A range of another version of the sound is of no use: `If-Range` then gets the whole.
    let wanted = text(header::RANGE).filter(|_| text(header::IF_RANGE).is_none_or(|known| known.trim() == etag));
    let part = range::part(wanted, kept.bytes);
    if part == Part::Outside {
        let refused = Refused::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", format!("the sound has {} bytes", kept.bytes));
        let mut response = refused.into_response();
        set(&mut response, header::CONTENT_RANGE, &format!("bytes */{}", kept.bytes))?;
        return Ok(response);
    }
    let (status, first, length) = match part {
        Part::Bytes(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        _ => (StatusCode::OK, 0, kept.bytes),
    };
    let body = if *method == Method::HEAD {
        Streamed::empty()
    } else {
        match open(first > 0).await? {
            Sound::Here(mut file) => {
                file.seek(SeekFrom::Start(first)).map_err(|error| {
                    Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "storage", format!("{} cannot be read: {error}", kept.id))
                })?;
                Streamed::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file).take(length), CHUNK))
            }
            Sound::Coming(arriving) => Streamed::from_stream(arriving.range(first, length)),
        }
    };
    let mut response = answer(status, body)?;
    set(&mut response, header::CONTENT_LENGTH, &length.to_string())?;
    if let Part::Bytes(first, last) = part {
        set(&mut response, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{}", kept.bytes))?;
    }
    Ok(response)
}

fn described(response: &mut Response, media: &str, disposition: &str) -> Answer<()> {
    set(response, header::CONTENT_TYPE, media)?;
    set(response, header::CACHE_CONTROL, "private, no-cache")?;
    set(response, header::CONTENT_DISPOSITION, disposition)
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) -> Answer<()> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", format!("no value for the header {name}")))?;
    response.headers_mut().insert(name, value);
    Ok(())
}

/// The media type. Headerless sound has none that is registered for little-endian samples (`audio/L16` is big-endian,
/// RFC 2586), so it says itself what it is.
fn content_type(kept: &Kept) -> String {
    match kept.format.split_once('/').unwrap_or((&kept.format, "")) {
        ("wav", _) => "audio/wav".to_owned(),
        ("mp3", _) => "audio/mpeg".to_owned(),
        ("ogg" | "opus", _) => "audio/ogg".to_owned(),
        ("au", _) => "audio/basic".to_owned(),
        ("flac", _) => "audio/flac".to_owned(),
        ("raw", "s16le") => format!("audio/x-raw; format=S16LE; rate=8000; channels={}", kept.channels),
        _ => "application/octet-stream".to_owned(),
    }
}
