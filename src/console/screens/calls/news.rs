//! What others wrote is noticed within a second. The list itself never moves for it, and nothing is drawn unless it shows.

use super::Calls;
use crate::{
    client::CallsQuery,
    console::{
        desk::Desk,
        effect::{Read, Slot},
    },
    domain::list::Count,
    wire,
};

/// Least time between two news: a busy exchange changes many times a second.
const NEWS_MS: u64 = 1_000;
/// After a failure it is tried again.
const AGAIN_MS: u64 = 15_000;

/// Something was written, by this program or another.
pub fn revised(calls: &mut Calls, desk: &mut Desk, revision: wire::Revision) {
    let changed = calls.revision.as_ref().is_some_and(|before| *before != revision.revision);
    calls.revision = Some(revision.revision);
    if std::mem::take(&mut calls.catches_up) && changed {
        super::refresh(calls, desk);
        return;
    }
    if changed {
        calls.known = calls.all.filter(|all| all.exact).map(|all| all.count);
        calls.figured = None;
        // What is being looked at may be what was changed.
        if let Some(detail) = &calls.detail
            && !calls.looking
        {
            let id = detail.call.id.clone();
            calls.asked = Some(id.clone());
            desk.read(Slot::Detail, 0, Read::Detail(id));
        }
    }
    if revision.calls.exact {
        counted(calls, revision.calls);
    } else if changed || calls.all.is_none() {
        calls.all = calls.all.or(Some(revision.calls));
        desk.read(Slot::All, 0, Read::Count(CallsQuery::default()));
    }
    desk.wait(Slot::Revision, NEWS_MS);
}

/// All calls were counted.
pub fn counted(calls: &mut Calls, count: Count) {
    if let Some(known) = calls.known.take() {
        calls.new_calls += count.count.saturating_sub(known);
    }
    calls.all = Some(count);
    if calls.query.applied.is_empty() && count.exact && calls.new_calls == 0 {
        calls.count = Some(count);
    }
}

/// The server could not be asked.
pub fn failed(desk: &mut Desk) {
    desk.wait(Slot::Revision, AGAIN_MS);
}

/// It is time to wait for the next.
pub fn due(calls: &Calls, desk: &mut Desk) {
    if desk.up() {
        desk.read(Slot::Revision, 0, Read::Revision(calls.revision.clone()));
    }
}
