//! `callreel audit`: asked by scripts, checked by two programs that share no code.

use std::{fs, path::Path, process::Command};

use rusqlite::Connection;
use serde_json::Value;

use super::bench::{Bench, Said};

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
    assert_eq!(report["first_bad_seq"].as_i64(), seq, "{report}");
    if let Some((whole, seqs)) = python(&database(bench), Some(checkpoints)) {
        assert_eq!(whole, status == 0, "{seqs:?}");
        assert_eq!(seqs.into_iter().min(), seq, "{report}");
    }
    said
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
    let tampered = |sql: &str| {
        fs::write(database(&bench), &whole).expect("restore");
        let conn = Connection::open(database(&bench)).expect("open");
        let guards: Vec<(String, String)> = {
            let mut all =
                conn.prepare("SELECT name, sql FROM sqlite_schema WHERE type='trigger' AND tbl_name LIKE 'audit%'").expect("sql");
            let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
            rows.collect::<Result<_, _>>().expect("rows")
        };
        for (name, _) in &guards {
            conn.execute_batch(&format!("DROP TRIGGER {name}")).expect("drop");
        }
        conn.execute_batch(sql).expect("tamper");
        for (_, sql) in &guards {
            conn.execute_batch(sql).expect("put back");
        }
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("home");
    };
    for (sql, seq) in [
        ("UPDATE audit_log SET who='eve' WHERE seq=2".to_owned(), 2),
        (format!("UPDATE audit_log SET outcome='refused' WHERE seq={last}"), last),
        ("DELETE FROM audit_log WHERE seq=2; DELETE FROM audit_foreign WHERE seq=2".to_owned(), 2),
        (
            format!("DELETE FROM audit_log WHERE seq>={first_signed}; DELETE FROM audit_foreign WHERE seq>={first_signed}"),
            first_signed,
        ),
        (format!("DELETE FROM audit_checkpoint WHERE seq={first_signed}"), first_signed),
    ] {
        tampered(&sql);
        both(&bench, &outside, 1, Some(seq));
    }
    // A forged line among those kept elsewhere is found too.
    fs::write(database(&bench), &whole).expect("restore");
    let mut lines: Vec<Value> =
        fs::read_to_string(&outside).expect("kept").lines().map(|line| serde_json::from_str(line).expect("json")).collect();
    lines[1]["hash"] = lines[0]["hash"].clone();
    let forged = bench.home.join("forged.json");
    fs::write(&forged, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).expect("write");
    assert!(
        !bench.run(&["audit", "verify", "--checkpoints", forged.to_str().expect("path"), "--db", "a.db"]).ended(1).out.is_empty()
    );
}
