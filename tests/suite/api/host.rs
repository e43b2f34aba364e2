//! Opening databases: locks, read-only folders, and what is said when it fails.

use callreel::{
    domain::directory::Company,
    host::{DatabaseLock, Host, HostErrorKind, OpenRequest},
};

use super::{ask, audit, get, recorded};
use crate::common::host::{make_test_host, make_test_host_of, source_id};

async fn refused(request: OpenRequest) -> (HostErrorKind, String) {
    match Host::open(request).await {
        Ok(_) => panic!("it opened"),
        Err(error) => (error.kind, error.message),
    }
}

#[tokio::test]
async fn what_is_missing_or_no_database_is_named() {
    let folder = tempfile::tempdir().expect("folder");
    let missing = folder.path().join("none.db");
    let (kind, why) = refused(OpenRequest::new(&missing)).await;
    assert_eq!(kind, HostErrorKind::Missing);
    assert!(why.contains("none.db"), "{why}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 0, "nothing was made beside it");
    assert_eq!(refused(OpenRequest::new(folder.path())).await.0, HostErrorKind::Unusable);
    let text = folder.path().join("text.db");
    std::fs::write(&text, "not a database, but long enough to be looked at").expect("write");
    let (kind, why) = refused(OpenRequest::new(&text)).await;
    assert_eq!(kind, HostErrorKind::Unusable);
    assert!(why.contains("text.db"), "{why}");
}

#[tokio::test]
async fn a_damaged_database_is_refused_by_name() {
    let test = make_test_host_of(12).await;
    let (path, folder) = (test.database(), test.folder);
    test.host.close().await.expect("closed");
    let mut bytes = std::fs::read(&path).expect("database");
    for byte in bytes.iter_mut().skip(100) {
        *byte = 0x5a;
    }
    std::fs::write(&path, bytes).expect("write");
    let (kind, why) = refused(OpenRequest::new(&path)).await;
    assert!(matches!(kind, HostErrorKind::Unusable | HostErrorKind::Failed), "{why}");
    assert!(why.contains("test.db"), "{why}");
    drop(folder);
}

#[tokio::test]
async fn several_programs_share_and_a_server_keeps_them_out() {
    let test = make_test_host_of(12).await;
    let again = OpenRequest { program: "import".to_owned(), ..OpenRequest::new(test.database()) };
    let second = Host::open(again.clone()).await.expect("a second opener");
    let flag = ask(&second.local_api(), http::Method::PUT, &format!("/calls/{}/flag", source_id(0)), &[], "").await;
    assert_eq!(flag.status, 204);
    assert_eq!(
        get(&test.host.local_api(), "/calls/count?q=is:flagged").await.json()["count"],
        1,
        "one sees what the other wrote"
    );
    let lock = test.folder.path().join("test.lock");
    let held = DatabaseLock::exclusive(&lock, "serve").expect_err("two have it open");
    assert!(held.message.contains("import"), "{}", held.message);
    second.close().await.expect("closed");
    test.host.close().await.expect("closed");
    let server = DatabaseLock::exclusive(&lock, "serve unix:/run/callreel.sock").expect("alone");
    let (kind, why) = refused(again.clone()).await;
    assert_eq!(kind, HostErrorKind::Held);
    assert!(why.contains("socket unix:/run/callreel.sock"), "{why}");
    drop(server);
    Host::open(again).await.expect("free again");
}

#[tokio::test]
async fn many_openers_at_once_do_not_refuse_each_other() {
    let test = make_test_host_of(3).await;
    let path = test.database();
    let openers: Vec<_> = (0..8).map(|_| tokio::spawn(Host::open(OpenRequest::new(path.clone())))).collect();
    for opener in openers {
        opener.await.expect("task").expect("opened");
    }
}

#[tokio::test]
async fn a_read_only_database_lists_but_what_must_be_audited_is_refused() {
    let test = make_test_host().await;
    let path = test.database();
    let known = audit(&test).await.len();
    let (host, folder) = (test.host, test.folder);
    host.close().await.expect("closed");
    let host = Host::open(OpenRequest { read_only: true, ..OpenRequest::new(&path) }).await.expect("opened");
    let api = host.local_api();
    assert_eq!(get(&api, "/whoami").await.json()["read_only"], true);
    assert_eq!(get(&api, "/calls/count").await.json()["count"], 48);
    assert_eq!(ask(&api, http::Method::GET, "/calls", &[("accept", "text/csv")], "").await.status, 200);
    let (call, recording, _) = recorded(&api).await.remove(0);
    for path in [format!("/recordings/{recording}/audio"), format!("/recordings/{recording}/audio?use=download")] {
        let problem = get(&api, &path).await.problem(403, "read-only");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("audit")), "{problem}");
    }
    ask(&api, http::Method::PUT, &format!("/calls/{call}/flag"), &[], "").await.problem(403, "read-only");
    drop(host);
    let host = Host::open(OpenRequest::new(&path)).await.expect("opened");
    assert_eq!(host.store().audit(None, 1_000).await.expect("audit").len(), known, "nothing was written");
    drop(folder);
}

#[tokio::test]
async fn recordings_of_another_database_are_refused() {
    let test = make_test_host_of(3).await;
    let other = test.folder.path().join("other.db");
    let create = OpenRequest { create: Some(Company::default()), ..OpenRequest::new(&other) };
    Host::open(create).await.expect("made").close().await.expect("closed");
    std::fs::remove_dir_all(test.folder.path().join("other.recordings")).expect("removed");
    std::fs::rename(test.folder.path().join("test.recordings"), test.folder.path().join("other.recordings")).expect("moved");
    let (kind, why) = refused(OpenRequest::new(&other)).await;
    assert_eq!(kind, HostErrorKind::Unusable);
    assert!(why.contains("other.recordings"), "{why}");
}
