//! Typing into the query line: the list follows, Tab completes, Up and Down bring earlier queries.

use super::{Calls, chips, completion, model::Goal, update::reload};
use crate::console::asking::{Offer, Offers};
use crate::{
    console::{
        desk::Desk,
        effect::{Read, Slot, Values},
        input::{Code, Input},
        undo::{How, Undo},
    },
    domain::query,
};

/// Keys that come together are one query: so long is waited before it runs.
const TYPING_MS: u64 = 30;
/// On a dear line a list that lasts for one key only is not worth its bytes.
const TYPING_REMOTE_MS: u64 = 120;
/// Names of customers are looked for once nothing is typed for so long.
const NAMES_MS: u64 = 150;

/// Typing into the query line; true once editing has ended.
pub fn input(calls: &mut Calls, desk: &mut Desk, input: &Input) -> bool {
    let key = match input {
        Input::Paste(text) => {
            if !calls.query.input.paste(text) {
                desk.warn("paste-cut", &[]);
            }
            typed(calls, desk);
            return false;
        }
        Input::Key(key) => *key,
    };
    match (key.code, key.ctrl) {
        (Code::Enter, _) => {
            accept(calls, desk);
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
                run_typed(calls, desk);
            }
        }
        (Code::Down, _) => {
            if calls.query.walk(false) {
                run_typed(calls, desk);
            }
        }
        _ => match calls.query.input.key(key) {
            Some(true) => typed(calls, desk),
            Some(false) => calls.query.offers = None,
            None => {}
        },
    }
    false
}

/// Enter: what is written holds.
fn accept(calls: &mut Calls, desk: &mut Desk) {
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
}

/// A box writes the query: the list follows, and nothing is remembered yet.
pub fn preview(calls: &mut Calls, desk: &mut Desk, query: &str) {
    calls.query.input.set(query);
    run_typed(calls, desk);
}

/// The query that a box wrote holds; undo brings the one before back.
pub fn settle(calls: &mut Calls, desk: &mut Desk, before: &str) {
    before.clone_into(&mut calls.query.before);
    calls.query.input.set(calls.query.applied.clone());
    accept(calls, desk);
}

/// A box was left: the query is the one before.
pub fn unsettle(calls: &mut Calls, desk: &mut Desk, before: &str) {
    if calls.query.applied != before {
        before.clone_into(&mut calls.query.before);
        calls.query.cancel();
        reload(calls, desk, 0);
    }
}

fn typed(calls: &mut Calls, desk: &mut Desk) {
    calls.query.typed();
    run_typed(calls, desk);
    offer(calls, desk);
}

fn run_typed(calls: &mut Calls, desk: &mut Desk) {
    calls.query.offers = None;
    calls.query.applied = calls.query.input.text().trim().to_owned();
    calls.query.problem = None;
    calls.goal = Goal::default();
    reload(calls, desk, if desk.setup.remote { TYPING_REMOTE_MS } else { TYPING_MS });
}

/// Names of this company came, or of customers.
pub fn learned(calls: &mut Calls, desk: &mut Desk) {
    if calls.query.editing && calls.query.offers.as_ref().is_none_or(|offers| offers.at.is_none()) {
        offer(calls, desk);
    }
}

/// Finds what can stand at the cursor, as soon as something is typed there.
fn offer(calls: &mut Calls, desk: &mut Desk) {
    let line = &mut calls.query;
    line.offers = None;
    let (text, at) = (line.input.text(), line.input.at());
    let Some(typing) = query::typing(text, at) else { return };
    if typing.field.is_none() && typing.typed.is_empty() {
        return;
    }
    let none = Values::default();
    let values = calls.values.as_ref().unwrap_or(&none);
    let mut found = completion::complete(text, at, values, &chips::context(desk));
    let sought = typing.field.is_some_and(|field| ["name", "from", "to", "num"].contains(&field.to_ascii_lowercase().as_str()))
        && typing.typed.chars().filter(|character| character.is_alphabetic()).count() > 1;
    if sought {
        match &line.customers {
            Some((of, names)) if of == typing.typed => {
                let offers: Vec<Offer> = completion::customers(typing.typed, names);
                if !offers.is_empty() {
                    found = Some((typing.start..typing.end, offers));
                }
            }
            _ => desk.read(Slot::Names, NAMES_MS, Read::Names(typing.typed.to_owned())),
        }
    }
    line.offers = found.map(|(range, list)| Offers { range, list, at: None });
}

/// Tab: the next completion of the word at the cursor; or what is offered in place of a word that is wrong.
fn complete(calls: &mut Calls, desk: &mut Desk, forward: bool) {
    if calls.query.offers.is_none() {
        let line = &mut calls.query;
        if let Some((range, meant)) = line.problem.as_ref().and_then(|problem| problem.suggestion(line.input.text())) {
            line.input.replace(range, &meant);
            typed(calls, desk);
            return;
        }
        let none = Values::default();
        let values = calls.values.as_ref().unwrap_or(&none);
        let line = &calls.query;
        let found = completion::complete(line.input.text(), line.input.at(), values, &chips::context(desk));
        let Some((range, list)) = found else {
            desk.say("no-completion", &[]);
            return;
        };
        calls.query.offers = Some(Offers { range, list, at: None });
    }
    let Some(mut offers) = calls.query.offers.take() else { return };
    let count = offers.list.len();
    let at = match offers.at {
        None if forward => 0,
        None => count - 1,
        Some(at) => (if forward { at + 1 } else { at + count - 1 }) % count,
    };
    offers.at = Some(at);
    if let Some(offer) = offers.list.get(at) {
        calls.query.input.replace(offers.range.clone(), &offer.text);
        offers.range.end = offers.range.start + offer.text.len();
    }
    run_typed(calls, desk);
    calls.query.offers = Some(offers);
}
