//! A stream on the output: written as it asks, moved on as it reports.

use std::time::{Duration, Instant};

use super::{Engine, Event, State};
use crate::playback::{
    graph::Got,
    mailbox::Report,
    output::{Output, OutputError},
    timeline::{Mark, Timeline, Why},
};

/// The server is asked so often what is heard.
const ASK: Duration = Duration::from_millis(500);
/// A server that takes nothing for so long is gone.
const HANG: Duration = Duration::from_secs(2);
/// One that does not play out the rest within this time has forgotten it.
const DRAIN: Duration = Duration::from_secs(6);
/// Frames pulled at a time.
const PULL: usize = 4096;
/// Sound that is not there yet is asked for again after this.
const WAIT: Duration = Duration::from_millis(40);
/// Written at once after a flush, before the output says that it takes more: it has just been emptied.
const ADVANCE_MS: i64 = 60;

/// A stream and what is known of it.
pub(super) struct Line {
    pub(super) opened: bool,
    /// Bytes that it wants; below zero: written in advance.
    credit: i64,
    /// Frames written since it was opened.
    pub(super) written: u64,
    /// `written` at the last seek.
    base: u64,
    pub(super) timeline: Timeline,
    /// Frames heard at a moment.
    heard: Option<(f64, Instant)>,
    asked: Instant,
    fed: Instant,
    pub(super) draining: bool,
    /// The sound was not there yet; it is pulled again then.
    pub(super) pull_at: Option<Instant>,
    /// That was told.
    waiting: bool,
}

impl Line {
    /// Frames of the stream that are heard: what the server told, moved on by the clock.
    pub(super) fn heard_at(&self, now: Instant, running: bool, rate: f64) -> f64 {
        let heard = self.heard.map_or(self.base as f64, |(frames, since)| {
            let moved = if running { now.saturating_duration_since(since).as_secs_f64() * rate } else { 0.0 };
            frames + moved
        });
        heard.clamp(self.base as f64, self.written as f64)
    }

    /// Keeps the heard place for a time in which nothing moves.
    pub(super) fn freeze(&mut self, now: Instant, running: bool, rate: f64) {
        if self.heard.is_some() {
            self.heard = Some((self.heard_at(now, running, rate), now));
        }
    }

    pub(super) fn go_on(&mut self, now: Instant) {
        self.fed = now;
        self.heard = self.heard.map(|(frames, _)| (frames, now));
    }
}

impl Engine {
    /// Finds an output if there is none, and opens a stream for what is loaded.
    pub(super) fn start(&mut self) {
        let generation = self.generation();
        if self.output.is_none() {
            match (self.find)(self.options.output.as_deref()) {
                Ok(output) => {
                    self.tell(Event::Output(output.name().to_owned()));
                    self.output = Some(output);
                }
                Err(silence) => {
                    self.state = State::Paused;
                    self.tell(Event::NoOutput { tried: silence.tried, advice: silence.advice });
                    self.tell(Event::Paused { generation });
                    return;
                }
            }
        }
        if self.open_line() {
            self.state = State::Running;
            self.tell(Event::Playing { generation });
        }
    }

    /// Opens a stream at the place where the first track stands.
    pub(super) fn open_line(&mut self) -> bool {
        let Some(track) = self.tracks.front_mut() else { return false };
        let (rate, channels, speed) = (track.graph.rate(), track.graph.channels(), f64::from(track.graph.speed()));
        track.base = 0;
        self.stream += 1;
        let stream = self.stream;
        if let Err(error) = self.output.as_mut().map_or(Ok(()), |output| output.open(stream, rate, channels)) {
            self.lost(&error.0);
            return false;
        }
        let now = self.now();
        self.line = Some(Line {
            opened: false,
            credit: 0,
            written: 0,
            base: 0,
            timeline: Timeline::starting(0, self.place, speed),
            heard: None,
            asked: now,
            fed: now,
            draining: false,
            pull_at: None,
            waiting: false,
        });
        self.tick_at = now;
        true
    }

