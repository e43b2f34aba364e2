//! What plays, seen from the screens: the state that the player's events and the person's keys change.

mod follow;
mod heard;
mod hearing;
mod places;
mod repeat;

pub use follow::{Next, follow_with};
pub use heard::HeardLog;
pub use hearing::{
    BALANCE_STEP, Hearing, SPEED_STEPS, balance, next_side, normalise, play_on, set_silence, set_speed, set_volume, skip_silence,
    step_speed, swap, turn_volume,
};
pub use places::Places;
pub use repeat::{repeat, repeat_between};

use super::{
    desk::Desk,
    effect::{Effect, Read, Slot, SoundCommand},
};
use crate::{
    domain::{
        actor::Permission,
        length::Tenths,
        recording::{RecordingState, suffix_of},
    },
    playback::Event,
    wire,
};

/// Where playing stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeckState {
    #[default]
    Empty,
    Loading,
    Playing,
    Paused,
    Ended,
    Failed,
}

/// The recording that is loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    pub call: String,
    pub recording: String,
    /// Who and when, for the header.
    pub title: String,
    /// Seconds.
    pub length: f64,
    pub channels: u8,
}

/// The one player of the console.
#[derive(Clone, Debug)]
pub struct Deck {
    pub generation: u64,
    pub state: DeckState,
    pub loaded: Option<Loaded>,
    /// Seconds.
    pub position: f64,
    /// 1.0 leaves the sound alone.
    pub volume: f32,
    /// Name of the output, once one was found.
    pub output: Option<String>,
    /// The output that was chosen for this session; none: the one that is found.
    pub chosen_output: Option<String>,
    pub trouble: Option<String>,
    pub hearing: Hearing,
    /// A, and B once it is set; seconds.
    pub ab: Option<(f64, Option<f64>)>,
    /// Stretches that were left out as silent, newest last; seconds.
    pub skipped: Vec<wire::Span>,
    /// When a call ends the next one of the list follows.
    pub play_on: bool,
    /// What is loaded to follow.
    pub next: Option<Next>,
    /// The cursor went on while something played, to a call that has nothing to play: the next one that has plays.
    pub carries: bool,
    /// Where earlier recordings were left.
    pub places: Places,
    /// The sound is still on its way.
    pub waiting: bool,
    /// The line failed it: it goes on from here as soon as the line is back.
    pub resumes: bool,
    /// The stretch is told to the player as soon as it plays what is on its way.
    stretch_due: bool,
    /// What its bytes are called.
    name: String,
    /// It failed for want of an output alone: one that comes plays it.
    pub silent: bool,
    /// What was heard and is not reported yet.
    pub heard: HeardLog,
    /// The clip that was saved last.
    pub clip: Option<wire::Clip>,
    /// Somebody leaves: the player is to tell what was heard until now.
    pub farewell: bool,
}

impl Default for Deck {
    fn default() -> Self {
        Self {
            generation: 0,
            state: DeckState::Empty,
            loaded: None,
            position: 0.0,
            volume: 1.0,
            output: None,
            chosen_output: None,
            trouble: None,
            hearing: Hearing::default(),
            ab: None,
            skipped: Vec::new(),
            play_on: false,
            next: None,
            carries: false,
            places: Places::default(),
            waiting: false,
            resumes: false,
            stretch_due: false,
            name: String::new(),
            silent: false,
            heard: HeardLog::default(),
            clip: None,
            farewell: false,
        }
    }
}

impl Deck {
    pub fn is_of(&self, call: &str) -> bool {
        self.loaded.as_ref().is_some_and(|loaded| loaded.call == call)
    }

    pub fn has(&self, recording: &str) -> bool {
        self.loaded.as_ref().is_some_and(|loaded| loaded.recording == recording)
    }

    /// Sound is moving, or about to.
    pub const fn is_active(&self) -> bool {
        matches!(self.state, DeckState::Playing | DeckState::Loading)
    }

    /// Seconds of what is loaded; zero if nothing is.
    pub fn length(&self) -> f64 {
        self.loaded.as_ref().map_or(0.0, |loaded| loaded.length)
    }

