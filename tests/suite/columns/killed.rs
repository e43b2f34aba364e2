//! `kill -9` at any moment of the writing.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;

use super::Bench;
use crate::cli::bench::spool;

/// An import of what is known already ends with the making of the file where it is missing or far behind.
const CHANGES: u32 = 5_000;

fn kill(bench: &Bench, rng: &mut Rng, kills: usize) {
    let cdr = spool().join("calls.json");
    let words = ["import", "asterisk", "--cdr", cdr.to_str().unwrap(), "--db", "a.db"];
    bench.done(&words);
    let whole = {
        let began = Instant::now();
        bench.touch(CHANGES);
        bench.done(&words);
        began.elapsed()
    };
    let (mut killed, mut halves) = (0, 0);
    while killed < kills {
        let missing = rng.bool();
        if missing {
            fs::remove_file(bench.file()).unwrap();
        } else {
            bench.touch(CHANGES);
        }
        let before = fs::read(bench.file()).ok();
        let mut program =
            bench.home.command(&words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // From the first byte of the new file, or from anywhere before or behind that, for any part of the time it takes.
        let anywhere = rng.u8(..4) == 0;
        while !anywhere && !bench.half().exists() && program.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        let delay = if anywhere { whole } else { whole / 4 }.mul_f64(rng.f64());
        let until = Instant::now() + delay;
        while Instant::now() < until {
            thread::yield_now();
        }
        program.kill().unwrap();
        let status = program.wait().unwrap();
        let half = bench.half().exists();
        let has = bench.compare(&format!("killed after {delay:?}, {missing} {half}"));
        if status.signal() == Some(9) {
            killed += 1;
            halves += usize::from(half);
        }
        let after = fs::read(bench.file()).ok();
        assert_eq!(has, after.is_some(), "a file that is there is of use");
        assert!(!half || after == before, "while the new one is not complete the one before stays");
        // The next one makes it, and leaves nothing behind.
        bench.done(&words);
        assert!(bench.compare("made after all"));
        assert!(!bench.half().exists());
    }
    assert!(halves > kills / 5, "{halves} of {kills} were killed while the file was written");
}

#[test]
fn killed_while_it_writes() {
    kill(&Bench::with(12_000), &mut Rng::with_seed(31), 5);
}

#[test]
#[ignore = "takes minutes: .ci/long columns"]
fn killed_fifty_times_while_it_writes() {
    kill(&Bench::with(100_000), &mut Rng::with_seed(32), 50);
}

#[test]
fn who_asks_while_another_writes_gets_what_sql_says() {
    let bench = Bench::with(12_000);
    let cdr = spool().join("calls.json");
    for _ in 0..3 {
        bench.touch(CHANGES);
        let mut program = bench
            .home
            .command(&["import", "asterisk", "--cdr", cdr.to_str().unwrap(), "--db", "a.db"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        let mut said = Vec::new();
        while program.try_wait().unwrap().is_none() {
            said.push(bench.done(&["calls", "--count", "-is:missed", "--db", "a.db"]));
            assert!(Instant::now() < until);
        }
        let wanted = bench.done(&["calls", "--count", "-is:missed", "--db", "plain/other.db"]);
        let first: u32 = said.first().map_or(0, |said| said.trim().parse().unwrap());
        let last: u32 = wanted.trim().parse().unwrap();
        assert!(first <= last && last - first <= 18, "{said:?} {wanted}");
        assert!(bench.compare("at rest"));
    }
}
