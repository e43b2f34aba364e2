//! The ear: sound leaves the machine where callreel runs through a socket that SSH forwards, and comes out where the person
//! sits. `callreel ear` is the end with the loudspeaker ([`EarServer`]); an output of the player is the other one.
//!
//! It only takes sound. Whoever opens a forwarded PulseAudio socket can also record the person's microphone; nothing that
//! can be said in this protocol makes an ear listen.
//!
//! ```text
//!   far: player ── frames ──► FAR/ear.sock ══ sshd ══ ssh ══► OWN/ear.sock ── frames ──► callreel ear ──► loudspeaker
//! ```
//!
//! # Protocol, version 1
//!
//! A stream of frames each way: length (`u16`, of what follows, 1 to 4,096), kind (`u8`), body. Numbers are big-endian; text
//! is UTF-8 up to the end of its frame. A frame that breaks these rules ends the connection.
//!
//! | kind | to the ear | body |
//! | --- | --- | --- |
//! | 1 | hello | `callreel-ear`, version `u16`, token (text, at most 64) |
//! | 2 | format | generation `u32`, rate `u32` (8, 12, 16, 24 or 48 kHz), channels `u8` (1 or 2): a stream begins |
//! | 3 | sound | generation `u16`, number `u16`, length of the left packet `u16`, 60 ms of Opus for the left side, for the right |
//! | 4 | flush | generation `u32`: forget what came; what follows is of this generation |
//! | 5, 6 | pause, resume | |
//! | 7 | drain | play out what came, then say drained |
//! | 8 | close | the stream ends, the connection stays |
//!
//! | kind | from the ear | body |
//! | --- | --- | --- |
//! | 129 | welcome | version `u16`, name (text, at most 400) |
//! | 130 | played | generation `u32`, position `u64`, buffered `u32`, underruns `u32`; every 200 ms while it plays |
//! | 131 | drained | generation `u32` |
//! | 132 | refused | why (text, at most 400); then it hangs up |
//!
//! The first frame must be a hello with the token that this ear was started with; it has 1.5 s to come. Generation and
//! number of a sound are the lowest 16 bits of the stream's generation and of the sounds since it began: a sound of another
//! generation is dropped, one out of order breaks the protocol. Each side is a mono stream of its own (mono has no right one). Position and buffered are frames of the format's rate.
//! The sender keeps at most 600 ms unheard (up to 2.4 s after the ear ran dry); an ear hangs up on whoever is more than 5 s
//! ahead. Whenever the ear holds less than 200 ms although more is on its way, the sender goes down from 24 to 16 to
//! 12 kbit/s. Between streams, and while paused, nothing is sent.

mod frame;
mod hearing;
mod listener;
mod output;
mod place;
mod sender;
mod server;

pub(super) use output::connect;
pub use place::new_token;
pub(super) use place::{Place, places};
pub use server::{EarEvent, EarOptions, EarServer};

/// Rates that Opus has, in Hz.
pub(super) const RATES: [u32; 5] = [8_000, 12_000, 16_000, 24_000, 48_000];

/// The lowest rate of Opus that holds everything of a sound of this rate.
fn rate_for(rate: u32) -> u32 {
    RATES.into_iter().find(|candidate| *candidate >= rate).unwrap_or(48_000)
}

/// Frames of a packet: 60 ms.
const fn packet_frames(rate: u32) -> usize {
    rate as usize * 60 / 1000
}
