//! The writing connection: every act one transaction, all or nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, hooks::Wal};

use super::{
    assignments::Assignments,
    blob::Packer,
    error::{Fault, Result, Sql, StoreError},
    names::Names,
    reader::{Shared, WRITING},
};
use crate::domain::{
    id::{key_of, next_key},
    sabotage::Sabotage,
};

/// Longer transactions are told in the log.
const LONG: Duration = Duration::from_millis(250);

/// How surely a commit survives a power cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Durable {
    /// What can be done again from its source.
    Soon,
    /// What somebody was told: written to the disk before the answer.
    Now,
    /// When somebody was here last: as [`Self::Soon`], and no news to anybody who waits for news.
    Trace,
}

pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) shared: Arc<Shared>,
    pub(super) state: State,
    version: Option<i64>,
    /// Which file it is, as far as the system tells.
    file: Option<FileMark>,
    /// Pages in the log after the last commit.
    logged: Arc<AtomicI32>,
}

impl Durable {
    fn synchronous(self) -> &'static str {
        match self {
            _ if Sabotage::CommitOff.is_on() => "OFF",
            Self::Now if !Sabotage::CommitNormal.is_on() => "FULL",
            _ => "NORMAL",
        }
    }

    /// So many pages in the log are brought over into the database, behind the commit and not within it; what comes in
    /// masses is brought over in larger pieces.
    const fn log_limit(self) -> i32 {
        match self {
            Self::Soon | Self::Trace => 16_384,
            Self::Now => 1_000,
        }
    }
}

/// What an act may use beside the transaction. Thrown away when an act fails.
pub(super) struct State {
    pub(super) names: Names,
    pub(super) packer: Packer,
    pub(super) shared: Arc<Shared>,
    /// Ids of numbers met lately, by a hash of canonical and raw form.
    pub(super) numbers: HashMap<u128, i64>,
    /// The database has no numbers but these.
    pub(super) numbers_complete: bool,
    /// Of that hash.
    pub(super) seed: u64,
    /// Read when first needed; none after a change of the directory.
    pub(super) assignments: Option<Assignments>,
    /// The start and key given to the last new call.
    pub(super) last_call: Option<(i64, i64)>,
    /// The newest key given to a note or customer.
    last_key: i64,
}

impl State {
    fn new(shared: Arc<Shared>) -> Self {
        Self {
            names: Names::new(),
            packer: Packer::new(),
            shared,
            numbers: HashMap::new(),
            numbers_complete: false,
            seed: fastrand::u64(..),
            assignments: None,
            last_call: None,
            last_key: 0,
        }
    }

    /// A key from the clock for a row of `table`, greater than any given before by this program.
    pub(super) fn fresh_key(&mut self, conn: &Connection, table: &str) -> Sql<i64> {
        let now = key_of(Timestamp::now()).unwrap_or(0);
        let mut key = if now > self.last_key { now } else { next_key(self.last_key) };
        let mut taken = conn.prepare_cached(&format!("SELECT 1 FROM {table} WHERE id=?1"))?;
        while taken.exists([key])? {
            key = next_key(key);
        }
        self.last_key = key;
        Ok(key)
    }
}

/// Device and number of a file.
type FileMark = (u64, u64);

#[cfg(unix)]
fn file_mark(path: &std::path::Path) -> Option<FileMark> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|facts| (facts.dev(), facts.ino()))
}

#[cfg(not(unix))]
const fn file_mark(_: &std::path::Path) -> Option<FileMark> {
    None
}

