//! Keys and certificates: changed, expired, of another name; the wrong scheme at a port.

use std::{fs, path::Path, process::Stdio};

use rustix::process::Signal;

use super::server::{Said, Server, home, run};
use crate::common::home::Home;

/// A profile of this server in the home's own configuration; there is no token.
fn remember(home: &Home, url: &str, fingerprint: &str) {
    let folder = home.join(".config/callreel");
    fs::create_dir_all(&folder).expect("a folder");
    let text = format!("[profile.office]\nserver = \"{url}\"\nfingerprint = \"{fingerprint}\"\n");
    fs::write(folder.join("config.toml"), text).expect("written");
}

fn whoami(home: &Home) -> Said {
    run(home, &["whoami", "--profile", "office"])
}

#[test]
fn a_changed_key_is_told_with_the_one_command_that_accepts_it() {
    let server = Server::start(home());
    let url = server.place("https://").to_owned();
    let before = format!("sha256:{}", "ab".repeat(32));
    remember(&server.home, &url, &before);
    for said in [whoami(&server.home), run(&server.home, &["login", &url, "--profile", "office", "--user", "anna"])] {
        assert_eq!(said.status, 6, "{}", said.words);
        for wanted in [
            format!("expected {before}"),
            format!("shown    {}", server.fingerprint),
            "Somebody may stand between".to_owned(),
            "callreel serve --fingerprint".to_owned(),
            format!("callreel login {url} --fingerprint sha256:… --profile office"),
        ] {
            assert!(said.words.contains(&wanted), "{wanted}: {}", said.words);
        }
        assert!(!said.words.contains("General") && !said.words.contains("another key:"), "{}", said.words);
    }
    fs::write(server.home.join("p"), "wrong password\n").expect("written");
    fs::set_permissions(server.home.join("p"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("mode");
    let accept = ["login", &url, "--fingerprint", &server.fingerprint, "--profile", "office", "--user", "anna"];
    let said = server.run(&[accept.as_slice(), &["--password-file", "p"]].concat());
    assert_eq!(said.status, 3, "the key is accepted, and nobody is called so: {}", said.words);
}

/// A certificate of its own for `serve`: for this name, ended or not.
fn certificate(folder: &Path, name: &str, last_year: i32) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    parameters.not_before = rcgen::date_time_ymd(2000, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(last_year, 1, 1);
    let made = parameters.self_signed(&key).expect("a certificate");
    fs::write(folder.join("c.pem"), made.pem()).expect("written");
    fs::write(folder.join("k.pem"), key.serialize_pem()).expect("written");
    fs::set_permissions(folder.join("k.pem"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("mode");
}

#[test]
fn a_pinned_key_counts_whatever_the_certificate_says() {
    for (name, last_year, warned) in [("calls.example.org", 2010, true), ("calls.example.org", 2090, false)] {
        let home = home();
        certificate(home.path(), name, last_year);
        let server = Server::start_with(home, &["--tls-cert", "c.pem", "--tls-key", "k.pem"]);
        let url = server.place("https://").to_owned();
        remember(&server.home, &url, &server.fingerprint);
        let said = whoami(&server.home);
        assert_eq!(said.status, 3, "the line stands, and nobody is signed in: {}", said.words);
        assert_eq!(said.words.contains("certificate ended on 2010-01-01"), warned, "{}", said.words);
        // Without the pin, nobody vouches for it, and a person may look.
        let said = server.run(&["whoami", "--server", &url, "--config", "/dev/null"]);
        assert_eq!(said.status, 6, "{}", said.words);
        assert!(
            said.words.contains("its certificate is not trusted: ") && said.words.contains("callreel login"),
            "{}",
            said.words
        );
        fs::write(server.home.join("other.toml"), "").expect("written");
        let said = server.run(&["login", &url, "--profile", "new", "--config", "other.toml"]);
        assert_eq!(said.status, 2, "{}", said.words);
        assert!(said.words.contains(&format!("--fingerprint {}", server.fingerprint)), "{}", said.words);
    }
}

#[test]
fn the_wrong_scheme_at_a_port_is_told() {
    let server = Server::start(home());
    let (plain, tls) = (server.place("http://").to_owned(), server.place("https://").to_owned());
    let said = server.run(&["whoami", "--server", &plain.replace("http://", "https://")]);
    assert_eq!(said.status, 6, "{}", said.words);
    assert!(said.words.contains("write http:// instead of https://"), "{}", said.words);
    let said = server.run(&["whoami", "--server", &tls.replace("https://", "http://")]);
    assert_eq!(said.status, 6, "{}", said.words);
    assert!(said.words.contains("write https:// instead of http://"), "{}", said.words);
}

#[test]
fn nobody_there_is_told_in_our_words() {
    let server = Server::start(home());
    let (socket, url) = (server.place("unix:").to_owned(), server.place("http://").to_owned());
    server.signal(Signal::KILL);
    let (home, ..) = server.ended();
    for (place, wanted) in [
        (socket.as_str(), "nobody listens at this socket any more"),
        (url.as_str(), "nobody listens there; is `callreel serve` running"),
        ("unix:/run/there/is/none.sock", "there is no such socket: `callreel serve` does not run"),
    ] {
        let said = run(&home, &["calls", "--count", "--server", place]);
        assert_eq!(said.status, 6, "{place}: {}", said.words);
        assert!(said.words.contains(wanted), "{place}: {}", said.words);
        assert!(!said.words.contains("error sending request") && !said.words.contains("os error"), "{}", said.words);
    }
    let said = run(&home, &["calls", "--count", "--server", "http://no-such-name.invalid:8400"]);
    assert_eq!(said.status, 6, "{}", said.words);
    // Where there is no network, whoever knows names may be silent.
    let told = ["the name no-such-name.invalid is not known", "no answer within"];
    assert!(told.iter().any(|told| said.words.contains(told)), "{}", said.words);
}

#[test]
fn a_socket_of_others_is_refused_in_clear_words() {
    // Only root can become somebody else.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let server = Server::start(home());
    let socket = server.place("unix:").to_owned();
    // Everybody may come as far as the socket itself.
    for folder in [server.home.path().to_owned(), server.home.join("run")] {
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("mode");
    }
    let program = fs::copy(crate::common::home::PROGRAM, server.home.join("callreel")).map(|_| server.home.join("callreel"));
    let program = program.expect("a copy that others may run");
    let as_other = |mode: u32| {
        fs::set_permissions(server.socket(), std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("mode");
        let mut command = std::process::Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
        command.args(["whoami", "--server", &socket]).env_clear().env("HOME", "/nonexistent").current_dir("/");
        let said = command.stdin(Stdio::null()).output().expect("setpriv");
        (said.status.code(), String::from_utf8_lossy(&said.stderr).into_owned())
    };
    let (status, words) = as_other(0o660);
    assert_eq!(status, Some(6), "{words}");
    assert!(words.contains("this account may not use the socket"), "{words}");
    let (status, words) = as_other(0o666);
    assert_eq!(status, Some(3), "the socket alone gives no rights: {words}");
    assert!(words.contains("account"), "{words}");
}
