//! Collections; changing one names the version that was seen (0 makes it), adding to it and taking from it does not.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;

use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Body;
use crate::{
    server::{
        error::{Answer, Refused},
        extract::{self, Acting, IfMatch, IfMatchOrNew, Pieces, Seen},
    },
    service::Service,
    wire::{Collection, CollectionItem, ItemKind},
};

pub(in crate::server) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, set, remove)).routes(routes!(put)).routes(routes!(take))
}

/// What is to be put into a collection.
#[derive(Deserialize, ToSchema)]
pub(in crate::server) struct ItemDraft {
    kind: ItemKind,
    id: String,
}

/// A collection as it is changed: what else is sent with it (owner, items) is not looked at.
#[derive(Deserialize, ToSchema)]
#[schema(as = CollectionDraft)]
pub(in crate::server) struct Written {
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    readers: Vec<String>,
}

/// Collections that one owns or reads, with their items.
#[utoipa::path(get, path = "/collections", tag = "collections", responses((status = 200, description = "The collections", body = Vec<Collection>)))]
pub(in crate::server) async fn list(State(service): State<Service>, Acting(actor): Acting) -> Body<Vec<Collection>> {
    Ok(Json(service.collections(&actor).await?))
}

/// One collection.
#[utoipa::path(get, path = "/collections/{name}", tag = "collections", responses((status = 200, description = "The collection", body = Collection)))]
pub(in crate::server) async fn show(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
) -> Body<Collection> {
    Ok(Json(service.collection(&actor, &name).await?))
}

/// Makes a collection (version 0), or changes description and readers of one.
#[utoipa::path(put, path = "/collections/{name}", tag = "collections", params(IfMatchOrNew), request_body = Written, responses((status = 200, description = "The collection as it is now", body = Collection)))]
pub(in crate::server) async fn set(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
    extract::Json(written): extract::Json<Written>,
) -> Body<Collection> {
    if written.name.as_ref().is_some_and(|other| *other != name) {
        return Err(Refused::other_name("the collection of the address and of the body differ"));
    }
    let seen = Seen::or_new(&headers);
    let (Written { description, readers, .. }, owner) = (written, actor.name.clone());
    let collection = Collection { name, description, owner, readers, items: Vec::new(), version: seen.version };
    let done = service.put_collection(&actor, collection).await;
    Ok(Json(seen.told(done)?))
}

/// Removes a collection; what is in it stays where it is.
#[utoipa::path(delete, path = "/collections/{name}", tag = "collections", params(IfMatch), responses((status = 204, description = "Done")))]
pub(in crate::server) async fn remove(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    let seen = Seen::of(&headers);
    let done = service.remove_collection(&actor, &name, seen.version).await;
    seen.told(done.map(|()| StatusCode::NO_CONTENT))
}

/// Puts something at the end of a collection; what is in it already stays where it is.
#[utoipa::path(post, path = "/collections/{name}/items", tag = "collections", request_body = ItemDraft, responses((status = 201, description = "The item", body = CollectionItem)))]
pub(in crate::server) async fn put(
    State(service): State<Service>,
    Acting(actor): Acting,
    Pieces(name): Pieces<String>,
    extract::Json(item): extract::Json<ItemDraft>,
) -> Answer<(StatusCode, Json<CollectionItem>)> {
    Ok((StatusCode::CREATED, Json(service.collect(&actor, &name, item.kind, &item.id).await?)))
}

/// Takes something out of a collection.
#[utoipa::path(delete, path = "/collections/{name}/items/{kind}/{id}", tag = "collections", responses((status = 204, description = "Done")))]
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
