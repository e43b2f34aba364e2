//! Every system call that changes a file fails once, or is the last that the program makes: call 1, call 2, … of each act,
//! in the real program. The library `failing.c` stands before it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{
    child::{check, hex},
    passed_over,
};
use crate::{
    cli::bench::{Bench, spool},
    common::home::{Home, PROGRAM},
};

/// What happens at the n-th call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// It fails with `EIO`.
    Error,
    /// From it on there is no room: `ENOSPC`.
    Full,
    /// The program dies before it.
    Die,
    /// The program dies behind it.
    After,
}

impl How {
    const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Full => "full",
            Self::Die => "die",
            Self::After => "after",
        }
    }

    const fn dies(self) -> bool {
        matches!(self, Self::Die | Self::After)
    }
}

/// What is done, in a home where samples are imported, or only a database is.
struct Act {
    name: &'static str,
    words: Vec<String>,
    /// With recordings and a clip already there.
    stocked: bool,
    /// What is seen of it: it must be there when the program said so, and be there whole or not at all when it did not.
    seen: fn(&Path) -> Seen,
    /// Statuses of doing it again, when it had come about already.
    again: &'static [i32],
}

/// How much of an act's outcome is there, by name; an act is done when it is `whole`.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    whole: bool,
    /// Nothing of it.
    none: bool,
}

impl Seen {
    const fn either(whole: bool) -> Self {
        Self { whole, none: !whole }
    }

    const fn of(count: u64, all: u64) -> Self {
        Self { whole: count >= all, none: count == 0 }
    }
}

fn count(home: &Path, table: &str) -> u64 {
    let conn = Connection::open(home.join("a.db")).unwrap();
    conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// Of removed ones a row stays.
const CLIPS: &str = "clip WHERE path IS NOT NULL";

/// Samples: 18 calls, 10 recordings.
fn imported(home: &Path) -> Seen {
    Seen::of(count(home, "call") + count(home, "recording"), 28)
}

/// Names and hashes of what is downloaded where nothing fails.
static SAVED: OnceLock<BTreeMap<String, String>> = OnceLock::new();

/// Files of a download that have their names, with their hashes.
fn saved(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_file() && !name.starts_with('.') && !name.starts_with("manifest") {
            found.insert(name, hex(&Sha256::digest(fs::read(entry.path()).unwrap())));
        }
    }
    found
}

fn downloaded(home: &Path) -> Seen {
    let (found, wanted) = (saved(&home.join("out")), SAVED.get().unwrap());
    for (name, hash) in &found {
        assert_eq!(wanted.get(name), Some(hash), "{name} is whole");
    }
    Seen::of(found.len() as u64, wanted.len() as u64)
}

fn backed_up(home: &Path) -> Seen {
    let file = home.join("b.tar");
    let there = file.exists();
    if there {
        callreel::host::restore::verify(&file, &mut |_, _| true).expect("what has its name is whole");
    }
    Seen::either(there)
}

fn restored(home: &Path) -> Seen {
    let file = home.join("c.db");
    let there = file.exists();
    if there {
        let found = check(&file, &home.join("c.recordings"), &[]);
        assert!(found.is_nothing(), "{found:?}");
    }
    Seen::either(there)
}

