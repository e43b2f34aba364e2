//! Work that takes a while, seen from the keys: it is begun, followed, ended, and told of.

use super::{
    desk::Desk,
    effect::{Effect, Read, Slot},
    model::Model,
    notices::Level,
    screens::calls,
    tasks::{Kind, Role, State, Task, TaskEnd, TaskEvent},
    undo::{self, How, Undo},
    widgets::grouped,
};
use crate::{
    domain::clean,
    takeout::{Downloaded, End, Saved},
    wire::{Changed, Changes},
};

/// Puts work on the list; it begins when its turn has come.
pub(super) fn start(desk: &mut Desk, title: String, task: Task, role: Role) {
    let (kind, at) = (task.kind(), desk.now);
    desk.tasks.add(title.clone(), task, role, at);
    let waits = desk.tasks.running().any(|entry| entry.task.kind() == kind);
    if role == Role::Act {
        desk.say(if waits { "task-queued" } else { "task-begun" }, &[("what", &title)]);
    }
    begin(desk);
}

fn begin(desk: &mut Desk) {
    let writing = desk.pending_writes() > 0;
    for (number, task) in desk.tasks.start(writing) {
        desk.effect(Effect::Task { number, task });
    }
}

/// What waited may have its turn.
pub(super) fn go_on(model: &mut Model) {
    begin(&mut model.desk);
    if model.undo_to.is_some() {
        undo::step(model);
        begin(&mut model.desk);
    }
}

/// Ends the newest work that runs; false if none does.
pub(super) fn cancel(desk: &mut Desk) -> bool {
    let newest = desk.tasks.running().next_back().map(|entry| entry.number);
    newest.is_some_and(|number| end(desk, number))
}

/// Ends one piece of work: what runs stops at the next safe place, what waits does not begin.
pub(super) fn end(desk: &mut Desk, number: u64) -> bool {
    let words = desk.setup.texts.get("task-not-begun");
    let Some(entry) = desk.tasks.get_mut(number) else { return false };
    match entry.state {
        State::Running { .. } => {
            let title = entry.title.clone();
            desk.effect(Effect::EndTask(number));
            desk.say("task-ending", &[("what", &title)]);
            true
        }
        State::Waiting => {
            entry.state = State::Cancelled(words);
            true
        }
        _ => false,
    }
}

/// Ends everything: somebody leaves.
pub(super) fn end_all(desk: &mut Desk) {
    let words = desk.setup.texts.get("task-not-begun");
    desk.tasks.drop_waiting(&words);
    let running: Vec<u64> = desk.tasks.running().map(|entry| entry.number).collect();
    for number in running {
        desk.effect(Effect::EndTask(number));
    }
}

/// Takes what work tells.
pub(super) fn told(model: &mut Model, number: u64, event: TaskEvent) {
    match event {
        TaskEvent::Progress { done, all } => {
            if let Some(entry) = model.desk.tasks.get_mut(number).filter(|entry| entry.is_running()) {
                entry.state = State::Running { done, all };
            }
        }
        TaskEvent::Changed { part, changed } => {
            // Drawn with the next step of the progress.
            model.dirty = false;
            gather(model, number, part, &changed);
        }
        TaskEvent::Ended(end) => ended(model, number, end),
    }
}

/// What one request did: it is kept for taking it back, and the list on the screen follows.
fn gather(model: &mut Model, number: u64, part: usize, changed: &Changed) {
    let Some(entry) = model.desk.tasks.get_mut(number) else { return };
    let (did, draft): (Changes, _) = match entry.task.as_ref() {
        Task::Change { changes, .. } => (changes.clone(), None),
        Task::Restore(parts) => match parts.get(part) {
            Some(part) => (part.changes.clone(), part.draft.clone()),
            None => return,
        },
        Task::Download { .. } | Task::Save { .. } | Task::SaveLog { .. } => return,
    };
    entry.gathered.add(&did, draft.as_ref(), changed);
    calls::changed(&mut model.calls, &did, changed);
}

