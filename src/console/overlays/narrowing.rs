//! Keys of a list that typing narrows.

use crate::console::{
    input::{Code, Key},
    widgets::LineInput,
};

/// Lines of a page.
const PAGE: usize = 10;

/// Moves the cursor, or types; what is typed begins at the first line again. `last`: the last line that is shown.
pub(super) fn narrow(key: Key, filter: &mut LineInput, at: &mut usize, last: usize) {
    match key.code {
        Code::Down => *at = (*at + 1).min(last),
        Code::Up => *at = at.saturating_sub(1),
        Code::PageDown => *at = (*at + PAGE).min(last),
        Code::PageUp => *at = at.saturating_sub(PAGE),
        _ => {
            if filter.key(key) == Some(true) {
                *at = 0;
            }
        }
    }
}
