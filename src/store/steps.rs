//! What reading costs SQLite, in counts that no other load on the machine disturbs; for benches and tests.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use rusqlite::{
    StatementStatus,
    trace::{StmtRef, TraceEvent, TraceEventCodes},
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

/// What a statement has added up: instructions, rows scanned, sorts.
fn added_up(statement: &StmtRef<'_>) -> [u64; 3] {
    [StatementStatus::VmStep, StatementStatus::FullscanStep, StatementStatus::Sort]
        .map(|status| u64::try_from(statement.get_status(status)).unwrap_or(0))
}

impl Store {
    /// Begins to count what one reader's statements cost; exact for a store of one reader.
    ///
    /// # Errors
    /// When the store is closed.
    pub async fn count_steps(&self) -> Result<Steps> {
        self.threads
            .read(|reader| {
                let steps = Steps::default();
                let counters = Arc::clone(&steps.0);
                // A statement adds up over all its runs: what it had at the beginning of this one, by its text.
                let mut begun: HashMap<String, [u64; 3]> = HashMap::new();
                reader.conn.trace_v2(
                    TraceEventCodes::SQLITE_TRACE_STMT | TraceEventCodes::SQLITE_TRACE_PROFILE,
                    Some(move |event: TraceEvent<'_>| match event {
                        TraceEvent::Stmt(statement, _) => {
                            begun.insert(statement.sql().into_owned(), added_up(&statement));
                        }
                        TraceEvent::Profile(statement, _) => {
                            let before = begun.remove(&*statement.sql()).unwrap_or_default();
                            counters.statements.fetch_add(1, Ordering::Relaxed);
                            let all = [&counters.vm, &counters.full_scan, &counters.sorts];
                            for ((counter, now), before) in all.into_iter().zip(added_up(&statement)).zip(before) {
                                counter.fetch_add(now.saturating_sub(before), Ordering::Relaxed);
                            }
                        }
                        _ => {}
                    }),
                )?;
                Ok(steps)
            })
            .await
    }
}
