//! Saved views; changing one names the version that was seen (0 makes it).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, IfMatch, IfMatchOrNew, Pieces, Seen},
    },
    service::Service,
    wire::View,
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(set, remove))
}

/// One's own views and those that others share.
#[utoipa::path(get, path = "/views", tag = "views", responses((status = 200, description = "The views", body = Vec<View>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<View>> {
    Ok(Json(service.views(&actor).await?))
}

/// Makes a view (version 0), or changes one.
#[utoipa::path(put, path = "/views/{name}", tag = "views", params(IfMatchOrNew), request_body = View, responses((status = 200, description = "The view as it is now", body = View)))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
    extract::Json(view): extract::Json<View>,
) -> Body<View> {
    if view.name != name {
        return Err(Refused::other_name("the view of the address and of the body differ"));
    }
    let seen = Seen::or_new(&headers);
    let done = service.put_view(&actor, View { version: seen.version, ..view }).await;
    Ok(Json(seen.told(done)?))
}

/// Removes a view.
#[utoipa::path(delete, path = "/views/{name}", tag = "views", params(IfMatch), responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    let seen = Seen::of(&headers);
    let done = service.remove_view(&actor, &name, seen.version).await;
    seen.told(done.map(|()| StatusCode::NO_CONTENT))
}
