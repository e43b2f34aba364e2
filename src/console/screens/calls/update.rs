//! What messages and actions do to the calls list.

use std::collections::HashMap;

use super::{
    Calls, List, Marks, Way, chips, columns, customer, facets,
    list::PAGE,
    looking::{self, moved},
    model::{Again, Goal},
    news,
    requery::change_query,
    totals,
};
use crate::{
    client::CallsQuery,
    console::{
        deck,
        desk::Desk,
        effect::{Read, Slot, Write},
        keymap::Action,
        message::Written,
        tasks::Role,
        undo::{How, Undo},
        widgets::grouped,
    },
    domain::query::{Sort, SortField},
    wire::{Changed, ChangedCall, Changes},
};

/// Rows that are read at once where a list is loaded anew.
const AGAIN: usize = 300;

/// The connection is up: the list fills. The first page waits for nothing else.
pub fn begin(calls: &mut Calls, desk: &mut Desk) {
    calls.begun = false;
    reload(calls, desk, 0);
}

/// The line of the cursor; where the list stood at its beginning what came is to be seen above it.
fn line_with_fresh(calls: &Calls) -> usize {
    let line = calls.list.line_of_cursor().unwrap_or(0);
    let above = if calls.list.top() == calls.above { calls.above } else { 0 };
    if above == 0 { line } else { (line + above).min(calls.list.height.saturating_sub(1)) }
}

/// Reads the first page again, the cursor staying on its call.
pub fn refresh(calls: &mut Calls, desk: &mut Desk) {
    let on = calls.current().map(|call| call.id.clone());
    let again = on.is_some().then(|| Again {
        before: calls.list.behind_screen(),
        below: calls.list.below(),
        line: line_with_fresh(calls),
    });
    if calls.new_calls == 0 {
        calls.fresh.clear();
    }
    calls.goal = Goal { on, again, ..Goal::default() };
    calls.new_calls = 0;
    calls.figured = None;
    facets::refresh(calls);
    calls.values = None;
    calls.revision = None;
    begin(calls, desk);
}

pub(super) fn reload(calls: &mut Calls, desk: &mut Desk, after_ms: u64) {
    if !desk.up() {
        return;
    }
    desk.supersede(Slot::More);
    desk.supersede(Slot::Fresh);
    facets::superseded(calls, desk);
    let query = CallsQuery {
        q: calls.query.applied.clone(),
        sort: calls.sort_word(),
        limit: Some(if calls.goal.again.is_some() { AGAIN } else { PAGE }),
        after: calls.goal.after.clone(),
        before: match &calls.goal.again {
            Some(again) => Some(again.before.clone()),
            None => calls.goal.last.then(|| "end".to_owned()),
        },
        total: Some(false),
        ..CallsQuery::default()
    };
    let figures = !calls.is_figured();
    desk.read(Slot::List, after_ms, Read::Page { query, figures });
}

/// Goes to the calls of a date without filtering: `until` is a value of the query language's `date:`.
pub fn jump_to_date(calls: &mut Calls, desk: &mut Desk, until: &str) {
    let applied = &calls.query.applied;
    let near = if applied.is_empty() { format!("date:..{until}") } else { format!("({applied}) date:..{until}") };
    calls.sort = Some(Sort::default());
    let list = CallsQuery { q: applied.clone(), sort: calls.sort_word(), limit: Some(PAGE), ..CallsQuery::default() };
    let near = CallsQuery { q: near, limit: Some(2), ..list.clone() };
    desk.read(Slot::List, 0, Read::Jump { near, list });
}

/// Orders the list.
pub fn set_sort(calls: &mut Calls, desk: &mut Desk, sort: Sort) {
    calls.sort = Some(sort);
    calls.goal = Goal::default();
    reload(calls, desk, 0);
}

/// A waiting time is over.
pub fn due(calls: &mut Calls, desk: &mut Desk, slot: Slot) {
    match slot {
        Slot::Revision => news::due(calls, desk),
        Slot::Detail => looking::paused(calls, desk),
        _ => {}
    }
}

