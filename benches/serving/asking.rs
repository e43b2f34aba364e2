//! Those who ask: threads with one kept line each, one request after the other.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use crate::clock;

/// Where a server listens.
#[derive(Clone, Debug)]
pub enum Place {
    Network(String),
    Socket(PathBuf),
}

/// A line to it.
pub enum Stream {
    Network(TcpStream),
    Socket(UnixStream),
}

impl Place {
    /// As the server tells it.
    pub fn of(told: &str) -> Self {
        match told.strip_prefix("unix:") {
            Some(path) => Self::Socket(path.into()),
            None => Self::Network(told.trim_start_matches("http://").to_owned()),
        }
    }

    pub fn word(&self) -> &'static str {
        match self {
            Self::Network(_) => "TCP",
            Self::Socket(_) => "socket",
        }
    }

    pub fn line(&self) -> io::Result<Stream> {
        match self {
            Self::Network(address) => {
                let line = TcpStream::connect(address)?;
                line.set_nodelay(true)?;
                Ok(Stream::Network(line))
            }
            Self::Socket(path) => UnixStream::connect(path).map(Stream::Socket),
        }
    }
}

impl Stream {
    pub fn without_waiting(&self) -> io::Result<()> {
        match self {
            Self::Network(line) => line.set_nonblocking(true),
            Self::Socket(line) => line.set_nonblocking(true),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Network(line) => line.read(buffer),
            Self::Socket(line) => line.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Network(line) => line.write(bytes),
            Self::Socket(line) => line.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Network(line) => line.as_fd(),
            Self::Socket(line) => line.as_fd(),
        }
    }
}

/// The text of a request.
pub fn get(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n\r\n")
}

/// What the clients of one measurement saw.
pub struct Load {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Both ends, for each request.
    pub cpu_ms: f64,
    /// Bytes of the last answer.
    pub length: usize,
}

/// Asks with so many clients for a while.
pub fn load(place: &Place, request: &str, clients: usize, time: Duration) -> anyhow::Result<Load> {
    // Warms up what both sides keep.
    let warm = Instant::now() + Duration::from_millis(200);
    ask(place, request, || Instant::now() < warm)?;
    let (start, before) = (Instant::now(), clock::cpu());
    let made: Vec<_> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..clients).map(|_| scope.spawn(|| ask(place, request, || start.elapsed() < time))).collect();
        asking.into_iter().map(|client| client.join().expect("a client")).collect::<anyhow::Result<_>>()
    })?;
    let (wall, cpu) = (start.elapsed().as_secs_f64(), clock::cpu().saturating_sub(before));
    let length = made.first().map_or(0, |(_, length)| *length);
    let mut times: Vec<f64> = made.into_iter().flat_map(|(times, _)| times).collect();
    let requests = times.len() as f64;
    Ok(Load {
        per_second: requests / wall,
        p50_ms: clock::median(&mut times),
        p99_ms: clock::percentile_99(&mut times),
        cpu_ms: clock::milliseconds(cpu) / requests,
        length,
    })
}

/// One client: milliseconds of each request, bytes of the last answer.
pub fn ask(place: &Place, request: &str, goes_on: impl Fn() -> bool) -> anyhow::Result<(Vec<f64>, usize)> {
    let mut line = BufReader::with_capacity(1 << 17, place.line()?);
    let (mut times, mut text, mut body) = (Vec::new(), String::new(), Vec::new());
    while goes_on() {
        let begin = Instant::now();
        line.get_mut().write_all(request.as_bytes())?;
        let (mut length, mut first) = (None, true);
        loop {
            text.clear();
            line.read_line(&mut text)?;
            ensure!(!std::mem::take(&mut first) || text.contains(" 200 "), "{request}{}", text.trim());
            if text == "\r\n" {
                break;
            }
            if let Some((name, value)) = text.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse::<usize>().ok();
            }
        }
        body.resize(length.context("an answer without a length")?, 0);
        line.read_exact(&mut body)?;
        times.push(clock::milliseconds(begin.elapsed()));
    }
    Ok((times, body.len()))
}
