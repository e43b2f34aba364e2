use jiff::Timestamp;
use rusqlite::{Connection, params, types::Value};
use sha2::{Digest, Sha256};

use super::make::{options, record, store};
use crate::{
    domain::{
        actor::Origin,
        audit::{AuditRecord, AuditReport, Checkpoint},
    },
    store::{CheckAsk, Due, SealKey, Since, Store, StoreError},
};

const KEY: [u8; 32] = [7; 32];

fn raw(folder: &tempfile::TempDir) -> Connection {
    Connection::open(options(folder).path).expect("open")
}

async fn chain(records: i64) -> (tempfile::TempDir, Store) {
    let (folder, store) = store().await;
    for number in 1..=records {
        assert_eq!(store.append_audit(record("recording.play")).await.expect("append"), number);
    }
    (folder, store)
}

async fn check(store: &Store, outside: Option<&[Checkpoint]>) -> AuditReport {
    let ask = CheckAsk { since: None, outside: outside.map(<[_]>::to_vec), key: Some(SealKey::new(&KEY).id()) };
    store.check_audit(ask).await.expect("check")
}

/// Where no key was ever made.
async fn check_unsigned(store: &Store) -> AuditReport {
    store.check_audit(CheckAsk::default()).await.expect("check")
}

/// A log of 10 entries (the 4th and 9th name keys, the 3rd has an address), with checkpoints after the 4th and 9th that were kept elsewhere.
async fn signed() -> (tempfile::TempDir, Store, Vec<Checkpoint>) {
    let (folder, store) = chain(2).await;
    let origin = Origin {
        via: "http".to_owned(),
        address: Some("10.0.4.17".to_owned()),
        session: Some("S1".to_owned()),
        ..Origin::default()
    };
    store.append_audit(AuditRecord { origin, ..record("session.begin") }).await.expect("append");
    store.sign_audit(SealKey::new(&KEY), Due::Now, None).await.expect("sign").expect("due");
    for _ in 5..=9 {
        store.append_audit(record("recording.play")).await.expect("append");
    }
    store.sign_audit(SealKey::new(&KEY), Due::Now, None).await.expect("sign").expect("due");
    store.append_audit(record("tag.add")).await.expect("append");
    let outside = store.checkpoints(0).await.expect("checkpoints");
    assert_eq!(outside.iter().map(|one| one.seq).collect::<Vec<_>>(), [4, 9]);
    assert_eq!(check(&store, Some(&outside)).await.faults, []);
    (folder, store, outside)
}

/// Takes the guards away, tampers, and puts them back: what somebody with the file in hands does.
fn tamper(folder: &tempfile::TempDir, act: impl FnOnce(&Connection)) {
    let conn = raw(folder);
    let mut guards =
        conn.prepare("SELECT name, sql FROM sqlite_schema WHERE type='trigger' AND tbl_name LIKE 'audit%'").expect("guards");
    let guards: Vec<(String, String)> =
        guards.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("read").collect::<Result<_, _>>().expect("guards");
    assert_eq!(guards.len(), 5);
    for (name, _) in &guards {
        conn.execute_batch(&format!("DROP TRIGGER {name}")).expect("drop");
    }
    act(&conn);
    for (_, sql) in &guards {
        conn.execute_batch(sql).expect("put back");
    }
}

/// The format of docs/audit.md once more, as somebody who forges would write it.
fn rehash(conn: &Connection, from: i64) {
    let mut seq = from;
    loop {
        let columns = "at_us,who,via,uid,sudo_user,ssh_connection,did,object,project,outcome,detail,commitment,address,session";
        let row = conn.query_row(&format!("SELECT {columns} FROM audit_log WHERE seq=?1"), [seq], |row| {
            (0..14).map(|column| row.get::<_, Value>(column)).collect::<Result<Vec<_>, _>>()
        });
        let Ok(row) = row else { return };
        let prev: Vec<u8> = conn
            .query_row("SELECT hash FROM audit_log WHERE seq=?1", [seq - 1], |row| row.get(0))
            .unwrap_or_else(|_| vec![0; 32]);
        let second = row[12..].iter().any(|value| *value != Value::Null);
        let mut hash = Sha256::new();
        hash.update(if second { "audit-v2" } else { "audit-v1" });
        hash.update(&prev);
        hash.update(seq.to_be_bytes());
        for (index, value) in row.iter().enumerate().take(if second { 14 } else { 12 }) {
            let bytes = match value {
                Value::Integer(at) if index == 0 => {
                    hash.update(at.to_be_bytes());
                    continue;
                }
                Value::Integer(uid) => uid.to_string().into_bytes(),
                Value::Text(text) => text.clone().into_bytes(),
                Value::Blob(bytes) => bytes.clone(),
                _ => {
                    hash.update([0xff; 4]);
                    continue;
                }
            };
            hash.update((bytes.len() as u32).to_be_bytes());
            hash.update(&bytes);
        }
        conn.execute("UPDATE audit_log SET prev=?2, hash=?3 WHERE seq=?1", params![seq, prev, hash.finalize().as_slice()])
            .expect("hash");
        seq += 1;
    }
}

