//! Saved views: what the boxes about them lead to, and how their changes are told and taken back.

use super::{
    effect::{Read, Slot, Write},
    message::Written,
    model::{Model, Pane},
    overlays::{Confirm, Deed, Overlay, SaveView, Saved, Views, ViewsSaid},
    screens::calls,
    undo::{How, Undo},
};
use crate::{
    client::ClientError,
    domain::{clean, query::Sort},
    wire::View,
};

/// Opens the list; it is read anew each time, for others may share and change views.
pub(super) fn open(model: &mut Model) {
    let me = model.desk.who.as_ref().map(|who| who.name.clone()).unwrap_or_default();
    let mut views = Views::new(me, calls::query_context(&model.desk));
    if let Some(known) = &model.calls.views {
        views.learn(known);
    }
    model.desk.read(Slot::Views, 0, Read::Views);
    model.overlays.push(Overlay::Views(Box::new(views)));
}

/// Asks under which name query, order and columns are kept.
pub(super) fn save(model: &mut Model) {
    if !may_write(model) {
        return;
    }
    let calls = &model.calls;
    if calls.query.problem.is_some() {
        model.desk.warn("query-mend-first", &[]);
        return;
    }
    if calls.views.is_none() {
        model.desk.read(Slot::Views, 0, Read::Views);
    }
    let calls = &model.calls;
    let screen = model.desk.size.0;
    let own_columns = calls.choice.columns(screen) != calls::Choice::default().columns(screen);
    let view = View {
        query: calls.query.applied.clone(),
        sort: calls.sort_word(),
        columns: if own_columns { calls.choice.names(screen) } else { Vec::new() },
        ..View::default()
    };
    model.overlays.push(Overlay::SaveView(Box::new(SaveView::new(view))));
}

fn may_write(model: &mut Model) -> bool {
    let read_only = model.desk.who.as_ref().is_some_and(|who| who.read_only);
    if read_only {
        model.desk.warn("read-only", &[]);
    }
    !read_only
}

/// The list says what to do.
pub(super) fn said(model: &mut Model, views: Box<Views>, said: ViewsSaid) {
    match said {
        ViewsSaid::Close => return,
        ViewsSaid::Apply(view) => return apply(model, &view),
        _ => model.overlays.push(Overlay::Views(views)),
    }
    match said {
        ViewsSaid::Save => save(model),
        ViewsSaid::NotYours => model.desk.warn("view-not-yours", &[]),
        ViewsSaid::Rename(view) if may_write(model) => {
            model.overlays.push(Overlay::SaveView(Box::new(SaveView::rename(view))));
        }
        ViewsSaid::Remove(view) if may_write(model) => {
            let texts = &model.desk.setup.texts;
            let confirm = Confirm {
                title: texts.get("view-remove-title"),
                text: texts.with("view-remove-ask", &[("name", &clean::line(&view.name, 60))]),
                deed: Deed::Write(Box::new(Write::RemoveView { view })),
            };
            model.overlays.push(Overlay::Confirm(confirm));
        }
        ViewsSaid::Share(view) if may_write(model) => {
            let view_now = View { shared: !view.shared, ..view.clone() };
            model.desk.write(Write::PutView { view: view_now, was: Some(view) });
        }
        _ => {}
    }
}

/// Query, order and columns of a view hold from now on.
fn apply(model: &mut Model, view: &View) {
    model.pane = Pane::Calls;
    let before = model.calls.choice.clone();
    if !view.columns.is_empty() {
        model.calls.choice.choose_named(model.desk.size.0, &view.columns);
    }
    if before != model.calls.choice {
        let what = model.desk.setup.texts.get("undo-columns");
        model.desk.undo.push(Undo { what, how: How::Columns(before) });
    }
    let sort = Sort::parse(&view.sort).ok().filter(|_| !view.sort.is_empty());
    calls::apply_view(&mut model.calls, &mut model.desk, &view.query, sort);
    model.desk.say("view-applied", &[("name", &clean::line(&view.name, 60))]);
}

/// The box with the name says what to do.
pub(super) fn saved(model: &mut Model, save: Box<SaveView>, said: Saved) {
    match said {
        Saved::Nothing => model.overlays.push(Overlay::SaveView(save)),
        Saved::Close => {}
        Saved::Rename(view, to) => model.desk.write(Write::RenameView { view, to }),
        Saved::Save(view) => {
            let me = model.desk.who.as_ref().map(|who| who.name.clone()).unwrap_or_default();
            let same = |known: &&View| known.name == view.name && known.owner == me;
            let known = model.calls.views.as_ref().and_then(|views| views.iter().find(same)).cloned();
            let Some(was) = known else {
                model.desk.write(Write::PutView { view, was: None });
                return;
            };
            let texts = &model.desk.setup.texts;
            let confirm = Confirm {
                title: texts.get("view-replace-title"),
                text: texts.with("view-replace-ask", &[("name", &clean::line(&view.name, 60))]),
                deed: Deed::Write(Box::new(Write::PutView { view: View { version: was.version, ..view }, was: Some(was) })),
            };
            model.overlays.push(Overlay::Confirm(confirm));
        }
    }
}

/// The change that takes a change of a view back.
pub(super) fn undone_by(write: &Write, result: &Written) -> Option<Write> {
    Some(match (write, result) {
        (Write::PutView { was: None, .. }, Written::View(saved)) => Write::RemoveView { view: saved.clone() },
        (Write::PutView { was: Some(was), .. }, Written::View(saved)) => {
            Write::PutView { view: View { version: saved.version, ..was.clone() }, was: Some(saved.clone()) }
        }
        (Write::RemoveView { view }, _) => Write::PutView { view: View { version: 0, ..view.clone() }, was: None },
        (Write::RenameView { view, .. }, Written::View(saved)) => {
            Write::RenameView { view: saved.clone(), to: view.name.clone() }
        }
        _ => return None,
    })
}

/// A change of a view was made: the list follows.
pub(super) fn written(model: &mut Model, write: &Write) {
    let (id, name) = match write {
        Write::PutView { view, .. } => ("view-saved", &view.name),
        Write::RemoveView { view } => ("view-removed", &view.name),
        Write::RenameView { to, .. } => ("view-renamed", to),
        _ => return,
    };
    model.desk.say(id, &[("name", &clean::line(name, 60))]);
    model.desk.read(Slot::Views, 0, Read::Views);
}

/// A change of a view was refused.
pub(super) fn refused(model: &mut Model, error: &ClientError) {
    match error.problem() {
        Some(problem) if problem.status == 412 => model.desk.warn("view-conflict", &[]),
        _ => model.desk.fail("write-failed", &[("why", &error.to_string())]),
    }
    model.desk.read(Slot::Views, 0, Read::Views);
}
