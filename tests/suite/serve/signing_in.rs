//! `login`, `whoami`, `logout` against the real server.

use std::{fs, os::unix::fs::PermissionsExt};

use callreel::client::Client;
use serde_json::Value;

use super::server::{Server, home};

const PASSWORD: &str = "correct horse battery 7";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_once_and_works_until_they_sign_out() {
    let server = Server::start(home());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let owner = Client::network(server.place("unix:"), None).expect("a client");
    let draft = serde_json::json!({"grants": [{"role": "supervisor", "over": "*"}]});
    let draft = serde_json::from_value(draft).expect("a draft");
    owner.put_user("anna", &draft, None).await.expect("an account");
    owner.set_password("anna", Some(PASSWORD), None).await.expect("a password");
    let secret = server.home.join("password");
    fs::write(&secret, format!("{PASSWORD}\n")).expect("written");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("mode");
    let url = server.place("https://").to_owned();
    let login = |more: &[&str]| {
        let words = ["login", &url, "--profile", "office", "--user", "anna", "--password-file", "password"];
        server.run(&[words.as_slice(), more].concat())
    };
    let said = login(&[]);
    assert_eq!(said.status, 2, "nobody confirmed the key: {}", said.words);
    assert!(said.words.contains(&server.fingerprint), "{}", said.words);
    let wrong = format!("sha256:{}", "ab".repeat(32));
    assert_eq!(login(&["--fingerprint", &wrong]).status, 6);
    let said = login(&["--fingerprint", &server.fingerprint]);
    assert_eq!(said.status, 0, "{}", said.words);
    let token = server.home.join(".config/callreel/tokens/office.token");
    assert_eq!(fs::metadata(&token).expect("token").permissions().mode() & 0o777, 0o600);
    let me: Value = serde_json::from_str(&server.run(&["whoami", "--profile", "office"]).out).expect("json");
    assert_eq!((&me["name"], &me["via"]), (&"anna".into(), &"http".into()), "{me}");
    let active: Value = serde_json::from_str(&server.run(&["whoami"]).out).expect("json");
    assert_eq!(active["name"], "anna", "the first profile is the active one");
    assert_eq!(owner.sessions().await.expect("sessions").len(), 1);
    let said = server.run(&["logout"]);
    assert_eq!(said.status, 0, "{}", said.words);
    assert!(!token.exists() && owner.sessions().await.expect("sessions").is_empty());
    assert_eq!(server.run(&["whoami"]).status, 3);
    fs::write(&secret, "wrong\n").expect("written");
    assert_eq!(login(&[]).status, 3, "the key is known by now, the password is wrong");
    assert!(!token.exists());
}
