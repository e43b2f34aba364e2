//! Notes; editing and removing name the version that was seen.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::Answer,
        extract::{self, Acting, IfMatch, Pieces, Seen},
    },
    service::Service,
    wire::{Note, NoteDraft},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(edit, remove))
}

/// Adds a note to a call, or at a position of it.
#[utoipa::path(post, path = "/calls/{call}/notes", tag = "notes", params(("Idempotency-Key" = Option<String>, Header, description = "What is sent again with the same key is written once; known for 30 days")), request_body = NoteDraft, responses((status = 201, description = "The note", body = Note)))]
pub(in crate::server) async fn add(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(call): Pieces<String>,
    headers: HeaderMap,
    extract::Json(draft): extract::Json<NoteDraft>,
) -> Answer<(StatusCode, Json<Note>)> {
    let once = extract::idempotency_key(&headers)?;
    Ok((StatusCode::CREATED, Json(service.add_note_once(&actor, &call, draft, once).await?)))
}

/// Changes a note.
#[utoipa::path(put, path = "/notes/{note}", tag = "notes", params(IfMatch), request_body = NoteDraft, responses((status = 200, description = "The note as it is now", body = Note)))]
pub(in crate::server) async fn edit(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(note): Pieces<String>,
    headers: HeaderMap,
    extract::Json(draft): extract::Json<NoteDraft>,
) -> Body<Note> {
    let seen = Seen::of(&headers);
    let done = service.edit_note(&actor, &note, seen.version, draft.at, &draft.text).await;
    Ok(Json(seen.told(done)?))
}

/// Removes a note.
#[utoipa::path(delete, path = "/notes/{note}", tag = "notes", params(IfMatch), responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(note): Pieces<String>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    let seen = Seen::of(&headers);
    let done = service.remove_note(&actor, &note, seen.version).await;
    seen.told(done.map(|()| StatusCode::NO_CONTENT))
}
