//! Live changes: who is told what, what was missed, and when it ends.

use std::time::Duration;

use callreel::{
    client::{Client, Events, InProcess},
    domain::{
        actor::{Permission, Scope},
        event::Event,
    },
    store::ImportBatch,
};

use super::{actor, api_of};
use crate::common::host::{TestHost, call, make_test_host_of, source_id};

fn client_of(test: &TestHost, name: &str, scope: Scope) -> Client {
    let api = api_of(test, actor(name, &[Permission::See, Permission::Note], scope));
    Client::in_process(InProcess::new(move |request| api(request)))
}

async fn next(events: &mut Events) -> Option<Event> {
    tokio::time::timeout(Duration::from_secs(20), events.next()).await.expect("an event in time").expect("a good line")
}

/// Calls that are told until the next revision: `(id, is new)`.
async fn calls_told(events: &mut Events) -> Vec<(String, bool)> {
    let mut told = Vec::new();
    loop {
        match next(events).await.expect("the stream goes on") {
            Event::Call(call) => told.push((call.id, call.new)),
            Event::Revision(_) if !told.is_empty() => return told,
            Event::Revision(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn bring(test: &TestHost, index: usize) -> String {
    test.host.store().import(ImportBatch::new(vec![call(index)], Vec::new(), Vec::new())).await.expect("import");
    test.client().call(&source_id(index)).await.expect("the call").call.id
}

#[tokio::test]
async fn listeners_are_told_of_new_and_changed_calls_in_their_scope() {
    let test = make_test_host_of(6).await;
    let mut all = test.client().events(None).await.expect("events");
    let mut sales = client_of(&test, "sal", Scope::Projects(vec!["sales".to_owned()])).events(None).await.expect("events");
    let mut support = client_of(&test, "sup", Scope::Projects(vec!["support".to_owned()])).events(None).await.expect("events");
    // 101 to 103 are of sales, the others of support: 6 % 6 is 101.
    let id = bring(&test, 6).await;
    assert_eq!(calls_told(&mut all).await, [(id.clone(), true)]);
    assert_eq!(calls_told(&mut sales).await, [(id.clone(), true)]);
    let other = bring(&test, 10).await;
    assert_eq!(calls_told(&mut support).await, [(other.clone(), true)], "not a word of the call of sales");
    assert_eq!(calls_told(&mut all).await, [(other, true)]);
    test.client().set_flag(&id, true).await.expect("flag");
    assert_eq!(calls_told(&mut sales).await, [(id, false)]);
}

#[tokio::test]
async fn what_was_missed_is_told_or_that_it_is_not_known() {
    let test = make_test_host_of(2).await;
    let client = test.client();
    let mut events = client.events(None).await.expect("events");
    let first = bring(&test, 2).await;
    assert_eq!(calls_told(&mut events).await, [(first, true)]);
    let place = events.last().expect("a place").to_owned();
    drop(events);
    let second = bring(&test, 3).await;
    let mut again = client.events(Some(&place)).await.expect("events");
    match next(&mut again).await {
        Some(Event::Call(call)) => assert_eq!((call.id, call.new), (second, true)),
        other => panic!("{other:?}"),
    }
    for strange in ["nonsense", "00000000-1", &format!("{place}999")] {
        let mut lost = client.events(Some(strange)).await.expect("events");
        assert_eq!(next(&mut lost).await, Some(Event::Resync), "{strange}");
    }
}

#[tokio::test]
async fn a_slow_listener_is_told_to_ask_again_and_costs_nothing() {
    let test = make_test_host_of(2).await;
    let api = test.host.local_api();
    let client = Client::in_process(InProcess::new(move |request| api(request)));
    let mut slow = client.events(None).await.expect("events");
    let mut quick = client.events(None).await.expect("events");
    let mut looks = 0;
    // More looks than the ring holds, none of which the slow one takes.
    let id = test.client().call(&source_id(0)).await.expect("call").call.id;
    while looks < 70 {
        test.client().set_flag(&id, looks % 2 == 0).await.expect("flag");
        calls_told(&mut quick).await;
        looks += 1;
    }
    assert_eq!(next(&mut slow).await, Some(Event::Resync));
    test.client().set_flag(&id, true).await.expect("flag");
    assert_eq!(calls_told(&mut slow).await, [(id, false)]);
}

#[tokio::test]
async fn the_end_of_the_program_ends_the_streams() {
    let test = make_test_host_of(1).await;
    let mut events = test.client().events(None).await.expect("events");
    bring(&test, 1).await;
    calls_told(&mut events).await;
    test.host.service().end_events();
    assert_eq!(next(&mut events).await, None);
}
