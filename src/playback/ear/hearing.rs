//! What an ear does with what it is told: decodes, plays through an output of its own machine, and counts what was heard.

use std::{collections::VecDeque, sync::Arc};

use rusty_opus::OpusDecoder;

use super::{
    frame::{FromEar, ToEar, Wrong},
    packet_frames,
};
use crate::playback::{
    mailbox::{Mailbox, Report},
    output::{Output, OutputError},
};

/// Nobody who keeps to the protocol is so far ahead.
const AHEAD_S: usize = 5;

/// Gives an output of this machine, or says why there is none.
pub(super) type FindOutput = Box<dyn FnMut(&Arc<Mailbox>) -> Result<Box<dyn Output>, String> + Send>;

/// Why a hearing ends.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum End {
    #[error(transparent)]
    Wrong(#[from] Wrong),
    #[error("no sound at the ear: {0}")]
    Output(String),
}

impl From<OutputError> for End {
    fn from(error: OutputError) -> Self {
        Self::Output(error.0)
    }
}

/// What a person may want to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Idle,
    Playing,
    Paused,
}

/// One console's sound at this ear.
pub(super) struct Hearing {
    find: FindOutput,
    mailbox: Arc<Mailbox>,
    output: Option<Box<dyn Output>>,
    /// Of our output: reports of older ones are ignored.
    stream: u64,
    line: Option<Line>,
}

/// The stream that is open.
struct Line {
    /// One a side.
    decoders: Vec<OpusDecoder>,
    generation: u32,
    number: u16,
    rate: u32,
    channels: u8,
    /// Decoded and not yet given to the output, interleaved.
    queue: VecDeque<i16>,
    opened: bool,
    /// Bytes that the output wants.
    credit: usize,
    /// Frames given to the output since it was opened; at the last flush; received since the last flush; heard.
    written: u64,
    base: u64,
    received: u64,
    heard: u64,
    paused: bool,
    /// Told to drain; the output was told.
    draining: bool,
    drained: bool,
    underruns: u32,
}

impl Line {
    fn new(generation: u32, rate: u32, channels: u8) -> Result<Self, End> {
        Ok(Self {
            decoders: decoders(rate, channels)?,
            generation,
            number: 0,
            rate,
            channels,
            queue: VecDeque::new(),
            opened: false,
            credit: 0,
            written: 0,
            base: 0,
            received: 0,
            heard: 0,
            paused: false,
            draining: false,
            drained: false,
            underruns: 0,
        })
    }

    /// Decodes one packet onto the queue.
    fn take(&mut self, number: u16, packets: [&[u8]; 2]) -> Result<(), Wrong> {
        if number != self.number {
            return Err(Wrong("a packet out of order"));
        }
        self.number = number.wrapping_add(1);
        let channels = usize::from(self.channels);
        if self.queue.len() > AHEAD_S * self.rate as usize * channels {
            return Err(Wrong("more than five seconds ahead"));
        }
        let frames = packet_frames(self.rate);
        let mut sides = Vec::with_capacity(2);
        for (decoder, opus) in self.decoders.iter_mut().zip(packets) {
            if opus.is_empty() {
                return Err(Wrong("a side without sound"));
            }
            // Room for the longest packet that Opus has, 120 ms, though only those of 60 ms are right.
            let mut side = vec![0.0_f32; 2 * frames];
            let count = decoder.decode(opus, frames, &mut side).map_err(|_| Wrong("a packet that is not Opus"))?;
            if count != frames {
                return Err(Wrong("a packet of another length than 60 ms"));
            }
            side.truncate(frames);
            sides.push(side);
        }
        for frame in 0..frames {
            let samples = sides.iter().filter_map(|side| side.get(frame));
            self.queue.extend(samples.map(|sample| (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16));
        }
        self.received += frames as u64;
        Ok(())
    }

    fn played(&self) -> FromEar {
        let position = self.heard.saturating_sub(self.base).min(self.received);
        FromEar::Played {
            generation: self.generation,
            position,
            buffered: u32::try_from(self.received - position).unwrap_or(u32::MAX),
            underruns: self.underruns,
        }
    }
}

fn decoders(rate: u32, channels: u8) -> Result<Vec<OpusDecoder>, End> {
    let decoder = |_| OpusDecoder::new(rate.cast_signed(), 1).map_err(|error| End::Output(error.to_string()));
    (0..channels).map(decoder).collect()
}

impl Hearing {
    pub(super) fn new(find: FindOutput, mailbox: Arc<Mailbox>) -> Self {
        Self { find, mailbox, output: None, stream: 0, line: None }
    }

    pub(super) fn state(&self) -> State {
        match &self.line {
            Some(line) if line.drained || line.received == 0 => State::Idle,
            Some(line) if line.paused => State::Paused,
            Some(_) => State::Playing,
            None => State::Idle,
        }
    }

    /// Whether positions are to be told: nothing is, while nothing moves.
    pub(super) fn moves(&self) -> bool {
        self.state() == State::Playing
    }

