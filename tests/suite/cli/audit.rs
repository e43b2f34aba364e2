//! `callreel audit`: asked by scripts, checked by two programs that share no code.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use rusqlite::Connection;
use serde_json::Value;

use super::bench::{Bench, Said};
use crate::common::forge;

fn database(bench: &Bench) -> std::path::PathBuf {
    bench.home.join("a.db")
}

/// What the program in Python says: whether it ended well, and the numbers of the entries that it blames.
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn python(database: &Path, checkpoints: Option<&Path>) -> Option<(bool, Vec<i64>)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/audit/verify_audit.py");
    let Ok(output) = Command::new("python3").arg(script).arg(database).args(checkpoints).output() else {
        eprintln!("SKIPPED: there is no python3 to check the audit log a second time");
        return None;
    };
    let out = String::from_utf8(output.stdout).expect("text");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let seqs = out.lines().filter_map(|line| line.split(' ').next()?.parse().ok()).collect();
    Some((output.status.success(), seqs))
}

fn both(bench: &Bench, checkpoints: &Path, status: i32, seq: Option<i64>) -> Said {
    let said =
        bench.run(&["audit", "verify", "--checkpoints", checkpoints.to_str().expect("path"), "--db", "a.db"]).ended(status);
    let report = said.json();
    let found = report["first_bad_seq"].as_i64();
    assert_eq!(found.is_some(), status != 0, "{report}");
    assert!(seq.is_none() || seq == found, "{report}");
    if let Some((whole, seqs)) = python(&database(bench), Some(checkpoints)) {
        assert_eq!(whole, status == 0, "{seqs:?}");
        assert_eq!(seqs.into_iter().filter(|seq| *seq > 0).min(), found, "{report}");
    }
    said
}

/// A server over the same file finds the same faults. It is killed, so that it signs nothing at its end.
fn online(bench: &Bench, checkpoints: Option<&Path>, class: &str, offline: &Value) {
    let mut serve = bench.home.command(&["serve", "--db", "a.db", "--listen", "none", "--socket", "s"]);
    let mut child = serve.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
    let mut first = String::new();
    BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut first).expect("a line");
    let socket = format!("unix:{}", bench.home.join("s").display());
    let mut words = vec!["audit", "verify", "--server", socket.as_str()];
    if let Some(kept) = checkpoints {
        words.extend(["--checkpoints", kept.to_str().expect("path")]);
    }
    let said = bench.run(&words);
    child.kill().expect("killed");
    child.wait().expect("ended");
    let report = said.ended(1).json();
    // It has written its own entries behind: not each fault is the same, the first is.
    assert_eq!(report["first_bad_seq"], offline["first_bad_seq"], "{class}: {first}{report}");
    assert!(report["faults"].as_array().is_some_and(|faults| !faults.is_empty()), "{class}: {report}");
}

#[test]
fn the_log_is_asked_in_every_form() {
    let bench = Bench::imported();
    let id = bench.say("calls --limit 1").done().ndjson()[0]["id"].as_str().expect("id").to_owned();
    bench.run(&["tag", "add", &id, "=refund", "--db", "a.db"]).done();
    let all = bench.say("audit").done().ndjson();
    let numbers: Vec<i64> = all.iter().map(|entry| entry["seq"].as_i64().expect("seq")).collect();
    assert!(numbers.len() > 2 && numbers.windows(2).all(|pair| pair[0] > pair[1]), "the newest first: {numbers:?}");
    assert_eq!(bench.say("audit --count").done().out.trim(), numbers.len().to_string());
    let tagged = bench.say("audit did:tagged date:today").done().ndjson();
    assert_eq!((tagged.len(), tagged[0]["did"].as_str(), tagged[0]["object"].as_str()), (1, Some("tag.add"), Some(id.as_str())));
    assert_eq!(
        bench.say(&format!("audit object:{id} -did:import --sort seq --format json")).done().json().as_array().map(Vec::len),
        Some(1)
    );
    let csv = bench.say("audit did:tag --columns seq,did,detail --format csv").done().out;
    assert!(csv.starts_with("seq,did,detail\n") && csv.lines().count() == 2, "{csv}");
    assert!(bench.say("audit --limit 1 --format table").done().out.starts_with("entry"));
    assert_eq!(bench.say("audit --mine --limit 3").done().ndjson().len(), 3);
    let wrong = bench.say("audit whoo:anna").ended(2);
    assert!(wrong.words.contains("did you mean \"who:\""), "{}", wrong.words);
}

