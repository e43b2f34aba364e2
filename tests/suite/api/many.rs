//! The same change to many calls at once, and taking it back.

use callreel::store::CheckAsk;
use callreel::{
    domain::actor::{Permission, Scope},
    wire::{ChangedCall, Changes, Former, NoteDraft, NoteVersion},
};
use http::Method;
use serde_json::{Value, json};

use super::{actor, api_of, ask, audit, audited_since, get};
use crate::common::host::{TestHost, make_test_host, make_test_host_of, source_id};

fn calls(indexes: impl IntoIterator<Item = usize>) -> Vec<String> {
    indexes.into_iter().map(source_id).collect()
}

/// What people added to each call, by index.
async fn state(test: &TestHost, indexes: std::ops::Range<usize>) -> Vec<Value> {
    let client = test.client();
    let mut state = Vec::new();
    for index in indexes {
        let detail = client.call(&source_id(index)).await.expect("call");
        let notes: Vec<&str> = detail.notes.iter().map(|note| note.text.as_str()).collect();
        state.push(json!([detail.call.tags, detail.call.case, detail.call.flagged, detail.call.has_note, notes]));
    }
    state
}

#[tokio::test]
async fn many_calls_change_at_once_and_what_was_there_is_told() {
    let test = make_test_host().await;
    let client = test.client();
    client.add_tag(&source_id(1), "known").await.expect("tag");
    client.add_tag(&source_id(1), "old").await.expect("tag");
    client.set_case(&source_id(2), Some("C-1")).await.expect("case");
    client.set_flag(&source_id(3), true).await.expect("flag");
    let before = state(&test, 0..6).await;
    let known = audit(&test).await.len();

    let changes = Changes {
        calls: calls([0, 1, 2, 3, 1]).into_iter().chain(["nonsense".to_owned(), source_id(9_999)]).collect(),
        flagged: Some(true),
        add_tags: vec![" known ".to_owned(), "new".to_owned(), "new".to_owned()],
        remove_tags: vec!["old".to_owned()],
        case: Some(Some("C-2".to_owned())),
        note: Some(NoteDraft { text: "called back".to_owned(), at: None }),
        remove_notes: Vec::new(),
    };
    let done = client.change(&changes).await.expect("changed");
    assert_eq!(done.gone, ["nonsense".to_owned(), source_id(9_999)]);
    assert_eq!(done.changed.len(), 4, "the second naming of a call changes nothing");
    let public = client.call(&source_id(1)).await.expect("call").call.id;
    let none = || Some(Former { value: None });
    let told = |index: usize| {
        let call = done.changed[index].clone();
        assert!(call.note.is_some());
        ChangedCall { note: None, ..call }
    };
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let (added, removed) = (list(&["new"]), list(&["old"]));
    let id = public.clone();
    assert_eq!(
        told(1),
        ChangedCall {
            id,
            flag_turned: true,
            tags_added: added,
            tags_removed: removed,
            case_before: none(),
            ..ChangedCall::default()
        }
    );
    assert_eq!(told(2).case_before, Some(Former { value: Some("C-1".to_owned()) }));
    assert_eq!((told(3).flag_turned, told(3).tags_added), (false, list(&["known", "new"])));
    let after = state(&test, 0..4).await;
    assert_eq!(after[1], json!([["known", "new"], "C-2", true, true, ["called back"]]));

    // The audit log and the history tell each act on each call as the single ones do.
    let acts = audit(&test).await.split_off(known);
    let of_one: Vec<&str> =
        acts.iter().filter(|entry| entry.object.as_ref() == Some(&public)).map(|entry| entry.did.as_str()).collect();
    assert_eq!(of_one, ["tag.remove", "tag.add", "case.set", "flag.add", "note.add"]);
    assert!(acts.iter().all(|entry| entry.outcome == "done" && entry.who == "local:tester"));
    assert!(test.host.store().check_audit(CheckAsk::default()).await.expect("check").ok);
    let history = client.call(&source_id(1)).await.expect("call").history;
    let history: Vec<(&str, Option<&str>)> =
        history.iter().skip(2).map(|entry| (entry.did.as_str(), entry.detail.as_deref())).collect();
    let expected = [
        ("tag.remove", Some("old")),
        ("tag.add", Some("new")),
        ("case.set", Some("C-2")),
        ("flag.add", None),
        ("note.add", None),
    ];
    assert_eq!(history, expected);
    let api = test.host.local_api();
    for (query, count) in
        [("tag:new", 4), ("case:c-2", 4), ("is:flagged", 4), ("note:called", 4), ("has:note", 4), ("tag:old", 0)]
    {
        assert_eq!(get(&api, &format!("/calls/count?q={query}")).await.json()["count"], count, "{query}");
    }

    // The same again changes nothing, and so is nothing in the log.
    let known = audit(&test).await.len();
    let again = client.change(&Changes { note: None, ..changes }).await.expect("changed");
    assert_eq!((again.changed.len(), again.gone.len()), (0, 2));
    assert_eq!(audit(&test).await.len(), known);

    // Taking it back, call by call, with what was told.
    for call in done.changed {
        let back = Changes {
            calls: vec![call.id],
            flagged: call.flag_turned.then_some(false),
            add_tags: call.tags_removed,
            remove_tags: call.tags_added,
            case: call.case_before.map(|former| former.value),
            note: None,
            remove_notes: call.note.into_iter().collect(),
        };
        let undone = client.change(&back).await.expect("undone");
        assert_eq!((undone.changed.len(), undone.notes_kept.len()), (1, 0));
        assert_eq!(undone.changed[0].notes_removed, [back.remove_notes[0].note.clone()]);
    }
    assert_eq!(state(&test, 0..6).await, before);
}

