//! `login --oidc`: the real program as server and as client, and a small identity provider.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::Stdio,
    sync::atomic::Ordering,
};

use callreel::client::Client;
use rustix::process::{Pid, Signal, kill_process};

use super::server::{Server, home};
use crate::{api::oidc::provider, common::home::Home};

/// A server that asks `issuer`, with an account for anna.
async fn server(issuer: &str) -> Server {
    let home = home();
    fs::write(home.join("secret"), "office-secret\n").expect("written");
    fs::set_permissions(home.join("secret"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("mode");
    let secret = home.join("secret").display().to_string();
    let text = format!("[oidc]\nissuer = \"{issuer}\"\nclient_id = \"callreel\"\nclient_secret_file = \"{secret}\"\n");
    fs::write(home.join("s.toml"), text).expect("written");
    let server = Server::start_with(home, &["--config", "s.toml"]);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let owner = Client::network(server.place("unix:"), None).expect("a client");
    let draft = serde_json::from_value(serde_json::json!({"grants": [{"role": "reviewer", "over": "*"}]})).expect("a draft");
    owner.put_user("anna", &draft, None).await.expect("an account");
    server
}

/// `login --oidc`, until it has shown the code; what it said so far.
fn begin(home: &Home, url: &str, fingerprint: &str) -> (std::process::Child, BufReader<std::process::ChildStderr>, String) {
    let words = ["login", url, "--profile", "office", "--oidc", "--fingerprint", fingerprint, "--quiet"];
    let mut child = home.command(&words).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = String::new();
    while !said.contains("Ctrl-C") {
        assert!(lines.read_line(&mut said).expect("a line") > 0, "{said}");
    }
    (child, lines, said)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_is_shown_and_typing_it_signs_in() {
    let office = provider("anna").await;
    let server = server(&office.base).await;
    let url = server.place("https://").to_owned();
    let (mut child, mut lines, said) = begin(&server.home, &url, &server.fingerprint);
    assert!(said.contains("WDJB-MJHT") && said.contains("/activate"), "{said}");
    // It waits: the provider was asked, and nobody has typed anything.
    while office.asked.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(child.try_wait().expect("looked").is_none());
    office.typed.store(true, Ordering::SeqCst);
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("text");
    assert!(child.wait().expect("ended").success(), "{rest}");
    let said = server.run(&["whoami", "--profile", "office", "--format", "table"]);
    assert_eq!(said.status, 0, "{}", said.words);
    for wanted in ["name         anna", "role         reviewer", "sees         *", "signed_in    session", "until        20"] {
        assert!(said.out.contains(wanted), "{wanted}: {}", said.out);
    }
    let sessions = server.run(&["session", "list", "--server", server.place("unix:"), "--format", "csv"]);
    assert!(sessions.out.lines().count() == 2 && sessions.out.contains(",anna,"), "{}", sessions.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_and_a_refusal_leave_nothing() {
    let office = provider("anna").await;
    let server = server(&office.base).await;
    let url = server.place("https://").to_owned();
    let (mut child, _lines, _) = begin(&server.home, &url, &server.fingerprint);
    kill_process(Pid::from_child(&child), Signal::INT).expect("sent");
    assert_eq!(child.wait().expect("ended").code(), Some(130));
    office.denied.store(true, Ordering::SeqCst);
    let (mut child, mut lines, _) = begin(&server.home, &url, &server.fingerprint);
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("text");
    assert_eq!(child.wait().expect("ended").code(), Some(3), "{rest}");
    assert!(rest.contains("let nobody in"), "{rest}");
    assert!(!server.home.join(".config/callreel").exists(), "neither token nor profile");
}

#[test]
fn a_server_without_a_provider_says_so() {
    let server = Server::start(home());
    let said = server.run(&["login", server.place("http://"), "--oidc"]);
    assert_eq!(said.status, 4, "{}", said.words);
    assert!(said.words.contains("knows no identity provider"), "{}", said.words);
}
