//! What people add: notes, tags, cases, flags, the directory; and that each is in the audit.

use http::Method;
use serde_json::json;

use super::{ask, audit, audited_since, get};
use crate::common::host::{make_test_host, source_id};

#[tokio::test]
async fn notes_are_versioned_and_found_again() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let known = audit(&test).await.len();
    let path = format!("/calls/{}/notes", source_id(0));
    let added = ask(&api, Method::POST, &path, &[], r#"{"text":"Wants a refund\nłódź \u001b[31m","at":1.5}"#).await;
    assert_eq!(added.status, 201, "{added:?}");
    let note = added.json();
    assert_eq!(note["text"], "Wants a refund\nłódź \u{fffd}[31m");
    assert_eq!((&note["author"], &note["at"]), (&json!("local:tester"), &json!(1.5)));
    assert_eq!(get(&api, "/calls/count?q=note:refund+note:LODZ").await.json()["count"], 1);

    let note_path = format!("/notes/{}", note["id"].as_str().expect("id"));
    let version = format!("\"{}\"", note["version"]);
    let draft = r#"{"text":"Got it back","at":null}"#;
    ask(&api, Method::PUT, &note_path, &[], draft).await.problem(428, "version-missing");
    ask(&api, Method::PUT, &note_path, &[("if-match", "seven")], draft).await.problem(400, "invalid");
    let edited = ask(&api, Method::PUT, &note_path, &[("if-match", &version)], draft).await;
    assert_eq!(edited.status, 200, "{edited:?}");
    ask(&api, Method::PUT, &note_path, &[("if-match", &version)], draft).await.problem(412, "changed");
    ask(&api, Method::DELETE, &note_path, &[("if-match", &version)], "").await.problem(412, "changed");
    assert_eq!(get(&api, "/calls/count?q=note:refund").await.json()["count"], 0);

    let version = format!("\"{}\"", edited.json()["version"]);
    let removed = ask(&api, Method::DELETE, &note_path, &[("if-match", &version)], "").await;
    assert_eq!(removed.status, 204, "{removed:?}");
    ask(&api, Method::DELETE, &note_path, &[("if-match", &version)], "").await.problem(404, "not-found");
    let done = |did: &str| (did.to_owned(), "done".to_owned());
    assert_eq!(audited_since(&test, known).await, [done("note.add"), done("note.edit"), done("note.remove")]);
    let public = get(&api, &format!("/calls/{}", source_id(0))).await.json()["id"].as_str().map(ToOwned::to_owned);
    assert_eq!(audit(&test).await[known].object, public, "source ids are the exchange's text and stay out of the chain");
}

