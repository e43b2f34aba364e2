//! Clips: cut, listed, heard, removed.

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
    server::{
        error::Answer,
        extract::{self, Acting, Params, Pieces},
    },
    service::{Service, Sound},
    wire::{Clip, ClipDraft, Problem},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(show, remove)).routes(routes!(audio))
}

/// Which clips.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::server) struct OfCall {
    /// Only those of this call.
    call: Option<String>,
}

/// Clips, newest first.
#[utoipa::path(get, path = "/clips", tag = "clips", params(OfCall), responses((status = 200, description = "The clips", body = Vec<Clip>)))]
pub(in crate::server) async fn list(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<OfCall>,
) -> Body<Vec<Clip>> {
    Ok(Json(service.clips(&actor, asked.call.as_deref().filter(|call| !call.is_empty())).await?))
}

/// Cuts a clip of a recording.
#[utoipa::path(post, path = "/clips", tag = "clips", request_body = ClipDraft, responses((status = 201, description = "The clip", body = Clip)))]
pub(in crate::server) async fn make(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(draft): extract::Json<ClipDraft>,
) -> Answer<(StatusCode, Json<Clip>)> {
    Ok((StatusCode::CREATED, Json(service.make_clip(&actor, draft).await?)))
}

/// Facts of a clip.
#[utoipa::path(get, path = "/clips/{clip}", tag = "clips", responses((status = 200, description = "The clip", body = Clip)))]
pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<Clip> {
    Ok(Json(service.clip(&actor, &id).await?))
}

/// Removes a clip with its bytes.
#[utoipa::path(delete, path = "/clips/{clip}", tag = "clips", responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_clip(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sound: as it was cut, or a part or another format of it.
#[utoipa::path(get, path = "/clips/{clip}/audio", tag = "clips", params(AskedSound, Ranged), responses((status = 200, description = "The whole sound; what is made for the request, `from`, `until` and `convert`, always comes whole", content((Vec<u8> = "audio/wav"), (Vec<u8> = "audio/mpeg"), (Vec<u8> = "audio/ogg"), (Vec<u8> = "audio/basic"), (Vec<u8> = "audio/flac"), (Vec<u8> = "audio/x-raw"), (Vec<u8> = "application/octet-stream"))), (status = 206, description = "The range asked for", content((Vec<u8> = "audio/wav"), (Vec<u8> = "audio/mpeg"), (Vec<u8> = "audio/ogg"), (Vec<u8> = "audio/basic"), (Vec<u8> = "audio/flac"), (Vec<u8> = "audio/x-raw"), (Vec<u8> = "application/octet-stream"))), (status = 304, description = "The sound is the one that `If-None-Match` names"), (status = 409, description = "There are no bytes to hear, or they are not those that were recorded", body = Problem, content_type = "application/problem+json"), (status = 416, description = "The range lies outside the sound", body = Problem, content_type = "application/problem+json")))]
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
            service.audible_clip(&actor, &id, r#use).await?;
            return Err(wrong.into());
        }
    };
    if let Some(making) = making {
        if method == Method::HEAD {
            let clip = service.audible_clip(&actor, &id, r#use).await?;
            return sound::would_be_made(&asked, &clip.id, &making);
        }
        return sound::made(&asked, service.clip_made(&actor, &id, r#use, making).await?);
    }
    let clip = service.audible_clip(&actor, &id, r#use).await?;
    let kept = Kept { id: clip.id, format: clip.format, channels: clip.channels, bytes: clip.bytes, sha256: clip.sha256 };
    let open = async |continues| service.clip_audio(&actor, &id, r#use, continues).await.map(Sound::Here);
    sound::kept(&asked, &kept, &method, &headers, open).await
}
