//! What a person changes at calls: flags, tags, cases, notes. Each act works on the marked calls, else the current one, and
//! can be taken back.

use super::{
    accounts,
    effect::{Read, Slot, Target, Write},
    many,
    model::{Model, Pane},
    overlays::{Confirm, Deed, Editor, Overlay, Prompt, Purpose},
    screens::calls::Wish,
    sharing,
    tasks::Role,
    undo::{How, Undo},
    work,
};
use crate::{
    client::ClientError,
    domain::{actor::Permission, clean, length::Tenths},
    wire::{Clip, Note, NoteDraft},
};

/// Begins an act: on what is marked, else on the call under the cursor.
pub(super) fn begin(model: &mut Model, wish: Wish) {
    if !may_write(model) {
        return;
    }
    if many::is_marked(model) {
        many::begin(model, wish);
        return;
    }
    let Some(target) = model.calls.current().map(Target::from) else { return };
    match wish {
        Wish::Tags => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::Tags(Box::new(target))))),
        Wish::Case => model.overlays.push(Overlay::Prompt(Prompt::new(Purpose::Case(Box::new(target))))),
        Wish::Flag => flag(model, target),
        Wish::Note => note(model),
    }
}

/// A question was answered with yes.
pub(super) fn confirmed(model: &mut Model, deed: Deed) {
    match deed {
        Deed::Start(title, task) => work::start(&mut model.desk, title, *task, Role::Act),
        Deed::Replace => {}
        Deed::Access(writes) => accounts::confirmed(model, writes),
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

fn flag(model: &mut Model, Target { id: call, flagged, .. }: Target) {
    write(model, "undo-flag", vec![Write::SetFlag { call, flagged: !flagged }]);
}

/// Gives and takes tags: what stands in the text and what the call has are made the same.
pub(super) fn tag(model: &mut Model, target: &Target, text: &str) {
    let wanted: Vec<&str> = text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect();
    let call = &target.id;
    let added = wanted.iter().filter(|tag| !target.tags.iter().any(|had| had == *tag));
    let mut writes: Vec<Write> = added.map(|tag| Write::AddTag { call: call.clone(), tag: (*tag).to_owned() }).collect();
    let gone = target.tags.iter().filter(|tag| !wanted.contains(&tag.as_str()));
    writes.extend(gone.map(|tag| Write::RemoveTag { call: call.clone(), tag: tag.clone() }));
    write(model, "undo-tags", writes);
}

/// Ties a call to a case; an empty text unties it.
pub(super) fn tie(model: &mut Model, Target { id: call, case: was, .. }: Target, text: &str) {
    let case = (!text.is_empty()).then(|| text.to_owned());
    if case != was {
        write(model, "undo-case", vec![Write::SetCase { call, case, was }]);
    }
}

/// Writes, and remembers how to take it back.
fn write(model: &mut Model, what: &str, writes: Vec<Write>) {
    if writes.is_empty() {
        return;
    }
    let back = writes.iter().rev().filter_map(Write::opposite).collect();
    writes.into_iter().for_each(|write| model.desk.write(write));
    let what = model.desk.setup.texts.with("undo-of", &[("what", &model.desk.setup.texts.get(what)), ("who", &title_of(model))]);
    model.desk.say("changed", &[("what", &what)]);
    model.desk.undo.push(Undo { what, how: How::Writes(back) });
}

/// The note that the cursor of the detail screen stands on.
pub(super) fn chosen_note(model: &Model) -> Option<&Note> {
    let at = model.player.note.filter(|_| model.pane == Pane::Player)?;
    model.calls.current_detail()?.notes.get(at)
}

/// The clip that the cursor of the detail screen stands on.
pub(super) fn chosen_clip(model: &Model) -> Option<&Clip> {
    let at = model.player.note.filter(|_| model.pane == Pane::Player)?;
    let notes = model.calls.current_detail()?.notes.len();
    model.calls.current_clips().get(at.checked_sub(notes)?)
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
    if let Some(clip) = chosen_clip(model).cloned() {
        let text = sharing::titled(model, &clip);
        let texts = &model.desk.setup.texts;
        let confirm = Confirm {
            title: texts.get("clip-remove-title"),
            text: texts.with("clip-remove-ask", &[("what", &text)]),
            deed: Deed::Write(Box::new(Write::RemoveClip { clip })),
        };
        model.overlays.push(Overlay::Confirm(confirm));
        return;
    }
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
