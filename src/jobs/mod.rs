//! Long and scheduled work: persistent, resumable, cancellable, with progress. So far only the door: what a job is and how
//! one runs beside its watcher; the queue in the database comes with the jobs that need it (exports, retention).

use std::future::Future;

pub use crate::service::{Progress, Reporter, Watcher, reporter};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Running,
    Done,
    Failed,
    Cancelled,
}

/// A job that runs now.
pub struct Running<T> {
    pub watcher: Watcher,
    result: tokio::task::JoinHandle<T>,
}

impl<T: Send + 'static> Running<T> {
    /// Starts the work in a task of its own, so that a starter that goes away does not cut it in two.
    pub fn start<F>(work: impl FnOnce(Reporter) -> F) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let (reporter, watcher) = reporter();
        Self { watcher, result: tokio::spawn(work(reporter)) }
    }

    /// Waits for the end; none if the work crashed.
    pub async fn finish(self) -> Option<T> {
        self.result.await.ok()
    }
}
