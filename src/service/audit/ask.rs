//! Pages and exports of the log.
//!
//! Without the right `audit` people ask for what they did themselves (`mine`). What outsiders wrote (numbers, names, texts
//! of queries) is shown to whoever may read the entry; without the right `reveal-number` numbers in it are masked and it is
//! not searched, so that nobody finds a number by asking.

use std::time::Duration;

use tokio::sync::mpsc;

use super::record;
use crate::{
    domain::{
        actor::{Actor, Permission},
        audit::AuditEntry,
        query::{audit_sort, prepare_audit},
    },
    service::{Batches, PAGE_LIMIT, Result, Service, ServiceError, limits, masking},
    store::AuditPageRequest,
};

/// Rows of a page that asks for no number.
const PAGE: usize = 50;
/// Rows of a page of an export.
const BATCH: usize = 1_000;
/// A page's total is left out where counting takes longer.
const TOTAL_TIME: Duration = Duration::from_millis(500);

/// What is asked of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditRequest {
    pub q: String,
    /// `seq` or `-seq`; empty: the question's own, or the oldest first.
    pub sort: String,
    pub limit: Option<usize>,
    /// Number of the last entry of the page before.
    pub after: Option<i64>,
    /// Only what the asker did.
    pub mine: bool,
}

/// A page of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditListed {
    pub items: Vec<AuditEntry>,
    /// Whether there are more behind it.
    pub more: bool,
    /// On the first page, where it is soon known.
    pub total: Option<u64>,
}

impl Service {
    /// One page of the log.
    ///
    /// # Errors
    /// [`ServiceError::NotAllowed`] without the right `audit`, unless only `mine` is asked for; a question that cannot be
    /// understood; a limit out of range.
    pub async fn audit(&self, actor: &Actor, request: AuditRequest) -> Result<AuditListed> {
        let limit = request.limit.unwrap_or(PAGE);
        if limit == 0 || limit > PAGE_LIMIT {
            return Err(ServiceError::Invalid(format!(
                "limit is 1 to {PAGE_LIMIT}; follow `next` for more, or ask for a stream"
            )));
        }
        let ask = AuditPageRequest { limit: limit + 1, ..self.audit_ask(actor, &request).await? };
        let count = async {
            match ask.after {
                Some(_) => None,
                None => tokio::time::timeout(TOTAL_TIME, self.store().count_audit(ask.clone())).await.ok()?.ok(),
            }
        };
        let (items, total) = tokio::join!(self.store().audit_page(ask.clone()), count);
        let mut items = items?;
        let more = items.len() > limit;
        items.truncate(limit);
        Ok(AuditListed { items: items.into_iter().map(|entry| shown(actor, entry)).collect(), more, total })
    }

    /// Streams the log up to its newest entry of now. `form` is the audit's word for the form; what leaves over a network is
    /// itself written down.
    ///
    /// # Errors
    /// As [`Self::audit`].
    pub async fn stream_audit(&self, actor: &Actor, request: AuditRequest, form: &'static str) -> Result<Batches<AuditEntry>> {
        let bound = self.store().newest_audit().await?;
        let mut ask = AuditPageRequest { limit: BATCH, bound: Some(bound), ..self.audit_ask(actor, &request).await? };
        if actor.origin.via != "local" && self.read_only().is_none() {
            let mut export = record(actor, "audit.export");
            let count = self.store().count_audit(ask.clone()).await?;
            export.detail = Some(format!("{form}, {count} entries"));
            export.foreign = (!request.q.is_empty()).then(|| limits::short(&request.q));
            self.write_down(export).await?;
        }
        let (sender, batches) = mpsc::channel(2);
        let (service, actor) = (self.clone(), actor.clone());
        tokio::spawn(async move {
            loop {
                let page = tokio::select! {
                    page = service.store().audit_page(ask.clone()) => page,
                    () = sender.closed() => return,
                };
                let page = match page {
                    Ok(page) => page,
                    Err(error) => return drop(sender.send(Err(error.into())).await),
                };
                let last = page.last().map(|entry| entry.seq).filter(|_| page.len() == BATCH);
                let page = page.into_iter().map(|entry| shown(&actor, entry)).collect();
                if sender.send(Ok(page)).await.is_err() || last.is_none() {
                    return;
                }
                ask.after = last;
            }
        });
        Ok(Batches::of(batches))
    }

    async fn audit_ask(&self, actor: &Actor, request: &AuditRequest) -> Result<AuditPageRequest> {
        if !request.mine {
            self.require(actor, Permission::Audit, "audit.read", "read the audit log of others", None).await?;
        }
        let sort = Some(request.sort.trim()).filter(|sort| !sort.is_empty());
        let sort = sort.map(audit_sort).transpose().map_err(ServiceError::Invalid)?;
        let prepared = match request.q.trim() {
            "" => crate::domain::query::PreparedAudit::default(),
            _ => prepare_audit(&request.q, &self.query_context(actor).await?)?,
        };
        Ok(AuditPageRequest {
            filter: prepared.filter,
            only: request.mine.then(|| actor.name.clone()),
            foreign: !masking::masks(actor),
            newest_first: sort.or(prepared.newest_first).unwrap_or(false),
            after: request.after,
            ..AuditPageRequest::default()
        })
    }
}

fn shown(actor: &Actor, mut entry: AuditEntry) -> AuditEntry {
    if masking::masks(actor) {
        entry.foreign = entry.foreign.map(|text| masking::within(&text));
    }
    entry
}
