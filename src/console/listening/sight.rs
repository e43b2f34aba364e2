//! What the player's screen shows of a recording: which part, which recording of several, and what must be read for it.

use crate::{
    console::{
        deck::{self, DeckState},
        effect::{Read, Slot},
        model::{Model, Pane, shown},
        screens::player::Window,
        sharing,
    },
    domain::actor::Permission,
};

/// A window may move on: so long after its last move its waveform is read.
const ZOOM_MS: u64 = 120;
/// A waveform is audited as a look at the recording: only where one stays.
const WAVEFORM_MS: u64 = 250;

/// What was asked for last, so that nothing is asked for twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    peaks: Option<String>,
    speech: Option<String>,
    zoomed: Option<(String, Window)>,
    clips: Option<String>,
    /// Calls were stepped through on this screen: the next one may be left at once.
    stepped: bool,
}

/// Reads what the screen lacks: the waveform, then who speaks when, then the enlarged part.
pub fn look(model: &mut Model) {
    if model.pane != Pane::Player || !model.desk.up() {
        return;
    }
    follow(model);
    let call = model.calls.current_detail().map(|detail| detail.call.id.clone());
    if call.is_some() && model.sight.clips != call {
        model.sight.clips = call;
        sharing::read_clips(model);
    }
    let seen = shown(&model.calls);
    let (Some(_), Some(recording)) = (seen.detail, seen.recording(&model.player)) else {
        let clips = model.sight.clips.take();
        model.sight = Sight { stepped: true, clips, ..Sight::default() };
        return;
    };
    let id = recording.id.clone();
    if !model.desk.may(Permission::Listen) || model.desk.deaf_to(&id) {
        return;
    }
    let width = usize::from(model.desk.size.0.clamp(40, 400)) - 2;
    let (desk, sight) = (&mut model.desk, &mut model.sight);
    let known = seen.peaks.is_some_and(|peaks| peaks.recording == id);
    if !known && sight.peaks.as_ref() != Some(&id) {
        sight.peaks = Some(id.clone());
        let after = if sight.stepped { WAVEFORM_MS } else { 0 };
        desk.read(Slot::Peaks, after, Read::Peaks { recording: id, width, between: None });
        return;
    }
    let told = known || !desk.is_busy(Slot::Peaks);
    if told && seen.speech.is_none_or(|speech| speech.recording != id) && sight.speech.as_ref() != Some(&id) {
        sight.speech = Some(id.clone());
        desk.read(Slot::Speech, 0, Read::Speech(id.clone()));
    }
    if let Some(window) = model.player.window {
        let wanted = (id.clone(), window);
        if sight.zoomed.as_ref() != Some(&wanted) {
            sight.zoomed = Some(wanted);
            let between = Some([window.from_s, window.until_s]);
            desk.read(Slot::Zoomed, ZOOM_MS, Read::Peaks { recording: id, width, between });
        }
    }
}

/// What is seen to move while something plays: state, second, column, part.
pub fn of(model: &Model) -> (DeckState, u64, u64, Option<u16>, Option<Window>) {
    let deck = &model.desk.deck;
    let window = model.player.window.filter(|_| model.pane == Pane::Player).unwrap_or(Window::whole(deck.length()));
    let column = window.column(deck.position, model.desk.size.0.saturating_sub(4));
    (deck.state, deck.generation, deck.position.max(0.0) as u64, column, model.player.window)
}

/// The part that is shown goes along with what plays.
pub fn follow(model: &mut Model) {
    let Some(window) = model.player.window else { return };
    let seen = shown(&model.calls);
    if let Some(recording) = seen.recording(&model.player).filter(|recording| model.desk.deck.has(&recording.id)) {
        model.player.window = Some(window.showing(model.desk.deck.position, recording.length_s.seconds()));
    }
}

/// Shows half as much (2.0) or twice as much (0.5).
pub fn zoom(model: &mut Model, by: f64) {
    if model.pane != Pane::Player {
        model.desk.say("zoom-only-player", &[]);
        return;
    }
    let seen = shown(&model.calls);
    let Some(recording) = seen.recording(&model.player) else {
        model.desk.say("player-no-recording", &[]);
        return;
    };
    let length = recording.length_s.seconds();
    let now = model.player.window.unwrap_or(Window::whole(length));
    let middle = (now.from_s + now.until_s) / 2.0;
    let around = if model.desk.deck.has(&recording.id) { model.desk.deck.position } else { middle };
    let then = now.zoomed(by, around, length);
    if then == model.player.window {
        model.desk.say(if by > 1.0 { "zoom-least" } else { "zoom-whole" }, &[]);
    }
    model.player.window = then;
}

/// Goes to another recording of the call; if one of them plays, that one plays.
pub fn other_recording(model: &mut Model, next: bool) {
    let Some(call) = model.calls.current() else { return };
    let count = call.recordings.len();
    if count < 2 {
        model.desk.say("recording-only-one", &[]);
        return;
    }
    let now = model.player.recording.min(count - 1);
    let number = if next { (now + 1) % count } else { (now + count - 1) % count };
    model.player.recording = number;
    model.player.window = None;
    let place = [("n", (number + 1).to_string()), ("all", count.to_string())];
    let place: Vec<(&str, &str)> = place.iter().map(|(name, value)| (*name, value.as_str())).collect();
    model.desk.say("recording-chosen", &place);
    if model.desk.deck.is_active() && model.desk.deck.is_of(&call.id) {
        deck::play_recording(&mut model.desk, call, number, None);
    }
}