#[tokio::test]
async fn the_chain_verifies_and_shows_what_was_appended() {
    let (folder, store) = chain(5).await;
    let report = check_unsigned(&store).await;
    assert!(report.ok && report.faults.is_empty());
    assert_eq!((report.rows, report.last.map(|(seq, _)| seq)), (5, Some(5)));
    assert!(report.remarks.iter().any(|remark| remark.contains("entries 1 to 5 are not signed")), "{:?}", report.remarks);
    let entries = store.audit(Some(3), 10).await.expect("read");
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [4, 5]);
    assert_eq!((entries[0].who.as_str(), entries[0].foreign.as_deref()), ("local:anna", Some("+48221234567")));
    // The forger of these tests knows the format.
    tamper(&folder, |conn| rehash(conn, 1));
    assert!(check_unsigned(&store).await.ok);
}

#[tokio::test]
async fn the_database_refuses_to_change_the_log() {
    let (folder, _store, _) = signed().await;
    let conn = raw(&folder);
    for sql in [
        "UPDATE audit_log SET who='eve'",
        "DELETE FROM audit_log WHERE seq=2",
        "INSERT INTO audit_log SELECT 99,at_us,who,via,uid,sudo_user,ssh_connection,did,object,project,outcome,detail,commitment,prev,hash,address,session FROM audit_log WHERE seq=1",
        "UPDATE audit_checkpoint SET seq=3",
        "DELETE FROM audit_checkpoint",
    ] {
        let refused = conn.execute(sql, []).expect_err(sql).to_string();
        assert!(refused.contains("audit log") || refused.contains("checkpoints"), "{sql}: {refused}");
    }
}

/// One case for each class of tampering: what is done, and the first entry that the check must name. All are found without
/// checkpoints kept elsewhere too, but those told with `only_outside`.
#[tokio::test]
async fn every_class_of_tampering_is_found() {
    type Act = fn(&Connection);
    let cases: [(&str, i64, bool, Act); 17] = [
        ("a row", 2, false, |conn| conn.execute_batch("UPDATE audit_log SET who='eve' WHERE seq=2").expect("sql")),
        ("an emptied detail", 3, false, |conn| conn.execute_batch("UPDATE audit_log SET detail='' WHERE seq=3").expect("sql")),
        ("the last row", 10, false, |conn| {
            conn.execute_batch("UPDATE audit_log SET outcome='refused' WHERE seq=10").expect("sql");
        }),
        ("the last signed row, hashed again", 9, false, |conn| {
            conn.execute_batch("DELETE FROM audit_log WHERE seq=10; UPDATE audit_log SET who='eve' WHERE seq=9").expect("sql");
            rehash(conn, 9);
        }),
        ("a middle row deleted", 5, false, |conn| conn.execute_batch("DELETE FROM audit_log WHERE seq=5").expect("sql")),
        ("the last rows deleted", 8, false, |conn| conn.execute_batch("DELETE FROM audit_log WHERE seq>7").expect("sql")),
        ("the last rows and what signed them deleted", 8, true, |conn| {
            conn.execute_batch("DELETE FROM audit_log WHERE seq>7; DELETE FROM audit_foreign WHERE seq>7; DELETE FROM audit_checkpoint WHERE seq>7").expect("sql");
        }),
        ("everything after a row written anew", 9, false, |conn| {
            conn.execute_batch("UPDATE audit_log SET who='eve' WHERE seq=6").expect("sql");
            rehash(conn, 6);
        }),
        ("a row taken out and the rest moved up", 9, false, |conn| {
            conn.execute_batch("DELETE FROM audit_log WHERE seq=6; DELETE FROM audit_foreign WHERE seq=6").expect("sql");
            for seq in 7..=10 {
                conn.execute("UPDATE audit_log SET seq=?1-1 WHERE seq=?1", [seq]).expect("sql");
                conn.execute("UPDATE audit_foreign SET seq=?1-1 WHERE seq=?1", [seq]).expect("sql");
            }
            rehash(conn, 6);
        }),
        ("the text beside", 2, false, |conn| conn.execute_batch("UPDATE audit_foreign SET text='+1' WHERE seq=2").expect("sql")),
        ("an address taken away", 3, false, |conn| {
            conn.execute_batch("UPDATE audit_log SET address=NULL, session=NULL WHERE seq=3").expect("sql");
        }),
        ("an address taken away, hashed again", 4, false, |conn| {
            conn.execute_batch("UPDATE audit_log SET address=NULL, session=NULL WHERE seq=3").expect("sql");
            rehash(conn, 3);
        }),
        ("a checkpoint removed", 4, false, |conn| conn.execute_batch("DELETE FROM audit_checkpoint WHERE seq=4").expect("sql")),
        ("a checkpoint changed", 9, false, |conn| {
            conn.execute_batch("UPDATE audit_checkpoint SET at_us=at_us+1000 WHERE seq=9").expect("sql");
        }),
        ("the newest checkpoint removed", 9, true, |conn| {
            conn.execute_batch("DELETE FROM audit_checkpoint WHERE seq=9").expect("sql");
        }),
        ("every checkpoint removed, and what is before written anew", 4, false, |conn| {
            conn.execute_batch("DELETE FROM audit_checkpoint; UPDATE audit_log SET who='eve' WHERE seq=2").expect("sql");
            rehash(conn, 2);
        }),
        ("every checkpoint removed, and the naming of their key", 4, false, |conn| {
            conn.execute_batch("DELETE FROM audit_checkpoint; DELETE FROM audit_log WHERE seq>3").expect("sql");
            conn.execute_batch("DELETE FROM audit_foreign WHERE seq>3").expect("sql");
        }),
    ];
    for (class, seq, only_outside, act) in cases {
        let (folder, store, outside) = signed().await;
        tamper(&folder, act);
        let report = check(&store, Some(&outside)).await;
        assert!(!report.ok, "{class}");
        assert_eq!(report.faults.first().map(|fault| fault.seq), Some(seq), "{class}: {:?}", report.faults);
        let alone = check(&store, None).await;
        assert_eq!(alone.ok, only_outside, "{class}: {:?}", alone.faults);
    }
}

