//! A link to recordings or a clip, for somebody without an account.

use super::{
    edits,
    effect::{Read, Slot},
    model::{Model, Pane},
    overlays::{About, Fill, Line, Overlay, recordings_shared},
    screens::{
        calls::{self, Marks},
        users::Part,
    },
};
use crate::{
    domain::{actor::Permission, clean, id::RecordingId, length::Tenths},
    wire::{
        CallBody, Clip,
        access::{ShareItem, SharedThing},
    },
};

/// The chosen clip, else the recordings of the marked calls, else of the one under the cursor.
pub(super) fn share(model: &mut Model) {
    for permission in [Permission::Share, Permission::Listen] {
        if !model.desk.may(permission) {
            model.desk.warn("not-allowed", &[("what", permission.word())]);
            return;
        }
    }
    if model.desk.who.as_ref().is_some_and(|who| who.read_only) {
        model.desk.warn("read-only", &[]);
        return;
    }
    if let Some(clip) = edits::chosen_clip(model).cloned() {
        let item = ShareItem { kind: SharedThing::Clip, id: clip.id.clone() };
        let whose = titled(model, &clip);
        return ask(model, vec![item], whose);
    }
    let chosen: Vec<&CallBody> = match &model.calls.marks {
        Marks::Query(_) if model.pane == Pane::Calls => {
            model.desk.say("share-not-all", &[]);
            return;
        }
        Marks::Calls(marked) if !marked.is_empty() && model.pane == Pane::Calls => {
            model.calls.list.rows().map(|row| &row.call).filter(|call| marked.contains(&call.id)).collect()
        }
        Marks::Query(_) | Marks::Calls(_) | Marks::None => model.calls.current().into_iter().collect(),
    };
    let ids = chosen.iter().flat_map(|call| call.recordings.iter().map(|recording| RecordingId(recording.id.clone())));
    let items: Vec<ShareItem> = recordings_shared(ids);
    if items.is_empty() {
        model.desk.say("share-nothing", &[]);
        return;
    }
    let whose = match chosen.as_slice() {
        [call] => calls::headline(call, &model.desk),
        _ => model.desk.setup.texts.counted("share-recordings", items.len() as u64, &[]),
    };
    ask(model, items, whose);
}

/// `clip 0:10 – 0:20 "greeting"`.
pub(super) fn titled(model: &Model, clip: &Clip) -> String {
    let clock = |seconds: f64| Tenths::from_seconds(seconds).clock();
    let title = clip.title.as_deref().map(|title| format!(" \"{}\"", clean::line(title, 60))).unwrap_or_default();
    let stretch = [("from", clock(clip.from_s)), ("until", clock(clip.until_s)), ("title", title)];
    let stretch: Vec<(&str, &str)> = stretch.iter().map(|(name, value)| (*name, value.as_str())).collect();
    model.desk.setup.texts.with("share-clip", &stretch)
}

fn ask(model: &mut Model, items: Vec<ShareItem>, whose: String) {
    let mut lines = vec![
        Line::new("fill-title", "", Vec::new()),
        Line::new("fill-expires", "14d", Vec::new()),
        Line::new("fill-plays", "", Vec::new()),
        Line::new("fill-passphrase", "", Vec::new()),
        Line::new("fill-whom", "", Vec::new()),
    ];
    lines[3].hidden = true;
    model.overlays.push(Overlay::Fill(Box::new(Fill::new(About::Share(items), whose, lines))));
}

/// `:shares`: the list of them.
pub(super) fn list(model: &mut Model) {
    super::dispatch::run(model, super::keymap::Action::GoUsers);
    model.users.part = Part::Shares;
}

/// The clips of the call on the screen are read anew.
pub(super) fn read_clips(model: &mut Model) {
    if let Some(call) = model.calls.current().map(|call| call.id.clone()) {
        model.desk.read(Slot::Clips, 0, Read::Clips(call));
    }
}
