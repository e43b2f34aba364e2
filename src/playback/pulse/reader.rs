//! The thread that listens to a sound server.

use std::{
    collections::HashMap,
    io::{BufReader, Cursor, Read},
    sync::{Arc, Mutex, PoisonError},
};

use pulseaudio::protocol::{
    self as wire, Command, CreatePlaybackStreamReply, PlaybackLatency, ProtocolError, TagStructRead, TagStructReader,
};

use super::{handshake::words, socket::Socket};
use crate::playback::mailbox::{Mailbox, Report};

/// Longest message that makes sense.
const MESSAGE: u32 = 1 << 20;

/// What an answer will be about.
pub(super) enum Question {
    Open {
        stream: u64,
        rate: u32,
        block: usize,
        channels: u8,
    },
    Drain {
        stream: u64,
    },
    Latency {
        stream: u64,
        written: u64,
    },
    /// Neither answer nor refusal matters.
    Close,
    /// Only a refusal of it matters.
    Other {
        stream: u64,
    },
}

/// What writer and reader share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) questions: HashMap<u32, Question>,
    /// The stream's number on the server, once it is open, and ours.
    pub(super) open: Option<Open>,
    /// We hung up ourselves: that is no loss.
    pub(super) closed: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) stream: u64,
    pub(super) channel: u32,
    pub(super) rate: u32,
    /// Bytes of a frame on the line.
    pub(super) block: usize,
    pub(super) channels: u8,
}

impl Open {
    /// Bytes of the line as bytes of 16-bit samples, in which credit is counted.
    const fn credit(self, bytes: u32) -> usize {
        bytes as usize / self.block * self.channels as usize * 2
    }
}

pub(super) struct Listener {
    pub(super) reader: BufReader<Socket>,
    pub(super) version: u16,
    pub(super) shared: Arc<Mutex<Shared>>,
    pub(super) mailbox: Arc<Mailbox>,
}

impl Listener {
    /// Until the connection ends, by either side.
    pub(super) fn run(mut self) {
        let why = loop {
            if let Err(error) = self.message() {
                break words(&error).0;
            }
        };
        if !self.shared.lock().unwrap_or_else(PoisonError::into_inner).closed {
            // Zero: of no stream in particular.
            self.mailbox.report(0, Report::Lost { why });
        }
    }

    fn message(&mut self) -> Result<(), ProtocolError> {
        let head = wire::read_descriptor(&mut self.reader)?;
        if head.length > MESSAGE {
            return Err(ProtocolError::Invalid("oversized message".to_owned()));
        }
        let mut body = vec![0; head.length as usize];
        self.reader.read_exact(&mut body)?;
        if head.channel != u32::MAX {
            return Ok(());
        }
        let mut body = Cursor::new(body);
        match Command::read_tag_prefixed(&mut body, self.version) {
            Ok((sequence, Command::Reply)) => self.answer(sequence, &mut body),
            Ok((sequence, Command::Error(error))) => {
                self.refused(sequence, &ProtocolError::ServerError(error));
                Ok(())
            }
            Ok((_, command)) => {
                self.event(&command);
                Ok(())
            }
            // News that the library does not know are not for us.
            Err(ProtocolError::Io(error)) => Err(error.into()),
            Err(_) => Ok(()),
        }
    }

    fn question(&self, sequence: u32) -> Option<Question> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).questions.remove(&sequence)
    }

    fn answer(&self, sequence: u32, body: &mut Cursor<Vec<u8>>) -> Result<(), ProtocolError> {
        let Some(question) = self.question(sequence) else { return Ok(()) };
        match question {
            Question::Open { stream, rate, block, channels } => {
                let reply: CreatePlaybackStreamReply = read(body, self.version)?;
                let open = Open { stream, channel: reply.channel, rate, block, channels };
                self.shared.lock().unwrap_or_else(PoisonError::into_inner).open = Some(open);
                self.mailbox.report(stream, Report::Opened { bytes: open.credit(reply.requested_bytes) });
            }
            Question::Drain { stream } => self.mailbox.report(stream, Report::Drained),
            Question::Latency { stream, written } => {
                let reply: PlaybackLatency = read(body, self.version)?;
                let open = self.shared.lock().unwrap_or_else(PoisonError::into_inner).open;
                if let Some(open) = open.filter(|open| open.stream == stream) {
                    let queued = reply.write_offset.saturating_sub(reply.read_offset).max(0) as f64 / open.block as f64;
                    let waiting = queued + reply.sink_usec as f64 * f64::from(open.rate) / 1e6;
                    self.mailbox.report(stream, Report::Latency { written, waiting, playing: reply.playing });
                }
            }
            Question::Other { .. } | Question::Close => {}
        }
        Ok(())
    }

    fn refused(&self, sequence: u32, error: &ProtocolError) {
        // A latency question may meet a stream that has just ended; nothing is lost by that.
        if let Some(Question::Open { stream, .. } | Question::Drain { stream } | Question::Other { stream }) =
            self.question(sequence)
        {
            self.mailbox.report(stream, Report::Lost { why: words(error).0 });
        }
    }

    fn event(&self, command: &Command) {
        let open = self.shared.lock().unwrap_or_else(PoisonError::into_inner).open;
        let Some(open) = open else { return };
        let report = match command {
            Command::Request(request) if request.channel == open.channel => Report::Credit { bytes: open.credit(request.length) },
            Command::Underflow(underflow) if underflow.channel == open.channel => Report::Underflow,
            Command::PlaybackStreamKilled(channel) if *channel == open.channel => {
                Report::Lost { why: "it ended our sound".to_owned() }
            }
            _ => return,
        };
        self.mailbox.report(open.stream, report);
    }
}

fn read<T: TagStructRead>(body: &mut Cursor<Vec<u8>>, version: u16) -> Result<T, ProtocolError> {
    TagStructReader::new(body, version).read()
}
