//! Receipts: what people really heard. Each report of a player is a row of the audit too, in the same transaction: the one that
//! tells that something was played is older than its first byte.

use super::{Result, Service, ServiceError, audit::record_of};
use crate::domain::{
    actor::{Actor, Permission},
    audit::AuditRecord,
    call::CallDetail,
    length::Tenths,
    receipt::{Heard, Receipt, ReceiptDraft},
};
use crate::store::Store;

impl Service {
    /// Keeps what the actor heard of a recording.
    ///
    /// # Errors
    /// Without the right `listen`, for unknown recordings, for stretches that cannot have been heard, and where nothing can be
    /// written.
    pub async fn heard(&self, actor: &Actor, id: &str, draft: ReceiptDraft) -> Result<()> {
        let look = |store: Store, scope, id| async move { store.recording(scope, id).await };
        let (recording, _) = self.allowed(actor, Permission::Listen, ("receipt.add", "play recordings"), id, look).await?;
        draft.check(recording.length.seconds()).map_err(ServiceError::Invalid)?;
        self.must_be_writable("keep what was heard")?;
        let heard = draft.joined().heard;
        if heard.is_empty() {
            return Ok(());
        }
        let written = AuditRecord { detail: Some(told(&heard)), ..record_of(actor, "recording.heard", &recording.id.0) };
        Ok(self.store().add_receipts(recording.id.0, heard, written).await?)
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

/// Stretches that are told one by one; of more only how many they are.
const TOLD: usize = 4;

/// `4:56 heard: 0:00-3:00 at 1x, 3:10-5:06 at 1.5x`: seconds of the recording, and the speed.
fn told(heard: &[Heard]) -> String {
    let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
    let sum: f64 = heard.iter().map(|heard| heard.until_s - heard.from_s).sum();
    let mut parts: Vec<String> = heard
        .iter()
        .take(TOLD)
        .map(|heard| format!("{}-{} at {}x", clock(heard.from_s), clock(heard.until_s), heard.speed))
        .collect();
    if heard.len() > TOLD {
        parts.push(format!("{} more", heard.len() - TOLD));
    }
    format!("{} heard: {}", clock(sum), parts.join(", "))
}

/// Whether an actor may know what others heard and downloaded.
pub(super) fn knows_of_others(actor: &Actor) -> bool {
    actor.scope(Permission::Audit).is_company()
}

/// Leaves out what the actor may not know.
pub(super) fn shown(actor: &Actor, mut detail: CallDetail) -> CallDetail {
    if !knows_of_others(actor) {
        detail.receipts.retain(|receipt| receipt.who == actor.name);
        detail.taken.retain(|taken| taken.who == actor.name);
    }
    detail
}