    /// A and B, once both are set.
    pub fn stretch(&self) -> Option<(f64, f64)> {
        self.ab.and_then(|(from, until)| Some((from, until?)))
    }

    /// Another place: what was heard there is not reported here.
    pub fn forget(&mut self) {
        let habits = Self { volume: self.volume, hearing: self.hearing, play_on: self.play_on, ..Self::default() };
        let (output, chosen_output, generation) = (self.output.take(), self.chosen_output.take(), self.generation);
        *self = Self { output, chosen_output, generation, ..habits };
    }

    /// Where the recording that is loaded stands is kept for the next time.
    pub fn keep_place(&mut self) {
        if let Some(loaded) = self.loaded.as_ref().filter(|_| self.state != DeckState::Failed) {
            let position = if self.state == DeckState::Ended { loaded.length } else { self.position };
            self.places.keep(&loaded.recording, position, loaded.length);
        }
    }
}

/// The first recording of a call that can be played.
pub fn playable(call: &wire::CallBody) -> Option<usize> {
    let plays = |recording: &wire::RecordingBody| matches!(recording.state, RecordingState::Stored | RecordingState::Pending);
    call.recordings.iter().position(plays)
}

/// Plays the first recording of a call, or pauses and goes on if one of it is loaded.
pub fn play_call(desk: &mut Desk, call: &wire::CallBody) {
    if desk.deck.is_of(&call.id) && matches!(desk.deck.state, DeckState::Playing | DeckState::Paused | DeckState::Ended) {
        toggle(desk);
        return;
    }
    play_recording(desk, call, playable(call).unwrap_or(0), None);
}

/// Plays one recording of a call: from a second, or where it was left.
pub fn play_recording(desk: &mut Desk, call: &wire::CallBody, number: usize, from: Option<f64>) {
    let Some(recording) = call.recordings.get(number) else {
        desk.say("player-no-recording", &[]);
        return;
    };
    match recording.state {
        RecordingState::Stored | RecordingState::Pending => {}
        other => {
            desk.warn("player-recording-gone", &[("state", other.word())]);
            return;
        }
    }
    if !desk.may(Permission::Listen) {
        desk.warn("not-allowed", &[("what", "listen")]);
        return;
    }
    let at = from.or_else(|| desk.deck.places.of(&recording.id, recording.length_s.seconds()));
    if let Some(at) = at.filter(|_| from.is_none()) {
        desk.say("player-goes-on", &[("time", &Tenths::from_seconds(at).clock())]);
    }
    load(desk, loaded(call, recording), file_name(recording), at.unwrap_or(0.0));
}

fn loaded(call: &wire::CallBody, recording: &wire::RecordingBody) -> Loaded {
    Loaded {
        call: call.id.clone(),
        recording: recording.id.clone(),
        title: call.customer.clone().or_else(|| call.other_party().map(ToOwned::to_owned)).unwrap_or_default(),
        length: recording.length_s.seconds(),
        channels: recording.channels,
    }
}

/// What the bytes are called: some formats are only told by it.
fn file_name(recording: &wire::RecordingBody) -> String {
    format!("sound.{}", suffix_of(&recording.format, recording.channels))
}

/// Plays a recording from a second on.
fn load(desk: &mut Desk, loaded: Loaded, name: String, at: f64) {
    desk.deck.keep_place();
    let generation = desk.supersede(Slot::Sound);
    desk.supersede(Slot::NextSound);
    let recording = loaded.recording.clone();
    let (volume, hearing) = (desk.deck.volume, desk.deck.hearing);
    desk.deck.heard.plays(generation, &recording);
    begins(desk, generation, loaded, at);
    desk.deck.state = DeckState::Loading;
    desk.deck.name.clone_from(&name);
    desk.effect(Effect::Sound(SoundCommand::Tune { volume, hearing }));
    desk.effect(Effect::LoadSound { generation, recording, name, at, volume });
}

