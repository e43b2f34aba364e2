//! Listening by key: what is done to what plays, where it jumps, what is kept of it.

mod jumps;
mod keeping;
mod sight;

pub(super) use jumps::go_to;
pub(super) use keeping::{collect, save_clip, writes, written};
pub use sight::Sight;
pub(super) use sight::look;

use super::{
    deck::{self, BALANCE_STEP, DeckState, Told},
    desk::Desk,
    edits,
    effect::{Answer, Effect, Read, Slot, SoundCommand},
    keymap::Action,
    model::{Model, Pane, shown},
    overlays::{Editor, OutputsBox, Overlay, Prompt, Purpose},
    screens::calls::{self, Calls},
};
use crate::{domain::length::Tenths, playback::Event, wire};

/// Runs an action; false if it is none of these.
pub(super) fn act(model: &mut Model, action: Action) -> bool {
    let desk = &mut model.desk;
    let position = desk.deck.position;
    match action {
        Action::Play | Action::Open if model.pane == Pane::Player => play_shown(model, action),
        Action::Seek => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::Seek))),
        Action::Back5 => deck::seek(desk, position - 5.0),
        Action::On5 => deck::seek(desk, position + 5.0),
        Action::Back1 => deck::seek(desk, position - 1.0),
        Action::On1 => deck::seek(desk, position + 1.0),
        Action::Back30 => deck::seek(desk, position - 30.0),
        Action::On30 => deck::seek(desk, position + 30.0),
        Action::Again => again(desk),
        Action::Stop => {
            deck::stop(desk);
            desk.say("player-stopped-now", &[]);
        }
        Action::PlayOn => deck::play_on(desk),
        Action::Louder => deck::turn_volume(desk, 0.1),
        Action::Quieter => deck::turn_volume(desk, -0.1),
        Action::Slower => deck::step_speed(desk, false),
        Action::Faster => deck::step_speed(desk, true),
        Action::NormalSpeed => deck::set_speed(desk, 1.0),
        Action::Side => deck::next_side(desk),
        Action::Swap => deck::swap(desk),
        Action::BalanceLeft => deck::balance(desk, Some(-BALANCE_STEP)),
        Action::BalanceRight => deck::balance(desk, Some(BALANCE_STEP)),
        Action::BalanceMiddle => deck::balance(desk, None),
        Action::Normalise => deck::normalise(desk),
        Action::SkipSilence => deck::skip_silence(desk),
        Action::SilenceRule => {
            let rule = desk.deck.hearing.silence;
            let text = format!("{} dB, {} s", rule.below_db, rule.at_least);
            model.overlays.push(Overlay::Prompt(Prompt::with_text(Purpose::Silence, text)));
        }
        Action::Loop => deck::repeat(desk),
        Action::Clip => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::Clip))),
        Action::NextTurn => jumps::turn(model, true),
        Action::PreviousTurn => jumps::turn(model, false),
        Action::LongestSilence => jumps::longest_silence(model),
        Action::NextNote => jumps::note(model, true),
        Action::PreviousNote => jumps::note(model, false),
        Action::MarkHere => keeping::mark(model),
        Action::Comment => comment(model),
        Action::ZoomIn => sight::zoom(model, 2.0),
        Action::ZoomOut => sight::zoom(model, 0.5),
        Action::Output => {
            model.desk.read(Slot::Outputs, 0, Read::Outputs);
            let now = model.desk.deck.chosen_output.clone();
            model.overlays.push(Overlay::Outputs(Box::new(OutputsBox::new(now))));
        }
        Action::NextRecording => sight::other_recording(model, true),
        Action::PreviousRecording => sight::other_recording(model, false),
        Action::Collect => keeping::choose(model, false),
        Action::CollectClip => keeping::choose(model, true),
        _ => return false,
    }
    true
}

/// Plays the recording on the screen, pauses it, or goes on. On a chosen note Enter goes to its place.
fn play_shown(model: &mut Model, action: Action) {
    if let Some(clip) = edits::chosen_clip(model).filter(|_| action == Action::Open).cloned() {
        keeping::play_clip(model, &clip);
        return;
    }
    if action == Action::Open && edits::chosen_note(model).is_some() {
        jumps::chosen_note(model);
        return;
    }
    let shown = shown(&model.calls);
    let Some(call) = shown.call else {
        model.desk.say("no-call-here", &[]);
        return;
    };
    match shown.recording(&model.player) {
        Some(recording) if call.recordings.len() > 1 && !model.desk.deck.has(&recording.id) => {
            let number = call.recordings.iter().position(|known| known.id == recording.id).unwrap_or(0);
            deck::play_recording(&mut model.desk, call, number, None);
        }
        _ => deck::play_call(&mut model.desk, call),
    }
}