#[tokio::test]
async fn a_key_without_any_checkpoint_is_a_fault() {
    let (folder, store, _) = signed().await;
    tamper(&folder, |conn| conn.execute_batch("DELETE FROM audit_checkpoint").expect("sql"));
    let named = check_unsigned(&store).await;
    assert_eq!(named.faults.iter().map(|fault| fault.seq).collect::<Vec<_>>(), [4], "the log names it: {:?}", named.faults);
    assert!(named.faults[0].reason.contains("checkpoints were removed"), "{:?}", named.faults);
    let kept = check(&store, None).await;
    assert_eq!(kept.faults.iter().map(|fault| fault.seq).collect::<Vec<_>>(), [4, 10], "it lies here: {:?}", kept.faults);
    // A key that was just made has signed nothing yet, and may be named by the last entry.
    let (_folder, store) = chain(0).await;
    assert!(check(&store, None).await.ok);
    store.append_audit(AuditRecord { object: Some("00".to_owned()), ..record("audit.key") }).await.expect("append");
    assert!(check_unsigned(&store).await.ok);
    assert_eq!(check(&store, None).await.first_bad_seq, Some(1), "the key lies here");
    store.append_audit(record("tag.add")).await.expect("append");
    assert_eq!(check_unsigned(&store).await.first_bad_seq, Some(1));
}

#[tokio::test]
async fn missing_guards_are_a_fault() {
    let (folder, store, outside) = signed().await;
    raw(&folder).execute_batch("DROP TRIGGER audit_log_update").expect("drop");
    let report = check(&store, Some(&outside)).await;
    assert!(report.faults.iter().any(|fault| fault.seq == 0 && fault.reason.contains("audit_log_update")), "{:?}", report.faults);
}

#[tokio::test]
async fn who_signs_with_another_key_is_found() {
    // Everything is written anew, and signed with a key of the forger's: the one kept here tells.
    let (folder, store, outside) = signed().await;
    tamper(&folder, |conn| {
        conn.execute_batch("UPDATE audit_log SET who='eve' WHERE seq=6; DELETE FROM audit_checkpoint").expect("sql");
        rehash(conn, 6);
    });
    store.sign_audit(SealKey::new(&[9; 32]), Due::Now, None).await.expect("sign").expect("due");
    let report = check(&store, None).await;
    assert!(
        report.faults.iter().any(|fault| fault.reason.contains("not signed by the key of this machine")),
        "{:?}",
        report.faults
    );
    // With the machine's own key in hand only what was kept elsewhere tells.
    let (folder, store, _) = signed().await;
    tamper(&folder, |conn| {
        conn.execute_batch("UPDATE audit_log SET who='eve' WHERE seq=6; DELETE FROM audit_checkpoint").expect("sql");
        rehash(conn, 6);
    });
    store.sign_audit(SealKey::new(&KEY), Due::Now, None).await.expect("sign").expect("due");
    assert!(check(&store, None).await.ok, "nobody here can know");
    let report = check(&store, Some(&outside)).await;
    assert!(report.faults.iter().any(|fault| fault.seq == 9), "{:?}", report.faults);
}

