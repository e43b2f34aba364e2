//! What actions do on the screen of one call.

use super::{Player, Shown, marks::notes_in_order};
use crate::console::{desk::Desk, keymap::Action};

/// Runs an action; false if it has no meaning here.
pub fn act(player: &mut Player, desk: &mut Desk, shown: &Shown<'_>, action: Action) -> bool {
    let detail = shown.detail;
    let notes = detail.map_or(0, |detail| detail.notes.len());
    let things = notes + shown.clips.len();
    let (last, page) = super::view::extent(player, shown, desk);
    // Pages turned before the text has come are turned when it comes; the view stops at its end.
    let last = if detail.is_some() { last } else { usize::MAX };
    player.top = player.top.min(last);
    match action {
        Action::NextPart | Action::PreviousPart if things == 0 => desk.say("no-notes", &[]),
        Action::NextPart | Action::PreviousPart => {
            let mut order = detail.map(notes_in_order).unwrap_or_default();
            order.extend(notes..things);
            let place = player.note.and_then(|note| order.iter().position(|number| *number == note));
            let place = match (place, action) {
                (None, Action::NextPart) => Some(0),
                (None, _) => things.checked_sub(1),
                (Some(at), Action::NextPart) => Some(at + 1),
                (Some(at), _) => at.checked_sub(1),
            };
            player.note = place.and_then(|at| order.get(at).copied());
            match player.note {
                Some(note) if note >= notes => desk.say("clip-chosen", &[]),
                Some(_) => desk.say("note-chosen", &[]),
                None => {}
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
