//! Waiting until somebody, this program or another, writes to the database. Costs nothing while nobody does.

use std::{path::Path, time::Duration};

use super::Store;

/// Where the system cannot be asked to tell, the files are taken as written to so often.
const BLINDLY: Duration = Duration::from_secs(1);

/// Sees what is written from its making on.
pub struct Watch {
    #[cfg(target_os = "linux")]
    told: Option<tokio::net::unix::pipe::Receiver>,
}

impl Watch {
    #[cfg(target_os = "linux")]
    fn of(database: &Path) -> Self {
        use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let told = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).and_then(|told| {
            // Commits go to the log; without one (a database that is only read) to the database.
            add_watch(&told, database, WatchFlags::MODIFY)?;
            let _ = add_watch(&told, log.as_os_str(), WatchFlags::MODIFY);
            Ok(told)
        });
        // It is no pipe, and becomes readable as one does.
        Self { told: told.ok().and_then(|told| tokio::net::unix::pipe::Receiver::from_owned_fd_unchecked(told).ok()) }
    }

    #[cfg(not(target_os = "linux"))]
    fn of(_database: &Path) -> Self {
        Self {}
    }

    /// Comes back after something was written; sometimes without.
    pub async fn written(self) {
        #[cfg(target_os = "linux")]
        if let Some(told) = &self.told
            && told.readable().await.is_ok()
        {
            return;
        }
        tokio::time::sleep(BLINDLY).await;
    }
}

impl Store {
    /// Begins to watch for writes.
    pub fn watch(&self) -> Watch {
        Watch::of(self.path())
    }
}
