//! What a person changes at calls: flags, tags, cases, notes. Each act works on the marked calls, else the current one, and
//! can be taken back.

use super::{
    effect::{Read, Slot, Target, Write},
    model::{Model, Pane},
    overlays::{Confirm, Deed, Editor, Overlay, Prompt, Purpose, common_tags},
    screens::calls::{Marks, Wish},
    undo::{How, Undo},
};
use crate::{
    client::ClientError,
    domain::{actor::Permission, clean, length::Tenths},
    wire::{Note, NoteDraft},
};

/// Begins an act; where the calls are not all known they are read first.
pub(super) fn begin(model: &mut Model, wish: Wish) {
    if !may_write(model) {
        return;
    }
    let targets = match (model.pane, model.calls.current()) {
        (Pane::Player, Some(call)) => Ok(vec![Target::from(call)]),
        _ => model.calls.targets(),
    };
    match targets {
        Ok(targets) => go_on(model, wish, targets),
        Err(queries) => {
            model.calls.wish = Some(wish);
            model.desk.say("reading", &[]);
            model.desk.read(Slot::Targets, 0, Read::Targets(queries));
        }
    }
}

/// Goes on with an act once its calls are known.
pub(super) fn go_on(model: &mut Model, wish: Wish, targets: Vec<Target>) {
    if targets.is_empty() {
        model.desk.say("no-call-here", &[]);
        return;
    }
    match wish {
        Wish::Tags => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::Tags(targets)))),
        Wish::Case => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::Case(targets)))),
        // Marks that are a query can be many, and the number was counted just now: it is shown before anything happens.
        Wish::Flag if model.pane == Pane::Calls && matches!(model.calls.marks, Marks::Query(_)) => {
            let ask = if sets_flag(&targets) { "flag-many-ask" } else { "unflag-many-ask" };
            let texts = &model.desk.setup.texts;
            let confirm = Confirm {
                title: texts.get("flag-many-title"),
                text: texts.counted(ask, targets.len() as u64, &[]),
                deed: Deed::Flag(targets),
            };
            model.overlays.push(Overlay::Confirm(confirm));
        }
        Wish::Flag => flag(model, targets),
    }
}

/// A question was answered with yes.
pub(super) fn confirmed(model: &mut Model, deed: Deed) {
    match deed {
        Deed::Flag(targets) => flag(model, targets),
        Deed::Write(write) => {
            model.player.note = None;
            model.desk.write(*write);
        }
    }
}

fn may_write(model: &mut Model) -> bool {
    if model.calls.current().is_none() {
        model.desk.say("no-call-here", &[]);
    } else if model.desk.who.as_ref().is_some_and(|who| who.read_only) {
        model.desk.warn("read-only", &[]);
    } else if !model.desk.may(Permission::Note) {
        model.desk.warn("not-allowed", &[("what", "note")]);
    } else {
        return true;
    }
    false
}

fn sets_flag(targets: &[Target]) -> bool {
    !targets.iter().all(|target| target.flagged)
}

fn flag(model: &mut Model, targets: Vec<Target>) {
    let flagged = sets_flag(&targets);
    let mut back = Vec::new();
    for target in targets.into_iter().filter(|target| target.flagged != flagged) {
        back.push(Write::SetFlag { call: target.id.clone(), flagged: !flagged });
        model.desk.write(Write::SetFlag { call: target.id, flagged });
    }
    remember(model, "undo-flag", back);
}

/// Gives and takes tags: those that all of the calls had and that were taken out go, new ones come to all.
pub(super) fn tag(model: &mut Model, targets: &[Target], text: &str) {
    let wanted: Vec<&str> = text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect();
    let gone: Vec<String> = common_tags(targets).into_iter().filter(|tag| !wanted.contains(&tag.as_str())).collect();
    let mut back = Vec::new();
    for Target { id, tags, .. } in targets {
        for tag in wanted.iter().filter(|tag| !tags.iter().any(|had| had == *tag)) {
            model.desk.write(Write::AddTag { call: id.clone(), tag: (*tag).to_owned() });
            back.push(Write::RemoveTag { call: id.clone(), tag: (*tag).to_owned() });
        }
        for tag in &gone {
            model.desk.write(Write::RemoveTag { call: id.clone(), tag: tag.clone() });
            back.push(Write::AddTag { call: id.clone(), tag: tag.clone() });
        }
    }
    remember(model, "undo-tags", back);
}

