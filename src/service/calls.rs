//! Lists, counts, totals, facets, one call.

use std::time::Duration;

use super::{Result, Service, ServiceError, masking, receipts};
use crate::domain::{
    actor::{Actor, Permission},
    call::CallDetail,
    column::column_among,
    facet::{BREAKDOWNS, FACETS},
    list::{Count, Cursor, FacetCount, Page, PageRequest, Share, Summary, Totals},
    query::Sort,
};

/// Most rows of one page.
pub const PAGE_LIMIT: usize = 500;
/// Rows of a page that asks for no number.
pub const PAGE_DEFAULT: usize = 50;
/// A page's total is left out where there are more, or where counting takes longer than [`TOTAL_TIME`].
const TOTAL_AT_MOST: u64 = 10_000;
const TOTAL_TIME: Duration = Duration::from_millis(50);

/// The field whose values are projects.
const PROJECTS: &str = "projects";

/// What a summary counts by unless told otherwise.
const SUMMARY: &str = "direction,outcome,agents,groups,queue,length,recorded,tags,projects";

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    pub q: String,
    /// Empty: the query's own, or newest first.
    pub sort: String,
    pub limit: Option<usize>,
    pub after: Option<Cursor>,
    pub backwards: bool,
    /// The page is wanted at once, without its total.
    pub no_total: bool,
}

/// A page and what it was made with.
#[derive(Clone, Debug)]
pub struct Listed {
    pub page: Page,
    pub total: Option<u64>,
    /// The order in force; cursors are of this order.
    pub sort: Sort,
}

impl Service {
    /// One page.
    ///
    /// # Errors
    /// A query or order that cannot be understood; more than [`PAGE_LIMIT`] rows.
    pub async fn calls(&self, actor: &Actor, request: ListRequest) -> Result<Listed> {
        self.may_see(actor).await?;
        let limit = request.limit.unwrap_or(PAGE_DEFAULT);
        if limit == 0 || limit > PAGE_LIMIT {
            return Err(ServiceError::Invalid(format!(
                "limit is 1 to {PAGE_LIMIT}; follow `next` for more, or ask for a stream"
            )));
        }
        let (filter, sort) = self.prepared(actor, &request.q, Some(&request.sort)).await?;
        let first = request.after.is_none() && !request.backwards && !request.no_total;
        let page = self.store().page(
            actor.scope(Permission::See),
            PageRequest { filter: filter.clone(), sort, limit, after: request.after, backwards: request.backwards },
        );
        if !first {
            let mut page = page.await?;
            page.items = self.shown(actor, page.items).await?;
            return Ok(Listed { page, total: None, sort });
        }
        let count =
            tokio::time::timeout(TOTAL_TIME, self.store().count(actor.scope(Permission::See), filter, Some(TOTAL_AT_MOST)));
        let (page, count) = tokio::join!(page, count);
        let mut page = page?;
        page.items = self.shown(actor, page.items).await?;
        let total = match count {
            _ if page.next.is_none() => u64::try_from(page.items.len()).ok(),
            Ok(Ok(count)) if count.exact => Some(count.count),
            _ => None,
        };
        Ok(Listed { page, total, sort })
    }

    /// How many match: exact, unless `at_most` stops it.
    ///
    /// # Errors
    /// A query that cannot be understood.
    pub async fn count(&self, actor: &Actor, q: &str, at_most: Option<u64>) -> Result<Count> {
        self.may_see(actor).await?;
        let (filter, _) = self.prepared(actor, q, None).await?;
        Ok(self.store().count(actor.scope(Permission::See), filter, at_most).await?)
    }

    /// Sums over what matches.
    ///
    /// # Errors
    /// A query that cannot be understood.
    pub async fn totals(&self, actor: &Actor, q: &str) -> Result<Totals> {
        self.may_see(actor).await?;
        let (filter, _) = self.prepared(actor, q, None).await?;
        Ok(self.store().totals(actor.scope(Permission::See), filter).await?)
    }

    /// How often each value occurs, for fields given by JSON name or the query language's, parted by commas.
    ///
    /// # Errors
    /// A query or a field that is not known.
    pub async fn facets(&self, actor: &Actor, q: &str, by: &str) -> Result<Vec<(String, Vec<FacetCount>)>> {
        self.may_see(actor).await?;
        let fields = self.facet_fields(actor, by).await?;
        let (filter, _) = self.prepared(actor, q, None).await?;
        let facets = self.store().facets(actor.scope(Permission::See), filter, fields).await?;
        self.facets_shown(actor, facets).await
    }

