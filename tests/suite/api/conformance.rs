//! Every operation of the client gives the same over both transports.

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use callreel::{
    client::{AudioUse, CallsQuery, Client, ClientError, InProcess},
    domain::{
        access::TokenDraft,
        actor::{Origin, Permission},
        directory::{Customer, Extension, Named, View},
        length::Tenths,
    },
    server::{front::Limits, local_api, router},
    wire::NoteDraft,
};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::common::{
    front::listen,
    host::{TestHost, source_id},
};

/// A real token of the owner's with these rights.
async fn token(test: &TestHost, name: &str, scope: &[Permission]) -> String {
    let draft = TokenDraft { name: name.to_owned(), scope: scope.to_vec(), projects: Vec::new(), user: None, expires_s: None };
    test.host.service().make_token(test.host.actor(), draft).await.expect("a token").token
}

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

fn network(base: &str, token: Option<&str>) -> Client {
    // Fails when another test was first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::network(base, token.map(ToOwned::to_owned)).expect("a client")
}

fn value(what: impl serde::Serialize) -> Value {
    serde_json::to_value(what).expect("json")
}

fn failed<T>(outcome: Result<T, ClientError>) -> Value {
    match outcome {
        Ok(_) => panic!("it was done"),
        Err(ClientError::Problem(problem)) => value(problem),
        Err(other) => panic!("{other}"),
    }
}

/// Everything that only reads, one after the other.
async fn read(client: &Client) -> Vec<(&'static str, Value)> {
    let mut seen = vec![("whoami", value(client.who_am_i().await.expect("whoami")))];
    let talks = CallsQuery { q: "is:answered".to_owned(), sort: "-talk_s".to_owned(), limit: Some(7), ..CallsQuery::default() };
    let page = client.calls(&talks).await.expect("page");
    let next = CallsQuery { after: page.next.clone(), ..talks.clone() };
    let second = client.calls(&next).await.expect("page");
    let back = CallsQuery { before: second.previous.clone(), ..talks.clone() };
    seen.push(("page", value(&page)));
    seen.push(("next page", value(&second)));
    seen.push(("page before", value(client.calls(&back).await.expect("page"))));
    seen.push(("count", value(client.count(&talks).await.expect("count"))));
    seen.push(("totals", value(client.totals(&talks).await.expect("totals"))));
    let by = CallsQuery { by: "outcome,extension".to_owned(), ..CallsQuery::default() };
    seen.push(("facets", value(client.facets(&by).await.expect("facets"))));
    let by = CallsQuery { by: "length".to_owned(), ..CallsQuery::default() };
    seen.push(("breakdown", value(client.breakdown(&by).await.expect("breakdown"))));
    seen.push(("summary", value(client.summary(&talks).await.expect("summary"))));
    seen.push(("call", value(client.call(&source_id(2)).await.expect("call"))));
    let mut exported = client.export(&CallsQuery::new("dir:out")).await.expect("export");
    let (mut rest, mut rows) = (Vec::new(), Vec::new());
    while let Some(line) = exported.next_line(&mut rest).await.expect("line") {
        rows.push(serde_json::from_slice::<Value>(&line).expect("a call"));
    }
    assert!(!rows.is_empty());
    seen.push(("export", Value::Array(rows)));
    let recorded = client.calls(&CallsQuery::new("is:recorded")).await.expect("page");
    let id = &recorded.items[0].recordings[0].id;
    seen.push(("recording", value(client.recording(id).await.expect("recording"))));
    seen.push(("sound", value(client.audio_bytes(id, AudioUse::Play).await.expect("sound").to_vec())));
    let mut part = client.audio(id, Some((10, 19)), AudioUse::Download).await.expect("sound");
    let mut bytes = Vec::new();
    while let Some(more) = part.body.next().await {
        bytes.extend_from_slice(&more.expect("bytes"));
    }
    assert_eq!((part.status.as_u16(), bytes.len()), (206, 10));
    seen.push(("part of a sound", json!({"bytes": bytes, "range": part.headers["content-range"].to_str().expect("text")})));
    seen.push(("peaks", value(client.peaks(id, 30).await.expect("peaks"))));
    seen.push(("peaks of a part", value(client.peaks_between(id, 30, [0.5, 1.0]).await.expect("peaks"))));
    seen.push(("speech", value(client.speech(id).await.expect("speech"))));
    seen.push(("extensions", value(client.extensions().await.expect("extensions"))));
    seen.push(("groups", value(client.groups().await.expect("groups"))));
    seen.push(("projects", value(client.projects().await.expect("projects"))));
    seen.push(("customers", value(client.customers().await.expect("customers"))));
    seen.push(("views", value(client.views().await.expect("views"))));
    seen.push(("tags", value(client.tags().await.expect("tags"))));
    seen.push(("cases", value(client.cases().await.expect("cases"))));
    seen.push(("revision", value(client.revision().await.expect("revision"))));
    seen.push(("a wrong query", failed(client.calls(&CallsQuery::new("lenght:1")).await)));
    seen.push(("an unknown call", failed(client.call("../../etc/passwd?x=1#y").await)));
    seen.push(("a wrong cursor", failed(client.calls(&CallsQuery { after: Some("00".to_owned()), ..talks }).await)));
    seen.push(("an outside range", failed(client.audio(id, Some((1 << 40, 1 << 41)), AudioUse::Play).await)));
    seen
}

