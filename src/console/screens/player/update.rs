//! What actions do on the screen of one call.

use super::{Player, Shown};
use crate::console::{deck, desk::Desk, keymap::Action};

/// Runs an action; false if it has no meaning here.
pub fn act(player: &mut Player, desk: &mut Desk, shown: &Shown<'_>, action: Action) -> bool {
    let (call, detail) = (shown.call, shown.detail);
    let position = desk.deck.position;
    let notes = detail.map_or(0, |detail| detail.notes.len());
    let (last, page) = super::view::extent(player, shown, desk);
    // Pages turned before the text has come are turned when it comes; the view stops at its end.
    let last = if detail.is_some() { last } else { usize::MAX };
    player.top = player.top.min(last);
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
        Action::Down => player.top = player.top.saturating_add(1).min(last),
        Action::Up => player.top = player.top.saturating_sub(1),
        Action::PageDown => player.top = player.top.saturating_add(page).min(last),
        Action::HalfDown => player.top = player.top.saturating_add(page.div_ceil(2)).min(last),
        Action::PageUp => player.top = player.top.saturating_sub(page),
        Action::HalfUp => player.top = player.top.saturating_sub(page.div_ceil(2)),
        Action::First => player.top = 0,
        Action::Last => player.top = last,
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