/// One home of a kind, made once and copied for each death.
struct Stock {
    empty: PathBuf,
    full: PathBuf,
    acts: Vec<Act>,
    _folder: tempfile::TempDir,
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn make_stock() -> Stock {
    let folder = tempfile::tempdir().unwrap();
    let (empty, full) = (folder.path().join("empty"), folder.path().join("full"));
    let bench = Bench::empty();
    bench.say("group add x").done();
    copy(bench.home.path(), &empty);
    let bench = Bench::imported();
    let call = bench.say("calls is:recorded --limit 1").done().ndjson().remove(0);
    let (call, recording) = (call["id"].as_str().unwrap().to_owned(), call["recordings"][0]["id"].as_str().unwrap().to_owned());
    let clip = bench.say(&format!("clip add {recording} --from 0 --until 1 --format json")).done().json();
    let clip = clip["id"].as_str().unwrap().to_owned();
    bench.say("backup a.tar").done();
    copy(bench.home.path(), &full);
    bench.say("download is:recorded --to out").done();
    assert_eq!(SAVED.get_or_init(|| saved(&bench.home.join("out"))).len(), 10);
    let spool = spool();
    let path = |name: &str| spool.join(name).to_str().unwrap().to_owned();
    let act = |name, line: &str, stocked, seen: fn(&Path) -> Seen, again| Act {
        name,
        words: words(&format!("{line} --db {}", if name == "restore" { "c.db" } else { "a.db" })),
        stocked,
        seen,
        again,
    };
    let import = format!(
        "import asterisk --cdr {} --cel {} --queue-log {} --recordings {}",
        path("calls.json"),
        path("events.json"),
        path("queue_log"),
        path("done")
    );
    let acts = vec![
        act("import", &import, false, imported, &[0]),
        act("note", &format!("note add {call} hello"), true, |home| Seen::of(count(home, "note"), 1), &[0]),
        act(
            "clip",
            &format!("clip add {recording} --from 0.5 --until 1.5"),
            true,
            |home| Seen::of(count(home, CLIPS) - 1, 1),
            &[0],
        ),
        act("clip-remove", &format!("clip remove {clip}"), true, |home| Seen::either(count(home, CLIPS) == 0), &[0, 4]),
        act("download", "download is:recorded --to out", true, downloaded, &[0]),
        act("backup", "backup b.tar", true, backed_up, &[0, 1]),
        act("restore", "restore a.tar", true, restored, &[0, 1]),
    ];
    Stock { empty, full, acts, _folder: folder }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy(&entry.path(), &target),
            kind if kind.is_file() => drop(fs::copy(entry.path(), target).unwrap()),
            _ => {}
        }
    }
}

/// The library, made by the compiler that also made SQLite; or why there is none.
fn library() -> Result<&'static Path, &'static str> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/durability/failing.c");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("failing-{}.so", std::process::id()));
        let made = Command::new("cc").args(["-O1", "-shared", "-fPIC", "-o"]).args([&library, &source]).output();
        match made {
            Ok(made) if made.status.success() => {}
            Ok(made) => return Err(String::from_utf8_lossy(&made.stderr).into_owned()),
            Err(why) => return Err(format!("cc: {why}")),
        }
        let probe = tempfile::tempdir().unwrap();
        let said = fail(&library, probe.path(), &words("config path"), None);
        match said {
            Ran { report, .. } if report.contains("cannot") => Err(report),
            Ran { status: None, .. } => Err("the program does not run with it".to_owned()),
            _ => Ok(library),
        }
    });
    made.as_deref().map_err(String::as_str)
}

struct Ran {
    /// None: a signal ended it.
    status: Option<i32>,
    words: String,
    /// A line for each call, or for the one that failed.
    report: String,
}

/// Runs the program in this folder with the library before it.
fn fail(library: &Path, home: &Path, arguments: &[String], at: Option<(How, usize)>) -> Ran {
    let report = home.with_extension("report");
    let _ = fs::remove_file(&report);
    let said = program(home, arguments)
        .env("LD_PRELOAD", library)
        .env("CALLREEL_FAIL_FOLDER", home)
        .env("CALLREEL_FAIL_REPORT", &report)
        .env("CALLREEL_FAIL_HOW", at.map_or("list", |(how, _)| how.word()))
        .env("CALLREEL_FAIL_AT", at.map_or(0, |(_, n)| n).to_string())
        .output()
        .unwrap();
    Ran {
        status: said.status.code(),
        words: String::from_utf8_lossy(&said.stderr).into_owned(),
        report: fs::read_to_string(&report).unwrap_or_default(),
    }
}

fn program(home: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(PROGRAM);
    let below = Home::new();
    command.args(arguments).env_clear().envs(below.environment().iter().cloned()).current_dir(home).stdin(Stdio::null());
    command
}

/// What may not be, whatever failed.
fn look(home: &Path) {
    let found = check(&home.join("a.db"), &home.join("a.recordings"), &[]);
    assert!(found.is_nothing(), "{found:?}");
    let conn = Connection::open(home.join("a.db")).unwrap();
    let mut clips = conn.prepare("SELECT path, sha256 FROM clip WHERE path IS NOT NULL").unwrap();
    let clips = clips.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    for (path, hash) in clips.map(Result::unwrap) {
        let bytes = fs::read(home.join("a.recordings").join(&path)).expect("the sound of a clip that is listed");
        assert_eq!(Sha256::digest(bytes).as_slice(), hash, "{path}");
    }
}

