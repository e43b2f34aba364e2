//! What systemd is told, and the unit of docs/server.md.

use std::{
    fs,
    io::Write,
    os::unix::net::UnixDatagram,
    process::{Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use super::server::home;
use crate::common::home::PROGRAM;

#[test]
fn systemd_is_told_of_the_start_the_life_and_the_stop() {
    let home = home();
    let place = home.join("notify");
    let told = UnixDatagram::bind(&place).expect("a socket");
    told.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
    let mut child = home
        .command(&["serve", "--db", "a.db", "--listen", "none"])
        .env("NOTIFY_SOCKET", &place)
        .env("WATCHDOG_USEC", "200000")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let word = || {
        let mut text = [0; 512];
        let length = told.recv(&mut text).expect("a word");
        String::from_utf8_lossy(&text[..length]).into_owned()
    };
    assert!(word().contains("READY=1"), "ready comes first");
    assert!(home.join("run/callreel.sock").exists(), "and only then");
    for _ in 0..3 {
        assert!(word().contains("WATCHDOG=1"));
    }
    kill_process(Pid::from_raw(child.id().cast_signed()).expect("a process"), Signal::TERM).expect("sent");
    while !word().contains("STOPPING=1") {}
    assert_eq!(child.wait().expect("ended").code(), Some(0));
}

#[test]
fn the_unit_of_the_documentation_is_sound() {
    let text = include_str!("../../../docs/server.md");
    let unit = text.split("```ini\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a unit");
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("callreel.service");
    // The program and its account need not be here.
    let unit = unit.replace("/usr/local/bin/callreel", PROGRAM).replace("=callreel\n", "=root\n");
    let unit = unit
        .replace("StateDirectory=root", "StateDirectory=callreel")
        .replace("RuntimeDirectory=root", "RuntimeDirectory=callreel");
    fs::write(&file, &unit).expect("written");
    let Ok(said) = Command::new("systemd-analyze").args(["verify", "--man=no", "--recursive-errors=no"]).arg(&file).output()
    else {
        let words = "PASSED OVER: the unit of docs/server.md: there is no systemd-analyze";
        let _ = writeln!(std::io::stderr(), "{words}");
        return;
    };
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    let ours: Vec<&str> = words.lines().filter(|line| line.contains("callreel.service")).collect();
    assert!(said.status.success() && ours.is_empty(), "{words}");
}
