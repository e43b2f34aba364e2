//! The same done to many calls: to the marked ones, or to everything that matches, counted just before. Nothing of it is held
//! in memory but ids.

use std::sync::Arc;

use super::{
    desk::Desk,
    effect::{Read, Slot},
    model::{Model, Pane},
    overlays::{Confirm, Deed, Editor, Overlay, Prompt, Purpose},
    screens::calls::{Calls, Marks, Wish},
    tasks::{Ids, Role, Scope, Task},
    work,
};
use crate::{
    domain::clean,
    wire::{Changes, NoteDraft},
};

/// Calls marked one by one that are changed without a question; undo is one key.
const UNASKED: u64 = 100;

/// An act whose calls are being counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub scope: Scope,
    pub act: Act,
    /// Ask before doing it.
    pub ask: bool,
}

/// What is to be done to them.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// All get the flag; where all have it, all lose it.
    Flag,
    Change(Changes),
}

/// Whether something is marked that an act from here would be for.
pub(super) fn is_marked(model: &Model) -> bool {
    model.pane == Pane::Calls && !model.calls.marks.is_none()
}

/// The marked calls; none if nothing is marked.
pub(super) fn marked(calls: &Calls) -> Option<Scope> {
    match &calls.marks {
        Marks::None => None,
        Marks::Query(q) => Some(Scope::Query { q: q.clone(), sort: calls.sort_word() }),
        Marks::Calls(marked) if marked.is_empty() => None,
        Marks::Calls(marked) => Some(Scope::Calls(Arc::new(marked.iter().map(String::as_str).collect::<Ids>()))),
    }
}

/// `3 calls`, `all that match`.
pub(super) fn whose(desk: &Desk, scope: &Scope) -> String {
    match scope {
        Scope::Query { .. } => desk.setup.texts.get("whose-all"),
        Scope::Calls(ids) => desk.setup.texts.counted("whose-marked", ids.len() as u64, &[]),
    }
}

/// Begins an act on what is marked: says what, then counts, then asks.
pub(super) fn begin(model: &mut Model, wish: Wish) {
    let Some(scope) = marked(&model.calls) else { return };
    let whose = whose(&model.desk, &scope);
    match wish {
        Wish::Flag => survey(model, Act::Flag),
        Wish::Tags => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::MarkedTags(whose)))),
        Wish::Case => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::MarkedCase(whose)))),
        Wish::Note => model.overlays.push(Overlay::Editor(Box::new(Editor::of_marked(whose)))),
    }
}

/// Tags to add, and with a dash in front those to take off.
pub(super) fn tag(model: &mut Model, text: &str) {
    let mut changes = Changes::default();
    for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let (list, tag) = match tag.strip_prefix('-').map(str::trim) {
            Some(tag) => (&mut changes.remove_tags, tag),
            None => (&mut changes.add_tags, tag),
        };
        if !tag.is_empty() && !list.iter().any(|known| known == tag) {
            list.push(tag.to_owned());
        }
    }
    if changes != Changes::default() {
        survey(model, Act::Change(changes));
    }
}

/// Ties to a case; an empty text unties.
pub(super) fn tie(model: &mut Model, text: &str) {
    let case = Some(text.trim()).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    survey(model, Act::Change(Changes { case: Some(case), ..Changes::default() }));
}

pub(super) fn note(model: &mut Model, draft: NoteDraft) {
    survey(model, Act::Change(Changes { note: Some(draft), ..Changes::default() }));
}

/// Counts what it is for; only calls marked one by one that are all in memory need no counting.
fn survey(model: &mut Model, act: Act) {
    let Some(scope) = marked(&model.calls) else { return };
    let (ask, known) = match &scope {
        Scope::Query { .. } => (true, None),
        Scope::Calls(ids) => (ids.len() as u64 > UNASKED, unflagged_in_memory(&model.calls, ids)),
    };
    let wanted = Wanted { scope, act, ask };
    match known.filter(|_| !ask) {
        Some((calls, unflagged)) => {
            model.wanted = Some(wanted);
            surveyed(model, calls, unflagged);
        }
        None => {
            model.desk.say("counting", &[]);
            model.desk.read(Slot::Targets, 0, Read::Survey(wanted.scope.clone()));
            model.wanted = Some(wanted);
        }
    }
}

/// How many there are, and how many of them lack the flag; none if some are not in memory.
fn unflagged_in_memory(calls: &Calls, ids: &Ids) -> Option<(u64, u64)> {
    let marked = calls.list.rows().filter(|row| calls.marks.has(&row.call.id));
    let (count, unflagged) = marked.fold((0, 0), |(count, unflagged), row| (count + 1, unflagged + u64::from(!row.call.flagged)));
    (count == ids.len() as u64).then_some((count, unflagged))
}

/// The calls are counted: the question, or the act.
pub(super) fn surveyed(model: &mut Model, calls: u64, unflagged: u64) {
    let Some(Wanted { scope, act, ask }) = model.wanted.take() else { return };
    model.desk.notices.seen();
    if calls == 0 {
        model.desk.say("nothing-matches-now", &[]);
        return;
    }
    let changes = match act {
        Act::Change(changes) => changes,
        Act::Flag => Changes { flagged: Some(unflagged > 0), ..Changes::default() },
    };
    let texts = &model.desk.setup.texts;
    let title = texts.counted(&format!("many-{}", word(&changes)), calls, &[]);
    let text = format!("{} {}", texts.counted("many-counted", calls, &[]), what(&model.desk, &changes, calls, unflagged));
    let task = Task::Change { scope, changes };
    if ask {
        let deed = Deed::Start(title.clone(), Box::new(task));
        model.overlays.push(Overlay::Confirm(Confirm { title, text, deed }));
    } else {
        work::start(&mut model.desk, title, task, Role::Act);
    }
}

/// The part of the catalogue's ids.
const fn word(changes: &Changes) -> &'static str {
    match (changes.flagged, &changes.case, &changes.note) {
        (Some(true), _, _) => "flag",
        (Some(false), _, _) => "unflag",
        (_, Some(Some(_)), _) => "case",
        (_, Some(None), _) => "untie",
        (_, _, Some(_)) => "note",
        _ => "tags",
    }
}

/// What exactly will be different afterwards.
fn what(desk: &Desk, changes: &Changes, calls: u64, unflagged: u64) -> String {
    let texts = &desk.setup.texts;
    match word(changes) {
        "flag" => texts.counted("what-flag", unflagged, &[]),
        "unflag" => texts.counted("what-unflag", calls, &[]),
        "case" => {
            let case = changes.case.clone().flatten().unwrap_or_default();
            texts.with("what-case", &[("case", &clean::line(&case, 80))])
        }
        "untie" => texts.get("what-untie"),
        "note" => {
            let note = changes.note.as_ref().map_or("", |note| note.text.as_str());
            texts.with("what-note", &[("text", &clean::line(note, 120))])
        }
        _ => {
            let list = |tags: &[String]| clean::line(&tags.join(", "), 120);
            let mut parts = Vec::new();
            if !changes.add_tags.is_empty() {
                parts.push(texts.with("what-tags-add", &[("tags", &list(&changes.add_tags))]));
            }
            if !changes.remove_tags.is_empty() {
                parts.push(texts.with("what-tags-remove", &[("tags", &list(&changes.remove_tags))]));
            }
            parts.join(" ")
        }
    }
}
