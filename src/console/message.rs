//! What happened.

use super::{
    effect::{Answer, Slot, Write},
    input::Input,
    tasks::TaskEvent,
};
use crate::{client::ClientError, playback, wire};

/// One thing that happened, for `update`.
#[derive(Clone, Debug)]
pub enum Msg {
    /// Keys that arrived together; `burst` when more than anybody types at once.
    Inputs {
        inputs: Vec<Input>,
        burst: bool,
    },
    /// The mouse was pressed, or its wheel turned.
    Presses(Vec<super::input::Mouse>),
    /// Columns and rows.
    Resized(u16, u16),
    Remembered(Box<super::memory::Memory>),
    Connected {
        generation: u64,
        outcome: Box<Connected>,
    },
    Answered {
        slot: Slot,
        generation: u64,
        answer: Box<Result<Answer, ClientError>>,
    },
    /// From the stream of live news.
    News {
        generation: u64,
        news: Box<News>,
    },
    /// A read takes long.
    Slow {
        slot: Slot,
        generation: u64,
    },
    /// What an earlier start left unsent.
    Kept(Vec<super::unsent::Kept>),
    /// A write was done or refused.
    Written {
        number: u64,
        write: Box<Write>,
        result: Result<Written, ClientError>,
    },
    /// Work tells how far it is, what it did, how it ended.
    Task {
        number: u64,
        event: TaskEvent,
    },
    Sound(playback::Event),
    /// The bytes of a recording could not be had or read.
    SoundFailed {
        generation: u64,
        why: String,
    },
    /// A waiting time is over.
    Due {
        slot: Slot,
        generation: u64,
    },
    /// Somebody outside asks the program to end (TERM, HUP, INT).
    AskedToEnd {
        status: u8,
    },
    /// The program was stopped and goes on.
    Continued,
    /// A background task failed; said, never fatal.
    Trouble(String),
}

/// What the stream of live news told.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    Opened,
    /// With the place after it.
    Event(crate::domain::event::Event, Option<String>),
    /// None: the server ended it.
    Ended(Option<ClientError>),
}

/// How opening ended.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of them, in a box of its message")]
pub enum Connected {
    Up {
        who: wire::WhoAmI,
        zone: jiff::tz::TimeZone,
        /// Something lies between this program and the database that can break.
        over_a_line: bool,
    },
    /// There is no database yet: the person chooses how to begin.
    NothingYet,
    Failed(String),
    /// The server cannot be reached.
    Away(String),
    /// The server asks for a sign-in.
    SignedOut,
    /// Name or password is wrong, or there were too many attempts.
    NotSignedIn(String),
    OtherVersion(String),
}

/// What a write gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    Done,
    Note(wire::Note),
    View(wire::View),
    Clip(Box<wire::Clip>),
    /// Something that is told this once.
    Told(Box<super::access::Told>),
}