/// Every change and its undoing; what differs by nature (ids, instants) is left out.
async fn change(client: &Client) -> Vec<(&'static str, Value)> {
    let call = source_id(7);
    let mut seen = Vec::new();
    let draft = NoteDraft { text: "Called back\nżółć".to_owned(), at: Some(Tenths(12)) };
    let note = client.add_note(&call, &draft).await.expect("note");
    let edited =
        client.edit_note(&note.id, note.version, &NoteDraft { text: "Done".to_owned(), at: None }).await.expect("edited");
    seen.push(("note", json!([note.text, note.at, note.author, note.version, edited.text, edited.at, edited.version])));
    let stale = failed(client.edit_note(&note.id, note.version, &draft).await);
    seen.push(("a stale note", json!([stale["status"], stale["type"]])));
    client.remove_note(&note.id, edited.version).await.expect("removed");
    client.add_tag(&call, "a/b c%?ü").await.expect("tag");
    client.set_case(&call, Some("C-17")).await.expect("case");
    client.set_flag(&call, true).await.expect("flag");
    let detail = client.call(&call).await.expect("call");
    seen.push(("marked", json!([detail.call.tags, detail.call.case, detail.call.flagged, detail.notes.len()])));
    client.remove_tag(&call, "a/b c%?ü").await.expect("tag");
    client.set_case(&call, None).await.expect("case");
    client.set_flag(&call, false).await.expect("flag");
    let extension = Extension {
        number: "*77#".to_owned(),
        group: Some("lab".to_owned()),
        projects: vec!["x y".to_owned()],
        ..Extension::default()
    };
    let mut made = client.put_extension(&extension).await.expect("extension");
    made.sort();
    seen.push(("extension", value(made)));
    client.remove_extension("*77#").await.expect("extension");
    client.put_group(&Named { name: "night / shift".to_owned(), remark: Some("22-06".to_owned()) }).await.expect("group");
    client.remove_group("night / shift").await.expect("group");
    client.remove_group("lab").await.expect("group");
    client.put_project(&Named { name: "p".to_owned(), remark: None }).await.expect("project");
    client.remove_project("p").await.expect("project");
    client.remove_project("x y").await.expect("project");
    let customer = Customer { name: "Nowak".to_owned(), numbers: vec!["+48600100200".to_owned()], ..Customer::default() };
    let customer = client.put_customer(&customer).await.expect("customer");
    seen.push(("customer", json!([customer.name, customer.numbers, customer.remark])));
    client.remove_customer(&customer.id).await.expect("customer");
    let view = View { name: "today's".to_owned(), query: "date:today".to_owned(), ..View::default() };
    let view = client.put_view(&view).await.expect("view");
    seen.push(("view", json!([view.name, view.query, view.owner, view.shared])));
    client.remove_view(&view.name, view.version).await.expect("view");
    seen.push(("gone", failed(client.remove_extension("*77#").await)));
    seen
}

