//! Collections: calls and clips put together for a purpose. A collection widens nobody's scope: who may not see a call does not
//! see it in a collection either.

use super::{
    Result, Service, ServiceError,
    audit::record_of,
    error::{changed, changed_or_there},
    limits,
};
use crate::domain::{
    actor::{Actor, Permission},
    clip::{Collection, CollectionItem, ItemKind},
};

/// Readers of one collection.
const READERS: usize = 1_000;

impl Service {
    /// Those that the actor owns or reads.
    ///
    /// # Errors
    /// Without the right `see`.
    pub async fn collections(&self, actor: &Actor) -> Result<Vec<Collection>> {
        self.may_see(actor).await?;
        Ok(self.store().collections(actor.scope(Permission::See), actor.name.clone()).await?)
    }

    /// # Errors
    /// [`ServiceError::NotFound`] also for who neither owns nor reads it.
    pub async fn collection(&self, actor: &Actor, name: &str) -> Result<Collection> {
        self.may_see(actor).await?;
        Ok(self.store().collection(actor.scope(Permission::See), actor.name.clone(), name.to_owned()).await?)
    }

    /// Makes a collection of the actor's (version 0), or changes description and readers of theirs; items are left alone.
    ///
    /// # Errors
    /// [`ServiceError::Changed`] if it was changed since its version; [`ServiceError::Conflict`] if it is there already.
    pub async fn put_collection(&self, actor: &Actor, collection: Collection) -> Result<Collection> {
        self.may_see(actor).await?;
        let name = limits::name("the collection's name", &collection.name)?;
        let description = limits::remark("the collection's description", collection.description.as_deref())?;
        if collection.readers.len() > READERS {
            return Err(ServiceError::TooLarge(format!("a collection has at most {READERS} readers; * is everybody")));
        }
        let mut readers: Vec<String> = Vec::with_capacity(collection.readers.len());
        for reader in &collection.readers {
            let reader = limits::name("the reader's name", reader)?;
            if !readers.contains(&reader) {
                readers.push(reader);
            }
        }
        let mut audit = record_of(actor, "collection.set", &name);
        audit.detail =
            Some(if readers.is_empty() { "no readers".to_owned() } else { format!("readers: {}", readers.join(", ")) });
        let collection = Collection { name, description, readers, ..collection };
        let told = changed_or_there(collection.version);
        self.store().put_collection(actor.scope(Permission::See), actor.name.clone(), collection, audit).await.map_err(told)
    }

    /// # Errors
    /// [`ServiceError::Changed`] if it was changed since `version`; [`ServiceError::ReadOnly`] where it is somebody else's.
    pub async fn remove_collection(&self, actor: &Actor, name: &str, version: i64) -> Result<()> {
        self.may_see(actor).await?;
        let audit = record_of(actor, "collection.remove", &limits::short(name));
        self.store().remove_collection(actor.name.clone(), name.to_owned(), version, audit).await.map_err(changed)
    }

    /// Adds a call or a clip at the end.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for collection and item; [`ServiceError::ReadOnly`] where it is somebody else's.
    pub async fn collect(&self, actor: &Actor, name: &str, kind: ItemKind, id: &str) -> Result<CollectionItem> {
        self.may_see(actor).await?;
        let id = self.item(actor, kind, id).await?;
        let mut audit = record_of(actor, "collection.put", &limits::short(name));
        audit.detail = Some(format!("{kind} {id}"));
        Ok(self.store().collect(actor.scope(Permission::See), actor.name.clone(), name.to_owned(), (kind, id), audit).await?)
    }

    /// # Errors
    /// As [`Self::collect`]; [`ServiceError::NotFound`] too where it is not in it.
    pub async fn uncollect(&self, actor: &Actor, name: &str, kind: ItemKind, id: &str) -> Result<()> {
        self.may_see(actor).await?;
        let id = self.item(actor, kind, id).await?;
        let mut audit = record_of(actor, "collection.take", &limits::short(name));
        audit.detail = Some(format!("{kind} {id}"));
        Ok(self.store().uncollect(actor.scope(Permission::See), actor.name.clone(), name.to_owned(), (kind, id), audit).await?)
    }

    /// The public id of what is within the actor's scope.
    async fn item(&self, actor: &Actor, kind: ItemKind, id: &str) -> Result<String> {
        match kind {
            ItemKind::Call => Ok(self.store().call(actor.scope(Permission::See), id.to_owned()).await?.call.id.0),
            ItemKind::Clip => Ok(self.store().clip(actor.scope(Permission::See), id.to_owned()).await?.clip.id),
        }
    }
}
