//! One writer thread and several reading ones, each with its own connection, behind bounded channels.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use tokio::sync::{mpsc, oneshot};

use super::{
    error::{Result, Sql, StoreError},
    reader::Reader,
    writer::Writer,
};

/// Jobs waiting for a thread; more senders wait in turn.
const QUEUE: usize = 64;

type ReadJob = Box<dyn FnOnce(&mut Reader) + Send>;
type WriteJob = Box<dyn FnOnce(&mut Writer) + Send>;

struct Senders {
    reads: mpsc::Sender<ReadJob>,
    writes: Option<mpsc::Sender<WriteJob>>,
}

/// The threads of one opened database.
pub(super) struct Threads {
    path: PathBuf,
    senders: RwLock<Option<Senders>>,
    handles: Mutex<Vec<JoinHandle<()>>>,
}

/// Tells a statement to stop when the future that waits for it is dropped.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Threads {
    pub(super) fn start(path: &Path, readers: Vec<Reader>, writer: Option<Writer>) -> Result<Self> {
        let (reads, read_queue) = mpsc::channel::<ReadJob>(QUEUE);
        let read_queue = Arc::new(Mutex::new(read_queue));
        let mut handles = Vec::new();
        for mut reader in readers {
            let queue = Arc::clone(&read_queue);
            handles.push(spawn("store-read", move || {
                while let Some(job) = next(&queue) {
                    let _ = catch_unwind(AssertUnwindSafe(|| job(&mut reader)));
                }
            })?);
        }
        let writes = match writer {
            None => None,
            Some(mut writer) => {
                let (writes, mut queue) = mpsc::channel::<WriteJob>(QUEUE);
                handles.push(spawn("store-write", move || {
                    while let Some(job) = queue.blocking_recv() {
                        let _ = catch_unwind(AssertUnwindSafe(|| job(&mut writer)));
                    }
                })?);
                Some(writes)
            }
        };
        Ok(Self { path: path.to_owned(), senders: RwLock::new(Some(Senders { reads, writes })), handles: Mutex::new(handles) })
    }

    /// Runs a read on any reading thread. Dropping the future interrupts its statement.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Reader) -> Sql<T> + Send + 'static,
    {
        self.run(false, work).await
    }

    /// As [`Self::read`], with the column index where it is ready.
    pub(super) async fn read_lists<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Reader) -> Sql<T> + Send + 'static,
    {
        self.run(true, work).await
    }

    async fn run<T, F>(&self, lists: bool, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Reader) -> Sql<T> + Send + 'static,
    {
        let sender = {
            let senders = self.senders.read().unwrap_or_else(PoisonError::into_inner);
            senders.as_ref().map(|senders| senders.reads.clone()).ok_or_else(|| self.closed())?
        };
        let stop = Arc::new(AtomicBool::new(false));
        let _guard = StopOnDrop(Arc::clone(&stop));
        let (answer, asked) = oneshot::channel();
        let job: ReadJob = Box::new(move |reader| {
            if !stop.load(Ordering::Relaxed) {
                let _ = answer.send(reader.run(stop, lists, work));
            }
        });
        sender.send(job).await.map_err(|_error| self.closed())?;
        asked.await.unwrap_or_else(|_error| Err(self.broke()))
    }

    /// Runs on the writing thread. A write that has begun is finished even if the future is dropped.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Writer) -> Result<T> + Send + 'static,
    {
        let sender = {
            let senders = self.senders.read().unwrap_or_else(PoisonError::into_inner);
            senders.as_ref().map(|senders| senders.writes.clone()).ok_or_else(|| self.closed())?
        };
        let Some(sender) = sender else {
            return Err(StoreError::ReadOnly(format!("{} is open for reading only; nothing was changed", self.path.display())));
        };
        let (answer, asked) = oneshot::channel();
        let job: WriteJob = Box::new(move |writer| {
            let _ = answer.send(work(writer));
        });
        sender.send(job).await.map_err(|_error| self.closed())?;
        asked.await.unwrap_or_else(|_error| Err(self.broke()))
    }

    /// Lets the threads end after the jobs that they have, and waits for them: the readers first, since only a connection
    /// that may write takes the log away when it is the last.
    pub(super) async fn stop(&self) -> Result<()> {
        let Some(Senders { reads, writes }) = self.senders.write().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(());
        };
        let mut readers = std::mem::take(&mut *self.handles.lock().unwrap_or_else(PoisonError::into_inner));
        let writer = writes.as_ref().and_then(|_| readers.pop());
        drop(reads);
        let (done, wait) = oneshot::channel();
        spawn("store-stop", move || {
            for reader in readers {
                let _ = reader.join();
            }
            drop(writes);
            if let Some(writer) = writer {
                let _ = writer.join();
            }
            let _ = done.send(());
        })?;
        let _ = wait.await;
        Ok(())
    }

    fn closed(&self) -> StoreError {
        StoreError::Failed(format!("{} is closed", self.path.display()))
    }

    fn broke(&self) -> StoreError {
        StoreError::Failed(format!(
            "a defect of callreel stopped the work on {}; nothing was changed, please report it",
            self.path.display()
        ))
    }
}

fn next(queue: &Mutex<mpsc::Receiver<ReadJob>>) -> Option<ReadJob> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
}

/// A named thread of ours.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Failed(format!("the system gives no thread for the database: {error}")))
}

/// Runs blocking work on a thread of its own.
pub(super) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (answer, asked) = oneshot::channel();
    spawn("store-open", move || {
        let _ = answer.send(work());
    })?;
    asked
        .await
        .unwrap_or_else(|_error| Err(StoreError::Failed("a defect of callreel stopped the opening of the database".to_owned())))
}
