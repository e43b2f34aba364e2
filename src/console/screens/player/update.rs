//! What actions do on the screen of one call.

use super::Player;
use crate::{
    console::{deck, desk::Desk, keymap::Action},
    wire::CallBody,
};

/// Runs an action; false if it has no meaning here.
pub fn act(player: &mut Player, desk: &mut Desk, call: Option<&CallBody>, notes: usize, action: Action) -> bool {
    let position = desk.deck.position;
    match action {
        Action::NextPart | Action::PreviousPart if notes == 0 => desk.say("no-notes", &[]),
        Action::NextPart | Action::PreviousPart => {
            player.note = match (player.note, action) {
                (None, Action::NextPart) => Some(0),
                (None, _) => notes.checked_sub(1),
                (Some(at), Action::NextPart) => Some(at + 1).filter(|at| *at < notes),
                (Some(at), _) => at.checked_sub(1),
            };
            if player.note.is_some() {
                desk.say("note-chosen", &[]);
            }
        }
        Action::Down => player.top += 1,
        Action::Up => player.top = player.top.saturating_sub(1),
        Action::PageDown | Action::HalfDown => player.top += 8,
        Action::PageUp | Action::HalfUp => player.top = player.top.saturating_sub(8),
        Action::First => player.top = 0,
        Action::Last => player.top = usize::MAX / 2,
        Action::Play | Action::Open => match call {
            Some(call) => deck::play_call(desk, call),
            None => desk.say("no-call-here", &[]),
        },
        Action::Back5 => deck::seek(desk, position - 5.0),
        Action::On5 => deck::seek(desk, position + 5.0),
        Action::Back1 => deck::seek(desk, position - 1.0),
        Action::On1 => deck::seek(desk, position + 1.0),
        Action::Back30 => deck::seek(desk, position - 30.0),
        Action::On30 => deck::seek(desk, position + 30.0),
        Action::NextCall | Action::PreviousCall => {
            *player = Player::default();
            return false;
        }
        _ => return false,
    }
    true
}

/// Actions of the list that have the same meaning on this screen.
pub const fn passes_on(action: Action) -> bool {
    matches!(action, Action::NextCall | Action::PreviousCall | Action::Flag | Action::Refresh)
}
