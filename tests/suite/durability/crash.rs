//! `kill -9` at any moment, and system calls that fail now and then.

use std::{process::Command, thread, time::Duration};

use super::{
    child::{Found, Kept, ROW_FIRST, Writer, check},
    passed_over,
};

/// So many deaths follow each other on one database.
const ON_ONE: usize = 20;

/// Kills until something is found or all were killed; gives how many recordings were acknowledged, and what was found.
fn kill(times: usize, sabotage: &str, before: &[String]) -> (usize, Found) {
    let mut rng = fastrand::Rng::with_seed(times as u64);
    let (mut folder, mut kept, mut all) = (tempfile::tempdir().unwrap(), Vec::<Kept>::new(), 0);
    for turn in 0..times {
        if turn % ON_ONE == 0 {
            all += kept.len();
            kept.clear();
            folder = tempfile::tempdir().unwrap();
        }
        let (database, recordings) = (folder.path().join("a.db"), folder.path().join("a.recordings"));
        let writer = Writer::start(before, &database, &recordings, sabotage);
        // Sometimes before the first word: while the database is made or opened.
        if rng.u8(..8) > 0 {
            writer.has_begun(&mut kept);
        }
        thread::sleep(Duration::from_micros(rng.u64(..40_000)));
        writer.kill(&mut kept);
        let found = check(&database, &recordings, &kept);
        if !found.is_nothing() {
            return (all + kept.len(), found);
        }
    }
    (all + kept.len(), Found::default())
}

fn nothing_is_lost(times: usize) {
    let (kept, found) = kill(times, "", &[]);
    assert!(found.is_nothing(), "{found:?}");
    assert!(kept > times, "only {kept} recordings in {times} lives");
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    nothing_is_lost(20);
}

#[test]
#[ignore = "takes minutes: .ci/long durability"]
fn killed_three_hundred_times() {
    nothing_is_lost(300);
}

/// The loop must be able to fail.
#[test]
fn rows_before_their_files_are_found_by_killing() {
    let (_, found) = kill(200, ROW_FIRST, &[]);
    assert!(found.without_file > 0, "{found:?}");
}

/// Two in a hundred of these fail, by a library in front of the C library. Of the calls that change files it meets only these:
/// names are given past the C library, and SQLite asks for no `fdatasync`. `nth.rs` meets them all.
fn failing(times: usize) {
    if Command::new("fiu-run").arg("-h").output().is_err() {
        passed_over("failing system calls", "there is no fiu-run (package fiu-utils)");
        return;
    }
    for point in ["posix/io/sync/fsync", "posix/io/rw/write", "posix/io/rw/pwrite"] {
        let what = format!("enable_random name={point},probability=0.02");
        let before: Vec<String> = ["fiu-run", "-x", "-c", &what].map(str::to_owned).to_vec();
        let (_, found) = kill(times, "", &before);
        assert!(found.is_nothing(), "{point}: {found:?}");
    }
}

#[test]
fn failing_system_calls_lose_nothing_acknowledged() {
    failing(2);
}

#[test]
#[ignore = "takes minutes: .ci/long durability"]
fn failing_system_calls_long() {
    failing(30);
}
