//! Imports through a server that end in the middle: Ctrl-C, a lost line, a dead server. Nothing half of it stays, and the next
//! one completes.

use std::{
    fs,
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    process::Stdio,
    sync::mpsc::{Sender, channel},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::server::{Server, home, run};
use crate::common::home::Home;

const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of one recording: more than sockets hold on the way.
const BYTES: usize = 8 << 20;

/// What is imported: the samples, and a long recording of one of their calls.
fn folder(home: &Home) -> PathBuf {
    let spool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asterisk/spool");
    let folder = home.join("exchange");
    fs::create_dir_all(folder.join("done")).expect("folder");
    for name in ["calls.json", "events.json", "queue_log"] {
        fs::copy(spool.join(name), folder.join(name)).expect("copied");
    }
    for entry in fs::read_dir(spool.join("done")).expect("folder").flatten() {
        fs::copy(entry.path(), folder.join("done").join(entry.file_name())).expect("copied");
    }
    let long = folder.join("done/20261121T012058_101_direct_auto_pbx-1795224057.64_pbx-1795224057.64.raw");
    fs::write(long, vec![7; BYTES]).expect("written");
    folder
}

fn words(home: &Home, place: &[&str]) -> Vec<String> {
    let folder = folder(home);
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let mut words: Vec<String> = ["import", "asterisk", "--cdr"].map(str::to_owned).to_vec();
    words.extend([path("calls.json"), "--cel".to_owned(), path("events.json"), "--queue-log".to_owned(), path("queue_log")]);
    words.extend(["--recordings".to_owned(), path("done"), "--format".to_owned(), "json".to_owned()]);
    words.extend(place.iter().map(|word| (*word).to_owned()));
    words
}

fn spool(home: &Home) -> usize {
    fs::read_dir(home.join("a.spool")).map(|entries| entries.count()).unwrap_or_default()
}

/// A socket that leads to the server's, and stops after so many bytes: told on the channel, it waits to be dropped.
fn lame(home: &Home, server: &Server, after: usize) -> (String, std::sync::mpsc::Receiver<UnixStream>) {
    let place = home.join("lame.sock");
    let _ = fs::remove_file(&place);
    let listener = UnixListener::bind(&place).expect("a socket");
    let (behind, (send, stopped)) = (server.socket(), channel());
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let (behind, send) = (behind.clone(), send.clone());
            std::thread::spawn(move || lead(near, &behind, after, &send));
        }
    });
    (format!("unix:{}", place.display()), stopped)
}

fn lead(mut near: UnixStream, behind: &Path, after: usize, send: &Sender<UnixStream>) {
    let mut far = UnixStream::connect(behind).expect("the server");
    let (mut back, mut to) = (far.try_clone().expect("a copy"), near.try_clone().expect("a copy"));
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut back, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    let (mut block, mut moved) = (vec![0; 65_536], 0);
    while let Ok(count) = near.read(&mut block) {
        if count == 0 || far.write_all(&block[..count]).is_err() {
            break;
        }
        moved += count;
        if moved > after {
            // Both ends stay open until the test drops what it is given.
            let _ = send.send(near.try_clone().expect("a copy"));
            let mut rest = [0; 1];
            while near.peek_closed(&mut rest) {
                std::thread::yield_now();
            }
            break;
        }
    }
    let _ = far.shutdown(std::net::Shutdown::Both);
    let _ = near.shutdown(std::net::Shutdown::Both);
}

/// Whether a line is still open, without reading on.
trait Open {
    fn peek_closed(&self, rest: &mut [u8]) -> bool;
}

impl Open for UnixStream {
    fn peek_closed(&self, _rest: &mut [u8]) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let mut polled = [PollFd::new(self, PollFlags::HUP)];
        let moment = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
        let _ = poll(&mut polled, Some(&moment));
        !polled[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
    }
}

fn until(what: &str, mut is: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < end, "{what}");
        std::thread::yield_now();
    }
}

/// Counts of the whole import, done again without a hindrance: everything is there once.
fn completes(server: &Server) {
    assert_eq!(server.run(&["calls", "--count", "--db", "a.db"]).out.trim(), "60", "nothing of it is seen");
    let words = words(&server.home, &["--db", "a.db"]);
    let said = server.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(said.status == 0 || said.status == 5, "{}", said.words);
    let counts: Value = serde_json::from_str(&said.out).expect("json");
    assert_eq!(counts["new_calls"], 18, "{counts}");
    assert!(counts["new_recordings"].as_u64() >= Some(10), "{counts}");
    assert_eq!(server.run(&["calls", "--count", "--db", "a.db"]).out.trim(), "78");
    assert_eq!(spool(&server.home), 0);
    assert_eq!(server.run(&["audit", "verify", "--db", "a.db"]).status, 0);
}

