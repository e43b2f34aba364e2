//! Use cases: check the right, write the audit row, act. The only door to store and vault.
//!
//! Every use case takes the acting person ([`crate::domain::actor::Actor`]) first. What lies outside their scope does not
//! exist for them. Changes commit their audit row in their own transaction; plays, downloads and waveforms commit it
//! before the first byte leaves; refusals are written too. Local lists and counts are not audited.

mod arriving;
mod audio;
mod audit;
mod backup;
mod calls;
mod cases;
mod changes;
mod clips;
mod collections;
mod company;
mod customers;
mod decoding;
mod error;
pub mod events;
mod extensions;
mod figures;
mod flags;
mod groups;
pub mod import;
mod jobs;
mod limits;
mod made;
mod masking;
mod news;
mod notes;
mod numbers;
mod orphans;
mod peaks;
mod people;
mod progress;
mod projects;
mod query;
mod receipts;
mod recordings;
mod rights;
mod shares;
mod shown;
mod speech;
mod stream;
mod tags;
mod uploads;
mod views;

pub use crate::sound::Target;
pub use crate::store::Figures;
pub use arriving::Arriving;
pub use audio::{Audio, AudioUse, Sound};
pub use audit::{AuditListed, AuditRequest, Seals, record};
pub use backup::{BackupParts, BackupStream, CHECKPOINTS, KEYS};
pub use calls::{ListRequest, Listed, PAGE_LIMIT};
pub use company::Me;
pub use error::{Result, ServiceError};
pub use jobs::JOB_IMPORT;
pub use made::{Made, Making};
pub use news::Revised;
pub use peaks::Waveform;
pub use progress::{Progress, Reporter, Watcher, reporter};
pub use shares::{Begins, Linked, Opened, Player, SharedSound, Sounding};
pub use stream::{Batches, CallStream};
pub use uploads::{Part, Upload};

use std::sync::Arc;

use crate::{store::Store, vault::Vault};

/// The use cases over one opened database. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    /// None: the folder of recordings does not exist, or cannot be read.
    vault: Option<Vault>,
    /// File name of the database or name of the server, for people.
    place: String,
    /// Why nothing can be written, where that is so.
    read_only: Option<String>,
    heard: audio::Heard,
    decoding: decoding::Decoding,
    feed: events::Feed,
    revisions: news::Revisions,
    job_news: tokio::sync::Notify,
    door: people::Door,
    seals: std::sync::OnceLock<Seals>,
    shared: shares::Shared,
    waiting: people::oidc::Waiting,
    figures: figures::Kept,
}

impl Service {
    /// `place` names the database to people; `read_only` says why nothing can be written, if that is so.
    pub fn new(store: Store, vault: Option<Vault>, place: String, read_only: Option<String>) -> Self {
        let inner = Inner {
            store,
            vault,
            place,
            read_only,
            heard: audio::Heard::default(),
            decoding: decoding::Decoding::default(),
            feed: events::Feed::default(),
            revisions: news::Revisions::default(),
            job_news: tokio::sync::Notify::new(),
            door: people::Door::default(),
            seals: std::sync::OnceLock::new(),
            shared: shares::Shared::default(),
            waiting: people::oidc::Waiting::default(),
            figures: figures::Kept::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// For use cases of other files of this room, for `host` and for tests: requests go through the methods.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The folder of recordings.
    ///
    /// # Errors
    /// When this database has none.
    pub fn vault(&self) -> Result<&Vault> {
        self.inner.vault.as_ref().ok_or_else(|| {
            ServiceError::Gone(format!(
                "the folder of recordings of {} is not there; put it back beside the database, or import the recordings again",
                self.inner.place
            ))
        })
    }

    /// Where the audit log's key and file of checkpoints lie; said once, by whoever opens the database.
    pub fn seal_with(&self, seals: Seals) {
        let _ = self.inner.seals.set(seals);
    }

    fn seals(&self) -> Option<&Seals> {
        self.inner.seals.get()
    }

    /// File name of the database, or name of the server.
    pub fn place(&self) -> &str {
        &self.inner.place
    }

    /// Why nothing can be written here; none: it can.
    pub fn read_only(&self) -> Option<&str> {
        self.inner.read_only.as_deref()
    }
}