pub(super) fn more(calls: &Calls, desk: &mut Desk) {
    if desk.is_busy(Slot::More) || desk.is_busy(Slot::List) {
        return;
    }
    if let Some((way, cursor)) = calls.list.wanted() {
        let mut query =
            CallsQuery { q: calls.query.applied.clone(), sort: calls.sort_word(), limit: Some(PAGE), ..CallsQuery::default() };
        match way {
            Way::Down => query.after = Some(cursor),
            Way::Up => query.before = Some(cursor),
        }
        desk.read(Slot::More, 0, Read::More { way, query });
    }
}

/// Runs an action of what lies over the list or beside it; false if it is for others.
pub fn act_over(calls: &mut Calls, desk: &mut Desk, action: Action) -> bool {
    let covered = calls.totals_page.is_some() || calls.customer.as_ref().is_some_and(|page| page.focused);
    let taken = if calls.totals_page.is_some() {
        totals::act(calls, desk, action)
    } else {
        calls.customer.is_some() && customer::act(calls, desk, action)
    };
    if taken || !covered {
        return taken;
    }
    match action {
        Action::Query | Action::QueryClear | Action::Form | Action::Views | Action::Undo | Action::Redo => {
            calls.totals_page = None;
            if let Some(page) = calls.customer.as_deref_mut() {
                page.focused = false;
                if columns::Class::of(desk.size.0) == columns::Class::Narrow {
                    calls.customer = None;
                }
            }
            false
        }
        Action::Help | Action::Palette | Action::Messages | Action::Redraw | Action::Suspend | Action::Cancel | Action::Mouse => {
            false
        }
        _ => {
            desk.say("box-first", &[]);
            true
        }
    }
}

/// Runs an action of the list; false if it has no meaning here.
pub fn act(calls: &mut Calls, desk: &mut Desk, action: Action) -> bool {
    if facets::act(calls, desk, action) {
        return true;
    }
    if let Some(at) = crate::console::asking::chip_place(action) {
        chips::press(calls, desk, at);
        return true;
    }
    match action {
        Action::Down => step(calls, desk, |list| list.step(1)),
        Action::Up => step(calls, desk, |list| list.step(-1)),
        Action::PageDown => step(calls, desk, |list| list.page(1)),
        Action::PageUp => step(calls, desk, |list| list.page(-1)),
        Action::HalfDown => step(calls, desk, |list| list.step(half(list))),
        Action::HalfUp => step(calls, desk, |list| list.step(-half(list))),
        Action::First => edge(calls, desk, Way::Up),
        Action::Last => edge(calls, desk, Way::Down),
        Action::Query => {
            calls.query.begin();
            calls.facets.focus = false;
            if calls.values.is_none() {
                desk.read(Slot::Values, 0, Read::Values);
            }
        }
        Action::Totals => totals::open(calls, desk),
        Action::Customer => customer::toggle(calls, desk),
        Action::QueryClear => change_query(calls, desk, ""),
        Action::Refresh => refresh(calls, desk),
        Action::SortReverse => {
            let mut sort = calls.order();
            sort.descending = !sort.descending;
            set_sort(calls, desk, sort);
        }
        Action::Mark => {
            if let Some(call) = calls.current().map(|call| call.id.clone()) {
                turn_marks(calls, desk, vec![call]);
                step(calls, desk, |list| list.step(1));
            }
        }
        Action::MarkRange => match calls.range.take() {
            None => {
                calls.range = Some(calls.list.cursor());
                desk.say("calls-range", &[]);
            }
            Some(from) => {
                let ids: Vec<String> = calls.list.ids(from, calls.list.cursor()).map(ToOwned::to_owned).collect();
                let unmarked =
                    ids.into_iter().filter(|id| matches!(calls.marks, Marks::Query(_)) || !calls.marks.has(id)).collect();
                turn_marks(calls, desk, unmarked);
            }
        },
        Action::MarkAll => {
            calls.range = None;
            let marks = std::mem::replace(&mut calls.marks, Marks::Query(calls.query.applied.clone()));
            desk.undo.push(Undo { what: desk.setup.texts.get("undo-marks"), how: How::Marks(marks) });
            desk.say("calls-all-marked", &[]);
        }
        Action::MarkNone => drop_marks(calls, desk),
        Action::NextCall => step(calls, desk, |list| list.step(1)),
        Action::PreviousCall => step(calls, desk, |list| list.step(-1)),
        Action::Play => play(calls, desk),
        _ => return false,
    }
    true
}

