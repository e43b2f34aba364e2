//! Jobs, and the import that is sent to the server.

use std::{path::PathBuf, time::Duration};

use callreel::domain::actor::{Permission, Scope};
use http::Method;
use serde_json::Value;

use super::{Answer, actor, api_of, ask, get};
use crate::common::host::{TestHost, make_test_host_of};

const BORDER: &str = "callreel-border";

fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/asterisk/spool").join(name)
}

/// Sends parts `(name, file name, bytes)` to the owner's API.
async fn send(test: &TestHost, parts: &[(&str, &str, Vec<u8>)]) -> Answer {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        body.extend(
            format!("--{BORDER}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n").bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BORDER}--\r\n").bytes());
    let kind = format!("multipart/form-data; boundary={BORDER}");
    let request = http::Request::post("/api/v1/imports").header("content-type", kind).body(body).expect("request");
    let (parts, body) = (test.host.local_api())(request).await.into_parts();
    let body = http_body_util::BodyExt::collect(body).await.expect("body").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn ended(test: &TestHost, id: &str) -> Value {
    let api = test.host.local_api();
    let looked = async {
        loop {
            let watch = test.host.store().watch();
            let job = get(&api, &format!("/jobs/{id}")).await.json();
            if !matches!(job["state"].as_str(), Some("waiting" | "running")) {
                return job;
            }
            let _sooner = tokio::time::timeout(Duration::from_secs(1), watch.written()).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(300), looked).await.expect("the job ends")
}

fn spool(test: &TestHost) -> Vec<PathBuf> {
    let folder = test.database().with_extension("spool");
    std::fs::read_dir(folder).map(|entries| entries.map(|entry| entry.expect("entry").path()).collect()).unwrap_or_default()
}

#[tokio::test]
async fn files_are_sent_previewed_and_imported_once() {
    let mut test = make_test_host_of(0).await;
    let read = |name: &str| std::fs::read(sample(name)).expect("sample");
    let mut parts = vec![
        ("cdr", "calls.json", read("calls.json")),
        ("cel", "../../../etc/events.json", read("events.json")),
        ("queue_log", "queue_log", read("queue_log")),
    ];
    for entry in std::fs::read_dir(sample("done")).expect("recordings") {
        let path = entry.expect("entry").path();
        let name = path.file_name().expect("name").to_str().expect("text").to_owned();
        parts.push(("recordings", Box::leak(name.into_boxed_str()), std::fs::read(&path).expect("bytes")));
    }
    let mut preview = parts.clone();
    preview.push(("preview", "", b"true".to_vec()));
    let previewed = send(&test, &preview).await;
    assert_eq!(previewed.status, 200, "{previewed:?}");
    assert!(previewed.json()["settings"].as_str().expect("settings").contains("[asterisk]"));
    assert_eq!(spool(&test), Vec::<PathBuf>::new(), "a preview leaves nothing");
    let answer = send(&test, &parts).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let job = answer.json();
    let id = job["id"].as_str().expect("id").to_owned();
    assert_eq!(answer.header("location"), format!("/api/v1/jobs/{id}"));
    assert_eq!(job["state"], "waiting", "nobody runs jobs yet");
    assert!(test.host.run_jobs().expect("jobs run"));
    let job = ended(&test, &id).await;
    assert_eq!(job["state"], "done", "{job}");
    assert!(
        job["result"]["new_calls"].as_u64().expect("calls") > 10 && job["result"]["new_recordings"].as_u64() > Some(3),
        "{job}"
    );
    assert!(!job.to_string().contains(test.folder.path().to_str().expect("path")), "no path crosses the API: {job}");
    let swept = async {
        while !spool(&test).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), swept).await.expect("what was sent goes after its job");
    let calls = get(&test.host.local_api(), "/calls/count").await.json()["count"].clone();
    let again = send(&test, &parts).await.json()["id"].as_str().expect("id").to_owned();
    let job = ended(&test, &again).await;
    assert_eq!((&job["result"]["new_calls"], &job["state"]), (&0.into(), &"done".into()), "{job}");
    assert_eq!(get(&test.host.local_api(), "/calls/count").await.json()["count"], calls);
}

#[tokio::test]
async fn what_makes_no_sense_leaves_nothing_behind() {
    let test = make_test_host_of(0).await;
    send(&test, &[]).await.problem(400, "invalid");
    send(&test, &[("settings", "", b"[asterisk]\nnonsense = 1".to_vec()), ("cdr", "a", b"x".to_vec())])
        .await
        .problem(400, "invalid");
    ask(&test.host.local_api(), Method::POST, "/imports", &[("content-type", "application/json")], "{}")
        .await
        .problem(415, "not-a-form");
    let kind = format!("multipart/form-data; boundary={BORDER}");
    let cut = format!("--{BORDER}\r\nContent-Disposition: form-data; name=\"cdr\"; filename=\"a\"\r\n\r\nhalf a li");
    ask(&test.host.local_api(), Method::POST, "/imports", &[("content-type", &kind)], &cut).await.problem(400, "invalid");
    let stranger = api_of(&test, actor("ann", &[Permission::See], Scope::Company));
    ask(&stranger, Method::POST, "/imports", &[("content-type", &kind)], &cut).await.problem(403, "not-allowed");
    assert_eq!(spool(&test), Vec::<PathBuf>::new());
    assert_eq!(get(&test.host.local_api(), "/jobs").await.json(), serde_json::json!([]));
}

#[tokio::test]
async fn jobs_wait_are_ended_and_belong_to_somebody() {
    let test = make_test_host_of(0).await;
    let cdr = std::fs::read(sample("calls.json")).expect("sample");
    let id = send(&test, &[("cdr", "calls.json", cdr.clone())]).await.json()["id"].as_str().expect("id").to_owned();
    let stranger = api_of(&test, actor("ann", &[Permission::See, Permission::Import], Scope::Company));
    assert_eq!(get(&stranger, "/jobs").await.json(), serde_json::json!([]));
    let of_others = get(&stranger, &format!("/jobs/{id}")).await.problem(404, "not-found");
    let of_nobody = get(&stranger, "/jobs/01JC0000000000000000000000").await.problem(404, "not-found");
    assert_eq!(of_others, of_nobody);
    ask(&stranger, Method::DELETE, &format!("/jobs/{id}"), &[], "").await.problem(404, "not-found");
    let owner = test.host.local_api();
    assert_eq!(ask(&owner, Method::DELETE, &format!("/jobs/{id}"), &[], "").await.status, 204);
    assert_eq!(get(&owner, &format!("/jobs/{id}")).await.json()["state"], "cancelled");
    ask(&owner, Method::DELETE, &format!("/jobs/{id}"), &[], "").await.problem(409, "conflict");
}

#[tokio::test]
async fn a_job_goes_on_after_a_restart() {
    let mut test = make_test_host_of(0).await;
    let cdr = std::fs::read(sample("calls.json")).expect("sample");
    let id = send(&test, &[("cdr", "calls.json", cdr)]).await.json()["id"].as_str().expect("id").to_owned();
    // As a program that was killed leaves it.
    let order = test.host.store().next_job().await.expect("read").expect("the job");
    assert_eq!(order.job.state.to_string(), "running");
    assert!(test.host.run_jobs().expect("jobs run"));
    let job = ended(&test, &id).await;
    assert_eq!(job["state"], "done", "{job}");
}

#[tokio::test]
async fn a_job_of_a_token_that_was_revoked_imports_nothing() {
    let mut test = make_test_host_of(0).await;
    let owner = test.host.local_api();
    let draft = r#"{"name":"crm","scope":["see","import"]}"#;
    let made = ask(&owner, Method::POST, "/tokens", &[("content-type", "application/json")], draft).await.json();
    let origin = callreel::domain::actor::Origin { via: "http".to_owned(), ..Default::default() };
    let shown = made["token"].as_str().expect("a token");
    let crm = test.host.service().actor_of_token(shown, origin).await.expect("signed in");
    let mut upload = test.host.service().begin_upload(&crm).await.expect("begun");
    let file = upload.file(callreel::service::Part::Cdr, "calls.json").expect("a file");
    std::fs::copy(sample("calls.json"), file).expect("sent");
    let job = test.host.service().import_upload(&crm, upload, None).await.expect("a job");
    let id = made["id"].as_str().expect("id");
    let revoked = ask(&owner, Method::DELETE, &format!("/tokens/{id}"), &[], "").await;
    assert!(revoked.status.is_success(), "{revoked:?}");
    assert!(test.host.run_jobs().expect("jobs run"));
    let job = ended(&test, &job.id).await;
    assert_eq!(job["state"], "failed", "{job}");
    assert!(job["detail"].as_str().expect("why").contains("has ended since"), "{job}");
    assert_eq!(get(&owner, "/calls/count").await.json()["count"], 0);
    assert_eq!(spool(&test), Vec::<PathBuf>::new());
}
