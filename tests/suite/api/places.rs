//! One place decides: what is seen and may be used, what is seen and may not, and what does not exist.

use callreel::domain::actor::{Actor, Granted, Permission, Scope};
use http::Method;

use super::{Answer, actor, api_of, ask, audit, audited_since, get, recorded};
use crate::common::host::{TestHost, make_test_host, source_id};

fn project(name: &str) -> Scope {
    Scope::Projects(vec![name.to_owned()])
}

/// Sees both projects, may do everything in `sales` only.
fn mixed() -> Actor {
    let mut mixed = actor("mia", &[Permission::See], project("sales").or(project("support")));
    mixed.grants.push(Granted { permissions: Permission::ALL.to_vec(), scope: project("sales") });
    mixed
}

/// A call with a recording of each project: (call, recording) of sales, of support.
async fn one_of_each(test: &TestHost) -> [(String, String); 2] {
    let all = recorded(&test.host.local_api()).await;
    let sales = api_of(test, actor("sam", Permission::ALL, project("sales")));
    let of_sales: Vec<String> = recorded(&sales).await.into_iter().map(|(call, ..)| call).collect();
    let find = |of: bool| {
        let found = all.iter().find(|(call, _, format)| of_sales.contains(call) == of && format == "wav/pcm");
        found.map(|(call, recording, _)| (call.clone(), recording.clone()))
    };
    let support = find(false);
    [find(true).expect("a recording of sales"), support.unwrap_or_default()]
}