    /// Count, sums, values of fields (those of [`Self::facets`]; empty: what lists show beside them) and hours of the week.
    ///
    /// # Errors
    /// A query or a field that is not known.
    pub async fn summary(&self, actor: &Actor, q: &str, by: &str) -> Result<Summary> {
        self.may_see(actor).await?;
        let fields = self.facet_fields(actor, if by.trim().is_empty() { SUMMARY } else { by }).await?;
        let (filter, _) = self.prepared(actor, q, None).await?;
        let mut summary = self.store().summary(actor.scope(Permission::See), filter, fields).await?;
        summary.facets = self.facets_shown(actor, summary.facets).await?;
        Ok(summary)
    }

    /// The sums of each value of one field.
    ///
    /// # Errors
    /// A query or a field that is not known.
    pub async fn breakdown(&self, actor: &Actor, q: &str, by: &str) -> Result<Vec<Share>> {
        self.may_see(actor).await?;
        if by.trim().is_empty() {
            let known = BREAKDOWNS.join(", ");
            return Err(ServiceError::Invalid(format!(
                "name the field to part the sums by, such as by=agent; there are {known}"
            )));
        }
        let field = column_among(by, BREAKDOWNS, "field to part sums by").map_err(ServiceError::Invalid)?;
        self.may_count_by(actor, &[field]).await?;
        let (filter, _) = self.prepared(actor, q, None).await?;
        let mut shares = self.store().breakdown(actor.scope(Permission::See), filter, field.to_owned()).await?;
        if field == PROJECTS {
            let projects = self.known_projects(actor).await?;
            shares.retain(|share| share.value.as_ref().is_none_or(|name| projects.has(name)));
        }
        Ok(shares)
    }

    /// One call by public id or source id.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] also for calls outside the actor's scope.
    pub async fn call(&self, actor: &Actor, id: &str) -> Result<CallDetail> {
        self.may_see(actor).await?;
        let detail = self.store().call(actor.scope(Permission::See), id.to_owned()).await?;
        Ok(receipts::shown(actor, self.shown_whole(actor, detail).await?))
    }

    pub(super) async fn may_see(&self, actor: &Actor) -> Result<()> {
        self.require(actor, Permission::See, "calls.read", "see calls", None).await
    }

    /// JSON names of the fields that a list of names parted by commas asks for.
    async fn facet_fields(&self, actor: &Actor, by: &str) -> Result<Vec<String>> {
        let mut fields: Vec<&str> = Vec::new();
        for name in by.split(',').filter(|name| !name.trim().is_empty()) {
            let field = column_among(name, FACETS, "facet").map_err(ServiceError::Invalid)?;
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        self.may_count_by(actor, &fields).await?;
        if fields.is_empty() {
            let known = FACETS.join(", ");
            return Err(ServiceError::Invalid(format!(
                "name the fields to count by, such as by=direction,outcome; there are {known}"
            )));
        }
        Ok(fields.into_iter().map(str::to_owned).collect())
    }

    /// Without the projects that the actor does not know: calls of theirs may belong to others too.
    async fn facets_shown(
        &self,
        actor: &Actor,
        mut facets: Vec<(String, Vec<FacetCount>)>,
    ) -> Result<Vec<(String, Vec<FacetCount>)>> {
        if let Some((_, counts)) = facets.iter_mut().find(|(field, _)| field == PROJECTS) {
            let projects = self.known_projects(actor).await?;
            counts.retain(|count| count.value.as_ref().is_none_or(|name| projects.has(name)));
        }
        Ok(facets)
    }

    /// Values that show who called are not for those from whom numbers are hidden.
    async fn may_count_by(&self, actor: &Actor, fields: &[&str]) -> Result<()> {
        if masking::masks(actor) && fields.iter().any(|field| matches!(*field, "customer" | "from" | "to" | "reached")) {
            let act = ("calls.read", "count by customers or numbers");
            return Err(self.refuse(actor, Permission::RevealNumber, act, None).await?);
        }
        Ok(())
    }
}
