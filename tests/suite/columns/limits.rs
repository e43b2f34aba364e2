//! No room on the disk, no right to write, little memory.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::Bench;

/// `size=…` or `remount,ro`; nothing where we may not.
fn mount(options: &str, at: &Path) -> bool {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).stderr(Stdio::null()).status();
    mounted.is_ok_and(|status| status.success())
}

struct Mounted<'a>(&'a Path);

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn without_room_lists_go_on() {
    let bench = Bench::with(12_000);
    let small = bench.home.join("small");
    fs::create_dir(&small).unwrap();
    let size = fs::metadata(bench.database()).unwrap().len() + fs::metadata(bench.file()).unwrap().len() / 2 + 300_000;
    if !mount(&format!("size={}k", size / 1_024), &small) {
        println!("SKIP: nothing can be mounted here");
        return;
    }
    let _mounted = Mounted(&small);
    fs::copy(bench.database(), small.join("a.db")).unwrap();
    let wanted = bench.done(&["calls", "--totals", "--db", "plain/other.db", "is:recorded"]);
    let ask = || bench.done(&["calls", "--totals", "--db", "small/a.db", "is:recorded"]);
    assert_eq!(ask(), wanted);
    let mut console = bench.home.start(&["--db", "small/a.db"], 100, 30);
    console.wait_until("calls in the list", |screen| screen.contents().contains("12,000") || screen.contents().contains("12000"));
    console.send("q");
    console.wait_for("Leave callreel?");
    console.send("y");
    console.finish();
    let names: Vec<String> =
        fs::read_dir(&small).unwrap().map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect();
    assert!(!names.iter().any(|name| name.contains("columns.new") || name == "a.columns"), "{names:?}");
    assert_eq!(ask(), wanted);
}

#[test]
fn a_read_only_folder_stays_as_it_is() {
    let bench = Bench::with(5_000);
    let apart = bench.home.join("apart");
    fs::create_dir(&apart).unwrap();
    if !mount("size=64m", &apart) {
        println!("SKIP: nothing can be mounted here");
        return;
    }
    let _mounted = Mounted(&apart);
    for with_file in [false, true] {
        fs::copy(bench.database(), apart.join("a.db")).unwrap();
        if with_file {
            fs::copy(bench.file(), apart.join("a.columns")).unwrap();
        }
        assert!(mount("remount,ro", &apart));
        for words in [["--count", "is:missed"], ["--totals", "-is:missed"], ["--facets", "direction"]] {
            let said = |db: &str| bench.done(&["calls", words[0], words[1], "--db", db]);
            assert_eq!(said("apart/a.db"), said("plain/other.db"));
        }
        assert_eq!(fs::read_dir(&apart).unwrap().count(), 1 + usize::from(with_file));
        assert!(mount("remount,rw", &apart));
    }
}

/// With so little address space that neither database nor index can be mapped whole. Kilobytes.
fn within(bench: &Bench, memory: u32) {
    let limited = |db: &str, words: &str| {
        let line = format!("ulimit -v {memory}; exec \"$0\" calls {words} --db {db}");
        let output = Command::new("sh")
            .args(["-c", &line, crate::common::home::PROGRAM])
            .env_clear()
            .envs(bench.home.environment().iter().cloned())
            .current_dir(bench.home.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{words}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    for words in [
        "--count -is:missed",
        "--totals is:recorded",
        "--facets direction,outcome,extension num:12",
        "--limit 50 --sort -talk_s num:5",
        "--limit 50 --sort from",
    ] {
        let plain: Vec<&str> = ["calls"].into_iter().chain(words.split(' ')).chain(["--db", "plain/other.db"]).collect();
        assert_eq!(limited("a.db", words), bench.done(&plain), "{words}");
    }
}

#[test]
fn with_little_memory_answers_are_the_same() {
    within(&Bench::with(12_000), 262_144);
}

#[test]
#[ignore = "takes minutes: .ci/long columns"]
fn a_million_calls_with_little_memory() {
    within(&Bench::with(1_000_000), 262_144);
}
