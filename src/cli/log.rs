//! The log file: only with `--log`, or where the console asks for one in the state folder. A server logs always, in JSON.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use super::Failure;

/// Lines that wait for a slow reader of the log; more are left out and counted, since a server must not wait.
const WAITING: usize = 4_096;

/// How long the end of the program waits for the last lines.
const FLUSH: Duration = Duration::from_secs(2);

/// Starts writing the log to `file` (made if missing, appended to). Only the first call of a process has an effect.
///
/// # Errors
/// When the file cannot be opened.
pub fn start(file: &Path) -> Result<(), Failure> {
    let log = open(file)?;
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(log))
        .with_ansi(false)
        .with_env_filter(EnvFilter::new("callreel=info,warn"))
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Starts a log of JSON lines, to stderr where no file is named. Lines are written by a thread of their own; the guard waits
/// for the last of them.
///
/// # Errors
/// When the file cannot be opened.
pub fn start_json(file: Option<&Path>) -> Result<Guard, Failure> {
    let out: Box<dyn Write + Send> = match file {
        Some(file) => Box::new(open(file)?),
        None => Box::new(io::stderr()),
    };
    let (sender, entries) = sync_channel(WAITING);
    let started = thread::Builder::new().name("log".to_owned()).spawn(move || write_out(out, &entries));
    started.map_err(|why| Failure::failed(format!("no thread for the log: {why}")))?;
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(Queue { sender: sender.clone() })
        .with_env_filter(EnvFilter::new("callreel=info,warn"))
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(Guard { sender })
}

fn open(file: &Path) -> Result<File, Failure> {
    if let Some(folder) = file.parent() {
        // If this fails, opening the file below says why.
        let _ = std::fs::create_dir_all(folder);
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    options.open(file).map_err(|why| Failure::usage(format!("the log {} cannot be written: {why}", file.display())))
}

/// Lines that could not wait any more.
static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

enum Entry {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// Waits for the last lines when dropped.
pub struct Guard {
    sender: SyncSender<Entry>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let (told, written) = sync_channel(1);
        if self.sender.try_send(Entry::Flush(told)).is_ok() {
            let _ = written.recv_timeout(FLUSH);
        }
    }
}

struct Queue {
    sender: SyncSender<Entry>,
}

struct Pen<'a>(&'a SyncSender<Entry>);

impl<'a> MakeWriter<'a> for Queue {
    type Writer = Pen<'a>;

    fn make_writer(&'a self) -> Pen<'a> {
        Pen(&self.sender)
    }
}

impl Write for Pen<'_> {
    /// The subscriber writes one whole line at a time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Err(TrySendError::Full(_)) = self.0.try_send(Entry::Line(line.to_vec())) {
            LEFT_OUT.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_out(mut out: Box<dyn Write + Send>, entries: &Receiver<Entry>) {
    while let Ok(entry) = entries.recv() {
        // A log that cannot be written must not stop what is logged.
        match entry {
            Entry::Line(line) => {
                let left_out = LEFT_OUT.swap(0, Ordering::Relaxed);
                if left_out > 0 {
                    let _ = writeln!(out, "{{\"level\":\"WARN\",\"message\":\"lines were left out\",\"count\":{left_out}}}");
                }
                let _ = out.write_all(&line);
            }
            Entry::Flush(told) => {
                let _ = out.flush();
                let _ = told.send(());
            }
        }
    }
}
