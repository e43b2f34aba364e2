//! The power goes: everything that was not brought to the disk is gone, whatever the program was told.

use std::{fs, thread, time::Duration};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    child::{Found, ROW_FIRST, Writer, check},
    disk::Disk,
    passed_over,
};

const MIB: u64 = 32;

/// Freezes, copies, and looks at the copy, until something is found; none where this cannot be done here.
fn cut(times: usize, volumes: usize, sabotage: &str) -> Option<(usize, Found)> {
    let disks: Vec<Disk> = match (0..volumes).map(|_| Disk::new(MIB)).collect() {
        Ok(disks) => disks,
        Err(why) => {
            passed_over("power cuts", &format!("{why}; root and loop devices are needed"));
            return None;
        }
    };
    let mut rng = fastrand::Rng::with_seed(times as u64);
    let mut all = 0;
    for turn in 0..times {
        let name = format!("turn{turn}");
        let folders: Vec<_> = disks.iter().map(|disk| disk.path().join(&name)).collect();
        folders.iter().for_each(|folder| fs::create_dir(folder).unwrap());
        let (database, recordings) = ("a.db", "a.recordings");
        let mut kept = Vec::new();
        let writer = Writer::start(&[], &folders[0].join(database), &folders[volumes - 1].join(recordings), sabotage);
        assert!(writer.has_begun(&mut kept), "the child ended by itself");
        thread::sleep(Duration::from_micros(rng.u64(..60_000)));
        let pid = i32::try_from(writer.process.id()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(pid, Signal::STOP).unwrap();
        let state = || fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap();
        while !state().rsplit(')').next().unwrap().trim_start().starts_with('T') {
            thread::yield_now();
        }
        let copies: Vec<_> = disks.iter().map(Disk::copy).collect();
        writer.kill(&mut kept);
        let found = {
            let copies: Vec<Disk> = copies.iter().map(|copy| Disk::of_copy(copy)).collect();
            check(&copies[0].path().join(&name).join(database), &copies[volumes - 1].path().join(&name).join(recordings), &kept)
        };
        all += kept.len();
        if !found.is_nothing() {
            return Some((all, found));
        }
        folders.iter().for_each(|folder| fs::remove_dir_all(folder).unwrap());
    }
    Some((all, Found::default()))
}

fn nothing_is_lost(times: usize, volumes: usize) {
    if let Some((kept, found)) = cut(times, volumes, "") {
        assert!(found.is_nothing(), "{found:?}");
        assert!(kept >= times, "only {kept} recordings in {times} lives");
    }
}

#[test]
fn a_power_cut_loses_nothing_acknowledged() {
    nothing_is_lost(5, 1);
    nothing_is_lost(4, 2);
}

#[test]
#[ignore = "takes minutes: .ci/long durability"]
fn sixty_power_cuts() {
    nothing_is_lost(60, 1);
}

#[test]
#[ignore = "takes minutes: .ci/long durability"]
fn forty_power_cuts_of_two_disks() {
    nothing_is_lost(40, 2);
}

/// Each way of doing it wrong must be found: a loop that cannot fail proves nothing.
fn is_found(sabotage: &str, volumes: usize) {
    if let Some((kept, found)) = cut(40, volumes, sabotage) {
        assert!(!found.is_nothing(), "{sabotage} was not found in {kept} recordings");
    }
}

#[test]
fn files_that_were_not_synced_are_found() {
    is_found("no-file-sync", 1);
}

#[test]
fn commits_that_wait_for_nothing_are_found() {
    is_found("commit-off", 1);
    is_found("commit-normal", 1);
}

#[test]
fn rows_before_their_files_are_found() {
    is_found(ROW_FIRST, 1);
}

#[test]
#[ignore = "takes minutes: .ci/long durability"]
fn folders_that_were_not_synced_are_found_on_two_disks() {
    is_found("no-folder-sync", 2);
}
