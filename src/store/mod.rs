//! The database. SQL lives here only; callers see domain types.
//!
//! One writer thread and several read-only ones stand behind [`Store`]; dropping the future of a read interrupts its
//! statement, so that a superseded count of ten million rows stops.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::{
    actor::Scope,
    audit::{AuditEntry, AuditRecord},
    call::{CallDetail, Note},
    directory::{Company, Customer, Extension, Named, View},
    fold::FoldedCall,
    id::IdCodec,
    length::Tenths,
    list::{Count, FacetCount, Page, PageRequest, Totals},
    query::Filter,
    recording::{NewRecording, Recording},
};

/// Why the database did not do it. Each names the file or the thing, why, and what now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("{0}")]
    NotFound(String),
    /// Somebody else changed it meanwhile, or it exists already.
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    Invalid(String),
    /// Locked by another program.
    #[error("{0}")]
    Busy(String),
    #[error("{0}")]
    ReadOnly(String),
    /// Not a database of ours, of a newer version, or damaged.
    #[error("{0}")]
    Unusable(String),
    /// Full or failing disk, and whatever else the machine refuses.
    #[error("{0}")]
    Failed(String),
    /// The reader went away; nobody sees this.
    #[error("interrupted")]
    Interrupted,
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// How to open a database.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    pub path: PathBuf,
    /// Make it if it does not exist, with these settings.
    pub create: Option<Company>,
    /// Open a read-only file or folder without locks or WAL.
    pub read_only: bool,
    /// Readers beside the writer.
    pub readers: usize,
    /// A bulk load follows: large cache, indexes at the end.
    pub bulk: bool,
}

/// What an import batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    pub new_calls: u64,
    pub changed_calls: u64,
    pub unchanged_calls: u64,
    pub new_recordings: u64,
    pub known_recordings: u64,
    /// Recordings whose call is not known yet.
    pub unassigned: u64,
}

/// How far a source file was read; committed together with the calls read from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePosition {
    /// Absolute path as given, cleaned by nobody: a key only.
    pub path: String,
    /// Device and inode, or a hash of the first bytes: tells a rotated file.
    pub identity: String,
    pub offset: u64,
    pub line: u64,
}

/// One commit of an import.
#[derive(Clone, Debug, Default)]
pub struct ImportBatch {
    pub calls: Vec<FoldedCall>,
    pub recordings: Vec<NewRecording>,
    pub positions: Vec<SourcePosition>,
}

/// An opened database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    #[expect(dead_code, reason = "skeleton")]
    path: PathBuf,
}