fn ended(model: &mut Model, number: u64, end: TaskEnd) {
    let desk = &mut model.desk;
    let Some(entry) = desk.tasks.get_mut(number) else { return };
    let (title, role, kind) = (entry.title.clone(), entry.role, entry.task.kind());
    let mut gathered = std::mem::take(&mut entry.gathered);
    let all = match (entry.task.as_ref(), &entry.state) {
        (Task::Restore(parts), _) => parts.iter().map(|part| part.calls.len() as u64).sum(),
        (_, State::Running { done, all }) => all.unwrap_or(*done),
        _ => 0,
    };
    let texts = &desk.setup.texts;
    let (level, state) = match end {
        TaskEnd::Changed { cancelled } => {
            let mut words = vec![texts.counted("task-changed", gathered.changed, &[])];
            let same = all.saturating_sub(gathered.changed + gathered.gone + gathered.kept);
            if same > 0 && !cancelled {
                words.push(texts.counted("task-same", same, &[]));
            }
            if gathered.gone > 0 {
                words.push(texts.counted("task-gone", gathered.gone, &[("all", &grouped(all.max(gathered.gone)))]));
            }
            if gathered.kept > 0 {
                words.push(texts.counted("task-kept", gathered.kept, &[]));
            }
            if gathered.changed > 0 && role != Role::Undo {
                words.push(texts.get("task-undo"));
            }
            let level = if gathered.gone + gathered.kept > 0 { Level::Warn } else { Level::Info };
            (level, if cancelled { State::Cancelled(words.join("; ")) } else { State::Done(words.join("; ")) })
        }
        TaskEnd::Downloaded(done) => downloaded(desk, &done),
        TaskEnd::Saved(saved) => match saved.end {
            End::Whole => (Level::Info, State::Done(saved_words(desk, &saved))),
            _ => (Level::Warn, State::Cancelled(texts.with("task-save-cancelled", &[("rows", &grouped(saved.rows))]))),
        },
        TaskEnd::Failed(why) => {
            let mut words = clean::line(&why, 1_000);
            if gathered.changed > 0 {
                words = format!("{words}; {}", texts.counted("task-changed-before", gathered.changed, &[]));
            }
            (Level::Error, State::Failed(words))
        }
    };
    let words = match &state {
        State::Done(words) if role == Role::Undo => desk.setup.texts.with("task-undone", &[("what", &title), ("words", words)]),
        State::Done(words) => desk.setup.texts.with("task-done", &[("what", &title), ("words", words)]),
        State::Cancelled(words) => desk.setup.texts.with("task-cancelled", &[("what", &title), ("words", words)]),
        State::Failed(words) => desk.setup.texts.with("task-failed", &[("what", &title), ("words", words)]),
        State::Waiting | State::Running { .. } => String::new(),
    };
    if let Some(entry) = desk.tasks.get_mut(number) {
        entry.state = state;
    }
    desk.tell(level, words);
    if kind == Kind::Change {
        let parts = gathered.take_parts();
        if !parts.is_empty() {
            desk.undo.keep(role, Undo { what: title, how: How::Many(parts.into()) });
        }
        // The call that is looked at may be one of them.
        if let Some(id) = model.calls.detail.as_ref().map(|detail| detail.call.id.clone()) {
            desk.read(Slot::Detail, 0, Read::Detail(id));
        }
        if model.calls.values.is_some() {
            desk.read(Slot::Values, 300, Read::Values);
        }
    }
}

fn downloaded(desk: &Desk, done: &Downloaded) -> (Level, State) {
    let texts = &desk.setup.texts;
    let folder = done.manifest.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let mut words = vec![texts.counted("task-saved", done.saved, &[("folder", &clean::line(&folder, 200))])];
    if done.kept > 0 {
        words.push(texts.counted("task-there", done.kept, &[]));
    }
    if done.failed > 0 {
        let manifest = clean::line(&done.manifest.display().to_string(), 200);
        words.push(texts.counted("task-failed-some", done.failed, &[("manifest", &manifest)]));
        words.extend(done.reasons.first().map(|why| clean::line(why, 300)));
    }
    match &done.end {
        End::Whole => {
            let level = if done.failed > 0 { Level::Warn } else { Level::Info };
            (level, State::Done(words.join("; ")))
        }
        End::Cancelled => {
            words.push(texts.get("task-again"));
            (Level::Warn, State::Cancelled(words.join("; ")))
        }
        End::Stopped(why) => {
            words.insert(0, clean::line(&why.to_string(), 500));
            words.push(texts.get("task-again"));
            (Level::Error, State::Failed(words.join("; ")))
        }
    }
}

fn saved_words(desk: &Desk, saved: &Saved) -> String {
    let file = clean::line(&saved.file.display().to_string(), 300);
    desk.setup.texts.counted("task-rows", saved.rows, &[("file", &file), ("size", &calls::columns::bytes(saved.bytes))])
}

/// How far the work is, for the header: `tags 25 %`, and how many others there are.
pub(super) fn progress(desk: &Desk) -> Option<String> {
    let running = desk.tasks.running().next()?;
    let State::Running { done, all } = running.state else { return None };
    let word = desk.setup.texts.get(&format!("task-kind-{}", running.task.kind().word()));
    let far = match all.filter(|all| *all > 0) {
        Some(all) => format!("{} %", done.min(all) * 100 / all),
        None => grouped(done),
    };
    let others = desk.tasks.open().saturating_sub(1);
    let others = if others > 0 { format!(" +{others}") } else { String::new() };
    Some(format!("{word} {far}{others}"))
}
