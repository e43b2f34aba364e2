//! Recordings: facts, sound by ranges, waveform.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use serde::Deserialize;

use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Body,
    sound::{self, AskedSound, Kept, Ranged},
};
use crate::{
    domain::whole,
    server::{
        error::Answer,
        extract::{self, Acting, Params, Pieces},
    },
    service::Service,
    wire::{Peaks, Problem, Receipt, ReceiptDraft, RecordingBody, Speech},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(peaks))
        .routes(routes!(speech))
        .routes(routes!(audio))
        .routes(routes!(heard, receipts))
}

/// Which waveform.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct AskedPeaks {
    /// Columns; 800 without.
    #[serde(default, deserialize_with = "whole::text::<_, _, 1, 10_000>")]
    #[param(value_type = Option<u64>, minimum = 1, maximum = 10000)]
    width: Option<usize>,
    /// Second at which a part begins.
    #[param(minimum = 0)]
    from: Option<f64>,
    /// Second at which it ends.
    #[param(minimum = 0)]
    until: Option<f64>,
}

/// Facts of a recording and its copies.
#[utoipa::path(get, path = "/recordings/{recording}", tag = "recordings", responses((status = 200, description = "The recording", body = RecordingBody)))]
pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<RecordingBody> {
    Ok(Json(service.recording(&actor, &id).await?.into()))
}

/// The waveform.
#[utoipa::path(get, path = "/recordings/{recording}/peaks", tag = "recordings", params(AskedPeaks), responses((status = 200, description = "The waveform", body = Peaks)))]
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
#[utoipa::path(get, path = "/recordings/{recording}/speech", tag = "recordings", responses((status = 200, description = "Who speaks when", body = Speech)))]
pub(in crate::server) async fn speech(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<Speech> {
    Ok(Json(service.speech(&actor, &id).await?))
}

/// The sound: as it is kept, or cut and converted.
#[utoipa::path(get, path = "/recordings/{recording}/audio", tag = "recordings", params(AskedSound, Ranged), responses((status = 200, description = "The whole sound; what is made for the request, `from`, `until` and `convert`, always comes whole", content((Vec<u8> = "audio/wav"), (Vec<u8> = "audio/mpeg"), (Vec<u8> = "audio/ogg"), (Vec<u8> = "audio/basic"), (Vec<u8> = "audio/flac"), (Vec<u8> = "audio/x-raw"), (Vec<u8> = "application/octet-stream"))), (status = 206, description = "The range asked for", content((Vec<u8> = "audio/wav"), (Vec<u8> = "audio/mpeg"), (Vec<u8> = "audio/ogg"), (Vec<u8> = "audio/basic"), (Vec<u8> = "audio/flac"), (Vec<u8> = "audio/x-raw"), (Vec<u8> = "application/octet-stream"))), (status = 304, description = "The sound is the one that `If-None-Match` names"), (status = 409, description = "There are no bytes to hear, or they are not those that were recorded", body = Problem, content_type = "application/problem+json"), (status = 416, description = "The range lies outside the sound", body = Problem, content_type = "application/problem+json")))]
pub(in crate::server) async fn audio(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
    Params(asked): Params<AskedSound>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let r#use = asked.purpose();
    let making = match asked.making() {
        Ok(making) => making,
        Err(wrong) => {
            // What is not there is told first.
            service.audible(&actor, &id, r#use).await?;
            return Err(wrong.into());
        }
    };
    if let Some(making) = making {
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
    let open = async |continues| Ok(service.audio(&actor, &id, r#use, continues).await?.sound);
    sound::kept(&asked, &kept, &method, &headers, open).await
}

/// What the actor heard.
#[utoipa::path(post, path = "/recordings/{recording}/receipts", tag = "recordings", request_body = ReceiptDraft, responses((status = 204, description = "Done")))]
pub(in crate::server) async fn heard(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
    extract::Json(draft): extract::Json<ReceiptDraft>,
) -> Answer<StatusCode> {
    service.heard(&actor, &id, draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who heard which seconds, newest first.
#[utoipa::path(get, path = "/recordings/{recording}/receipts", tag = "recordings", responses((status = 200, description = "The receipts", body = Vec<Receipt>)))]
pub(in crate::server) async fn receipts(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<Vec<Receipt>> {
    Ok(Json(service.receipts(&actor, &id).await?))
}