#[tokio::test]
async fn tags_cases_and_flags_are_set_taken_and_audited() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let known = audit(&test).await.len();
    let call = format!("/calls/{}", source_id(5));
    let steps = [
        (Method::PUT, "/tags/refund%2Flate%20%22x%22", "", "tag.add"),
        (Method::PUT, "/case", r#"{"case":"C-17"}"#, "case.set"),
        (Method::PUT, "/flag", "", "flag.add"),
    ];
    for (method, path, body, _) in &steps {
        let answer = ask(&api, method.clone(), &format!("{call}{path}"), &[], body).await;
        assert_eq!(answer.status, 204, "{path}: {answer:?}");
    }
    let seen = get(&api, &call).await.json();
    assert_eq!((&seen["tags"], &seen["case"], &seen["flagged"]), (&json!(["refund/late \"x\""]), &json!("C-17"), &json!(true)));
    assert_eq!(get(&api, "/tags").await.json(), json!([{"name": "refund/late \"x\"", "calls": 1}]));
    assert_eq!(get(&api, "/cases").await.json(), json!([{"name": "C-17", "calls": 1}]));
    assert_eq!(get(&api, "/calls/count?q=case:c-17+is:flagged+tag:refund").await.json()["count"], 1);
    for (method, path, body) in [
        (Method::DELETE, "/tags/refund%2Flate%20%22x%22", ""),
        (Method::PUT, "/case", r#"{"case":null}"#),
        (Method::DELETE, "/flag", ""),
    ] {
        assert_eq!(ask(&api, method, &format!("{call}{path}"), &[], body).await.status, 204, "{path}");
    }
    let seen = get(&api, &call).await.json();
    assert_eq!((&seen["tags"], &seen["case"], &seen["flagged"]), (&json!([]), &json!(null), &json!(false)));
    let did: Vec<String> = audited_since(&test, known).await.into_iter().map(|(did, _)| did).collect();
    assert_eq!(did, ["tag.add", "case.set", "flag.add", "tag.remove", "case.remove", "flag.remove"]);
    assert_eq!(seen["history"].as_array().map(Vec::len), Some(6), "the call's own history tells them too: {}", seen["history"]);
}

#[tokio::test]
async fn texts_are_bounded() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let call = format!("/calls/{}", source_id(0));
    let long = serde_json::to_string(&json!({"text": "x".repeat(100_001), "at": null})).expect("json");
    ask(&api, Method::POST, &format!("{call}/notes"), &[], &long).await.problem(413, "too-large");
    ask(&api, Method::POST, &format!("{call}/notes"), &[], r#"{"text":"  ","at":null}"#).await.problem(400, "invalid");
    ask(&api, Method::POST, &format!("{call}/notes"), &[], r#"{"text":"x","at":-1}"#).await.problem(400, "invalid");
    let huge = serde_json::to_string(&json!({"text": "x".repeat(3_000_000), "at": null})).expect("json");
    ask(&api, Method::POST, &format!("{call}/notes"), &[], &huge).await.problem(413, "too-large");
    ask(&api, Method::PUT, &format!("{call}/tags/{}", "x".repeat(201)), &[], "").await.problem(413, "too-large");
    ask(&api, Method::PUT, &format!("{call}/tags/%20"), &[], "").await.problem(400, "invalid");
    ask(&api, Method::POST, &format!("{call}/notes"), &[], "{").await.problem(400, "invalid");
}

#[tokio::test]
async fn an_extension_makes_its_group_and_projects() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let body = r#"{"number":"201","label":"New","agent":null,"group":"board","projects":["merger","sales"],"since":null}"#;
    let mut made: Vec<String> =
        serde_json::from_value(ask(&api, Method::PUT, "/extensions/201", &[], body).await.json()).expect("names");
    made.sort();
    assert_eq!(made, ["board", "merger"]);
    ask(&api, Method::PUT, "/extensions/202", &[], body).await.problem(409, "conflict");
    let numbers: Vec<String> =
        get(&api, "/extensions").await.json().as_array().expect("list").iter().map(|one| one["number"].to_string()).collect();
    assert!(numbers.contains(&"\"201\"".to_owned()), "{numbers:?}");
    assert_eq!(ask(&api, Method::DELETE, "/extensions/201", &[], "").await.status, 204);
    ask(&api, Method::DELETE, "/extensions/201", &[], "").await.problem(404, "not-found");
}

#[tokio::test]
async fn views_are_checked_versioned_and_used_in_queries() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let view = |query: &str| json!({"name": "mine", "query": query, "columns": ["start", "talk"], "shared": false}).to_string();
    let wrong = ask(&api, Method::PUT, "/views/mine", &[("if-match", "\"0\"")], &view("lenght:>2m")).await.problem(400, "query");
    assert_eq!(wrong["position"], 0);
    let made = ask(&api, Method::PUT, "/views/mine", &[("if-match", "\"0\"")], &view("is:answered")).await;
    assert_eq!(made.status, 200, "{made:?}");
    assert_eq!(made.json()["columns"], json!(["start", "talk_s"]));
    ask(&api, Method::PUT, "/views/mine", &[("if-match", "\"99\"")], &view("is:missed")).await.problem(412, "changed");
    let count = |q: &'static str| {
        let api = api.clone();
        async move { get(&api, &format!("/calls/count?q={q}")).await.json()["count"].clone() }
    };
    assert_eq!(count("view:mine").await, count("is:answered").await);
    let version = format!("\"{}\"", made.json()["version"]);
    assert_eq!(ask(&api, Method::DELETE, "/views/mine", &[("if-match", &version)], "").await.status, 204);
}

#[tokio::test]
async fn a_request_that_is_dropped_still_finishes_its_write() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let request = http::Request::put(format!("/api/v1/calls/{}/tags/kept", source_id(9))).body(Vec::new()).expect("a request");
    let mut answer = api(request);
    // The call must be looked up first, so one poll cannot be enough for the whole write.
    assert!(futures_util::poll!(&mut answer).is_pending());
    drop(answer);
    let written = async {
        while get(&api, "/calls/count?q=tag:kept").await.json()["count"] != 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), written).await.expect("the tag is written although nobody waits");
}

#[tokio::test]
async fn a_database_locked_by_another_program_says_so() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let other = rusqlite::Connection::open(test.database()).expect("another program");
    other.execute_batch("BEGIN IMMEDIATE").expect("its lock");
    let flag = format!("/calls/{}/flag", source_id(0));
    let problem = ask(&api, Method::PUT, &flag, &[], "").await.problem(503, "busy");
    assert_eq!(problem["retry_after"], 1);
    assert_eq!(get(&api, "/calls/count").await.json()["count"], 48, "reading goes on");
    other.execute_batch("ROLLBACK").expect("its end");
    assert_eq!(ask(&api, Method::PUT, &flag, &[], "").await.status, 204);
}