#[expect(unused_variables, clippy::unused_async, reason = "skeleton, replaced by the store's own files")]
impl Store {
    pub async fn open(options: OpenOptions) -> Result<Self> {
        todo!()
    }
    /// Checkpoints the WAL and stops the threads.
    pub async fn close(self) -> Result<()> {
        todo!()
    }
    pub fn path(&self) -> &Path {
        todo!()
    }
    pub fn read_only(&self) -> bool {
        todo!()
    }
    pub fn codec(&self) -> &IdCodec {
        todo!()
    }
    /// Random id of this database, hexadecimal; its vault carries the same.
    pub fn database_id(&self) -> &str {
        todo!()
    }
    pub async fn company(&self) -> Result<Company> {
        todo!()
    }
    pub async fn set_company(&self, company: Company, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    /// Changes with every commit of any program (`PRAGMA data_version` and our own sequence).
    pub async fn revision(&self) -> Result<String> {
        todo!()
    }

    // calls
    pub async fn page(&self, scope: Scope, request: PageRequest) -> Result<Page> {
        todo!()
    }
    pub async fn count(&self, scope: Scope, filter: Filter, at_most: Option<u64>) -> Result<Count> {
        todo!()
    }
    pub async fn totals(&self, scope: Scope, filter: Filter) -> Result<Totals> {
        todo!()
    }
    /// `fields` are JSON names of section 3; unknown names are refused.
    pub async fn facets(&self, scope: Scope, filter: Filter, fields: Vec<String>) -> Result<Vec<(String, Vec<FacetCount>)>> {
        todo!()
    }
    /// The key bound that a streamed export goes up to (newest key now).
    pub async fn newest_key(&self) -> Result<Option<i64>> {
        todo!()
    }
    /// By public id or source id. Out of scope is [`StoreError::NotFound`].
    pub async fn call(&self, scope: Scope, id: String) -> Result<CallDetail> {
        todo!()
    }

    // what people add to calls; each commits its audit record in the same transaction
    pub async fn add_note(
        &self,
        scope: Scope,
        call: String,
        author: String,
        at: Option<Tenths>,
        text: String,
        audit: AuditRecord,
    ) -> Result<Note> {
        todo!()
    }
    pub async fn edit_note(
        &self,
        scope: Scope,
        note: String,
        version: i64,
        at: Option<Tenths>,
        text: String,
        audit: AuditRecord,
    ) -> Result<Note> {
        todo!()
    }
    pub async fn remove_note(&self, scope: Scope, note: String, version: i64, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn set_tag(&self, scope: Scope, call: String, tag: String, present: bool, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn set_case(&self, scope: Scope, call: String, case: Option<String>, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn set_flag(&self, scope: Scope, call: String, flagged: bool, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn tags(&self, scope: Scope) -> Result<Vec<(String, u64)>> {
        todo!()
    }
    pub async fn cases(&self, scope: Scope) -> Result<Vec<(String, u64)>> {
        todo!()
    }

    // recordings
    /// With the paths of its copies. Out of scope is [`StoreError::NotFound`].
    pub async fn recording(&self, scope: Scope, id: String) -> Result<(Recording, Option<crate::domain::id::CallId>)> {
        todo!()
    }
    pub async fn peaks(&self, recording: String) -> Result<Option<Vec<u8>>> {
        todo!()
    }
    pub async fn set_peaks(&self, recording: String, peaks: Vec<u8>) -> Result<()> {
        todo!()
    }
    pub async fn set_copy_state(
        &self,
        recording: String,
        place: String,
        state: crate::domain::recording::CopyState,
    ) -> Result<()> {
        todo!()
    }

    // directory
    pub async fn extensions(&self) -> Result<Vec<Extension>> {
        todo!()
    }
    /// Gives the groups and projects it had to make. Rewrites agent, group and projects of calls from `since` on.
    pub async fn put_extension(&self, extension: Extension, audit: AuditRecord) -> Result<Vec<String>> {
        todo!()
    }
    pub async fn remove_extension(&self, number: String, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn groups(&self) -> Result<Vec<Named>> {
        todo!()
    }
    pub async fn put_group(&self, group: Named, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn remove_group(&self, name: String, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn projects(&self) -> Result<Vec<Named>> {
        todo!()
    }
    pub async fn put_project(&self, project: Named, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn remove_project(&self, name: String, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn customers(&self) -> Result<Vec<Customer>> {
        todo!()
    }
    pub async fn put_customer(&self, customer: Customer, audit: AuditRecord) -> Result<Customer> {
        todo!()
    }
    pub async fn remove_customer(&self, id: String, audit: AuditRecord) -> Result<()> {
        todo!()
    }
    pub async fn views(&self, actor: String) -> Result<Vec<View>> {
        todo!()
    }
    pub async fn put_view(&self, view: View, audit: AuditRecord) -> Result<View> {
        todo!()
    }
    pub async fn remove_view(&self, actor: String, name: String, version: i64, audit: AuditRecord) -> Result<()> {
        todo!()
    }

    // audit
    pub async fn append_audit(&self, audit: AuditRecord) -> Result<i64> {
        todo!()
    }
    pub async fn audit(&self, after: Option<i64>, limit: usize) -> Result<Vec<AuditEntry>> {
        todo!()
    }

    // import
    /// Records kept of the calls that share any of these source ids: (source ids, records).
    pub async fn source_records(&self, source_ids: Vec<String>) -> Result<Vec<(Vec<String>, Vec<u8>)>> {
        todo!()
    }
    pub async fn source_positions(&self) -> Result<Vec<SourcePosition>> {
        todo!()
    }
    /// Whether a recording of this name, length and hash was imported before.
    pub async fn has_recording(&self, source_name: String, bytes: u64, sha256: [u8; 32]) -> Result<bool> {
        todo!()
    }
    /// One transaction: calls inserted or, where a source id is known, replaced (re-keyed if the start changed; notes,
    /// tags, flags, case and recordings follow; several calls that turn out to be one are merged); recordings joined or
    /// kept as unassigned; unassigned ones joined to new calls; positions saved.
    pub async fn import(&self, batch: ImportBatch) -> Result<ImportCounts> {
        todo!()
    }
    /// After a bulk load: indexes, `ANALYZE` with a limit, checkpoint.
    pub async fn finish_bulk(&self) -> Result<()> {
        todo!()
    }
    pub async fn imported_at(&self) -> Result<Option<Timestamp>> {
        todo!()
    }
}
