//! A full-screen program in a terminal: bytes and processor time of each key.

use std::{path::Path, time::Duration};

use crate::{
    clock::{self, milliseconds},
    common::{
        home::Home,
        pty::{PATIENCE, Pty},
    },
};

/// A screen that was still for so long is finished.
const STILL: Duration = Duration::from_millis(250);
/// The same before anything that follows a pause of the hands: the detail of the selected call comes after 120 ms.
const BRIEF: Duration = Duration::from_millis(70);

pub const DOWN: &str = "\x1b[B";
pub const PAGE_DOWN: &str = "\x1b[6~";
pub const HOME: &str = "\x1b[H";
pub const END: &str = "\x1b[F";
pub const REDRAW: &str = "\x0c";

pub struct Screen {
    _home: Home,
    pub pty: Pty,
}

/// What a key cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step {
    /// Until the screen first rests.
    pub bytes: u64,
    /// What followed after the pause.
    pub later: u64,
    pub cpu_ms: f64,
}

impl Screen {
    /// Our console on a database, on a remote line of 256 colours.
    pub fn ours(database: &Path, columns: u16, rows: u16) -> Self {
        let home = remote();
        let pty = home.start(&["console", "--db", &database.display().to_string()], columns, rows);
        Self { _home: home, pty }
    }

    pub fn other(program: &Path, arguments: &[&str], columns: u16, rows: u16) -> Self {
        let home = remote();
        let pty = home.start_other(&program.display().to_string(), arguments, columns, rows);
        Self { _home: home, pty }
    }

    pub fn cpu(&self) -> Duration {
        clock::cpu_of(self.pty.process().as_raw_nonzero().get()).unwrap_or_default()
    }

    /// Waits for a screen; gives the processor time until then.
    pub fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> f64 {
        self.pty.wait_until(what, |screen| wanted(&screen.contents()));
        milliseconds(self.cpu())
    }

    /// Waits until nothing was written for a while; a program that never rests is taken as it is.
    pub fn rest(&self) {
        self.still(STILL);
    }

    fn still(&self, time: Duration) {
        let start = std::time::Instant::now();
        loop {
            let idle = self.pty.idle(time);
            // A long count is at work though nothing is written.
            if idle.bytes == 0 && idle.cpu * 10 < time || start.elapsed() > PATIENCE {
                return;
            }
        }
    }

    /// Types a key and waits until all that follows is on the screen.
    pub fn key(&mut self, key: &str) -> Step {
        let (bytes, cpu) = (self.pty.bytes_written(), self.cpu());
        self.pty.send(key);
        self.still(BRIEF);
        let first = self.pty.bytes_written();
        self.still(STILL);
        Step {
            bytes: first - bytes,
            later: self.pty.bytes_written() - first,
            cpu_ms: milliseconds(self.cpu().saturating_sub(cpu)),
        }
    }

    /// Median of the same key typed so often.
    pub fn keys(&mut self, key: &str, times: usize) -> Step {
        let steps: Vec<Step> = (0..times).map(|_| self.key(key)).collect();
        let middle = |of: fn(&Step) -> f64| clock::median(&mut steps.iter().map(of).collect::<Vec<_>>());
        Step {
            bytes: middle(|step| step.bytes as f64) as u64,
            later: middle(|step| step.later as f64) as u64,
            cpu_ms: middle(|step| step.cpu_ms),
        }
    }
}

/// Whether a list of calls is on the screen: a day and a time of day, as every row begins.
pub fn has_rows(screen: &str) -> bool {
    screen.lines().skip(3).any(|line| {
        let bytes = line.as_bytes();
        bytes.windows(5).any(|five| five[2] == b':' && [0, 1, 3, 4].iter().all(|&index| five[index].is_ascii_digit()))
    })
}

fn remote() -> Home {
    Home::new().set("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22").set("TERM", "xterm-256color")
}
