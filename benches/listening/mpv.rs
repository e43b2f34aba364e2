//! mpv as it is steered from outside: JSON lines over its socket.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::monitor::{Ended, Monitor};

pub struct Mpv {
    _process: Ended,
    socket: UnixStream,
}

impl Mpv {
    /// Plays a file.
    pub fn play(monitor: &Monitor, file: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let place = monitor.home().join("mpv.sock");
        let _ = std::fs::remove_file(&place);
        let process = Command::new("mpv")
            .args(["--no-config", "--no-video", "--no-terminal", "--ao=pulse", "--keep-open=yes"])
            .arg(format!("--input-ipc-server={}", place.display()))
            .args(more)
            .arg(file)
            .env("PULSE_SERVER", monitor.server())
            .env("HOME", monitor.home())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("mpv is not installed")?;
        let process = Ended(process);
        let begun = Instant::now();
        let socket = loop {
            match UnixStream::connect(&place) {
                Ok(socket) => break socket,
                Err(why) if begun.elapsed() > Duration::from_secs(10) => bail!("mpv does not listen: {why}"),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        let mut mpv = Self { _process: process, socket };
        while mpv.property("time-pos")?.is_null() {
            if begun.elapsed() > Duration::from_secs(15) {
                bail!("mpv does not play");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(mpv)
    }

    pub fn send(&mut self, command: Value) -> anyhow::Result<()> {
        Ok(writeln!(self.socket, "{}", json!({ "command": command }))?)
    }

    fn property(&mut self, name: &str) -> anyhow::Result<Value> {
        writeln!(self.socket, "{}", json!({ "command": ["get_property", name], "request_id": 7 }))?;
        let mut lines = BufReader::new(self.socket.try_clone()?);
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                bail!("mpv ended");
            }
            let answer: Value = serde_json::from_str(&line)?;
            if answer["request_id"] == 7 {
                return Ok(answer["data"].clone());
            }
        }
    }
}
