//! Work that is not sent yet: kept for the next start, offered then, shown, sent again or thrown away by the person.

use super::{
    desk::Connection,
    effect::{Effect, Write},
    model::Model,
    notices::Level,
    overlays::{Overlay, Pending},
    places,
    undo::{How, Undo},
    unsent::{Kept, Stand},
};
use crate::client::ClientError;

/// The file says what the model does.
pub(super) fn keep(model: &mut Model) {
    let desk = &mut model.desk;
    if desk.who.is_none() || !desk.line.breaks {
        return;
    }
    let (place, person, all) = (places::key(desk), desk.person(), model.leaving.is_some());
    if let Some(keeping) = desk.unsent.keeping(&place, &person, all) {
        desk.effect(Effect::Keep(Box::new(keeping)));
    }
}

/// An earlier start left something here.
pub(super) fn offered(model: &mut Model, kept: Vec<Kept>) {
    let count = model.desk.unsent.offer(kept);
    model.dirty = count > 0;
    if count > 0 {
        let text = model.desk.setup.texts.counted("pending-offered", count as u64, &[]);
        model.desk.tell(Level::Warn, text);
        if model.overlays.is_empty() {
            model.overlays.push(Overlay::Pending(Pending::default()));
        }
    }
}

/// A change was refused: true if it stays for the person to say what becomes of it. What was typed is never lost, nor is what
/// was done while the line was away.
pub(super) fn refused(model: &mut Model, number: u64, error: &ClientError) -> bool {
    let Some(change) = model.desk.unsent.get(number) else { return false };
    let Some(problem) = error.problem() else { return false };
    let waited = model.desk.line.breaks && change.key_was_kept();
    // Here the editor opens with the text, as somebody is at it.
    let at_hand = problem.status == 412 && !waited;
    if at_hand || !(waited || change.write.text().is_some()) {
        return false;
    }
    let why = problem.detail.clone();
    model.desk.unsent.stand(number, Stand::Refused(why.clone()));
    model.desk.fail("pending-refused", &[("why", &why)]);
    true
}

/// Opens the list of what is not sent.
pub(super) fn open(model: &mut Model) {
    if model.desk.unsent.listed().next().is_none() {
        model.desk.say("pending-none", &[]);
    } else {
        model.overlays.push(Overlay::Pending(Pending::default()));
    }
}

/// The person wants a change sent.
pub(super) fn send(model: &mut Model, number: u64) {
    model.desk.unsent.stand(number, Stand::Waits);
    if model.desk.online() {
        model.desk.send(number);
    } else if model.desk.connection == Connection::SignedOut {
        model.desk.say("pending-waits-sign-in", &[]);
    } else {
        model.desk.say("pending-waits", &[]);
    }
}

/// The person does not want it any more.
pub(super) fn drop(model: &mut Model, number: u64) {
    if let Some(change) = model.desk.unsent.remove(number) {
        model.desk.say("pending-dropped", &[]);
        let what = model.desk.setup.texts.get("undo-pending");
        if matches!(change.write, Write::AddNote { .. }) {
            model.desk.undo.push(Undo { what, how: How::Writes(vec![change.write]) });
        }
    }
}

/// All that are not on their way.
pub(super) fn send_all(model: &mut Model) {
    let all: Vec<u64> = model.desk.unsent.listed().map(|(number, _)| number).collect();
    for number in all {
        send(model, number);
    }
}
