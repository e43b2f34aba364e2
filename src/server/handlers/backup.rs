//! A backup as one stream.

use std::task::Poll;

use axum::{
    body::Body as Streamed,
    extract::State,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    server::{
        error::Answer,
        extract::{Acting, Params},
    },
    service::{BackupParts, Service},
    wire::BACKUP_BYTES,
};

/// What goes into the backup.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Recordings and clips beside the database.
    recordings: Option<bool>,
    /// Private keys too.
    keys: Option<bool>,
}

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(make))
}

/// Make a backup of the database, with all recordings and clips, while others go on working.
///
/// The answer is a tar whose last file seals it: a stream that ends without the seal is no backup.
#[utoipa::path(
    get,
    path = "/backup",
    tag = "backup",
    params(Asked),
    responses((status = 200, description = "The archive", body = Vec<u8>, content_type = "application/x-tar"))
)]
async fn make(
    State(service): State<Service>,
    Acting(actor): Acting,
    Params(asked): Params<Asked>,
    method: Method,
) -> Answer<Response> {
    let parts = BackupParts { recordings: asked.recordings.unwrap_or(true), keys: asked.keys.unwrap_or(false) };
    let body = if method == Method::HEAD {
        service.may_back_up(&actor, parts).await?;
        (Streamed::empty(), 0)
    } else {
        let (mut stream, bytes) = service.backup(&actor, parts).await?;
        let stream = futures_util::stream::poll_fn(move |context| match stream.poll_recv(context) {
            Poll::Ready(piece) => Poll::Ready(piece),
            Poll::Pending => Poll::Pending,
        });
        (Streamed::from_stream(stream), bytes)
    };
    let (body, bytes) = body;
    let mut response = (StatusCode::OK, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-tar"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"callreel-backup.tar\""));
    headers.insert(BACKUP_BYTES, HeaderValue::from(bytes));
    Ok(response)
}
