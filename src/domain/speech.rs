//! Who speaks when in a recording: what the voice detector found, and what follows from it. Seconds of the recording's
//! own time, whatever the speed at which it is heard.

use serde::{Deserialize, Serialize};

/// From, until; seconds.
pub type Span = [f64; 2];

/// One side of a recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SideSpeech {
    /// When it speaks, in order, not touching each other.
    pub talk: Vec<Span>,
    pub talk_s: f64,
    /// Of the recording's length, 0 to 1.
    pub share: f64,
    /// Longest stretch of its speech that the other side did not interrupt; null where it never speaks.
    pub longest_monologue: Option<Span>,
    /// Level of its speech in dBFS (RMS); null where it never speaks.
    pub level_db: Option<f64>,
    /// The noise is so loud that speech and pause cannot be told apart well.
    pub noisy: bool,
}

/// A change of speaker: from here on this side speaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub at_s: f64,
    /// 0: the first channel (our side), 1: the other.
    pub side: u8,
}

/// What is known of the speech in a recording. A recording of one channel has one side, talk and silence only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Speech {
    pub recording: String,
    pub length_s: f64,
    /// One a channel.
    pub sides: Vec<SideSpeech>,
    /// Both sides speak at once for 250 ms or more.
    pub overlap: Vec<Span>,
    pub overlap_s: f64,
    /// Nobody speaks for 1.5 s or more, and it is no hold.
    pub silence: Vec<Span>,
    pub silence_s: f64,
    pub longest_silence: Option<Span>,
    pub turns: Vec<Turn>,
    /// The call's events say that it was on hold: whatever is heard there is no speech of the parties.
    pub hold: Vec<Span>,
    /// Recording was paused.
    pub paused: Vec<Span>,
}
