//! A reading connection: dictionaries that follow the database, statements that can be stopped.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::tz::TimeZone;
use rusqlite::{Connection, TransactionBehavior, functions::FunctionFlags};

use super::{
    error::{Result, Sql},
    names::Names,
    numbers::{NumberSet, Numbers},
    zone::LocalClock,
};
use crate::domain::{directory::Company, id::IdCodec};

/// VM steps between two looks at the stop flag: well under a millisecond.
const STEPS: i32 = 5_000;

/// What all connections of one opened database share.
pub(super) struct Shared {
    pub(super) path: PathBuf,
    pub(super) read_only: bool,
    pub(super) codec: IdCodec,
    pub(super) database_id: String,
    pub(super) numbers: RwLock<Numbers>,
    /// A bulk load runs: the secondary indexes are not there.
    pub(super) loading: AtomicBool,
}

pub(super) struct Reader {
    pub(super) conn: Connection,
    pub(super) shared: Arc<Shared>,
    pub(super) names: Names,
    version: Option<i64>,
    /// Arguments of the SQL functions `in_set` and `local_minute` for the running statement.
    sets: Arc<Mutex<Vec<Arc<NumberSet>>>>,
    clock: Arc<Mutex<LocalClock>>,
}

impl Reader {
    pub(super) fn new(conn: Connection, shared: Arc<Shared>) -> Sql<Self> {
        rusqlite::vtab::array::load_module(&conn)?;
        conn.set_prepared_statement_cache_capacity(128);
        let sets: Arc<Mutex<Vec<Arc<NumberSet>>>> = Arc::default();
        let held = Arc::clone(&sets);
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
        conn.create_scalar_function("in_set", 2, flags, move |context| {
            let (slot, id): (usize, Option<i64>) = (context.get::<i64>(0)?.unsigned_abs() as usize, context.get(1)?);
            let sets = held.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(id.is_some_and(|id| sets.get(slot).is_some_and(|set| set.contains(id))))
        })?;
        let clock = Arc::new(Mutex::new(LocalClock::new(TimeZone::UTC)));
        let held = Arc::clone(&clock);
        conn.create_scalar_function("local_minute", 1, flags, move |context| {
            Ok(held.lock().unwrap_or_else(PoisonError::into_inner).minute_of_week(context.get(0)?))
        })?;
        Ok(Self { conn, shared, names: Names::new(), version: None, sets, clock })
    }

    /// Runs one job in a read transaction of its own, stopping at `stop`.
    pub(super) fn run<T>(&mut self, stop: Arc<AtomicBool>, work: impl FnOnce(&mut Self) -> Sql<T>) -> Result<T> {
        let path = self.shared.path.clone();
        self.run_inner(stop, work).map_err(|fault| fault.tell(&path))
    }

    fn run_inner<T>(&mut self, stop: Arc<AtomicBool>, work: impl FnOnce(&mut Self) -> Sql<T>) -> Sql<T> {
        self.conn.progress_handler(STEPS, Some(move || stop.load(Ordering::Relaxed)))?;
        self.sets.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if !self.conn.is_autocommit() {
            self.conn.execute_batch("ROLLBACK")?;
        }
        self.conn.execute_batch("BEGIN DEFERRED")?;
        let done = self.follow().and_then(|()| work(self));
        let ended = self.conn.execute_batch("COMMIT");
        let answer = done?;
        ended?;
        Ok(answer)
    }

    /// Reads what was added to the dictionaries, if anything was committed since.
    fn follow(&mut self) -> Sql<()> {
        // The first read fixes the snapshot; the version is of that snapshot or older, so nothing is missed.
        let version: i64 = self.conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.version != Some(version) {
            self.names.refresh(&self.conn)?;
            self.version = Some(version);
        }
        Ok(())
    }

    /// The number dictionary with at least all numbers of this snapshot.
    pub(super) fn numbers(&self) -> Sql<RwLockReadGuard<'_, Numbers>> {
        let numbers = self.shared.numbers.read().unwrap_or_else(PoisonError::into_inner);
        if !numbers.is_behind(&self.conn)? {
            return Ok(numbers);
        }
        drop(numbers);
        self.shared.numbers.write().unwrap_or_else(PoisonError::into_inner).refresh(&self.conn)?;
        Ok(self.shared.numbers.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lends a set to the SQL function `in_set` for this job; gives its slot.
    pub(super) fn lend(&self, set: Arc<NumberSet>) -> i64 {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.push(set);
        sets.len() as i64 - 1
    }

    /// Sets the zone of the SQL function `local_minute`.
    pub(super) fn use_company_zone(&self) -> Sql<()> {
        let company = super::company::read(&self.conn)?;
        let zone = zone_of(&company);
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = LocalClock::new(zone);
        Ok(())
    }
}

/// The company's zone; UTC where the name is unknown to this machine.
pub(super) fn zone_of(company: &Company) -> TimeZone {
    TimeZone::get(&company.zone).unwrap_or(TimeZone::UTC)
}

/// Write transactions take the lock at once, so that two programs queue instead of failing half way.
pub(super) const WRITING: TransactionBehavior = TransactionBehavior::Immediate;
