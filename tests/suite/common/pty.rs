//! Drives a program in a pseudo-terminal and reads its screen. Waits for states, never for time.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

/// How long a state may take to come on a slow and busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A program in a terminal. Killed when dropped.
pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    /// Our end of the terminal's other side, held as a shell would hold it; closed once the program has ended.
    terminal: Option<File>,
    name: PathBuf,
    process: Pid,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: vt100::Parser,
    /// Written by the program so far.
    bytes: u64,
    raw: Vec<u8>,
    ended: Option<ExitStatus>,
    /// Nobody has the terminal open any more and all was read.
    closed: bool,
}

impl Pty {
    /// Starts a program with this environment and no other.
    pub fn start(
        program: &str,
        arguments: &[&str],
        environment: &[(String, String)],
        folder: &Path,
        columns: u16,
        rows: u16,
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let name = pair.master.tty_name().expect("a name of the terminal");
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(rustix::fs::OFlags::NOCTTY.bits().cast_signed())
            .open(&name)
            .expect("the terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(folder);
        let mut child = pair.slave.spawn_command(command).unwrap_or_else(|error| panic!("{program}: {error}"));
        drop(pair.slave);
        let process = child.process_id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("a process id");
        let parser = vt100::Parser::new(rows, columns, 0);
        let state = State { parser, bytes: 0, raw: Vec::new(), ended: None, closed: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });

        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let reading = Arc::clone(&shared);
        thread::spawn(move || {
            let mut buffer = [0; 65_536];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut state = reading.lock();
                if read == 0 {
                    state.closed = true;
                    reading.changed.notify_all();
                    return;
                }
                state.parser.process(&buffer[..read]);
                state.raw.extend_from_slice(&buffer[..read]);
                state.bytes += read as u64;
                reading.changed.notify_all();
            }
        });
        let waiting = Arc::clone(&shared);
        thread::spawn(move || {
            let status = child.wait().unwrap_or_else(|_| ExitStatus::with_exit_code(u32::MAX));
            waiting.lock().ended = Some(status);
            waiting.changed.notify_all();
        });
        let writer = pair.master.take_writer().expect("a writer");
        Self { master: pair.master, writer, terminal: Some(terminal), name, process, shared }
    }

    /// Types; escape sequences as a terminal would send them (`"\x1b[A"`).
    pub fn send(&mut self, keys: &str) {
        self.send_bytes(keys.as_bytes());
    }

    pub fn send_bytes(&mut self, keys: &[u8]) {
        self.writer.write_all(keys).and_then(|()| self.writer.flush()).expect("the terminal takes keys");
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        self.shared.lock().parser.screen_mut().set_size(rows, columns);
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("the terminal changes its size");
    }

    /// Waits until the screen shows a text.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?} on the screen"), |screen| screen.contents().contains(text));
    }

    /// Waits until the screen no longer shows a text.
    pub fn wait_gone(&self, text: &str) {
        self.wait_until(&format!("{text:?} gone from the screen"), |screen| !screen.contents().contains(text));
    }

    /// Waits until the screen is as wanted.
    ///
    /// # Panics
    /// With the screen, after [`PATIENCE`].
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        self.wait_state(what, |state| wanted(state.parser.screen()));
    }

    /// Waits until nothing was written for so long; how long a program may be at rest before it counts as idle.
    pub fn settle(&self, rest: Duration) {
        let start = Instant::now();
        while self.idle(rest).bytes > 0 {
            assert!(start.elapsed() < PATIENCE, "the program never rests\n{}", self.dump());
        }
    }

    /// Watches the program do nothing for so long: bytes written and processor time used meanwhile. Returns early, with
    /// its bytes, once it writes.
    pub fn idle(&self, time: Duration) -> Idle {
        let (start, cpu) = (Instant::now(), self.cpu_time());
        let mut state = self.shared.lock();
        let before = state.bytes;
        while state.bytes == before
            && let Some(left) = time.checked_sub(start.elapsed()).filter(|left| !left.is_zero())
        {
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
        let bytes = state.bytes - before;
        drop(state);
        Idle { bytes, cpu: self.cpu_time().saturating_sub(cpu) }
    }

    /// The screen's text, line by line, without blanks at the ends.
    pub fn screen(&self) -> String {
        let state = self.shared.lock();
        let (_, columns) = state.parser.screen().size();
        let rows: Vec<String> = state.parser.screen().rows(0, columns).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n")
    }

    /// Asks the parsed screen: cells, colours, cursor, modes.
    pub fn with_screen<T>(&self, ask: impl FnOnce(&vt100::Screen) -> T) -> T {
        ask(self.shared.lock().parser.screen())
    }

    /// Everything written so far, as it came.
    pub fn raw(&self) -> Vec<u8> {
        self.shared.lock().raw.clone()
    }

    pub fn bytes_written(&self) -> u64 {
        self.shared.lock().bytes
    }

    /// Settings of the terminal as `stty -a` tells them, while the terminal is open.
    pub fn termios(&self) -> String {
        let output = Command::new("stty").arg("-a").arg("-F").arg(&self.name).output().expect("stty of coreutils");
        assert!(output.status.success(), "stty: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Processor time of all threads that live, in nanoseconds exactly (`/proc/PID/task/*/schedstat`); zero once it ended.
    pub fn cpu_time(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.as_raw_nonzero()));
        let nanoseconds = tasks.into_iter().flatten().flatten().filter_map(|task| {
            let told = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            told.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    pub fn process(&self) -> Pid {
        self.process
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.process, signal).expect("the program takes a signal");
    }

    /// Waits for the end of the program; the terminal stays open, so that [`Self::termios`] can be asked.
    pub fn wait_exit(&self) -> ExitStatus {
        self.wait_state("the end of the program", |state| state.ended.is_some());
        self.shared.lock().ended.clone().expect("an exit status")
    }

    /// None while it runs.
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.shared.lock().ended.clone()
    }

    /// Waits for the end and for the last byte; the screen is final then.
    pub fn finish(&mut self) -> ExitStatus {
        let status = self.wait_exit();
        self.terminal = None;
        self.wait_state("the last output", |state| state.closed);
        status
    }

    fn wait_state(&self, what: &str, wanted: impl Fn(&State) -> bool) {
        let start = Instant::now();
        let mut state = self.shared.lock();
        while !wanted(&state) {
            let left = PATIENCE.saturating_sub(start.elapsed());
            if left.is_zero() || state.closed {
                drop(state);
                panic!("waited in vain for {what}\n{}", self.dump());
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }

    fn dump(&self) -> String {
        let ended = self.exit_status().map_or_else(|| "still running".to_owned(), |status| format!("ended: {status}"));
        format!("--- screen ({ended})\n{}\n---", self.screen())
    }
}

/// What a program did while it had nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    pub bytes: u64,
    pub cpu: Duration,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.exit_status().is_none() {
            // It may end in between; then there is nobody left to tell.
            let _ = kill_process(self.process, Signal::KILL);
        }
    }
}
