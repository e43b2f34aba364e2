//! The same table through a running server: its Unix socket and its port, with tokens of real accounts.
//!
//! What differs from the table in process: nobody is made up. Every account and token is made by the API itself; whoever shows
//! no token comes by the port, for on the socket the kernel says who they are; and what comes by a token that has ended is
//! refused before the router, wherever it goes but to what is open to everybody.

use std::{sync::Arc, time::Duration};

use callreel::{
    domain::{access::BUILT_IN, actor::Permission},
    server::{LocalApi, front::Limits},
};
use http::Method;
use http_body_util::BodyExt;
use serde_json::json;

use super::{Somebody, Things, play};
use crate::{
    api::{ask, get},
    common::front::{Listening, listen},
};

/// The server as a function: by its socket or its port, with a token or without.
fn line(server: &Listening, by_socket: bool, token: Option<&str>) -> LocalApi {
    let mut builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    if by_socket {
        builder = builder.unix_socket(server.socket.as_path());
    }
    let client = builder.build().expect("a client");
    let place = if by_socket { "http://callreel".to_owned() } else { format!("http://{}", server.address) };
    let token = token.map(ToOwned::to_owned);
    Arc::new(move |request| {
        let (client, place, token) = (client.clone(), place.clone(), token.clone());
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let mut asked = client.request(parts.method, format!("{place}{}", parts.uri)).headers(parts.headers).body(body);
            if let Some(token) = token {
                asked = asked.bearer_auth(token);
            }
            let response: http::Response<reqwest::Body> = asked.send().await.expect("an answer").into();
            response.map(|body| body.map_err(Into::into).boxed_unsync())
        })
    })
}

/// Makes an account and a token of it that has all its rights, by the API; gives the token.
async fn account(owner: &LocalApi, name: &str, grant: &str, permissions: &[Permission]) -> String {
    let (role, over) = grant.split_once('@').expect("a grant");
    let extensions = match over {
        "own" if name.ends_with("other") => vec!["104"],
        "own" => vec!["101"],
        _ => Vec::new(),
    };
    let draft = json!({"grants": [{"role": role, "over": over}], "extensions": extensions}).to_string();
    let made = ask(owner, Method::PUT, &format!("/users/{name}"), &[("content-type", "application/json")], &draft).await;
    assert_eq!(made.status, 200, "{made:?}");
    token(owner, &json!({"name": name, "user": name, "scope": permissions})).await.1
}

/// Id and secret of a token just made.
async fn token(owner: &LocalApi, draft: &serde_json::Value) -> (String, String) {
    let made = ask(owner, Method::POST, "/tokens", &[("content-type", "application/json")], &draft.to_string()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let text = |name: &str| made.json()[name].as_str().expect("text").to_owned();
    (text("id"), text("token"))
}

/// Those whom nobody lets in: without a token, with one that has expired, was revoked, or is of an account that is gone.
async fn strangers(server: &Listening, owner: &LocalApi) -> Vec<Somebody> {
    let draft = |name: &str| json!({"name": name, "scope": ["see", "listen"]});
    let (_, expired) = token(owner, &json!({"name": "expired", "scope": ["see"], "expires_s": 1})).await;
    let (id, revoked) = token(owner, &draft("revoked")).await;
    assert_eq!(ask(owner, Method::DELETE, &format!("/tokens/{id}"), &[], "").await.status, 204);
    let removed = account(owner, "removed", "owner@*", Permission::ALL).await;
    assert_eq!(ask(owner, Method::DELETE, "/users/removed", &[], "").await.status, 204);
    let locked = account(owner, "locked", "owner@*", Permission::ALL).await;
    let lock = r#"{"grants":[{"role":"owner","over":"*"}],"locked":true}"#;
    assert_eq!(ask(owner, Method::PUT, "/users/locked", &[("content-type", "application/json")], lock).await.status, 200);
    let (_, whole) = token(owner, &draft("cut")).await;
    let cut = &whole[..whole.len() - 1];
    while get(&line(server, true, Some(&expired)), "/calls/count").await.status == 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let shown = [
        ("no token", false, None),
        ("an expired token", true, Some(expired.as_str())),
        ("a revoked token", true, Some(revoked.as_str())),
        ("a removed account", true, Some(removed.as_str())),
        ("a locked account", false, Some(locked.as_str())),
        ("half a token", true, Some(cut)),
    ];
    let somebody = |(name, by_socket, token): (&str, bool, Option<&str>)| {
        let api = line(server, by_socket, token);
        Somebody { name: name.to_owned(), permissions: None, apis: [api.clone(), api], is_everywhere: true }
    };
    shown.into_iter().map(somebody).collect()
}

async fn accounts(server: &Listening, owner: &LocalApi) -> Vec<Somebody> {
    let mut all = Vec::new();
    for role in BUILT_IN {
        let overs = match role.name {
            "supervisor" | "reviewer" => ["project:sales", "project:support"],
            "agent" => ["own", "own"],
            _ => ["*", "*"],
        };
        let is_everywhere = overs[0] == "*";
        let mut apis = Vec::new();
        for (place, over) in ["own", "other"].into_iter().zip(overs) {
            let name = format!("{}-{place}", role.name);
            let token = account(owner, &name, &format!("{}@{over}", role.name), role.permissions).await;
            apis.push(line(server, true, Some(&token)));
        }
        let apis = apis.try_into().unwrap_or_else(|_| panic!("two"));
        all.push(Somebody { name: role.name.to_owned(), permissions: Some(role.permissions.to_vec()), apis, is_everywhere });
    }
    // Whoever runs the server, by what the kernel says of them.
    let (name, permissions) = ("owner".to_owned(), Some(Permission::ALL.to_vec()));
    all.push(Somebody { name, permissions, apis: [owner.clone(), owner.clone()], is_everywhere: true });
    let (_, import) = token(owner, &json!({"name": "spool", "scope": ["import"]})).await;
    let api = line(server, false, Some(&import));
    let (name, permissions) = ("import-only token".to_owned(), Some(vec![Permission::Import]));
    all.push(Somebody { name, permissions, apis: [api.clone(), api], is_everywhere: true });
    all
}

#[tokio::test]
async fn a_running_server_lets_real_accounts_do_the_same() {
    let server = listen(Limits::default()).await;
    let owner = line(&server, true, None);
    assert_eq!(get(&owner, "/whoami").await.json()["role"], "owner");
    let things = Things::of(owner.clone()).await;
    let mut people = strangers(&server, &owner).await;
    people.extend(accounts(&server, &owner).await);
    let cells = play(&things, &people).await;
    assert!(cells > 1_200, "only {cells} cells");
    server.stop.notify_one();
}