#[test]
fn two_programs_find_the_same_tampering() {
    let bench = Bench::imported();
    let id = bench.say("calls --limit 1").done().ndjson()[0]["id"].as_str().expect("id").to_owned();
    let signed = bench.say("audit checkpoint --format json").done().json();
    bench.run(&["tag", "add", &id, "refund", "--db", "a.db"]).done();
    bench.say("audit checkpoint").done();
    bench.run(&["flag", "add", &id, "--db", "a.db"]).done();
    let outside = bench.home.join("kept.json");
    fs::write(&outside, bench.say("audit checkpoints --format ndjson").done().out).expect("write");
    assert_eq!(bench.say("audit checkpoints").done().ndjson().len(), 2);
    assert_eq!(
        fs::read(&outside).expect("kept"),
        fs::read(bench.home.join("a.checkpoints")).expect("beside"),
        "the file has the same lines"
    );
    both(&bench, &outside, 0, None);
    let key = fs::metadata(bench.home.join("a.server/audit.key")).expect("a key");
    assert_eq!((key.len(), std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777), (32, 0o600));
    let last: i64 = bench.say("audit --limit 1").done().ndjson()[0]["seq"].as_i64().expect("seq");
    let first_signed = signed["seq"].as_i64().expect("seq");

    let whole = fs::read(database(&bench)).expect("database");
    let restore = || {
        for beside in ["a.db-wal", "a.db-shm"] {
            let _ = fs::remove_file(bench.home.join(beside));
        }
        fs::write(database(&bench), &whole).expect("restore");
    };
    // A log of somebody else's, as long and as well signed.
    let other = Bench::imported();
    other.say("audit checkpoint").done();
    other.say("group add x").done();
    other.say("audit checkpoint").done();
    let strange = database(&other);
    type Act<'a> = Box<dyn Fn(&Connection) + 'a>;
    let sql = |text: String| -> Act<'_> { Box::new(move |conn| conn.execute_batch(&text).expect("tamper")) };
    let swap = |table: &'static str, columns: &'static str| -> Act<'_> {
        let strange = strange.display().to_string();
        Box::new(move |conn| {
            conn.execute("ATTACH ?1 AS strange", [&strange]).expect("attach");
            conn.execute_batch(&format!(
                "DELETE FROM main.{table}; INSERT INTO main.{table}({columns}) SELECT {columns} FROM strange.{table}"
            ))
            .expect("tamper");
            conn.execute_batch("DELETE FROM main.audit_foreign; DETACH strange").expect("tamper");
        })
    };
    const ROWS: &str =
        "seq,at_us,who,via,uid,sudo_user,ssh_connection,did,object,project,outcome,detail,commitment,prev,hash,address,session";
    const SIGNED: &str = "seq,at_us,hash,previous,key_id,signature";
    for (class, act, seq) in [
        ("a row", sql("UPDATE audit_log SET who='eve' WHERE seq=2".to_owned()), Some(2)),
        ("the last row", sql(format!("UPDATE audit_log SET outcome='refused' WHERE seq={last}")), Some(last)),
        ("a middle row", sql("DELETE FROM audit_log WHERE seq=2; DELETE FROM audit_foreign WHERE seq=2".to_owned()), Some(2)),
        (
            "the last rows",
            sql(format!("DELETE FROM audit_log WHERE seq>={first_signed}; DELETE FROM audit_foreign WHERE seq>={first_signed}")),
            Some(first_signed),
        ),
        (
            "all rows behind one",
            Box::new(|conn: &Connection| {
                conn.execute_batch("UPDATE audit_log SET who='eve' WHERE seq=2").expect("tamper");
                forge::rehash(conn, 2);
            }),
            Some(first_signed),
        ),
        ("all checkpoints removed", sql("DELETE FROM audit_checkpoint".to_owned()), Some(first_signed)),
        ("a checkpoint removed", sql(format!("DELETE FROM audit_checkpoint WHERE seq={first_signed}")), Some(first_signed)),
        (
            "a checkpoint forged",
            sql(format!("UPDATE audit_checkpoint SET at_us=at_us+1 WHERE seq={first_signed}")),
            Some(first_signed),
        ),
        (
            "checkpoints exchanged",
            sql("CREATE TEMP TABLE x AS SELECT seq, signature FROM main.audit_checkpoint; UPDATE main.audit_checkpoint SET \
                 signature=(SELECT x.signature FROM x WHERE x.seq<>audit_checkpoint.seq); DROP TABLE x"
                .to_owned()),
            Some(first_signed),
        ),
        ("the rows of another log", swap("audit_log", ROWS), None),
        ("the checkpoints of another log", swap("audit_checkpoint", SIGNED), None),
    ] {
        restore();
        let conn = Connection::open(database(&bench)).expect("open");
        forge::unguarded(&conn, |conn| act(conn));
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("home");
        drop(conn);
        let found = both(&bench, &outside, 1, seq);
        online(&bench, Some(&outside), class, &found.json());
    }
    // A forged line among those kept elsewhere is found too, and checkpoints that are another log's.
    restore();
    let strange = bench.home.join("strange.json");
    fs::write(&strange, other.say("audit checkpoints --format ndjson").done().out).expect("write");
    both(&bench, &strange, 1, None);
    let mut lines: Vec<Value> =
        fs::read_to_string(&outside).expect("kept").lines().map(|line| serde_json::from_str(line).expect("json")).collect();
    lines[1]["hash"] = lines[0]["hash"].clone();
    let forged = bench.home.join("forged.json");
    fs::write(&forged, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).expect("write");
    assert!(
        !bench.run(&["audit", "verify", "--checkpoints", forged.to_str().expect("path"), "--db", "a.db"]).ended(1).out.is_empty()
    );
}

