//! The player's thread: commands and reports in, samples and events out. It sleeps unless something is to be done; while
//! paused or stopped nothing wakes it but a command.
//!
//! What is heard lags behind what was written by up to a second. So a change of how it is heard takes back what was written
//! and not heard: the output forgets it, and the graph goes on at the place that is heard at that moment.

mod heard;
mod outputs;
mod sounding;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Command, Event, PlayerOptions,
    discovery::Silence,
    graph::{Graph, Settings},
    mailbox::{Letter, Mailbox, Waited},
    output::Output,
};
use crate::sound::Decoder;
use heard::Ledger;
use sounding::Line;

/// Positions are told so often unless the options say otherwise.
const TICK: Duration = Duration::from_millis(100);
/// Changes of how it is heard follow each other at this distance at least: a key that is held down would otherwise never let
/// the sound get anywhere.
const CHANGE: Duration = Duration::from_millis(120);

/// Looks for an output: [`super::discovery::find`], or a test's own.
type Find = Box<dyn Fn(Option<&str>) -> Result<Box<dyn Output>, Silence> + Send>;

/// The state of the player's thread.
pub(super) struct Engine {
    options: PlayerOptions,
    on_event: Box<dyn Fn(Event) + Send>,
    mailbox: Arc<Mailbox>,
    find: Find,
    now: Box<dyn Fn() -> Instant + Send>,
    output: Option<Box<dyn Output>>,
    /// Number of the newest stream; reports of older ones are ignored.
    stream: u64,
    /// The first is heard; a second one is being written already and is heard next.
    tracks: VecDeque<Track>,
    /// What follows when the last of them ends.
    next: Option<Track>,
    state: State,
    /// The stream on the output, if there is one.
    line: Option<Line>,
    /// Frame of the first track that is heard; kept while there is no stream to tell a better one.
    place: f64,
    /// The first track was heard to its end.
    ended: bool,
    /// As they were told, and as they are heard.
    settings: Settings,
    applied: Settings,
    /// Something of how it is heard has changed and is not yet in force.
    changed: Option<Change>,
    /// When such a change was last put in force.
    change_at: Option<Instant>,
    ledger: Ledger,
    search: Search,
    tick_at: Instant,
}

/// A recording.
struct Track {
    generation: u64,
    graph: Graph,
    /// Where it begins, in seconds.
    at: f64,
    /// Frames that had been written when its feed began.
    base: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Running,
    Paused,
}

/// What a change asks of the place.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Change {
    /// Goes on where it is heard.
    Here,
    /// Goes to A if it is at B or behind it.
    ToLoop(f64, f64),
}

/// Looking for a lost output again.
#[derive(Default)]
struct Search {
    attempt: usize,
    at: Option<Instant>,
    /// Playing goes on once it is found.
    resume: bool,
    /// What the lost one is looked for as, unless something was asked for.
    again: Option<&'static str>,
}

impl Engine {
    pub(super) fn new(
        options: PlayerOptions,
        on_event: Box<dyn Fn(Event) + Send>,
        mailbox: Arc<Mailbox>,
        find: Find,
        now: Box<dyn Fn() -> Instant + Send>,
    ) -> Self {
        let tick_at = now();
        Self {
            options,
            on_event,
            mailbox,
            find,
            now,
            output: None,
            stream: 0,
            tracks: VecDeque::new(),
            next: None,
            state: State::Paused,
            line: None,
            place: 0.0,
            ended: false,
            settings: Settings::default(),
            applied: Settings::default(),
            changed: None,
            change_at: None,
            ledger: Ledger::default(),
            search: Search::default(),
            tick_at,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            match self.mailbox.wait(self.deadline()) {
                Waited::Closed => break,
                Waited::Letter(Letter::Command(command)) => self.command(command),
                Waited::Letter(Letter::Report { stream, report }) => self.report(stream, report),
                Waited::TimedOut => {}
            }
            self.attend();
        }
        self.settle_heard();
        if let Some(output) = &mut self.output {
            output.close();
        }
    }

    fn now(&self) -> Instant {
        (self.now)()
    }

    fn tell(&self, event: Event) {
        (self.on_event)(event);
    }

    fn moving(&self) -> bool {
        self.state == State::Running && self.line.is_some()
    }

