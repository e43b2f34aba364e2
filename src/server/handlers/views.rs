//! Saved views; changing one names the version that was seen (0 makes it).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::View,
};

pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<View>> {
    Ok(Json(service.views(&actor).await?))
}

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
    extract::Json(view): extract::Json<View>,
) -> Body<View> {
    if view.name != name {
        return Err(Refused::bad("the view of the address and of the body differ"));
    }
    let version = extract::version(&headers)?;
    Ok(Json(service.put_view(&actor, View { version, ..view }).await?))
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    service.remove_view(&actor, &name, extract::version(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
