//! A reading connection: dictionaries that follow the database, statements that can be stopped.

use std::{
    cell::Cell,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::tz::TimeZone;
use rusqlite::{Connection, TransactionBehavior, functions::FunctionFlags};

use super::{
    columns::{Answer, Columns, Damaged, Query, Trouble, View},
    error::{Result, Sql, StoreError, damaged},
    names::Names,
    numbers::{NumberSet, Numbers},
    query::Term,
    zone::LocalClock,
};
use crate::domain::{clean::fold, directory::Company, id::IdCodec, query::NumberPattern};

/// VM steps between two looks at the stop flag: well under a millisecond.
const STEPS: i32 = 5_000;

/// Fragments whose numbers are remembered.
const MET: usize = 4;
/// Tries of what another thread may have overtaken.
const TRIES: usize = 8;

/// What all connections of one opened database share.
pub(super) struct Shared {
    pub(super) path: PathBuf,
    pub(super) read_only: bool,
    pub(super) codec: IdCodec,
    pub(super) database_id: String,
    pub(super) numbers: RwLock<Numbers>,
    /// Numbers found lately: of so many, by what, which.
    pub(super) number_sets: Mutex<Vec<(usize, NumberPattern, Arc<NumberSet>)>>,
    /// All other dictionaries, as some connection read them last.
    pub(super) names: Mutex<Names>,
    /// A bulk load runs: the secondary indexes are not there.
    pub(super) loading: AtomicBool,
    /// The disk did not confirm a write: what the log on it holds is not known, and nothing more is written to it.
    pub(super) failed: AtomicBool,
    /// None where there is no file to put it beside.
    pub(super) columns: Option<Arc<Columns>>,
    /// Number of the newest entry of the audit log that this program wrote.
    pub(super) audit_seq: tokio::sync::watch::Sender<i64>,
}

impl Shared {
    /// Takes what the file of the column index knows, before dictionaries are read from the database.
    pub(super) fn begin(&self, conn: &Connection) -> Sql<()> {
        if let Some(columns) = &self.columns {
            columns.begin(conn)?;
        }
        self.adopt();
        Ok(())
    }

    /// Takes over the dictionaries of a file that was opened lately.
    fn adopt(&self) {
        let Some((numbers, sets)) = self.columns.as_ref().and_then(|columns| columns.take_dictionaries()) else { return };
        *self.numbers.write().unwrap_or_else(PoisonError::into_inner) = numbers;
        self.names.lock().unwrap_or_else(PoisonError::into_inner).adopt(sets);
    }

    /// All dictionaries but that of numbers, as some connection read them last.
    pub(super) fn names(&self) -> Names {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(super) struct Reader {
    pub(super) conn: Connection,
    pub(super) shared: Arc<Shared>,
    pub(super) names: Names,
    version: Option<i64>,
    /// The column index as of the running job, if the job asks for lists and it is ready.
    view: Option<Arc<View>>,
    /// The running job found it damaged, and asks it no more.
    spoiled: Cell<bool>,
    /// Set when nobody waits for the running job any more.
    pub(super) stop: Arc<AtomicBool>,
    /// Arguments of the SQL functions `in_set`, `local_minute` and `local_day` for the running statement.
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
        let held = Arc::clone(&clock);
        conn.create_scalar_function("local_day", 1, flags, move |context| {
            Ok(held.lock().unwrap_or_else(PoisonError::into_inner).day(context.get(0)?).number)
        })?;
        // Whether any of the texts behind it has the folded first one in it.
        conn.create_scalar_function("says", -1, flags | FunctionFlags::SQLITE_DETERMINISTIC, |context| {
            let sought: String = context.get(0)?;
            for index in 1..context.len() {
                let text: Option<String> = context.get(index)?;
                if text.is_some_and(|text| fold(&text).contains(&sought)) {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        let (view, spoiled, stop) = (None, Cell::new(false), Arc::default());
        Ok(Self { conn, shared, names: Names::new(), version: None, view, spoiled, stop, sets, clock })
    }

    /// Runs one job in a read transaction of its own, stopping at `stop`.
    pub(super) fn run<T>(&mut self, stop: Arc<AtomicBool>, lists: bool, work: impl FnOnce(&mut Self) -> Sql<T>) -> Result<T> {
        let path = self.shared.path.clone();
        self.run_inner(stop, lists, work).map_err(|fault| fault.tell(&path))
    }

    fn run_inner<T>(&mut self, stop: Arc<AtomicBool>, lists: bool, work: impl FnOnce(&mut Self) -> Sql<T>) -> Sql<T> {
        self.stop = Arc::clone(&stop);
        self.conn.progress_handler(STEPS, Some(move || stop.load(Ordering::Relaxed)))?;
        self.sets.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.begin()?;
        let done = self.follow().and_then(|()| if lists { self.look() } else { Ok(()) }).and_then(|()| work(self));
        self.view = None;
        self.spoiled.set(false);
        let ended = self.conn.execute_batch("COMMIT");
        let answer = done?;
        ended?;
        Ok(answer)
    }

    fn begin(&self) -> Sql<()> {
        if !self.conn.is_autocommit() {
            self.conn.execute_batch("ROLLBACK")?;
        }
        Ok(self.conn.execute_batch("BEGIN DEFERRED")?)
    }

    /// Takes the column index as of this transaction, or of a newer one that is begun instead.
    fn look(&mut self) -> Sql<()> {
        let Some(columns) = self.shared.columns.clone() else { return Ok(()) };
        for tries in 1.. {
            match columns.view(&self.conn)? {
                Answer::Ready(view) => {
                    self.view = Some(view);
                    break;
                }
                Answer::NotReady => break,
                Answer::Ahead if tries > TRIES => {
                    // No newer transaction knows it: the database is an older one.
                    columns.wake();
                    break;
                }
                Answer::Ahead => {
                    self.begin()?;
                    self.follow()?;
                }
            }
        }
        self.shared.adopt();
        Ok(())
    }

    /// The column index, if it is ready.
    pub(super) fn view(&self) -> Option<&View> {
        self.view.as_deref().filter(|_| !self.spoiled.get())
    }

    /// Answers from the column index; none where it does not know enough or is worth nothing, and SQL has to answer.
    pub(super) fn ask<T>(&self, term: &Term, ask: impl FnOnce(Query<'_>) -> std::result::Result<T, Trouble>) -> Sql<Option<T>> {
        let Some(query) = self.view().and_then(|view| Query::new(view, term, &self.names, &self.stop)) else { return Ok(None) };
        match ask(query) {
            Ok(answer) => Ok(Some(answer)),
            Err(Trouble::Stopped) => Err(StoreError::Interrupted.into()),
            Err(Trouble::Damaged) => {
                self.distrust();
                Ok(None)
            }
        }
    }

    /// The file of the column index is not what was written.
    fn distrust(&self) {
        self.spoiled.set(true);
        *self.shared.numbers.write().unwrap_or_else(PoisonError::into_inner) = Numbers::new();
        if let Some(columns) = &self.shared.columns {
            columns.distrust();
        }
    }

    /// Reads what was added to the dictionaries, if anything was committed since.
    fn follow(&mut self) -> Sql<()> {
        // The first read fixes the snapshot; the version is of that snapshot or older, so nothing is missed.
        let version: i64 = self.conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.version == Some(version) {
            return Ok(());
        }
        if self.version.is_none() {
            self.shared.begin(&self.conn)?;
        }
        // What another connection read already need not be read again.
        let mut names = self.shared.names.lock().unwrap_or_else(PoisonError::into_inner);
        self.names = names.clone();
        self.names.refresh(&self.conn)?;
        *names = self.names.clone();
        self.version = Some(version);
        Ok(())
    }

    /// The number dictionary with at least all numbers of this snapshot.
    pub(super) fn up_to_date_numbers(&self) -> Sql<RwLockReadGuard<'_, Numbers>> {
        let numbers = self.shared.numbers.read().unwrap_or_else(PoisonError::into_inner);
        if !numbers.is_behind(&self.conn)? {
            return Ok(numbers);
        }
        drop(numbers);
        self.shared.numbers.write().unwrap_or_else(PoisonError::into_inner).refresh(&self.conn)?;
        Ok(self.shared.numbers.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the dictionary says, from the file or, where that is worth nothing, from the database.
    pub(super) fn with_numbers<T>(&self, work: impl Fn(&Numbers) -> std::result::Result<T, Damaged>) -> Sql<T> {
        for _ in 0..TRIES {
            match work(&*self.up_to_date_numbers()?) {
                Ok(answer) => return Ok(answer),
                Err(Damaged) => self.distrust(),
            }
        }
        Err(damaged("the dictionary of numbers"))
    }

    /// The numbers that have a fragment; a page and its totals ask for the same ones.
    pub(super) fn numbers_with(&self, pattern: &NumberPattern) -> Sql<Arc<NumberSet>> {
        let known = self.up_to_date_numbers()?.len();
        let mut met = self.shared.number_sets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., set)) = met.iter().find(|(count, same, _)| *count == known && same == pattern) {
            return Ok(Arc::clone(set));
        }
        drop(met);
        let (whole, fragments): (Vec<_>, Vec<_>) =
            pattern.fragments.iter().cloned().partition(|one| one.from_start && one.to_end);
        let fragments = NumberPattern { fragments };
        let mut set = self.with_numbers(|numbers| numbers.matching(&fragments))?;
        let mut statement = self.conn.prepare_cached("SELECT id FROM number WHERE canonical=?1")?;
        for one in &whole {
            for id in statement.query_map([&one.digits], |row| row.get(0))? {
                set.insert(id?);
            }
        }
        let set = Arc::new(set);
        met = self.shared.number_sets.lock().unwrap_or_else(PoisonError::into_inner);
        met.insert(0, (known, pattern.clone(), Arc::clone(&set)));
        met.truncate(MET);
        Ok(set)
    }

    /// Lends a set to the SQL function `in_set` for this job; gives its slot.
    pub(super) fn lend(&self, set: Arc<NumberSet>) -> i64 {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.push(set);
        sets.len() as i64 - 1
    }

    /// Sets the zone of the SQL functions `local_minute` and `local_day`.
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
