//! The router as a function in this process, with the local opener as the acting person.

use std::{error::Error, future::Future, pin::Pin, sync::Arc};

use axum::{Router, body::Body};
use bytes::Bytes;
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use tower::ServiceExt;

use crate::domain::actor::Actor;

/// A request with its whole body.
pub type LocalRequest = http::Request<Vec<u8>>;
/// A streamed body without types of the web framework.
pub type LocalBody = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;
/// An answer on its way.
pub type LocalAnswer = Pin<Box<dyn Future<Output = http::Response<LocalBody>> + Send>>;
/// What a client of this process calls instead of a socket.
pub type LocalApi = Arc<dyn Fn(LocalRequest) -> LocalAnswer + Send + Sync>;

/// The router called in process, with `actor` as the only acting person.
pub fn local_api(router: Router, actor: Actor) -> LocalApi {
    Arc::new(move |request| {
        let (router, actor) = (router.clone(), actor.clone());
        Box::pin(async move {
            let mut request = request.map(Body::from);
            request.extensions_mut().clear();
            request.extensions_mut().insert(actor);
            let response = match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            response.map(|body| body.map_err(Into::into).boxed_unsync())
        })
    })
}
