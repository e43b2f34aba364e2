//! Facts of a recording.

use super::{Result, Service};
use crate::domain::{
    actor::{Actor, Permission},
    recording::Recording,
};

impl Service {
    /// # Errors
    /// [`super::ServiceError::NotFound`] also outside the actor's scope.
    pub async fn recording(&self, actor: &Actor, id: &str) -> Result<Recording> {
        self.may_see(actor).await?;
        Ok(self.store().recording(actor.scope(Permission::See), id.to_owned()).await?.0)
    }
}
