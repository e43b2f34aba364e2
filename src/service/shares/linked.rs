//! What a permanent link leads to.

use crate::{
    domain::{
        actor::{Actor, Permission},
        call::CallDetail,
        recording::Recording,
    },
    service::{Result, Service, ServiceError},
};

/// A recording with its call, or a call.
pub enum Linked {
    Call(Box<CallDetail>),
    Recording(Box<Recording>, Option<Box<CallDetail>>),
}

impl Service {
    /// # Errors
    /// [`ServiceError::NotFound`] for unknown ids and for what lies outside the actor's scope.
    pub async fn linked(&self, actor: &Actor, id: &str) -> Result<Linked> {
        if !actor.may(Permission::See) {
            return Err(ServiceError::NotFound(format!("there is no recording or call {}", crate::domain::clean::line(id, 60))));
        }
        match self.store().recording(actor.scope(Permission::See), id.to_owned()).await {
            Ok((recording, Some(call))) => {
                let detail = self.call(actor, &call.0).await?;
                Ok(Linked::Recording(Box::new(recording), Some(Box::new(detail))))
            }
            Ok((recording, None)) => Ok(Linked::Recording(Box::new(recording), None)),
            Err(crate::store::StoreError::NotFound(_)) => match self.call(actor, id).await {
                Ok(detail) => Ok(Linked::Call(Box::new(detail))),
                Err(ServiceError::NotFound(_)) => {
                    Err(ServiceError::NotFound(format!("there is no recording or call {}", crate::domain::clean::line(id, 60))))
                }
                Err(error) => Err(error),
            },
            Err(error) => Err(error.into()),
        }
    }
}
