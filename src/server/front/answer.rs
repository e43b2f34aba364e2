//! One request: who asks, what is answered, what is written down of it.

use std::{convert::Infallible, sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::body::Incoming;
use tower::ServiceExt;

use super::{
    Front, Pattern,
    body::{Coming, Going},
    metrics::{self, Open},
    pace::Pace,
    peer::Peer,
    sign_in,
    still::Still,
};
use crate::{
    domain::{
        actor::{Actor, Permission},
        clean,
    },
    server::{OverTls, error::Refused},
};

/// Characters of a name in the log.
const NAME: usize = 100;

/// Answers one request of a line.
pub(super) async fn answer(
    front: Front,
    peer: Arc<Peer>,
    pace: Arc<Pace>,
    request: Request<Incoming>,
) -> Result<Response<Going>, Infallible> {
    pace.busy();
    let began = Instant::now();
    let (mut parts, body) = request.into_parts();
    sign_in::strip(&mut parts);
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let forwarded = parts.headers.contains_key("forwarded") || parts.headers.contains_key("x-forwarded-for");
    let origin = peer.origin();
    let signed_in = if sign_in::is_open(&method, &path) {
        Ok(None)
    } else {
        let unasked = sign_in::is_unasked(&method, &path, &parts.headers);
        sign_in::actor(&front.0.service, &peer, &parts.headers, origin.clone(), unasked).await
    };
    let acting = signed_in.as_ref().ok().cloned().flatten();
    let who = signed_in.as_ref().ok().and_then(|actor| actor.as_ref()).map(|actor| clean::line(&actor.name, NAME));
    let response = match signed_in {
        Err(refused) => *refused,
        Ok(actor) if path == "/metrics" => tell_metrics(&front, &method, actor.as_ref(), peer.is_near() && !forwarded).await,
        Ok(actor) => {
            // A token is of no use to those behind, and is never shown by what they might print.
            parts.headers.remove(header::AUTHORIZATION);
            parts.extensions.insert(origin);
            if peer.is_private(&parts.headers) {
                parts.extensions.insert(OverTls);
            }
            if let Some(actor) = actor {
                parts.extensions.insert(actor);
            }
            route(&front, Request::from_parts(parts, Body::new(Coming::new(body, &front.0.limits)))).await
        }
    };
    let pattern = match response.extensions().get::<Pattern>() {
        Some(pattern) => Arc::clone(&pattern.0),
        None if path == "/metrics" => "/metrics".into(),
        None => "".into(),
    };
    let status = response.status();
    front.0.metrics.answered(&method, &pattern, status.as_u16(), began.elapsed());
    let (parts, body) = response.into_parts();
    let stream = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let account = Account {
        listening: stream.then(|| Open::count(front.0.metrics.listeners.clone())),
        address: peer.origin().address,
        front: front.clone(),
        method,
        pattern,
        status,
        who,
        began,
        bytes: 0,
        whole: true,
        pace,
    };
    let until = stream.then(|| front.0.stop.clone().cancelled_owned());
    // Streams of events look themselves, and end as soon as anything changed.
    let still = acting.filter(|_| !stream).map(|actor| Still::new(front.0.service.clone(), actor));
    Ok(Response::from_parts(parts, Going::new(body, account, until, still)))
}

/// Asks the router. What waits for news is let go when the server stops.
async fn route(front: &Front, request: Request<Body>) -> Response {
    let waits = request.method() == Method::GET && request.uri().path() == "/api/v1/revision";
    let answer = front.0.router.clone().oneshot(request);
    let outcome = if waits {
        tokio::select! {
            outcome = answer => outcome,
            () = front.0.stop.cancelled() => {
                return Refused::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "the server stops; ask again in a moment")
                    .into_response();
            }
        }
    } else {
        answer.await
    };
    match outcome {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Counters, for programs of this machine and for whoever may look after the storage.
async fn tell_metrics(front: &Front, method: &Method, actor: Option<&Actor>, near: bool) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return crate::server::error::no_such_method().await.into_response();
    }
    match actor {
        None if !near => return Refused::new(StatusCode::UNAUTHORIZED, "not-signed-in", "sign in first").into_response(),
        Some(actor) if !near && !actor.scope(Permission::Storage).is_company() => {
            let why = "counters are for whoever has the right \"storage\", or from this machine itself";
            return Refused::new(StatusCode::FORBIDDEN, "not-allowed", why).into_response();
        }
        _ => {}
    }
    let figures = front.0.service.figures().await.ok();
    let text = front.0.metrics.text(front.0.service.calls_there().await, figures.as_ref());
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(metrics::MEDIA_TYPE));
    response
}

/// What will be written down of a request once it is over.
pub(super) struct Account {
    front: Front,
    method: Method,
    pattern: Arc<str>,
    status: StatusCode,
    who: Option<String>,
    address: Option<String>,
    began: Instant,
    bytes: u64,
    whole: bool,
    pace: Arc<Pace>,
    listening: Option<Open>,
}

impl Account {
    pub(super) const fn sent(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    pub(super) const fn broke(&mut self) {
        self.whole = false;
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.front.0.metrics.sent(self.bytes);
        drop(self.listening.take());
        tracing::info!(
            target: "callreel::request",
            method = self.method.as_str(),
            path = &*self.pattern,
            status = self.status.as_u16(),
            ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            bytes = self.bytes,
            who = self.who.as_deref(),
            address = self.address.as_deref(),
            broken = (!self.whole).then_some(true),
        );
        self.pace.waiting();
    }
}
