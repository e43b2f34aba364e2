//! Who speaks when: found once, stored with the waveform, joined with what the call's events say.

use super::{AudioUse, Result, Service};
use crate::domain::{
    actor::{Actor, Permission},
    speech::{Speech, held},
};

impl Service {
    /// # Errors
    /// As [`Service::peaks`].
    pub async fn speech(&self, actor: &Actor, id: &str) -> Result<Speech> {
        let (recording, call) = self.allowed_recording(actor, id, AudioUse::Peaks).await?;
        let peaks = self.stored_peaks(&recording, true).await?;
        // The same look as at the waveform.
        self.audit_audio(actor, &recording, AudioUse::Peaks, true).await?;
        let hold = match (call, recording.offset) {
            (Some(call), Some(offset)) => {
                let detail = self.store().call(actor.reach(Permission::Listen), call.0).await?;
                held(&detail.timeline, detail.call.start, offset.seconds(), peaks.seconds())
            }
            // Where in the call the recording began is unknown, or it has no call: so is what the events mean for it.
            _ => Vec::new(),
        };
        let length_s = peaks.seconds();
        let sides = peaks.speech.unwrap_or_default().0;
        Ok(Speech::of(recording.id.0, length_s, sides, hold, Vec::new()))
    }
}
