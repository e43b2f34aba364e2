//! Who sees one project learns nothing of what goes on in others: not by events, nor by places in their stream, nor by the
//! revision.

use std::time::Duration;

use callreel::{
    client::{Client, Events, InProcess},
    domain::{
        actor::{Permission, Scope},
        event::Event,
    },
    store::ImportBatch,
};
use http::Method;

use super::{actor, api_of, ask, get};
use crate::common::host::{TestHost, call, make_test_host_of, source_id};

fn sales() -> Scope {
    Scope::Projects(vec!["sales".to_owned()])
}

fn client_of(test: &TestHost, scope: Scope) -> Client {
    let api = api_of(test, actor("sal", &[Permission::See, Permission::Note], scope));
    Client::in_process(InProcess::new(move |request| api(request)))
}

async fn next(events: &mut Events) -> Event {
    let told = tokio::time::timeout(Duration::from_secs(20), events.next()).await.expect("in time");
    told.expect("a good line").expect("the stream goes on")
}

/// What the others do: calls come, one is flagged, noted and tagged, a view is saved, somebody is made and something is refused.
async fn elsewhere(test: &TestHost, index: usize) {
    test.host.store().import(ImportBatch::new(vec![call(index)], Vec::new(), Vec::new())).await.expect("import");
    let owner = test.host.local_api();
    let of = |rest: &str| format!("/calls/{}{rest}", source_id(index));
    let json = [("content-type", "application/json"), ("if-match", "\"0\"")];
    for (method, path, body) in [
        (Method::PUT, of("/flag"), ""),
        (Method::PUT, of("/tags/x"), ""),
        (Method::POST, of("/notes"), r#"{"text":"n","at":null}"#),
        (Method::PUT, format!("/views/v{index}"), &format!(r#"{{"name":"v{index}","query":"is:answered","shared":true}}"#)),
        (Method::PUT, format!("/users/u{index}"), "{}"),
        (Method::PUT, "/projects/other".to_owned(), r#"{"name":"other","remark":null}"#),
    ] {
        let done = ask(&owner, method, &path, if path.starts_with("/users") { &json[..1] } else { &json }, body).await;
        assert!(done.status.is_success(), "{path}: {done:?}");
    }
    let nobody = api_of(test, actor("nobody", &[], Scope::Company));
    get(&nobody, "/calls").await.problem(403, "not-allowed");
}

#[tokio::test]
async fn what_happens_in_other_projects_is_told_by_nothing() {
    let test = make_test_host_of(6).await;
    let client = client_of(&test, sales());
    let mut all = test.client().events(None).await.expect("events");
    let mut theirs = client.events(None).await.expect("events");
    let known = client.revision().await.expect("revision");
    assert_eq!(known.indexing, None);
    // 104 is of support.
    for index in [9, 15, 21] {
        elsewhere(&test, index).await;
        while !matches!(next(&mut all).await, Event::Call(_)) {}
    }
    assert_eq!(client.revision().await.expect("revision"), known, "nothing of theirs changed");
    // The first that they hear of is their own.
    let id = {
        test.host.store().import(ImportBatch::new(vec![call(6)], Vec::new(), Vec::new())).await.expect("import");
        test.client().call(&source_id(6)).await.expect("call").call.id
    };
    loop {
        match next(&mut theirs).await {
            Event::Call(call) => break assert_eq!((call.id, call.new), (id.clone(), true)),
            // Of that very call, if a look came between.
            Event::Revision(told) => assert_eq!(client.revision().await.expect("revision").revision, told.revision),
            other => panic!("{other:?}"),
        }
    }
    let Event::Revision(told) = next(&mut theirs).await else { panic!("a revision") };
    assert_eq!(client.revision().await.expect("revision").revision, told.revision, "both tell the same");
    assert_ne!(told.revision, known.revision);
    let place = theirs.last().expect("a place").to_owned();
    let own = all.last().expect("a place").to_owned();
    let number = |place: &str| place.split_once('-').and_then(|(_, rest)| rest.parse::<i64>().ok());
    assert!(number(&own).is_some() && number(&place).is_none(), "theirs counts nothing: {place}");
    drop(theirs);

    // Coming back: nothing of what the others did meanwhile; a place that they were not given is not known.
    elsewhere(&test, 27).await;
    test.client().set_flag(&id, true).await.expect("flag");
    let mut again = client.events(Some(&place)).await.expect("events");
    match next(&mut again).await {
        Event::Call(call) => assert_eq!((call.id, call.new), (id.clone(), false)),
        other => panic!("{other:?}"),
    }
    let database = own.split_once('-').expect("a place").0;
    for strange in [own.clone(), format!("{database}-0"), format!("{database}-999999")] {
        let mut lost = client.events(Some(&strange)).await.expect("events");
        assert_eq!(next(&mut lost).await, Event::Resync, "{strange}: every number is answered alike");
    }
}

#[tokio::test]
async fn what_one_sees_and_does_changes_ones_own_revision() {
    let test = make_test_host_of(6).await;
    let client = client_of(&test, sales());
    let mut known = client.revision().await.expect("revision").revision;
    let mut changed = async |what: &str| {
        let now = client.revision().await.expect("revision").revision;
        assert_ne!(now, known, "{what}");
        known = now;
        assert_eq!(client.revision().await.expect("revision").revision, known, "{what}: once");
    };
    let owner = test.client();
    let id = source_id(0);
    owner.add_tag(&id, "x").await.expect("tag");
    changed("a tag of theirs").await;
    let note = owner.add_note(&id, &callreel::wire::NoteDraft { text: "one".to_owned(), at: None }).await.expect("note");
    changed("a note").await;
    owner.edit_note(&note.id, note.version, &callreel::wire::NoteDraft { text: "two".to_owned(), at: None }).await.expect("edit");
    changed("the text of a note").await;
    client.set_flag(&id, true).await.expect("flag");
    changed("what they did").await;
    test.host.store().import(ImportBatch::new(vec![call(6)], Vec::new(), Vec::new())).await.expect("import");
    changed("a call of theirs").await;
    let company = r#"{"zone":"Europe/Warsaw","country_code":"48","national_prefix":null,"currency":"PLN"}"#;
    let api = test.host.local_api();
    let set = ask(&api, Method::PUT, "/company", &[("content-type", "application/json")], company).await;
    assert_eq!(set.status, 204, "{set:?}");
    changed("the company's settings").await;
    // Somebody who waits is told of theirs, and not waked by the others'.
    let waiting = tokio::spawn({
        let (client, known) = (client.clone(), known.clone());
        async move { client.revision_after(&known).await.expect("revision").revision }
    });
    elsewhere(&test, 9).await;
    owner.set_flag(&id, false).await.expect("flag");
    assert_ne!(waiting.await.expect("told"), known);
}
