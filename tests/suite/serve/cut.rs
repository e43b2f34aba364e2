//! What is on its way to somebody ends when they may not have it any more: streams of events, exports, downloads; over a real
//! line.

use std::{collections::BTreeSet, time::Duration};

use callreel::{domain::actor::Permission, server::front::Limits};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::common::{
    front::{Listening, listen_over},
    host::make_test_host_of,
};

/// Enough that no buffer between the two ends holds all of it.
const MANY: usize = 12_000;

struct Server {
    listening: Listening,
    owner: reqwest::Client,
}

impl Server {
    async fn start(calls: usize) -> Self {
        let listening = listen_over(make_test_host_of(calls).await, Limits::default()).await;
        let owner = reqwest::Client::builder().no_proxy().unix_socket(listening.socket.as_path()).build().expect("a client");
        Self { listening, owner }
    }

    async fn put(&self, path: &str, body: &Value) {
        let answer = self.owner.put(format!("http://callreel/api/v1{path}")).json(body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.expect("text"));
    }

    async fn delete(&self, path: &str) {
        let answer = self.owner.delete(format!("http://callreel/api/v1{path}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 204, "{path}");
    }

    /// An account with a token of all its rights: id and secret.
    async fn account(&self, name: &str) -> (String, String) {
        self.put(&format!("/users/{name}"), &json!({"grants": [{"role": "owner", "over": "*"}]})).await;
        let draft = json!({"name": name, "user": name, "scope": Permission::ALL});
        let made = self.owner.post("http://callreel/api/v1/tokens").json(&draft).send().await.expect("an answer");
        let made: Value = made.json().await.expect("a token");
        (made["id"].as_str().expect("id").to_owned(), made["token"].as_str().expect("token").to_owned())
    }

    /// Begins to read; gives the rest.
    async fn begin(&self, token: &str, path: &str, accept: &str) -> reqwest::Response {
        let asked = self.owner.get(format!("http://callreel/api/v1{path}")).bearer_auth(token);
        let mut answer = asked.header("accept", accept).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.chunk().await.expect("bytes").expect("a first part");
        answer
    }
}

/// What comes until the line ends: bytes, and whether it ended as it should.
async fn rest(answer: reqwest::Response) -> (usize, bool) {
    let mut parts = answer.bytes_stream();
    let mut bytes = 0;
    let read = async {
        while let Some(part) = parts.next().await {
            match part {
                Ok(part) => bytes += part.len(),
                Err(_broken) => return false,
            }
        }
        true
    };
    let whole = tokio::time::timeout(Duration::from_secs(60), read).await.expect("an end");
    (bytes, whole)
}

/// Each way in which somebody stops being who they were.
async fn ends(server: &Server, way: &str, name: &str, token: &str) {
    let user = format!("/users/{name}");
    match way {
        "revoked" => server.delete(&format!("/tokens/{token}")).await,
        "removed" => server.delete(&user).await,
        "locked" => server.put(&user, &json!({"grants": [{"role": "owner", "over": "*"}], "locked": true})).await,
        "changed" => server.put(&user, &json!({"grants": [{"role": "administrator", "over": "project:sales"}]})).await,
        other => panic!("{other}"),
    }
}

const WAYS: [&str; 4] = ["revoked", "removed", "locked", "changed"];

#[tokio::test]
async fn exports_that_run_are_cut_off() {
    let server = Server::start(MANY).await;
    let (_, token) = server.account("whole").await;
    let (all, is_whole) = rest(server.begin(&token, "/calls", "text/csv").await).await;
    assert!(is_whole && all > 2_000_000, "{all} bytes");
    for way in WAYS {
        let (id, token) = server.account(way).await;
        let answer = server.begin(&token, "/calls", "text/csv").await;
        ends(&server, way, way, &id).await;
        // Nothing is taken meanwhile, so that the rest is still to be sent when it is time for a look.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let (bytes, is_whole) = rest(answer).await;
        assert!(!is_whole && bytes < all, "{way}: {bytes} bytes came, as a whole: {is_whole}");
    }
}

#[tokio::test]
async fn streams_of_events_end_with_the_right_to_them() {
    let server = Server::start(6).await;
    for way in WAYS {
        let (id, token) = server.account(way).await;
        let answer = server.begin(&token, "/events", "text/event-stream").await;
        ends(&server, way, way, &id).await;
        if way == "changed" {
            // They may still listen, over less: what happens elsewhere is not told any more.
            server.put("/calls/pbx-1793010800.3/flag", &Value::Null).await;
            server.put("/calls/pbx-1793000000.0/flag", &Value::Null).await;
            let mut text = String::new();
            let mut parts = answer.bytes_stream();
            while text.matches("event: call").count() == 0 {
                let part = tokio::time::timeout(Duration::from_secs(20), parts.next()).await.expect("in time");
                text.push_str(&String::from_utf8_lossy(&part.expect("a part").expect("bytes")));
            }
            let told: BTreeSet<&str> = text.lines().filter(|line| line.contains("\"start\"")).collect();
            assert_eq!(told.len(), 1, "{text}");
            assert!(text.contains("2026-11-02T07:00"), "only the call of sales: {text}");
        } else {
            let (_, is_whole) = rest(answer).await;
            assert!(is_whole, "{way}: it ends as a stream does");
        }
    }
}

#[tokio::test]
async fn looking_on_does_not_count_as_being_there() {
    let server = Server::start(1).await;
    server.put("/users/anna", &json!({"grants": [{"role": "agent", "over": "own"}]})).await;
    server.put("/users/anna/password", &json!({"password": "correct horse battery"})).await;
    let sign_in = json!({"user": "anna", "password": "correct horse battery"});
    let place = format!("http://{}/api/v1", server.listening.address);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let session: Value =
        client.post(format!("{place}/sessions")).json(&sign_in).send().await.expect("answer").json().await.expect("session");
    let token = session["token"].as_str().expect("token");
    let last = async || {
        let listed: Value =
            server.owner.get("http://callreel/api/v1/sessions").send().await.expect("answer").json().await.expect("json");
        listed[0]["last_seen"].as_str().expect("an instant").to_owned()
    };
    let begun = last().await;
    for path in ["/revision", "/sessions", "/whoami", "/revision?after=x"] {
        let answer = client.get(format!("{place}{path}")).bearer_auth(token).send().await.expect("answer");
        assert_eq!(answer.status(), 200, "{path}");
    }
    let said =
        client.get(format!("{place}/calls")).bearer_auth(token).header("callreel-unasked", "1").send().await.expect("answer");
    assert_eq!(said.status(), 200);
    assert_eq!(last().await, begun, "nobody asked for any of this");
    client.get(format!("{place}/calls")).bearer_auth(token).send().await.expect("answer");
    assert_ne!(last().await, begun, "somebody did");
}
