//! `callreel serve` itself, and those who come to it.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::{MetadataExt, PermissionsExt},
};

use rustix::process::Signal;
use serde_json::Value;

use super::server::{Server, home, run};

#[test]
fn every_way_leads_to_the_same_calls_and_the_end_leaves_nothing_behind() {
    let server = Server::start(home());
    let socket = server.place("unix:").to_owned();
    assert_eq!(fs::metadata(server.socket()).expect("socket").mode() & 0o777, 0o660);
    for way in [vec!["--server", socket.as_str()], vec!["--db", "a.db"], vec![]] {
        let said = server.run(&[["calls", "--count"].as_slice(), &way].concat());
        assert_eq!((said.status, said.out.trim()), (0, "60"), "{way:?} {}", said.words);
    }
    let me: Value = serde_json::from_str(&server.run(&["whoami"]).out).expect("json");
    assert_eq!((&me["role"], &me["via"], &me["place"]), (&"owner".into(), &"socket".into(), &"a.db".into()), "{me}");
    for alone in [vec!["serve", "--db", "a.db"], vec!["generate", "--calls", "3", "--seed", "1", "--db", "a.db"]] {
        let said = server.run(&alone);
        assert_eq!(said.status, 1, "{alone:?}");
        assert!(said.words.contains("a.db is open in a server"), "{}", said.words);
        let whose = format!("process {}, socket {socket}", server.process());
        assert!(said.words.contains(&whose) && !said.words.contains(".lock"), "{}", said.words);
    }
    let print = server.run(&["serve", "--fingerprint", "--db", "a.db"]);
    assert_eq!(print.out.trim(), server.fingerprint);
    server.signal(Signal::TERM);
    let (home, status, log) = server.ended();
    assert_eq!(status, Some(0));
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok() || line.starts_with("stopping")), "{log}");
    assert!(!home.join("run/callreel.sock").exists());
    assert_eq!(run(&home, &["calls", "--count", "--db", "a.db"]).out.trim(), "60");
}

#[test]
fn a_server_that_was_killed_is_replaced() {
    let server = Server::start(home());
    let socket = server.socket();
    server.signal(Signal::KILL);
    let (home, status, _) = server.ended();
    assert!(status.is_none() && socket.exists());
    assert_eq!(run(&home, &["calls", "--count", "--db", "a.db"]).out.trim(), "60", "its lock went with it");
    let server = Server::start(home);
    assert_eq!(server.socket(), socket);
    assert_eq!(server.run(&["calls", "--count"]).out.trim(), "60");
}

#[test]
fn plain_http_is_refused_where_others_could_read_it() {
    let home = home();
    let said = run(&home, &["serve", "--db", "a.db", "--listen", "http://0.0.0.0:0"]);
    assert_eq!(said.status, 2, "{}", said.words);
    assert!(said.words.contains("https://"), "{}", said.words);
    assert!(!home.join("run/callreel.sock").exists());
}

#[test]
fn nobody_is_believed_by_what_they_say_of_themselves() {
    let server = Server::start(home());
    let address = server.place("http://").trim_start_matches("http://").to_owned();
    let ask = |head: &str| {
        let mut line = TcpStream::connect(&address).expect("a line");
        write!(line, "{head}Host: x\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        line.read_to_string(&mut answer).expect("answer");
        answer
    };
    for claim in ["X-Actor: root", "X-Remote-User: root", "Remote-User: root", "Authorization: Basic cm9vdDo=", "Cookie: a=b"] {
        let answer = ask(&format!("GET /api/v1/whoami HTTP/1.1\r\n{claim}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 401 ") && answer.to_lowercase().contains("www-authenticate: bearer"), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    let canary = "crt_canary_t0ken_1234567890";
    let answer = ask(&format!("GET /api/v1/calls?q=canary-query HTTP/1.1\r\nAuthorization: Bearer {canary}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 401 ") && !answer.contains(canary), "{answer}");
    for open in ["/health/live", "/health/ready", "/metrics"] {
        assert!(ask(&format!("GET {open} HTTP/1.1\r\n")).starts_with("HTTP/1.1 200 "), "{open}");
    }
    let metrics = ask("GET /metrics HTTP/1.1\r\n");
    assert!(metrics.contains("callreel_requests_total{") && metrics.contains("callreel_connections{"), "{metrics}");
    assert!(metrics.contains("\ncallreel_calls 60"), "{metrics}");
    assert!(ask("GET /metrics HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\n").starts_with("HTTP/1.1 401 "));
    assert!(ask(&format!("GET /health/live HTTP/1.1\r\nX-Long: {}\r\n", "x".repeat(200_000))).starts_with("HTTP/1.1 431 "));
    server.signal(Signal::INT);
    let (_, status, log) = server.ended();
    assert_eq!(status, Some(0));
    assert!(!log.contains("canary"), "{log}");
    assert!(log.contains("\"path\":\"/health/live\""), "{log}");
}

#[test]
fn another_key_gets_no_token_and_a_wide_token_file_is_not_read() {
    let server = Server::start(home());
    let url = server.place("https://").to_owned();
    let token = server.home.join("token");
    fs::write(&token, "crt_canary\n").expect("written");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("mode");
    let config = |print: &str| {
        let text = format!("[profile.p]\nserver = \"{url}\"\ntoken_file = \"{}\"\nfingerprint = \"{print}\"\n", token.display());
        fs::write(server.home.join("c.toml"), text).expect("written");
        server.run(&["whoami", "--profile", "p", "--config", "c.toml"])
    };
    let wrong = format!("sha256:{}", "0".repeat(64));
    let said = config(&wrong);
    assert_eq!(said.status, 6, "{}", said.words);
    assert!(said.words.contains(&server.fingerprint) && said.words.contains("nothing was sent"), "{}", said.words);
    let unknown = server.run(&["whoami", "--server", &url, "--config", "none.toml"]);
    assert_eq!(unknown.status, 2, "no such file");
    let unknown = server.run(&["whoami", "--server", &url]);
    assert_eq!(unknown.status, 6, "{}", unknown.words);
    assert!(unknown.words.contains("callreel login"), "{}", unknown.words);
    let right = server.fingerprint.clone();
    let said = config(&right);
    assert_eq!(said.status, 3, "the key is right, the token is unknown: {}", said.words);
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).expect("mode");
    let said = config(&right);
    assert_eq!(said.status, 2);
    assert!(said.words.contains("chmod 600") && !said.words.contains("canary"), "{}", said.words);
    server.signal(Signal::TERM);
    let (_, _, log) = server.ended();
    assert_eq!(log.lines().filter(|line| line.contains("callreel::request")).count(), 1, "one request came: {log}");
    assert!(!log.contains("canary"), "{log}");
}
