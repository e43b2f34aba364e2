//! A-B: a stretch that is heard again and again.

use super::DeckState;
use crate::{
    console::{
        desk::Desk,
        effect::{Effect, SoundCommand},
    },
    domain::length::Tenths,
};

/// Seconds under which two keys are one stretch of nothing.
const LEAST_S: f64 = 0.3;

/// A and B are these.
pub fn repeat_between(desk: &mut Desk, from: f64, until: f64) {
    desk.deck.ab = Some((from, Some(until)));
    desk.deck.stretch_due = desk.deck.state == DeckState::Loading;
    if !desk.deck.stretch_due {
        desk.effect(Effect::Sound(SoundCommand::Loop(Some((from, until)))));
    }
    let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
    desk.say("loop-holds", &[("from", &clock(from)), ("until", &clock(until))]);
}

/// Sets A at the play head, then B, then takes both off.
pub fn repeat(desk: &mut Desk) {
    let at = desk.deck.position;
    let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
    match desk.deck.ab {
        None => {
            desk.deck.ab = Some((at, None));
            desk.say("loop-begins", &[("time", &clock(at))]);
        }
        Some((from, None)) if (at - from).abs() < LEAST_S => desk.warn("loop-too-short", &[]),
        Some((from, None)) => {
            // Somebody who went back between the two keys means the same stretch, and stands at its beginning.
            let (goes_back, from, until) = (at > from, from.min(at), from.max(at));
            desk.deck.ab = Some((from, Some(until)));
            desk.effect(Effect::Sound(SoundCommand::Loop(Some((from, until)))));
            if goes_back {
                super::seek(desk, from);
            }
            desk.say("loop-holds", &[("from", &clock(from)), ("until", &clock(until))]);
        }
        Some((_, Some(_))) => {
            desk.deck.ab = None;
            desk.effect(Effect::Sound(SoundCommand::Loop(None)));
            desk.say("loop-taken-off", &[]);
        }
    }
}
