//! What is kept of what was heard: marks, clips, collections.

use crate::{
    client::ClientError,
    console::{
        deck::{self, DeckState},
        edits,
        effect::{Read, Slot, Write},
        message::Written,
        model::{Model, Pane},
        overlays::{Collect, Overlay},
        screens::calls::{self, Marks},
        sharing,
        tasks::Role,
        undo::{How, Undo},
    },
    domain::{clean, length::Tenths},
    wire::{Clip, ClipDraft, ItemKind, NoteDraft},
};

/// Calls that go into a collection at once.
const AT_ONCE: usize = 500;

/// A mark at the play head: a note with a place and no text.
pub fn mark(model: &mut Model) {
    let Some(call) = model.calls.current().map(|call| call.id.clone()) else { return };
    if !model.desk.deck.is_of(&call) {
        model.desk.say("mark-nothing-plays", &[]);
        return;
    }
    let at = Tenths::from_seconds(model.desk.deck.position);
    model.desk.say("mark-set", &[("time", &at.clock())]);
    model.desk.write(Write::AddNote { call, draft: NoteDraft { text: String::new(), at: Some(at) } });
}

/// The stretch from A to B is saved under a title, which may be empty.
pub fn save_clip(model: &mut Model, title: &str) {
    let (Some((from_s, until_s)), Some(loaded)) = (model.desk.deck.stretch(), &model.desk.deck.loaded) else {
        model.desk.say("clip-needs-loop", &[]);
        return;
    };
    let title = (!title.is_empty()).then(|| title.to_owned());
    let draft = ClipDraft { recording: loaded.recording.clone(), from_s, until_s, title };
    model.desk.write(Write::MakeClip { draft });
}

/// The stretch of a clip is heard again and again, from its beginning.
pub fn play_clip(model: &mut Model, clip: &Clip) {
    let Some(call) = model.calls.current() else { return };
    let Some(number) = call.recordings.iter().position(|recording| recording.id == clip.recording) else {
        model.desk.warn("clip-alone", &[]);
        return;
    };
    if model.desk.deck.has(&clip.recording) && matches!(model.desk.deck.state, DeckState::Playing | DeckState::Paused) {
        deck::seek(&mut model.desk, clip.from_s);
        if model.desk.deck.state == DeckState::Paused {
            deck::toggle(&mut model.desk);
        }
    } else {
        deck::play_recording(&mut model.desk, call, number, Some(clip.from_s));
        if !model.desk.deck.has(&clip.recording) {
            return;
        }
    }
    deck::repeat_between(&mut model.desk, clip.from_s, clip.until_s);
}

/// Opens the collections: for the marked calls, else for the one under the cursor; or for the clip that was saved last.
pub fn choose(model: &mut Model, clip: bool) {
    let (kind, ids, whose) = match (clip, &model.calls.marks, model.pane) {
        (true, ..) => match &model.desk.deck.clip {
            Some(clip) => (ItemKind::Clip, vec![clip.id.clone()], model.desk.setup.texts.get("collect-clip")),
            None => {
                model.desk.say("collect-no-clip", &[]);
                return;
            }
        },
        (false, Marks::Query(_), Pane::Calls) => {
            model.desk.say("collect-not-all", &[]);
            return;
        }
        (false, Marks::Calls(marked), Pane::Calls) if !marked.is_empty() => {
            if marked.len() > AT_ONCE {
                model.desk.say("collect-too-many", &[("limit", &AT_ONCE.to_string())]);
                return;
            }
            let whose = model.desk.setup.texts.counted("whose-marked", marked.len() as u64, &[]);
            (ItemKind::Call, marked.iter().cloned().collect(), whose)
        }
        _ => {
            let Some(call) = model.calls.current() else { return };
            (ItemKind::Call, vec![call.id.clone()], calls::headline(call, &model.desk))
        }
    };
    model.desk.read(Slot::Collections, 0, Read::Collections);
    model.overlays.push(Overlay::Collect(Box::new(Collect::new(kind, ids, whose))));
}

/// A collection was chosen.
pub fn collect(model: &mut Model, write: Write) {
    let Write::Collect { name, ids, .. } = &write else { return };
    if ids.is_empty() {
        model.desk.say("collect-all-there", &[("name", &clean::line(name, 60))]);
        return;
    }
    let what = model.desk.setup.texts.with("undo-collect", &[("name", &clean::line(name, 60))]);
    let back = write.opposite().into_iter().collect();
    model.desk.write(write);
    model.desk.undo.push(Undo { what, how: How::Writes(back) });
}

/// Whether a write is one of these.
pub const fn writes(write: &Write) -> bool {
    matches!(
        write,
        Write::Receipt { .. }
            | Write::MakeClip { .. }
            | Write::RemoveClip { .. }
            | Write::Collect { .. }
            | Write::Uncollect { .. }
    )
}

/// One of these writes was answered.
pub fn written(model: &mut Model, write: Write, result: Result<Written, ClientError>, role: Role) {
    let desk = &mut model.desk;
    let clip_undo = |desk: &crate::console::desk::Desk| desk.setup.texts.get("undo-clip");
    match (write, result) {
        (Write::Receipt { recording, draft }, result) => {
            // Nobody waits for it: nothing is drawn unless something is said.
            model.dirty = result.is_err();
            deck::sent(desk, recording, draft, result.as_ref().map(|_| ()));
        }
        (Write::MakeClip { .. }, Ok(Written::Clip(clip))) => {
            let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
            let title = clip.title.as_deref().map(|title| format!(" \"{}\"", clean::line(title, 60))).unwrap_or_default();
            let hash = clip.sha256.get(..12).unwrap_or_default();
            let saved =
                [("title", title.as_str()), ("from", &clock(clip.from_s)), ("until", &clock(clip.until_s)), ("hash", hash)];
            desk.say("clip-saved", &saved);
            let what = clip_undo(desk);
            desk.undo.keep(role, Undo { what, how: How::Writes(vec![Write::RemoveClip { clip: (*clip).clone() }]) });
            desk.deck.clip = Some(*clip);
            sharing::read_clips(model);
        }
        (Write::RemoveClip { clip }, Ok(_)) => {
            if desk.deck.clip.as_ref().is_some_and(|last| last.id == clip.id) {
                desk.deck.clip = None;
            }
            let draft = ClipDraft { recording: clip.recording, from_s: clip.from_s, until_s: clip.until_s, title: clip.title };
            let what = clip_undo(desk);
            desk.undo.keep(role, Undo { what, how: How::Writes(vec![Write::MakeClip { draft }]) });
            sharing::read_clips(model);
        }
        (Write::Collect { name, new, ids, .. }, Ok(_)) => {
            let id = if new { "collected-new" } else { "collected" };
            let text = desk.setup.texts.counted(id, ids.len() as u64, &[("name", &clean::line(&name, 60))]);
            if role == Role::Act {
                desk.tell(crate::console::notices::Level::Info, text);
            }
        }
        (_, Ok(_)) => {}
        (write, Err(error)) => edits::refused(model, write, &error),
    }
}
