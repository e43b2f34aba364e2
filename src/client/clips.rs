//! Clips, and collections of calls and clips.

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use super::{ApiResponse, AudioUse, Client, Result, piece, recordings::AudioQuery};
use crate::wire::{Clip, ClipDraft, Collection, CollectionItem, ItemKind};

#[derive(Serialize)]
struct OfCall<'a> {
    call: &'a str,
}

/// A thing to put into a collection.
#[derive(Serialize)]
struct Named<'a> {
    kind: ItemKind,
    id: &'a str,
}

impl Client {
    /// Cuts a clip; the server hashes and audits it.
    pub async fn make_clip(&self, draft: &ClipDraft) -> Result<Clip> {
        self.send(Method::POST, "/clips", draft).await
    }

    /// Clips of all calls that one may see, newest first.
    pub async fn clips(&self) -> Result<Vec<Clip>> {
        self.get("/clips", &()).await
    }

    /// Clips of one call.
    pub async fn clips_of(&self, call: &str) -> Result<Vec<Clip>> {
        self.get("/clips", &OfCall { call }).await
    }

    pub async fn clip(&self, id: &str) -> Result<Clip> {
        self.get(&format!("/clips/{}", piece(id)), &()).await
    }

    pub async fn remove_clip(&self, id: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/clips/{}", piece(id)), &()).await
    }

    /// Its sound as a stream.
    pub async fn clip_audio(&self, id: &str, r#use: AudioUse) -> Result<ApiResponse> {
        let request = self.request(Method::GET, &format!("/clips/{}/audio", piece(id)), &AudioQuery::whole(r#use))?;
        self.transport.send(request).await
    }

    /// Its sound in memory.
    pub async fn clip_bytes(&self, id: &str, r#use: AudioUse) -> Result<Bytes> {
        Ok(self.clip_audio(id, r#use).await?.collect().await?.1)
    }

    /// Its sound cut or converted by the server, as a stream; places are the clip's own.
    pub async fn clip_made(&self, id: &str, query: &AudioQuery) -> Result<ApiResponse> {
        let request = self.request(Method::GET, &format!("/clips/{}/audio", piece(id)), query)?;
        self.transport.send(request).await
    }

    /// Collections that one owns or may read.
    pub async fn collections(&self) -> Result<Vec<Collection>> {
        self.get("/collections", &()).await
    }

    pub async fn collection(&self, name: &str) -> Result<Collection> {
        self.get(&format!("/collections/{}", piece(name)), &()).await
    }

    /// Makes a collection (`version` 0), or changes description and readers of one; items are left alone.
    pub async fn put_collection(&self, collection: &Collection) -> Result<Collection> {
        let path = format!("/collections/{}", piece(&collection.name));
        self.send_if_match(Method::PUT, &path, collection, collection.version).await
    }

    pub async fn remove_collection(&self, name: &str, version: i64) -> Result<()> {
        self.send_if_match(Method::DELETE, &format!("/collections/{}", piece(name)), &(), version).await
    }

    /// Adds at the end; what is in it already stays where it is.
    pub async fn collect(&self, name: &str, kind: ItemKind, id: &str) -> Result<CollectionItem> {
        self.send(Method::POST, &format!("/collections/{}/items", piece(name)), &Named { kind, id }).await
    }

    pub async fn uncollect(&self, name: &str, kind: ItemKind, id: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/collections/{}/items/{kind}/{}", piece(name), piece(id)), &()).await
    }
}
