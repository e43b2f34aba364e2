//! What answers of the API do to the calls list.

use super::{
    Calls, Marks, customer, facets,
    looking::{self, moved},
    model::Again,
    news, totals, typing,
    update::more,
};
use crate::console::asking::QueryProblem;
use crate::{
    client::{CallsQuery, ClientError},
    console::{
        desk::Desk,
        effect::{Answer, Read, Slot},
    },
    domain::list::Count,
};

/// Takes an answer that is current.
pub fn answered(calls: &mut Calls, desk: &mut Desk, slot: Slot, answer: Result<Answer, ClientError>) {
    if matches!(slot, Slot::Peaks | Slot::Zoomed | Slot::Speech | Slot::Fresh | Slot::Clips) {
        return beside(calls, desk, slot, answer);
    }
    match (slot, answer) {
        (Slot::List, Ok(Answer::Page(page))) => {
            let goal = std::mem::take(&mut calls.goal);
            calls.query.problem = None;
            calls.refused = None;
            let whole = goal.after.is_none() && !goal.last && page.next.is_none() && page.previous.is_none();
            let whole = whole.then_some(Count { count: page.items.len() as u64, exact: true });
            calls.list.replace(page, goal.after, goal.on.as_deref(), &desk.zone);
            calls.head(desk);
            if let Some(again) = goal.again {
                stand_again(calls, desk, goal.on.as_deref(), &again);
            }
            if goal.last {
                calls.list.go_to_last();
            } else if calls.list.at_beginning() {
                // What was new is in the list now.
                calls.new_calls = 0;
            }
            calls.range = None;
            calls.above = 0;
            if !calls.is_figured() {
                (calls.count, calls.totals) = (whole, None);
            }
            if !std::mem::replace(&mut calls.begun, true) {
                desk.read(Slot::Revision, 0, Read::Revision(None));
            }
            moved(calls, desk);
            facets::want(calls, desk);
        }
        (Slot::List, Ok(Answer::Count(count))) => calls.count = Some(count),
        (Slot::List, Ok(Answer::Totals(totals))) => {
            let count = Count { count: totals.calls, exact: true };
            calls.figured = Some(calls.query.applied.clone());
            calls.summed.clone_from(&calls.figured);
            (calls.count, calls.totals) = (Some(count), Some(totals));
            if calls.query.applied.is_empty() {
                news::counted(calls, desk, count);
            }
        }
        (Slot::List, Ok(Answer::Jump { page, on })) => {
            calls.query.problem = None;
            if on.is_none() {
                desk.say("calls-none-before", &[]);
                return;
            }
            calls.list.replace(page, None, on.as_deref(), &desk.zone);
            calls.head(desk);
            if !calls.is_figured() {
                desk.read(Slot::List, 0, Read::Figures(CallsQuery::new(calls.query.applied.clone())));
            }
            moved(calls, desk);
        }
        (Slot::List, Err(error)) => refused(calls, desk, &error),
        (Slot::More, Ok(Answer::More { way, page })) => {
            if page.items.is_empty() {
                calls.list.seal(way);
            } else {
                let before = calls.list.cursor();
                calls.list.extend(way, page, &desk.zone);
                calls.head(desk);
                // A range begins at its call, wherever that stands now.
                let moved = calls.list.cursor().cast_signed() - before.cast_signed();
                calls.range = calls.range.map(|from| from.saturating_add_signed(moved));
            }
            more(calls, desk);
        }
        (Slot::All, Ok(Answer::Count(count))) => news::counted(calls, desk, count),
        (Slot::Detail, Ok(Answer::Detail(detail))) => {
            if let Some(call) = calls.list.call_mut(&detail.call.id) {
                call.clone_from(&detail.call);
                call.has_note = !detail.notes.is_empty();
            }
            calls.detail = Some(detail);
            looking::arrived(calls, desk);
        }
        (Slot::Detail, Err(error)) if error.problem().is_some_and(|problem| problem.status == 404) => gone(calls, desk),
        (Slot::Detail, Err(error)) if error.problem().is_some_and(|problem| problem.status == 403) => {
            (calls.detail, calls.wants_why) = (None, false);
            desk.warn("calls-not-for-you", &[]);
        }
        (Slot::Detail, Err(error)) => {
            calls.detail = None;
            calls.wants_why = false;
            desk.fail("read-failed", &[("why", &error.to_string())]);
        }
        (Slot::Totals, answer) => totals::answered(calls, desk, answer),
        (Slot::Customer, answer) => customer::answered(calls, desk, answer),
        (Slot::Revision, Ok(Answer::Revision(revision))) => news::revised(calls, desk, revision),
        (Slot::Revision, Err(_)) => news::failed(desk),
        (Slot::Facets, Ok(Answer::Facets { q, facets })) => facets::answered(calls, q, facets),
        (Slot::Values, Ok(Answer::Values(values))) => {
            calls.values = Some(values);
            typing::learned(calls, desk);
        }
        (Slot::Views, Ok(Answer::Views(views))) => {
            if let Some(values) = &mut calls.values {
                values.views.clone_from(&views);
            }
            calls.views = Some(views);
            calls.views_came = true;
        }
        (Slot::Names, Ok(Answer::Names { of, names })) => {
            calls.query.customers = Some((of, names));
            typing::learned(calls, desk);
        }
        (Slot::Values | Slot::Names | Slot::Facets | Slot::All, Err(_)) => {}
        (_, Err(error)) => desk.fail("read-failed", &[("why", &error.to_string())]),
        (_, Ok(_)) => {}
    }
}

