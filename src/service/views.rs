//! Saved views: a query with its order and columns, one's own or shared.

use super::{
    Result, Service, ServiceError,
    audit::record_of,
    error::{changed, changed_or_there},
    limits, masking,
};
use crate::domain::{actor::Actor, column, directory::View};

impl Service {
    /// One's own views and the shared ones.
    ///
    /// # Errors
    /// Without the right `see`.
    pub async fn views(&self, actor: &Actor) -> Result<Vec<View>> {
        self.may_see(actor).await?;
        let mut views = self.store().views(actor.name.clone()).await?;
        if masking::masks(actor) {
            // What others ask for by number or name would tell it.
            let context = self.query_context(actor).await?;
            views.retain(|view| view.owner == actor.name || !masking::asks_in(&view.query, &view.sort, &context));
        }
        Ok(views)
    }

    /// Makes a view (version 0) or changes one's own. Its query must be understood.
    ///
    /// # Errors
    /// [`ServiceError::Changed`] if somebody else changed it since its version; [`ServiceError::Conflict`] if it is there already.
    pub async fn put_view(&self, actor: &Actor, view: View) -> Result<View> {
        self.may_see(actor).await?;
        let name = limits::name("the view's name", &view.name)?;
        if view.query.chars().count() > limits::REMARK {
            return Err(ServiceError::TooLarge(format!("the view's query is longer than {} characters", limits::REMARK)));
        }
        self.prepared(actor, &view.query, Some(&view.sort)).await?;
        let mut columns = Vec::with_capacity(view.columns.len());
        for name in &view.columns {
            columns.push(column::column_among(name, &column::of_views(), "column").map_err(ServiceError::Invalid)?.to_owned());
        }
        let view = View { name, columns, owner: actor.name.clone(), ..view };
        let mut audit = record_of(actor, "view.set", &view.name);
        audit.foreign = Some(view.query.clone());
        let told = changed_or_there(view.version);
        self.store().put_view(view, audit).await.map_err(told)
    }

    /// # Errors
    /// [`ServiceError::Changed`] if somebody else changed it since `version`.
    pub async fn remove_view(&self, actor: &Actor, name: &str, version: i64) -> Result<()> {
        self.may_see(actor).await?;
        let audit = record_of(actor, "view.remove", &limits::short(name));
        self.store().remove_view(actor.name.clone(), name.to_owned(), version, audit).await.map_err(changed)
    }
}
