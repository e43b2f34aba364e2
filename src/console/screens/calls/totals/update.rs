//! What opens the box, fills it, and moves in it.

use super::{Part, Scope, TotalsPage};
use crate::{
    client::ClientError,
    console::{
        desk::Desk,
        effect::{Answer, Read, Slot},
        keymap::Action,
        screens::calls::{Calls, Marks, requery::change_query},
    },
    domain::{facet, query::edit},
};

/// Marked calls whose ids are asked for in one query.
const IDS: usize = 400;

/// Opens the box on what is marked, else on what is filtered.
pub fn open(calls: &mut Calls, desk: &mut Desk) {
    let (scope, queries) = match &calls.marks {
        Marks::Query(query) => (Scope::MarkedQuery, vec![query.clone()]),
        Marks::Calls(marked) if !marked.is_empty() => {
            let ids: Vec<&str> = marked.iter().map(String::as_str).collect();
            (Scope::Marked(ids.len()), ids.chunks(IDS).map(|ids| format!("id:{}", ids.join(","))).collect())
        }
        Marks::Calls(_) | Marks::None => (Scope::Filtered, vec![calls.query.applied.clone()]),
    };
    let page = TotalsPage {
        scope,
        queries,
        part: Part::default(),
        order: super::Order::default(),
        summary: None,
        shares: std::collections::BTreeMap::new(),
        at: 0,
        refused: None,
    };
    desk.read(Slot::Totals, 0, Read::Summary(page.asked("direction")));
    calls.totals_page = Some(Box::new(page));
}

/// Takes an answer for the box; one that came too late for it is nothing.
pub fn answered(calls: &mut Calls, desk: &mut Desk, answer: Result<Answer, ClientError>) {
    let Some(page) = calls.totals_page.as_deref_mut() else { return };
    match answer {
        Ok(Answer::Summary(summary)) => {
            page.summary = Some(summary);
            fill(page, desk);
        }
        Ok(Answer::Breakdown { by, mut shares }) => {
            // The newest day is what one looks for first.
            if by == Part::Day.field() {
                shares.reverse();
            }
            if let Some(part) = Part::ALL.iter().find(|part| part.field() == by) {
                page.shares.insert(*part, shares);
            }
            fill(page, desk);
        }
        Ok(_) => {}
        Err(error) => page.refused = Some(error.to_string()),
    }
}

/// Asks for the table that is shown, if it is not there yet.
fn fill(page: &TotalsPage, desk: &mut Desk) {
    if page.summary.is_some() && !page.shares.contains_key(&page.part) && !desk.is_busy(Slot::Totals) {
        desk.read(Slot::Totals, 0, Read::Breakdown(page.asked(page.part.field())));
    }
}

/// Runs an action of the box; false if it has no meaning there.
pub fn act(calls: &mut Calls, desk: &mut Desk, action: Action) -> bool {
    let Some(page) = calls.totals_page.as_deref_mut() else { return false };
    let last = page.rows().len().saturating_sub(1);
    match action {
        Action::Down => page.at = (page.at + 1).min(last),
        Action::Up => page.at = page.at.saturating_sub(1),
        Action::PageDown | Action::HalfDown => page.at = (page.at + 10).min(last),
        Action::PageUp | Action::HalfUp => page.at = page.at.saturating_sub(10),
        Action::First => page.at = 0,
        Action::Last => page.at = last,
        Action::NextPart | Action::PreviousPart => {
            page.part = page.part.next(if action == Action::NextPart { 1 } else { -1 });
            page.at = 0;
            // What is on its way is of another table; the sums are waited for.
            if page.summary.is_some() {
                desk.supersede(Slot::Totals);
                fill(page, desk);
            }
        }
        Action::Sort => {
            page.order = page.order.next();
            page.at = 0;
        }
        Action::Refresh => open(calls, desk),
        Action::Open => narrow(calls, desk),
        Action::Back | Action::Quit | Action::Totals => close(calls, desk),
        _ => return false,
    }
    true
}

fn close(calls: &mut Calls, desk: &mut Desk) {
    desk.supersede(Slot::Totals);
    calls.totals_page = None;
}

/// Narrows the list to the row under the cursor.
fn narrow(calls: &mut Calls, desk: &mut Desk) {
    let Some(page) = calls.totals_page.as_deref() else { return };
    let rows = page.rows();
    let Some(row) = rows.get(page.at) else {
        desk.say("totals-nothing-here", &[]);
        return;
    };
    let names = calls.values.iter().flat_map(|values| values.of(page.part.field()));
    let known = rows.iter().filter_map(|row| row.value.as_deref()).chain(names.map(|known| known.name.as_str()));
    let Some(term) = facet::term(page.part.field(), row.value.as_deref(), known) else {
        desk.say("totals-no-term", &[]);
        return;
    };
    let query = &calls.query.applied;
    let exact = term.replacen(':', ":=", 1);
    let narrowed =
        if edit::has(query, &term) || edit::has(query, &exact) { Ok(query.clone()) } else { edit::toggle(query, &term) };
    match narrowed {
        Ok(query) => {
            close(calls, desk);
            change_query(calls, desk, &query);
        }
        Err(error) => desk.fail("read-failed", &[("why", &error.to_string())]),
    }
}
