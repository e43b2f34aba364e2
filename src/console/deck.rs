//! What plays, seen from the screens: the state that the player's events and the person's keys change.

use super::{
    desk::Desk,
    effect::{Effect, Slot, SoundCommand},
};
use crate::{
    domain::{
        actor::Permission,
        recording::{RecordingState, suffix_of},
    },
    playback::{Event, Side, SilenceRule},
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
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    pub call: String,
    pub recording: String,
    /// Who and when, for the header.
    pub title: String,
    /// Seconds.
    pub length: f64,
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
    pub trouble: Option<String>,
    pub hearing: Hearing,
    /// A, and B once it is set; seconds.
    pub ab: Option<(f64, Option<f64>)>,
    /// Stretches that were left out as silent, newest last; seconds.
    pub skipped: Vec<wire::Span>,
}

/// How a person hears; kept for all recordings of the session and remembered for the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hearing {
    /// 0.5 to 3.
    pub speed: f32,
    pub side: Side,
    pub swap: bool,
    /// -1.0 to 1.0.
    pub balance: f32,
    pub normalise: bool,
    pub skip_silence: bool,
    pub silence: SilenceRule,
}

impl Default for Hearing {
    fn default() -> Self {
        Self {
            speed: 1.0,
            side: Side::Both,
            swap: false,
            balance: 0.0,
            normalise: false,
            skip_silence: false,
            silence: SilenceRule::default(),
        }
    }
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
            trouble: None,
            hearing: Hearing::default(),
            ab: None,
            skipped: Vec::new(),
        }
    }
}

impl Deck {
    pub fn is_of(&self, call: &str) -> bool {
        self.loaded.as_ref().is_some_and(|loaded| loaded.call == call)
    }

    /// Sound is moving, or about to.
    pub const fn is_active(&self) -> bool {
        matches!(self.state, DeckState::Playing | DeckState::Loading)
    }
}

/// Plays the first recording of a call, or pauses and goes on if it is the one that is loaded.
pub fn play_call(desk: &mut Desk, call: &wire::CallBody) {
    if desk.deck.is_of(&call.id) && matches!(desk.deck.state, DeckState::Playing | DeckState::Paused | DeckState::Ended) {
        toggle(desk);
        return;
    }
    let Some(recording) = call.recordings.first() else {
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
    let loaded = Loaded {
        call: call.id.clone(),
        recording: recording.id.clone(),
        title: call.customer.clone().or_else(|| call.other_party().map(ToOwned::to_owned)).unwrap_or_default(),
        length: recording.length_s.seconds(),
    };
    let suffix = suffix_of(&recording.format, recording.channels);
    load(desk, loaded, format!("sound.{suffix}"));
}

/// Plays a recording from the beginning.
pub fn load(desk: &mut Desk, loaded: Loaded, name: String) {
    let generation = desk.supersede(Slot::Sound);
    let recording = loaded.recording.clone();
    let volume = desk.deck.volume;
    desk.deck = Deck {
        generation,
        state: DeckState::Loading,
        loaded: Some(loaded),
        position: 0.0,
        trouble: None,
        volume: desk.deck.volume,
        output: desk.deck.output.take(),
        hearing: desk.deck.hearing,
        ab: None,
        skipped: Vec::new(),
    };
    desk.effect(Effect::LoadSound { generation, recording, name, at: 0.0, volume });
}

/// Plays what pauses, pauses what plays, begins again what ended.
pub fn toggle(desk: &mut Desk) {
    match desk.deck.state {
        DeckState::Playing => {
            desk.deck.state = DeckState::Paused;
            desk.effect(Effect::Sound(SoundCommand::Pause));
        }
        DeckState::Paused => {
            desk.deck.state = DeckState::Playing;
            desk.effect(Effect::Sound(SoundCommand::Play));
        }
        DeckState::Ended => {
            desk.deck.state = DeckState::Playing;
            desk.deck.position = 0.0;
            desk.effect(Effect::Sound(SoundCommand::Seek(0.0)));
            desk.effect(Effect::Sound(SoundCommand::Play));
        }
        DeckState::Empty | DeckState::Loading | DeckState::Failed => {}
    }
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

/// Changes the volume by steps of a tenth, from silence to half above the recording's own.
pub fn turn_volume(desk: &mut Desk, by: f32) {
    let tenths = ((desk.deck.volume + by) * 10.0).round().clamp(0.0, 15.0);
    desk.deck.volume = tenths / 10.0;
    let percent = format!("{:.0}", desk.deck.volume * 100.0);
    desk.say("player-volume", &[("percent", &percent)]);
    desk.effect(Effect::Sound(SoundCommand::Volume(desk.deck.volume)));
}

/// Takes what the player tells; what belongs to an older sound is dropped.
pub fn heard(desk: &mut Desk, event: Event) {
    let current = desk.deck.generation;
    match event {
        Event::Output(name) => {
            desk.deck.trouble = None;
            desk.deck.output = Some(name);
        }
        Event::NoOutput { tried, advice } => {
            desk.deck.state = DeckState::Failed;
            let text = desk.setup.texts.with("player-no-output", &[("advice", &advice)]);
            desk.deck.trouble = Some(text.clone());
            for line in tried {
                desk.notices.push(super::notices::Level::Info, line, desk.now);
            }
            desk.tell(super::notices::Level::Warn, text);
        }
        Event::Playing { generation } if generation == current => desk.deck.state = DeckState::Playing,
        Event::Paused { generation } if generation == current => desk.deck.state = DeckState::Paused,
        Event::Position { generation, seconds } if generation == current => desk.deck.position = seconds,
        Event::Ended { generation } if generation == current => {
            desk.deck.state = DeckState::Ended;
            desk.deck.position = desk.deck.loaded.as_ref().map_or(0.0, |loaded| loaded.length);
        }
        Event::Failed { generation, why } if generation == current => failed(desk, &why),
        _ => {}
    }
}

/// The sound could not be had or read.
pub fn failed(desk: &mut Desk, why: &str) {
    desk.deck.state = DeckState::Failed;
    desk.deck.trouble = Some(why.to_owned());
    desk.fail("player-failed", &[("why", why)]);
}
