//! The player thread and its outputs; knows no screen and no server.
//!
//! The screen sends [`Command`]s through a [`Player`] and reads [`Event`]s; nothing here ever blocks it.
//!
//! ```text
//!  Player ──commands──► mailbox ◄──credit, latency, loss── output's own thread
//!                          │                                   ▲
//!                          ▼                                   │ samples, as many as it asked for
//!                   engine (one thread) ── graph: decoder → skip silence → side → stretch → rodio's mixer → volume
//! ```
//!
//! Sound leaves at the recording's own rate and channels; PulseAudio or PipeWire resamples well, rodio's mixer would not.

mod alsa;
#[cfg(feature = "cpal")]
mod cpal;
mod discovery;
mod ear;
mod engine;
mod environment;
mod feed;
mod graph;
mod limiter;
mod mailbox;
mod output;
mod pulse;
mod timeline;
mod ways;

use std::{sync::Arc, time::Duration};

pub use discovery::{Found, check, no_sound};
pub use ear::{EarEvent, EarOptions, EarServer, new_token};
pub use environment::Environment;
pub use feed::Feed;
pub use ways::{Way, ways};

use crate::sound::Decoder;
use mailbox::Mailbox;

/// Which side of a two-sided recording is heard; a solo side comes from both loudspeakers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    #[default]
    Both,
}

/// Slowest and fastest speed, as factors.
pub const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=3.0;

/// What counts as silence that nobody needs to hear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SilenceRule {
    /// Both sides below this, in dBFS.
    pub below_db: f32,
    /// Seconds; 0.7 to 5.
    pub at_least: f32,
}

impl Default for SilenceRule {
    fn default() -> Self {
        Self { below_db: -45.0, at_least: 1.5 }
    }
}

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
    /// A factor of [`SPEEDS`], without change of pitch.
    Speed(f32),
    Side(Side),
    /// Left and right change places.
    Swap(bool),
    /// -1.0 left alone, 0.0 even, 1.0 right alone; of what is heard, after [`Command::Side`] and [`Command::Swap`].
    Balance(f32),
    /// Brings the speech of both sides to the same level.
    Normalise(bool),
    /// Leaves out silence; none: everything is heard.
    SkipSilence(Option<SilenceRule>),
    /// From A to B, in seconds, again and again until it is taken off; reaching B goes to A.
    Loop(Option<(f64, f64)>),
    /// What follows without a gap when this ends; replaces what was to follow.
    Next {
        generation: u64,
        decoder: Box<dyn Decoder>,
        at: f64,
    },
    /// Nothing follows.
    NoNext,
    /// Sounds elsewhere from now on: as [`PlayerOptions::output`]. Goes on where it was.
    Output(Option<String>),
    /// Ends what plays; the output is given back.
    Stop,
}

/// What the player tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An output was found; its name for the header.
    Output(String),
    /// No output: one sentence a thing that was tried, and what to do now. After this a [`Event::Paused`] tells that
    /// nothing sounds; `Play` looks again.
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
    /// This stretch was silent and was left out; seconds.
    Skipped {
        generation: u64,
        from: f64,
        until: f64,
    },
    /// What came out of the loudspeaker without a break, at one speed and side; seconds of the recording. Told at each
    /// break, and every ten seconds.
    Heard {
        generation: u64,
        from: f64,
        until: f64,
        speed: f32,
        side: Side,
    },
    /// Nothing is there to be heard yet: the sound is still on its way. A [`Event::Position`] follows when it goes on.
    Waiting {
        generation: u64,
        why: String,
    },
    /// The output is gone; it is looked for again, and playing goes on by itself if it was playing.
    Lost {
        why: String,
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
    /// `pulse:SERVER`, `alsa:NAME`, `ear`, `ear:PLACE`, `none`, or the name of a sink; empty: discovery.
    pub output: Option<String>,
    /// How often positions are told while playing; zero: ten times a second.
    pub tick: Duration,
    /// What `config` read.
    pub environment: Environment,
}

/// A handle to the player thread. Dropping it stops the sound.
pub struct Player {
    mailbox: Arc<Mailbox>,
}

impl Player {
    /// Starts the thread; the output is looked for at the first [`Command::Load`]. `on_event` is called on that thread and
    /// must not block.
    pub fn start(options: PlayerOptions, on_event: impl Fn(Event) + Send + 'static) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let (environment, reports) = (options.environment.clone(), Arc::clone(&mailbox));
        let find = Box::new(move |wanted: Option<&str>| discovery::find(wanted, &environment, &reports));
        let now = Box::new(std::time::Instant::now);
        let engine = engine::Engine::new(options, Box::new(on_event), Arc::clone(&mailbox), find, now);
        let started = std::thread::Builder::new().name("player".to_owned()).spawn(move || engine.run());
        if let Err(error) = started {
            tracing::error!(%error, "the player's thread cannot be started; nothing will be heard");
        }
        Self { mailbox }
    }

    /// Never blocks; what a later command makes pointless is dropped.
    pub fn send(&self, command: Command) {
        self.mailbox.command(command);
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // Not joined: the thread may be waiting for a server that hangs, and ends by itself then.
        self.mailbox.close();
    }
}
