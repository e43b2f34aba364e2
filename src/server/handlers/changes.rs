//! The same change to many calls at once.

use axum::{Json, extract::State};

use super::Body;
use crate::{
    server::extract::{self, Acting},
    service::Service,
    wire::{Changed, Changes},
};

pub(in crate::server) async fn make(
    State(service): State<Service>,
    Acting(actor): Acting,
    extract::Json(changes): extract::Json<Changes>,
) -> Body<Changed> {
    Ok(Json(service.change(&actor, changes).await?))
}