fn half(list: &List) -> isize {
    isize::try_from(list.height / 2).unwrap_or(1).max(1)
}

fn step(calls: &mut Calls, desk: &mut Desk, go: impl FnOnce(&mut List) -> bool) {
    if go(&mut calls.list) {
        moved(calls, desk);
    }
}

fn edge(calls: &mut Calls, desk: &mut Desk, way: Way) {
    let beyond = match way {
        Way::Up => calls.list.has_page_above(),
        Way::Down => calls.list.has_page_below(),
    };
    if beyond {
        calls.goal = Goal { last: way == Way::Down, ..Goal::default() };
        reload(calls, desk, 0);
        return;
    }
    match way {
        Way::Up => calls.list.first_loaded(),
        Way::Down => calls.list.go_to_last(),
    }
    moved(calls, desk);
}

/// Times, lengths and sizes begin with the largest, words with A.
pub const fn descends_first(field: SortField) -> bool {
    matches!(
        field,
        SortField::Start
            | SortField::Talk
            | SortField::Wait
            | SortField::OnHold
            | SortField::Duration
            | SortField::Cost
            | SortField::RecordingLength
            | SortField::Size
            | SortField::Answered
            | SortField::End
            | SortField::TalkAtMost
            | SortField::Flagged
            | SortField::Legs
    )
}

/// Marks calls, or takes their marks away; what was marked as a query gives way to them.
fn turn_marks(calls: &mut Calls, desk: &mut Desk, ids: Vec<String>) {
    if ids.is_empty() {
        return;
    }
    let how = match &mut calls.marks {
        Marks::Query(_) => {
            let marks = std::mem::take(&mut calls.marks);
            ids.iter().for_each(|id| calls.marks.toggle(id));
            How::Marks(marks)
        }
        _ => {
            ids.iter().for_each(|id| calls.marks.toggle(id));
            How::Toggle(ids)
        }
    };
    let one = matches!(&how, How::Toggle(ids) if ids.len() == 1);
    desk.undo.push(Undo { what: desk.setup.texts.get(if one { "undo-mark" } else { "undo-marks" }), how });
}

fn drop_marks(calls: &mut Calls, desk: &mut Desk) {
    calls.range = None;
    if !calls.marks.is_none() {
        let marks = std::mem::take(&mut calls.marks);
        desk.undo.push(Undo { what: desk.setup.texts.get("undo-marks"), how: How::Marks(marks) });
    }
}

/// One layer back: the range, the marks, the query. False when there is nothing left to close.
pub fn back(calls: &mut Calls, desk: &mut Desk) -> bool {
    if std::mem::take(&mut calls.facets.focus) {
        return true;
    }
    if calls.range.take().is_some() {
        return true;
    }
    if !calls.marks.is_none() {
        drop_marks(calls, desk);
        return true;
    }
    if !calls.query.applied.is_empty() {
        change_query(calls, desk, "");
        return true;
    }
    false
}

fn play(calls: &Calls, desk: &mut Desk) {
    let Some(call) = calls.current() else {
        desk.say("no-call-here", &[]);
        return;
    };
    deck::play_call(desk, call);
}

