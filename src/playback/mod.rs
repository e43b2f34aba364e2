//! The player thread and its outputs; knows no screen and no server.
//!
//! The screen sends [`Command`]s through a [`Player`] and reads [`Event`]s; nothing here ever blocks it.

use std::time::Duration;

use crate::sound::Decoder;

/// What the player is told.
pub enum Command {
    /// Plays this from `at` seconds; replaces what plays.
    Load {
        generation: u64,
        decoder: Box<dyn Decoder>,
        at: f64,
    },
    Play,
    Pause,
    /// To an exact second.
    Seek(f64),
    /// 0.0 to 1.5; 1.0 leaves the sound alone.
    Volume(f32),
    Stop,
}

/// What the player tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An output was found; its name for the header.
    Output(String),
    /// No output: one sentence a thing that was tried, and what to do now.
    NoOutput {
        tried: Vec<String>,
        advice: String,
    },
    Playing {
        generation: u64,
    },
    Paused {
        generation: u64,
    },
    /// Heard up to here, in seconds.
    Position {
        generation: u64,
        seconds: f64,
    },
    Ended {
        generation: u64,
    },
    Failed {
        generation: u64,
        why: String,
    },
}

/// Settings of the player.
#[derive(Clone, Debug, Default)]
pub struct PlayerOptions {
    /// `pulse:PATH`, `alsa:NAME`, `none`; empty: discovery.
    pub output: Option<String>,
    /// How often positions are told while playing.
    pub tick: Duration,
}

/// A handle to the player thread. Dropping it stops the sound.
pub struct Player {
    _private: (),
}

impl Player {
    /// Starts the thread; the output is looked for at the first [`Command::Load`]. `on_event` is called on that thread and
    /// must not block.
    pub fn start(options: PlayerOptions, on_event: impl Fn(Event) + Send + 'static) -> Self {
        let _ = (options, on_event);
        todo!("playback")
    }

    /// Never blocks; a full queue drops the oldest seek.
    pub fn send(&self, command: Command) {
        let _ = command;
        todo!("playback")
    }
}