/// Ties calls to a case; an empty text unties them.
pub(super) fn tie(model: &mut Model, targets: Vec<Target>, text: &str) {
    let case = (!text.is_empty()).then(|| text.to_owned());
    let mut back = Vec::new();
    for Target { id, case: had, .. } in targets.into_iter().filter(|target| target.case != case) {
        model.desk.write(Write::SetCase { call: id.clone(), case: case.clone() });
        back.push(Write::SetCase { call: id, case: had });
    }
    remember(model, "undo-case", back);
}

fn remember(model: &mut Model, what: &str, back: Vec<Write>) {
    if !back.is_empty() {
        let what = model.desk.setup.texts.get(what);
        model.desk.undo.push(Undo { what, how: How::Writes(back) });
    }
}

/// The note that the cursor of the detail screen stands on.
pub(super) fn chosen_note(model: &Model) -> Option<&Note> {
    let at = model.player.note.filter(|_| model.pane == Pane::Player)?;
    model.calls.current_detail()?.notes.get(at)
}

/// Opens the editor: on the chosen note, else on a new one, at the place that plays.
pub(super) fn note(model: &mut Model) {
    if !may_write(model) {
        return;
    }
    let Some(call) = model.calls.current() else { return };
    let title = title_of(model);
    let editor = match chosen_note(model) {
        Some(note) => Editor::of_note(call.id.clone(), title, note.clone()),
        None => {
            let deck = &model.desk.deck;
            let at = (deck.is_of(&call.id) && deck.position > 0.0).then(|| Tenths::from_seconds(deck.position));
            Editor::new(call.id.clone(), title, at)
        }
    };
    model.overlays.push(Overlay::Editor(Box::new(editor)));
}

fn title_of(model: &Model) -> String {
    let call = model.calls.current();
    let name = call.and_then(|call| call.customer.clone().or_else(|| call.other_party().map(ToOwned::to_owned)));
    name.unwrap_or_else(|| model.desk.setup.texts.get("withheld"))
}

/// Asks whether the chosen note is to go.
pub(super) fn remove_note(model: &mut Model) {
    if !may_write(model) {
        return;
    }
    let (Some(note), Some(call)) = (chosen_note(model), model.calls.current()) else {
        model.desk.say("note-choose", &[]);
        return;
    };
    let was = NoteDraft { text: note.text.clone(), at: note.at };
    let write = Write::RemoveNote { call: call.id.clone(), note: note.id.clone(), version: note.version, was };
    let texts = &model.desk.setup.texts;
    let confirm = Confirm {
        title: texts.get("note-remove-title"),
        text: texts.with("note-remove-ask", &[("text", &clean::line(&note.text, 120))]),
        deed: Deed::Write(Box::new(write)),
    };
    model.overlays.push(Overlay::Confirm(confirm));
}

/// A change was refused. What was written into a note that somebody else changed is not lost.
pub(super) fn refused(model: &mut Model, write: Write, error: &ClientError) {
    let conflict = error.problem().is_some_and(|problem| problem.status == 412);
    match write {
        Write::EditNote { call, draft, .. } if conflict => {
            model.desk.warn("note-conflict", &[]);
            model.desk.read(Slot::Detail, 0, Read::Detail(call.clone()));
            let editor = Editor::with_text(call, title_of(model), &draft);
            model.overlays.push(Overlay::Editor(Box::new(editor)));
        }
        Write::RemoveNote { call, .. } if conflict => {
            model.desk.warn("note-remove-conflict", &[]);
            model.desk.read(Slot::Detail, 0, Read::Detail(call));
        }
        _ => model.desk.fail("write-failed", &[("why", &error.to_string())]),
    }
}
