//! What is sent again because its answer was lost is done once.

use callreel::domain::actor::{Permission, Scope};
use http::Method;
use serde_json::json;

use super::{actor, api_of, ask, audited_since, get};
use crate::common::host::{make_test_host, source_id};

/// Operations that take an `Idempotency-Key`; another one needs a test of its own here.
const TAKES: &[&str] = &["notes_add"];

#[test]
fn nothing_else_takes_a_key() {
    let operations = super::openapi::operations(&callreel::server::document::document());
    let takes = |operation: &serde_json::Value| {
        operation["parameters"].as_array().into_iter().flatten().any(|parameter| parameter["name"] == "Idempotency-Key")
    };
    let ids = operations.iter().filter(|(.., operation)| takes(operation));
    let ids: Vec<_> = ids.map(|(.., operation)| operation["operationId"].as_str().expect("id")).collect();
    assert_eq!(ids, TAKES);
}

#[tokio::test]
async fn a_note_that_is_sent_again_with_its_key_is_one_note() {
    let test = make_test_host().await;
    let api = test.host.local_api();
    let path = format!("/calls/{}/notes", source_id(0));
    let known = super::audit(&test).await.len();
    let body = json!({"text": "called back", "at": 1.5}).to_string();
    let send = async |path: &str, body: &str| ask(&api, Method::POST, path, &[("idempotency-key", "k-1")], body).await;

    let first = send(&path, &body).await;
    assert_eq!(first.status, 201, "{first:?}");
    let again = send(&path, &body).await;
    assert_eq!((again.status, again.json()), (first.status, first.json()), "the same answer");
    assert_eq!(audited_since(&test, known).await, [("note.add".to_owned(), "done".to_owned())], "one effect");
    let notes = async || get(&api, &format!("/calls/{}", source_id(0))).await.json()["notes"].as_array().expect("notes").len();
    assert_eq!(notes().await, 1);

    // The key is of that note and of no other.
    for other in [json!({"text": "called back later", "at": 1.5}), json!({"text": "called back", "at": null})] {
        send(&path, &other.to_string()).await.problem(409, "conflict");
    }
    send(&format!("/calls/{}/notes", source_id(1)), &body).await.problem(409, "conflict");
    ask(&api, Method::POST, &path, &[("idempotency-key", " ")], &body).await.problem(400, "invalid");
    assert_eq!(notes().await, 1);

    // Somebody else may choose the same key; without one each is new.
    let anna = api_of(&test, actor("anna", &[Permission::See, Permission::Note], Scope::Company));
    assert_eq!(ask(&anna, Method::POST, &path, &[("idempotency-key", "k-1")], &body).await.status, 201);
    assert_eq!(ask(&api, Method::POST, &path, &[], &body).await.status, 201);
    assert_eq!(notes().await, 3);

    // Once it was edited, the answer is the note as it is; once it was removed, it does not come back.
    let note = format!("/notes/{}", first.json()["id"].as_str().expect("id"));
    let edited = json!({"text": "called back twice", "at": null}).to_string();
    assert_eq!(ask(&api, Method::PUT, &note, &[("if-match", "\"1\"")], &edited).await.status, 200);
    assert_eq!(send(&path, &body).await.json()["text"], "called back twice");
    assert_eq!(ask(&api, Method::DELETE, &note, &[("if-match", "\"2\"")], "").await.status, 204);
    send(&path, &body).await.problem(404, "not-found");
    assert_eq!(notes().await, 2);
}
