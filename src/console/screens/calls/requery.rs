//! Another query in the line, from elsewhere than typing.

use super::{Calls, model::Goal, update::reload};
use crate::{
    console::{
        desk::Desk,
        undo::{How, Undo},
    },
    domain::query::Sort,
};

/// Puts another query into the line and runs it; undo brings the old one back.
pub fn change_query(calls: &mut Calls, desk: &mut Desk, query: &str) {
    if let Some(before) = put(calls, desk, query) {
        desk.undo.push(Undo { what: desk.setup.texts.get("undo-query"), how: How::Query(before) });
    }
}

/// Runs another query; gives the one before.
fn put(calls: &mut Calls, desk: &mut Desk, query: &str) -> Option<String> {
    if calls.query.applied == query {
        return None;
    }
    let before = std::mem::replace(&mut calls.query.applied, query.to_owned());
    calls.query.input.set(query);
    calls.query.problem = None;
    calls.goal = Goal::default();
    reload(calls, desk, 0);
    Some(before)
}

/// Query and order of a view hold from now on; undo brings the query before back.
pub fn apply_view(calls: &mut Calls, desk: &mut Desk, query: &str, sort: Option<Sort>) {
    let sorted = calls.sort != sort;
    calls.sort = sort;
    if calls.query.applied != query {
        change_query(calls, desk, query);
    } else if sorted {
        calls.goal = Goal::default();
        reload(calls, desk, 0);
    }
}

/// Brings an earlier query back without remembering the one that goes.
pub fn restore_query(calls: &mut Calls, desk: &mut Desk, query: &str) {
    put(calls, desk, query);
}