#[tokio::test]
async fn notes_that_somebody_edited_stay() {
    let test = make_test_host().await;
    let client = test.client();
    let draft = NoteDraft { text: "one".to_owned(), at: None };
    let done = client
        .change(&Changes { calls: calls([0, 1, 2]), note: Some(draft.clone()), ..Changes::default() })
        .await
        .expect("changed");
    let notes: Vec<NoteVersion> = done.changed.iter().filter_map(|call| call.note.clone()).collect();
    client.edit_note(&notes[1].note, 1, &NoteDraft { text: "two".to_owned(), at: None }).await.expect("edited");
    // The third note is of a call that is not named.
    let back = Changes { calls: calls([0, 1]), remove_notes: notes.clone(), ..Changes::default() };
    let undone = client.change(&back).await.expect("undone");
    assert_eq!(undone.changed.len(), 1);
    assert_eq!(undone.notes_kept, [notes[1].note.clone(), notes[2].note.clone()]);
    assert_eq!(client.change(&back).await.expect("again").notes_kept.len(), 3, "what is gone cannot go twice");
    let has = |index: usize| {
        let client = client.clone();
        async move { client.call(&source_id(index)).await.expect("call").call.has_note }
    };
    assert_eq!((has(0).await, has(1).await, has(2).await), (false, true, true));
}

#[tokio::test]
async fn only_ones_own_calls_change_and_only_with_the_right() {
    let test = make_test_host().await;
    let body = |ids: Vec<String>| json!({"calls": ids, "flagged": true}).to_string();
    let path = "/calls/changes";
    // The call at index 3 belongs to extension 104: support.
    let sales = api_of(&test, actor("sam", Permission::ALL, Scope::Projects(vec!["sales".to_owned()])));
    let done = ask(&sales, Method::POST, path, &[], &body(calls([0, 3]))).await.json();
    assert_eq!((done["changed"].as_array().map(Vec::len), &done["gone"]), (Some(1), &json!([source_id(3)])));
    assert!(!test.client().call(&source_id(3)).await.expect("call").call.flagged);

    let known = audit(&test).await.len();
    let rita = api_of(&test, actor("rita", &[Permission::See], Scope::Company));
    ask(&rita, Method::POST, path, &[], &body(calls([1]))).await.problem(403, "not-allowed");
    assert_eq!(audited_since(&test, known).await, [("flag.add".to_owned(), "refused".to_owned())]);
}

#[tokio::test]
async fn a_change_has_limits() {
    let test = make_test_host_of(2).await;
    let api = test.host.local_api();
    let long = "x".repeat(201);
    let table = [
        (json!({"calls": vec!["x"; 1_001], "flagged": true}), 413, "too-large"),
        (json!({"calls": [source_id(0)]}), 400, "invalid"),
        (json!({"calls": [source_id(0)], "add_tags": [long]}), 413, "too-large"),
        (json!({"calls": [source_id(0)], "add_tags": [" "]}), 400, "invalid"),
        (json!({"calls": [source_id(0)], "add_tags": ["a"], "remove_tags": ["a "]}), 409, "conflict"),
        (json!({"calls": [source_id(0)], "add_tags": (0..101).map(|tag| tag.to_string()).collect::<Vec<_>>()}), 413, "too-large"),
        (json!({"calls": [source_id(0)], "case": long}), 413, "too-large"),
        (json!({"calls": [source_id(0)], "note": {"text": "x".repeat(100_001), "at": null}}), 413, "too-large"),
        (json!({"calls": [source_id(0)], "note": {"text": "x", "at": -1}}), 400, "invalid"),
        (json!({"calls": [source_id(0)], "flag": true}), 400, "invalid"),
    ];
    let known = audit(&test).await.len();
    for (body, status, kind) in table {
        ask(&api, Method::POST, "/calls/changes", &[], &body.to_string()).await.problem(status, kind);
    }
    assert_eq!(audit(&test).await.len(), known, "nothing was done");
    let most = json!({"calls": vec!["x"; 1_000], "case": null}).to_string();
    assert_eq!(ask(&api, Method::POST, "/calls/changes", &[], &most).await.json()["gone"].as_array().map(Vec::len), Some(1_000));
}
