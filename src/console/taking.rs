//! Taking calls out: the boxes are opened, answered, and become work.

use std::sync::Arc;

use super::{
    effect::{Answer, Haul, Read, Slot},
    many,
    model::{Model, Pane},
    overlays::{Confirm, Deed, Overlay, Take, What},
    screens::audit,
    tasks::{Ids, Role, Scope},
    work,
};
use crate::{
    domain::{actor::Permission, clean},
    takeout::Form,
};

/// Opens the box: for what is marked, else for the call under the cursor; the list without marks is all that matches.
pub(super) fn open(model: &mut Model, what: What) {
    let (permission, word) = match what {
        What::Recordings => (Permission::Download, "download"),
        What::List => (Permission::Export, "export"),
        What::Log { .. } => return,
    };
    if !model.desk.may(permission) {
        model.desk.warn("not-allowed", &[("what", word)]);
        return;
    }
    if what == What::Recordings && model.desk.who.as_ref().is_some_and(|who| who.read_only) {
        model.desk.warn("take-read-only", &[]);
        return;
    }
    let scope = match (model.pane, many::marked(&model.calls)) {
        (Pane::Calls, Some(scope)) => scope,
        (Pane::Calls, None) if what == What::List => {
            Scope::Query { q: model.calls.query.applied.clone(), sort: model.calls.sort_word() }
        }
        _ => match model.calls.current() {
            Some(call) => Scope::Calls(Arc::new(std::iter::once(call.id.as_str()).collect::<Ids>())),
            None => {
                model.desk.say("no-call-here", &[]);
                return;
            }
        },
    };
    let whose = match &scope {
        Scope::Calls(ids) if ids.len() == 1 && !many::is_marked(model) => model.desk.setup.texts.get("whose-this"),
        _ => many::whose(&model.desk, &scope),
    };
    let shown = model.calls.choice.fields(model.desk.size.0);
    let take = Take::new(what, (scope.clone(), model.calls.sort_or_own()), whose, shown, &model.desk);
    model.overlays.push(Overlay::Take(Box::new(take)));
    model.desk.read(Slot::Take, 0, Read::Haul(scope));
}

/// Opens the box for what the question to the audit log finds.
pub(super) fn open_log(model: &mut Model) {
    let (query, total) = audit::wanted(&model.audit, &model.desk);
    let texts = &model.desk.setup.texts;
    let whose = texts.get(if query.q.is_empty() { "take-log-all" } else { "take-log-found" });
    let scope = Scope::Query { q: query.q, sort: String::new() };
    let what = What::Log { mine: query.mine };
    let mut take = Take::new(what, (scope, query.sort), whose, Vec::new(), &model.desk);
    take.haul = total.map(|calls| Haul { calls, ..Haul::default() });
    model.overlays.push(Overlay::Take(Box::new(take)));
}

/// What a box asked for has come.
pub(super) fn answered(model: &mut Model, answer: Answer) {
    let Some(Overlay::Take(take)) = model.overlays.last_mut() else { return };
    match answer {
        Answer::Haul(haul) => take.haul = Some(*haul),
        Answer::Folders { text, folders } => take.complete(&model.desk, &text, folders),
        Answer::Target(Err(why)) => take.problem = Some(clean::line(&why, 300)),
        Answer::Target(Ok(false)) => begin(model, false),
        Answer::Target(Ok(true)) => {
            let texts = &model.desk.setup.texts;
            let file = clean::line(take.place.text().trim(), 200);
            let confirm = Confirm {
                title: texts.get("take-replace-title"),
                text: texts.with("take-replace", &[("file", &file)]),
                deed: Deed::Replace,
            };
            model.overlays.push(Overlay::Confirm(confirm));
        }
        _ => {}
    }
}

/// The box on top becomes work.
pub(super) fn begin(model: &mut Model, replace: bool) {
    let Some(Overlay::Take(take)) = model.overlays.pop() else { return };
    let texts = &model.desk.setup.texts;
    let title = match take.what {
        What::Recordings => texts.with("take-recordings-work", &[("whose", &take.whose)]),
        What::List | What::Log { .. } => {
            let form = match take.form {
                Form::Csv => "CSV",
                Form::Json => "JSON",
                Form::Ndjson => "NDJSON",
            };
            let id = if take.what == What::List { "take-list-work" } else { "take-log-work" };
            texts.with(id, &[("whose", &take.whose), ("form", form)])
        }
    };
    model.desk.taken = take.taken();
    let task = take.task(&model.desk, replace);
    work::start(&mut model.desk, title, task, Role::Act);
}
