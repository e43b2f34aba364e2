//! How a person hears: speed, sides, levels, silence. It holds for whatever plays, and is remembered.

use super::follow;
use crate::{
    console::{
        desk::Desk,
        effect::{Effect, SoundCommand},
    },
    playback::{Side, SilenceRule},
};

/// Speeds that the keys step through; each between the ends can be typed.
pub const SPEED_STEPS: [f32; 9] = [0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0];
/// What one key changes the balance by.
pub const BALANCE_STEP: f32 = 0.25;

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

impl Hearing {
    /// What the player is told about silence.
    pub fn skips(&self) -> Option<SilenceRule> {
        self.skip_silence.then_some(self.silence)
    }
}

fn tell(desk: &mut Desk, command: SoundCommand) {
    desk.effect(Effect::Sound(command));
}

/// A step faster or slower.
pub fn step_speed(desk: &mut Desk, faster: bool) {
    let now = desk.deck.hearing.speed;
    let step = if faster {
        SPEED_STEPS.into_iter().find(|step| *step > now + 0.01)
    } else {
        SPEED_STEPS.into_iter().rev().find(|step| *step < now - 0.01)
    };
    set_speed(desk, step.unwrap_or(now));
}

/// A factor of [`crate::playback::SPEEDS`].
pub fn set_speed(desk: &mut Desk, speed: f32) {
    let speed = speed.clamp(SPEED_STEPS[0], SPEED_STEPS[SPEED_STEPS.len() - 1]);
    desk.deck.hearing.speed = speed;
    desk.say("hear-speed", &[("speed", &format!("{speed}"))]);
    tell(desk, SoundCommand::Speed(speed));
}

/// Changes the volume by steps of a tenth, from silence to half above the recording's own.
pub fn turn_volume(desk: &mut Desk, by: f32) {
    let tenths = ((desk.deck.volume + by) * 10.0).round() / 10.0;
    set_volume(desk, tenths);
}

/// 1.0 leaves the sound alone.
pub fn set_volume(desk: &mut Desk, volume: f32) {
    desk.deck.volume = volume.clamp(0.0, 1.5);
    let percent = format!("{:.0}", desk.deck.volume * 100.0);
    desk.say("player-volume", &[("percent", &percent)]);
    tell(desk, SoundCommand::Volume(desk.deck.volume));
}

/// Both sides, ours alone, the other alone.
pub fn next_side(desk: &mut Desk) {
    let side = match desk.deck.hearing.side {
        Side::Both => Side::Left,
        Side::Left => Side::Right,
        Side::Right => Side::Both,
    };
    desk.deck.hearing.side = side;
    let name = match side {
        Side::Both => "hear-side-both",
        Side::Left => "hear-side-agent",
        Side::Right => "hear-side-customer",
    };
    let text = desk.setup.texts.get(name);
    say_with_one_side(desk, text);
    tell(desk, SoundCommand::Side(side));
}

/// Left and right change places.
pub fn swap(desk: &mut Desk) {
    desk.deck.hearing.swap = !desk.deck.hearing.swap;
    let on = desk.deck.hearing.swap;
    let text = desk.setup.texts.get(if on { "hear-swapped" } else { "hear-not-swapped" });
    say_with_one_side(desk, text);
    tell(desk, SoundCommand::Swap(on));
}

/// Moves the balance; none: to the middle.
pub fn balance(desk: &mut Desk, by: Option<f32>) {
    let balance = by.map_or(0.0, |by| (desk.deck.hearing.balance + by).clamp(-1.0, 1.0));
    desk.deck.hearing.balance = balance;
    let percent = format!("{:.0}", balance.abs() * 100.0);
    let id = match balance {
        balance if balance < 0.0 => "hear-balance-left",
        balance if balance > 0.0 => "hear-balance-right",
        _ => "hear-balance-middle",
    };
    let text = desk.setup.texts.with(id, &[("percent", &percent)]);
    say_with_one_side(desk, text);
    tell(desk, SoundCommand::Balance(balance));
}

/// The speech of both sides comes to one level, or stays as it is.
pub fn normalise(desk: &mut Desk) {
    desk.deck.hearing.normalise = !desk.deck.hearing.normalise;
    let on = desk.deck.hearing.normalise;
    desk.say(if on { "hear-normalised" } else { "hear-not-normalised" }, &[]);
    tell(desk, SoundCommand::Normalise(on));
}

/// Silence is left out, or heard.
pub fn skip_silence(desk: &mut Desk) {
    desk.deck.hearing.skip_silence = !desk.deck.hearing.skip_silence;
    say_silence(desk);
    tell(desk, SoundCommand::SkipSilence(desk.deck.hearing.skips()));
}

/// What counts as silence from now on; it is left out.
pub fn set_silence(desk: &mut Desk, rule: SilenceRule) {
    desk.deck.hearing.silence = rule;
    desk.deck.hearing.skip_silence = true;
    say_silence(desk);
    tell(desk, SoundCommand::SkipSilence(Some(rule)));
}

fn say_silence(desk: &mut Desk) {
    let SilenceRule { below_db, at_least } = desk.deck.hearing.silence;
    let rule = [("seconds", &*format!("{at_least}")), ("level", &*format!("{below_db}"))];
    desk.say(if desk.deck.hearing.skip_silence { "hear-skips" } else { "hear-skips-not" }, &rule);
}

/// What is said of sides where there is only one.
fn say_with_one_side(desk: &mut Desk, text: String) {
    let one = desk.deck.loaded.as_ref().is_some_and(|loaded| loaded.channels == 1);
    let text = if one { format!("{text} {}", desk.setup.texts.get("hear-one-side")) } else { text };
    desk.tell(crate::console::notices::Level::Info, text);
}

/// Whether the next call of the list follows.
pub fn play_on(desk: &mut Desk) {
    desk.deck.play_on = !desk.deck.play_on;
    if desk.deck.play_on {
        desk.say("hear-plays-on", &[]);
    } else {
        follow::forget(desk);
        desk.say("hear-plays-not-on", &[]);
    }
}
