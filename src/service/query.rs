//! From the text of a query to a filter that may run for this actor.

use jiff::Timestamp;

use super::{Result, Service, ServiceError, masking, receipts::knows_of_others};
use crate::domain::{
    actor::{Actor, Permission},
    query::{Filter, QueryContext, Sort, prepare},
};

impl Service {
    /// Resolves `q` with the company's zone and codes and the actor's views. An explicit `sort` beats the query's own.
    pub(super) async fn prepared(&self, actor: &Actor, q: &str, sort: Option<&str>) -> Result<(Filter, Sort)> {
        let explicit = sort
            .filter(|sort| !sort.trim().is_empty())
            .map(|sort| Sort::parse(sort.trim()))
            .transpose()
            .map_err(ServiceError::Invalid)?;
        let (filter, own) = if q.trim().is_empty() {
            (Filter::All, None)
        } else {
            let prepared = prepare(q, &self.query_context(actor).await?)?;
            let filter = prepared.filter.asked_by(&actor.name, knows_of_others(actor));
            (self.among_known(actor, filter).await?, prepared.sort)
        };
        let sort = explicit.or(own).unwrap_or_default();
        if masking::masks(actor) && masking::asks(&filter, sort) {
            let act = ("calls.read", "search or sort by numbers and names");
            return Err(self.refuse(actor, Permission::RevealNumber, act, Some(q)).await?);
        }
        Ok((filter, sort))
    }

    /// The order that a list with this query and `sort` has; cursors are of one order.
    ///
    /// # Errors
    /// A query or order that cannot be understood.
    pub async fn sort(&self, actor: &Actor, q: &str, sort: &str) -> Result<Sort> {
        Ok(self.prepared(actor, q, Some(sort)).await?.1)
    }

    pub(super) async fn query_context(&self, actor: &Actor) -> Result<QueryContext> {
        let company = self.store().company().await?;
        let zone = jiff::tz::TimeZone::get(&company.zone).map_err(|error| {
            ServiceError::Storage(format!(
                "the company's time zone \"{}\" is not known on this machine ({error}); install the time zone data or set another",
                company.zone
            ))
        })?;
        // Own views stand last, so that they win over shared ones of the same name.
        let mut views = self.store().views(actor.name.clone()).await?;
        views.sort_by_key(|view| view.owner == actor.name);
        Ok(QueryContext {
            now: Timestamp::now(),
            zone,
            country_code: company.country_code,
            national_prefix: company.national_prefix,
            views: views.into_iter().map(|view| (view.name, view.query)).collect(),
        })
    }
}