impl Writer {
    pub(super) fn new(mut conn: Connection, shared: Arc<Shared>) -> Sql<Self> {
        rusqlite::vtab::array::load_module(&conn)?;
        conn.set_prepared_statement_cache_capacity(128);
        let logged = Arc::new(AtomicI32::new(0));
        let told = Arc::clone(&logged);
        conn.wal_hook(Some(move |_log: &mut Wal, pages| {
            told.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        let file = file_mark(&shared.path);
        Ok(Self { conn, state: State::new(Arc::clone(&shared)), shared, version: None, file, logged })
    }

    /// One transaction. On any failure nothing is changed.
    pub(super) fn act<T>(&mut self, durable: Durable, work: impl FnOnce(&Transaction<'_>, &mut State) -> Sql<T>) -> Result<T> {
        let path = self.shared.path.clone();
        let began = Instant::now();
        let done = self.still_there().and_then(|()| self.act_inner(durable, work));
        if let Err(Fault::Sql(error)) = &done {
            self.note_failure(error);
        }
        let took = began.elapsed();
        if took >= LONG {
            tracing::info!(ms = took.as_millis() as u64, "a transaction took long; others who write waited");
        }
        if done.is_err() {
            // Ids given in a transaction that was rolled back are free again.
            self.forget();
        }
        if self.logged.load(Ordering::Relaxed) >= durable.log_limit() {
            self.bring_over();
        }
        done.map_err(|fault| fault.tell(&path))
    }

    /// What is written into a file without a name is lost with the program: it is refused, not answered with a yes.
    fn still_there(&self) -> Sql<()> {
        if self.shared.failed.load(Ordering::Relaxed) {
            return Err(StoreError::Failed(format!(
                "the disk of {} did not confirm a write before; nothing was changed, and nothing is until callreel is started again: \
                 check the disk",
                self.shared.path.display()
            ))
            .into());
        }
        if self.file.is_some() && file_mark(&self.shared.path) != self.file {
            return Err(StoreError::Unusable(format!(
                "{} was moved, deleted or replaced while it was open; nothing was written. Put it back, or leave and open another",
                self.shared.path.display()
            ))
            .into());
        }
        Ok(())
    }

    fn act_inner<T>(&mut self, durable: Durable, work: impl FnOnce(&Transaction<'_>, &mut State) -> Sql<T>) -> Sql<T> {
        self.conn.pragma_update(None, "synchronous", durable.synchronous())?;
        let Self { conn, state, shared, version, .. } = self;
        let known = version.take();
        if known.is_none() {
            *state = State::new(Arc::clone(shared));
            shared.begin(conn)?;
            state.names = shared.names();
        }
        let transaction = conn.transaction_with_behavior(WRITING)?;
        let seen: i64 = transaction.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if known != Some(seen) {
            state.numbers.clear();
            state.numbers_complete = !transaction.prepare_cached("SELECT 1 FROM number LIMIT 1")?.exists([])?;
            state.assignments = None;
            state.last_call = None;
            state.names.refresh(&transaction)?;
        }
        let answer = work(&transaction, state)?;
        if durable != Durable::Trace {
            transaction.execute("UPDATE meta SET value=value+1 WHERE key='revision'", [])?;
        }
        let newest: i64 =
            transaction.prepare_cached("SELECT ifnull(max(seq), 0) FROM audit_log")?.query_row([], |row| row.get(0))?;
        transaction.commit()?;
        shared.audit_seq.send_if_modified(|told| std::mem::replace(told, newest) != newest);
        // Own commits leave data_version as it is.
        *version = Some(seen);
        Ok(answer)
    }

    /// Brings the log over into the database as far as readers let it. The commit stands whatever becomes of it.
    fn bring_over(&self) {
        match self.conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_row| Ok(())) {
            Ok(()) => self.logged.store(0, Ordering::Relaxed),
            Err(error) => {
                self.note_failure(&error);
                tracing::warn!(%error, path = %self.shared.path.display(), "the log could not be brought over");
            }
        }
    }

    /// After a failed fsync the system may have thrown away what it could not write, and a second one would say yes: it is
    /// never asked again on this connection.
    fn note_failure(&self, error: &rusqlite::Error) {
        const OF_THE_DISK: [i32; 2] = [rusqlite::ffi::SQLITE_IOERR_FSYNC, rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC];
        let code = error.sqlite_error().map(|error| error.extended_code);
        if code.is_some_and(|code| OF_THE_DISK.contains(&code)) {
            tracing::error!(%error, path = %self.shared.path.display(), "the disk did not confirm a write; nothing more is written");
            self.shared.failed.store(true, Ordering::Relaxed);
        }
    }

    fn forget(&mut self) {
        self.version = None;
    }
}
