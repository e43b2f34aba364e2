//! The call that follows without a gap.

use super::{DeckState, Loaded, begins as begin_sound, file_name, loaded};
use crate::{
    console::{
        desk::Desk,
        effect::{Effect, Slot, SoundCommand},
    },
    wire,
};

/// Seconds before the end, as they are heard, at which what follows is fetched.
const AHEAD_S: f64 = 10.0;

/// A sound that is loaded to follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    pub generation: u64,
    pub loaded: Loaded,
}

/// Fetches what follows, once the end is near. `find` gives the next call and the number of its recording.
pub fn follow_with<'a>(desk: &mut Desk, find: impl FnOnce(&str) -> Option<(&'a wire::CallBody, usize)>) {
    let deck = &desk.deck;
    let left = (deck.length() - deck.position) / f64::from(deck.hearing.speed);
    if !deck.play_on || deck.state != DeckState::Playing || deck.next.is_some() || deck.stretch().is_some() || left > AHEAD_S {
        return;
    }
    let Some(call) = deck.loaded.as_ref().map(|loaded| loaded.call.clone()) else { return };
    let Some((call, recording)) = find(&call).and_then(|(call, number)| Some((call, call.recordings.get(number)?))) else {
        return;
    };
    // Generations of sounds are counted in one slot; what plays is not superseded by asking for what follows it.
    let generation = desk.supersede(Slot::Sound);
    desk.deck.next = Some(Next { generation, loaded: loaded(call, recording) });
    desk.effect(Effect::LoadNext { generation, recording: recording.id.clone(), name: file_name(recording) });
}

pub(super) fn is_next(desk: &Desk, generation: u64) -> bool {
    desk.deck.next.as_ref().is_some_and(|next| next.generation == generation)
}

/// What was to follow plays.
pub(super) fn begins(desk: &mut Desk, generation: u64) {
    let Some(next) = desk.deck.next.take() else { return };
    desk.deck.state = DeckState::Ended;
    desk.deck.keep_place();
    desk.deck.heard.plays(generation, &next.loaded.recording);
    begin_sound(desk, generation, next.loaded, 0.0);
    desk.deck.state = DeckState::Playing;
}

/// What was to follow cannot be had: the person is told, and what plays ends as it would have.
pub(super) fn failed(desk: &mut Desk, why: &str) {
    let title = desk.deck.next.take().map(|next| next.loaded.title).unwrap_or_default();
    desk.warn("player-next-failed", &[("who", &title), ("why", why)]);
}

/// Nothing follows.
pub(super) fn forget(desk: &mut Desk) {
    if desk.deck.next.take().is_some() {
        desk.supersede(Slot::NextSound);
        desk.effect(Effect::Sound(SoundCommand::NoNext));
    }
}
