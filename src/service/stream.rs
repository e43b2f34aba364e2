//! Everything that matches, as a stream: pages by key up to a bound fixed at the start, so that no read transaction is held
//! while a reader is slow, and what comes in meanwhile does not move the end.

use tokio::sync::mpsc;

use super::{Result, Service, audit::record, masking};
use crate::domain::{
    actor::Actor,
    call::Call,
    id::instant_of,
    list::PageRequest,
    query::{Filter, Predicate, Sort, SortField, TimeRange},
};

/// Rows of the first page (soon there) and of later ones.
const FIRST: usize = 200;
const LATER: usize = 1_000;
/// Rows of a page where every page costs a walk.
const LATER_UNINDEXED: usize = 10_000;

/// Batches of calls in list order; ends when all were given. Dropping it stops the reading.
pub struct CallStream {
    batches: mpsc::Receiver<Result<Vec<Call>>>,
}

impl CallStream {
    pub async fn next(&mut self) -> Option<Result<Vec<Call>>> {
        self.batches.recv().await
    }
}

impl Service {
    /// Streams what matches. `form` is the audit's word for the form (`csv`, `ndjson`); what a person on the machine itself
    /// lists is not audited, what leaves over a network is.
    ///
    /// # Errors
    /// A query or order that cannot be understood, before anything is streamed.
    pub async fn stream(&self, actor: &Actor, q: &str, sort: &str, form: &'static str) -> Result<CallStream> {
        self.may_see(actor).await?;
        let (filter, sort) = self.prepared(actor, q, Some(sort)).await?;
        if actor.origin.via != "local" && self.read_only().is_none() {
            let mut export = record(actor, "calls.export");
            export.detail = Some(form.to_owned());
            export.foreign = (!q.is_empty()).then(|| super::limits::short(q));
            self.store().append_audit(export).await?;
        }
        let (sender, batches) = mpsc::channel(2);
        if let Some(newest) = self.store().newest_key().await? {
            let until = instant_of(newest).checked_add(jiff::SignedDuration::from_millis(1)).ok();
            let bound = Filter::Is(Predicate::Time(TimeRange { from: None, until }));
            let filter = if filter == Filter::All { bound } else { Filter::And(vec![filter, bound]) };
            tokio::spawn(self.clone().pump(actor.clone(), filter, sort, sender));
        }
        Ok(CallStream { batches })
    }

    async fn pump(self, actor: Actor, filter: Filter, sort: Sort, sender: mpsc::Sender<Result<Vec<Call>>>) {
        let (mut after, mut limit) = (None, FIRST);
        loop {
            let request = PageRequest { filter: filter.clone(), sort, limit, after, backwards: false };
            let page = tokio::select! {
                page = self.store().page(actor.scope.clone(), request) => page,
                () = sender.closed() => return,
            };
            let (batch, next) = match page {
                Ok(page) => (Ok(page.items.into_iter().map(|call| masking::call(&actor, call)).collect()), page.next),
                Err(error) => (Err(error.into()), None),
            };
            if sender.send(batch).await.is_err() || next.is_none() {
                return;
            }
            after = next;
            limit = if sort.field == SortField::Start { LATER } else { LATER_UNINDEXED };
        }
    }
}
