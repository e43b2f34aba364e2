//! Everything that matches, as a stream: pages by key up to a bound fixed at the start, so that no read transaction is held
//! while a reader is slow, and what comes in meanwhile does not move the end.

use tokio::sync::mpsc;

use super::{Result, Service, audit::record};
use crate::domain::{
    actor::{Actor, Permission},
    call::Call,
    id::{CallId, instant_of},
    list::{Cursor, PageRequest},
    query::{Filter, Predicate, Sort, SortField, TimeRange},
};

/// Rows of the first page (soon there) and of later ones.
const FIRST: usize = 200;
const LATER: usize = 1_000;
/// Rows of a page where every page costs a walk.
const LATER_UNINDEXED: usize = 10_000;
/// Ids of a page.
const IDS: usize = 50_000;

/// Batches in list order; ends when all were given. Dropping it stops the reading.
pub struct Batches<T> {
    batches: mpsc::Receiver<Result<Vec<T>>>,
}

/// Batches of calls.
pub type CallStream = Batches<Call>;

impl<T> Batches<T> {
    pub(super) const fn of(batches: mpsc::Receiver<Result<Vec<T>>>) -> Self {
        Self { batches }
    }

    pub async fn next(&mut self) -> Option<Result<Vec<T>>> {
        self.batches.recv().await
    }
}

/// What is streamed, and for whom.
struct Wanted {
    actor: Actor,
    filter: Filter,
    sort: Sort,
}

impl Service {
    /// Streams what matches. `form` is the audit's word for the form (`csv`, `ndjson`); what a person on the machine itself
    /// lists is not audited, what leaves over a network is.
    ///
    /// # Errors
    /// A query or order that cannot be understood, before anything is streamed.
    pub async fn stream(&self, actor: &Actor, q: &str, sort: &str, form: &'static str) -> Result<CallStream> {
        let (sender, batches) = mpsc::channel(2);
        if let Some(wanted) = self.wanted(actor, q, sort, form).await? {
            let later = if wanted.sort.field == SortField::Start { LATER } else { LATER_UNINDEXED };
            tokio::spawn(self.clone().pump(wanted, (FIRST, later), sender, async |service, actor, request| {
                let page = service.store().page(actor.scope(Permission::See), request).await?;
                Ok((service.shown(actor, page.items).await?, page.next))
            }));
        }
        Ok(Batches { batches })
    }

    /// As [`Self::stream`], the public ids alone, which cost a fraction.
    ///
    /// # Errors
    /// As [`Self::stream`].
    pub async fn stream_ids(&self, actor: &Actor, q: &str, sort: &str, form: &'static str) -> Result<Batches<CallId>> {
        let (sender, batches) = mpsc::channel(2);
        if let Some(wanted) = self.wanted(actor, q, sort, form).await? {
            tokio::spawn(self.clone().pump(wanted, (IDS, IDS), sender, async |service, actor, request| {
                Ok(service.store().ids(actor.scope(Permission::See), request).await?)
            }));
        }
        Ok(Batches { batches })
    }

    /// None where there are no calls at all.
    async fn wanted(&self, actor: &Actor, q: &str, sort: &str, form: &'static str) -> Result<Option<Wanted>> {
        self.may_see(actor).await?;
        let (filter, sort) = self.prepared(actor, q, Some(sort)).await?;
        let newest = self.store().newest_key().await?;
        let filter = newest.map(|newest| {
            let until = instant_of(newest).checked_add(jiff::SignedDuration::from_millis(1)).ok();
            let bound = Filter::Is(Predicate::Time(TimeRange { from: None, until }));
            if filter == Filter::All { bound } else { Filter::And(vec![filter, bound]) }
        });
        if actor.origin.via != "local" && self.read_only().is_none() {
            let count = match &filter {
                Some(filter) => self.store().count(actor.scope(Permission::See), filter.clone(), None).await?.count,
                None => 0,
            };
            let mut export = record(actor, "calls.export");
            export.detail = Some(format!("{form}, {count} calls"));
            export.foreign = (!q.is_empty()).then(|| super::limits::short(q));
            self.write_down(export).await?;
        }
        let Some(filter) = filter else { return Ok(None) };
        Ok(Some(Wanted { actor: actor.clone(), filter, sort }))
    }

    /// Sends page after page; `limits` are of the first and of later ones.
    async fn pump<T: Send>(
        self,
        wanted: Wanted,
        limits: (usize, usize),
        sender: mpsc::Sender<Result<Vec<T>>>,
        page: impl AsyncFn(&Self, &Actor, PageRequest) -> Result<(Vec<T>, Option<Cursor>)>,
    ) {
        let Wanted { actor, filter, sort } = wanted;
        let (mut after, mut limit) = (None, limits.0);
        loop {
            let request = PageRequest { filter: filter.clone(), sort, limit, after, backwards: false };
            let page = tokio::select! {
                page = page(&self, &actor, request) => page,
                () = sender.closed() => return,
            };
            let (batch, next) = match page {
                Ok((batch, next)) => (Ok(batch), next),
                Err(error) => (Err(error), None),
            };
            if sender.send(batch).await.is_err() || next.is_none() {
                return;
            }
            after = next;
            limit = limits.1;
        }
    }
}