/// Lets call `n` of an act fail. Gives whether there was such a call.
fn one(stock: &Stock, act: &Act, how: How, n: usize, library: &Path) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    copy(if act.stocked { &stock.full } else { &stock.empty }, &home);
    let ran = fail(library, &home, &act.words, Some((how, n)));
    if ran.report.is_empty() {
        assert_eq!(ran.status, Some(0), "{}: {}", act.name, ran.words);
        return false;
    }
    let told = format!("{} {how:?} {}{}", act.name, ran.report, ran.words);
    let caught = std::panic::catch_unwind(|| {
        look(&home);
        let seen = (act.seen)(&home);
        match ran.status {
            None => assert!(how.dies(), "it died by itself"),
            Some(0) => assert!(seen.whole, "it was acknowledged: {seen:?}"),
            Some(status) => {
                assert!(!how.dies() && status != 101 && !ran.words.contains("panicked"), "status {status}");
                assert!(ran.words.contains("callreel: "), "it says why");
                // What it says of what is there must be so.
                let nothing = ran.words.contains("nothing was changed") && !ran.words.contains("stay");
                assert!(!nothing || seen.none || act.name == "download", "it is there: {seen:?}");
            }
        }
        let again = program(&home, &act.words).output().unwrap();
        let (status, words) = (again.status.code().unwrap_or(-1), String::from_utf8_lossy(&again.stderr).into_owned());
        assert!(status == 0 || seen.whole && act.again.contains(&status), "again: {status} {words}");
        assert!((act.seen)(&home).whole, "the next run completes it");
        look(&home);
    });
    if let Err(why) = caught {
        let why = why.downcast_ref::<String>().cloned().or_else(|| why.downcast_ref::<&str>().map(|why| (*why).to_owned()));
        panic!("{told}: {}", why.unwrap_or_default());
    }
    true
}

/// Calls of an act that nothing hinders.
fn calls_of(stock: &Stock, act: &Act, library: &Path) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    copy(if act.stocked { &stock.full } else { &stock.empty }, &home);
    let ran = fail(library, &home, &act.words, None);
    assert_eq!(ran.status, Some(0), "{}: {}", act.name, ran.words);
    assert!((act.seen)(&home).whole, "{}", act.name);
    ran.report.lines().count()
}

/// Which calls: `points` of each act in each way, or all.
fn every(ways: &[How], points: Option<usize>) {
    let library = match library() {
        Ok(library) => library,
        Err(why) => return passed_over("the n-th call", why),
    };
    let stock = make_stock();
    let each = |act: &Act| {
        let all = calls_of(&stock, act, library);
        let mut tried = 0;
        for (turn, how) in ways.iter().enumerate() {
            // Other places for each way, so that few points of many ways are many places.
            let chosen: Vec<usize> = match points {
                Some(points) => {
                    let shift = turn * all / (points * ways.len());
                    (0..points).map(|point| 1 + (point * all / points + shift) % all).collect()
                }
                None => (1..=all).collect(),
            };
            tried += chosen.into_iter().filter(|n| one(&stock, act, *how, *n, library)).count();
        }
        assert!(tried > 0, "{}: nothing failed", act.name);
        eprintln!("{}: {all} calls, {tried} failures", act.name);
    };
    // As many at once as there are processors: each has a home of its own.
    let next = std::sync::atomic::AtomicUsize::new(0);
    let worker = || {
        while let Some(act) = stock.acts.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            each(act);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            if let Err(why) = worker.join() {
                std::panic::resume_unwind(why);
            }
        }
    });
}

#[test]
fn some_calls_of_every_act_fail_and_nothing_is_half_done() {
    every(&[How::Error, How::Die], Some(2));
}

#[test]
#[ignore = "takes minutes: .ci/long durability"]
fn every_call_of_every_act_fails() {
    every(&[How::Error, How::Die], None);
    every(&[How::Full, How::After], Some(40));
}