/// What belongs to one sound and not to the session begins anew.
fn begins(desk: &mut Desk, generation: u64, loaded: Loaded, at: f64) {
    let deck = &mut desk.deck;
    deck.generation = generation;
    deck.loaded = Some(loaded);
    deck.position = at;
    deck.trouble = None;
    deck.silent = false;
    deck.waiting = false;
    deck.resumes = false;
    deck.stretch_due = false;
    deck.ab = None;
    deck.skipped.clear();
    deck.next = None;
    deck.carries = false;
}

/// Plays what pauses, pauses what plays, begins again what ended.
pub fn toggle(desk: &mut Desk) {
    desk.deck.carries = false;
    match desk.deck.state {
        DeckState::Playing => pause(desk),
        DeckState::Paused => {
            desk.deck.state = DeckState::Playing;
            desk.effect(Effect::Sound(SoundCommand::Play));
        }
        DeckState::Ended => {
            let from = desk.deck.stretch().map_or(0.0, |(from, _)| from);
            desk.deck.state = DeckState::Playing;
            desk.deck.position = from;
            desk.effect(Effect::Sound(SoundCommand::Seek(from)));
            desk.effect(Effect::Sound(SoundCommand::Play));
        }
        DeckState::Empty | DeckState::Loading | DeckState::Failed => {}
    }
}

/// Pauses what plays, or is about to.
pub fn pause(desk: &mut Desk) {
    if desk.deck.is_active() {
        desk.deck.state = DeckState::Paused;
        desk.effect(Effect::Sound(SoundCommand::Pause));
        desk.deck.keep_place();
    }
}

/// Ends what plays; the output is given back.
pub fn stop(desk: &mut Desk) {
    desk.deck.keep_place();
    desk.supersede(Slot::Sound);
    desk.supersede(Slot::NextSound);
    let deck = &mut desk.deck;
    (deck.state, deck.loaded, deck.position, deck.ab, deck.next) = (DeckState::Empty, None, 0.0, None, None);
    (deck.trouble, deck.carries) = (None, false);
    deck.skipped.clear();
    desk.effect(Effect::Sound(SoundCommand::Stop));
}

/// Goes to a second of what is loaded.
pub fn seek(desk: &mut Desk, seconds: f64) {
    let Some(loaded) = &desk.deck.loaded else {
        desk.say("player-nothing-loaded", &[]);
        return;
    };
    if matches!(desk.deck.state, DeckState::Loading | DeckState::Failed) {
        return;
    }
    let seconds = seconds.clamp(0.0, loaded.length);
    desk.deck.position = seconds;
    if desk.deck.state == DeckState::Ended {
        desk.deck.state = DeckState::Paused;
    }
    desk.effect(Effect::Sound(SoundCommand::Seek(seconds)));
}

/// What the player told that more than the deck must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Nothing,
    /// The sound that was loaded to follow plays now.
    Followed,
}