/// Everything that can be asked of a call and its recording, with the audit's word for what may be refused.
fn operations(call: &str, recording: &str) -> Vec<(Method, String, &'static str, &'static str)> {
    let note = r#"{"text":"x","at":null}"#;
    let heard = r#"{"heard":[]}"#;
    let mut all = vec![
        (Method::POST, format!("/calls/{call}/notes"), note, "note.add"),
        (Method::PUT, format!("/calls/{call}/tags/x"), "", "tag.add"),
        (Method::DELETE, format!("/calls/{call}/tags/x"), "", "tag.remove"),
        (Method::PUT, format!("/calls/{call}/case"), r#"{"case":"x"}"#, "case.set"),
        (Method::PUT, format!("/calls/{call}/flag"), "", "flag.add"),
        (Method::DELETE, format!("/calls/{call}/flag"), "", "flag.remove"),
    ];
    if !recording.is_empty() {
        all.extend([
            (Method::GET, format!("/recordings/{recording}/audio"), "", "recording.play"),
            (Method::GET, format!("/recordings/{recording}/audio?use=download"), "", "recording.download"),
            (Method::GET, format!("/recordings/{recording}/audio?convert=wav&from=0.5"), "", "recording.play"),
            (Method::GET, format!("/recordings/{recording}/peaks"), "", "recording.peaks"),
            (Method::GET, format!("/recordings/{recording}/speech"), "", "recording.peaks"),
            (Method::POST, format!("/recordings/{recording}/receipts"), heard, "receipt.add"),
        ]);
    }
    all
}

/// The answer without what names the thing.
fn told(answer: &Answer, id: &str) -> String {
    String::from_utf8_lossy(&answer.body).replace(id, "ID")
}

#[tokio::test]
async fn seen_and_allowed_seen_and_refused_or_not_there() {
    let test = make_test_host().await;
    let [(sales_call, sales_recording), _] = one_of_each(&test).await;
    // The call at index 3 belongs to support.
    let owner = test.host.local_api();
    let support_call = get(&owner, &format!("/calls/{}", source_id(3))).await.json()["id"].as_str().expect("id").to_owned();
    let api = api_of(&test, mixed());
    for (method, path, body, _) in operations(&sales_call, &sales_recording) {
        let answer = ask(&api, method.clone(), &path, &[], body).await;
        assert!(answer.status.is_success() || answer.status == 400, "{method} {path}: {answer:?}");
    }
    let known = audit(&test).await.len();
    let table = operations(&support_call, "");
    for (method, path, body, _) in &table {
        ask(&api, method.clone(), path, &[], body).await.problem(403, "not-allowed");
    }
    let expected: Vec<_> = table.iter().map(|(.., did)| ((*did).to_owned(), "refused".to_owned())).collect();
    assert_eq!(audited_since(&test, known).await, expected);

    // Who listens to nothing may look at what they see.
    let reader = api_of(&test, actor("rea", &[Permission::See], project("sales")));
    for (method, path, body, _) in operations(&sales_call, &sales_recording) {
        ask(&reader, method, &path, &[], body).await.problem(403, "not-allowed");
    }
    // Who sees only support knows nothing of sales: the same answer as for an id that there is not.
    let other = api_of(&test, actor("otto", Permission::ALL, project("support")));
    let (no_call, no_recording) = (source_id(9_999), "01JZZZZZZZZZZZZZZZZZZZZZZZ");
    let hidden = operations(&sales_call, &sales_recording);
    for ((method, path, body, _), (_, missing, ..)) in hidden.into_iter().zip(operations(&no_call, no_recording)) {
        let there = ask(&other, method.clone(), &path, &[], body).await;
        there.problem(404, "not-found");
        let missing = ask(&other, method.clone(), &missing, &[], body).await;
        let there = told(&there, if path.starts_with("/calls") { &sales_call } else { &sales_recording });
        assert_eq!(there, told(&missing, if path.starts_with("/calls") { &no_call } else { no_recording }), "{method} {path}");
    }
}

#[tokio::test]
async fn notes_and_clips_are_as_hidden_as_their_calls() {
    let test = make_test_host().await;
    let [(call, recording), _] = one_of_each(&test).await;
    let owner = test.host.local_api();
    let note = ask(&owner, Method::POST, &format!("/calls/{call}/notes"), &[], r#"{"text":"x","at":null}"#).await.json();
    let note = note["id"].as_str().expect("note").to_owned();
    let cut = format!(r#"{{"recording":"{recording}","from_s":0.5,"until_s":1.0}}"#);
    let clip = ask(&owner, Method::POST, "/clips", &[], &cut).await.json()["id"].as_str().expect("clip").to_owned();
    let edit = r#"{"text":"y","at":null}"#;
    let table = [
        (Method::PUT, format!("/notes/{note}"), edit.to_owned()),
        (Method::DELETE, format!("/notes/{note}"), String::new()),
        (Method::GET, format!("/clips/{clip}/audio"), String::new()),
        (Method::DELETE, format!("/clips/{clip}"), String::new()),
        (Method::POST, "/clips".to_owned(), cut.clone()),
    ];
    let reader = api_of(&test, actor("rea", &[Permission::See], project("sales")));
    let other = api_of(&test, actor("otto", Permission::ALL, project("support")));
    for (method, path, body) in &table {
        let version = [("if-match", "\"1\"")];
        ask(&reader, method.clone(), path, &version, body).await.problem(403, "not-allowed");
        ask(&other, method.clone(), path, &version, body).await.problem(404, "not-found");
    }
    get(&other, &format!("/clips/{clip}")).await.problem(404, "not-found");
    assert_eq!(get(&other, "/clips").await.json(), serde_json::json!([]));
    assert_eq!(get(&reader, "/clips").await.json().as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn many_changes_stop_at_what_is_seen_and_may_not_be_changed() {
    let test = make_test_host().await;
    let api = api_of(&test, mixed());
    let change = |ids: &[String]| serde_json::json!({"calls": ids, "flagged": true}).to_string();
    let (sales, support) = (source_id(0), source_id(3));
    let both = ask(&api, Method::POST, "/calls/changes", &[], &change(&[sales.clone(), support])).await;
    both.problem(403, "not-allowed");
    let done = ask(&api, Method::POST, "/calls/changes", &[], &change(&[sales, source_id(9_999)])).await.json();
    assert_eq!(done["changed"].as_array().map(Vec::len), Some(1));
    assert_eq!(done["gone"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_directory_tells_no_more_than_the_calls() {
    let test = make_test_host().await;
    let names = async |api: &callreel::server::LocalApi, path: &str, field: &str| -> Vec<String> {
        let items = get(api, path).await.json();
        items.as_array().expect("a list").iter().map(|item| item[field].as_str().expect("name").to_owned()).collect()
    };
    let sales = api_of(&test, actor("sam", &[Permission::See], project("sales")));
    let agent = api_of(&test, actor("al", &[Permission::See], Scope::Agents(vec!["Marta Król".to_owned()])));
    assert_eq!(names(&sales, "/extensions", "number").await, ["101", "102", "103"]);
    assert_eq!(names(&sales, "/projects", "name").await, ["sales"]);
    assert_eq!(names(&sales, "/groups", "name").await, ["sales"]);
    assert_eq!(names(&agent, "/extensions", "number").await, ["104"]);
    assert_eq!(names(&agent, "/projects", "name").await, ["support"]);
    // Directory rights over one project are none: an extension moved into it would bring its calls along.
    let keys = api_of(&test, actor("kim", Permission::ALL, project("sales")));
    for (method, path, body) in [
        (Method::PUT, "/extensions/104", r#"{"number":"104","projects":["sales"]}"#),
        (Method::PUT, "/company", r#"{"zone":"Europe/Warsaw"}"#),
        (Method::GET, "/audit", ""),
    ] {
        ask(&keys, method, path, &[], body).await.problem(403, "not-allowed");
    }
    let all = names(&test.host.local_api(), "/customers", "name").await;
    let support = api_of(&test, actor("otto", &[Permission::See], project("support")));
    let met = names(&support, "/customers", "name").await;
    assert!(all.len() >= met.len() && met.iter().all(|name| all.contains(name)));
    let nobody = api_of(&test, actor("nils", &[Permission::See], project("elsewhere")));
    for path in ["/customers", "/extensions", "/projects", "/groups", "/tags", "/cases", "/clips"] {
        assert_eq!(get(&nobody, path).await.json(), serde_json::json!([]), "{path}");
    }
}

#[tokio::test]
async fn numbers_are_shown_where_they_may_be_and_asked_for_only_where_all_may_be() {
    let test = make_test_host().await;
    let mut actor = actor("rita", &[Permission::See], project("sales").or(project("support")));
    actor.grants.push(Granted { permissions: vec![Permission::RevealNumber], scope: project("sales") });
    let api = api_of(&test, actor);
    let page = get(&api, "/calls?limit=500&q=-dir:internal").await.json();
    let (mut whole, mut masked) = (0, 0);
    for call in page["items"].as_array().expect("items") {
        let of_sales = call["projects"].as_array().is_some_and(|projects| projects.iter().any(|name| name == "sales"));
        let text = call.to_string();
        assert_eq!(text.contains("+48221234") || text.contains("+4822123"), of_sales, "{text}");
        if of_sales { whole += 1 } else { masked += 1 }
    }
    assert!(whole > 0 && masked > 0, "{whole} {masked}");
    let known = audit(&test).await.len();
    for path in ["/calls?q=num:221234", "/calls?sort=from", "/calls/facets?by=customer", "/calls/count?q=name:muller"] {
        get(&api, path).await.problem(403, "not-allowed");
    }
    assert_eq!(audited_since(&test, known).await.len(), 4, "refusals are written down");
    let view = r#"{"name":"hers","query":"num:221234","sort":"","columns":[],"shared":true,"owner":"","version":0}"#;
    let owner = test.host.local_api();
    let made = ask(&owner, Method::PUT, "/views/hers", &[("if-match", "\"0\"")], view).await;
    assert!(made.status.is_success(), "{made:?}");
    assert_eq!(get(&api, "/views").await.json(), serde_json::json!([]));
    get(&api, "/calls?q=view:hers").await.problem(403, "not-allowed");
}
