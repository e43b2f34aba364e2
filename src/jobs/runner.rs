//! Works through the queue, one job after the other.

use std::time::Duration;

use tokio::{sync::watch, task::JoinHandle};

use crate::{
    domain::job::JobState,
    service::{JOB_IMPORT, Result, Service, ServiceError, reporter},
    store::JobOrder,
};

/// How often a job's progress is written down, and whether it is to end is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// After a failure of the database.
const REST: Duration = Duration::from_secs(5);

/// The program's one worker. Ends with [`Runner::stop`]; when dropped, at the next look.
pub struct Runner {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Why a job stopped before its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stopped {
    No,
    /// Somebody cancelled it.
    Cancelled,
    /// The program ends; it goes on at the next start.
    Paused,
}

impl Runner {
    /// Begins. `lock` is what lets this program be the one; it is held until the end.
    pub fn start(service: Service, lock: impl Send + 'static) -> Self {
        let (stop, stopping) = watch::channel(false);
        let task = tokio::spawn(async move {
            work(service, stopping).await;
            drop(lock);
        });
        Self { stop, task }
    }

    /// Lets the running job come to a safe place, from which it goes on at the next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let _ended = self.task.await;
    }
}

async fn work(service: Service, mut stopping: watch::Receiver<bool>) {
    while let Err(error) = service.store().resume_jobs().await {
        tracing::warn!(%error, "jobs cannot be looked at; trying again");
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            () = told_to_stop(&mut stopping) => return,
        }
    }
    service.sweep_uploads().await;
    loop {
        // Other programs put jobs into the queue as well.
        let watch = service.store().watch();
        let next = service.next_job().await;
        let stops = *stopping.borrow();
        if stops {
            return;
        }
        match next {
            Ok(Some(order)) => run(&service, order, stopping.clone()).await,
            Ok(None) => tokio::select! {
                () = service.job_begun() => {}
                () = async { watch.written().await; tokio::time::sleep(LOOK).await } => {}
                () = told_to_stop(&mut stopping) => return,
            },
            Err(error) => {
                tracing::warn!(%error, "the next job cannot be read; trying again");
                tokio::select! {
                    () = tokio::time::sleep(REST) => {}
                    () = told_to_stop(&mut stopping) => return,
                }
            }
        }
    }
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    // Fails once nobody can say so any more: the runner was dropped.
    let _told = stopping.wait_for(|stop| *stop).await.is_ok();
}

async fn run(service: &Service, order: JobOrder, mut stopping: watch::Receiver<bool>) {
    let JobOrder { job, orders } = order;
    let (reporter, watcher) = reporter();
    let mut doing = tokio::spawn({
        let (service, kind, id) = (service.clone(), job.kind.clone(), job.id.clone());
        async move {
            match kind.as_str() {
                JOB_IMPORT => service.run_import_job(&id, &orders, reporter).await,
                other => Err(ServiceError::Invalid(format!("this program does not know jobs of the kind {other}"))),
            }
        }
    });
    let mut stopped = Stopped::No;
    let outcome = loop {
        tokio::select! {
            outcome = &mut doing => break outcome,
            () = told_to_stop(&mut stopping), if stopped == Stopped::No => {
                stopped = Stopped::Paused;
                watcher.cancel();
            }
            () = tokio::time::sleep(LOOK) => {
                let now = watcher.progress();
                match service.job_is_at(&job.id, now.done, now.total, now.stage).await {
                    Ok(true) if stopped == Stopped::No => {
                        stopped = Stopped::Cancelled;
                        watcher.cancel();
                    }
                    Ok(_) => {}
                    Err(error) => tracing::debug!(%error, job = job.id, "progress is told later"),
                }
            }
        }
    };
    let outcome =
        outcome.unwrap_or_else(|_crash| Err(ServiceError::Storage("the work stopped by itself; the log says more".to_owned())));
    if stopped == Stopped::Paused {
        // Stays as running; the next start finds it.
        return;
    }
    if let Err(error) = end(service, &job.id, outcome).await {
        tracing::error!(%error, job = job.id, "the end of a job could not be written; it begins again at the next start");
        return;
    }
    service.forget_upload(&job.id);
}

async fn end(service: &Service, id: &str, outcome: Result<crate::service::import::Summary>) -> Result<()> {
    match outcome {
        Ok(summary) => {
            let state = match () {
                () if summary.cancelled => JobState::Cancelled,
                () if summary.is_partial() => JobState::Partly,
                () => JobState::Done,
            };
            service.job_ended(id, state, Some(summary.words()), serde_json::to_value(&summary).ok()).await
        }
        Err(error) => service.job_ended(id, JobState::Failed, Some(error.to_string()), None).await,
    }
}
