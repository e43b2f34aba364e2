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
use rusqlite::{Connection, OpenFlags, OptionalExtension};

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
    room,
};

/// More changes than this are not read on: the file is made anew, and lists go by SQL until then.
const FAR: i64 = 300_000;
/// So many rows held in memory are reason for a new file; the larger of this and a share of all.
const MANY: usize = 65_536;
const SHARE: u64 = 32;
/// Rows worth a new file when a program that wrote many ends.
const SOME: i64 = if cfg!(test) { 1 } else { 4_096 };
/// After a failure nobody tries again for so long; after each more for twice as long, up to an hour.
const REST: Duration = Duration::from_secs(60);
/// A writer is waited for so long at a time, and so often.
const BUSY: Duration = Duration::from_secs(5);
const TRIES: usize = 6;
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
    /// The file that was looked at last, and the epoch it was looked at for: nothing is expected of it until either is another.
    seen: Option<(Identity, u64)>,
    /// Not before this moment is a file made again.
    rest: Option<Instant>,
    /// Tries that failed, one after the other.
    failures: u32,
}

/// Device, inode, modification time: renaming makes another.
type Identity = (u64, u64, i64, i64);

/// What became of looking for a file.
enum Found {
    Usable,
    /// It is of a later moment than the reader's.
    Newer,
    Nothing,
}

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
        if !usable {
            match self.reopen(&mut slot, conn, (epoch, first, last))? {
                Found::Usable => {}
                Found::Newer => return Ok(Answer::Ahead),
                Found::Nothing => {
                    drop(slot);
                    self.wake();
                    return Ok(Answer::NotReady);
                }
            }
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

    /// Looks whether there is a file of use for a reader that sees these marks.
    fn reopen(&self, slot: &mut Slot, conn: &Connection, (epoch, first, last): (u64, i64, i64)) -> Sql<Found> {
        slot.view = None;
        let Some(identity) = identity(&self.path) else { return Ok(Found::Nothing) };
        if slot.seen == Some((identity, epoch)) {
            return Ok(Found::Nothing);
        }
        let zone = zone_of(&company::read(conn)?);
        let opened = file::open(&self.path);
        if opened.as_ref().is_some_and(|opened| opened.label.epoch == epoch && opened.label.mark.0 > last) {
            return Ok(Found::Newer);
        }
        slot.seen = Some((identity, epoch));
        let Some(opened) = opened else {
            tracing::warn!(file = %self.path.display(), "the column index is of no use; it is made anew");
            return Ok(Found::Nothing);
        };
        if !self.is_of(&opened.label, conn, epoch, first, &zone)? {
            tracing::info!(file = %self.path.display(), "the column index is out of date; it is made anew");
            return Ok(Found::Nothing);
        }
        let numbers = Arc::clone(&opened.numbers).lifted().and_then(Numbers::of_file);
        let (Ok(numbers), Ok(sets)) = (numbers, kept_sets::read(&opened.sets)) else {
            self.throw_away(slot);
            return Ok(Found::Nothing);
        };
        slot.dictionaries = Some((numbers, sets));
        slot.view = Some(Arc::new(View::of_file(&opened, zone)));
        Ok(Found::Usable)
    }

    /// Whether a file is of this database as the connection sees it, and can be read on from.
    fn is_of(&self, label: &Label, conn: &Connection, epoch: u64, first: i64, zone: &TimeZone) -> Sql<bool> {
        let content: Option<i64> =
            conn.prepare_cached("SELECT id FROM change WHERE seq=?1")?.query_row([label.mark.0], |row| row.get(0)).optional()?;
        Ok(label.is_of(&self.label(epoch, zone)) && first <= label.seq + 1 && content == Some(label.mark.1))
    }

    fn label(&self, epoch: u64, zone: &TimeZone) -> Label {
        let schema = migrations::newest().cast_unsigned();
        Label { schema, epoch, database: self.database_sum, zone: zone_sum(zone), seq: 0, mark: (0, 0) }
    }

    /// Dictionaries of a file opened since the last call, for all readers.
    pub(in crate::store) fn take_dictionaries(&self) -> Option<(Numbers, [SetTable; 4])> {
        self.slot().dictionaries.take()
    }

    /// Opens the file, if it is of use, before the dictionaries are read from the database.
    pub(in crate::store) fn begin(&self, conn: &Connection) -> Sql<()> {
        let marks = marks(conn)?;
        let mut slot = self.slot();
        if slot.view.is_none() && slot.seen.is_none() {
            self.reopen(&mut slot, conn, marks)?;
        }
        Ok(())
    }

    /// What was read is not what was written: the file is made anew.
    pub(in crate::store) fn distrust(self: &Arc<Self>) {
        self.throw_away(&mut self.slot());
        self.wake();
    }

    fn throw_away(&self, slot: &mut Slot) {
        slot.view = None;
        slot.dictionaries = None;
        // Another may stand there already.
        if self.keeps && slot.seen.is_some_and(|(seen, _)| Some(seen) == identity(&self.path)) {
            let _ = fs::remove_file(&self.path);
        }
    }

    /// Rows done and rows in all, while the file is made here.
    pub(in crate::store) fn progress(&self) -> Option<(u64, u64)> {
        let progress = (self.progress.done.load(Ordering::Relaxed), self.progress.all.load(Ordering::Relaxed));
        self.working.load(Ordering::Relaxed).then_some(progress)
    }

    /// Tries to make the file that failed since one did not.
    #[cfg(test)]
    pub(in crate::store) fn failures(&self) -> u32 {
        self.slot().failures
    }

    /// Has the file made on a thread of its own, unless that is under way.
    pub(in crate::store) fn wake(self: &Arc<Self>) {
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
        // What is under way may have begun before the last changes.
        for _ in 0..2 {
            if !self.working.swap(true, Ordering::AcqRel) {
                self.work();
                self.working.store(false, Ordering::Release);
                return;
            }
            let Some(worker) = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
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

    fn work(&self) {
        let mut made = self.make();
        if matches!(made, Err(Failed::Damaged)) {
            tracing::warn!(file = %self.path.display(), "the column index was damaged and is made anew");
            let _ = fs::remove_file(&self.path);
            made = self.make();
        }
        let error = match made {
            Ok(()) => {
                self.slot().failures = 0;
                return;
            }
            Err(Failed::Stopped) => {
                tracing::info!("the making of the column index was stopped");
                return;
            }
            Err(Failed::Damaged) => "it changes while it is read".to_owned(),
            Err(Failed::Disk(error)) => error.to_string(),
            Err(Failed::Sql(fault)) => fault.tell(&self.database).to_string(),
        };
        let mut slot = self.slot();
        if slot.failures == 0 {
            tracing::warn!(file = %self.path.display(), error, "the column index cannot be made; lists go on without it");
        }
        slot.rest = Some(Instant::now() + REST * 2_u32.pow(slot.failures.min(6)));
        slot.failures += 1;
    }

    fn make(&self) -> Result<(), Failed> {
        let lock = lock_file(&beside(&self.database, ".columns.lock"))?;
        if lock.try_lock().is_err() {
            // Another program makes it; it is found when it is there.
            return Ok(());
        }
        let conn =
            Connection::open_with_flags(&self.database, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.busy_timeout(BUSY)?;
        conn.pragma_update(None, "mmap_size", room::for_databases())?;
        // What a file tells of must not be lost with the power when the file is not.
        conn.pragma_update(None, "synchronous", "FULL")?;
        rusqlite::vtab::array::load_module(&conn)?;
        conn.execute_batch("BEGIN")?;
        let (epoch, first, last) = marks(&conn)?;
        let zone = zone_of(&company::read(&conn)?);
        let before = match file::open(&self.path) {
            Some(before) if self.is_of(&before.label, &conn, epoch, first, &zone)? => Some(before),
            _ => None,
        };
        if before.as_ref().is_some_and(|before| last - before.label.seq < SOME) {
            return self.take_over(&conn);
        }
        let file = build::write(&self.path, &conn, &zone, before.as_ref(), &self.stop, &self.progress)?;
        conn.execute_batch("COMMIT")?;
        let mark = self.mark(&conn)?;
        file.finish(Label { seq: last, mark, ..self.label(epoch, &zone) })?;
        self.take_over(&conn)?;
        if let Err(error) = forget(&conn, last) {
            tracing::info!(%error, "changes that the column index has are forgotten another time");
        }
        Ok(())
    }

    /// A change of no call, that only the database as of now and what becomes of it have.
    fn mark(&self, conn: &Connection) -> Result<(i64, i64), Failed> {
        let content = -1 - fastrand::i64(0..i64::MAX);
        let mut tries = TRIES;
        loop {
            match conn.execute("INSERT INTO change(id) VALUES(?1)", [content]) {
                Ok(_) => return Ok((conn.last_insert_rowid(), content)),
                Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && tries > 0 => tries -= 1,
                Err(error) => return Err(error.into()),
            }
            if self.stop.load(Ordering::Relaxed) {
                return Err(Failed::Stopped);
            }
        }
    }

    /// Readers go on from the file there is, unless they have a view that is of use.
    fn take_over(&self, conn: &Connection) -> Result<(), Failed> {
        let marks = marks(conn)?;
        let mut slot = self.slot();
        let view = slot.view.take();
        slot.seen = None;
        if !matches!(self.reopen(&mut slot, conn, marks)?, Found::Usable) {
            slot.view = view;
        }
        Ok(())
    }
}

/// Forgets changes that the file has in it; never the last one, so that numbers go on.
fn forget(conn: &Connection, seq: i64) -> rusqlite::Result<()> {
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
    let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
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