/// What belongs to the call on the screen, or stands above what is seen. A waveform that cannot be had is not worth a message;
/// the detail says what is known of the file.
fn beside(calls: &mut Calls, desk: &mut Desk, slot: Slot, answer: Result<Answer, ClientError>) {
    match (slot, answer) {
        (Slot::Peaks, Ok(Answer::Peaks(peaks))) => calls.peaks = Some(peaks),
        (Slot::Zoomed, Ok(Answer::Peaks(peaks))) => calls.zoomed = Some(peaks),
        (Slot::Speech, Ok(Answer::Speech(speech))) => calls.speech = Some(speech),
        (Slot::Fresh, Ok(Answer::Fresh(page))) => news::arrived(calls, desk, page),
        (Slot::Clips, Ok(Answer::Clips { call, clips })) => calls.clips = Some((call, clips)),
        (Slot::Peaks | Slot::Zoomed | Slot::Speech, Err(error))
            if error.problem().is_some_and(|problem| problem.status == 403) =>
        {
            desk.deaf = calls.current_detail().and_then(|detail| Some(detail.call.recordings.first()?.id.clone()));
        }
        _ => {}
    }
}

/// The list was loaded anew: the cursor stands on its call and on its line, or on the first of those below it that is left.
fn stand_again(calls: &mut Calls, desk: &mut Desk, on: Option<&str>, again: &Again) {
    let there = |calls: &mut Calls, id: &str| calls.list.go_to(id);
    if !on.is_some_and(|id| there(calls, id)) {
        let next = again.below.iter().any(|id| there(calls, id));
        if !next {
            calls.list.go_to_last();
        }
        if !calls.list.is_empty() {
            desk.warn("calls-gone-after-loading", &[]);
        }
    }
    calls.list.put_on_line(again.line);
}

/// The call that was to be read is not there any more.
fn gone(calls: &mut Calls, desk: &mut Desk) {
    calls.wants_why = false;
    let Some(id) = calls.asked.take() else { return };
    let current = calls.current().is_some_and(|call| call.id == id);
    calls.list.remove(&id);
    if calls.detail.as_ref().is_some_and(|detail| detail.call.id == id) {
        calls.detail = None;
    }
    if let Marks::Calls(marked) = &mut calls.marks {
        marked.remove(&id);
    }
    calls.figured = None;
    if current {
        calls.gone = true;
        desk.warn("calls-gone", &[]);
        moved(calls, desk);
    }
}

fn refused(calls: &mut Calls, desk: &mut Desk, error: &ClientError) {
    match error.problem() {
        Some(problem) if problem.status == 400 => {
            let position = problem.position.map(|at| (at, problem.length.unwrap_or(1)));
            calls.query.problem = Some(QueryProblem { position, message: problem.detail.clone() });
        }
        _ => {
            calls.refused = Some(error.to_string());
            desk.fail("read-failed", &[("why", &error.to_string())]);
        }
    }
}