    /// What was written and not heard is forgotten; the first track goes on from where it stands.
    pub(super) fn restart_line(&mut self) {
        let now = self.now();
        let (Some(line), Some(track)) = (&mut self.line, self.tracks.front_mut()) else { return };
        if line.draining {
            // A stream that is being drained answers late; a new one is simpler and as quick.
            let running = self.state == State::Running;
            self.close_line();
            if running {
                self.open_line();
            }
            return;
        }
        line.base = line.written;
        track.base = line.written;
        line.timeline = Timeline::starting(line.written, self.place, f64::from(track.graph.speed()));
        line.heard = None;
        line.fed = now;
        line.pull_at = None;
        line.waiting = false;
        if !line.opened {
            return;
        }
        self.with_open_line(|output| output.flush());
        let bytes = ADVANCE_MS * self.rate() as i64 / 1000 * self.frame_bytes();
        if let Some(line) = self.line.as_mut().filter(|line| line.credit < bytes) {
            let advance = bytes - line.credit;
            line.credit += advance;
            self.write();
            if let Some(line) = &mut self.line {
                line.credit -= advance;
            }
        } else {
            self.write();
        }
        self.ask();
    }

    fn frame_bytes(&self) -> i64 {
        self.tracks.front().map_or(2, |track| i64::from(track.graph.channels()) * 2)
    }

    /// Acts on the output if a stream is open there; a failure is a loss.
    pub(super) fn with_open_line(&mut self, act: impl FnOnce(&mut dyn Output) -> Result<(), OutputError>) {
        if !self.line.as_ref().is_some_and(|line| line.opened) {
            return;
        }
        if let Some(Err(error)) = self.output.as_mut().map(|output| act(output.as_mut())) {
            self.lost(&error.0);
        }
    }

    pub(super) fn close_line(&mut self) {
        self.line = None;
        if let Some(output) = &mut self.output {
            output.close();
        }
        // Reports that are on their way are of the past.
        self.stream += 1;
    }

    pub(super) fn report(&mut self, stream: u64, report: Report) {
        if let Report::Lost { why } = &report
            && (stream == self.stream || (stream == 0 && self.output.is_some()))
        {
            let why = why.clone();
            self.lost(&why);
            return;
        }
        let now = self.now();
        let running = self.state == State::Running;
        let Some(line) = self.line.as_mut().filter(|_| stream == self.stream) else { return };
        match report {
            Report::Opened { bytes } => {
                line.opened = true;
                line.credit = bytes as i64;
                line.fed = now;
                self.search.attempt = 0;
                if !running {
                    self.with_open_line(|output| output.pause(true));
                }
                self.write();
                self.ask();
            }
            Report::Credit { bytes } => {
                line.credit += bytes as i64;
                line.fed = now;
                self.write();
            }
            Report::Latency { written, waiting, playing: moving } => {
                if written >= line.base && moving && running {
                    line.heard = Some(((written as f64 - waiting).max(line.base as f64), now));
                }
            }
            Report::Drained => self.drained(),
            Report::Underflow => {
                if !line.draining && !line.waiting && running && line.written > line.base {
                    tracing::debug!("the output ran dry");
                    if let Some(output) = &mut self.output {
                        output.hold_more();
                    }
                }
            }
            Report::Lost { .. } => {}
        }
    }

    /// Everything that was written was heard.
    fn drained(&mut self) {
        let Some(written) = self.line.as_ref().map(|line| line.written as f64) else { return };
        self.advance_to(written);
        if let Some(track) = self.tracks.front() {
            // A stretcher is out by a few milliseconds.
            self.place = track.graph.written_until();
        }
        self.tell_heard(self.place);
        let (generation, seconds) = (self.generation(), self.place / self.rate());
        self.close_line();
        self.tell(Event::Position { generation, seconds });
        self.tell(Event::Ended { generation });
        if let Some(next) = self.next.take() {
            let at = next.at;
            self.tracks.clear();
            self.tracks.push_back(next);
            self.state = State::Running;
            if self.go_to(at) {
                self.start();
            }
        } else {
            self.ended = true;
            self.state = State::Paused;
        }
    }

