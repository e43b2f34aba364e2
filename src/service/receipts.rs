//! Receipts: what people really heard. They are a record of their own beside the audit, which has one row a playback already.

use super::{Result, Service, ServiceError};
use crate::domain::{
    actor::{Actor, Permission},
    call::CallDetail,
    receipt::{Receipt, ReceiptDraft},
};

impl Service {
    /// Keeps what the actor heard of a recording.
    ///
    /// # Errors
    /// Without the right `listen`, for unknown recordings, for stretches that cannot have been heard, and where nothing can be
    /// written.
    pub async fn heard(&self, actor: &Actor, id: &str, draft: ReceiptDraft) -> Result<()> {
        self.require(actor, Permission::Listen, "receipt.add", "play recordings", Some(id)).await?;
        let (recording, _) = self.store().recording(actor.scope(Permission::Listen), id.to_owned()).await?;
        draft.check(recording.length.seconds()).map_err(ServiceError::Invalid)?;
        self.must_be_writable("keep what was heard")?;
        let heard = draft.joined().heard;
        if heard.is_empty() {
            return Ok(());
        }
        Ok(self.store().add_receipts(recording.id.0, actor.name.clone(), heard).await?)
    }

    /// What was heard of a recording, newest first: with the right `audit` by everybody, else by the actor.
    ///
    /// # Errors
    /// Without the right `see`, and for unknown recordings.
    pub async fn receipts(&self, actor: &Actor, id: &str) -> Result<Vec<Receipt>> {
        let recording = self.recording(actor, id).await?;
        let only = (!knows_of_others(actor)).then(|| actor.name.clone());
        Ok(self.store().receipts(recording.id.0, only).await?)
    }
}

/// Whether an actor may know what others heard and downloaded.
pub(super) fn knows_of_others(actor: &Actor) -> bool {
    actor.may(Permission::Audit)
}

/// Leaves out what the actor may not know.
pub(super) fn shown(actor: &Actor, mut detail: CallDetail) -> CallDetail {
    if !knows_of_others(actor) {
        detail.receipts.retain(|receipt| receipt.who == actor.name);
        detail.taken.retain(|taken| taken.who == actor.name);
    }
    detail
}
