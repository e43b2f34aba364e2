//! Notes; editing and removing name the version that was seen.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::{Note, NoteDraft},
};

pub(in crate::server) async fn add(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
    extract::Json(draft): extract::Json<NoteDraft>,
) -> Answer<(StatusCode, Json<Note>)> {
    Ok((StatusCode::CREATED, Json(service.add_note(&actor, &call, draft.at, &draft.text).await?)))
}

pub(in crate::server) async fn edit(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(note): Pieces<String>,
    headers: HeaderMap,
    extract::Json(draft): extract::Json<NoteDraft>,
) -> Body<Note> {
    let version = extract::version(&headers)?;
    Ok(Json(service.edit_note(&actor, &note, version, draft.at, &draft.text).await?))
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(note): Pieces<String>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    service.remove_note(&actor, &note, extract::version(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