/// Takes what the player tells; what belongs to an older sound is dropped, but what was heard of it.
pub fn heard(desk: &mut Desk, event: Event) -> Told {
    let current = desk.deck.generation;
    match event {
        Event::Output(name) => {
            desk.deck.trouble = None;
            desk.deck.waiting = false;
            if desk.deck.silent {
                desk.deck.silent = false;
                desk.deck.state = DeckState::Paused;
            }
            desk.deck.output = Some(name);
        }
        Event::NoOutput { tried, advice } => {
            desk.deck.keep_place();
            desk.deck.silent = desk.deck.state != DeckState::Loading;
            desk.deck.state = DeckState::Failed;
            desk.deck.output = None;
            let text = desk.setup.texts.with("player-no-output", &[("advice", &advice)]);
            desk.deck.trouble = Some(text.clone());
            for line in tried {
                desk.notices.push(super::notices::Level::Info, line, desk.now);
            }
            desk.tell(super::notices::Level::Warn, text);
            heard::report(desk);
        }
        Event::Lost { why } => {
            let text = desk.setup.texts.with("player-lost", &[("why", &why)]);
            desk.deck.trouble = Some(text.clone());
            desk.deck.output = None;
            desk.tell(super::notices::Level::Warn, text);
            heard::report(desk);
        }
        Event::Playing { generation } if generation == current => {
            desk.deck.state = DeckState::Playing;
            if let Some(stretch) = desk.deck.stretch().filter(|_| std::mem::take(&mut desk.deck.stretch_due)) {
                desk.effect(Effect::Sound(SoundCommand::Loop(Some(stretch))));
            }
        }
        Event::Playing { generation } if follow::is_next(desk, generation) => {
            follow::begins(desk, generation);
            return Told::Followed;
        }
        Event::Paused { generation } if generation == current => {
            // Where there is no output what stopped is not a pause of the person's.
            if desk.deck.state != DeckState::Failed {
                desk.deck.state = DeckState::Paused;
            }
            desk.deck.keep_place();
            heard::report(desk);
        }
        Event::Position { generation, seconds } if generation == current => {
            desk.deck.position = seconds;
            if std::mem::take(&mut desk.deck.waiting) {
                desk.deck.trouble = None;
            }
        }
        Event::Waiting { generation, why } if generation == current => {
            desk.deck.waiting = true;
            desk.deck.trouble = Some(desk.setup.texts.with("player-waiting", &[("why", &why)]));
        }
        Event::Position { generation, seconds } if follow::is_next(desk, generation) => {
            follow::begins(desk, generation);
            desk.deck.position = seconds;
            return Told::Followed;
        }
        Event::Skipped { generation, from, until } if generation == current => {
            if desk.deck.skipped.len() == SKIPPED {
                desk.deck.skipped.remove(0);
            }
            desk.deck.skipped.push([from, until]);
        }
        Event::Heard { generation, from, until, speed, side } => heard::told(desk, generation, (from, until), speed, side),
        Event::Ended { generation } if generation == current => {
            desk.deck.state = DeckState::Ended;
            desk.deck.position = desk.deck.length();
            desk.deck.keep_place();
            heard::report(desk);
        }
        Event::Failed { generation, why } if generation == current => failed(desk, &why),
        Event::Failed { generation, why } if follow::is_next(desk, generation) => follow::failed(desk, &why),
        _ => {}
    }
    Told::Nothing
}

/// Stretches of silence that are remembered of one sound.
const SKIPPED: usize = 200;

/// The bytes of a sound could not be had or read.
pub fn not_loaded(desk: &mut Desk, generation: u64, why: &str) {
    if generation == desk.deck.generation {
        failed(desk, why);
    } else if follow::is_next(desk, generation) {
        follow::failed(desk, why);
    }
}

fn failed(desk: &mut Desk, why: &str) {
    desk.deck.state = DeckState::Failed;
    desk.deck.trouble = Some(why.to_owned());
    // The line may be away: then it is not over.
    desk.deck.resumes = desk.line.breaks && desk.deck.loaded.is_some();
    if desk.deck.resumes && !desk.online() {
        desk.deck.trouble = Some(desk.setup.texts.get("player-waits-for-line"));
        heard::report(desk);
        return;
    }
    if desk.deck.resumes {
        desk.read(Slot::Probe, 0, Read::Probe);
    }
    desk.fail("player-failed", &[("why", why)]);
    heard::report(desk);
}

/// The line is back: what it failed goes on where it was.
pub fn resume(desk: &mut Desk) {
    if !std::mem::take(&mut desk.deck.resumes) || desk.deck.state != DeckState::Failed {
        return;
    }
    let (name, at, ab) = (desk.deck.name.clone(), desk.deck.position, desk.deck.ab);
    if let Some(loaded) = desk.deck.loaded.clone() {
        load(desk, loaded, name, at);
        (desk.deck.ab, desk.deck.stretch_due) = (ab, true);
    }
}

/// Somebody leaves: what plays ends, and the player tells what was heard of it. What is kept is kept.
pub fn farewell(desk: &mut Desk) {
    let sounds = desk.deck.state == DeckState::Playing;
    desk.deck.keep_place();
    if sounds && !desk.deck.farewell {
        desk.deck.farewell = true;
        desk.deck.state = DeckState::Paused;
        desk.effect(Effect::Sound(SoundCommand::Stop));
        desk.wait(Slot::Farewell, FAREWELL_MS);
    }
    heard::report(desk);
}

/// A player that does not answer does not keep anybody.
const FAREWELL_MS: u64 = 400;

pub use heard::sent;
