//! The thread that hears what the ear answers: how far it is, and that the line is there.

use std::{
    io::{self, BufReader},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{
    frame::{self, FromEar},
    sender::{BITRATES, Orders},
};
use crate::{
    domain::clean,
    playback::{
        mailbox::{Mailbox, Report},
        pulse::socket::Socket,
    },
};

/// With less than this in the ear while more is on its way, the line is too slow.
const SCARCE_MS: u64 = 200;
/// Between two changes of the bitrate downwards, and upwards.
const DOWN: Duration = Duration::from_secs(2);
const UP: Duration = Duration::from_secs(30);
/// In the first moments of a generation there is little in the ear on any line.
const BEGIN_MS: u64 = 1000;

/// What is known of the stream that is open.
#[derive(Default)]
pub(super) struct Shared {
    /// Of the player; 0: none is open.
    pub(super) stream: u64,
    /// Changes with each stream and each flush.
    pub(super) generation: u32,
    pub(super) channels: u8,
    /// The recording's rate and that of Opus.
    pub(super) from: u32,
    pub(super) rate: u32,
    /// Frames of the recording's rate since the stream was opened: where this generation begins, written, heard, and
    /// credit given for.
    pub(super) base: u64,
    pub(super) written: u64,
    pub(super) granted: u64,
    pub(super) heard: Option<(f64, Instant)>,
    /// Frames that may be written and not be heard yet.
    pub(super) window: u64,
    pub(super) paused: bool,
    pub(super) draining: bool,
    pub(super) underruns: u32,
    /// We hung up ourselves: that is no loss.
    pub(super) closed: bool,
    /// First and last bitrate of this stream, and when it was changed.
    pub(super) best: usize,
    pub(super) changed: Option<Instant>,
}

impl Shared {
    /// Frames heard by now; none: nothing is known of this generation.
    pub(super) fn heard_now(&self) -> Option<f64> {
        let (frames, when) = self.heard?;
        let moved = if self.paused { 0.0 } else { when.elapsed().as_secs_f64() * f64::from(self.from) };
        Some((frames + moved).min(self.written as f64))
    }

    /// Gives credit up to the window, for what was heard up to `consumed`; bytes.
    pub(super) fn grant(&mut self, consumed: u64) -> usize {
        let more = (consumed + self.window).saturating_sub(self.granted);
        self.granted += more;
        usize::try_from(more).unwrap_or(0) * usize::from(self.channels) * 2
    }
}

pub(super) fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) struct Listener {
    pub(super) reader: BufReader<Socket>,
    pub(super) shared: Arc<Mutex<Shared>>,
    pub(super) orders: Arc<Orders>,
    pub(super) mailbox: Arc<Mailbox>,
}

impl Listener {
    /// Until the line ends, by either side.
    pub(super) fn run(mut self) {
        let mut buffer = Vec::new();
        let why = loop {
            let answer = frame::read(&mut self.reader, &mut buffer).and_then(|body| Ok(FromEar::parse(body)?));
            match answer {
                Ok(FromEar::Refused { why }) => break clean::line(&why, 200),
                Ok(answer) => self.answer(&answer),
                Err(error) => break words(&error),
            }
        };
        self.orders.end();
        if !lock(&self.shared).closed {
            // Zero: of no stream in particular.
            self.mailbox.report(0, Report::Lost { why });
        }
    }

    fn answer(&self, answer: &FromEar) {
        let mut shared = lock(&self.shared);
        match *answer {
            FromEar::Played { generation, position, buffered, underruns }
                if generation == shared.generation && shared.stream != 0 =>
            {
                let heard = shared.base as f64 + position as f64 * f64::from(shared.from) / f64::from(shared.rate);
                let heard = heard.min(shared.written as f64);
                shared.heard = Some((heard, Instant::now()));
                self.choose_bitrate(&mut shared, position, buffered);
                let bytes = shared.grant(heard as u64);
                let dry = underruns > shared.underruns && !shared.draining;
                shared.underruns = underruns;
                let (stream, written, paused) = (shared.stream, shared.written, shared.paused);
                drop(shared);
                if bytes > 0 {
                    self.mailbox.report(stream, Report::Credit { bytes });
                }
                if !paused {
                    let waiting = written as f64 - heard;
                    self.mailbox.report(stream, Report::Latency { written, waiting, playing: true });
                }
                if dry {
                    self.mailbox.report(stream, Report::Underflow);
                }
            }
            FromEar::Drained { generation } if generation == shared.generation && shared.draining => {
                let stream = shared.stream;
                drop(shared);
                self.mailbox.report(stream, Report::Drained);
            }
            // Of an older generation, or said twice.
            FromEar::Played { .. } | FromEar::Drained { .. } | FromEar::Welcome { .. } | FromEar::Refused { .. } => {}
        }
    }

    fn choose_bitrate(&self, shared: &mut Shared, position: u64, buffered: u32) {
        let rate = u64::from(shared.rate.max(1));
        let in_ear = u64::from(buffered) * 1000 / rate;
        let unheard = shared.written.saturating_sub(shared.heard.map_or(shared.base, |(frames, _)| frames as u64)) * 1000
            / u64::from(shared.from.max(1));
        let now = self.orders.bitrate.load(Ordering::Relaxed);
        let rested = |time| shared.changed.is_none_or(|when| when.elapsed() > time);
        let settled = position * 1000 / rate > BEGIN_MS && !shared.paused && !shared.draining;
        let wanted = if settled && in_ear < SCARCE_MS && unheard > 2 * SCARCE_MS && rested(DOWN) {
            (now + 1).min(BITRATES.len() - 1)
        } else if settled && in_ear > 3 * SCARCE_MS / 2 && rested(UP) {
            now.saturating_sub(1).max(shared.best)
        } else {
            now
        };
        if wanted != now {
            shared.changed = Some(Instant::now());
            self.orders.bitrate.store(wanted, Ordering::Relaxed);
            tracing::debug!(bitrate = BITRATES.get(wanted), in_ear, "the ear's bitrate changes");
        }
    }
}

/// Failures of the line in words for people.
pub(super) fn words(error: &io::Error) -> String {
    use io::ErrorKind::{
        BrokenPipe, ConnectionRefused, ConnectionReset, InvalidData, NotFound, PermissionDenied, TimedOut, UnexpectedEof,
        WouldBlock,
    };
    match error.kind() {
        NotFound => "not there any more".to_owned(),
        ConnectionRefused => "nobody listens there any more".to_owned(),
        PermissionDenied => "permission denied".to_owned(),
        TimedOut | WouldBlock => "does not answer".to_owned(),
        UnexpectedEof | ConnectionReset | BrokenPipe => "the line was cut".to_owned(),
        InvalidData => error.to_string(),
        _ => clean::line(&error.to_string(), 200),
    }
}