    /// Does what a frame says.
    ///
    /// # Errors
    /// When it breaks the protocol, or the output fails.
    pub(super) fn frame(&mut self, frame: ToEar) -> Result<Option<FromEar>, End> {
        match frame {
            ToEar::Hello { .. } => return Err(Wrong("a second hello").into()),
            ToEar::Format { generation, rate, channels } => self.open(generation, rate, channels)?,
            ToEar::Sound { generation, number, left, right } => {
                if let Some(line) = &mut self.line
                    && line.generation as u16 == generation
                {
                    line.take(number, [&left, &right])?;
                    self.write()?;
                }
            }
            ToEar::Flush { generation } => {
                if let Some(line) = &mut self.line {
                    line.decoders = decoders(line.rate, line.channels)?;
                    line.generation = generation;
                    (line.number, line.received) = (0, 0);
                    line.queue.clear();
                    line.base = line.written;
                    line.heard = line.written;
                    (line.draining, line.drained) = (false, false);
                    if line.opened
                        && let Some(output) = &mut self.output
                    {
                        output.flush()?;
                    }
                }
            }
            ToEar::Pause => return self.pause(true),
            ToEar::Resume => return self.pause(false),
            ToEar::Drain => {
                if let Some(line) = &mut self.line {
                    line.draining = true;
                    if line.received == 0 {
                        line.drained = true;
                        return Ok(Some(FromEar::Drained { generation: line.generation }));
                    }
                    self.write()?;
                }
            }
            ToEar::Close => self.close(),
        }
        Ok(None)
    }

    fn open(&mut self, generation: u32, rate: u32, channels: u8) -> Result<(), End> {
        self.close();
        self.line = Some(Line::new(generation, rate, channels)?);
        let mut output = match self.output.take() {
            Some(output) => output,
            None => (self.find)(&self.mailbox).map_err(End::Output)?,
        };
        self.stream += 1;
        output.open(self.stream, rate, channels)?;
        self.output = Some(output);
        Ok(())
    }

    fn close(&mut self) {
        self.line = None;
        self.stream += 1;
        if let Some(output) = &mut self.output {
            output.close();
        }
    }

    fn pause(&mut self, pause: bool) -> Result<Option<FromEar>, End> {
        let Some(line) = &mut self.line else { return Ok(None) };
        line.paused = pause;
        if let Some(output) = self.output.as_mut().filter(|_| line.opened) {
            output.pause(pause)?;
        }
        let played = line.played();
        if !pause {
            self.write()?;
        }
        Ok(Some(played))
    }

    /// Gives the output what it asked for.
    fn write(&mut self) -> Result<(), End> {
        let (Some(line), Some(output)) = (&mut self.line, &mut self.output) else { return Ok(()) };
        if !line.opened || line.paused {
            return Ok(());
        }
        let channels = usize::from(line.channels);
        let frames = (line.credit / 2).min(line.queue.len()) / channels;
        if frames > 0 {
            let samples: Vec<i16> = line.queue.drain(..frames * channels).collect();
            line.credit -= samples.len() * 2;
            line.written += frames as u64;
            output.write(&samples)?;
        }
        if line.draining && line.queue.is_empty() && !line.drained {
            line.drained = true;
            output.drain()?;
        }
        Ok(())
    }

    /// Time to ask what is heard.
    ///
    /// # Errors
    /// When the output fails.
    pub(super) fn tick(&mut self) -> Result<(), End> {
        match (&self.line, &mut self.output) {
            (Some(line), Some(output)) if line.opened => Ok(output.ask_latency(line.written)?),
            _ => Ok(()),
        }
    }

    /// Takes what the output says.
    ///
    /// # Errors
    /// When the output is gone.
    pub(super) fn report(&mut self, stream: u64, report: Report) -> Result<Option<FromEar>, End> {
        if let Report::Lost { why } = &report
            && (stream == self.stream || stream == 0)
            && self.output.is_some()
        {
            return Err(End::Output(why.clone()));
        }
        let Some(line) = self.line.as_mut().filter(|_| stream == self.stream) else { return Ok(None) };
        match report {
            Report::Opened { bytes } => {
                line.opened = true;
                line.credit = bytes;
                if line.paused
                    && let Some(output) = &mut self.output
                {
                    output.pause(true)?;
                }
                self.write()?;
                // Soon after the first sound its place is told.
                self.tick()?;
            }
            Report::Credit { bytes } => {
                line.credit = line.credit.saturating_add(bytes);
                self.write()?;
            }
            Report::Latency { written, waiting, playing } => {
                // An answer about what was flushed since is of the past.
                if written >= line.base {
                    let heard = (written as f64 - waiting).max(0.0) as u64;
                    if playing {
                        line.heard = line.heard.max(heard.min(line.written));
                    }
                    return Ok(Some(line.played()));
                }
            }
            Report::Drained => {
                line.heard = line.written;
                return Ok(Some(FromEar::Drained { generation: line.generation }));
            }
            Report::Underflow => {
                // Dry because nothing came; not because the end was reached, or nothing had come yet.
                if !line.draining && !line.paused && line.written > line.base && line.queue.is_empty() {
                    line.underruns = line.underruns.saturating_add(1);
                    return Ok(Some(line.played()));
                }
            }
            Report::Lost { .. } => {}
        }
        Ok(None)
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
#[path = "hearing/tests.rs"]
mod tests;