/// From the beginning, also what was left in its middle.
fn again(desk: &mut Desk) {
    deck::seek(desk, 0.0);
    if desk.deck.state == DeckState::Paused {
        deck::toggle(desk);
    }
}

/// A note at the play head, which moves on while it is written.
fn comment(model: &mut Model) {
    model.player.note = None;
    edits::note(model);
    if let Some(Overlay::Editor(editor)) = model.overlays.last_mut() {
        let Editor { at, .. } = editor.as_mut();
        *at = at.or_else(|| model.desk.deck.loaded.is_some().then(|| Tenths::from_seconds(model.desk.deck.position)));
        if model.calls.current().is_none_or(|call| !model.desk.deck.is_of(&call.id)) {
            *at = None;
        }
    }
}

/// What the player tells.
pub(super) fn told(model: &mut Model, event: Event) {
    let (moves, counts) = (matches!(event, Event::Position { .. }), matches!(event, Event::Heard { .. }));
    let before = sight::of(model);
    let call = model.desk.deck.loaded.as_ref().map(|loaded| loaded.call.clone());
    let followed = deck::heard(&mut model.desk, event) == Told::Followed;
    if let Some(call) = call.filter(|_| followed) {
        go_along(model, &call);
    }
    let calls = &model.calls;
    deck::follow_with(&mut model.desk, |call| next_recorded(calls, call));
    sight::follow(model);
    if (moves || counts) && !followed {
        model.dirty = before != sight::of(model);
    }
}

/// The call that follows in the list and has something to play.
fn next_recorded<'a>(calls: &'a Calls, call: &str) -> Option<(&'a wire::CallBody, usize)> {
    let mut rows = calls.list.rows().map(|row| &row.call).skip_while(|row| row.id != call);
    rows.next()?;
    rows.find_map(|call| Some((call, deck::playable(call)?)))
}

/// Another call plays by itself: who looked at the one before looks at this one.
fn go_along(model: &mut Model, from: &str) {
    let looked = model.calls.current().is_some_and(|call| call.id == from);
    let Some(to) = model.desk.deck.loaded.as_ref().map(|loaded| (loaded.call.clone(), loaded.recording.clone())) else { return };
    if looked && model.calls.list.go_to(&to.0) {
        model.player = crate::console::screens::player::Player::default();
        let recordings = model.calls.current().map(|call| &call.recordings);
        let number = recordings.and_then(|all| all.iter().position(|recording| recording.id == to.1));
        model.player.recording = number.unwrap_or(0);
        calls::moved(&mut model.calls, &mut model.desk);
    }
}

/// The cursor is about to step while the call under it plays: the call that it leaves.
pub(super) fn stepping(model: &Model, action: Action) -> Option<String> {
    let steps = matches!(action, Action::NextCall | Action::PreviousCall);
    let call = model.calls.current().filter(|_| steps)?;
    let deck = &model.desk.deck;
    let plays = deck.is_active() && deck.is_of(&call.id);
    (plays || deck.carries).then(|| call.id.clone())
}

/// The cursor has stepped: what is under it now plays on.
pub(super) fn stepped(model: &mut Model, from: &str) {
    let Some(call) = model.calls.current().filter(|call| call.id != from) else { return };
    match deck::playable(call) {
        Some(number) => {
            model.player.recording = number;
            deck::play_recording(&mut model.desk, call, number, None);
        }
        None => {
            if model.desk.deck.is_active() {
                deck::pause(&mut model.desk);
            }
            model.desk.deck.carries = true;
            model.desk.say("player-carries", &[]);
        }
    }
}

/// Sound comes out there from now on.
pub(super) fn choose_output(model: &mut Model, choose: Option<String>) {
    let deck = &mut model.desk.deck;
    deck.chosen_output.clone_from(&choose);
    deck.trouble = None;
    deck.output = None;
    let failed = deck.state == DeckState::Failed;
    model.desk.effect(Effect::Sound(SoundCommand::Output(choose)));
    if failed && model.desk.deck.loaded.is_some() {
        // It was loaded and only had nowhere to go.
        model.desk.deck.state = DeckState::Paused;
        deck::toggle(&mut model.desk);
    }
    model.desk.say("output-chosen", &[]);
}

/// Answers that open boxes wait for.
pub(super) fn answered(model: &mut Model, answer: Answer) {
    match answer {
        Answer::Outputs(outputs) => {
            for overlay in &mut model.overlays {
                if let Overlay::Outputs(open) = overlay {
                    open.learn(&outputs);
                }
            }
        }
        Answer::Collections(collections) => {
            for overlay in &mut model.overlays {
                if let Overlay::Collect(open) = overlay {
                    open.learn(&collections);
                }
            }
        }
        _ => {}
    }
}