    /// When something is to be done without being told.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let tick = self.moving().then_some(self.tick_at);
        let running = self.state == State::Running;
        let pull = self.line.as_ref().and_then(|line| line.pull_at).filter(|_| running);
        let change = self.changed.map(|_| self.change_at.map_or_else(|| self.now(), |at| at + CHANGE));
        [tick, pull, change, self.search.at].into_iter().flatten().min()
    }

    /// Does what is due.
    pub(super) fn attend(&mut self) {
        let now = self.now();
        if self.changed.is_some() && self.change_at.is_none_or(|at| now >= at + CHANGE) && !self.mailbox.has_command() {
            self.apply_change();
        }
        if self.line.as_ref().and_then(|line| line.pull_at).is_some_and(|at| now >= at) {
            self.write();
        }
        if self.moving() && now >= self.tick_at {
            let tick = if self.options.tick.is_zero() { TICK } else { self.options.tick };
            self.tick_at = now + tick;
            self.tick();
        }
        if self.search.at.is_some_and(|at| now >= at) {
            self.look_again();
        }
    }

    pub(super) fn command(&mut self, command: Command) {
        match command {
            Command::Load { generation, decoder, at } => self.load(generation, decoder, at),
            Command::Play => self.play(),
            Command::Pause => self.pause(),
            Command::Seek(seconds) => self.seek(seconds),
            Command::Volume(volume) if volume.is_finite() => self.change(|to| to.volume = volume.clamp(0.0, 1.5)),
            Command::Speed(speed) if speed.is_finite() => {
                self.change(|to| to.speed = speed.clamp(*super::SPEEDS.start(), *super::SPEEDS.end()));
            }
            Command::Balance(balance) if balance.is_finite() => self.change(|to| to.balance = balance.clamp(-1.0, 1.0)),
            Command::Volume(_) | Command::Speed(_) | Command::Balance(_) => {}
            Command::Side(side) => self.change(|to| to.side = side),
            Command::Swap(swap) => self.change(|to| to.swap = swap),
            Command::Normalise(normalise) => self.change(|to| to.normalise = normalise),
            Command::SkipSilence(rule) => self.change(|to| to.silence = rule),
            Command::Loop(looped) => self.set_loop(looped),
            Command::Next { generation, decoder, at } => {
                self.follow_with(Some(Track { generation, graph: Graph::new(decoder), at, base: 0 }));
            }
            Command::NoNext => self.follow_with(None),
            Command::Output(output) => self.change_output(output),
            Command::Stop => self.stop(),
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings;
        change(&mut settings);
        if settings != self.settings {
            self.settings = settings;
            self.changed.get_or_insert(Change::Here);
        }
    }

    fn set_loop(&mut self, looped: Option<(f64, f64)>) {
        let Some(track) = self.tracks.front() else { return };
        track.graph.set_loop(looped);
        self.changed = Some(looped.map_or(Change::Here, |(from, until)| Change::ToLoop(from, until)));
    }

    /// Puts what was changed in force at the place that is heard.
    fn apply_change(&mut self) {
        let Some(change) = self.changed.take() else { return };
        self.change_at = Some(self.now());
        self.settle_heard();
        if self.tracks.is_empty() {
            self.applied = self.settings;
            return;
        }
        if self.line.is_none() && self.ended {
            // Nothing sounds; the next beginning takes them over.
            return;
        }
        let rate = self.rate();
        let mut seconds = self.place / rate;
        if let Change::ToLoop(from, until) = change
            // What the screen shows lags a little behind what is heard.
            && seconds >= until
        {
            seconds = from;
        }
        self.go_to(seconds);
    }

    fn load(&mut self, generation: u64, decoder: Box<dyn Decoder>, at: f64) {
        self.settle_heard();
        self.search = Search::default();
        self.next = None;
        let track = Track { generation, graph: Graph::new(decoder), at, base: 0 };
        let fits =
            self.tracks.back().is_some_and(|last| last.fits(&track)) && self.line.as_ref().is_some_and(|line| !line.draining);
        if !fits {
            self.close_line();
        }
        self.tracks.clear();
        self.tracks.push_back(track);
        self.state = State::Running;
        if !self.go_to(at) {
            return;
        }
        if self.line.is_some() {
            self.with_open_line(|output| output.pause(false));
            self.tell(Event::Playing { generation });
        } else {
            self.start();
        }
    }

    fn rate(&self) -> f64 {
        self.tracks.front().map_or(8000.0, |track| f64::from(track.graph.rate()))
    }

    fn generation(&self) -> u64 {
        self.tracks.front().map_or(0, |track| track.generation)
    }

    /// Puts the first track at a second, with everything as it is set now; what was written and not heard is taken back.
    /// False if that failed, which is told.
    fn go_to(&mut self, seconds: f64) -> bool {
        self.changed = None;
        // A track that was written ahead is to be written again.
        while self.tracks.len() > 1 {
            self.next = self.tracks.pop_back();
        }
        let heard_before = self.line.as_ref().is_some_and(|line| line.written > 0);
        let Some(track) = self.tracks.front_mut() else { return false };
        let frame = track.graph.frame_of(seconds);
        track.graph.set(&self.settings);
        self.applied = self.settings;
        self.ended = false;
        self.place = frame as f64;
        if let Err(error) = track.graph.seek(frame, heard_before) {
            self.fail(&error.0);
            return false;
        }
        self.ledger.begin(frame as f64);
        self.restart_line();
        true
    }

    fn fail(&mut self, why: &str) {
        self.settle_heard();
        let generation = self.generation();
        self.close_line();
        self.tracks.clear();
        self.state = State::Paused;
        self.tell(Event::Failed { generation, why: why.to_owned() });
    }

    fn play(&mut self) {
        let waits_for_output = self.search.at.is_some();
        let search = std::mem::take(&mut self.search);
        if self.tracks.is_empty() {
            return;
        }
        if waits_for_output && self.line.is_none() && !self.ended {
            self.search = Search { at: None, attempt: 1, resume: true, ..search };
            self.look_again();
            if self.search.at.is_some() {
                self.tell(Event::Lost { why: "nothing answers yet".to_owned() });
                self.tell(Event::Paused { generation: self.generation() });
            }
            return;
        }
        if self.line.is_none() {
            if !waits_for_output && self.state == State::Running {
                return;
            }
            let seconds = if self.ended { 0.0 } else { self.place / self.rate() };
            if self.go_to(seconds) {
                self.start();
            }
        } else if self.state == State::Paused {
            self.state = State::Running;
            let now = self.now();
            if let Some(line) = &mut self.line {
                line.go_on(now);
            }
            self.tick_at = now;
            self.with_open_line(|output| output.pause(false));
            self.tell(Event::Playing { generation: self.generation() });
            self.write();
        }
    }

    fn pause(&mut self) {
        let waited = self.search.at.is_some() && self.search.resume;
        self.search = Search::default();
        if self.tracks.is_empty() || (self.state == State::Paused && !waited) {
            return;
        }
        self.settle_heard();
        self.state = State::Paused;
        self.with_open_line(|output| output.pause(true));
        let (generation, seconds) = (self.generation(), self.place / self.rate());
        self.tell(Event::Position { generation, seconds });
        self.tell(Event::Paused { generation });
    }

    fn seek(&mut self, seconds: f64) {
        self.settle_heard();
        if self.tracks.is_empty() || !self.go_to(seconds) {
            return;
        }
        let (generation, seconds) = (self.generation(), self.place / self.rate());
        self.tell(Event::Position { generation, seconds });
    }

    /// Replaces what follows; if that is being written already, it is taken back.
    fn follow_with(&mut self, next: Option<Track>) {
        if self.tracks.len() > 1 {
            self.settle_heard();
            if self.tracks.len() > 1 {
                let seconds = self.place / self.rate();
                self.go_to(seconds);
            }
        }
        self.next = next;
    }

    fn stop(&mut self) {
        self.settle_heard();
        self.search = Search::default();
        self.close_line();
        self.tracks.clear();
        self.next = None;
        self.changed = None;
        self.state = State::Paused;
        // Given back, so that others may have an exclusive card and nothing wakes us.
        self.output = None;
    }
}

impl Track {
    /// Whether it can go on in the stream of another one.
    fn fits(&self, other: &Self) -> bool {
        self.graph.rate() == other.graph.rate() && self.graph.channels() == other.graph.channels()
    }
}