#[test]
fn ctrl_c_while_sending_imports_nothing() {
    let server = Server::start(home());
    let (place, stopped) = lame(&server.home, &server, BYTES / 4);
    let words = words(&server.home, &["--server", &place]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let child =
        server.home.command(&words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    let held = stopped.recv_timeout(PATIENCE).expect("it is in the middle");
    assert_eq!(spool(&server.home), 1, "the server has a part of it");
    kill_process(Pid::from_raw(child.id().cast_signed()).expect("a process"), Signal::INT).expect("sent");
    let said = child.wait_with_output().expect("ended");
    let told = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(130), "{told}");
    assert!(told.contains("nothing was imported"), "{told}");
    drop(held);
    until("what was sent is thrown away", || spool(&server.home) == 0);
    completes(&server);
}

#[test]
fn a_line_lost_while_sending_imports_nothing() {
    let server = Server::start(home());
    let (place, stopped) = lame(&server.home, &server, BYTES / 4);
    let words = words(&server.home, &["--server", &place]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let child =
        server.home.command(&words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    let held = stopped.recv_timeout(PATIENCE).expect("it is in the middle");
    held.shutdown(std::net::Shutdown::Both).expect("cut");
    let said = child.wait_with_output().expect("ended");
    let told = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(6), "{told}");
    until("what was sent is thrown away", || spool(&server.home) == 0);
    completes(&server);
}

#[test]
fn a_server_that_dies_while_it_is_sent_something_forgets_it_at_its_next_start() {
    let server = Server::start(home());
    let (place, stopped) = lame(&server.home, &server, BYTES / 4);
    let words = words(&server.home, &["--server", &place]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let child =
        server.home.command(&words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    let held = stopped.recv_timeout(PATIENCE).expect("it is in the middle");
    server.signal(Signal::KILL);
    drop(held);
    let (home, _, _) = server.ended();
    let said = child.wait_with_output().expect("ended");
    assert_eq!(said.status.code(), Some(6), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(spool(&home), 1, "nobody was left to throw it away");
    let server = Server::start(home);
    until("the next start throws it away", || spool(&server.home) == 0);
    completes(&server);
}

#[test]
fn a_job_goes_on_after_its_server_was_killed() {
    let server = Server::start(home());
    let words = words(&server.home, &["--db", "a.db"]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut child =
        server.home.command(&words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    // From the moment at which the job is there, wherever it is.
    until("there is a job", || {
        let jobs = server.run(&["jobs", "list", "--db", "a.db", "--format", "json"]);
        serde_json::from_str::<Value>(&jobs.out).is_ok_and(|jobs| jobs.as_array().is_some_and(|jobs| !jobs.is_empty()))
    });
    server.signal(Signal::KILL);
    let (home, _, _) = server.ended();
    let server = Server::start(home);
    until("the job ends", || {
        let jobs = server.run(&["jobs", "list", "--db", "a.db", "--format", "json"]);
        let jobs: Value = serde_json::from_str(&jobs.out).expect("json");
        matches!(jobs[0]["state"].as_str(), Some("done" | "partly"))
    });
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(server.run(&["calls", "--count", "--db", "a.db"]).out.trim(), "78");
    let again = run(&server.home, &words);
    let counts: Value = serde_json::from_str(&again.out).expect("json");
    assert_eq!((&counts["new_calls"], &counts["new_recordings"]), (&0.into(), &0.into()), "{counts}");
    until("nothing of it is left", || spool(&server.home) == 0);
    assert_eq!(server.run(&["audit", "verify", "--db", "a.db"]).status, 0);
}

/// More complaints than are told: their number, and the file in which all of them stand.
#[test]
fn many_complaints_are_counted_and_stand_in_a_file_of_the_server() {
    let server = Server::start(home());
    let folder = folder(&server.home);
    for number in 0..70 {
        fs::write(folder.join(format!("done/nonsense-{number}.wav")), "no sound").expect("written");
    }
    let words = words(&server.home, &["--db", "a.db"]);
    let said = server.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(said.status, 5, "{}", said.words);
    let counts: Value = serde_json::from_str(&said.out).expect("json");
    let (told, more) = (counts["problems"].as_array().expect("problems").len() as u64, counts["more_problems"].as_u64());
    assert!(more.is_some_and(|more| more > 0 && told + more >= 70), "{counts}");
    assert!(said.words.contains(&format!("and {} more", more.unwrap())), "{}", said.words);
    let file = counts["rejects_file"].as_str().expect("a file");
    assert!(!file.contains('/') && said.words.contains("beside the database of the server"), "{}", said.words);
    let text = fs::read_to_string(server.home.join(file)).expect("the file");
    assert!((0..70).all(|number| text.contains(&format!("nonsense-{number}.wav"))), "{text}");
}
