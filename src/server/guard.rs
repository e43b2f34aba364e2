//! Layers that belong to the router itself: who is it, and a write is never cut in two.

use std::panic::AssertUnwindSafe;

use axum::{
    extract::Request,
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;

use super::error::Refused;
use crate::domain::actor::Actor;

/// Answers 401 unless somebody in front of the router has said who acts.
pub(super) async fn signed_in(request: Request, next: Next) -> Response {
    if request.extensions().get::<Actor>().is_none() {
        let mut response =
            Refused::new(StatusCode::UNAUTHORIZED, "not-signed-in", "sign in first: no valid token came with the request")
                .into_response();
        response.headers_mut().insert(header::WWW_AUTHENTICATE, axum::http::HeaderValue::from_static("Bearer"));
        return response;
    }
    next.run(request).await
}

/// Runs what writes in a task of its own, so that a reader who goes away cannot stop it half way; and turns a crash of a
/// handler into an answer. Reads are dropped with their request, which interrupts their statement.
pub(super) async fn whole(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let outcome = if reads { answer.await.ok() } else { tokio::spawn(answer).await.ok().and_then(Result::ok) };
    outcome.unwrap_or_else(|| {
        Refused::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the program met an error of its own while doing this; nothing was half done; the log says more",
        )
        .into_response()
    })
}
