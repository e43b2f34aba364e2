//! What answers and is no callreel server: a page, a proxy, somebody who leads on, somebody hostile.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    sync::{Arc, Mutex},
};

use callreel::client::{Client, ClientError};
use proptest::prelude::*;

use super::server::run;
use crate::common::home::Home;

/// Answers every request with the same bytes, and remembers what it was asked. Ends with the test's program.
struct Stranger {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    says: Arc<Mutex<Vec<u8>>>,
}

impl Stranger {
    fn new(says: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let stranger = Self { url, asked: Arc::default(), says: Arc::new(Mutex::new(says.to_vec())) };
        let (asked, says) = (Arc::clone(&stranger.asked), Arc::clone(&stranger.says));
        std::thread::spawn(move || {
            for line in listener.incoming() {
                let Ok(mut line) = line else { return };
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && line.read(&mut byte).is_ok_and(|read| read > 0) {
                    head.push(byte[0]);
                }
                asked.lock().expect("asked").push(String::from_utf8_lossy(&head).into_owned());
                let bytes = says.lock().expect("says").clone();
                // Whoever asked may have gone.
                let _ = line.write_all(&bytes);
            }
        });
        stranger
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("asked").clone()
    }
}

fn answer(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).into_bytes()
}

#[test]
fn what_is_no_callreel_server_is_called_so() {
    let home = Home::new();
    for (head, body, wanted) in [
        ("200 OK\r\nContent-Type: text/html", "<html>", "this is no callreel server"),
        ("404 Not Found\r\nContent-Type: text/html", "<html>", "this is no callreel server"),
        ("404 Not Found", "", "this is no callreel server"),
        ("401 Unauthorized\r\nContent-Type: text/plain", "who?", "this is no callreel server"),
        ("403 Forbidden\r\nContent-Type: application/json", "{}", "this is no callreel server"),
        ("200 OK\r\nContent-Type: application/json", "{\"ok\":true}", "no callreel server"),
        ("502 Bad Gateway\r\nContent-Type: text/html", "<html>", "what stands before the server answered 502"),
    ] {
        let stranger = Stranger::new(&answer(head, body));
        for words in [["whoami", "--quiet"], ["calls", "--count"], ["calls", "--quiet"]] {
            let said = run(&home, &[words.as_slice(), &["--server", &stranger.url]].concat());
            assert_eq!(said.status, 6, "{head} {words:?}: {}", said.words);
            assert!(said.words.contains(wanted), "{head} {words:?}: {}", said.words);
        }
    }
    let stranger = Stranger::new(b"220 mail.example.org ESMTP\r\n");
    let said = run(&home, &["whoami", "--server", &stranger.url]);
    assert_eq!(said.status, 6, "{}", said.words);
    assert!(said.words.contains("does not answer plain HTTP"), "{}", said.words);
}

#[test]
fn nobody_is_led_on_and_a_token_stays_where_it_belongs() {
    let home = Home::new();
    let token = home.join("token");
    fs::write(&token, "crt_canary\n").expect("written");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("mode");
    let other = Stranger::new(&answer("200 OK\r\nContent-Type: application/json", "{}"));
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let first = Stranger::new(&answer(&format!("{status}\r\nLocation: {}/api/v1/whoami", other.url), ""));
        let ask = home.command(&["whoami", "--server", &first.url]).env("CALLREEL_TOKEN_FILE", &token).output().expect("run");
        let words = String::from_utf8_lossy(&ask.stderr).into_owned();
        assert_eq!(ask.status.code(), Some(6), "{words}");
        assert!(words.contains(&other.url) && words.contains("never followed"), "{words}");
        assert!(first.asked()[0].to_lowercase().contains("authorization: bearer crt_canary"), "a token is shown on loopback");
    }
    assert!(other.asked().is_empty());
    for place in ["http://192.0.2.1:8400", "http://calls.example.org"] {
        let ask = home.command(&["whoami", "--server", place]).env("CALLREEL_TOKEN_FILE", &token).output().expect("run");
        let words = String::from_utf8_lossy(&ask.stderr).into_owned();
        assert_eq!(ask.status.code(), Some(2), "{words}");
        assert!(words.contains("plain HTTP to another machine") && words.contains("https://"), "{words}");
    }
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).expect("mode");
    let ask = home.command(&["whoami", "--server", &other.url]).env("CALLREEL_TOKEN_FILE", &token).output().expect("run");
    let words = String::from_utf8_lossy(&ask.stderr).into_owned();
    assert!(ask.status.code() == Some(2) && words.contains("chmod 600"), "{words}");
    assert!(other.asked().is_empty(), "refused before anything was sent");
}

/// Text that would like to act on a terminal.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\u{1b}[2J".to_owned()),
        Just("\u{1b}]0;x\u{7}".to_owned()),
        Just("\u{9b}31m".to_owned()),
        Just("\u{202e}txt".to_owned()),
        Just("\u{200b}\u{feff}".to_owned()),
        Just("\r\n\u{8}".to_owned()),
        "\\PC{0,8}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// As it can stand in a line of a header.
fn in_header(text: &str) -> String {
    text.replace(['\r', '\n', '\0'], "")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_acts_on_a_terminal_comes_through(
        status in prop_oneof![200_u16..=599, Just(302), Just(404), Just(429)],
        (reason, place, kind) in (hostile(), hostile(), hostile()),
        (title, detail, word) in (hostile(), hostile(), hostile()),
        told in prop_oneof![Just("application/problem+json"), Just("application/json"), Just("text/html"), Just("")],
        said in 0_u16..1000,
    ) {
        thread_local! {
            static WORLD: (tokio::runtime::Runtime, Stranger) = {
                let _ = rustls::crypto::ring::default_provider().install_default();
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
                (runtime, Stranger::new(b""))
            };
        }
        let kind = if told.is_empty() { in_header(&kind) } else { told.to_owned() };
        let body = serde_json::json!({"type": word, "title": title, "status": said, "detail": detail}).to_string();
        let head = format!("{status} {}\r\nLocation: {}\r\nContent-Type: {kind}", in_header(&reason), in_header(&place));
        let error = WORLD.with(|(runtime, stranger)| {
            *stranger.says.lock().expect("says") = answer(&head, &body);
            let client = Client::network(&stranger.url, Some("crt_canary".to_owned())).expect("a client");
            runtime.block_on(client.who_am_i()).expect_err("nobody is that")
        });
        let shown = match &error {
            ClientError::Problem(problem) => format!("{error} {} {}", problem.title, problem.kind),
            other => other.to_string(),
        };
        prop_assert!(!shown.chars().any(callreel::domain::clean::must_not_show), "{shown:?}");
        prop_assert!(!shown.contains("canary"), "{shown}");
        if let ClientError::Problem(problem) = &error {
            prop_assert_eq!(problem.status, status, "the body may say what it likes");
        }
    }
}
