//! The player's thread: commands and reports in, samples and events out. It sleeps unless something is to be done; while
//! paused or stopped nothing wakes it but a command.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Command, Event, PlayerOptions, Side,
    discovery::{self, Silence},
    graph::Graph,
    mailbox::{Letter, Mailbox, Report, Waited},
    output::{Output, OutputError},
    timeline::Timeline,
};
use crate::sound::Decoder;

/// Positions are told so often unless the options say otherwise.
const TICK: Duration = Duration::from_millis(100);
/// The server is asked so often what is heard.
const ASK: Duration = Duration::from_millis(500);
/// A server that takes nothing for so long is gone.
const HANG: Duration = Duration::from_secs(2);
/// After a loss it is looked for again at these distances.
const RETRY: [Duration; 4] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(10)];
/// Frames pulled at a time.
const PULL: usize = 4096;

/// The state of the player's thread.
pub(super) struct Engine {
    options: PlayerOptions,
    on_event: Box<dyn Fn(Event) + Send>,
    mailbox: Arc<Mailbox>,
    output: Option<Box<dyn Output>>,
    /// Number of the newest stream; reports of older ones are ignored.
    stream: u64,
    playing: Option<Playing>,
    settings: Settings,
    retry: Option<(usize, Instant)>,
}

#[derive(Clone, Copy)]
struct Settings {
    volume: f32,
    speed: f32,
    side: Side,
    skip_silence: bool,
}

/// What is loaded.
struct Playing {
    generation: u64,
    graph: Graph,
    state: State,
    /// The stream on the output, if there is one.
    line: Option<Line>,
    /// Frame of the recording, when there is no stream to tell a better one.
    place: f64,
    ended: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Paused,
}

/// A stream and what is known of it.
struct Line {
    opened: bool,
    /// Bytes that it wants.
    credit: usize,
    /// Frames written since it was opened.
    written: u64,
    /// `written` at the last seek: places of the feed count from there.
    base: u64,
    timeline: Timeline,
    /// Frames heard at a moment.
    heard: Option<(f64, Instant)>,
    asked: Instant,
    fed: Instant,
    draining: bool,
}

impl Engine {
    pub(super) fn new(options: PlayerOptions, on_event: Box<dyn Fn(Event) + Send>, mailbox: Arc<Mailbox>) -> Self {
        let settings = Settings { volume: 1.0, speed: 1.0, side: Side::Both, skip_silence: false };
        Self { options, on_event, mailbox, output: None, stream: 0, playing: None, settings, retry: None }
    }

    pub(super) fn run(mut self) {
        let tick = if self.options.tick.is_zero() { TICK } else { self.options.tick };
        let mut next_tick = Instant::now() + tick;
        loop {
            let moving = self.playing.as_ref().is_some_and(|playing| playing.state == State::Running && playing.line.is_some());
            let deadline = match (moving, self.retry) {
                (true, _) => Some(next_tick),
                (false, Some((_, when))) => Some(when),
                (false, None) => None,
            };
            match self.mailbox.wait(deadline) {
                Waited::Closed => break,
                Waited::Letter(Letter::Command(command)) => self.command(command),
                Waited::Letter(Letter::Report { stream, report }) => self.report(stream, report),
                Waited::TimedOut if moving => {
                    next_tick = Instant::now() + tick;
                    self.tick();
                }
                Waited::TimedOut => self.look_again(),
            }
            if moving && Instant::now() >= next_tick {
                next_tick = Instant::now() + tick;
                self.tick();
            }
        }
        if let Some(output) = &mut self.output {
            output.close();
        }
    }

