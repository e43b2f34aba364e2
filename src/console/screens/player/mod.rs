//! One call in full, with the player.

mod facts;
mod layout;
mod lines;
mod marks;
mod middle;
mod state_line;
mod timeline;
mod update;
mod view;
mod waiting;
mod wave;
mod window;

pub use lines::plain;
pub use update::{act, passes_on};
pub use view::{Spot, spot, view};
pub use window::Window;

use crate::wire::{CallBody, CallDetailBody, Clip, Peaks, RecordingBody, Speech};

/// State of the screen; the call itself is the one under the list's cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Player {
    /// First line shown below the waveform.
    pub top: usize,
    /// The note that the cursor stands on.
    pub note: Option<usize>,
    /// The part of the recording that the waveform shows; none: all of it.
    pub window: Option<Window>,
    /// Which of the call's recordings is looked at.
    pub recording: usize,
}

/// What is known of the call that the screen shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    pub call: Option<&'a CallBody>,
    pub detail: Option<&'a CallDetailBody>,
    /// Of the whole recording.
    pub peaks: Option<&'a Peaks>,
    /// Of the part that is shown.
    pub zoomed: Option<&'a Peaks>,
    pub speech: Option<&'a Speech>,
    /// Of the call; chosen as if they were notes behind the last one.
    pub clips: &'a [Clip],
}

impl<'a> Shown<'a> {
    /// The recording that is looked at.
    pub fn recording(&self, player: &Player) -> Option<&'a RecordingBody> {
        let recordings = &self.call?.recordings;
        recordings.get(player.recording).or_else(|| recordings.first())
    }
}