#[tokio::test]
async fn both_transports_tell_the_same() {
    let server = listen(Limits::default()).await;
    let service = server.test.host.service();
    let token = token(&server.test, "all", Permission::ALL).await;
    for (via, place) in [("http", format!("http://{}", server.address)), ("socket", format!("unix:{}", server.socket.display()))]
    {
        let origin = Origin { via: via.to_owned(), ..Origin::default() };
        let api = local_api(router(service.clone()), service.actor_of_token(&token, origin).await.expect("signed in"));
        let local = Client::in_process(InProcess::new(move |request| api(request)));
        let remote = network(&place, Some(&token));
        for round in ["as made", "after changes"] {
            for (one, other) in read(&local).await.into_iter().zip(read(&remote).await) {
                // Hearing writes the audit, which is a change; the revisions of two passes differ by it.
                if one.0 != "revision" {
                    assert_eq!(one, other, "{round}, by {place}");
                }
            }
            assert_eq!(change(&local).await, change(&remote).await, "{round}, by {place}");
        }
    }
}

#[tokio::test]
async fn refusals_travel_with_their_exit_status() {
    let server = listen(Limits::default()).await;
    let base = format!("http://{}", server.address);
    let reviewer = network(&base, Some(&token(&server.test, "rita", &[Permission::See]).await));
    assert_eq!(reviewer.who_am_i().await.expect("whoami").name, "token:rita");
    let refused = reviewer.set_flag(&source_id(0), true).await.expect_err("may not");
    assert_eq!((refused.problem().map(|problem| problem.status), refused.exit_status()), (Some(403), 3));
    for token in [None, Some("wrong")] {
        let refused = network(&base, token).who_am_i().await.expect_err("not signed in");
        assert_eq!((refused.problem().map(|problem| problem.status), refused.exit_status()), (Some(401), 3));
    }
    let wrong = reviewer.count(&CallsQuery::new("lenght:1")).await.expect_err("wrong query");
    assert_eq!((wrong.exit_status(), wrong.problem().and_then(|problem| problem.position)), (2, Some(0)));
    assert_eq!(reviewer.call("none").await.expect_err("unknown").exit_status(), 4);
}

#[tokio::test]
async fn what_is_no_answer_of_ours_is_said_plainly() {
    let nobody = network("http://127.0.0.1:1", None).who_am_i().await.expect_err("nobody listens");
    assert_eq!(nobody.exit_status(), 6);
    assert!(nobody.to_string().contains("127.0.0.1:1"), "{nobody}");
    assert!(Client::network("ftp://example.org", None).is_err());
    let strange = Router::new().fallback(|request: Request| async move {
        let answer: Response = match request.uri().path() {
            "/api/v1/tags" => (StatusCode::BAD_GATEWAY, "<html>").into_response(),
            "/api/v1/cases" => Json(serde_json::json!({"later": true})).into_response(),
            _ => "<html>".into_response(),
        };
        answer
    });
    let client = network(&serve(strange).await, None);
    let page = client.who_am_i().await.expect_err("a page");
    assert!(page.exit_status() == 6 && page.to_string().contains("this is no callreel server"), "{page}");
    assert!(matches!(client.cases().await, Err(ClientError::Answer(_))), "of another version");
    assert_eq!(client.tags().await.expect_err("a gateway's error").exit_status(), 6);
}
