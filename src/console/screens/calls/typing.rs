//! Typing into the query line: the list follows, Tab completes, Up and Down bring earlier queries.

use super::{Calls, model::Goal, query_line::Offers, update::reload};
use crate::console::{
    desk::Desk,
    effect::{Slot, Values},
    input::{Code, Input},
    undo::{How, Undo},
};

/// Keys that come together are one query: so long is waited before it runs.
const TYPING_MS: u64 = 30;
/// On a dear line a list that lasts for one key only is not worth its bytes.
const TYPING_REMOTE_MS: u64 = 120;

/// Typing into the query line; true once editing has ended.
pub fn input(calls: &mut Calls, desk: &mut Desk, input: &Input) -> bool {
    let key = match input {
        Input::Paste(text) => {
            calls.query.input.paste(text);
            typed(calls, desk);
            return false;
        }
        Input::Key(key) => *key,
    };
    match (key.code, key.ctrl) {
        (Code::Enter, _) => {
            let before = calls.query.before.clone();
            let waiting = desk.is_busy(Slot::List) || calls.query.input.text().trim() != calls.query.applied;
            calls.query.commit();
            if calls.query.applied != before {
                desk.undo.push(Undo { what: desk.setup.texts.get("undo-query"), how: How::Query(before) });
            }
            if waiting {
                calls.goal = Goal::default();
                reload(calls, desk, 0);
            }
            return true;
        }
        (Code::Esc, _) | (Code::Char('c'), true) => {
            calls.query.cancel();
            reload(calls, desk, 0);
            return true;
        }
        (Code::Tab, _) => complete(calls, desk, true),
        (Code::BackTab, _) => complete(calls, desk, false),
        (Code::Up, _) => {
            if calls.query.walk(true) {
                typed(calls, desk);
            }
        }
        (Code::Down, _) => {
            if calls.query.walk(false) {
                typed(calls, desk);
            }
        }
        _ => {
            if calls.query.input.key(key) == Some(true) {
                typed(calls, desk);
            }
        }
    }
    false
}

fn typed(calls: &mut Calls, desk: &mut Desk) {
    calls.query.offers = None;
    run_typed(calls, desk);
}

fn run_typed(calls: &mut Calls, desk: &mut Desk) {
    calls.query.applied = calls.query.input.text().trim().to_owned();
    calls.query.problem = None;
    calls.goal = Goal::default();
    reload(calls, desk, if desk.setup.remote { TYPING_REMOTE_MS } else { TYPING_MS });
}

/// Tab: the next completion of the word at the cursor.
fn complete(calls: &mut Calls, desk: &mut Desk, forward: bool) {
    let line = &mut calls.query;
    if let Some(offers) = &mut line.offers {
        let count = offers.words.len();
        offers.at = if forward { offers.at + 1 } else { offers.at + count - 1 } % count;
        let word = offers.words[offers.at].clone();
        line.input.replace(offers.range.clone(), &word);
        offers.range.end = offers.range.start + word.len();
    } else {
        let none = Values::default();
        let Some((range, words)) =
            super::completion::complete(line.input.text(), line.input.at(), calls.values.as_ref().unwrap_or(&none))
        else {
            desk.say("no-completion", &[]);
            return;
        };
        line.input.replace(range.clone(), &words[0]);
        let end = range.start + words[0].len();
        line.offers = Some(Offers { range: range.start..end, words, at: 0 });
    }
    run_typed(calls, desk);
}
