//! The real program as a server, in a home of its own.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::common::home::Home;

/// A running `callreel serve` with 60 made-up calls. Killed when dropped.
pub struct Server {
    pub home: Home,
    pub places: Vec<String>,
    pub fingerprint: String,
    child: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// What the program said.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub words: String,
}

pub fn run(home: &Home, arguments: &[&str]) -> Said {
    let said = home.command(arguments).stdin(Stdio::null()).output().expect("the program");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { status: said.status.code().expect("an end of its own"), out: text(said.stdout), words: text(said.stderr) }
}

/// A home with a database `a.db` of 60 calls.
pub fn home() -> Home {
    let home = Home::new();
    let said = run(&home, &["generate", "--calls", "60", "--seed", "1", "--db", "a.db", "--quiet"]);
    assert_eq!(said.status, 0, "{}", said.words);
    home
}

impl Server {
    pub fn start(home: Home) -> Self {
        Self::start_with(home, &[])
    }

    /// With more flags.
    pub fn start_with(home: Home, more: &[&str]) -> Self {
        let usual = ["serve", "--db", "a.db", "--listen", "127.0.0.1:0", "--listen", "https://127.0.0.1:0"];
        let arguments = [usual.as_slice(), more].concat();
        let mut child = home.command(&arguments).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe"));
        // Other lines may come first: of an index that is made, of a checkpoint.
        let (mut first, mut begun) = (String::new(), Value::Null);
        while !begun["places"].is_string() {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).expect("a line") > 0, "it ended: {first}");
            first.push_str(&line);
            begun = serde_json::from_str(&line).unwrap_or(Value::Null);
        }
        let log = Arc::new(Mutex::new(first));
        let written = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                written.lock().expect("log").push_str(&std::mem::take(&mut line));
            }
        });
        let places = serde_json::from_str(begun["places"].as_str().expect("places")).expect("a list");
        let fingerprint = begun["fingerprint"].as_str().expect("a fingerprint").to_owned();
        Self { home, places, fingerprint, child, log, reader: Some(reader) }
    }

    pub fn place(&self, kind: &str) -> &str {
        self.places.iter().find(|place| place.starts_with(kind)).expect("a place")
    }

    pub fn socket(&self) -> PathBuf {
        PathBuf::from(self.place("unix:").trim_start_matches("unix:"))
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        run(&self.home, arguments)
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let process = Pid::from_raw(self.child.id().cast_signed()).expect("a process");
        kill_process(process, signal).expect("sent");
    }

    /// Waits for its end: status (none: a signal) and the whole log.
    pub fn ended(mut self) -> (Home, Option<i32>, String) {
        let status = self.child.wait().expect("ended").code();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("read");
        }
        let log = self.log.lock().expect("log").clone();
        let home = std::mem::replace(&mut self.home, Home::new());
        (home, status, log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