#[tokio::test]
async fn checkpoints_of_nobody_are_found() {
    let (_folder, store, outside) = signed().await;
    let mut forged = outside.clone();
    forged[1].signature = forged[0].signature.clone();
    assert!(check(&store, Some(&forged)).await.faults.iter().any(|fault| fault.reason.contains("kept elsewhere is wrong")));
    let mut strange = outside.clone();
    strange[0].log = "another".to_owned();
    assert!(check(&store, Some(&strange)).await.faults.iter().any(|fault| fault.reason.contains("another log")));
    // Fewer than there are is no fault by itself, a gap is.
    assert!(check(&store, Some(&outside[..1])).await.ok);
    let third = {
        store.sign_audit(SealKey::new(&KEY), Due::Now, None).await.expect("sign").expect("due");
        store.checkpoints(0).await.expect("checkpoints")
    };
    assert!(!check(&store, Some(&[third[0].clone(), third[2].clone()])).await.ok);
}

#[tokio::test]
async fn a_check_from_an_entry_or_a_date_on_leaves_out_what_is_before() {
    let (folder, store, outside) = signed().await;
    tamper(&folder, |conn| conn.execute_batch("UPDATE audit_log SET who='eve' WHERE seq=2").expect("sql"));
    let since = async |since| {
        let ask = CheckAsk { since: Some(since), outside: Some(outside.clone()), key: None };
        store.check_audit(ask).await.expect("check")
    };
    assert!(!since(Since::Seq(2)).await.ok);
    let later = since(Since::Seq(3)).await;
    assert!(later.ok, "{:?}", later.faults);
    assert_eq!(later.rows, 8);
    assert!(later.remarks.iter().any(|remark| remark == "entries 1 to 2 were not checked"));
    assert!(!since(Since::Date(Timestamp::UNIX_EPOCH)).await.ok);
    let future = since(Since::Date("2100-01-01T00:00:00Z".parse().expect("date"))).await;
    assert!(future.ok && future.rows == 0, "{:?}", future.faults);
}

#[tokio::test]
async fn checkpoints_follow_one_another_and_come_when_due() {
    let (_folder, store) = chain(3).await;
    assert_eq!(store.sign_audit(SealKey::new(&KEY), Due::InTime, None).await.expect("sign"), None, "three are too few");
    let first =
        store.sign_audit(SealKey::new(&KEY), Due::Now, Some(record("audit.checkpoint"))).await.expect("sign").expect("due");
    assert_eq!(
        (first.seq, first.previous.as_str()),
        (5, "0".repeat(64).as_str()),
        "what is done by hand, and the key, are signed with it"
    );
    assert_eq!(store.sign_audit(SealKey::new(&KEY), Due::Now, None).await.expect("sign"), None, "all is signed");
    for _ in 0..1_000 {
        store.append_audit(record("tag.add")).await.expect("append");
    }
    let second = store.sign_audit(SealKey::new(&KEY), Due::InTime, None).await.expect("sign").expect("due");
    assert_eq!(second.seq, 1_005);
    assert!(check(&store, Some(&[first, second])).await.ok);
}

#[tokio::test]
async fn foreign_text_can_be_erased_without_breaking_the_chain() {
    let (folder, store) = chain(3).await;
    raw(&folder).execute("DELETE FROM audit_foreign", []).expect("erase");
    let report = check_unsigned(&store).await;
    assert!(report.ok && report.rows == 3 && report.remarks.iter().any(|remark| remark.contains("3 texts")));
    assert!(store.audit(None, 10).await.expect("read").iter().all(|entry| entry.foreign.is_none()));
}

#[tokio::test]
async fn a_refused_act_leaves_no_record_of_being_done() {
    let (_folder, store) = chain(0).await;
    let missing =
        store.set_tag(crate::domain::actor::Scope::Company, "nothing".to_owned(), "x".to_owned(), true, record("tag.add")).await;
    assert!(matches!(missing, Err(StoreError::NotFound(_))));
    assert!(store.audit(None, 10).await.expect("read").is_empty());
}
