//! Collections; changing one names the version that was seen (0 makes it), adding to it and taking from it does not.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, Pieces},
    },
    service::Service,
    wire::{Collection, CollectionItem, ItemKind},
};

/// What is to be put into a collection.
#[derive(Deserialize)]
pub(in crate::server) struct Named {
    kind: ItemKind,
    id: String,
}

/// A collection as it is changed: what else is sent with it (owner, items) is not looked at.
#[derive(Deserialize)]
pub(in crate::server) struct Written {
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    readers: Vec<String>,
}

pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Collection>> {
    Ok(Json(service.collections(&actor).await?))
}

pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Body<Collection> {
    Ok(Json(service.collection(&actor, &name).await?))
}

pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
    extract::Json(written): extract::Json<Written>,
) -> Body<Collection> {
    if written.name.is_some_and(|other| other != name) {
        return Err(Refused::bad("the collection of the address and of the body differ"));
    }
    let (version, owner) = (extract::version(&headers)?, actor.name.clone());
    let Written { description, readers, .. } = written;
    let collection = Collection { name, description, owner, readers, items: Vec::new(), version };
    Ok(Json(service.put_collection(&actor, collection).await?))
}

pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    service.remove_collection(&actor, &name, extract::version(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::server) async fn put(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    extract::Json(item): extract::Json<Named>,
) -> Answer<(StatusCode, Json<CollectionItem>)> {
    Ok((StatusCode::CREATED, Json(service.collect(&actor, &name, item.kind, &item.id).await?)))
}

pub(in crate::server) async fn take(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces((name, kind, id)): Pieces<(String, String, String)>,
) -> Answer<StatusCode> {
    // What is no kind of thing is in no collection.
    let kind: ItemKind = kind.parse().map_err(|()| Refused::bad("a collection has items of the kinds call and clip"))?;
    service.uncollect(&actor, &name, kind, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
