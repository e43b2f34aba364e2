//! Recordings: facts, sound by ranges, waveform.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{
    Body,
    sound::{self, AskedSound, Kept},
};
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, Params, Pieces},
    },
    service::Service,
    wire::{Peaks, Receipt, ReceiptDraft, RecordingBody, Speech},
};

#[derive(Deserialize)]
pub(in crate::server) struct AskedPeaks {
    width: Option<usize>,
    from: Option<f64>,
    until: Option<f64>,
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
    let waveform = service.peaks(&actor, &id, width, [asked.from, asked.until]).await?;
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

/// Who speaks when.
pub(in crate::server) async fn speech(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<Speech> {
    Ok(Json(service.speech(&actor, &id).await?))
}

/// The sound: as it is kept, or cut and converted.
pub(in crate::server) async fn audio(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
    Params(asked): Params<AskedSound>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let r#use = asked.purpose();
    if let Some(making) = asked.making()? {
        if method == Method::HEAD {
            let recording = service.audible(&actor, &id, r#use).await?;
            return sound::would_be_made(&asked, &recording.id.0, &making);
        }
        return sound::made(&asked, service.audio_made(&actor, &id, r#use, making).await?);
    }
    let recording = service.audible(&actor, &id, r#use).await?;
    let kept = Kept {
        id: recording.id.0,
        format: recording.format,
        channels: recording.channels,
        bytes: recording.bytes,
        sha256: recording.sha256,
    };
    let open = async |continues| Ok(service.audio(&actor, &id, r#use, continues).await?.file);
    sound::kept(&asked, &kept, &method, &headers, open).await
}

/// What the actor heard.
pub(in crate::server) async fn heard(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
    extract::Json(draft): extract::Json<ReceiptDraft>,
) -> Answer<StatusCode> {
    service.heard(&actor, &id, draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::server) async fn receipts(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<Vec<Receipt>> {
    Ok(Json(service.receipts(&actor, &id).await?))
}
