//! Recordings: facts, sound by ranges, waveform.

use std::io::{Seek, SeekFrom};

use axum::{
    Json,
    body::Body as Streamed,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::Body;
use crate::{
    domain::recording::{Recording, suffix_of},
    server::{
        error::{Answer, Refused},
        extract::{Acting, Params, Pieces},
        range::{self, Part},
    },
    service::{AudioUse, Service},
    wire::{Peaks, RecordingBody},
};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Use {
    #[default]
    Play,
    Download,
}

#[derive(Deserialize)]
pub(in crate::server) struct AskedSound {
    #[serde(default)]
    r#use: Use,
}

#[derive(Deserialize)]
pub(in crate::server) struct AskedPeaks {
    width: Option<usize>,
}

pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<RecordingBody> {
    Ok(Json(service.recording(&actor, &id).await?.into()))
}

pub(in crate::server) async fn peaks(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
    Params(asked): Params<AskedPeaks>,
) -> Body<Peaks> {
    let width = asked.width.unwrap_or(800);
    let waveform = service.peaks(&actor, &id, width).await?;
    Ok(Json(Peaks {
        recording: waveform.recording,
        length_s: waveform.length_s,
        from_s: waveform.from_s,
        until_s: waveform.until_s,
        channels: waveform.channels,
        width,
        levels: waveform.levels,
    }))
}

/// The sound as it is kept, whole or one range of it.
pub(in crate::server) async fn audio(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
    Params(asked): Params<AskedSound>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let r#use = match asked.r#use {
        Use::Play => AudioUse::Play,
        Use::Download => AudioUse::Download,
    };
    let recording = service.audible(&actor, &id, r#use).await?;
    let etag = format!("\"{}\"", recording.sha256);
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|one| one.trim() == etag || one.trim() == "*")) {
        return described(StatusCode::NOT_MODIFIED, &recording, asked.r#use, Streamed::empty());
    }
    // A range of another version of the sound is of no use: `If-Range` then gets the whole.
    let wanted = text(header::RANGE).filter(|_| text(header::IF_RANGE).is_none_or(|known| known.trim() == etag));
    let part = range::part(wanted, recording.bytes);
    if part == Part::Outside {
        let refused =
            Refused::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", format!("the recording has {} bytes", recording.bytes));
        let mut response = refused.into_response();
        set(&mut response, header::CONTENT_RANGE, &format!("bytes */{}", recording.bytes))?;
        return Ok(response);
    }
    let (status, first, length) = match part {
        Part::Bytes(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        _ => (StatusCode::OK, 0, recording.bytes),
    };
    let body = if method == Method::HEAD {
        Streamed::empty()
    } else {
        let mut opened = service.audio(&actor, &id, r#use, first > 0).await?;
        opened.file.seek(SeekFrom::Start(first)).map_err(|error| {
            Refused::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "storage",
                format!("recording {} cannot be read: {error}", recording.id),
            )
        })?;
        Streamed::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(opened.file).take(length), CHUNK))
    };
    let mut response = described(status, &recording, asked.r#use, body)?;
    set(&mut response, header::CONTENT_LENGTH, &length.to_string())?;
    if let Part::Bytes(first, last) = part {
        set(&mut response, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{}", recording.bytes))?;
    }
    Ok(response)
}

fn described(status: StatusCode, recording: &Recording, r#use: Use, body: Streamed) -> Answer<Response> {
    let mut response = (status, body).into_response();
    let file = format!("{}.{}", recording.id, suffix_of(&recording.format, recording.channels));
    let disposition = match r#use {
        Use::Play => format!("inline; filename=\"{file}\""),
        Use::Download => format!("attachment; filename=\"{file}\""),
    };
    set(&mut response, header::CONTENT_TYPE, &content_type(recording))?;
    set(&mut response, header::ETAG, &format!("\"{}\"", recording.sha256))?;
    set(&mut response, header::ACCEPT_RANGES, "bytes")?;
    set(&mut response, header::CACHE_CONTROL, "private, no-cache")?;
    set(&mut response, header::CONTENT_DISPOSITION, &disposition)?;
    Ok(response)
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) -> Answer<()> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", format!("no value for the header {name}")))?;
    response.headers_mut().insert(name, value);
    Ok(())
}

/// The media type. Headerless sound has none that is registered for little-endian samples (`audio/L16` is big-endian,
/// RFC 2586), so it says itself what it is.
fn content_type(recording: &Recording) -> String {
    match recording.format.split_once('/').unwrap_or((&recording.format, "")) {
        ("wav", _) => "audio/wav".to_owned(),
        ("mp3", _) => "audio/mpeg".to_owned(),
        ("ogg" | "opus", _) => "audio/ogg".to_owned(),
        ("au", _) => "audio/basic".to_owned(),
        ("flac", _) => "audio/flac".to_owned(),
        ("raw", "s16le") => format!("audio/x-raw; format=S16LE; rate=8000; channels={}", recording.channels),
        _ => "application/octet-stream".to_owned(),
    }
}
