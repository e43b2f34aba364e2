//! Signs the audit log while a program has it open: after 1,000 entries, after an hour, and at the end.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::DatabaseFiles;
use crate::{
    service::{Seals, Service},
    store::Due,
};

/// So often it is looked for entries that have waited an hour.
const LOOK: Duration = Duration::from_secs(600);

/// The signing of one opened database.
pub(super) struct Sealing {
    task: Option<JoinHandle<()>>,
}

impl DatabaseFiles {
    /// Where the key of the audit log and the file of its checkpoints lie, unless the configuration names another place for
    /// the latter.
    pub fn seals(&self, checkpoints: Option<&std::path::Path>) -> Seals {
        Seals::new(self.server.join("audit.key"), checkpoints.map_or_else(|| self.checkpoints.clone(), ToOwned::to_owned))
    }
}

impl Sealing {
    /// `stays`: the program is a server or a console, and signs in time.
    pub(super) fn start(service: &Service, stays: bool) -> Self {
        if !stays || service.read_only().is_some() {
            return Self { task: None };
        }
        let service = service.clone();
        let mut written = service.store().audit_written();
        let task = tokio::spawn(async move {
            loop {
                if let Err(why) = service.seal(Due::InTime).await {
                    tracing::error!(%why, "the audit log could not be signed");
                }
                let told = *written.borrow_and_update();
                // Looked at again after some entries, or after some time: an idle program has nothing to do.
                let some = async {
                    while written.changed().await.is_ok() {
                        if *written.borrow_and_update() >= told + SOME {
                            return;
                        }
                    }
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    () = some => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
        Self { task: Some(task) }
    }

    /// Signs what is left; a program that only comes and goes does so only when it is due.
    pub(super) async fn end(mut self, service: &Service) {
        let stays = self.task.take();
        if let Some(task) = &stays {
            task.abort();
        }
        let due = if stays.is_some() { Due::Now } else { Due::InTime };
        if let Err(why) = service.seal(due).await {
            tracing::error!(%why, "the audit log could not be signed");
        }
    }
}

impl Drop for Sealing {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Entries after which it is looked whether a checkpoint is due.
const SOME: i64 = 100;
