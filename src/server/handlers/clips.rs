//! Clips: cut, listed, heard, removed.

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
    wire::{Clip, ClipDraft},
};

#[derive(Deserialize)]
pub(in crate::server) struct OfCall {
    call: Option<String>,
}

pub(in crate::server) async fn list(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<OfCall>,
) -> Body<Vec<Clip>> {
    Ok(Json(service.clips(&actor, asked.call.as_deref().filter(|call| !call.is_empty())).await?))
}

pub(in crate::server) async fn make(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(draft): extract::Json<ClipDraft>,
) -> Answer<(StatusCode, Json<Clip>)> {
    Ok((StatusCode::CREATED, Json(service.make_clip(&actor, draft).await?)))
}

pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Body<Clip> {
    Ok(Json(service.clip(&actor, &id).await?))
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(id): Pieces<String>,
) -> Answer<StatusCode> {
    service.remove_clip(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sound: as it was cut, or a part or another format of it.
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
            let clip = service.audible_clip(&actor, &id, r#use).await?;
            return sound::would_be_made(&asked, &clip.id, &making);
        }
        return sound::made(&asked, service.clip_made(&actor, &id, r#use, making).await?);
    }
    let clip = service.audible_clip(&actor, &id, r#use).await?;
    let kept = Kept { id: clip.id, format: clip.format, channels: clip.channels, bytes: clip.bytes, sha256: clip.sha256 };
    let open = async |continues| service.clip_audio(&actor, &id, r#use, continues).await;
    sound::kept(&asked, &kept, &method, &headers, open).await
}
