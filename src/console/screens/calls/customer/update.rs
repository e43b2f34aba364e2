//! What opens it, fills it, and moves in it.

use super::{
    CustomerPage,
    lines::{Target, lines},
};
use crate::{
    client::{CallsQuery, ClientError},
    console::{
        desk::Desk,
        effect::{Answer, Read, Slot},
        keymap::Action,
        screens::calls::{Calls, columns::Class, model::Goal, requery::change_query, update::reload},
    },
    domain::{call::Direction, query::edit},
    wire::CallBody,
};

/// Calls of the customer's own list.
const CALLS: usize = 50;

/// Opens it on the call under the cursor, or closes it.
pub fn toggle(calls: &mut Calls, desk: &mut Desk) {
    if calls.customer.is_some() {
        close(calls, desk);
        return;
    }
    if calls.current().is_none() {
        desk.say("no-call-here", &[]);
        return;
    }
    // Where it lies over the list there is nothing else to go to.
    let focused = Class::of(desk.size.0) == Class::Narrow;
    calls.customer = Some(Box::new(CustomerPage { focused, nothing: Some(""), ..CustomerPage::default() }));
    follow(calls, desk);
}

fn close(calls: &mut Calls, desk: &mut Desk) {
    desk.supersede(Slot::Customer);
    calls.customer = None;
}

/// The cursor has paused on a call: what is opened beside the list tells of it.
pub fn follow(calls: &mut Calls, desk: &mut Desk) {
    let found = calls.current().map(party);
    let (Some(page), Some(found)) = (calls.customer.as_deref_mut(), found) else { return };
    let focused = page.focused;
    match found {
        Ok(number) => {
            if page.number.as_deref() != Some(number.as_str()) {
                *page = CustomerPage { number: Some(number.clone()), focused, ..CustomerPage::default() };
                desk.read(Slot::Customer, 0, Read::Number(number));
            }
        }
        Err(why) => {
            desk.supersede(Slot::Customer);
            *page = CustomerPage { nothing: Some(why), focused, ..CustomerPage::default() };
        }
    }
}

/// The outside number of a call, or the part of the catalogue's id that says why there is none.
fn party(call: &CallBody) -> Result<String, &'static str> {
    match (call.direction, call.other_party()) {
        (Direction::Internal, _) => Err("internal"),
        (_, None) => Err("withheld"),
        (_, Some(number)) => Ok(number.to_owned()),
    }
}

/// Takes an answer; one that came too late is nothing.
pub fn answered(calls: &mut Calls, desk: &mut Desk, answer: Result<Answer, ClientError>) {
    let Some(page) = calls.customer.as_deref_mut() else { return };
    match answer {
        Ok(Answer::Number(body)) => {
            let query = CallsQuery { limit: Some(CALLS), total: Some(false), ..CallsQuery::new(body.query.clone()) };
            page.body = Some(body);
            desk.read(Slot::Customer, 0, Read::Page { query, figures: false });
        }
        Ok(Answer::Page(found)) => page.calls = Some(found.items),
        Ok(_) => {}
        Err(error) => page.refused = Some(error.to_string()),
    }
}

/// Runs an action while the keys go to it; false if it has no meaning there.
pub fn act(calls: &mut Calls, desk: &mut Desk, action: Action) -> bool {
    let Some(page) = calls.customer.as_deref_mut() else { return false };
    let wide = Class::of(desk.size.0) == Class::Wide;
    if !page.focused {
        return match action {
            Action::NextPart | Action::PreviousPart => {
                page.focused = true;
                true
            }
            Action::Back => {
                close(calls, desk);
                true
            }
            _ => false,
        };
    }
    let last = lines(page, desk, super::view::text_columns(desk)).len().saturating_sub(1);
    match action {
        Action::Down => page.at = (page.at + 1).min(last),
        Action::Up => page.at = page.at.saturating_sub(1),
        Action::PageDown | Action::HalfDown => page.at = (page.at + 10).min(last),
        Action::PageUp | Action::HalfUp => page.at = page.at.saturating_sub(10),
        Action::First => page.at = 0,
        Action::Last => page.at = last,
        Action::NextPart | Action::PreviousPart if wide => page.focused = false,
        Action::NextPart | Action::PreviousPart => {}
        Action::Open => open(calls, desk),
        Action::CustomerCalls => all_calls(calls, desk),
        Action::Refresh => {
            page.number = None;
            follow(calls, desk);
        }
        Action::Back | Action::Quit | Action::Customer => close(calls, desk),
        _ => return false,
    }
    true
}

/// Opens what the line under the cursor names.
fn open(calls: &mut Calls, desk: &mut Desk) {
    let Some(page) = calls.customer.as_deref() else { return };
    let target = lines(page, desk, super::view::text_columns(desk)).into_iter().nth(page.at).and_then(|line| line.target);
    match target {
        None => desk.say("customer-nothing-here", &[]),
        Some(Target::Calls) => all_calls(calls, desk),
        Some(Target::Call(id)) => {
            let query = page.body.as_ref().map(|body| body.query.clone()).unwrap_or_default();
            show(calls, desk, &query, Some(id));
        }
        Some(Target::Term(term)) => {
            let applied = calls.query.applied.clone();
            let narrowed = if edit::has(&applied, &term) { Ok(applied) } else { edit::toggle(&applied, &term) };
            match narrowed {
                Ok(query) => show(calls, desk, &query, None),
                Err(error) => desk.fail("read-failed", &[("why", &error.to_string())]),
            }
        }
    }
}

/// The list shows all calls with the customer.
fn all_calls(calls: &mut Calls, desk: &mut Desk) {
    let query = calls.customer.as_ref().and_then(|page| page.body.as_ref()).map(|body| body.query.clone());
    match query {
        Some(query) => show(calls, desk, &query, None),
        None => desk.say("customer-nothing-here", &[]),
    }
}

/// Runs a query in the list, with the cursor on a call; over the list it makes room for it.
fn show(calls: &mut Calls, desk: &mut Desk, query: &str, on: Option<String>) {
    if Class::of(desk.size.0) == Class::Narrow {
        close(calls, desk);
    } else if let Some(page) = calls.customer.as_deref_mut() {
        page.focused = false;
    }
    if let Some(id) = &on
        && calls.query.applied == query
        && calls.list.go_to(id)
    {
        crate::console::screens::calls::moved(calls, desk);
        return;
    }
    change_query(calls, desk, query);
    if on.is_some() {
        calls.goal = Goal { on, ..Goal::default() };
        reload(calls, desk, 0);
    }
}
