//! Whoever reaches the ear's socket and means harm, or is only broken.

use std::{
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use callreel::playback::{EarOptions, EarServer, Environment};

use super::far::{Ended, PATIENCE, until};
use crate::{common::home::PROGRAM, sound::sink::Sink};

const TOKEN: &str = "00112233445566778899aabbccddeeff";

/// An ear that would sound at a server that is not there.
fn ear(folder: &Path) -> std::path::PathBuf {
    let environment = Environment { pulse_server: Some("unix:/nowhere".to_owned()), ..Environment::default() };
    let options = EarOptions { environment, token: TOKEN.to_owned(), name: "anna@desk".to_owned(), output: None };
    let socket = folder.join("ear.sock");
    EarServer::new(options, |_| {}).listen_at(&socket).expect("an ear");
    socket
}

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = u16::try_from(body.len() + 1).expect("a length").to_be_bytes().to_vec();
    frame.push(kind);
    frame.extend_from_slice(body);
    frame
}

fn hello(version: u16, token: &str) -> Vec<u8> {
    frame(1, &[b"callreel-ear".as_slice(), &version.to_be_bytes(), token.as_bytes()].concat())
}

/// Everything that is answered until it hangs up.
fn answer(socket: &Path, words: &[u8]) -> Vec<u8> {
    let mut stream = UnixStream::connect(socket).expect("the ear");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    // It may have hung up in the middle of what we say.
    let _ = stream.write_all(words);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "it hangs up: {error}"),
    }
    answer
}

fn welcomed(socket: &Path) {
    let mut stream = UnixStream::connect(socket).expect("the ear");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    stream.write_all(&hello(1, TOKEN)).expect("a hello");
    let mut head = [0; 5];
    stream.read_exact(&mut head).expect("a welcome");
    assert_eq!(head[2..], [129, 0, 1], "{head:?}");
}

#[test]
fn who_has_no_token_or_speaks_nonsense_is_shown_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = ear(folder.path());
    assert_eq!(socket.metadata().expect("a socket").permissions().mode() & 0o777, 0o600);
    let text = |words: &[u8]| String::from_utf8_lossy(&answer(&socket, words)).into_owned();
    assert!(text(&hello(1, "x")).contains("the token is not that of this ear"));
    assert!(text(&hello(1, "")).contains("the token"));
    assert!(text(&hello(2, TOKEN)).contains("speaks version 1"));
    assert!(text(&frame(5, &[])).contains("no hello"));
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0, 0, 1], &[0xff; 10_000], &frame(200, &[1; 4000])] {
        assert_eq!(answer(&socket, nonsense), b"", "{:?}", &nonsense[..3]);
    }
    // Let in, and then wrong.
    let after = |more: &[u8]| text(&[hello(1, TOKEN), more.to_vec()].concat());
    assert!(after(&hello(1, TOKEN)).contains("a second hello"));
    assert!(after(&[0xff, 0xff]).contains("impossible length"));
    assert!(after(&frame(77, &[])).contains("unknown frame"));
    assert!(after(&frame(2, &[0, 0, 0, 1, 0, 0, 0xac, 0x44, 1])).contains("Opus does not have"));
    let format = frame(2, &[0, 0, 0, 1, 0, 0, 0x1f, 0x40, 1]);
    assert!(after(&format).contains("no sound at the ear"), "its own server is not there");
    welcomed(&socket);
}

#[test]
fn who_says_hello_too_slowly_or_too_often_keeps_nobody_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = ear(folder.path());
    let begun = Instant::now();
    let mut slow: Vec<UnixStream> = (0..30).map(|_| UnixStream::connect(&socket).expect("the ear")).collect();
    for stream in &mut slow {
        let _ = stream.write_all(&[0]);
    }
    // All of them are let go within the time of a hello, though each says a byte now and again.
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a limit");
        until("hanging up", || {
            let _ = stream.write_all(&[0]);
            !matches!(stream.read(&mut [0; 8]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
        });
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    welcomed(&socket);
}

/// A stream of frames that were damaged at some places, from a seed.
fn damaged(seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes = frame(2, &[0, 0, 0, 1, 0, 0, 0x1f, 0x40, 1]);
    for number in 0..random.u16(1..60) {
        let opus: Vec<u8> = (0..random.usize(1..300)).map(|_| random.u8(..)).collect();
        bytes.extend(frame(3, &[&[0, 1][..], &number.to_be_bytes(), &(opus.len() as u16).to_be_bytes(), &opus].concat()));
        bytes.extend(match random.u8(..20) {
            0 => frame(4, &[0, 0, 0, 1]),
            1 => frame(5, &[]),
            2 => frame(6, &[]),
            3 => frame(7, &[]),
            _ => Vec::new(),
        });
    }
    for _ in 0..random.usize(..4) {
        let at = random.usize(..bytes.len());
        bytes[at] = random.u8(..);
    }
    bytes.truncate(random.usize(1..=bytes.len()));
    bytes
}

fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0)
}

/// The real program with a real sound server; gives its memory after some and after all, in kB.
fn survives(rounds: u64) -> Option<(u64, u64)> {
    let sink = Sink::start()?;
    let folder = tempfile::Builder::new().prefix("cr-own-").tempdir_in("/tmp").expect("a folder");
    let mut child = Command::new(PROGRAM)
        .arg("ear")
        .env_clear()
        .env("HOME", folder.path())
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("PULSE_SERVER", sink.server())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let stdout = child.stdout.take().expect("its lines");
    let mut ear = Ended(child);
    let lines: Vec<String> = std::io::BufRead::lines(std::io::BufReader::new(stdout)).take(3).map(Result::unwrap).collect();
    let token = lines[2].rsplit_once('#').expect("a token").1.to_owned();
    let socket = lines[0].split(':').nth(1).and_then(|rest| rest.split(' ').next()).expect("a socket").to_owned();
    let mut early = 0;
    for seed in 0..rounds {
        let mut stream = UnixStream::connect(&socket).expect("the ear");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let _ = stream.write_all(&[hello(1, &token), damaged(seed)].concat());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
        assert!(ear.0.try_wait().expect("a process").is_none(), "it died of seed {seed}");
        if seed == rounds / 3 {
            early = memory(ear.0.id());
        }
    }
    Some((early, memory(ear.0.id())))
}

#[test]
fn damaged_streams_leave_the_ear_alive_and_its_memory_flat() {
    let Some((early, late)) = survives(60) else { return };
    assert!(late < early + 16_000, "{early} kB, then {late} kB");
}

#[test]
#[ignore = "minutes; .ci/long ear"]
fn thousands_of_damaged_streams_leave_the_ear_alive_and_its_memory_flat() {
    let Some((early, late)) = survives(6000) else { return };
    assert!(late < early + 16_000, "{early} kB, then {late} kB");
}
