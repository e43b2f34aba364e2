//! The call under the cursor is read in full once the cursor has paused on it.

use super::{Calls, customer, update::more};
use crate::{
    console::{
        desk::Desk,
        effect::{Read, Slot},
    },
    domain::actor::Permission,
};

/// The cursor may move on: so long after its last step a call is read in full.
const LOOKING_MS: u64 = 120;
/// A waveform is audited as a look at the recording: only where one stays.
const WAVEFORM_MS: u64 = 250;

/// The cursor stands on another call, or may do so. Only its pausing leads to a read.
pub fn moved(calls: &mut Calls, desk: &mut Desk) {
    more(calls, desk);
    calls.wants_why = false;
    if calls.current().is_none() {
        calls.looking = false;
        desk.supersede(Slot::Detail);
        return;
    }
    if calls.current_detail().is_some() && calls.customer.is_none() {
        return;
    }
    calls.stepped = desk.now;
    if !calls.looking {
        calls.looking = true;
        desk.supersede(Slot::Peaks);
        desk.wait(Slot::Detail, LOOKING_MS);
    }
}

/// A while has passed since the cursor began to move; it may have gone on moving.
pub fn paused(calls: &mut Calls, desk: &mut Desk) {
    let since = u64::try_from(desk.now.duration_since(calls.stepped).as_millis()).unwrap_or(0);
    match LOOKING_MS.checked_sub(since).filter(|rest| *rest > 0) {
        Some(rest) => desk.wait(Slot::Detail, rest),
        None => look(calls, desk),
    }
}

/// The detail is there: the waveform may follow.
pub fn arrived(calls: &Calls, desk: &mut Desk) {
    peaks(calls, desk, WAVEFORM_MS);
}

/// Reads the call under the cursor in full.
fn look(calls: &mut Calls, desk: &mut Desk) {
    calls.looking = false;
    if let Some(id) = calls.current().map(|call| call.id.clone()) {
        calls.fresh.remove(&id);
    }
    customer::follow(calls, desk);
    if let (Some(current), None) = (calls.current(), calls.current_detail()) {
        let id = current.id.clone();
        calls.asked = Some(id.clone());
        desk.read(Slot::Detail, 0, Read::Detail(id));
    }
}

/// Somebody waits for what is only known once the call is read in full.
pub fn look_now(calls: &mut Calls, desk: &mut Desk) {
    if !desk.is_busy(Slot::Detail) {
        look(calls, desk);
    }
}

/// The call under the cursor fills the screen, or no longer.
pub fn opened(calls: &mut Calls, desk: &mut Desk, open: bool) {
    calls.opened = open;
    if open {
        look(calls, desk);
    }
}

/// Reads the waveform of the call under the cursor, unless the line is dear. Who opened the call gets it with the rest of
/// what its screen shows.
fn peaks(calls: &Calls, desk: &mut Desk, after_ms: u64) {
    let recording =
        calls.current_detail().and_then(|detail| detail.call.recordings.first()).map(|recording| recording.id.clone());
    // A look that would be refused is not asked for: each refusal is an entry in the audit log.
    let may = desk.may(Permission::Listen);
    if let Some(recording) = recording.filter(|recording| may && !calls.opened && !desk.setup.remote && !desk.deaf_to(recording))
        && calls.peaks.as_ref().is_none_or(|peaks| peaks.recording != recording)
    {
        let width = usize::from(desk.size.0.clamp(40, 400)) - 2;
        desk.read(Slot::Peaks, after_ms, Read::Peaks { recording, width, between: None });
    }
}
