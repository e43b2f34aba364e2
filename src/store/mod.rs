//! The database. SQL lives here only; callers see domain types.
//!
//! One writer thread and several read-only ones stand behind [`Store`]; dropping the future of a read interrupts its
//! statement, so that a superseded count of ten million rows stops. Each act of writing is one transaction that holds its
//! audit record too.

mod assignments;
mod audit;
mod blob;
mod calls;
mod column;
mod company;
mod customers;
mod directory;
mod error;
mod import;
mod marks;
mod migrations;
mod names;
mod notes;
mod numbers;
mod open;
mod query;
mod reader;
mod recordings;
mod row;
mod secret;
mod source_key;
mod steps;
mod threads;
mod views;
mod writer;
mod zone;

#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

pub use audit::{AuditBreak, AuditCheck};
pub use error::{Result, StoreError};
pub use import::{CallPacker, ImportBatch, ImportCounts, SourcePosition};
pub use open::OpenOptions;
pub use steps::{StepCount, Steps};

use crate::domain::id::IdCodec;

/// An opened database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    threads: Arc<threads::Threads>,
    shared: Arc<reader::Shared>,
}

impl Store {
    /// Checkpoints the WAL and stops the threads. Clones of this store answer that it is closed.
    pub async fn close(self) -> Result<()> {
        if !self.shared.read_only {
            self.threads
                .write(|writer| {
                    let path = writer.shared.path.clone();
                    let checkpoint = writer.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_row| Ok(()));
                    checkpoint.map_err(|error| error::Fault::from(error).tell(&path))
                })
                .await?;
        }
        self.threads.stop().await
    }

    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    pub fn read_only(&self) -> bool {
        self.shared.read_only
    }

    pub fn codec(&self) -> &IdCodec {
        &self.shared.codec
    }

    /// Random id of this database, hexadecimal; its vault carries the same.
    pub fn database_id(&self) -> &str {
        &self.shared.database_id
    }
}