/// Nothing is left to compare with, in the database and beside it: the entry that names the key tells, and the key itself.
#[test]
fn a_log_without_its_checkpoints_is_not_whole() {
    let bench = Bench::imported();
    let signed = bench.say("audit checkpoint --format json").done().json()["seq"].as_i64().expect("seq");
    bench.say("group add x").done();
    let last = bench.say("audit --limit 1").done().ndjson()[0]["seq"].as_i64().expect("seq");
    assert!(signed > 3 && last > signed, "{signed} {last}");
    let remarks = |report: &Value| report["remarks"].to_string();
    let report = bench.say("audit verify").done().json();
    assert!(remarks(&report).contains("were compared with"), "{report}");
    bench.run(&["audit", "verify", "--checkpoints", "none.json", "--db", "a.db"]).ended(4);
    // The file alone may lie elsewhere.
    fs::remove_file(bench.home.join("a.checkpoints")).expect("removed");
    let report = bench.say("audit verify").done().json();
    assert!(remarks(&report).contains("there is no file") && !remarks(&report).contains("were compared with"), "{report}");

    let tamper = |act: &dyn Fn(&Connection)| {
        let conn = Connection::open(database(&bench)).expect("open");
        forge::unguarded(&conn, act);
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("home");
    };
    let blamed = |seqs: &[i64]| {
        let report = bench.say("audit verify").ended(1).json();
        let found: Vec<_> = report["faults"].as_array().expect("faults").iter().map(|fault| fault["seq"].as_i64()).collect();
        assert_eq!(found, seqs.iter().copied().map(Some).collect::<Vec<_>>(), "{report}");
        if let Some((whole, others)) = python(&database(&bench), None) {
            assert!(!whole && others == seqs, "{others:?} {report}");
        }
        report
    };
    tamper(&|conn: &Connection| {
        conn.execute_batch("DELETE FROM audit_checkpoint; UPDATE audit_log SET who='eve' WHERE seq=2").expect("tamper");
        forge::rehash(conn, 2);
    });
    let report = blamed(&[signed, last]);
    assert!(report["faults"].to_string().contains("checkpoints were removed"), "{report}");
    online(&bench, None, "no checkpoints", &report);
    let cut = format!("DELETE FROM audit_log WHERE seq>={signed}; DELETE FROM audit_foreign WHERE seq>={signed}");
    tamper(&|conn: &Connection| conn.execute_batch(&cut).expect("tamper"));
    blamed(&[signed - 1]);
}
