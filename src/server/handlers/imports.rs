//! What an exchange left on disk, sent to the server.

use axum::{
    Json,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State, multipart::Field},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    server::{
        error::{Answer, Refused},
        extract::Acting,
    },
    service::{Part, Service, Upload},
    wire::{ImportPreview, Job},
};

/// Bytes of the settings, and of other short texts.
const TEXT: usize = 256 * 1024;
/// Bytes between two looks at the room on the disk.
const LOOK: u64 = 8 * 1024 * 1024;

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(begin)).layer(DefaultBodyLimit::disable())
}

/// The parts of an import; each may come several times.
#[derive(ToSchema)]
#[expect(dead_code, reason = "told in the document; read part by part")]
struct ImportParts {
    /// Call records: JSON lines of cdr_custom, or Master.csv.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    cdr: Option<String>,
    /// Channel events: JSON lines of cel_custom.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    cel: Option<String>,
    /// The queue log.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    queue_log: Option<String>,
    /// Recordings, with their file names.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    recordings: Option<String>,
    /// The table `[asterisk]` as a preview tells it; without: guessed.
    settings: Option<String>,
    /// `true`: tell the settings that would be used, and import nothing.
    preview: Option<String>,
}

/// Imports calls and recordings of an Asterisk: files as parts of a form, then a job.
///
/// Importing again adds nothing. With `preview` the settings that would be used are told, and nothing is imported.
#[utoipa::path(post, path = "/imports", tag = "imports",
    request_body(content = ImportParts, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The settings that would be used (`preview`)", body = ImportPreview),
        (status = 202, description = "The job that imports", body = Job, headers(("Location" = String, description = "Where the job is"))),
    ))]
pub(in crate::server) async fn begin(
    State(service): State<Service>,
    Acting(actor): Acting,
    request: Request,
) -> Answer<Response> {
    let mut upload = service.begin_upload(&actor).await?;
    let is_form = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !is_form.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")) {
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-a-form", "send the files as multipart/form-data"));
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| Refused::bad(error.body_text()))?;
    let (mut settings, mut preview) = (None, false);
    while let Some(field) = form.next_field().await.map_err(|error| Refused::bad(broken(&error)))? {
        let name = field.name().unwrap_or_default().to_owned();
        match (name.as_str(), Part::of(&name)) {
            (_, Some(part)) => keep(&mut upload, part, field).await?,
            ("settings", _) => settings = Some(text(field).await?),
            ("preview", _) => {
                preview = match text(field).await?.trim() {
                    "true" => true,
                    "false" => false,
                    _ => return Err(Refused::bad("preview is true or false")),
                };
            }
            // What is not known is left alone.
            _ => {}
        }
    }
    if preview {
        let settings = service.preview_upload(upload, settings).await?;
        return Ok(Json(ImportPreview { settings }).into_response());
    }
    let job = service.import_upload(&actor, upload, settings).await?;
    let place = HeaderValue::from_str(&format!("/api/v1/jobs/{}", job.id)).map_err(|_| Refused::bad("job"))?;
    let mut response = (StatusCode::ACCEPTED, Json(job)).into_response();
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

async fn keep(upload: &mut Upload, part: Part, mut field: Field<'_>) -> Answer<()> {
    let path = upload.file(part, field.file_name().unwrap_or(part.word()))?;
    let mut file = tokio::fs::File::create(&path).await.map_err(|error| upload.cannot(&error))?;
    let mut since = LOOK;
    while let Some(chunk) = field.chunk().await.map_err(|error| Refused::bad(broken(&error)))? {
        since += chunk.len() as u64;
        if since >= LOOK {
            upload.room(since)?;
            since = 0;
        }
        file.write_all(&chunk).await.map_err(|error| upload.cannot(&error))?;
    }
    Ok(file.flush().await.map_err(|error| upload.cannot(&error))?)
}

async fn text(mut field: Field<'_>) -> Answer<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| Refused::bad(broken(&error)))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > TEXT {
            return Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", format!("settings have at most {TEXT} bytes")));
        }
    }
    String::from_utf8(bytes).map_err(|_| Refused::bad("settings are no text"))
}

fn broken(error: &axum::extract::multipart::MultipartError) -> String {
    format!("the form cannot be read: {}", error.body_text())
}
