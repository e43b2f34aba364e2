//! Jumps in a recording: by speakers, by silence, by notes.

use crate::{
    console::{
        deck::{self, DeckState},
        edits,
        effect::{Read, Slot},
        model::{Model, shown},
    },
    domain::length::Tenths,
    wire::Speech,
};

/// Seconds beside the play head that are still here: going back twice goes back two.
const HERE_S: f64 = 1.0;
/// The same, going on.
const AHEAD_S: f64 = 0.2;

/// Goes to a second of the recording on the screen; what is not loaded begins there.
pub fn go_to(model: &mut Model, seconds: f64) {
    let seen = shown(&model.calls);
    let (Some(call), Some(recording)) = (seen.call, seen.recording(&model.player)) else {
        model.desk.say("player-no-recording", &[]);
        return;
    };
    let loaded = matches!(model.desk.deck.state, DeckState::Playing | DeckState::Paused | DeckState::Ended);
    if loaded && model.desk.deck.has(&recording.id) {
        deck::seek(&mut model.desk, seconds);
    } else {
        let number = call.recordings.iter().position(|known| known.id == recording.id).unwrap_or(0);
        deck::play_recording(&mut model.desk, call, number, Some(seconds.max(0.0)));
    }
}

/// Where the recording on the screen stands, in seconds.
fn here(model: &Model) -> f64 {
    let recording = shown(&model.calls).recording(&model.player);
    let here = recording.map(|recording| {
        let deck = &model.desk.deck;
        if deck.has(&recording.id) {
            deck.position
        } else {
            deck.places.of(&recording.id, recording.length_s.seconds()).unwrap_or(0.0)
        }
    });
    here.unwrap_or(0.0)
}

/// Of places in order, the next one behind a second or the one before it.
fn beside(places: impl Iterator<Item = f64> + Clone, here: f64, next: bool) -> Option<f64> {
    let (mut on, before) = (places.clone().filter(|at| *at > here + AHEAD_S), places.filter(|at| *at < here - HERE_S));
    if next { on.next() } else { before.last() }
}

/// Who speaks when in the recording on the screen; where it is not known yet that is said, and asked for.
fn speech(model: &mut Model) -> Option<Box<Speech>> {
    let seen = shown(&model.calls);
    let Some(recording) = seen.recording(&model.player) else {
        model.desk.say("player-no-recording", &[]);
        return None;
    };
    let known = seen.speech.filter(|speech| speech.recording == recording.id).cloned().map(Box::new);
    if known.is_none() {
        if !model.desk.is_busy(Slot::Speech) {
            let id = recording.id.clone();
            model.desk.read(Slot::Speech, 0, Read::Speech(id));
        }
        model.desk.say("speech-reading", &[]);
    }
    known
}

/// Where the other side begins to speak.
pub fn turn(model: &mut Model, next: bool) {
    let Some(speech) = speech(model) else { return };
    if speech.turns.is_empty() {
        model.desk.say(if speech.sides.len() < 2 { "turns-one-side" } else { "turns-none" }, &[]);
        return;
    }
    match beside(speech.turns.iter().map(|turn| turn.at_s), here(model), next) {
        Some(at) => {
            go_to(model, at);
            let side = speech.turns.iter().find(|turn| turn.at_s >= at).map_or(0, |turn| turn.side);
            let time = Tenths::from_seconds(at).clock();
            model.desk.say(if side == 0 { "turn-agent" } else { "turn-customer" }, &[("time", &time)]);
        }
        None => model.desk.say(if next { "turns-no-more" } else { "turns-none-before" }, &[]),
    }
}

pub fn longest_silence(model: &mut Model) {
    let Some(speech) = speech(model) else { return };
    match speech.longest_silence {
        None => model.desk.say("silence-none", &[]),
        Some([from, until]) => {
            go_to(model, from);
            let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
            let long = format!("{:.0}", until - from);
            let stretch = [("seconds", long.as_str()), ("from", &clock(from)), ("until", &clock(until))];
            model.desk.say("silence-longest", &stretch);
        }
    }
}

/// The next note or mark that has a place, or the one before.
pub fn note(model: &mut Model, next: bool) {
    let notes = shown(&model.calls).detail.map(|detail| detail.notes.as_slice()).unwrap_or_default();
    let mut places: Vec<(f64, usize)> =
        notes.iter().enumerate().filter_map(|(number, note)| Some((note.at?.seconds(), number))).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    if places.is_empty() {
        model.desk.say("notes-no-place", &[]);
        return;
    }
    match beside(places.iter().map(|(at, _)| *at), here(model), next) {
        Some(at) => {
            model.player.note = places.iter().find(|(place, _)| *place == at).map(|(_, number)| *number);
            go_to(model, at);
        }
        None => model.desk.say(if next { "notes-no-more" } else { "notes-none-before" }, &[]),
    }
}

/// The place of the chosen note; a note without one is opened.
pub fn chosen_note(model: &mut Model) {
    match edits::chosen_note(model).and_then(|note| note.at) {
        Some(at) => go_to(model, at.seconds()),
        None => edits::note(model),
    }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn going_back_twice_goes_back_two() {
        let places = [2.0, 10.0, 20.0];
        let go = |here, next| beside(places.iter().copied(), here, next);
        assert_eq!((go(0.0, true), go(2.0, true), go(10.0, true), go(20.0, true)), (Some(2.0), Some(10.0), Some(20.0), None));
        assert_eq!(
            (go(20.4, false), go(10.9, false), go(11.2, false), go(2.5, false)),
            (Some(10.0), Some(2.0), Some(10.0), None)
        );
    }
}
