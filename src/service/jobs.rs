//! Long work of the server: seen and ended by whoever began it, or runs the system; done by the room `jobs`.

use super::{Result, Service, audit::record_of};
use crate::{
    domain::{
        actor::{Actor, Permission},
        job::{Job, JobState},
    },
    store::{JobOrder, NewJob},
};

/// The kind of jobs that import what was uploaded.
pub const JOB_IMPORT: &str = "import";

impl Service {
    /// One's own, or everybody's for whoever runs the system; newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn jobs(&self, actor: &Actor) -> Result<Vec<Job>> {
        Ok(self.store().jobs(whose(actor)).await?)
    }

    /// # Errors
    /// [`super::ServiceError::NotFound`] for those of others as for what does not exist.
    pub async fn job(&self, actor: &Actor, id: &str) -> Result<Job> {
        Ok(self.store().job(id.to_owned(), whose(actor)).await?)
    }

    /// Asks a job to end at its next safe place.
    ///
    /// # Errors
    /// As [`Self::job`]; [`super::ServiceError::Conflict`] for one that has ended.
    pub async fn cancel_job(&self, actor: &Actor, id: &str) -> Result<()> {
        let job = self.job(actor, id).await?;
        self.must_be_writable("cancel a job")?;
        let job = self.store().cancel_job(job.id.clone(), record_of(actor, "job.cancel", &job.id)).await?;
        self.tell_job(&job);
        Ok(())
    }

    /// Puts work into the queue.
    pub(super) async fn begin_job(&self, actor: &Actor, id: String, kind: &'static str, orders: String) -> Result<Job> {
        let audit = record_of(actor, "job.begin", &id);
        let job = self.store().add_job(NewJob { id, kind, who: actor.name.clone(), orders }, audit).await?;
        self.inner.job_news.notify_one();
        Ok(job)
    }

    /// Waits until a job was begun in this program.
    pub async fn job_begun(&self) {
        self.inner.job_news.notified().await;
    }

    /// The next job, which runs from now on.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn next_job(&self) -> Result<Option<JobOrder>> {
        let order = self.store().next_job().await?;
        if let Some(order) = &order {
            self.tell_job(&order.job);
        }
        Ok(order)
    }

    /// Notes how far it is; gives whether it is to end.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn job_is_at(&self, id: &str, done: u64, all: Option<u64>, detail: &str) -> Result<bool> {
        let (job, cancelled) = self.store().job_progress(id.to_owned(), done, all, detail.to_owned()).await?;
        self.tell_job(&job);
        Ok(cancelled)
    }

    /// # Errors
    /// When the database cannot be written.
    pub async fn job_ended(
        &self,
        id: &str,
        state: JobState,
        detail: Option<String>,
        result: Option<serde_json::Value>,
    ) -> Result<()> {
        let job = self.store().end_job(id.to_owned(), state, detail, result).await?;
        self.tell_job(&job);
        Ok(())
    }
}

fn whose(actor: &Actor) -> Option<String> {
    (!actor.scope(Permission::Storage).is_company()).then(|| actor.name.clone())
}