    fn tell(&self, event: Event) {
        (self.on_event)(event);
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Load { generation, decoder, at } => self.load(generation, decoder, at),
            Command::Play => self.play(),
            Command::Pause => self.pause(),
            Command::Seek(seconds) => self.seek(seconds),
            Command::Volume(volume) if volume.is_finite() => self.settings.volume = volume.clamp(0.0, 1.5),
            Command::Volume(_) => {}
            Command::Speed(speed) => {
                self.settings.speed = speed;
                self.apply();
            }
            Command::Side(side) => {
                self.settings.side = side;
                self.apply();
            }
            Command::SkipSilence(skip) => {
                self.settings.skip_silence = skip.is_some();
                self.apply();
            }
            Command::Swap(_)
            | Command::Balance(_)
            | Command::Normalise(_)
            | Command::Loop(_)
            | Command::Next { .. }
            | Command::NoNext
            | Command::Output(_) => {}
            Command::Stop => {
                self.retry = None;
                self.playing = None;
                // Given back, so that others may have an exclusive card and nothing wakes us.
                self.output = None;
            }
        }
    }

    fn apply(&self) {
        if let Some(playing) = &self.playing {
            playing.graph.set_speed(self.settings.speed);
            playing.graph.set_side(self.settings.side);
            playing.graph.set_skip_silence(self.settings.skip_silence);
        }
    }

    fn load(&mut self, generation: u64, decoder: Box<dyn Decoder>, at: f64) {
        self.retry = None;
        self.close_line();
        self.playing =
            Some(Playing { generation, graph: Graph::new(decoder), state: State::Running, line: None, place: 0.0, ended: false });
        self.apply();
        if self.place(at) {
            self.start();
        }
    }

    /// Puts the graph at a second; tells a failure.
    fn place(&mut self, seconds: f64) -> bool {
        let Some(playing) = &mut self.playing else { return false };
        let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
        let frame = (seconds * f64::from(playing.graph.rate())).round() as u64;
        playing.place = frame as f64;
        playing.ended = false;
        if let Err(error) = playing.graph.seek(frame) {
            self.fail(&error.0);
            return false;
        }
        true
    }

    fn fail(&mut self, why: &str) {
        self.close_line();
        if let Some(playing) = self.playing.take() {
            self.tell(Event::Failed { generation: playing.generation, why: why.to_owned() });
        }
    }

    /// Finds an output if there is none, and opens a stream for what is loaded.
    fn start(&mut self) {
        let Some((generation, rate, channels)) =
            self.playing.as_ref().map(|playing| (playing.generation, playing.graph.rate(), playing.graph.channels()))
        else {
            return;
        };
        if self.output.is_none() {
            match discovery::find(self.options.output.as_deref(), &self.options.environment, &self.mailbox) {
                Ok(output) => {
                    self.tell(Event::Output(output.name().to_owned()));
                    self.output = Some(output);
                }
                Err(Silence { tried, advice }) => {
                    self.set_state(State::Paused);
                    self.tell(Event::NoOutput { tried, advice });
                    self.tell(Event::Paused { generation });
                    return;
                }
            }
        }
        self.stream += 1;
        let stream = self.stream;
        let opened = self.output.as_mut().map_or(Ok(()), |output| output.open(stream, rate, channels));
        if let Err(error) = opened {
            self.lost(&error.0);
            return;
        }
        let now = Instant::now();
        if let Some(playing) = &mut self.playing {
            playing.line = Some(Line {
                opened: false,
                credit: 0,
                written: 0,
                base: 0,
                timeline: Timeline::starting(0, playing.place, f64::from(playing.graph.speed())),
                heard: None,
                asked: now,
                fed: now,
                draining: false,
            });
        }
        self.set_state(State::Running);
        self.tell(Event::Playing { generation });
    }

    fn set_state(&mut self, state: State) {
        if let Some(playing) = &mut self.playing {
            playing.state = state;
        }
    }

    fn play(&mut self) {
        self.retry = None;
        let Some(playing) = &mut self.playing else { return };
        if playing.line.is_none() {
            let again = playing.ended;
            if again && !self.place(0.0) {
                return;
            }
            self.start();
        } else if playing.state == State::Paused {
            playing.state = State::Running;
            let generation = playing.generation;
            if let Some(line) = &mut playing.line {
                line.fed = Instant::now();
                line.heard = line.heard.map(|(frames, _)| (frames, Instant::now()));
            }
            self.with_open_line(|output| output.pause(false));
            self.tell(Event::Playing { generation });
            self.write();
        }
    }

    fn pause(&mut self) {
        let waiting_for_output = self.retry.take().is_some();
        let Some(playing) = &mut self.playing else { return };
        if playing.state == State::Paused && !waiting_for_output {
            return;
        }
        let (generation, seconds) = (playing.generation, playing.seconds());
        playing.freeze();
        playing.state = State::Paused;
        self.with_open_line(|output| output.pause(true));
        self.tell(Event::Position { generation, seconds });
        self.tell(Event::Paused { generation });
    }

    fn seek(&mut self, seconds: f64) {
        if !self.place(seconds) {
            return;
        }
        let Some(playing) = &mut self.playing else { return };
        let (generation, seconds) = (playing.generation, playing.place / f64::from(playing.graph.rate()));
        let (speed, place) = (f64::from(playing.graph.speed()), playing.place);
        let draining = playing.line.as_ref().is_some_and(|line| line.draining);
        self.tell(Event::Position { generation, seconds });
        if draining {
            // A stream that is being drained answers late; a new one is simpler and as quick.
            let running = self.playing.as_ref().is_some_and(|playing| playing.state == State::Running);
            self.close_line();
            if running {
                self.start();
            }
            return;
        }
        if let Some(line) = self.playing.as_mut().and_then(|playing| playing.line.as_mut()) {
            line.base = line.written;
            line.timeline = Timeline::starting(line.written, place, speed);
            line.heard = None;
            line.fed = Instant::now();
        }
        self.with_open_line(|output| output.flush());
        self.write();
    }

    /// Acts on the output if a stream is open there; a failure is a loss.
    fn with_open_line(&mut self, act: impl FnOnce(&mut dyn Output) -> Result<(), OutputError>) {
        let open = self.playing.as_ref().and_then(|playing| playing.line.as_ref()).is_some_and(|line| line.opened);
        if !open {
            return;
        }
        if let Some(Err(error)) = self.output.as_mut().map(|output| act(output.as_mut())) {
            self.lost(&error.0);
        }
    }

    fn close_line(&mut self) {
        if let Some(playing) = &mut self.playing {
            playing.freeze();
            playing.line = None;
        }
        if let Some(output) = &mut self.output {
            output.close();
        }
        // Reports that are on their way are of the past.
        self.stream += 1;
    }

    fn report(&mut self, stream: u64, report: Report) {
        if let Report::Lost { why } = &report
            && (stream == self.stream || (stream == 0 && self.output.is_some()))
        {
            let why = why.clone();
            self.lost(&why);
            return;
        }
        let Some(playing) = self.playing.as_mut().filter(|_| stream == self.stream) else { return };
        let Some(line) = &mut playing.line else { return };
        match report {
            Report::Opened { bytes } => {
                line.opened = true;
                line.credit = bytes;
                line.fed = Instant::now();
                if playing.state == State::Paused {
                    self.with_open_line(|output| output.pause(true));
                }
                self.write();
            }
            Report::Credit { bytes } => {
                line.credit += bytes;
                line.fed = Instant::now();
                self.write();
            }
            Report::Latency { written, waiting, playing: moving } => {
                if written >= line.base && moving && playing.state == State::Running {
                    line.heard = Some(((written as f64 - waiting).max(0.0), Instant::now()));
                }
            }
            Report::Drained => {
                let generation = playing.generation;
                playing.place = line.timeline.place(line.written as f64);
                let seconds = playing.place / f64::from(playing.graph.rate());
                playing.ended = true;
                self.close_line();
                self.set_state(State::Paused);
                self.tell(Event::Position { generation, seconds });
                self.tell(Event::Ended { generation });
            }
            Report::Underflow => {
                if !line.draining && playing.state == State::Running && line.written > line.base {
                    tracing::debug!("the output ran dry");
                    if let Some(output) = &mut self.output {
                        output.hold_more();
                    }
                }
            }
            Report::Lost { .. } => {}
        }
    }

    /// Writes as much as the output asked for; begins to drain at the end.
    fn write(&mut self) {
        loop {
            let Some(playing) = &mut self.playing else { return };
            let Some(line) = playing.line.as_mut().filter(|line| line.opened && !line.draining) else { return };
            let channels = usize::from(playing.graph.channels());
            let frames = (line.credit / (channels * 2)).min(PULL);
            if frames == 0 || playing.state == State::Paused {
                return;
            }
            let mut samples = Vec::with_capacity(frames * channels);
            let pulled = playing.graph.pull(frames, self.settings.volume, &mut samples);
            for bend in playing.graph.take_bends() {
                line.timeline.mark(line.base as f64 + bend.output, bend.place, bend.speed);
            }
            match pulled {
                Err(error) => return self.fail(&error.0),
                Ok(0) => {
                    line.draining = true;
                    return self.with_open_line(|output| output.drain());
                }
                Ok(count) => {
                    line.written += count as u64;
                    line.credit = line.credit.saturating_sub(count * channels * 2);
                    self.with_open_line(|output| output.write(&samples));
                }
            }
        }
    }

    fn tick(&mut self) {
        let now = Instant::now();
        let Some(playing) = &mut self.playing else { return };
        let (generation, seconds) = (playing.generation, playing.seconds());
        let Some(line) = &mut playing.line else { return };
        let hungry = !line.opened || (line.credit < usize::from(playing.graph.channels()) * 2 && !line.draining);
        if hungry && now.duration_since(line.fed) > HANG {
            return self.lost("it takes no sound any more");
        }
        let (ask, written) = (line.heard.is_none() || now.duration_since(line.asked) >= ASK, line.written);
        if ask && line.opened {
            line.asked = now;
            self.with_open_line(|output| output.ask_latency(written));
        }
        self.tell(Event::Position { generation, seconds });
    }

    /// The output is gone: stop where it was heard, say so, look for it again if it was playing.
    fn lost(&mut self, why: &str) {
        let name = self.output.as_ref().map_or_else(|| "the sound output".to_owned(), |output| output.name().to_owned());
        let running = self.playing.as_ref().is_some_and(|playing| playing.state == State::Running);
        self.close_line();
        self.output = None;
        let Some(playing) = &mut self.playing else { return };
        let (generation, seconds) = (playing.generation, playing.place / f64::from(playing.graph.rate()));
        playing.state = State::Paused;
        if self.place(seconds) {
            self.tell(Event::Position { generation, seconds });
            let advice = "Paused there; the output is looked for again for a few seconds, then press play.".to_owned();
            self.tell(Event::NoOutput { tried: vec![format!("{name}: {why}")], advice });
            self.tell(Event::Paused { generation });
            if running && self.retry.is_none() {
                self.retry = Some((0, Instant::now() + RETRY[0]));
            }
        }
    }

    /// After a loss: quietly, so that the screen is not filled with the same sentence.
    fn look_again(&mut self) {
        let Some((attempt, _)) = self.retry.take() else { return };
        match discovery::find(self.options.output.as_deref(), &self.options.environment, &self.mailbox) {
            Ok(output) => {
                self.tell(Event::Output(output.name().to_owned()));
                self.output = Some(output);
                self.start();
            }
            Err(_) if !self.mailbox.is_closed() => {
                self.retry = RETRY.get(attempt + 1).map(|distance| (attempt + 1, Instant::now() + *distance));
            }
            Err(_) => {}
        }
    }
}

impl Playing {
    /// Second of the recording that is heard now: what the server told, moved on by the clock.
    fn seconds(&mut self) -> f64 {
        let rate = f64::from(self.graph.rate());
        if let Some(line) = &mut self.line {
            let heard = line.heard.map_or(line.base as f64, |(frames, since)| {
                let moved = if self.state == State::Running { since.elapsed().as_secs_f64() * rate } else { 0.0 };
                (frames + moved).min(line.written as f64)
            });
            self.place = line.timeline.place(heard);
        }
        self.place / rate
    }

    /// Keeps the heard place for the time without a stream.
    fn freeze(&mut self) {
        let rate = f64::from(self.graph.rate());
        self.seconds();
        let state = self.state;
        if let Some(line) = &mut self.line
            && let Some((frames, since)) = line.heard
            && state == State::Running
        {
            line.heard = Some(((frames + since.elapsed().as_secs_f64() * rate).min(line.written as f64), Instant::now()));
        }
    }
}
