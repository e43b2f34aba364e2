//! What an output can do; each has threads of its own and reports to the player's mailbox.

/// Why an output did not do it, as one sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct OutputError(pub(super) String);

/// A connection to something that sounds. One stream at a time.
pub(super) trait Output: Send {
    /// For the header: `PulseAudio on this machine`.
    fn name(&self) -> &str;
    /// What is looked for when it is lost and nothing was asked for; none: whatever is found.
    fn again(&self) -> Option<&'static str> {
        None
    }
    /// Opens a stream, whose reports will carry `stream`. [`super::mailbox::Report::Opened`] follows.
    fn open(&mut self, stream: u64, rate: u32, channels: u8) -> Result<(), OutputError>;
    /// Takes samples; never more than the credit it reported.
    fn write(&mut self, samples: &[i16]) -> Result<(), OutputError>;
    /// Holds the sound where it is, or lets it go on.
    fn pause(&mut self, pause: bool) -> Result<(), OutputError>;
    /// Forgets what was written and not heard. Credit for it follows.
    fn flush(&mut self) -> Result<(), OutputError>;
    /// Plays out what was written; a report follows.
    fn drain(&mut self) -> Result<(), OutputError>;
    /// Asks how much of `written` frames is not heard yet; a report follows.
    fn ask_latency(&mut self, written: u64) -> Result<(), OutputError>;
    /// Ends the stream.
    fn close(&mut self);
    /// It ran dry: the next stream should hold more.
    fn hold_more(&mut self);
}
