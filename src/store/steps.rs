//! What reading costs SQLite, in counts that no other load on the machine disturbs; for benches and tests.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use rusqlite::{
    StatementStatus,
    trace::{TraceEvent, TraceEventCodes},
};

use super::{Store, error::Result};

/// Counters that go on while the store is open. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Steps(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    statements: AtomicU64,
    vm: AtomicU64,
    full_scan: AtomicU64,
    sorts: AtomicU64,
}

/// What the statements since the last look have cost together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepCount {
    pub statements: u64,
    /// Instructions of SQLite's virtual machine.
    pub vm: u64,
    /// Rows stepped over in scans of whole tables.
    pub full_scan: u64,
    /// Sorts that no index served.
    pub sorts: u64,
}

impl Steps {
    /// The counts since the last look.
    pub fn take(&self) -> StepCount {
        let take = |counter: &AtomicU64| counter.swap(0, Ordering::Relaxed);
        StepCount {
            statements: take(&self.0.statements),
            vm: take(&self.0.vm),
            full_scan: take(&self.0.full_scan),
            sorts: take(&self.0.sorts),
        }
    }
}

impl Store {
    /// Begins to count what one reader's statements cost; exact for a store of one reader. Statements are prepared anew each
    /// time from then on, since a kept one adds up all its runs: count steps or measure time, not both.
    ///
    /// # Errors
    /// When the store is closed.
    pub async fn count_steps(&self) -> Result<Steps> {
        self.threads
            .read(|reader| {
                let steps = Steps::default();
                let counters = Arc::clone(&steps.0);
                reader.conn.set_prepared_statement_cache_capacity(0);
                reader.conn.trace_v2(
                    TraceEventCodes::SQLITE_TRACE_PROFILE,
                    Some(move |event: TraceEvent<'_>| {
                        if let TraceEvent::Profile(statement, _) = event {
                            let status = |status| u64::try_from(statement.get_status(status)).unwrap_or(0);
                            counters.statements.fetch_add(1, Ordering::Relaxed);
                            counters.vm.fetch_add(status(StatementStatus::VmStep), Ordering::Relaxed);
                            counters.full_scan.fetch_add(status(StatementStatus::FullscanStep), Ordering::Relaxed);
                            counters.sorts.fetch_add(status(StatementStatus::Sort), Ordering::Relaxed);
                        }
                    }),
                )?;
                Ok(steps)
            })
            .await
    }
}
