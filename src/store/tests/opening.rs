use std::{fs, time::Duration};

use super::make::{all, batch, call, options, record, store};
use crate::{
    domain::{actor::Scope, query::Filter},
    store::{OpenOptions, Store, StoreError},
};

const START: &str = "2026-11-07T13:21:04.927Z";

async fn filled() -> (tempfile::TempDir, Vec<crate::domain::call::Call>) {
    let (folder, store) = store().await;
    store.import(batch(vec![call(&["sys-1795219324.17"], START)], vec![])).await.expect("import");
    let calls = all(&store).await;
    store.close().await.expect("close");
    (folder, calls)
}

#[tokio::test]
async fn a_database_opens_again_with_the_same_ids() {
    let (folder, before) = filled().await;
    let store = Store::open(OpenOptions { create: None, ..options(&folder) }).await.expect("open");
    assert_eq!(all(&store).await, before);
    assert_eq!(store.company().await.expect("company").zone, "Europe/Warsaw");
    let clone = store.clone();
    store.close().await.expect("close");
    assert!(matches!(clone.company().await, Err(StoreError::Failed(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_what_is_made() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("folder");
    let mut options = options(&folder);
    options.path = folder.path().join("new/inner/callreel.db");
    let store = Store::open(options.clone()).await.expect("open");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("meta").permissions().mode() & 0o777;
    assert_eq!((mode(&options.path), mode(options.path.parent().expect("parent"))), (0o600, 0o700));
    store.close().await.expect("close");
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_written_into_a_file_that_was_deleted_or_replaced() {
    let (folder, before) = filled().await;
    let options = options(&folder);
    let store = Store::open(options.clone()).await.expect("open");
    store.append_audit(record("recording.play")).await.expect("still there");
    fs::rename(&options.path, folder.path().join("elsewhere.db")).expect("moved");
    for _ in 0..2 {
        let error = store.set_flag(Scope::Company, before[0].id.0.clone(), true, record("flag.add")).await.expect_err("gone");
        assert!(error.to_string().contains("moved, deleted or replaced"), "{error}");
        fs::write(&options.path, "another").expect("replaced");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().expect("folder");
    let options = OpenOptions { create: None, ..options(&folder) };
    assert!(matches!(Store::open(options.clone()).await.err(), Some(StoreError::NotFound(_))));
    assert!(!options.path.exists());
}

#[tokio::test]
async fn a_read_only_opening_lists_and_refuses_to_write() {
    let (folder, before) = filled().await;
    let store = Store::open(OpenOptions { read_only: true, ..options(&folder) }).await.expect("open");
    assert_eq!(all(&store).await, before);
    let error = store.append_audit(record("recording.play")).await.expect_err("read-only");
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
    drop(store);
    let names: Vec<_> = fs::read_dir(folder.path()).expect("list").map(|entry| entry.expect("entry").file_name()).collect();
    assert_eq!(names, ["a b%.db"], "nothing is made beside the file");
}

#[tokio::test]
async fn strangers_are_told_apart() {
    let (folder, _) = filled().await;
    let path = options(&folder).path;
    let conn = rusqlite::Connection::open(&path).expect("open");
    conn.pragma_update(None, "user_version", 99).expect("version");
    drop(conn);
    for read_only in [false, true] {
        let error = Store::open(OpenOptions { read_only, ..options(&folder) }).await.err().expect("newer");
        assert!(matches!(&error, StoreError::Unusable(text) if text.contains("99") && text.contains("update")), "{error}");
    }
    for content in [b"not a database, but long enough to be read as one".repeat(40), b"SQLite format 3\0".repeat(300)] {
        fs::write(&path, content).expect("write");
        let _ = fs::remove_file(path.with_extension("db-wal"));
        let error = Store::open(options(&folder)).await.err().expect("garbage");
        assert!(matches!(&error, StoreError::Unusable(text) if text.contains("a b%.db")), "{error}");
    }
    fs::remove_file(&path).expect("remove");
    rusqlite::Connection::open(&path).expect("open").execute_batch("CREATE TABLE other(x)").expect("table");
    let error = Store::open(options(&folder)).await.err().expect("other");
    assert!(matches!(&error, StoreError::Unusable(text) if text.contains("not a callreel database")), "{error}");
}

#[tokio::test]
async fn a_damaged_file_says_so() {
    let (folder, _) = filled().await;
    let path = options(&folder).path;
    let mut bytes = fs::read(&path).expect("read");
    bytes[4096..].fill(0xa5);
    fs::write(&path, bytes).expect("write");
    let error = match Store::open(options(&folder)).await {
        Err(error) => error,
        Ok(store) => store.count(Scope::Company, Filter::All, None).await.expect_err("damaged"),
    };
    assert!(matches!(&error, StoreError::Unusable(text) if text.contains("damaged")), "{error}");
}

#[tokio::test]
async fn another_programs_lock_is_named() {
    let (folder, store) = store().await;
    let path = options(&folder).path;
    let other = rusqlite::Connection::open(&path).expect("open");
    other.execute_batch("BEGIN IMMEDIATE").expect("lock");
    store
        .threads
        .write(|writer| {
            writer.conn.busy_timeout(Duration::from_millis(10)).expect("timeout");
            Ok(())
        })
        .await
        .expect("set");
    let error = store.append_audit(record("recording.play")).await.expect_err("locked");
    assert!(matches!(&error, StoreError::Busy(text) if text.contains("a b%.db")), "{error}");
    other.execute_batch("ROLLBACK").expect("unlock");
    assert_eq!(store.append_audit(record("recording.play")).await.expect("append"), 1);
}

#[tokio::test]
async fn a_full_disk_undoes_the_whole_batch() {
    let (_folder, store) = store().await;
    let pages = |most: i64| {
        let store = store.clone();
        async move {
            let set = move |writer: &mut crate::store::writer::Writer| {
                let pages: i64 = writer.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).expect("pages");
                writer.conn.pragma_update(None, "max_page_count", pages + most).expect("limit");
                Ok(())
            };
            store.threads.write(set).await.expect("set");
        }
    };
    pages(4).await;
    let many: Vec<_> = (0..400).map(|n| call(&[&format!("sys-1795219324.{n}")], START)).collect();
    let error = store.import(batch(many.clone(), vec![])).await.expect_err("full");
    assert!(matches!(&error, StoreError::Failed(text) if text.contains("room")), "{error}");
    assert!(all(&store).await.is_empty());
    pages(1_000).await;
    assert_eq!(store.import(batch(many, vec![])).await.expect("import").new_calls, 400);
}

#[tokio::test]
async fn two_programs_see_each_others_names_and_commits() {
    let (folder, first) = store().await;
    let second = Store::open(options(&folder)).await.expect("open");
    let revision = first.revision().await.expect("revision");
    for (number, store) in [&first, &second, &first, &second].into_iter().enumerate() {
        let mut made = call(&[&format!("sys-1795219324.{number}")], START);
        made.extension = Some(format!("7{number}"));
        made.queue = Some(format!("queue {number}"));
        store.import(batch(vec![made], vec![])).await.expect("import");
    }
    assert_ne!(first.revision().await.expect("revision"), revision);
    let calls = all(&first).await;
    assert_eq!(calls, all(&second).await);
    let mut queues: Vec<_> = calls.iter().filter_map(|call| call.queue.clone()).collect();
    queues.sort();
    assert_eq!(queues, ["queue 0", "queue 1", "queue 2", "queue 3"]);
}

#[tokio::test]
async fn dropping_a_read_stops_its_statement() {
    let (_folder, store) = store().await;
    let (started, wait) = tokio::sync::oneshot::channel();
    let (ended, end) = tokio::sync::oneshot::channel();
    let clone = store.clone();
    let task = tokio::spawn(async move {
        clone
            .threads
            .read(move |reader| {
                let _ = started.send(());
                let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n) SELECT count(*) FROM n";
                let _ = ended.send(reader.conn.query_row(endless, [], |row| row.get::<_, i64>(0)).is_err());
                Ok(())
            })
            .await
    });
    wait.await.expect("started");
    task.abort();
    assert!(end.await.expect("ended"), "the statement was interrupted");
    assert_eq!(store.count(Scope::Company, Filter::All, None).await.expect("count").count, 0);
}

#[tokio::test]
async fn a_bulk_load_ends_with_every_index() {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(OpenOptions { bulk: true, ..options(&folder) }).await.expect("open");
    store.import(batch(vec![call(&["sys-1795219324.17"], START)], vec![])).await.expect("import");
    let missed = Filter::Is(crate::domain::query::Predicate::Outcome(crate::domain::call::Outcome::Missed));
    assert_eq!(store.count(Scope::Company, missed.clone(), None).await.expect("count while loading").count, 0);
    store.finish_bulk().await.expect("finish");
    assert_eq!(store.count(Scope::Company, missed, None).await.expect("count").count, 0);
    let conn = rusqlite::Connection::open(options(&folder).path).expect("open");
    let indexes: i64 = conn
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE name IN ('call_outcome','call_inserted','call_updated','call_deleted')",
            [],
            |row| row.get(0),
        )
        .expect("count");
    assert_eq!(indexes, 4);
}
