use super::make::{options, record, store};
use crate::store::{AuditCheck, Store, StoreError};

fn raw(folder: &tempfile::TempDir) -> rusqlite::Connection {
    rusqlite::Connection::open(options(folder).path).expect("open")
}

async fn chain(records: i64) -> (tempfile::TempDir, Store) {
    let (folder, store) = store().await;
    for number in 1..=records {
        assert_eq!(store.append_audit(record("recording.play")).await.expect("append"), number);
    }
    (folder, store)
}

#[tokio::test]
async fn the_chain_verifies_and_shows_what_was_appended() {
    let (_folder, store) = chain(5).await;
    let check = store.verify_audit().await.expect("verify");
    assert_eq!((check.rows, check.broken), (5, None));
    let entries = store.audit(Some(3), 10).await.expect("read");
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [4, 5]);
    assert_eq!((entries[0].who.as_str(), entries[0].foreign.as_deref()), ("local:anna", Some("+48221234567")));
}

#[tokio::test]
async fn the_database_refuses_to_change_the_log() {
    let (folder, _store) = chain(3).await;
    let conn = raw(&folder);
    for sql in [
        "UPDATE audit_log SET who='eve'",
        "DELETE FROM audit_log WHERE seq=2",
        "INSERT INTO audit_log SELECT 9,at_us,who,via,uid,sudo_user,ssh_connection,did,object,project,outcome,detail,commitment,prev,hash FROM audit_log WHERE seq=1",
    ] {
        assert!(conn.execute(sql, []).is_err(), "{sql}");
    }
}

#[tokio::test]
async fn tampering_past_the_triggers_is_found() {
    let cases = [
        ("UPDATE audit_log SET who='eve' WHERE seq=2", 2),
        ("DELETE FROM audit_log WHERE seq=2", 2),
        ("UPDATE audit_log SET detail='' WHERE seq=3", 3),
        ("UPDATE audit_log SET prev=x'00' WHERE seq=1", 1),
        ("UPDATE audit_foreign SET text='+1' WHERE seq=3", 3),
    ];
    for (sql, seq) in cases {
        let (folder, store) = chain(4).await;
        let conn = raw(&folder);
        conn.execute_batch("DROP TRIGGER audit_log_update; DROP TRIGGER audit_log_delete").expect("drop");
        conn.execute(sql, []).expect("tamper");
        let broken = store.verify_audit().await.expect("verify").broken.expect("broken");
        assert_eq!(broken.seq, seq, "{sql}: {}", broken.reason);
    }
}

#[tokio::test]
async fn foreign_text_can_be_erased_without_breaking_the_chain() {
    let (folder, store) = chain(3).await;
    raw(&folder).execute("DELETE FROM audit_foreign", []).expect("erase");
    assert!(matches!(store.verify_audit().await.expect("verify"), AuditCheck { rows: 3, broken: None, .. }));
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
