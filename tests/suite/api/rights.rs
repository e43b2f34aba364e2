//! Who may do what, and over which calls.

use callreel::domain::actor::{Permission, Scope};
use http::Method;

use super::{actor, api_of, ask, audit, audited_since, get, recorded};
use crate::common::host::{make_test_host, source_id};

#[tokio::test]
async fn a_reviewer_who_only_sees_can_do_nothing_else_and_is_written_down() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let (call, recording, _) = recorded(&owner).await.remove(0);
    let api = api_of(&test, actor("rita", &[Permission::See], Scope::Company));
    assert_eq!(get(&api, "/calls/count").await.status, 200);
    assert_eq!(get(&api, &format!("/calls/{call}")).await.status, 200);
    assert_eq!(get(&api, &format!("/recordings/{recording}")).await.status, 200);
    let known = audit(&test).await.len();
    let table = [
        (Method::GET, format!("/recordings/{recording}/audio"), "", "recording.play"),
        (Method::GET, format!("/recordings/{recording}/audio?use=download"), "", "recording.download"),
        (Method::GET, format!("/recordings/{recording}/peaks"), "", "recording.peaks"),
        (Method::GET, format!("/recordings/{recording}/speech"), "", "recording.peaks"),
        (Method::POST, format!("/calls/{call}/notes"), r#"{"text":"x","at":null}"#, "note.add"),
        (Method::PUT, format!("/calls/{call}/tags/x"), "", "tag.add"),
        (Method::PUT, format!("/calls/{call}/case"), r#"{"case":"x"}"#, "case.set"),
        (Method::PUT, format!("/calls/{call}/flag"), "", "flag.add"),
        (Method::PUT, "/groups/x".to_owned(), r#"{"name":"x","remark":null}"#, "group.set"),
        (Method::DELETE, "/projects/sales".to_owned(), "", "project.remove"),
        (Method::DELETE, "/extensions/101".to_owned(), "", "extension.remove"),
        (Method::POST, "/customers".to_owned(), r#"{"name":"x","remark":null}"#, "customer.set"),
        (Method::GET, "/audit".to_owned(), "", "audit.read"),
    ];
    for (method, path, body, _) in &table {
        ask(&api, method.clone(), path, &[], body).await.problem(403, "not-allowed");
    }
    let expected: Vec<(String, String)> = table.iter().map(|(.., did)| ((*did).to_owned(), "refused".to_owned())).collect();
    assert_eq!(audited_since(&test, known).await, expected);
    assert!(audit(&test).await[known..].iter().all(|entry| entry.who == "rita" && entry.via == "http"));
    let nobody = api_of(&test, actor("nobody", &[], Scope::Company));
    get(&nobody, "/calls").await.problem(403, "not-allowed");
    assert_eq!(get(&nobody, "/whoami").await.status, 200);
}

#[tokio::test]
async fn what_lies_outside_ones_projects_does_not_exist() {
    let test = make_test_host().await;
    let owner = test.host.local_api();
    let everything = Permission::ALL;
    let sales = api_of(&test, actor("sam", everything, Scope::Projects(vec!["sales".to_owned()])));
    let own = api_of(&test, actor("olga", everything, Scope::Own(vec!["101".to_owned()])));
    let count = |api: callreel::server::LocalApi, q: &'static str| async move {
        get(&api, &format!("/calls/count?q={q}")).await.json()["count"].as_u64().expect("count")
    };
    assert_eq!(count(sales.clone(), "").await, count(owner.clone(), "project:sales").await);
    assert_eq!(count(sales.clone(), "project:support").await, 0);
    assert_eq!(count(own.clone(), "").await, count(owner.clone(), "ext:101").await);

    // The call at index 3 belongs to extension 104: support.
    let hidden = get(&owner, &format!("/calls/{}", source_id(3))).await.json()["id"].as_str().expect("id").to_owned();
    let unknown = source_id(9_999);
    for api in [&sales, &own] {
        for id in [hidden.as_str(), unknown.as_str()] {
            get(api, &format!("/calls/{id}")).await.problem(404, "not-found");
            let note = r#"{"text":"x","at":null}"#;
            ask(api, Method::POST, &format!("/calls/{id}/notes"), &[], note).await.problem(404, "not-found");
            ask(api, Method::PUT, &format!("/calls/{id}/flag"), &[], "").await.problem(404, "not-found");
            ask(api, Method::PUT, &format!("/calls/{id}/tags/x"), &[], "").await.problem(404, "not-found");
        }
    }
    let visible: Vec<String> = recorded(&sales).await.into_iter().map(|(_, recording, _)| recording).collect();
    for (_, recording, _) in recorded(&owner).await {
        let status = get(&sales, &format!("/recordings/{recording}/audio")).await.status;
        assert_eq!(status, if visible.contains(&recording) { 200 } else { 404 });
        let status = get(&sales, &format!("/recordings/{recording}")).await.status;
        assert_eq!(status, if visible.contains(&recording) { 200 } else { 404 });
    }
    let rows = ask(&sales, Method::GET, "/calls", &[("accept", "application/x-ndjson")], "").await;
    let rows = rows.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64;
    assert_eq!(rows, count(sales.clone(), "").await);
}

#[tokio::test]
async fn numbers_are_masked_without_the_right_to_see_them() {
    let test = make_test_host().await;
    let api = api_of(&test, actor("masha", &[Permission::See], Scope::Company));
    let owner = get(&test.host.local_api(), "/calls?limit=500").await;
    assert!(String::from_utf8_lossy(&owner.body).contains("+48221234"));
    for path in ["/calls?limit=500".to_owned(), format!("/calls/{}", source_id(1))] {
        let seen = get(&api, &path).await;
        let text = String::from_utf8_lossy(&seen.body).into_owned();
        assert!(!text.contains("2123400") && text.contains("+48…"), "{text}");
    }
    let rows = ask(&api, Method::GET, "/calls", &[("accept", "text/csv")], "").await;
    assert!(!String::from_utf8_lossy(&rows.body).contains("2123400"));
    for path in [
        "/calls?q=num:221234",
        "/calls/count?q=-name:muller",
        "/calls?sort=from",
        "/calls/facets?by=customer",
        "/calls/breakdown?by=customer",
    ] {
        get(&api, path).await.problem(403, "not-allowed");
    }
}