    /// Writes as much as the output asked for; goes over to what follows, or begins to drain at the end.
    pub(super) fn write(&mut self) {
        let now = self.now();
        let frame_bytes = self.frame_bytes();
        if let Some(line) = &mut self.line {
            line.pull_at = None;
        }
        loop {
            if self.state == State::Paused {
                return;
            }
            let Some(track) = self.tracks.back_mut() else { return };
            let Some(line) = self.line.as_mut().filter(|line| line.opened && !line.draining) else { return };
            let frames = usize::try_from(line.credit / frame_bytes).unwrap_or(0).min(PULL);
            if frames == 0 {
                return;
            }
            let mut samples = Vec::new();
            let got = track.graph.pull(frames, self.applied.volume, &mut samples);
            for bend in track.graph.take_bends() {
                line.timeline.bend(track.base, &bend);
            }
            match got {
                Err(error) => return self.broken(&error.0),
                Ok(Got::Frames(count)) => {
                    line.waiting = false;
                    line.written += count as u64;
                    line.credit -= count as i64 * frame_bytes;
                    self.with_open_line(|output| output.write(&samples));
                }
                Ok(Got::Working) => {
                    line.pull_at = Some(now);
                    return;
                }
                Ok(Got::Waiting(why)) => {
                    line.pull_at = Some(now + WAIT);
                    if !std::mem::replace(&mut line.waiting, true) {
                        let generation = self.generation();
                        self.tell(Event::Waiting { generation, why });
                    }
                    return;
                }
                Ok(Got::End) => {
                    if !self.write_next() {
                        return;
                    }
                }
            }
        }
    }

    /// The track that is being written is over. False: nothing follows in this stream.
    fn write_next(&mut self) -> bool {
        let (Some(line), Some(last)) = (&mut self.line, self.tracks.back()) else { return false };
        if let Some(mut next) = self.next.take_if(|next| next.fits(last)) {
            let frame = next.graph.frame_of(next.at);
            next.graph.set(&self.applied);
            match next.graph.seek(frame, false) {
                Ok(()) => {
                    let (place, speed) = (frame as f64, f64::from(next.graph.speed()));
                    next.base = line.written;
                    let before = last.graph.written_until();
                    line.timeline.mark(Mark { stream: line.written as f64, before, place, speed, why: Why::Next });
                    self.tracks.push_back(next);
                    return true;
                }
                Err(error) => self.tell(Event::Failed { generation: next.generation, why: error.0 }),
            }
        }
        if let Some(line) = &mut self.line {
            line.draining = true;
            line.fed = (self.now)();
        }
        self.with_open_line(|output| output.drain());
        false
    }

    /// The rest cannot be decoded. What was written before that is not heard to its end: the failure is the news.
    fn broken(&mut self, why: &str) {
        if self.tracks.len() > 1
            && let Some(track) = self.tracks.pop_back()
        {
            // The one that is heard is all right and ends as usual.
            self.tell(Event::Failed { generation: track.generation, why: why.to_owned() });
            let seconds = {
                self.advance();
                self.place / self.rate()
            };
            self.next = None;
            self.go_to(seconds);
            return;
        }
        self.fail(why);
    }

    fn ask(&mut self) {
        let now = self.now();
        let Some(line) = self.line.as_mut().filter(|line| line.opened && line.written > line.base) else { return };
        line.asked = now;
        let written = line.written;
        self.with_open_line(|output| output.ask_latency(written));
    }

    pub(super) fn tick(&mut self) {
        let now = self.now();
        self.advance();
        let (generation, seconds) = (self.generation(), self.place / self.rate());
        let frame_bytes = self.frame_bytes();
        let Some(line) = &mut self.line else { return };
        let idle = now.saturating_duration_since(line.fed);
        if line.draining && idle > DRAIN {
            return self.drained();
        }
        if (!line.opened || (line.credit < frame_bytes && !line.draining)) && idle > HANG {
            return self.lost("it takes no sound any more");
        }
        let due = line.heard.is_none() || now.saturating_duration_since(line.asked) >= ASK;
        let waiting = line.waiting;
        if due {
            self.ask();
        }
        if !waiting {
            self.tell(Event::Position { generation, seconds });
        }
    }
}
