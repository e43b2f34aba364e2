//! What others wrote is noticed within a second. The list itself never moves for it, and nothing is drawn unless it shows.

use super::{Calls, list::PAGE};
use crate::{
    client::CallsQuery,
    console::{
        desk::Desk,
        ears,
        effect::{Read, Slot},
    },
    domain::{list::Count, query::SortField},
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
        counted(calls, desk, revision.calls);
    } else if changed || calls.all.is_none() {
        calls.all = calls.all.or(Some(revision.calls));
        desk.read(Slot::All, 0, Read::Count(CallsQuery::default()));
    }
    if !ears::listen(&mut calls.ears, desk) {
        desk.wait(Slot::Revision, NEWS_MS);
    }
}

/// All calls were counted.
pub fn counted(calls: &mut Calls, desk: &mut Desk, count: Count) {
    if let Some(known) = calls.known.take() {
        let came = count.count.saturating_sub(known);
        calls.new_calls += came;
        if came > 0 && calls.ears.listening {
            want_fresh(calls, desk);
        }
    }
    calls.all = Some(count);
    if calls.query.applied.is_empty() && count.exact && calls.new_calls == 0 {
        calls.count = Some(count);
    }
}

/// What came is put above what is seen, where the list shows its newest calls first: nothing that is seen moves.
fn want_fresh(calls: &Calls, desk: &mut Desk) {
    let order = calls.order();
    let newest_first = order.field == SortField::Start && order.descending;
    let rests = calls.list.loaded && !calls.query.editing && calls.query.problem.is_none() && !desk.is_busy(Slot::List);
    if newest_first && rests && calls.list.at_beginning() {
        let query = CallsQuery {
            q: calls.query.applied.clone(),
            sort: calls.sort_word(),
            limit: Some(PAGE),
            total: Some(false),
            ..CallsQuery::default()
        };
        desk.read(Slot::Fresh, 0, Read::Fresh(query));
    }
}

/// The newest calls came.
pub fn arrived(calls: &mut Calls, desk: &Desk, page: wire::Page<wire::CallBody>) {
    let Some(added) = calls.list.put_above(page.items, &desk.zone) else { return };
    calls.above += added.len();
    calls.range = calls.range.map(|from| from + added.len());
    calls.fresh.extend(added);
}

/// The server could not be asked.
pub fn failed(desk: &mut Desk) {
    desk.wait(Slot::Revision, AGAIN_MS);
}

/// It is time to wait for the next.
pub fn due(calls: &mut Calls, desk: &mut Desk) {
    calls.ears.due = false;
    if desk.up() {
        let known = calls.revision.clone().filter(|_| !calls.ears.listening);
        desk.read(Slot::Revision, 0, Read::Revision(known));
    }
}
