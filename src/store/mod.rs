//! The database. SQL lives here only; callers see domain types.
//!
//! One writer thread and several read-only ones stand behind [`Store`]; dropping the future of a read interrupts its
//! statement, so that a superseded count of ten million rows stops. Each act of writing is one transaction that holds its
//! audit record too.

mod assignments;
mod audit;
mod blob;
mod calls;
mod changes;
mod clips;
mod collections;
mod column;
mod columns;
mod company;
mod customers;
mod directory;
mod error;
mod figures;
mod import;
mod jobs;
mod marks;
mod migrations;
mod names;
mod news;
mod notes;
mod numbers;
mod open;
mod people;
mod query;
mod reader;
mod receipts;
mod recordings;
mod room;
mod row;
mod secret;
mod shares;
mod snapshot;
mod source_key;
mod steps;
mod threads;
mod views;
mod watch;
mod writer;
mod zone;

#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

pub use audit::{AuditPageRequest, CheckAsk, Due, SealKey, Since, Unsigned};
pub use clips::{NewClip, StoredClip};
pub use error::{Result, StoreError};
pub use figures::Figures;
pub use import::{CallPacker, ImportBatch, ImportCounts, SourcePosition};
pub use jobs::{JobOrder, NewJob};
pub use news::{News, Standing};
pub use open::OpenOptions;
pub use people::{Account, KeptSession, KeptToken, PeopleChange};
pub use shares::KeptShare;
pub use snapshot::{KnownFile, Snapshot};
pub use steps::{StepCount, Steps};
pub use watch::Watch;

use crate::domain::id::IdCodec;

/// An opened database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    threads: Arc<threads::Threads>,
    shared: Arc<reader::Shared>,
}

impl Store {
    /// Brings the column index up to date on disk, so that the next program finds it complete: after many writes.
    ///
    /// # Errors
    /// When the system gives no thread. An index that cannot be written is only told in the log: lists do without.
    pub async fn complete_columns(&self) -> Result<()> {
        let Some(columns) = self.shared.columns.clone().filter(|_| !self.shared.read_only) else { return Ok(()) };
        threads::off_thread(move || {
            columns.complete();
            Ok(())
        })
        .await
    }

    /// Checkpoints the WAL and stops the threads. Clones of this store answer that it is closed.
    pub async fn close(self) -> Result<()> {
        if let Some(columns) = self.shared.columns.clone() {
            threads::off_thread(move || {
                columns.close();
                Ok(())
            })
            .await?;
        }
        if !self.shared.read_only {
            self.threads
                .write(|writer| {
                    let path = writer.shared.path.clone();
                    let checkpoint = writer.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_row| Ok(()));
                    checkpoint.map_err(|error| error::unfolded(&error, &path))
                })
                .await?;
        }
        self.threads.stop().await
    }

    /// Whether lists are answered by the column index now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn has_columns(&self) -> Result<bool> {
        self.threads.read_lists(|reader| Ok(reader.view().is_some())).await
    }

    /// How far the making of the column index is: calls done and calls in all. None while nothing is made.
    pub fn columns_progress(&self) -> Option<(u64, u64)> {
        self.shared.columns.as_ref()?.progress()
    }

    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    pub fn read_only(&self) -> bool {
        self.shared.read_only
    }

    /// Whether the disk did not confirm a write. Reads go on; what writes is refused until the program begins anew.
    pub fn has_failed(&self) -> bool {
        self.shared.failed.load(std::sync::atomic::Ordering::Relaxed)
    }

    pub fn codec(&self) -> &IdCodec {
        &self.shared.codec
    }

    /// Random id of this database, hexadecimal; its vault carries the same.
    pub fn database_id(&self) -> &str {
        &self.shared.database_id
    }
}