/// The write that takes a change of a note back.
fn undone_by(write: &Write, result: &Written) -> Option<Write> {
    Some(match (write, result) {
        (Write::AddNote { call, draft }, Written::Note(note)) => {
            Write::RemoveNote { call: call.clone(), note: note.id.clone(), version: note.version, was: draft.clone() }
        }
        (Write::EditNote { call, draft, was, .. }, Written::Note(note)) => Write::EditNote {
            call: call.clone(),
            note: note.id.clone(),
            version: note.version,
            draft: was.clone(),
            was: draft.clone(),
        },
        (Write::RemoveNote { call, was, .. }, _) => Write::AddNote { call: call.clone(), draft: was.clone() },
        _ => return None,
    })
}

/// A change was made: what is on the screen follows.
pub fn written(calls: &mut Calls, desk: &mut Desk, write: &Write, result: &Written, role: Role) {
    let Some(id) = write.call() else { return };
    if let Some(call) = calls.list.call_mut(id) {
        match write {
            Write::SetFlag { flagged, .. } => call.flagged = *flagged,
            Write::SetCase { case, .. } => call.case.clone_from(case),
            Write::AddTag { tag, .. } if !call.tags.contains(tag) => call.tags.push(tag.clone()),
            Write::RemoveTag { tag, .. } => call.tags.retain(|known| known != tag),
            Write::AddNote { .. } => call.has_note = true,
            _ => {}
        }
    }
    if let Some(undo) = undone_by(write, result) {
        let what = desk.setup.texts.get("undo-note");
        // Of a mark it was said already where it stands.
        let mark = matches!(write, Write::AddNote { draft, .. } if draft.text.is_empty());
        if role == Role::Act && !mark {
            desk.say("changed", &[("what", &what)]);
        }
        desk.undo.keep(role, Undo { what, how: How::Writes(vec![undo]) });
    }
    if calls.current().is_some_and(|current| current.id == id) {
        calls.asked = Some(id.to_owned());
        desk.read(Slot::Detail, 0, Read::Detail(id.to_owned()));
    }
    if calls.values.is_some() {
        desk.read(Slot::Values, 300, Read::Values);
    }
}

/// One request of a change of many calls was answered: rows of the list that are among them follow.
pub fn changed(calls: &mut Calls, did: &Changes, changed: &Changed) {
    let mut by_id: HashMap<&str, &ChangedCall> = changed.changed.iter().map(|call| (call.id.as_str(), call)).collect();
    for call in calls.list.calls_mut() {
        let Some(was) = by_id.remove(call.id.as_str()) else { continue };
        if let Some(flagged) = did.flagged.filter(|_| was.flag_turned) {
            call.flagged = flagged;
        }
        call.tags.retain(|tag| !was.tags_removed.contains(tag));
        call.tags.extend(was.tags_added.iter().cloned());
        if let (Some(case), Some(_)) = (&did.case, &was.case_before) {
            call.case.clone_from(case);
        }
        call.has_note |= was.note.is_some();
    }
}

/// The remark about marks at the right of the message line.
pub(super) fn marked_text(calls: &Calls, desk: &Desk) -> Option<String> {
    match &calls.marks {
        Marks::None => None,
        Marks::Calls(marked) => Some(desk.setup.texts.with("calls-marked", &[("n", &grouped(marked.len() as u64))])),
        Marks::Query(_) => Some(desk.setup.texts.get("calls-marked-all")),
    }
}

/// Orders that `s` offers: everything that a list can be ordered by. Money comes with the tariffs.
pub const SORTS: &[SortField] = &[
    SortField::Start,
    SortField::Talk,
    SortField::Wait,
    SortField::OnHold,
    SortField::Duration,
    SortField::Customer,
    SortField::From,
    SortField::To,
    SortField::Reached,
    SortField::Extension,
    SortField::Agent,
    SortField::Group,
    SortField::Queue,
    SortField::Direction,
    SortField::Route,
    SortField::Outcome,
    SortField::RecordingLength,
    SortField::Size,
    SortField::Mode,
    SortField::Case,
    SortField::Flagged,
    SortField::Legs,
    SortField::Answered,
    SortField::End,
];
