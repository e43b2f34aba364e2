//! Secrets that were typed, shown or made are found nowhere afterwards but where they were put.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
};

use rustix::process::Signal;
use serde_json::Value;

use super::server::{Server, home};

const PASSWORD: &str = "canary-Passw0rd-7f3a9c1e";
const WRONG: &str = "canary-Wr0ng-b2d84460";
const PASSPHRASE: &str = "canary-Passphrase-55d0e2aa";
const NO_TOKEN: &str = "crt_canary9f00d1e5beef77aa";

/// Secrets by what they are, and files that may hold them.
struct Canaries {
    secrets: BTreeMap<&'static str, String>,
    found: Vec<String>,
}

impl Canaries {
    fn look(&mut self, place: &str, bytes: &[u8]) {
        for (what, secret) in &self.secrets {
            if memchr::memmem::find(bytes, secret.as_bytes()).is_some() {
                self.found.push(format!("{what} in {place}"));
            }
        }
    }

    /// Every file below, but those with the name of one that keeps a secret on purpose.
    fn look_into(&mut self, folder: &Path, but: &[&str]) -> usize {
        let mut looked = 0;
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
            let name = entry.file_name().into_string().expect("UTF-8");
            if kind.is_dir() {
                looked += self.look_into(&path, but);
            } else if kind.is_file() && !but.contains(&name.as_str()) {
                self.look(&path.display().to_string(), &fs::read(&path).expect("readable"));
                looked += 1;
            }
        }
        looked
    }
}

fn keep(server: &Server, name: &str, secret: &str) {
    let path = server.home.join(name);
    fs::write(&path, format!("{secret}\n")).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("mode");
}

fn ask(server: &Server, request: &str) -> String {
    let address = server.place("http://").trim_start_matches("http://");
    let mut line = TcpStream::connect(address).expect("a line");
    write!(line, "{request}").expect("sent");
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).expect("answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn no_secret_is_found_where_it_does_not_belong() {
    let server = Server::start(home());
    for (name, secret) in [("p", PASSWORD), ("wrong", WRONG), ("f", PASSPHRASE), ("none", NO_TOKEN)] {
        keep(&server, name, secret);
    }
    let mut said = Vec::new();
    let mut run = |expected: i32, words: &[&str]| {
        let answer = server.run(words);
        assert_eq!(answer.status, expected, "{words:?}: {}", answer.words);
        said.push((words.join(" "), answer.words.clone()));
        answer.out
    };
    let done = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asterisk/spool");
    let [cdr, recordings] = ["calls.json", "done"].map(|name| done.join(name).display().to_string());
    run(0, &["import", "asterisk", "--cdr", &cdr, "--recordings", &recordings, "--db", "a.db"]);
    run(0, &["user", "add", "anna", "--role", "supervisor", "--password-file", "p", "--db", "a.db"]);
    let url = server.place("https://");
    let login = ["login", url, "--profile", "office", "--fingerprint", &server.fingerprint, "--user", "anna", "--password-file"];
    run(3, &[login.as_slice(), &["wrong"]].concat());
    // What a neighbour sees of the programs while they run.
    let mut shown = fs::read(format!("/proc/{}/cmdline", server.process())).expect("command line");
    shown.extend(fs::read(format!("/proc/{}/environ", server.process())).expect("environment"));
    let mut child = server
        .home
        .command(&[login.as_slice(), &["p"]].concat())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("started");
    let status = loop {
        shown.extend(fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default());
        if let Some(status) = child.try_wait().expect("waited") {
            break status;
        }
    };
    assert!(status.success() && memchr::memmem::find(&shown, b"--password-file").is_some());
    let session = fs::read_to_string(server.home.join(".config/callreel/tokens/office.token")).expect("a session");
    run(0, &["calls", "is:recorded", "--profile", "office"]);
    let made = run(0, &["token", "add", "--name", "crm", "--scope", "see", "--db", "a.db", "--format", "json"]);
    let token = serde_json::from_str::<Value>(&made).expect("json")["token"].as_str().expect("a token").to_owned();
    let calls = run(0, &["calls", "is:recorded", "--limit", "1", "--db", "a.db", "--format", "ndjson"]);
    let call = serde_json::from_str::<Value>(calls.lines().next().expect("a call")).expect("json")["id"].clone();
    let call = call.as_str().expect("an id");
    let share = run(0, &["share", "add", call, "--passphrase-file", "f", "--db", "a.db"]);
    let link = share.split("/s/").nth(1).unwrap_or_else(|| panic!("a link: {share}"));
    let link: String = link.chars().take_while(|sign| sign.is_ascii_alphanumeric() || "-_".contains(*sign)).collect();
    let profile = format!("[profile.no]\nserver = \"{url}\"\ntoken_file = \"none\"\nfingerprint = \"{}\"\n", server.fingerprint);
    fs::write(server.home.join("c.toml"), profile).expect("written");
    let refused = server.run(&["whoami", "--profile", "no", "--config", "c.toml"]);
    assert!(matches!(refused.status, 2 | 3), "{}", refused.words);
    let mut canaries = Canaries { secrets: BTreeMap::new(), found: Vec::new() };
    for (what, secret) in [
        ("the password", PASSWORD),
        ("a wrong password", WRONG),
        ("the passphrase", PASSPHRASE),
        ("no token", NO_TOKEN),
        ("the session", session.trim()),
        ("the token", &token),
        ("the link", &link),
    ] {
        assert!(secret.len() >= 20, "{what}: {secret}");
        canaries.secrets.insert(what, secret.to_owned());
    }
    canaries.look("what a program said", refused.words.as_bytes());
    for (words, answer) in &said {
        canaries.look(&format!("what `{words}` said"), answer.as_bytes());
    }
    canaries.look("a command line or environment", &shown);
    for (what, head) in [
        ("a good token", format!("GET /api/v1/calls/none HTTP/1.1\r\nAuthorization: Bearer {token}\r\n")),
        ("a wrong token", format!("GET /api/v1/calls HTTP/1.1\r\nAuthorization: Bearer {NO_TOKEN}\r\n")),
        ("a token in a query", format!("GET /api/v1/calls?token={token} HTTP/1.1\r\n")),
        ("a wrong scheme", format!("GET /api/v1/calls HTTP/1.1\r\nAuthorization: Basic {token}\r\n")),
    ] {
        let answer = ask(&server, &format!("{head}Host: x\r\nConnection: close\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.1 4"), "{what}: {answer}");
        canaries.look(&format!("the answer to {what}"), answer.as_bytes());
    }
    let page = ask(&server, &format!("GET /s/{link} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    assert!(page.starts_with("HTTP/1.1 "), "{page}");
    let audit = server.run(&["audit", "--db", "a.db", "--format", "ndjson"]);
    assert!(audit.status == 0 && audit.out.contains("share.add") && audit.out.contains("session.begin"), "{}", audit.words);
    canaries.look("the audit", audit.out.as_bytes());
    // The owners of secrets: what the person wrote, and the session that the profile keeps.
    let kept = ["p", "wrong", "f", "none", "office.token"];
    let folder = server.home.path().to_path_buf();
    assert!(folder.join("a.db-wal").exists(), "what was written lately is looked at too");
    assert!(canaries.look_into(&folder, &kept) > 10);
    server.signal(Signal::TERM);
    let (home, status, log) = server.ended();
    assert_eq!(status, Some(0));
    assert!(log.contains("/api/v1/sessions"), "{log}");
    canaries.look("the server's log", log.as_bytes());
    canaries.look_into(home.path(), &kept);
    assert_eq!(canaries.found, Vec::<String>::new());
}
