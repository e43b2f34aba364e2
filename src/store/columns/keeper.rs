//! Keeps a view in step with the database, and has the file made anew when it is of no use or far behind.

use std::{
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use jiff::tz::TimeZone;
use rusqlite::{Connection, OpenFlags};

use super::{
    block::checksum,
    build::{self, Failed, Progress},
    file::{self, Label},
    kept_sets,
    view::{Stuck, View, marks},
};
use crate::store::{
    company,
    error::{Fault, Sql},
    migrations,
    names::SetTable,
    numbers::Numbers,
    reader::zone_of,
};

/// More changes than this are not read on: the file is made anew, and lists go by SQL until then.
const FAR: i64 = 300_000;
/// So many rows held in memory are reason for a new file; the larger of this and a share of all.
const MANY: usize = 65_536;
const SHARE: u64 = 32;
/// Rows worth a new file when a program that wrote many ends.
const SOME: i64 = if cfg!(test) { 1 } else { 4_096 };
/// After a failure nobody tries again for so long.
const REST: Duration = Duration::from_secs(60);
/// Changes forgotten in one transaction.
const FORGET: i64 = 20_000;

/// The column index of one opened database.
pub(in crate::store) struct Columns {
    database: PathBuf,
    database_sum: u64,
    path: PathBuf,
    /// Whether this program makes the file when it is missing or far behind.
    keeps: bool,
    slot: Mutex<Slot>,
    working: AtomicBool,
    stop: AtomicBool,
    progress: Progress,
    worker: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Slot {
    view: Option<Arc<View>>,
    /// Dictionaries of the file that the view began with, until a reader takes them over.
    dictionaries: Option<(Numbers, [SetTable; 4])>,
    /// The file that was looked at last: nothing is expected of it until it is another.
    seen: Option<Identity>,
    /// Not before this moment is a file made again.
    rest: Option<Instant>,
}

/// Device, inode, modification time: renaming makes another.
type Identity = (u64, u64, i64, i64);

/// What a reader gets.
pub(in crate::store) enum Answer {
    Ready(Arc<View>),
    /// The view is newer than the reader's transaction, which must begin anew.
    Ahead,
    /// There is none now; SQL answers.
    NotReady,
}

impl Columns {
    pub(in crate::store) fn new(database: &Path, database_id: &str, keeps: bool) -> Self {
        Self {
            database: database.to_owned(),
            database_sum: checksum(database_id.as_bytes()),
            path: beside(database, ".columns"),
            keeps,
            slot: Mutex::default(),
            working: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            progress: Progress::default(),
            worker: Mutex::default(),
        }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The view as of the connection's read transaction.
    pub(in crate::store) fn view(self: &Arc<Self>, conn: &Connection) -> Sql<Answer> {
        let (epoch, first, last) = marks(conn)?;
        let mut slot = self.slot();
        let same = slot.view.as_ref().filter(|view| view.label.epoch == epoch);
        if same.is_some_and(|view| view.horizon > last) {
            return Ok(Answer::Ahead);
        }
        let usable = same.is_some_and(|view| first <= view.seq() + 1);
        if !usable && !self.reopen(&mut slot, conn, epoch, first)? {
            drop(slot);
            self.wake();
            return Ok(Answer::NotReady);
        }
        let Some(current) = slot.view.clone() else { return Ok(Answer::NotReady) };
        if current.seq() > last {
            return Ok(Answer::Ahead);
        }
        if last - current.seq() > FAR && self.keeps {
            drop(slot);
            self.wake();
            return Ok(Answer::NotReady);
        }
        let mut view = current;
        while view.seq() < last {
            let mut next = View::clone(&view);
            match next.step(conn, last) {
                Ok(()) => {}
                Err(Stuck::Sql(fault)) => return Err(fault),
                Err(Stuck::Damaged) => {
                    drop(slot);
                    self.distrust();
                    return Ok(Answer::NotReady);
                }
            }
            view = Arc::new(next);
            // Kept even if the reader is stopped before the end.
            slot.view = Some(Arc::clone(&view));
        }
        let many = view.newer() > MANY.max((view.calls() / SHARE) as usize);
        drop(slot);
        if many {
            self.wake();
        }
        Ok(Answer::Ready(view))
    }

    /// Looks whether there is a file of use. Gives whether there is a view now.
    fn reopen(&self, slot: &mut Slot, conn: &Connection, epoch: u64, first: i64) -> Sql<bool> {
        slot.view = None;
        let Some(identity) = identity(&self.path) else { return Ok(false) };
        if slot.seen == Some(identity) {
            return Ok(false);
        }
        slot.seen = Some(identity);
        let zone = zone_of(&company::read(conn)?);
        let Some(opened) = file::open(&self.path) else {
            tracing::warn!(file = %self.path.display(), "the column index is of no use; it is made anew");
            return Ok(false);
        };
        let wanted = self.label(epoch, &zone, 0);
        if !opened.label.same_but_seq(&wanted) || first > opened.label.seq + 1 {
            tracing::info!(file = %self.path.display(), "the column index is out of date; it is made anew");
            return Ok(false);
        }
        let numbers = Numbers::of_file(Arc::clone(&opened.numbers));
        let (Ok(numbers), Ok(sets)) = (numbers, kept_sets::read(&opened.sets)) else { return Ok(false) };
        slot.dictionaries = Some((numbers, sets));
        slot.view = Some(Arc::new(View::of_file(&opened, zone)));
        Ok(true)
    }

    fn label(&self, epoch: u64, zone: &TimeZone, seq: i64) -> Label {
        let schema = migrations::newest().cast_unsigned();
        Label { schema, epoch, database: self.database_sum, zone: zone_sum(zone), seq }
    }

    /// Dictionaries of a file opened since the last call, for all readers.
    pub(in crate::store) fn take_dictionaries(&self) -> Option<(Numbers, [SetTable; 4])> {
        self.slot().dictionaries.take()
    }

    /// Opens the file, if it is of use, before the dictionaries are read from the database.
    pub(in crate::store) fn begin(&self, conn: &Connection) -> Sql<()> {
        let (epoch, first, _) = marks(conn)?;
        let mut slot = self.slot();
        if slot.view.is_none() && slot.seen.is_none() {
            self.reopen(&mut slot, conn, epoch, first)?;
        }
        Ok(())
    }

    /// What was read is not what was written: the file is made anew.
    pub(in crate::store) fn distrust(self: &Arc<Self>) {
        {
            let mut slot = self.slot();
            slot.view = None;
            slot.dictionaries = None;
            // Another may stand there already.
            if self.keeps && slot.seen.is_some() && slot.seen == identity(&self.path) {
                let _ = fs::remove_file(&self.path);
            }
        }
        self.wake();
    }

    /// Rows done and rows in all, while the file is made here.
    pub(in crate::store) fn progress(&self) -> Option<(u64, u64)> {
        let progress = (self.progress.done.load(Ordering::Relaxed), self.progress.all.load(Ordering::Relaxed));
        self.working.load(Ordering::Relaxed).then_some(progress)
    }

    /// Has the file made on a thread of its own, unless that is under way.
    fn wake(self: &Arc<Self>) {
        let resting = self.slot().rest.is_some_and(|rest| Instant::now() < rest);
        if !self.keeps || resting || self.stop.load(Ordering::Relaxed) || self.working.swap(true, Ordering::AcqRel) {
            return;
        }
        let this = Arc::clone(self);
        let worker = std::thread::Builder::new().name("store-columns".to_owned()).spawn(move || {
            this.work();
            this.working.store(false, Ordering::Release);
        });
        match worker {
            Ok(worker) => *self.worker.lock().unwrap_or_else(PoisonError::into_inner) = Some(worker),
            Err(error) => {
                tracing::warn!(%error, "the system gives no thread for the column index");
                self.working.store(false, Ordering::Release);
            }
        }
    }

    /// Makes the file now if it is missing or some changes behind, and waits for it.
    pub(in crate::store) fn complete(self: &Arc<Self>) {
        if !self.working.swap(true, Ordering::AcqRel) {
            self.work();
            self.working.store(false, Ordering::Release);
        } else if let Some(worker) = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = worker.join();
        }
    }

    /// Lets the work end where it stands, and waits for that.
    pub(in crate::store) fn close(&self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(worker) = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = worker.join();
        }
    }

    fn work(self: &Arc<Self>) {
        match self.make() {
            Ok(()) => {}
            Err(Failed::Stopped) => tracing::info!("the making of the column index was stopped"),
            Err(Failed::Damaged) => {
                // The next try reads nothing of it.
                let _ = fs::remove_file(&self.path);
                tracing::warn!(file = %self.path.display(), "the column index was damaged and is thrown away");
            }
            Err(Failed::Disk(error)) => {
                tracing::warn!(file = %self.path.display(), %error, "the column index cannot be written; lists go on without it");
                self.slot().rest = Some(Instant::now() + REST);
            }
            Err(Failed::Sql(fault)) => {
                let error = fault.tell(&self.database);
                tracing::warn!(%error, "the column index cannot be made; lists go on without it");
                self.slot().rest = Some(Instant::now() + REST);
            }
        }
    }

    fn make(self: &Arc<Self>) -> Result<(), Failed> {
        let lock = lock_file(&beside(&self.database, ".columns.lock"))?;
        if lock.try_lock().is_err() {
            // Another program makes it; it is found when it is there.
            return Ok(());
        }
        let conn =
            Connection::open_with_flags(&self.database, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.busy_timeout(Duration::from_secs(5))?;
        conn.pragma_update(None, "mmap_size", 2_147_418_112_i64)?;
        rusqlite::vtab::array::load_module(&conn)?;
        conn.execute_batch("BEGIN")?;
        let (epoch, first, last) = marks(&conn)?;
        let zone = zone_of(&company::read(&conn)?);
        let label = self.label(epoch, &zone, last);
        let before = file::open(&self.path).filter(|before| label.same_but_seq(&before.label) && first <= before.label.seq + 1);
        let behind = before.as_ref().map_or(i64::MAX, |before| last - before.label.seq);
        if behind < SOME {
            return Ok(());
        }
        build::write(&self.path, &conn, label, &zone, before.as_ref(), &self.stop, &self.progress)?;
        conn.execute_batch("COMMIT")?;
        self.take_over(&conn, epoch, label.seq)?;
        forget(&conn, label.seq)
    }

    /// Readers go on from the new file.
    fn take_over(&self, conn: &Connection, epoch: u64, seq: i64) -> Result<(), Failed> {
        let mut slot = self.slot();
        let view = slot.view.take();
        slot.seen = None;
        if !self.reopen(&mut slot, conn, epoch, seq)? {
            slot.view = view;
        }
        Ok(())
    }
}

/// Forgets changes that the file has in it; never the last one, so that numbers go on.
fn forget(conn: &Connection, seq: i64) -> Result<(), Failed> {
    loop {
        let gone = conn.execute(
            "DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE seq<=?1 AND seq<(SELECT max(seq) FROM change) LIMIT ?2)",
            [seq, FORGET],
        )?;
        if (gone as i64) < FORGET {
            return Ok(());
        }
    }
}

/// The file of a database's column index, and that of the lock of whoever makes it.
fn beside(database: &Path, suffix: &str) -> PathBuf {
    let own = database.extension().is_some_and(|ending| ending == "db");
    let mut name = OsString::from(if own { database.file_stem() } else { database.file_name() }.unwrap_or_default());
    name.push(suffix);
    database.with_file_name(name)
}

fn lock_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::metadata(path).ok()?;
    Some((meta.dev(), meta.ino(), meta.mtime(), meta.mtime_nsec()))
}

/// A zone as it affects hours: its offsets over the years that calls may be of.
fn zone_sum(zone: &TimeZone) -> u64 {
    let months = (0..12 * 45).map(|month| 946_684_800 + month * 2_629_800);
    let offsets = months.filter_map(|second| jiff::Timestamp::from_second(second).ok()).map(|at| zone.to_offset(at).seconds());
    let bytes: Vec<u8> = offsets.flat_map(i32::to_le_bytes).collect();
    checksum(&bytes)
}

impl From<Failed> for Fault {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Sql(fault) => fault,
            Failed::Stopped | Failed::Damaged => Self::Told(crate::store::StoreError::Interrupted),
            Failed::Disk(error) => Self::Told(crate::store::StoreError::Failed(error.to_string())),
        }
    }
}
