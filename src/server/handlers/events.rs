//! Live changes as server-sent events.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    server::{error::Answer, extract::Acting},
    service::{
        Service,
        events::{Listener, Told},
    },
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(listen))
}

/// One of the events, as the stream writes it line by line.
#[derive(ToSchema)]
#[schema(as = Event)]
#[expect(dead_code, reason = "told in the document; written by `written`")]
struct Line {
    /// Where one stands behind it, for `Last-Event-ID`.
    id: Option<String>,
    /// `revision`, `call`, `job` or `resync`.
    event: String,
    /// JSON.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// Live changes within one's scope, as server-sent events until the line is closed.
///
/// `revision` with `{"revision":…}`: something changed. `call` with `{"id":…,"start":…,"new":true}`: a call came or changed.
/// `job` with a job of one's own. `resync` with `{}`: something was missed, ask for everything again. A comment comes every 15
/// seconds. Rights are looked at again all the time: the stream ends when the token does. Who comes back with `Last-Event-ID`,
/// as readers of such streams do by themselves, is told first what happened since.
#[utoipa::path(get, path = "/events", tag = "events",
    responses((status = 200, description = "The events", body = Line, content_type = "text/event-stream")))]
pub(in crate::server) async fn listen(
    State(service): State<Service>,
    Acting(actor): Acting,
    headers: HeaderMap,
) -> Answer<Response> {
    let after = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let listener = service.listen(&actor, after.filter(|after| !after.is_empty())).await?;
    let told = stream::unfold((listener, true), |(mut listener, is_first)| async move {
        // Says at once that the line is good.
        let text = if is_first { ": listening\n\n".to_owned() } else { written(&next(&mut listener).await?) };
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(text)), (listener, false)))
    });
    let mut response = Body::from_stream(told).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn next(listener: &mut Listener) -> Option<Told> {
    listener.next().await
}

fn written(told: &Told) -> String {
    if told.events.is_empty() {
        return ": still here\n\n".to_owned();
    }
    let mut text = String::new();
    for (index, event) in told.events.iter().enumerate() {
        // The place is behind all of them: whoever comes back after the first is told the others again.
        if index + 1 == told.events.len() {
            text.push_str(&format!("id: {}\n", told.place));
        }
        text.push_str(&format!("event: {}\ndata: {}\n\n", event.word(), event.data()));
    }
    text
}
